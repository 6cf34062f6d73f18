"""The words of the approver's form, by which the page knows the form again that it reads out of Airflow."""

from __future__ import annotations

ACCEPT, REJECT, RETRIEVE = OPTIONS = ("Accept", "Reject", "Retrieve")
#: The field that only a rejection needs; every form has it.
REASON = "reason"
#: What Airflow's own form says at the end of the description of a field that may not stay empty in a record that is
#: accepted; and the keyword of its JSON schema that says so to the page.
NEEDED_TO_ACCEPT = "Needed to accept."
REQUIRED_TO_ACCEPT = "requiredToAccept"
#: The keyword of a field's JSON schema that tells its pattern in words; validators pass over keywords they do not know.
PATTERN_SAYS = "patternSays"
