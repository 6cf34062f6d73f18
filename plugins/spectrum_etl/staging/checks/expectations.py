"""Runs a suite with Great Expectations. Imported only inside `run_checks`: the import takes seconds and 140 MB.

Every fact here was measured on 1.24 with a slice of a million rows:

- A table asset on a table that holds just the slice, and BOOLEAN_ONLY: all expectations on columns become one
  aggregate query. A richer result format asks for the unexpected values of every expectation, one scan each.
- `UnexpectedRowsExpectation` runs its query twice and fetches the rows: see `NoOffendingRows`.
- A failed metric does not raise: it is `exception_info` of the expectations that need it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

# Read by Great Expectations when it is imported: without it, it reports its use over the internet.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

from psycopg.conninfo import conninfo_to_dict

from spectrum_etl.model.spec import Check, Table
from spectrum_etl.staging.checks.on_demand import imported_on_demand
from spectrum_etl.staging.checks.queries import bounds
from spectrum_etl.warehouse.connect import CONNECT_SECONDS

# A third of the import's time and memory is for one expectation, which draws distributions; no check of ours is of it.
with imported_on_demand("altair", "scipy.stats"):
    import great_expectations as gx
    from great_expectations import expectations as gxe
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

#: Every part of it is replaced by the connection's arguments; Great Expectations asks for a user and a host.
_URL = "postgresql+psycopg://user@host/database"


@dataclass(frozen=True)
class Verdict:
    """What Great Expectations says of one check.

    Args:
        success: whether it is met; false too when it could not be run.
        error: the first line of why it could not be run; empty otherwise.
    """

    success: bool
    error: str = ""


class NoOffendingRows(gxe.UnexpectedRowsExpectation):
    """As `UnexpectedRowsExpectation`, but only counts the rows of the query, in the database.

    The original runs the query a second time for the rows themselves, and the driver would bring all of them into
    memory to hand 200 on. `checks.run` asks for the worst of them, and only when there are any.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: dict | None = None, execution_engine: object = None
    ) -> dict[str, Any]:
        found = metrics["unexpected_rows_query.row_count"]
        return {"success": found == 0, "result": {"observed_value": found}}


class Suites:
    """Runs suites on slices of one schema, over one connection pool: to open one takes longer than most suites.

    Args:
        url: the warehouse, as libpq URL or connection string.
        schema: of the slices.
    """

    def __init__(self, url: str, schema: str) -> None:
        self._context = gx.get_context(
            mode="ephemeral",
            project_config=DataContextConfig(
                store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
                progress_bars=ProgressBarsConfig(globally=False),  # they would fill the task's log
                analytics_enabled=False,
            ),
        )
        # A temporary table would be a copy of the slice. The schema goes by search_path: the asset's own is deprecated.
        # The connection goes by its arguments: in the URL, Great Expectations takes a `$` of a password for a variable.
        self._warehouse = self._context.data_sources.add_postgres(
            "warehouse",
            connection_string=_URL,
            create_temp_table=False,
            kwargs={"connect_args": _arguments(url, schema)},
        )

    def __enter__(self) -> Suites:
        return self

    def __exit__(self, *_: object) -> None:
        self._warehouse.get_execution_engine().close()
        self._warehouse.get_engine().dispose()

    def validate(
        self, relation: str, table: Table, suite: Sequence[tuple[Check, tuple[str, ...], str]]
    ) -> Mapping[str, Verdict]:
        """Run the checks of a suite on a slice.

        Args:
            relation: name of the slice; no two that are validated have the same.
            table: its spec.
            suite: each check with the allowed values of an `in_set` one and the query of a `unique` or `sql` one.

        Returns:
            Name of each check -> its verdict.
        """
        asset = self._warehouse.add_table_asset(relation, table_name=relation)
        batch = asset.add_batch_definition_whole_table("slice").get_batch()
        expectations = [_expectation(check, table, values, query) for check, values, query in suite]
        outcome = batch.validate(
            gx.ExpectationSuite(name=table.name, expectations=expectations), result_format="BOOLEAN_ONLY"
        )
        return {
            result.expectation_config.meta["check"]: Verdict(bool(result.success), _error(result.exception_info))
            for result in outcome.results
        }


def _arguments(url: str, schema: str) -> dict[str, Any]:
    arguments = conninfo_to_dict(
        url,
        application_name="spectrum_etl checks",
        options=f"-c work_mem=128MB -c search_path={schema}",
        connect_timeout=CONNECT_SECONDS,
    )
    return dict(arguments)


def _expectation(check: Check, table: Table, values: tuple[str, ...], query: str) -> Any:
    common = {"meta": {"check": check.name}, "severity": check.severity}
    if check.kind == "not_null":
        return gxe.ExpectColumnValuesToNotBeNull(column=check.columns[0], **common)
    if check.kind == "in_set":
        return gxe.ExpectColumnValuesToBeInSet(column=check.columns[0], value_set=list(values), **common)
    if check.kind == "ordered":
        first, second = check.columns
        return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=second, column_B=first, or_equal=True, ignore_row_if="either_value_is_missing", **common
        )
    if check.kind == "between":
        # Great Expectations takes no Decimal. As a float a bound is compared as a double, which tells any two numbers
        # of 15 digits apart: more than the 14 of our amounts and quantities. No amount passes through one.
        low, high = (
            float(bound) if isinstance(bound, Decimal) else bound
            for bound in bounds(check, table.column(check.columns[0]))
        )
        return gxe.ExpectColumnValuesToBeBetween(column=check.columns[0], min_value=low, max_value=high, **common)
    return NoOffendingRows(unexpected_rows_query=query, **common)


def _error(info: Mapping[str, Any] | None) -> str:
    """The first line of an exception: the info is one record, or one record a metric."""
    if not info:
        return ""
    records = [info] if "raised_exception" in info else [r for r in info.values() if isinstance(r, Mapping)]
    for record in records:
        if record.get("raised_exception"):
            lines = str(record.get("exception_message") or "").strip().splitlines()
            return lines[0][:500] if lines else "the check raised an error without a message"
    return ""
