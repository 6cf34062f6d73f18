"""What the documentation of all DAGs of a kind says; a DAG file states what is its own, before it."""

from __future__ import annotations

from collections.abc import Mapping

_EXPORT = """\
**How often.** Only when somebody triggers it, for all projects, or for the projects and records that the form names.
A run collects and asks; the approver's yes is what sends. A dry run shows in the log of `collect` what would be
written.

**For approvers.** Each record waits for you under *Required Actions* of Airflow, with a table of what Spectrum holds
now and what it will hold. *Accept* sends it with your answers, once. *Reject* needs a reason and ends it. *Retrieve*
takes it out until somebody names it in the trigger form. What cannot be sent as you answered comes back as a new
question that says why.

**Where is my record?** `export.queue` has its state, the reason and every rule it breaks; `export.ledger` who
answered what and when; `export.links` what it is called in Spectrum.

**When it fails.** Somebody has to look at a record: the log of `report` lists it with the reason. Nothing is sent
twice: a lost answer is looked up in Spectrum before anything is sent again. Mend what the reason says, then trigger
the export again with the record in the form. Enter nothing by hand in Spectrum for a record that is `sending` or
`unknown`.

**May it be run again?** Always: trigger it, or clear `send`. Clearing `approve` asks in a new run. Marking a task
successful by hand sends nothing.
"""

#: By what their ids begin with.
COMMON: Mapping[str, str] = {"export": _EXPORT}


def with_common(kind: str, doc: str | None) -> str:
    """The documentation of a DAG.

    Args:
        kind: what its id begins with, without the underscore; a kind that shares nothing has its own text alone.
        doc: what is its own: the docstring of its file.
    """
    return "\n\n".join(filter(None, ((doc or "").strip(), COMMON.get(kind, "").strip())))
