"""What the web services wrote is confirmed by what Info-Link holds: both over the wire, service by service (M7)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest

from sandbox.data.generate import load
from sandbox.infolink.server import InfoLinkServer
from sandbox.sdx.access import Authorization
from sandbox.sdx.server import SdxServer
from spectrum_etl.exports.spectrum import Spectrum
from spectrum_etl.exports.spectrum.values import Value, call, comparable
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.faults import Refused
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.sources.sdx import SdxConnection
from spectrum_etl.sources.sdx.write import SpectrumWriter
from stack.postgres import EmbeddedPostgres
from tests.exports.spectrum.conftest import COMPANY

_ID, _PASSWORD = "CONFIRM-ID", "confirm"
_CONTRACT = """
select btrim(c."Job_Number"), btrim(c."Customer_Code")
from dbo."CR_CONTRACT_MASTER_MC" c
join dbo."JC_JOB_MASTER_MC" j
    on btrim(j."Company_Code") = btrim(c."Company_Code") and btrim(j."Job_Number") = btrim(c."Job_Number")
where btrim(c."Company_Code") = '1' and j."Status_Code" = 'A' and c."Price_Method_Code" = 'F'
order by 1 limit 1
"""


@dataclass
class Served:
    """One loaded stand-in, with an active job that has a fixed price contract."""

    spectrum: Spectrum
    writer: SpectrumWriter
    job: str
    customer: str

    def send(self, service: str, *, adds: bool = False, **values: Value) -> list[str]:
        """Write, read back, and compare.

        Returns:
            The elements that were sent and cannot be read back.
        """
        made = call(service, {"Company_Code": "1", **values}, adds=adds, record="this test's")
        before = self.spectrum.current_values(service, made.key)
        assert (before is None) == adds, "what is projected is 0 where nothing was entered"
        self.writer.write(service, made.parameters)
        after = self.spectrum.current_values(service, made.key)
        assert after is not None
        for name, value in made.fields.items():
            assert after.get(name, comparable(service, name, value)) == comparable(service, name, value), name
        return [name for name in made.fields if name not in after]


@pytest.fixture(scope="module")
def served(postgres: EmbeddedPostgres) -> Iterator[Served]:
    url = postgres.create_database("exports_confirm")
    load(url, jobs=40, transactions=100, flaws=False)
    with psycopg.connect(url) as connection:
        contract = connection.execute(_CONTRACT).fetchone()
    assert contract is not None
    with (
        InfoLinkServer(url, password=_PASSWORD, tls=False) as infolink,
        SdxServer(url, [Authorization(_ID, ("1",))]) as sdx,
        Sources(
            COMPANY,
            infolink=InfoLinkConnection(
                "127.0.0.1", "Spectrum", "infolink", _PASSWORD, infolink.port, encryption="off"
            ),
            sdx=SdxConnection(sdx.url, "1", _ID),
        ) as sources,
    ):
        yield Served(Spectrum(COMPANY, sources), SpectrumWriter(sources.sdx), *contract)
    postgres.drop_database("exports_confirm")


@pytest.fixture(scope="module")
def vendor(served: Served) -> str:
    """A new vendor."""
    unread = served.send(
        "AddVendor",
        adds=True,
        Vendor_Code="zzacme",
        Vendor_Name="Acme, Inc.",
        Alpha_Sort="ACME",
        Address_3="Denver",
        State="CO",
        Phone="+1 303-555-0142",
        Terms_Code="A",
        Terms_Days=30,
        Terms_Disc_Code="A",
        Insurance_Exp_Date="2026-09-03",
    )
    assert unread == ["Terms_Disc_Code"]
    return "ZZACME"


@pytest.fixture(scope="module")
def phase(served: Served) -> tuple[str, str]:
    """An active phase and cost type of the job."""
    phases = served.spectrum.phases(served.job)
    return min(code for code, found in phases.items() if found["Status_Code"] == "A")


@pytest.fixture
def subcontract(served: Served, vendor: str) -> Callable[[str], dict[str, Value]]:
    """Writes the header of a subcontract of the vendor; its key."""

    def written(number: str) -> dict[str, Value]:
        key: dict[str, Value] = {"Vendor_Code": vendor, "Subcontract_Number": number}
        unread = served.send(
            "UpdateSubcontract",
            adds=True,
            **key,
            Job_Number=served.job,
            Status_Code="A",
            Retention_Percent="10",
            GL_Account="5000",
            Comment="Of Procore",
        )
        assert unread == ["GL_Account", "Comment"]
        return key

    return written


def test_a_vendor_is_changed(served: Served, vendor: str) -> None:
    assert served.send("UpdateVendor", Vendor_Code=vendor, City="Boulder", Phone="720-555-0100") == []


def test_a_job_with_its_phases_and_projections(served: Served) -> None:
    key: dict[str, Value] = {"Job_Number": "ZZ-1"}
    unread = served.send(
        "AddJob",
        adds=True,
        **key,
        Job_Description="New job",
        Taxable_Flag="N",
        Price_Method_Code="F",
        Customer_Code=served.customer,
        Est_Start_Date=datetime.date(2026, 10, 1),
    )
    assert unread == [], "the taxable flag too (D2)"
    assert served.send("UpdateJob", **key, Job_Description="Newer job") == []
    code: dict[str, Value] = {**key, "Phase_Code": "03-1000", "Cost_Type": "L"}
    unread = served.send(
        "AddPhase", adds=True, **code, Description="Forms", Original_Est_Cost="1200.5", Price_Method_Code="J"
    )
    assert unread == ["Price_Method_Code"]
    sent = {**code, "Transaction_Date": "2026-11-20"}
    assert served.send("JobCostProjections", **sent, Amount="1500", Note="At completion") == ["Note"]


def test_an_equal_projection_is_ignored_and_confirmed(served: Served, phase: tuple[str, str]) -> None:
    """L1: a later date with the same amount, then 0, which clears."""
    code = {"Job_Number": served.job, "Phase_Code": phase[0], "Cost_Type": phase[1]}
    for day, amount in (("2026-12-01", "1500"), ("2026-12-02", "1500"), ("2026-12-03", "0"), ("2026-12-03", "0")):
        made = call(
            "JobCostProjections",
            {"Company_Code": "1", **code, "Transaction_Date": day, "Amount": amount},
            adds=False,
        )
        served.writer.write(made.service, made.parameters)
        current = served.spectrum.current_values(made.service, made.key)
        assert current is not None
        assert current["Amount"] == comparable(made.service, "Amount", amount)


def test_a_subcontract_with_its_lines(
    served: Served, phase: tuple[str, str], subcontract: Callable[[str], dict[str, Value]]
) -> None:
    key = subcontract("SC-1")
    line = {"Phase_Code": phase[0], "Cost_Type": phase[1], "Original_Contract_Amount": "5000"}
    assert served.send("UpdateSubcontractPhases", adds=True, **key, **line) == []
    changed = {**line, "Original_Contract_Amount": "4000.10"}
    assert served.send("UpdateSubcontractPhases", **key, **changed) == []


def test_the_lines_of_a_change_request_are_absent_one_by_one(
    served: Served, phase: tuple[str, str], subcontract: Callable[[str], dict[str, Value]]
) -> None:
    """H1, J2: cost with subcontract, cost alone, revenue, all under one header."""
    changed = subcontract("SC-2")
    header: dict[str, Value] = {
        "Job_Number": served.job,
        "Customer_Code": served.customer,
        "Change_Request_Number": "ZZ-1",
        "CR_Description": "More concrete",
        "CR_Status": "PE",
        "Origination_Date": "2026-11-01",
    }
    assert "ZZ-1" not in served.spectrum.change_request_numbers(served.job)
    (other, *_) = sorted(
        code
        for code, found in served.spectrum.phases(served.job).items()
        if found["Status_Code"] == "A" and code != phase
    )
    for code, sides in (
        (
            phase,
            {
                "Subcontractor_Code": changed["Vendor_Code"],
                "Subcontract_Number": changed["Subcontract_Number"],
                "Sub_Amount": "10",
                "Sub_Status": "P",
            },
        ),
        (other, {}),
    ):
        line = {"CR_Phase_Code": code[0], "CR_Cost_Type": code[1], "Change_Request_Amount": "10", **sides}
        assert served.send("ARChangeRequest", adds=True, **header, **line) == []
    item = min(served.spectrum.billing_items(served.job))
    revenue: dict[str, Value] = {"CR_Billing_Item_Code": item, "CR_Billing_Item_Description": "x", "CR_Revenue": "99.5"}
    assert served.send("ARChangeRequest", adds=True, **header, **revenue) == ["CR_Billing_Item_Description"]
    assert "ZZ-1" in served.spectrum.change_request_numbers(served.job)


def test_what_spectrum_refuses_is_not_there(served: Served, vendor: str) -> None:
    """The services' own checks; every bad field is named."""
    made = call(
        "UpdateSubcontract",
        {"Company_Code": "1", "Vendor_Code": vendor, "Subcontract_Number": "SC-9", "Job_Number": "NOSUCH"},
        adds=False,
    )
    with pytest.raises(Refused) as caught:
        served.writer.write(made.service, made.parameters)
    assert "Job_Number" in {field.field for field in caught.value.fields}
    assert served.spectrum.current_values(made.service, made.key) is None
