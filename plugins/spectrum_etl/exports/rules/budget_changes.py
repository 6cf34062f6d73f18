"""When a Procore budget change may become a change request of a job (F1, H2).

They read these facts besides those of `rules.common`: `status`, `title`, and `budget`:
`{"locked": bool, "lines": [...]}`, the project's budget.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from spectrum_etl.exports.numbers import number_of
from spectrum_etl.exports.rules import common
from spectrum_etl.exports.spec import Candidate, Context, Problem


def is_approved(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The budget change is approved."""
    status = candidate.content["status"]
    if status != "approved":
        yield Problem(
            "status",
            status,
            f"{candidate.title} has the status {status or 'none'}; only approved budget changes are exported",
            "approve the budget change in Procore",
        )


def is_not_exported(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The budget change was not exported before."""
    key = context.links.spectrum_key("budget_changes", context.company.code, candidate.id.record)
    if key:
        yield Problem(
            "budget change",
            key,
            f"{candidate.title} is change request {key} in Spectrum already",
            "nothing to do",
        )


def budget_is_locked(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The project's budget is locked in Procore."""
    if not candidate.content["budget"]["locked"]:
        yield Problem(
            "budget locked",
            "false",
            f"{candidate.title}: the project's budget is not locked",
            "lock the budget in Procore",
        )


def budget_is_synced(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The project's budget was exported, or agrees with Spectrum's original estimate line by line.

    A budget that came from Spectrum has no link of ours, so the amounts decide.
    """
    job = common.job_of(candidate, context)
    if job is None or context.spectrum.job(job) is None:
        return
    if context.links.spectrum_key("budgets", context.company.code, candidate.id.project):
        return
    ours: dict[tuple[str, str], Decimal] = {}
    for line in candidate.content["budget"]["lines"]:
        pair = (line["phase"], line["cost_type"])
        ours[pair] = ours.get(pair, Decimal(0)) + _amount(line["amount"])
    theirs = {pair: _amount(row.get("Original_Est_Cost", "")) for pair, row in context.spectrum.phases(job).items()}
    differing = [pair for pair in sorted(ours.keys() | theirs.keys()) if _at(ours, pair) != _at(theirs, pair)]
    if differing or not ours:
        first = ""
        if differing:
            pair = differing[0]
            first = (
                f", first at phase {pair[0]} cost type {pair[1]}: {_at(ours, pair)} in Procore, "
                f"{_at(theirs, pair)} in Spectrum"
            )
        yield Problem(
            "budget",
            f"{len(differing)} of {len(ours.keys() | theirs.keys())} lines differ",
            f"{candidate.title}: the project's budget was not exported and differs from job {job}'s original estimate"
            + first,
            "export the budget first (export_budgets)",
        )


def title_fits(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The title fits the description of a change request."""
    title = candidate.content["title"]
    yield from common.unfit(candidate.title, "ARChangeRequest", "CR_Description", "title", title)


def _amount(value: str) -> Decimal:
    """An amount, not rounded; what is none counts as 0, and differs from any other that is not."""
    return number_of(value or "0") or Decimal("0.00")


def _at(amounts: dict[tuple[str, str], Decimal], pair: tuple[str, str]) -> Decimal:
    return amounts.get(pair, Decimal("0.00"))
