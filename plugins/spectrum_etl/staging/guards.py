"""The guards: checks of counts, not of rows, that stop a publish that would do harm. Used by `check` and `publish`.

Pure functions: the caller counts. A guard compares exactly: the shares of the settings are decimals, not floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from spectrum_etl.settings import Settings
from spectrum_etl.staging.checks.result import CheckResult
from spectrum_etl.staging.spec import Table

_EXAMPLES = 20


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
        f" sync (max_volume_change {_percent(settings.max_volume_change)}). It is published; look whether Spectrum"
        " really holds that many.",
    )


def rejected_share(table: str, company: str, landed_rows: int, rejected_rows: int, settings: Settings) -> CheckResult:
    """Stop the publish where too many rows were rejected: more than `max_rejected_rows` and `max_rejected_share`.

    Args:
        table: staged table.
        company: company code.
        landed_rows: rows that were read, rejected ones included.
        rejected_rows: rows of them that cannot be staged.
        settings: gives the limits.
    """
    few = rejected_rows <= settings.max_rejected_rows
    if few or rejected_rows <= _share(settings.max_rejected_share) * landed_rows:
        return CheckResult(
            "rejected_share",
            "critical",
            "passed",
            rows_checked=landed_rows,
            rows_failed=rejected_rows,
            source="guard",
        )
    return CheckResult(
        "rejected_share",
        "critical",
        "failed",
        rows_checked=landed_rows,
        rows_failed=rejected_rows,
        source="guard",
        message=f"{table} of company {company}: {rejected_rows} of {landed_rows} rows were rejected, more than"
        f" max_rejected_rows {settings.max_rejected_rows} and max_rejected_share"
        f" {_percent(settings.max_rejected_share)}. Nothing is published: the examples of this check in"
        " sync.checks show the reasons; correct the records in Spectrum, or raise the limits in include/settings.yaml.",
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
    what = (
        f"{table} of company {company}: {deleted_rows} of {living_rows} living rows are no longer in the source, more"
        f" than max_deleted_rows {settings.max_deleted_rows} and max_deleted_share"
        f" {_percent(settings.max_deleted_share)}."
    )
    remedy = (
        " The trigger form of this run allowed it, so they are deleted; their versions stay in the history."
        if allowed
        else " Nothing is published: if Spectrum really no longer holds them, trigger the DAG and allow one mass delete"
        " in the trigger form."
    )
    return CheckResult(
        "mass_delete",
        "critical",
        "warned" if allowed else "failed",
        rows_checked=living_rows,
        rows_failed=deleted_rows,
        source="guard",
        message=what + remedy,
    )


def _share(share: float) -> Decimal:
    # 0.29 as a float is a little less than 0.29: 29 of 100 rows would be more than the share.
    return Decimal(str(share))


def _text(value: object) -> str | None:
    return None if value is None else str(value).strip()


def _percent(share: float) -> str:
    return f"{(_share(share) * 100).normalize():f} %"
