"""A3, A6: what linking looks up: contracts, subcontracts, and how Spectrum spells a code."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from spectrum_etl.exports.objects import spelled
from spectrum_etl.exports.spectrum import Spectrum
from tests.exports.spectrum.conftest import Add

AMOUNTS = ("Original_Contract_Amount", "Original_Contract")


@pytest.fixture
def amount(database: psycopg.Connection) -> str:
    """What the stand-in calls the amount of a prime contract."""
    rows = database.execute(
        "select column_name from information_schema.columns where table_name = 'CR_CONTRACT_MASTER_MC'"
    )
    return next(name for (name,) in rows if name in AMOUNTS)


@pytest.mark.parametrize("called", AMOUNTS)
def test_a3_prime_contracts_of_a_job(
    spectrum: Spectrum, add: Add, database: psycopg.Connection, amount: str, called: str
) -> None:
    """One a customer; sites call the amount one way or the other, and one that nobody entered stays blank."""
    if called != amount:
        rename = sql.SQL('alter table dbo."CR_CONTRACT_MASTER_MC" rename column {} to {}')
        database.execute(rename.format(sql.Identifier(amount), sql.Identifier(called)))
    assert spectrum.contracts("24-404") == []
    add("CR_CONTRACT_MASTER_MC", Job_Number="24-404", Customer_Code="OWNER", **{called: 1250})
    add("CR_CONTRACT_MASTER_MC", Job_Number="24-404", Customer_Code="CITY")
    add("CR_CONTRACT_MASTER_MC", Job_Number="24-405", Customer_Code="OWNER")
    add("CR_CONTRACT_MASTER_MC", Job_Number="24-404", Customer_Code="OWNER", Company_Code="2")
    found = {row["Customer_Code"]: row["Original_Contract"] for row in spectrum.contracts(" 24-404 ")}
    assert found.keys() == {"OWNER", "CITY"}
    assert found["OWNER"] == "1250.00"
    assert found["CITY"] in ("", "0.00")


def test_a6_a_code_is_spelled_as_spectrum_spells_it(spectrum: Spectrum, add: Add) -> None:
    add("VN_VENDOR_MASTER_MC", Vendor_Code="V1015", Vendor_Name="Acme")
    add("JC_JOB_MASTER_MC", Job_Number="24-404A", Job_Description="Tower", Status_Code="A")
    add("VN_SUBCONTRACT_MC", Vendor_Code="V1015", Subcontract_Number="Sc-1", Job_Number="24-404A")
    add("CR_CHNG_REQ_HDR_MC", Job_Number="24-404A", Customer_Code="OWNER", Change_Request_Number="Cr1")
    assert spelled.vendor(spectrum, " v1015") == "V1015"
    assert spelled.job(spectrum, "24-404a ") == "24-404A"
    assert spelled.subcontract(spectrum, "v1015/SC-1") == "V1015/Sc-1"
    assert spelled.change_request(spectrum, "24-404a/cR1") == "24-404A/Cr1"


@pytest.mark.parametrize("key", ["", " ", "/", "V1/", "/S-1", "V1", "V1/S-2", "24-404A/"])
def test_a6_what_is_not_there_is_none(spectrum: Spectrum, add: Add, key: str) -> None:
    add("VN_VENDOR_MASTER_MC", Vendor_Code="V9", Vendor_Name="Acme")
    add("VN_SUBCONTRACT_MC", Vendor_Code="V1", Subcontract_Number="S-1", Job_Number="24-404")
    add("JC_JOB_MASTER_MC", Job_Number="24-404A", Job_Description="Tower", Status_Code="A")
    for look_up in (spelled.vendor, spelled.subcontract, spelled.change_request):
        assert look_up(spectrum, key) is None


def test_b9_a_character_that_nothing_else_holds_is_escaped(spectrum: Spectrum, add: Add) -> None:
    """Spectrum's columns hold control characters, which would stop the queue that shows them."""
    add("VN_VENDOR_MASTER_MC", Vendor_Code="V1", Vendor_Name="Ac\x01me")
    assert spectrum.vendors()[0]["Vendor_Name"] == "Ac\\u0001me"
    assert spectrum.current_values("AddVendor", {"Vendor_Code": "V1"})["Vendor_Name"] == "Ac\\u0001me"  # type: ignore[index]
