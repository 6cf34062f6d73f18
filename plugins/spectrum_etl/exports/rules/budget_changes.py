"""When a Procore budget change, or a legacy budget modification, may become a change request of a job (F1, H2).

They read these facts besides those of `rules.common` and, of a modification, of `rules.contracts`:

- `kind` (`CHANGE` or `MODIFICATION`), `status`, `title`: of a modification its notes;
- `budget`: `{"locked": bool, "lines": [...]}`, the project's budget;
- `modification`: the id of the modification that a budget change took the place of; else empty;
- `moved_to`: the number of the budget change that took a modification's place; else empty;
- `missing`: the sides of a modification whose budget line is not there: `[{"side": "from" or "to", "id"}]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from spectrum_etl.exports.numbers import number_of
from spectrum_etl.exports.rules import common
from spectrum_etl.exports.spec import Candidate, Context, Problem

#: What a record is, for people.
CHANGE, MODIFICATION = "budget change", "budget modification"
#: Stands before the id of a modification, where a record's id is meant: budget changes have ids of another sequence.
PREFIX = "M"


def is_approved(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The budget change is approved. A modification has no status: it counts at once."""
    status = candidate.content["status"]
    if status != "approved":
        yield Problem(
            "status",
            status,
            f"{candidate.title} has the status {status or 'none'}; only approved budget changes are exported",
            "approve the budget change in Procore",
        )


def is_not_exported(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """It was not exported before, nor was the modification that a budget change took the place of."""
    content, company = candidate.content, context.company.code
    key = context.links.spectrum_key("budget_changes", company, candidate.id.record)
    legacy = content["modification"]
    before = context.links.spectrum_key("budget_changes", company, f"{PREFIX}{legacy}") if legacy else None
    if key:
        yield Problem(
            content["kind"],
            key,
            f"{candidate.title} is change request {key} in Spectrum already",
            "nothing to do",
        )
    elif before:
        yield Problem(
            content["kind"],
            legacy,
            f"{candidate.title} took the place of budget modification {legacy}, which is change request {before} in"
            " Spectrum already",
            "nothing to do; if it is another one, take the modification's id out of its title in Procore",
        )


def is_not_moved(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """No budget change has taken a modification's place: that one is exported."""
    number = candidate.content["moved_to"]
    if number:
        yield Problem(
            candidate.content["kind"],
            number,
            f"{candidate.title} is budget change {number} since the company moved to budget changes",
            "nothing to do, the budget change is exported; if it is another one, take the modification's id out of its"
            " title in Procore",
        )


def budget_lines_are_there(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """A modification goes to a budget line that is there; so is the one it is taken from, where it names one.

    Without one it adds to the budget, and becomes one line.
    """
    for line in candidate.content["missing"]:
        side, id = line["side"], line["id"]
        yield Problem(
            f"{side} budget line",
            id,
            f"{candidate.title}: the budget line {id} that it names ({side}) is not in the budget"
            if id
            else f"{candidate.title} names no budget line that the amount goes to",
            "correct the modification in Procore, so that it names lines of the budget",
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
    """The title, or a modification's notes, fits the description of a change request."""
    title = candidate.content["title"]
    field = "notes" if candidate.content["kind"] == MODIFICATION else "title"
    yield from common.unfit(candidate.title, "ARChangeRequest", "CR_Description", field, title)


def _amount(value: str) -> Decimal:
    """An amount, not rounded; what is none counts as 0, and differs from any other that is not."""
    return number_of(value or "0") or Decimal("0.00")


def _at(amounts: dict[tuple[str, str], Decimal], pair: tuple[str, str]) -> Decimal:
    return amounts.get(pair, Decimal("0.00"))
