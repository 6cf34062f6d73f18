"""The guards: checks of counts, not of rows, that stop a publish that would do harm.

Pure functions: the caller counts. A guard compares exactly: the shares of the settings are decimals, not floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from spectrum_etl.model.character_marks import shown
from spectrum_etl.model.check_result import CheckResult
from spectrum_etl.model.spec import Table
from spectrum_etl.settings import Settings
from spectrum_etl.warehouse.stamps import TakenBack

_EXAMPLES = 20
#: So many jobs and months are named in a message; `sync.deferred` lists all of them.
_NAMED = 5


def volume(table: str, company: str, rows: int, rows_before: int | None, settings: Settings) -> CheckResult:
    """Warn where the number of rows differs from the last sync's by more than `max_volume_change`.

    Args:
        table: staged table.
        company: company code.
        rows: rows of the source in this run's scope.
        rows_before: rows of the source in the same scope at the last sync; None or 0 where there is nothing to compare.
        settings: gives the limit, as a share of the rows before.
    """
    change = abs(rows - rows_before) if rows_before else 0
    if not rows_before or change <= _share(settings.max_volume_change) * rows_before:
        return CheckResult("volume", "warning", "passed", rows_checked=rows, source="guard")
    direction = "more" if rows > rows_before else "fewer"
    return CheckResult(
        "volume",
        "warning",
        "warned",
        rows_checked=rows,
        rows_failed=change,
        source="guard",
        message=f"{table} of company {company}: {rows} rows, {change} {direction} than the {rows_before} of the last"
        f" sync (max_volume_change {_percent(settings.max_volume_change)}). It is published.",
        remedy="Check whether Spectrum really holds that many.",
    )


def rejected_share(
    table: str,
    company: str,
    landed_rows: int,
    rejected_rows: int,
    settings: Settings,
    *,
    new_rows: int | None = None,
    allowed: bool = False,
) -> CheckResult:
    """Stop the publish where too many rows are newly rejected: more than `max_rejected_rows` and `max_rejected_share`.

    What was listed before never stops anything.

    Args:
        table: staged table.
        company: company code.
        landed_rows: rows that were read, rejected ones included.
        rejected_rows: rows of them that cannot be staged.
        settings: gives the limits.
        new_rows: rejected rows that are not listed already; all of them unless it is given.
        allowed: the trigger form of this run allows newly rejected rows: then it is published, and shown as a warning.
    """
    new = rejected_rows if new_rows is None else new_rows
    if not _too_many(new, landed_rows, settings):
        return _within_limits(landed_rows, rejected_rows)
    newly = "" if new == rejected_rows else f", {new} of them newly"
    outcome, remedy = (
        ("The trigger form of this run allowed it, so they are listed.", "")
        if allowed
        else (
            "Nothing is published.",
            "The examples of this check in sync.checks show the reasons; correct the records in Spectrum, raise the"
            " limits in include/settings.yaml, or trigger the DAG and allow newly rejected rows in the trigger form.",
        )
    )
    return CheckResult(
        "rejected_share",
        "critical",
        "warned" if allowed else "failed",
        rows_checked=landed_rows,
        rows_failed=rejected_rows,
        source="guard",
        message=f"{table} of company {company}: {rejected_rows} of {landed_rows} rows were rejected{newly}, more than"
        f" {_rejected_limits(settings)}. {outcome}",
        remedy=remedy,
    )


@dataclass(frozen=True)
class NewlyRejected:
    """A job and month of transactions that holds newly rejected rows.

    Args:
        job_number: the job; empty where the source's is blank.
        partition_month: first six characters of the date's text.
        source_rows: rows of the source, all of them landed.
        new_rows: rows of them that are rejected and not listed already.
        has_published: whether a version of it is staged, which would be lost.
    """

    job_number: str
    partition_month: str
    source_rows: int
    new_rows: int
    has_published: bool

    @property
    def name(self) -> str:
        """For people."""
        return f"job {self.job_number or '(blank)'}, month {self.partition_month or '(blank)'}"


def held_back(
    found: Sequence[NewlyRejected], landed_rows: int, settings: Settings, *, everything: bool
) -> list[NewlyRejected]:
    """The jobs and months that are not published, because too many of their rows are newly rejected.

    Where too many rows of the whole landing are, it is those that exceed `max_rejected_share` of their own rows: of the
    rest no more than that share is left. Otherwise it is those that exceed both limits by themselves, if a good version
    of them would be lost: in a large landing nobody would notice. A full refresh is published as it is then.

    Args:
        found: every job and month with newly rejected rows.
        landed_rows: rows of all jobs and months that were landed.
        settings: gives the limits.
        everything: the run is a full refresh.
    """
    if _too_many(sum(one.new_rows for one in found), landed_rows, settings):
        return [one for one in found if _beyond_share(one.new_rows, one.source_rows, settings)]
    if everything:
        return []
    return [one for one in found if one.has_published and _too_many(one.new_rows, one.source_rows, settings)]


def rejected_partitions(
    table: str,
    company: str,
    landed_rows: int,
    rejected_rows: int,
    held: Sequence[NewlyRejected],
    settings: Settings,
    *,
    allowed: bool = False,
) -> CheckResult:
    """What the guard of rejected rows says of a partitioned table: it never stops the publish of the others.

    Args:
        table: staged table.
        company: company code.
        landed_rows: rows that were read, rejected ones included.
        rejected_rows: rows of them that cannot be staged, those of `held` included.
        held: what `held_back` gives.
        settings: gives the limits.
        allowed: the trigger form of this run allows newly rejected rows: then nothing is held back, and it is shown.
    """
    if not held:
        return _within_limits(landed_rows, rejected_rows)
    named = "; ".join(f"{one.name}: {one.new_rows} of {one.source_rows} rows" for one in held[:_NAMED])
    more = f"; and {len(held) - _NAMED} more" if len(held) > _NAMED else ""
    what, outcome, remedy = (
        (
            "are published although more of their rows were newly rejected than",
            "The trigger form of this run allowed it, so those rows are listed.",
            "",
        )
        if allowed
        else (
            "are held back, because more of their rows were newly rejected than",
            "Their last good version stays, and everything else is published. sync.deferred lists them.",
            "Correct the records in Spectrum, raise the limits in include/settings.yaml, or trigger the DAG and allow"
            " newly rejected rows in the trigger form.",
        )
    )
    return CheckResult(
        "rejected_share",
        "critical",
        "warned",
        rows_checked=landed_rows,
        rows_failed=rejected_rows,
        source="guard",
        message=f"{table} of company {company}: {len(held)} jobs and months {what} {_rejected_limits(settings)}"
        f" ({named}{more}). {outcome}",
        remedy=remedy,
    )


def stamped_in_the_future(name: str, company: str, stamps: TakenBack) -> CheckResult:
    """Say that syncs were stamped later than now, and what became of that.

    Args:
        name: importable object.
        company: company code.
        stamps: what was found and taken back.
    """
    run = f", the newest by run {stamps.run_id}" if stamps.run_id else ""
    return CheckResult(
        "stamped_in_the_future",
        "warning",
        "warned",
        rows_failed=stamps.syncs,
        source="guard",
        message=f"{name} of company {company}: {stamps.syncs} syncs{run} were stamped later than now, up to"
        f" {stamps.stamped_at:%Y-%m-%d %H:%M} UTC. They are taken back to the moment of their run,"
        f" {stamps.moment:%Y-%m-%d %H:%M} UTC, so that later syncs are published.",
        remedy="Look at the clock of the warehouse's server: it was ahead when they ran.",
    )


def _within_limits(landed_rows: int, rejected_rows: int) -> CheckResult:
    return CheckResult(
        "rejected_share", "critical", "passed", rows_checked=landed_rows, rows_failed=rejected_rows, source="guard"
    )


def _too_many(rejected: int, landed: int, settings: Settings) -> bool:
    return rejected > settings.max_rejected_rows and _beyond_share(rejected, landed, settings)


def _beyond_share(rejected: int, landed: int, settings: Settings) -> bool:
    return rejected > _share(settings.max_rejected_share) * landed


def _rejected_limits(settings: Settings) -> str:
    return (
        f"max_rejected_rows {settings.max_rejected_rows} and max_rejected_share {_percent(settings.max_rejected_share)}"
    )


def amounts_left_out(table: Table, company: str, found: Sequence[Sequence[Any]]) -> list[CheckResult]:
    """Warn of amounts that Spectrum holds and a table's query does not take.

    Args:
        table: its spec says which reasons there are, and what each means.
        company: company code.
        found: rows of the query: reason, what its columns say, how many rows, and their amount as text.

    Returns:
        One result a reason, with count and sum, the largest amounts as examples.
    """
    if table.infolink is None or table.infolink.left_out is None:
        raise ValueError(f"{table.name} leaves nothing out")
    spec, results = table.infolink.left_out, []
    for reason, (name, explains) in spec.reasons.items():
        groups = sorted((row for row in found if row[0] == reason), key=lambda row: -abs(Decimal(row[-1])))
        rows, amount = sum(int(row[-2]) for row in groups), sum((Decimal(row[-1]) for row in groups), Decimal(0))
        named = ("row_count", "amount")
        examples = [dict(zip((*spec.columns, *named), map(_text, row[1:]), strict=True)) for row in groups[:_EXAMPLES]]
        results.append(
            CheckResult(
                name,
                "warning",
                "warned" if groups else "passed",
                rows_failed=rows,
                examples=examples,
                message=f"{table.name} of company {company}: {rows} rows of {amount:,.2f}: {explains}."
                if groups
                else "",
                source="guard",
            )
        )
    return results


def mass_delete(
    table: str, company: str, living_rows: int, deleted_rows: int, settings: Settings, allowed: bool = False
) -> CheckResult:
    """Stop a publish that would delete too much: more than `max_deleted_rows` and `max_deleted_share`.

    Args:
        table: staged table.
        company: company code.
        living_rows: rows alive in the run's scope before the publish.
        deleted_rows: rows of them that the publish would delete, those of vanished partitions included.
        settings: gives the limits.
        allowed: the trigger form of this run allows one mass delete: then it is published, and shown as a warning.
    """
    few = deleted_rows <= settings.max_deleted_rows
    if few or deleted_rows <= _share(settings.max_deleted_share) * living_rows:
        return CheckResult(
            "mass_delete", "critical", "passed", rows_checked=living_rows, rows_failed=deleted_rows, source="guard"
        )
    outcome, remedy = (
        ("The trigger form of this run allowed it, so they are deleted; their versions stay in the history.", "")
        if allowed
        else (
            "Nothing is published.",
            "If Spectrum really no longer holds them, trigger the DAG and allow one mass delete in the trigger form.",
        )
    )
    what = (
        f"{table} of company {company}: {deleted_rows} of {living_rows} living rows are no longer in the source, more"
        f" than max_deleted_rows {settings.max_deleted_rows} and max_deleted_share"
        f" {_percent(settings.max_deleted_share)}."
    )
    return CheckResult(
        "mass_delete",
        "critical",
        "warned" if allowed else "failed",
        rows_checked=living_rows,
        rows_failed=deleted_rows,
        source="guard",
        message=f"{what} {outcome}",
        remedy=remedy,
    )


def _share(share: float) -> Decimal:
    # 0.29 as a float is a little less than 0.29: 29 of 100 rows would be more than the share.
    return Decimal(str(share))


def _text(value: object) -> str | None:
    return None if value is None else shown(str(value).strip())


def _percent(share: float) -> str:
    return f"{(_share(share) * 100).normalize():f} %"
