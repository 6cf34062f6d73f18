"""What the exports of change orders and budget changes have in common: the change request that each becomes.

A change request is one ARChangeRequest a line; each repeats key and header (ARChangeRequest: "One call per line").
"""

from __future__ import annotations

from collections.abc import Mapping

from spectrum_etl.exports.form_field import FormField
from spectrum_etl.exports.objects.contracts import known
from spectrum_etl.exports.objects.proposals import PROCORES_NUMBER, proposing
from spectrum_etl.exports.rules import change_requests as rules
from spectrum_etl.exports.rules.common import answer_of, job_of
from spectrum_etl.exports.spec import Answers, Candidate, Context, FieldMapping

SERVICE = "ARChangeRequest"
HEADER_MAPPING = (
    FieldMapping("project", f"{SERVICE}.Job_Number", "the job that the project is synced with"),
    FieldMapping("the job's customer in Spectrum", f"{SERVICE}.Customer_Code", "part of the key"),
    FieldMapping("form: change request id", f"{SERVICE}.Change_Request_Number", "at most 8, unique in the job"),
    FieldMapping("setting change_request_status", f"{SERVICE}.CR_Status", "a status code of Spectrum"),
)


def number_field(
    candidate: Candidate, context: Context, note: str = "", *, proposal: str | None = None, what: str = PROCORES_NUMBER
) -> FormField:
    """The change request's id; proposed is Procore's number, if the settings want it and no request has it (H2).

    Args:
        candidate: the record, with its `number`.
        context: the settings, and what Spectrum holds.
        note: for the approver, below the field.
        proposal: what is proposed; None: Procore's number.
        what: what that is, for the approver.
    """
    said = "Id of the new change request in Spectrum, one that no change request of the job has."
    field = FormField(
        rules.NUMBER,
        "Change request id",
        f"{said} {note}".strip(),
        max_length=rules.NUMBER_LENGTH,
        fills=("Change_Request_Number",),
        pattern=rules.NUMBER_PATTERN,
        pattern_says=rules.NUMBER_SAYS,
    )
    if not context.settings.exports.propose_change_order_number:
        return field
    value = candidate.content["number"] if proposal is None else proposal
    return proposing(field, value, candidate, context, (rules.number_is_free,), what)


def header(
    candidate: Candidate, answers: Answers, context: Context, kind: rules.Kind, description: str
) -> dict[str, str]:
    """Key and header of every line.

    Args:
        candidate: the record.
        answers: of the form.
        context: the settings, and what Spectrum holds.
        kind: what it is: the settings name Spectrum's status code for each.
        description: of the change request.

    Raises:
        FixRecord: job or customer are gone since the rules looked.
    """
    return {
        "Company_Code": context.company.code,
        "Job_Number": known(job_of(candidate, context), "linked job", candidate),
        "Customer_Code": known(rules.customer_of(candidate, context), "customer of the job", candidate),
        "Change_Request_Number": answer_of(answers, rules.NUMBER),
        "CR_Description": description,
        "CR_Status": known(rules.status_code(context, kind), "change request status in the settings", candidate),
    }


def key_of(values: Mapping[str, str]) -> str:
    """What the change request is called in the links: `JOB/NUMBER`."""
    return f"{values['Job_Number']}/{values['Change_Request_Number']}"
