"""Questions about the Spectrum change request that a change order of Procore becomes, of either kind.

They read `description` of a candidate's content: the text that becomes the change request's description.
"""

from __future__ import annotations

from collections.abc import Iterator

from spectrum_etl.exports.rules import common
from spectrum_etl.exports.spec import Answers, Broken, Candidate, Context

#: Field of the form with the change request's id.
NUMBER = "change_request_id"
#: Status of a change order that may be exported (Procore's change_order_packages and prime_change_orders).
APPROVED = "approved"


def not_approved(number: str, candidate: Candidate) -> Iterator[Broken]:
    """The change order is not approved."""
    status = candidate.content["status"]
    if status.lower() != APPROVED:
        yield Broken(
            number,
            "status",
            status,
            f"{candidate.title} has the status {status or 'nothing'}; a change order is exported as Approved",
            "set the status when the change order is approved",
        )


def customer_of(candidate: Candidate, context: Context) -> str:
    """The customer of the candidate's job: part of every change request's key; empty where there is none."""
    job = common.job_of(candidate, context)
    return ((context.books.job(job) if job else None) or {}).get("Customer_Code", "").strip()


def customer_missing(number: str, candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The job has no customer. Says nothing while the project is not synced: `common.job_not_synced` does."""
    job = common.job_of(candidate, context)
    if job and context.books.job(job) is not None and not customer_of(candidate, context):
        yield Broken(
            number,
            "customer",
            "",
            f"{candidate.title}: job {job} has no customer in Spectrum, and a change request belongs to one",
            f"give job {job} its customer in Spectrum",
        )


def description_too_long(number: str, candidate: Candidate) -> Iterator[Broken]:
    """The text that becomes the change request's description is longer than Spectrum's."""
    shown = candidate.content["description"]
    return common.unfit(number, candidate.title, "ARChangeRequest", "CR_Description", "description", shown)


def number_free(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Broken]:
    """H2 for the field of these forms."""
    return common.number_taken(candidate, answers, context, NUMBER)
