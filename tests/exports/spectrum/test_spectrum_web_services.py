"""Without an Info-Link, the reading web services tell what they can of vendors, jobs and phases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest

from sandbox.data.generate import load
from sandbox.sdx.access import Authorization
from sandbox.sdx.server import SdxServer
from spectrum_etl.errors import FixConfiguration, RetryLater
from spectrum_etl.exports.document import Call
from spectrum_etl.exports.spectrum import Spectrum
from spectrum_etl.exports.spectrum.compare import Difference, differences, holds_it
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.sources.sdx import SdxConnection
from stack.postgres import EmbeddedPostgres
from tests.exports.spectrum.conftest import COMPANY

_ID = "SPECTRUM-ID"
_BY_HAND = ("UpdateSubcontract", "UpdateSubcontractPhases", "ARChangeRequest")


@pytest.fixture(scope="module")
def business(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A small business behind the web services."""
    url = postgres.create_database("exports_books_sdx")
    load(url, jobs=10, transactions=200, flaws=False)
    yield url
    postgres.drop_database("exports_books_sdx")


@pytest.fixture(scope="module")
def server(business: str) -> Iterator[SdxServer]:
    with SdxServer(business, [Authorization(_ID, ("1", "2"))]) as server:
        yield server


@pytest.fixture(scope="module")
def spectrum(server: SdxServer) -> Iterator[Spectrum]:
    with Sources(COMPANY, sdx=SdxConnection(server.url, "1", _ID)) as sources:
        yield Spectrum(COMPANY, sources)


def _one(business: str, query: str) -> tuple[str, ...]:
    with psycopg.connect(business) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return tuple((value or "").strip() for value in row)


def test_vendors_by_rest(business: str, spectrum: Spectrum) -> None:
    code, name, city = _one(
        business,
        'select "Vendor_Code", "Vendor_Name", "Address_3" from dbo."VN_VENDOR_MASTER_MC" '
        "where btrim(\"Company_Code\") = '1' and \"Status\" = 'A' order by 1 limit 1",
    )
    new, changed = (
        spectrum.current_values(service, {"Vendor_Code": code.lower()}) for service in ("AddVendor", "UpdateVendor")
    )
    assert new is not None
    assert changed is not None
    assert (new["Vendor_Name"], new["Address_3"]) == (name, city) == (changed["Vendor_Name"], changed["City"])
    assert "Phone" not in new
    assert spectrum.current_values("AddVendor", {"Vendor_Code": "NOSUCH"}) is None
    assert {vendor["Status"] for vendor in spectrum.vendors()} == {"A"}
    assert code in {vendor["Vendor_Code"] for vendor in spectrum.vendors()}


def test_jobs_and_phases_by_soap(business: str, spectrum: Spectrum) -> None:
    job, name, phase, cost_type, description = _one(
        business,
        'select j."Job_Number", j."Job_Description", p."Phase_Code", p."Cost_Type", p."Description" '
        'from dbo."JC_JOB_MASTER_MC" j join dbo."JC_PHASE_MASTER_MC" p using ("Company_Code", "Job_Number") '
        "where btrim(\"Company_Code\") = '1' order by 1, 3, 4 limit 1",
    )
    current = spectrum.current_values("AddJob", {"Job_Number": job})
    assert current is not None
    assert current["Job_Description"] == name
    assert spectrum.current_values("AddJob", {"Job_Number": "NOSUCH"}) is None
    found = spectrum.job(job)
    assert found is not None
    assert (found["Job_Number"], found["Job_Description"]) == (job, name)
    assert spectrum.phases(job)[phase, cost_type]["Description"] == description
    key = {"Job_Number": job, "Phase_Code": phase, "Cost_Type": cost_type}
    read = spectrum.current_values("AddPhase", key)
    assert read is not None
    assert read["Description"] == description
    assert "Original_Est_Cost" not in read
    assert spectrum.current_values("AddPhase", {**key, "Cost_Type": "ZZ"}) is None


def test_many_phases_are_read_with_one_look_at_their_job(business: str, server: SdxServer, spectrum: Spectrum) -> None:
    (job,) = _one(
        business,
        """select "Job_Number" from dbo."JC_PHASE_MASTER_MC" where btrim("Company_Code") = '1'
           group by 1 order by count(*) desc, 1 limit 1""",
    )
    keys = [
        {"Company_Code": "1", "Job_Number": job, "Phase_Code": phase, "Cost_Type": cost_type}
        for phase, cost_type in spectrum.phases(job)
    ]
    calls = [Call("AddPhase", key, {"Description": "Forms"}, adds=False) for key in keys]
    calls.append(Call("AddPhase", {**keys[0], "Cost_Type": "ZZ"}, {"Description": "Forms"}, adds=True))
    assert len(calls) > 5
    server.calls.reset()
    together = spectrum.all_current_values(calls)
    assert [each["service"] for each in server.calls.report()["calls"]] == ["GetPhaseEnhanced"] * 2
    assert together == [spectrum.current_values(each.service, each.key) for each in calls]
    assert together[-1] is None


@contextmanager
def answering(**reads: object) -> Iterator[Spectrum]:
    """A company without Info-Link whose web services give these records."""
    with Sources(COMPANY, sdx=SdxConnection("http://127.0.0.1:1", "1", _ID)) as sources:
        sources._sdx = cast(Any, SimpleNamespace(**reads))
        yield Spectrum(COMPANY, sources)


def test_m7_a_blank_that_is_left_out_of_a_record_is_compared() -> None:
    """What was never written seemed confirmed, where the service leaves blank fields out."""
    whole = {"Company_Code": "1", "Vendor_Code": "OTHER", "Name": "Other", "Address_1": "1 Main St", "City": "Reno"}
    vendors = [whole, {"Company_Code": "1", "Vendor_Code": "ACME", "Name": "Acme"}]
    fields = {"Vendor_Name": "Acme", "Address_1": "9 Elm St"}
    call = Call("AddVendor", {"Company_Code": "1", "Vendor_Code": "ACME"}, fields, adds=True)
    with answering(read_vendors=lambda company: iter(vendors)) as spectrum:
        current = spectrum.current_values(call.service, call.key)
    assert not holds_it(call, current)
    assert differences(call, current) == [Difference("Address_1", "9 Elm St", "")]


def test_m7_a_projection_that_is_left_out_of_a_record_is_compared() -> None:
    key = {"Company_Code": "1", "Job_Number": "24-1", "Phase_Code": "01000", "Cost_Type": "L"}
    phases = [{**key, "Cost_Type": "M", "Projected_Dollars": "5.00"}, key]
    call = Call("JobCostProjections", {**key, "Transaction_Date": "01/05/2026"}, {"Amount": "100.00"}, adds=True)
    with answering(read_phases=lambda company, jobs, enhanced: iter(phases)) as spectrum:
        (current,) = spectrum.all_current_values([call])
    assert differences(call, current) == [Difference("Amount", "100.00", "0.00")]


def test_a_phase_without_a_description_is_a_phase() -> None:
    phases = [{"Company_Code": "1", "Job_Number": "24-1", "Phase_Code": "01000", "Cost_Type": "L"}]
    with answering(read_phases=lambda company, jobs, enhanced: iter(phases)) as spectrum:
        assert spectrum.phases("24-1")["01000", "L"]["Description"] == ""


def test_what_only_infolink_holds_says_so(spectrum: Spectrum) -> None:
    """An object that can be read back by neither way says so before it is exported."""
    shown = ("AddVendor", "UpdateVendor", "AddJob", "UpdateJob", "AddPhase", "JobCostProjections")
    assert all(spectrum.can_read_back(service) for service in shown)
    for service in _BY_HAND:
        assert not spectrum.can_read_back(service)
        with pytest.raises(ValueError, match=service):
            spectrum.current_values(service, {})
    assert spectrum.status_codes() == set()
    for read in (
        spectrum.cost_types,
        lambda: spectrum.billing_items("1"),
        lambda: spectrum.change_request_numbers("1"),
    ):
        with pytest.raises(FixConfiguration, match="Info-Link"):
            read()


def test_infolink_is_asked_first() -> None:
    nowhere = InfoLinkConnection("127.0.0.1", "Spectrum", "infolink", "no", 1, encryption="off")
    with Sources(COMPANY, infolink=nowhere, sdx=SdxConnection("http://127.0.0.1:1", "1", _ID)) as sources:
        spectrum = Spectrum(COMPANY, sources)
        assert spectrum.can_read_back("ARChangeRequest")
        with pytest.raises(RetryLater, match="refused the connection"):
            spectrum.job("24-404")
