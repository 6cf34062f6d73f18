"""Objects staged once by real Airflow runs, which the tests then look at and build upon."""

from __future__ import annotations

from typing import Any, cast

import pytest

from spectrum_etl.staging.configured import load_settings
from stack.stage_runs import STAGE_DAGS, FollowedRun, start_runs
from tests.airflow_stack import COMPANIES, AirflowStack
from tests.staging.resilience.harness import World
from tests.staging.resilience.oracle import assert_equals_source

StagedRuns = dict[str, FollowedRun]
#: What `make test` stages by Airflow: by the web services, of one table and of two, and the transactions with totals.
FEW = ("stage_jobs", "stage_vendors", "stage_standard_cost_codes", "stage_job_costs")


@pytest.fixture(scope="session")
def staged(airflow_stack: AirflowStack, request: pytest.FixtureRequest) -> StagedRuns:
    """The first runs of staging DAGs, by DAG id, all of which have succeeded: of every one where slow tests run too,
    and of a few where they do not.
    """
    slow = any(item.get_closest_marker("slow") for item in request.session.items)
    runs = start_runs(airflow_stack.api(), STAGE_DAGS if slow else FEW, print)
    airflow_stack.wait(runs)
    return {run.dag_id: run for run in runs}


class Oracle:
    """Compares the warehouse with the source, row by row."""

    def __init__(self, stack: AirflowStack) -> None:
        self.stack = stack
        settings = load_settings(stack.settings_file)
        self.world = World(stack.warehouse_url, stack.sandbox.database_url, cast(Any, None), settings=settings)

    def assert_equal(self, *objects: str) -> None:
        """Staged and rejected rows together are the source's, for both companies; nothing is left in `landing`.

        Args:
            objects: which; everything where none is named.
        """
        for company in COMPANIES:
            assert_equals_source(self.world, *objects, company=company)
        assert self.stack.ask("select tablename from pg_tables where schemaname = 'landing'") == []

    def marks(self, *tables: str) -> list[tuple[Any, ...]]:
        """What any write to these staged tables or their history would change."""
        return [
            row
            for table in tables
            for schema in ("spectrum", "history")
            for row in self.stack.ask(f"select xmin::text, t::text from {schema}.{table} as t order by ctid")  # noqa: S608
        ]

    def runs(self, run: FollowedRun) -> dict[tuple[str, str], str]:
        """State by table and company of an Airflow run in the run history; the last landing's, where there are more."""
        return {
            (table, company): state
            for table, company, state in self.stack.ask(
                "select table_name, company_code, state from sync.runs where dag_id = %s and run_id = %s"
                " order by landing_id",
                run.dag_id,
                run.run_id,
            )
        }


@pytest.fixture
def oracle(airflow_stack: AirflowStack, staged: StagedRuns) -> Oracle:
    """Compares with the source; everything has been staged once before."""
    return Oracle(airflow_stack)
