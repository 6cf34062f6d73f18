"""O3: a site that does not show what analysts read sets those objects to never, and everything stays green."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from connections_world import COMPANY, World, settings

from spectrum_etl.connections.infolink import check_infolink
from spectrum_etl.marts.publish import publish_marts
from spectrum_etl.model.run import Run
from spectrum_etl.notify.digest import digest_message, read_state
from spectrum_etl.notify.late import last_due
from spectrum_etl.notify.stale import stale_lines
from spectrum_etl.page.object_row import object_row
from spectrum_etl.settings import Schedule
from spectrum_etl.sources.company import Sources
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.verify import verify

#: Object -> tables that nothing else reads.
HIDDEN = {
    "customers": ("CR_CUSTOMER_MASTER_MC",),
    "change_requests": ("CR_CHNG_REQ_REV_MC",),
    "billings": ("CR_BILLING_HEADER_MC", "CR_INVOICE_HEADER_MC", "CR_INVOICE_DETAIL_MC", "CR_OPEN_ITEM_MC"),
}
SCHEDULED = settings(jobs="infolink", project_cost_codes="infolink", vendors="infolink")
#: Without these the object is staged all the same: only what they would add is not known.
OPTIONAL = {"CR_BILLING_HEADER_MC", "CR_INVOICE_DETAIL_MC", "CR_OPEN_ITEM_MC"}
NEVER = SCHEDULED.model_copy(update={"schedules": dict.fromkeys(HIDDEN, Schedule.NEVER)})
COMPANY_WITHOUT_EXPORTS = COMPANY.model_copy(update={"procore_company_id": None})


@pytest.fixture
def site(world: World) -> Iterator[World]:
    """It shows none of those tables."""
    tables = [name for names in HIDDEN.values() for name in names]
    for number, name in enumerate(tables):
        world.alter(f'alter table dbo."{name}" rename to "ZZ {number}"')
    yield world
    for number, name in enumerate(tables):
        world.alter(f'alter table dbo."ZZ {number}" rename to "{name}"')


def test_o3_what_a_site_does_not_show_is_never_synced_and_everything_is_green(
    site: World, warehouse_database: str
) -> None:
    told = check_infolink(COMPANY_WITHOUT_EXPORTS, site.infolink, SCHEDULED)
    assert told.status == "Not connected"
    assert {f.subject for f in told.findings or () if f.stops} == {
        name for names in HIDDEN.values() for name in names if name not in OPTIONAL
    }, "some tables of an object may be missing, whatever its schedule"
    found = check_infolink(COMPANY_WITHOUT_EXPORTS, site.infolink, NEVER)
    assert (found.status, found.reason) == ("Connected", "")
    assert not any(f.stops for f in found.findings or ())

    with Sources(COMPANY_WITHOUT_EXPORTS, infolink=site.infolink) as sources:
        for name in HIDDEN:
            assert verify(warehouse_database, OBJECTS[name], Run("verify_staging", "v"), sources, NEVER) == []
    publish_marts(warehouse_database, "1")

    now = datetime.now(UTC)
    fresh = [
        {"object_name": name, "company_code": "1", "last_read_at": now, "now": now}
        for name in OBJECTS
        if name not in HIDDEN
    ]
    assert len(stale_lines(fresh, SCHEDULED)) == len(HIDDEN)
    assert stale_lines(fresh, NEVER) == []
    assert digest_message(read_state(warehouse_database, ["1"]), stale_lines(fresh, NEVER)) is None
    for name in HIDDEN:
        assert last_due(NEVER.schedule(OBJECTS[name]), NEVER, now) is None
        row = object_row(OBJECTS[name], [], NEVER, None, [], now)
        assert (row["state"], row["late"], row["often"], row["message"]) == (None, False, "On demand", None)
