"""Checks of the Spectrum change request that a change order or a budget change of Procore becomes.

`description_fits` reads `description` of a candidate's content: the text that becomes the change request's description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from spectrum_etl.exports.rules import common
from spectrum_etl.exports.spec import Answers, Candidate, Context, Problem

#: Field of the form with the change request's id, its greatest length (ARChangeRequest: Change_Request_Number), what
#: it is made of, and the same in words.
NUMBER = "change_request_id"
NUMBER_LENGTH = 8
NUMBER_PATTERN, NUMBER_SAYS = "[A-Za-z0-9-]+", "only letters, digits and dashes"
#: Status of a change order that may be exported (Procore's change_order_packages and prime_change_orders).
APPROVED = "approved"

#: What becomes a change request: the settings name a status code for each.
Kind = Literal["budget_change", "commitment_change_order", "prime_contract_change_order"]


def status_code(context: Context, kind: Kind) -> str | None:
    """Spectrum's status code of new change requests of one kind, from the settings."""
    code: str | None = getattr(context.settings.exports.change_request_status, kind)
    return code


def is_approved(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The status is Approved."""
    status = candidate.content["status"]
    if status.lower() != APPROVED:
        yield Problem(
            "status",
            status,
            f"{candidate.title} has the status {status or 'nothing'}; a change order is exported as Approved",
            "set the status when the change order is approved",
        )


def customer_of(candidate: Candidate, context: Context) -> str:
    """The customer of the candidate's job: part of every change request's key; empty where there is none."""
    job = common.job_of(candidate, context)
    return ((context.spectrum.job(job) if job else None) or {}).get("Customer_Code", "").strip()


def customer_is_known(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The job has the customer that a change request is kept under.

    Says nothing while the project is not synced: `common.project_is_synced` does.
    """
    job = common.job_of(candidate, context)
    if job and context.spectrum.job(job) is not None and not customer_of(candidate, context):
        yield Problem(
            "customer",
            "",
            f"{candidate.title}: job {job} has no customer in Spectrum, and a change request belongs to one",
            f"give job {job} its customer in Spectrum",
        )


def description_fits(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The text that becomes the change request's description is not longer than Spectrum's."""
    content = candidate.content
    shown = content["description"]
    # Where Procore has no description it is the title, and that is what has to be corrected.
    field = "title" if shown == content.get("title", shown) else "description"
    return common.unfit(candidate.title, "ARChangeRequest", "CR_Description", field, shown)


def number_is_free(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Problem]:
    """The change request id of the form fits, and no change request of the job has it, on whichever side.

    Numbers of commitments, prime contracts and budget changes share one space in a job. They are compared without
    case and leading zeros, as people read them: `001` beside `1` would be taken for the same request.

    Args:
        candidate: the record.
        answers: of the form.
        context: knows the numbers in use.
    """
    number = common.answer_of(answers, NUMBER)
    if not number:
        yield Problem(NUMBER, "", f"{candidate.title}: no change request id was given", "type one")
        return
    yield from common.too_long(candidate.title, NUMBER, number, NUMBER_LENGTH, "type a shorter one")
    if not re.fullmatch(NUMBER_PATTERN, number):
        yield Problem(
            NUMBER,
            number,
            f"{candidate.title}: change request id {number} contains something other than letters, digits and dashes",
            "type one of letters, digits and dashes",
        )
    job = common.job_of(candidate, context)
    if job is None:
        return
    clash = next((used for used in context.spectrum.change_request_numbers(job) if _same(used, number)), None)
    if clash is not None:
        yield Problem(
            NUMBER,
            number,
            f"{candidate.title}: job {job} already has a change request {clash}; commitment, prime contract and "
            "budget changes share one range of numbers",
            "type a number that the job does not use yet",
        )


def _same(one: str, other: str) -> bool:
    return one.strip().upper().lstrip("0") == other.strip().upper().lstrip("0")


def status_code_is_set(candidate: Candidate, context: Context, *, kind: Kind) -> Iterator[Problem]:
    """The settings name a status code of the company for these change requests.

    Where Spectrum's status codes cannot be read, any that is set is taken.
    """
    code = status_code(context, kind)
    known = context.spectrum.status_codes()
    if not code or (known and code not in known):
        allowed = f"; Spectrum has {', '.join(sorted(known))}" if known else ""
        yield Problem(
            "change_request_status",
            code or "",
            f"{candidate.title}: the settings' status of such change requests is {code or 'not set'}{allowed}",
            "set exports.change_request_status in include/settings.yaml to a status code of Spectrum",
        )
