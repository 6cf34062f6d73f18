"""ARChangeRequest by raw envelopes: header, cost, subcontract and billing lines, and what it refuses."""

from decimal import Decimal

import pytest

from sandbox.sdx.server import SdxServer
from tests.sandbox.sdx.raw_soap import Soap
from tests.sandbox.sdx.raw_writes import VENDOR, Query, Site, Writer


@pytest.fixture
def header(site: Site) -> dict[str, str]:
    """Key and header of a pending change request."""
    return site.key | {
        "Customer_Code": site.customer,
        "Change_Request_Number": "CR-1",
        "CR_Status": "PE",
        "CR_Description": "More doors",
    }


@pytest.fixture
def vendor(writer: Writer, site: Site) -> str:
    """A vendor with subcontract SC-1 on the job."""
    code = f"CHG{site.job.removeprefix('W-')}"
    writer.done("AddVendor", Vendor_Code=code, **VENDOR)
    site.subcontract(code, "SC-1")
    return code


HVAC = {"CR_Phase_Code": "230000", "CR_Cost_Type": "S"}
POWER = {"CR_Phase_Code": "260000", "CR_Cost_Type": "S"}


def costs(query: Query, job: str) -> list[tuple[object, ...]]:
    return query(
        """SELECT "Change_Request_Number", btrim("Phase_Code"), btrim("Cost_Type"), "Change_Request_Amount"
           FROM "CR_CHNG_REQ_CON_DET_MC" WHERE btrim("Job_Number") = %s ORDER BY 2, 3""",
        job,
    )


def test_one_call_a_line(writer: Writer, site: Site, header: dict[str, str], soap: Soap, query: Query) -> None:
    """H1: the header is repeated with each line; approved requests count towards the estimate."""
    writer.done("ARChangeRequest", **header, **HVAC, Change_Request_Amount="500.00")
    writer.done("ARChangeRequest", **header, **POWER, Change_Request_Amount="-20.00", Change_Request_Hours="2.5")
    assert costs(query, site.job) == [
        ("    CR-1", "230000", "S", Decimal("500.00")), ("    CR-1", "260000", "S", Decimal("-20.00")),
    ]  # fmt: skip
    stored = """SELECT "CR_Description", "Status", "Origination_Date"::date::text, "Approved_Date"::date::text
                FROM "CR_CHNG_REQ_HDR_MC" WHERE btrim("Job_Number") = %s"""
    assert query(stored, site.job) == [("More doors", "PE", "2026-06-30", None)]
    (row,) = [each for each in soap.rows("GetPhase", pJob_Number=site.job) if each["Phase_Code"].strip() == "230000"]
    assert row["Current_Estimated_Dollars"] == "1000.00"
    approved = header | {"CR_Status": "AP", "Approved_Date": "07/01/2026", "CR_Description": ""}
    writer.done("ARChangeRequest", **approved)
    assert query(stored, site.job) == [("More doors", "AP", "2026-06-30", "2026-07-01")]
    (row,) = [each for each in soap.rows("GetPhase", pJob_Number=site.job) if each["Phase_Code"].strip() == "230000"]
    assert row["Current_Estimated_Dollars"] == "1500.00"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"CR_Status": ""}, {"CR_Status": "M"}),
        ({"CR_Status": "ZZ"}, {"CR_Status": "I"}),
        ({"Approved_Date": "07/01/2026"}, {"Approved_Date": "I"}),
        ({"Change_Request_Number": "CR-123456"}, {"Change_Request_Number": "I"}),
        ({"Job_Number": "NONE"}, {"Job_Number": "I"}),
        ({"Customer_Code": "C9999"}, {"Customer_Code": "I"}),
        ({"Customer_Code": "C1008"}, {"Customer_Code": "I"}),
        ({"CR_Phase_Code": "011000"}, {"CR_Phase_Code": "I"}),
        ({"CR_Cost_Type": "L"}, {"CR_Cost_Type": "I"}),
        ({"CR_Cost_Type": "Q"}, {"CR_Cost_Type": "I"}),
        ({"CR_Cost_Type": ""}, {"CR_Cost_Type": "M"}),
        ({"CR_Phase_Code": "", "CR_Cost_Type": ""}, {"CR_Phase_Code": "M", "CR_Cost_Type": "M"}),
        ({"Change_Request_Amount": "1.005"}, {"Change_Request_Amount": "I"}),
        ({"Subcontractor_Code": "NOBODY", "Sub_Status": "P"}, {"Subcontractor_Code": "I"}),
        ({"CR_Billing_Item_Code": "999", "CR_Revenue": "5"}, {"CR_Billing_Item_Code": "I"}),
        ({"CR_Billing_Item_Code": "12345678901"}, {"CR_Billing_Item_Code": "I"}),
        ({"Markup_Percent": "5", "Markup_Amount": "5"}, {"Markup_Amount": "I"}),
        ({"Pricing_Addon_Code": "OHP"}, {"Pricing_Addon_Code": "I"}),
        ({"Default_Billing_Total": "Y"}, {"Default_Billing_Total": "I"}),
    ],
)
def test_bad_requests_are_refused(
    writer: Writer, site: Site, header: dict[str, str], given: dict[str, str], wrong: dict[str, str], query: Query
) -> None:
    assert writer.refused("ARChangeRequest", **(header | HVAC | {"Change_Request_Amount": "5.00"} | given)) == wrong
    assert costs(query, site.job) == []


def test_complete_phase_is_refused(writer: Writer, site: Site, header: dict[str, str]) -> None:
    site.phase("260000", "S", Status_Code="C")
    assert "is complete" in writer.says("ARChangeRequest", **header, **POWER, Change_Request_Amount="1")


def test_second_line_of_a_phase_and_cost_type(
    server: SdxServer, writer: Writer, site: Site, header: dict[str, str], query: Query
) -> None:
    """H1: the same line again changes nothing, another amount is refused, or updates where the installation does."""
    line = header | HVAC | {"Change_Request_Amount": "500.00"}
    writer.done("ARChangeRequest", **line)
    writer.done("ARChangeRequest", **line)
    assert "must be unique" in writer.says("ARChangeRequest", **(line | {"Change_Request_Amount": "600.00"}))
    assert [row[3] for row in costs(query, site.job)] == [Decimal("500.00")]
    server.switches.set("write_same_line", "update")
    writer.done("ARChangeRequest", **(line | {"Change_Request_Amount": "600.00"}))
    assert [row[3] for row in costs(query, site.job)] == [Decimal("600.00")]


def test_subcontract_side(writer: Writer, site: Site, header: dict[str, str], vendor: str, query: Query) -> None:
    sub = {"Subcontractor_Code": vendor, "Subcontract_Number": "SC-1", "Sub_Status": "P", "Sub_Amount": "450.00"}
    line = header | HVAC | {"Change_Request_Amount": "450.00"} | sub
    writer.done("ARChangeRequest", **line)
    writer.done("ARChangeRequest", **line)
    assert query(
        """SELECT "Vendor_Code", "Subcontract_Number", "Change_Request_Number", "Sub_Status"
                    FROM "VN_CHNG_REQ_SUB_HDR" WHERE btrim("Job_Number") = %s""",
        site.job,
    ) == [(vendor.rjust(10), "      SC-1", "    CR-1", "P")]
    assert query(
        """SELECT btrim("Phase_Code"), "Sub_Amount" FROM "VN_CHNG_REQ_SUB_DET"
                    WHERE btrim("Job_Number") = %s""",
        site.job,
    ) == [("230000", Decimal("450.00"))]
    refused = writer.refused
    assert refused("ARChangeRequest", **(line | {"Sub_Amount": "460.00"})) == {"Subcontractor_Code": "I"}
    assert refused("ARChangeRequest", **header, **HVAC, Change_Request_Amount="450.00") == {"CR_Phase_Code": "I"}
    other = header | POWER | sub
    assert refused("ARChangeRequest", **(other | {"Sub_Status": ""})) == {"Sub_Status": "M"}
    assert refused("ARChangeRequest", **(other | {"Subcontract_Number": "SC-9"})) == {"Subcontract_Number": "I"}
    assert refused("ARChangeRequest", **(other | {"Sub_Status": "E"})) == {"Sub_Change_Order_Number": "M"}
    assert refused("ARChangeRequest", **(other | {"Sub_Status": "E", "Sub_Change_Order_Number": "SCO77"})) == {
        "Sub_Change_Order_Number": "I"
    }
    assert refused("ARChangeRequest", **other, Sub_Signed_Date="07/01/2026") == {"Sub_Signed_Date": "I"}


def test_subcontract_of_another_job_is_refused(writer: Writer, site: Site, header: dict[str, str], vendor: str) -> None:
    other = Site(writer, f"{site.job}B").build()
    other.subcontract(vendor, "SC-2")
    sub = {"Subcontractor_Code": vendor, "Subcontract_Number": "SC-2", "Sub_Status": "P"}
    assert "belongs to job" in writer.says("ARChangeRequest", **header, **HVAC, **sub)


def test_billing_side(writer: Writer, site: Site, header: dict[str, str], query: Query) -> None:
    """J2."""
    site.items(100000)
    writer.done("ARChangeRequest", **header, CR_Billing_Item_Code="001", CR_Revenue="560.00")
    writer.done("ARChangeRequest", **header, CR_Billing_Item_Code="001", CR_Revenue="560.00")
    writer.done("ARChangeRequest", **header, CR_Revenue="99.00")
    assert query(
        """SELECT "Billing_Item", "Description", "CR_Revenue" FROM "CR_CHNG_REQ_REV_MC"
                    WHERE btrim("Job_Number") = %s""",
        site.job,
    ) == [("        001", "Item 1", Decimal("560.00"))], "billing fields without an item are ignored"
    wrong = writer.refused("ARChangeRequest", **header, CR_Billing_Item_Code="001", CR_Revenue="1")
    assert wrong == {"CR_Billing_Item_Code": "I"}
    total = header | {"Change_Request_Number": "CR-2", "CR_Status": "RJ", "Cost_Reimbursable_Flag": "Y"}
    writer.done("ARChangeRequest", **total, **HVAC, Change_Request_Amount="70", Default_Billing_Total="Y")
    assert query(
        """SELECT "CR_Revenue" FROM "CR_CHNG_REQ_REV_MC" WHERE btrim("Job_Number") = %s
                    AND btrim("Change_Request_Number") = 'CR-2'""",
        site.job,
    ) == [(Decimal("70.00"),)]


def test_unit_price_contract_needs_two_of_three(writer: Writer, query: Query) -> None:
    (row,) = query("""SELECT btrim(contract."Job_Number"), btrim(contract."Customer_Code")
                      FROM "CR_CONTRACT_MASTER_MC" contract
                      WHERE contract."Price_Method_Code" = 'U' AND btrim(contract."Company_Code") = '1' LIMIT 1""")
    key = {"Company_Code": "1", "Job_Number": row[0], "Customer_Code": row[1], "Change_Request_Number": "UNIT"}
    bill = key | {"CR_Status": "PE", "CR_Billing_Group_Code": "00", "CR_Billing_Item_Code": "1"}
    assert writer.refused("ARChangeRequest", **bill, CR_Revenue="5") == {"CR_Unit_Price": "I"}
    writer.done("ARChangeRequest", **bill, CR_Unit_Price="1.5000", CR_Quantity="10.00", CR_Revenue="99")
    assert query("""SELECT "CR_Revenue" FROM "CR_CHNG_REQ_REV_MC"
                    WHERE btrim("Change_Request_Number") = 'UNIT'""") == [(Decimal("15.00"),)]


def test_numbers(writer: Writer, site: Site, header: dict[str, str], query: Query) -> None:
    """H2: one number space a job; a blank number is numbered, once a call."""
    blank = header | {"Change_Request_Number": ""}
    assert writer.done("ARChangeRequest", **blank) == [("G", "1", "Change_Request_Number")]
    assert writer.done("ARChangeRequest", **blank) == [("G", "2", "Change_Request_Number")]
    (second,) = query("""SELECT btrim(a."Job_Number"), btrim(a."Customer_Code"), btrim(b."Customer_Code")
                         FROM "CR_CONTRACT_MASTER_MC" a JOIN "CR_CONTRACT_MASTER_MC" b
                           ON a."Job_Number" = b."Job_Number" AND a."Company_Code" = b."Company_Code"
                          AND a."Customer_Code" < b."Customer_Code" LIMIT 1""")
    key = header | {"Job_Number": second[0], "Change_Request_Number": "SAME"}
    writer.done("ARChangeRequest", **(key | {"Customer_Code": second[1]}))
    assert "belongs to customer" in writer.says("ARChangeRequest", **(key | {"Customer_Code": second[2]}))
