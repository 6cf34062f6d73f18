"""When a Procore budget may become the original estimate of a job.

They read these facts besides those of `rules.common`: `locked`.
"""

from __future__ import annotations

from collections.abc import Iterator

from spectrum_etl.exports.spec import Candidate, Context, Problem


def is_locked(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The budget is locked in Procore."""
    if not candidate.content["locked"]:
        yield Problem(
            "locked",
            "false",
            f"{candidate.title} is not locked; only a locked budget is exported",
            "lock the budget in Procore",
        )


def is_not_exported(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The budget was not exported before: what follows are budget changes."""
    key = context.links.spectrum_key("budgets", context.company.code, candidate.id.record)
    if key:
        yield Problem(
            "budget",
            key,
            f"{candidate.title} was exported to job {key} already; it is sent once",
            "export later changes as budget changes",
        )
