"""A3: a failed sync says which of its connections failed, and the page calls that one not connected, no other."""

from __future__ import annotations

import psycopg
import pytest

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.model.run import Scope
from spectrum_etl.page.connections import connections
from spectrum_etl.page.reads import Warehouse
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.landings import open_landing
from tests.repeats import repeats
from tests.staging.resilience.harness import World

pytestmark = pytest.mark.usefixtures("without_checks")


def _shown(world: World) -> dict[str, bool | None]:
    """Which systems the page calls connected, by what the syncs say."""
    with psycopg.connect(world.warehouse, autocommit=True) as connection:
        found = connections(Warehouse(connection), ["1"], [])
    return {row["kind"]: row["connected"] for row in found if row["company_code"] == "1"}


@pytest.fixture
def synced(both: World) -> World:
    """Job costs by Info-Link with totals by the web services, both of which have answered."""
    world = both.by_sdx("job_cost_totals")
    world.sync("job_costs")
    assert _shown(world) == {"web services": True, "Info-Link": True}
    return world


@pytest.mark.parametrize(
    ("fault", "connected", "cause"),
    repeats(
        [
            ("infolink_refuse_login", {"web services": True, "Info-Link": False}, "wrong credentials"),
            ("sdx_http_500", {"web services": False, "Info-Link": True}, "no answer"),
            ("infolink_blocked_ip", {"web services": True, "Info-Link": False}, "address not allowed"),
            ("sdx_blocked_ip", {"web services": False, "Info-Link": True}, "address not allowed"),
        ],
        quick=2,
    ),
)
def test_b12_the_connection_that_failed_is_the_one_that_is_not_connected(
    synced: World, fault: str, connected: dict[str, bool], cause: str
) -> None:
    """Both tables end with the run, whichever of the two was being read; its row says why and where, as data."""
    with synced.fault(fault), pytest.raises(SpectrumEtlError):
        synced.sync("job_costs")
    assert _shown(synced) == connected
    [(system, *why)] = synced.ask(
        "select distinct failed_connection, cause, connection, remedy is not null from sync.runs where state = 'failed'"
    )
    name = (synced.infolink if system == "Info-Link" else synced.sdx).name
    assert (connected[system], why) == (False, [cause, name, True])
    synced.sync("job_costs", full_refresh=True)
    assert _shown(synced) == {"web services": True, "Info-Link": True}


def test_b12_a_task_that_was_killed_says_nothing_about_a_connection(synced: World) -> None:
    run = synced.run()
    with connect(synced.warehouse) as connection:
        open_landing(connection, "job_costs", Scope("1"), run)
        connection.commit()
    synced.tidy("job_costs", run)
    states = synced.ask("select distinct state from sync.runs where run_id = %s", run.run_id)
    assert states == [("failed",)]
    assert _shown(synced) == {"web services": True, "Info-Link": True}


def test_b12_a_warehouse_that_fails_in_the_middle_is_not_told_as_spectrum(synced: World) -> None:
    run = synced.run()
    landing = synced.landed("job_costs", run, full_refresh=True)
    with psycopg.connect(synced.warehouse) as connection:
        connection.execute(f"drop table landing.job_cost_transactions_{landing}_rows".encode())
    with pytest.raises(SpectrumEtlError):
        synced.publish("job_costs", landing)
    assert _shown(synced) == {"web services": True, "Info-Link": True}
