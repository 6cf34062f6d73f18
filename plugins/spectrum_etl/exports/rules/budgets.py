"""When a Procore budget may become the original estimate of a job.

They read these facts besides those of `rules.common`: `locked`.
"""

from __future__ import annotations

from collections.abc import Iterator

from spectrum_etl.exports.rules import common
from spectrum_etl.exports.spec import Broken, Candidate, Context, rule


@rule("E1")
def job_is_synced(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The project is linked to a job that takes changes."""
    yield from common.job_not_synced("E1", candidate, context)


@rule("E1")
def budget_exists(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The budget has a line; one with the amount 0 is enough (E4)."""
    yield from common.no_lines("E1", candidate)


@rule("E1")
def budget_is_locked(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The budget is locked in Procore."""
    if not candidate.content["locked"]:
        yield Broken(
            "E1",
            "locked",
            "false",
            f"{candidate.title} is not locked; only a locked budget is exported",
            "lock the budget in Procore",
        )


@rule("E1")
def codes_are_synced(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """Every line has a phase and cost type that the job has in Spectrum; a complete phase keeps its status."""
    yield from common.codes_not_synced("E1", candidate, context, complete_too=True)


@rule("B4")
def no_custom_segments(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """No line has a segment besides cost code and cost type."""
    yield from common.custom_segments(candidate)


@rule("E1")
def lines_are_distinct(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """No two lines share phase and cost type: the later amount would replace the earlier."""
    yield from common.repeated_codes("E1", candidate, "the estimate of a job")


@rule("E3")
def amounts_fit(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """Every line has an amount that fits; 0 does (E4). Units and quantities are not exchanged."""
    yield from common.amounts_unfit("E3", candidate, "AddPhase", "Original_Est_Cost")


@rule("E2")
def is_not_exported(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The budget was not exported before: what follows are budget changes."""
    key = context.links.spectrum_key("budgets", context.company.code, candidate.id.record)
    if key:
        yield Broken(
            "E2",
            "budget",
            key,
            f"{candidate.title} was exported to job {key} already; it is sent once",
            "export later changes as budget changes",
        )
