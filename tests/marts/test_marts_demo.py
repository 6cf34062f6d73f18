"""M6: what the marts say of the demo's contractor is what one would see of a real one.

The demo's own sandbox, staged over TDS.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from mart_oracle import assert_right
from marts_world import COMPANIES, publish

from sandbox.data.generate import load
from sandbox.infolink.server import InfoLinkServer
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.staging import check as checking
from stack.postgres import EmbeddedPostgres
from tests.staging.resilience.harness import PASSWORD, World

pytestmark = pytest.mark.slow

_JOBS = """
select j.status_code, round(100 * sum(s.variance) / sum(s.current_estimate), 1)
from spectrum.jobs as j
inner join marts.job_cost_summary as s using (company_code, job_number)
group by j.company_code, j.job_number, j.status_code
having sum(s.current_estimate) > 0
"""


@pytest.fixture(scope="module")
def demo(postgres: EmbeddedPostgres) -> Iterator[World]:
    """The demo's sandbox and its marts."""
    source = postgres.create_database("marts_demo_source")
    load(source)
    with InfoLinkServer(source, password=PASSWORD, tls=False) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "run_checks", lambda *_args, **_options: [])
        infolink = InfoLinkConnection("127.0.0.1", "Spectrum", "infolink", PASSWORD, server.port, "off", 30, 30)
        world = World(postgres.create_database("marts_demo"), source, infolink)
        for company in COMPANIES:
            for name in ("jobs", "project_cost_codes", "budgets", "prime_contracts", "job_costs"):
                world.sync(name, company=company)
        publish(world)
        yield world
    for name in ("marts_demo", "marts_demo_source"):
        postgres.drop_database(name)


def test_m6_few_active_jobs_are_well_over_budget_and_most_are_a_little_under(demo: World) -> None:
    """Variance in percent of the current budget, by job."""
    active = [variance for status, variance in demo.ask(_JOBS) if status == "A"]
    assert len(active) >= 15
    over = [variance for variance in active if variance < 0]
    assert len(active) / 5 <= len(over) <= len(active) / 2
    assert 1 <= len([variance for variance in over if variance < -5]) <= len(active) / 5
    assert len([variance for variance in active if 0 <= variance <= 5]) >= len(active) / 2
    assert min(active) > -20


def test_m6_complete_jobs_are_not_all_over_budget(demo: World) -> None:
    complete = [variance for status, variance in demo.ask(_JOBS) if status == "C"]
    assert len(complete) >= 20
    over = [variance for variance in complete if variance < 0]
    assert len(complete) / 5 <= len(over) <= len(complete) / 2


def test_m6_some_projections_of_the_demo_are_out_of_date_and_most_are_not(demo: World) -> None:
    ((lines, projected, outdated, credit),) = demo.ask(
        "select count(*), count(*) filter (where projection_entered), count(*) filter (where cost_floor_used),"
        " count(*) filter (where actual_cost < 0) from marts.job_cost_summary"
    )
    assert projected > lines / 5
    assert 20 <= outdated <= projected / 5
    assert credit < lines / 100
    assert_right(demo)
    worst = demo.ask("select max(percent_complete) from marts.job_cost_summary")
    assert worst == [(Decimal("100.00"),)]
