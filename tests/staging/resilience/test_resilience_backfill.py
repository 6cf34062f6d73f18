"""M2: job costs backfilled month by month, two at a time, interrupted and resumed, end equal to the source."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from sandbox.data.generate import load
from sandbox.infolink.server import InfoLinkServer
from stack.postgres import EmbeddedPostgres
from tests.staging.resilience.conftest import infolink
from tests.staging.resilience.harness import PASSWORD, Child, World, wait_for
from tests.staging.resilience.oracle import assert_equals_source

pytestmark = pytest.mark.usefixtures("without_checks")

MONTHS = 48


@pytest.fixture(
    params=[
        pytest.param((100, 20_000), id="20,000 postings", marks=pytest.mark.slow),
        pytest.param((60, 200_000), id="200,000 postings", marks=pytest.mark.slow),
        pytest.param(
            (5_000, 10_000_000), id="the benchmark company", marks=[pytest.mark.slow, pytest.mark.timeout(3600)]
        ),
    ]
)
def history(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[World]:
    """A company with its history, and an empty warehouse."""
    jobs, transactions = request.param
    source, warehouse = postgres.create_database("backfill_source"), postgres.create_database("backfill")
    load(source, jobs=jobs, transactions=transactions)
    with psycopg.connect(source) as connection:  # half of the first year becomes the year before: a longer history
        connection.execute(
            """update dbo."JC_TRANSACTION_HISTORY_MC" set "Tran_Date_Text" = '2022' || substr("Tran_Date_Text", 5)
            where "Tran_Date_Text" like '2023%' and hashtext("Reference_1" || "Tran_Date_Text") % 2 = 0"""
        )
    with InfoLinkServer(source, password=PASSWORD, tls=False) as server:
        yield World(warehouse, source, infolink(server.port))
    postgres.drop_database("backfill_source")
    postgres.drop_database("backfill")


def test_a_backfill_that_is_interrupted_and_resumed_ends_equal_to_the_source(history: World) -> None:
    months = months_of(history)
    assert len(months) >= MONTHS
    months = months[-MONTHS:]
    half = months[: MONTHS // 2]
    backfill(history, half)

    # The worker dies while it lands a month; Airflow's teardown still runs, and its backfill stops there.
    run = history.run(dag_id="backfill_job_costs")
    with history.fault("infolink_slow_ms", "1000"):  # it is still at it when it dies
        child = Child(history, "land", "job_costs", run, months=(months[MONTHS // 2],))
        wait_for(lambda: history.landing_tables(run))
        child.kill()
    history.tidy("job_costs", run)
    assert staged_months(history) == half

    # Resumed with all runs: months that were staged are staged again, and end the same.
    before = history.ask("select count(*) from history.job_cost_transactions")
    backfill(history, months)
    assert staged_months(history) == months
    assert history.ask("select count(*) from history.job_cost_transactions") == before
    history.sync("job_costs")  # older months, and rows without a month
    assert_equals_source(history, "job_costs")
    assert set(months) <= set(staged_months(history))


def backfill(world: World, months: list[str]) -> None:
    """Each month by a run of its own, two at a time, as Airflow's Backfill does."""
    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(
                lambda month: world.sync("job_costs", world.run(dag_id="backfill_job_costs"), months=(month,)), months
            )
        )


def months_of(world: World) -> list[str]:
    """The months of which company 1 has postings, without those of mistyped dates."""
    rows = world.ask_source(
        """select distinct left("Tran_Date_Text", 6) from dbo."JC_TRANSACTION_HISTORY_MC"
        where btrim("Company_Code") = '1' and "Tran_Date_Text" ~ '^20[0-9]{2}(0[1-9]|1[0-2])[0-9]{2}$' order by 1"""
    )
    return [month for (month,) in rows]


def staged_months(world: World) -> list[str]:
    """The months that are staged."""
    rows = world.ask("select distinct to_char(tran_date, 'YYYYMM') from spectrum.job_cost_transactions order by 1")
    return [month for (month,) in rows]
