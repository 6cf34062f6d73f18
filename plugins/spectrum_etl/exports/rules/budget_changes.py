"""When a Procore budget change may become a change request of a job (F1, H2). Used by `exports.objects.budget_changes`.

They read these facts besides those of `rules.common`: `status`, `title`, and `budget`:
`{"locked": bool, "lines": [...]}`, the project's budget.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from spectrum_etl.exports.numbers import number_of
from spectrum_etl.exports.rules import change_requests, common
from spectrum_etl.exports.spec import Answers, Broken, Candidate, Context, rule


@rule("F1")
def is_approved(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The budget change is approved."""
    status = candidate.content["status"]
    if status != "approved":
        yield Broken(
            "F1",
            "status",
            status,
            f"{candidate.title} has the status {status or 'none'}; only approved budget changes are exported",
            "approve the budget change in Procore",
        )


@rule("F1")
def is_not_exported(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The budget change was not exported before."""
    key = context.links.spectrum_key("budget_changes", context.company.code, candidate.id.record)
    if key:
        yield Broken(
            "F1",
            "budget change",
            key,
            f"{candidate.title} is change request {key} in Spectrum already",
            "nothing is to be done",
        )


@rule("F1")
def job_is_synced(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The project is linked to a job that takes changes."""
    yield from common.job_not_synced("F1", candidate, context)


@rule("F1")
def budget_is_locked(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The project's budget is locked in Procore."""
    if not candidate.content["budget"]["locked"]:
        yield Broken(
            "F1",
            "budget locked",
            "false",
            f"{candidate.title}: the project's budget is not locked",
            "lock the budget in Procore",
        )


@rule("F1")
def budget_is_synced(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The project's budget was exported, or agrees with Spectrum's original estimate line by line.

    A budget that came from Spectrum has no link of ours, so the amounts decide.
    """
    job = common.job_of(candidate, context)
    if job is None or context.books.job(job) is None:
        return
    if context.links.spectrum_key("budgets", context.company.code, candidate.id.project):
        return
    ours: dict[tuple[str, str], Decimal] = {}
    for line in candidate.content["budget"]["lines"]:
        pair = (line["phase"], line["cost_type"])
        ours[pair] = ours.get(pair, Decimal(0)) + _amount(line["amount"])
    theirs = {pair: _amount(row.get("Original_Est_Cost", "")) for pair, row in context.books.phases(job).items()}
    differing = [pair for pair in sorted(ours.keys() | theirs.keys()) if _at(ours, pair) != _at(theirs, pair)]
    if differing or not ours:
        first = ""
        if differing:
            pair = differing[0]
            first = (
                f", first at phase {pair[0]} cost type {pair[1]}: {_at(ours, pair)} in Procore, "
                f"{_at(theirs, pair)} in Spectrum"
            )
        yield Broken(
            "F1",
            "budget",
            f"{len(differing)} of {len(ours.keys() | theirs.keys())} lines differ",
            f"{candidate.title}: the project's budget was not exported and differs from job {job}'s original estimate"
            + first,
            "export the budget first (export_budgets)",
        )


@rule("F1")
def has_lines(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """There is a line."""
    yield from common.no_lines("F1", candidate)


@rule("F1")
def codes_are_synced(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """Every line has a phase and cost type that the job has in Spectrum."""
    yield from common.codes_not_synced("F1", candidate, context)


@rule("B4")
def no_custom_segments(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """No line has a segment besides cost code and cost type."""
    yield from common.custom_segments(candidate)


@rule("F1")
def lines_are_distinct(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """No two lines share phase and cost type, which one change request cannot tell apart."""
    yield from common.repeated_codes("F1", candidate)


@rule("F1")
def amounts_fit(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """Every line has an amount that fits."""
    yield from common.amounts_unfit("F1", candidate, "ARChangeRequest", "Change_Request_Amount")


@rule("F1")
def title_fits(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The title fits the description of a change request."""
    title = candidate.content["title"]
    yield from common.unfit("F1", candidate.title, "ARChangeRequest", "CR_Description", "title", title)


@rule("F1")
def job_has_customer(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The job has the customer that a change request is kept under."""
    yield from change_requests.customer_missing("F1", candidate, context)


@rule("F1")
def status_code_is_known(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The settings name a change request status that Spectrum has."""
    code = context.settings.exports.change_request_status.budget_change
    yield from common.status_code_missing("F1", candidate, context, code)


@rule("H2")
def number_is_free(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Broken]:
    """The change request id is new in the job, where all kinds of change requests share one range."""
    yield from change_requests.number_free(candidate, answers, context)


def _amount(value: str) -> Decimal:
    """An amount, not rounded; what is none counts as 0, and differs from any other that is not."""
    return number_of(value or "0") or Decimal("0.00")


def _at(amounts: dict[tuple[str, str], Decimal], pair: tuple[str, str]) -> Decimal:
    return amounts.get(pair, Decimal("0.00"))
