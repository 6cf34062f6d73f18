"""UpdateSubcontract, UpdateSubcontractPhases and the REST import of schedules, by raw calls."""

from decimal import Decimal

import pytest

from sandbox.sdx.server import SdxServer
from tests.sandbox.sdx.raw_soap import DEMO, LIMITED
from tests.sandbox.sdx.raw_writes import VENDOR, Query, Site, Writer, schedule


@pytest.fixture
def vendor(writer: Writer, site: Site) -> str:
    """A vendor of the test's own."""
    code = f"SUB{site.job.removeprefix('W-')}"
    writer.done("AddVendor", Vendor_Code=code, **VENDOR)
    return code


def lines(query: Query, vendor: str) -> list[tuple[object, ...]]:
    return query(
        """SELECT btrim("Phase_Code"), btrim("Cost_Type"), btrim("Bid_Item_Number"), "Unit_Price",
                  "Original_Contract_Quantity", "Original_Contract_Amount"
           FROM "VN_SUBCONTRACT_PHASE_MC" WHERE btrim("Vendor_Code") = %s ORDER BY 1, 2, 3""",
        vendor,
    )


def test_header_and_lines(writer: Writer, site: Site, vendor: str, query: Query) -> None:
    """G3: the number is unique per vendor."""
    words = "HVAC complete, as drawn and specified, with all controls, test and balance"
    site.subcontract(vendor, "SC-1", Retention_Percent="10.0", Comment=words, Date_Issued="07/01/2026")
    (row,) = query(
        """SELECT "Company_Code", "Vendor_Code", "Subcontract_Number", btrim("Job_Number"), "Status_Code",
                  "Retention_Percent", "Comment_1", "Comment_2", "Original_Amount" FROM "VN_SUBCONTRACT_MC"
           WHERE btrim("Vendor_Code") = %s""",
        vendor,
    )
    assert row[:6] == ("  1", vendor.rjust(10), "      SC-1", site.job, "A", Decimal("10.0000"))
    assert row[6:] == (words[:60], words[60:], Decimal("0.00")), "one comment of 120 characters is two columns of 60"
    key = {"Company_Code": "1", "Vendor_Code": vendor, "Subcontract_Number": "SC-1"}
    hvac = key | {"Phase_Code": "230000", "Cost_Type": "S"}
    writer.done(
        "UpdateSubcontractPhases",
        **hvac,
        Original_Contract_Amount="9000.00",
        Unit_Price="5",
        Original_Contract_Quantity="2",
    )
    writer.done("UpdateSubcontractPhases", **hvac, Bid_Item_Number="001", Original_Contract_Amount="100.00")
    zero = Decimal("0.0000")
    assert lines(query, vendor) == [
        ("230000", "S", "", zero, zero, Decimal("9000.00")),
        ("230000", "S", "001", zero, zero, Decimal("100.00")),
    ], "another billing item is another line; a fixed price line takes the amount alone"
    writer.done("UpdateSubcontractPhases", **hvac, Original_Contract_Amount="-50.00")
    writer.done("UpdateSubcontractPhases", **hvac)
    assert [line[5] for line in lines(query, vendor)] == [Decimal("-50.00"), Decimal("100.00")]
    total = query("""SELECT "Original_Amount" FROM "VN_SUBCONTRACT_MC" WHERE btrim("Vendor_Code") = %s""", vendor)
    assert total == [(Decimal("50.00"),)], "the header holds the sum of its lines"


def test_unit_price_and_defaults_of_the_header(writer: Writer, site: Site, vendor: str, query: Query) -> None:
    site.subcontract(vendor, "SC-2", Unit_Price_Flag="Y", Default_Phase_Code="230000", Default_Cost_Type="S")
    key = {"Company_Code": "1", "Vendor_Code": vendor, "Subcontract_Number": "SC-2"}
    writer.done("UpdateSubcontractPhases", **key, Unit_Price="1.2345", Original_Contract_Quantity="100.50")
    assert lines(query, vendor) == [
        ("230000", "S", "", Decimal("1.2345"), Decimal("100.5000"), Decimal("124.07")),
    ]
    wrong = writer.refused("UpdateSubcontractPhases", **key, Unit_Price="999999", Original_Contract_Quantity="99999999")
    assert wrong == {"Original_Contract_Amount": "I"}


def test_bad_headers_are_refused(writer: Writer, site: Site, vendor: str) -> None:
    key = {"Company_Code": "1", "Vendor_Code": vendor, "Subcontract_Number": "SC-3"}
    new = key | {"Job_Number": site.job, "GL_Account": "5010000"}
    assert writer.refused("UpdateSubcontract", **key) == {"Job_Number": "M", "GL_Account": "M"}
    assert writer.refused("UpdateSubcontract", **(new | {"Vendor_Code": "NOBODY"})) == {"Vendor_Code": "I"}
    assert writer.refused("UpdateSubcontract", **(new | {"Job_Number": "NONE"})) == {"Job_Number": "I"}
    assert writer.refused("UpdateSubcontract", **(new | {"Subcontract_Number": "12345678901"})) == {
        "Subcontract_Number": "I"
    }
    assert writer.refused("UpdateSubcontract", **new, Pay_When_Paid="Y") == {"Pay_When_Paid": "I"}
    assert writer.refused("UpdateSubcontract", **new, Retention_Percent="10.25") == {"Retention_Percent": "I"}
    assert writer.refused("UpdateSubcontract", **new, Retention_Percent="-1") == {"Retention_Percent": "I"}
    assert writer.refused("UpdateSubcontract", **new, Default_Phase_Code="011000") == {"Default_Phase_Code": "I"}


def test_a_subcontract_stays_on_its_job(writer: Writer, site: Site, vendor: str) -> None:
    """G5."""
    site.subcontract(vendor, "SC-4")
    moved = {"Company_Code": "1", "Vendor_Code": vendor, "Subcontract_Number": "SC-4", "Job_Number": "TEMPLATE"}
    assert "cannot be changed" in writer.says("UpdateSubcontract", **moved)
    writer.done("UpdateSubcontract", **(moved | {"Job_Number": ""}), Status_Code="C")


def test_bad_lines_are_refused(writer: Writer, site: Site, vendor: str) -> None:
    site.subcontract(vendor, "SC-5")
    key = {"Company_Code": "1", "Vendor_Code": vendor, "Subcontract_Number": "SC-5", "Original_Contract_Amount": "1"}
    refused = writer.refused
    assert refused("UpdateSubcontractPhases", **key) == {"Phase_Code": "M", "Cost_Type": "M"}
    line = key | {"Phase_Code": "230000", "Cost_Type": "S"}
    assert refused("UpdateSubcontractPhases", **(line | {"Phase_Code": "011000"})) == {"Phase_Code": "I"}
    assert refused("UpdateSubcontractPhases", **(line | {"Cost_Type": "L"})) == {"Cost_Type": "I"}
    assert refused("UpdateSubcontractPhases", **(line | {"Subcontract_Number": "SC-6"})) == {"Subcontract_Number": "I"}
    assert refused("UpdateSubcontractPhases", **(line | {"Original_Contract_Amount": "1.234"})) == {
        "Original_Contract_Amount": "I"
    }


def test_schedule_must_add_up(site: Site, query: Query) -> None:
    """I4."""
    refused = site.items(60000.00, 39999.99).json()["response"]
    assert [(each["error_code"], each["column"]) for each in refused] == [("I", "Original_Contract")]
    assert "99999.99" in refused[0]["desc"]
    stored = """SELECT "Billing_Item", "Original_Contract" FROM "CR_BID_ITEM_DES_MC"
                WHERE btrim("Job_Number") = %s ORDER BY 1"""
    assert query(stored, site.job) == []
    done = site.items(60000.25, 39999.75).json()["response"]
    assert {each["error_code"] for each in done} <= {"", "G"}
    assert query(stored, site.job) == [
        ("       001", Decimal("60000.25")), ("       002", Decimal("39999.75")),
    ]  # fmt: skip
    assert site.items(100000.00).json()["response"][0]["column"] == "Job_Number", "it has a schedule"


def test_bad_schedules_are_refused(server: SdxServer, site: Site) -> None:
    contract = site.key | {"Customer_Code": site.customer}
    line = {"Billing_Item": "001", "Original_Contract": 100000}

    def columns(**given: object) -> set[str]:
        body = contract | {"Schedule_Of_Values_Fixed": [line]} | given
        return {each["column"] for each in schedule(server.url, body).json()["response"] if each["error_code"] != "G"}

    assert columns(Schedule_Of_Values_Fixed=[]) == {"Schedule_Of_Values_Fixed"}
    assert columns(Schedule_Of_Values_Fixed=[line, line]) == {"Billing_Item"}
    assert columns(Schedule_Of_Values_Fixed=[line | {"Billing_Item": "12345678901"}]) == {"Billing_Item"}
    assert columns(Schedule_Of_Values_Fixed=[line | {"Price": 1}]) == {"Price"}
    assert columns(Customer_Code="C1009") == {"Customer_Code"}
    assert columns(Job_Number="NONE") == {"Job_Number"}
    assert schedule(server.url, contract, login=("1", "WRONG")).status_code == 401
    assert schedule(server.url, contract, login=("2", DEMO)).status_code == 403
    assert schedule(server.url, contract | {"Company_Code": "2"}, login=("2", LIMITED)).status_code == 403
    assert schedule(server.url).status_code == 400
