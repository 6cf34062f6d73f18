"""A3: why the web services cannot be used, told apart; which services are enabled; where their WSDL differs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from connections_world import COMPANY, LIMITED, World, settings

from sandbox.sdx import app
from spectrum_etl.connections.result import Checked, CheckedService
from spectrum_etl.connections.web_services import check_web_services
from spectrum_etl.sources.sdx.connection import SdxConnection

READS = {"GetJob", "GetJobMain", "GetJobDates", "GetPhase", "GetPhaseEnhanced", "Vendors"}
WRITES = {
    "AddVendor",
    "AddJob",
    "AddPhase",
    "UpdateSubcontract",
    "UpdateSubcontractPhases",
    "ARChangeRequest",
    "JobCostProjections",
}
BY_INFOLINK = {"jobs": "infolink", "project_cost_codes": "infolink", "vendors": "infolink"}


def _check(connection: SdxConnection, **readers: str) -> Checked:
    return check_web_services(COMPANY, connection, settings(**readers))


def _services(found: Checked) -> dict[str, CheckedService]:
    return {service.name: service for service in found.services or ()}


def test_a3_everything_is_enabled_and_agrees(world: World) -> None:
    world.server.calls.reset()
    found = _check(world.sdx)
    assert (found.status, found.cause, found.reason) == ("Connected", "", "")
    services = _services(found)
    assert services.keys() == READS | WRITES
    assert {name for name, service in services.items() if service.status == "Enabled"} == READS
    assert {name for name, service in services.items() if service.status == "Declared"} == WRITES
    assert services["AddPhase"].used_by == "export_jobs, export_budgets"
    assert found.findings == ()


def test_a3_no_writing_service_is_executed(world: World) -> None:
    world.server.calls.reset()
    _check(world.sdx)
    called = str(world.server.calls.report())
    assert "GetJobMain" in called
    assert not [name for name in WRITES if name in called]


def test_a3_wrong_authorization_id(world: World) -> None:
    found = _check(replace(world.sdx, authorization_id="not-this-one"))
    assert (found.status, found.cause) == ("Not connected", "wrong credentials")
    assert "password" in found.remedy
    assert "not-this-one" not in repr(found)
    assert {service.status for service in found.services or ()} == {"Not checked"}
    assert found.findings is None, "what was found before stays"


def test_a3_unknown_host(world: World) -> None:
    found = _check(replace(world.sdx, base_url="https://no-such-host.invalid:8482"))
    assert (found.status, found.cause) == ("Not connected", "unknown host")


def test_a3_address_not_allowed(world: World) -> None:
    world.faults.set("sdx_blocked_ip")
    found = _check(world.sdx)
    assert (found.status, found.cause) == ("Not connected", "address not allowed")
    assert {service.status for service in found.services or ()} == {"Not checked"}


def test_a3_a_service_that_is_needed_is_not_enabled(world: World) -> None:
    """The Authorization ID is right: other services answer."""
    found = _check(replace(world.sdx, authorization_id=LIMITED))
    assert (found.status, found.cause) == ("Not connected", "service not enabled")
    assert "GetJob" in found.reason
    assert "jobs" in found.reason
    services = _services(found)
    assert services["GetPhase"].status == services["Vendors"].status == "Enabled"
    assert services["GetJob"].status == services["GetPhaseEnhanced"].status == "Not enabled"
    assert "GetPhaseEnhanced" in services["GetPhaseEnhanced"].remedy


def test_a3_a_service_that_nobody_needs_may_be_missing(world: World) -> None:
    found = _check(replace(world.sdx, authorization_id=LIMITED), **BY_INFOLINK, job_cost_totals="transactions")
    assert found.status == "Connected"
    assert _services(found)["GetJob"].status == "Not enabled"
    assert not _services(found)["GetJob"].needed


def test_m4_differences_of_the_wsdl_with_what_they_affect(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    written = app.wsdl

    def altered(service, call_url):
        text = written(service, call_url).decode()
        if service.name == "GetJob":
            text = text.replace("name='pDivision'", "name='pDistrict'")
        if service.name == "AddPhase":
            text = text.replace("name='Phase_Code'", "name='Phase'").replace("name='Bid_Item_Number'", "name='Bid'")
        return text.encode()

    monkeypatch.setattr(app, "wsdl", altered)
    found = _check(world.sdx)
    told = {(f.subject, f.item, f.difference, f.stops) for f in found.findings or ()}
    assert told == {
        ("GetJob", "pDivision", "missing", False),
        ("GetJob", "pDistrict", "new", False),
        ("AddPhase", "Phase_Code", "missing", True),
        ("AddPhase", "Phase", "new", False),
        ("AddPhase", "Bid_Item_Number", "missing", False),
        ("AddPhase", "Bid", "new", False),
    }
    # What the WSDL declares otherwise is asked for otherwise, and refused: the other services are checked even so.
    assert (found.status, found.cause) == ("Not connected", "other")
    assert [name for name, service in _services(found).items() if service.status == "Not checked"] == ["GetJob"]
    affects = {f.item: f.affects for f in found.findings or ()}
    assert affects["Phase_Code"] == "export_jobs, export_budgets: cannot run without it"
    assert affects["pDivision"].startswith("jobs, project_cost_codes, job_cost_totals")
