"""What of an object a run reads: which tables by themselves, and which partitions; `land` and `publish` agree on it."""

from __future__ import annotations

from typing import Any

from spectrum_etl.model.run import Landing, Scope
from spectrum_etl.model.spec import StagedObject, Table, fingerprint
from spectrum_etl.settings import Settings


def is_read_by_itself(reader: str, scope: Scope) -> bool:
    """Whether a table that is not partitioned is read at all.

    Totals that are summed from the transactions are not. Nor are those of GetPhase in a run of some months: they are
    job to date, so a month would not change what that call says.
    """
    return reader != "transactions" and not scope.months


def reconciles(obj: StagedObject, scope: Scope, settings: Settings) -> bool:
    """Whether totals come from a reader of their own in this run, so that they can be compared with transactions."""
    return obj.partitioned and any(
        table.sdx and settings.reader(table) == "sdx" and is_read_by_itself("sdx", scope) for table in obj.tables
    )


def partition_parameters(landing: Landing, table: Table, settings: Settings) -> dict[str, Any]:
    """What the partition statements bind."""
    scope = landing.scope
    return {
        "company_code": scope.company_code,
        "spec_hash": fingerprint(
            table, "infolink", settings.stage_employees, settings.codes_written(scope.company_code)
        ),
        # A month that was asked for by name is staged again, whatever its fingerprint: that is what a backfill is.
        "everything": scope.full_refresh or bool(scope.months),
        "jobs": list(scope.jobs),
        "months": list(scope.months),
    }


def partition_scope(scope: Scope) -> str:
    """The partitions of a scope, as a condition on `partition_parameters`."""
    conditions = []
    if scope.jobs:
        conditions.append("job_number = any(%(jobs)s)")
    if scope.months:
        conditions.append("partition_month = any(%(months)s)")
    return " and ".join(conditions) or "true"
