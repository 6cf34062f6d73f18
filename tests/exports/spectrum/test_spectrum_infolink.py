"""What Spectrum holds, read live over TDS with the production driver: the intent before a call and its confirmation."""

from __future__ import annotations

import datetime
from decimal import Decimal

import psycopg
import pytest
from psycopg import sql

from spectrum_etl.errors import FixConfiguration, StopSync
from spectrum_etl.exports.document import Call
from spectrum_etl.exports.spectrum import Spectrum
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.exports.spectrum.values import call, comparable
from spectrum_etl.sources.company import Sources
from tests.exports.spectrum.conftest import COMPANY, Add

DAY = datetime.datetime(2026, 9, 3)  # noqa: DTZ001  SQL Server's datetime has no zone
REQUEST = {"Company_Code": "1", "Job_Number": "24-404", "Customer_Code": "OWNER", "Change_Request_Number": "CO-7"}
STORED = {name: code for name, code in REQUEST.items() if name != "Company_Code"}
COST = {"CR_Phase_Code": "03100", "CR_Cost_Type": "S"}
SUBCONTRACT = {"Subcontractor_Code": "ACME", "Subcontract_Number": "SC-1"}


def confirmed(spectrum: Spectrum, sent: Call) -> dict[str, bool]:
    """Of every element that was sent and can be read back, whether Spectrum holds what was sent."""
    current = spectrum.current_values(sent.service, sent.key)
    assert current is not None
    return {
        name: comparable(sent.service, name, value) == current[name]
        for name, value in sent.fields.items()
        if name in current
    }


def test_a_new_vendor_is_absent_then_confirmed(spectrum: Spectrum, add: Add) -> None:
    sent = call(
        "AddVendor",
        {
            "Company_Code": "1",
            "Vendor_Code": "acme",
            "Vendor_Name": "Acme, Inc.",
            "Alpha_Sort": "ACME",
            "Type": "SUB",
            "Address_3": "Denver",
            "Phone": "+1 303-555-0142",
            "Terms_Code": "A",
            "Terms_Days": 30,
            "Terms_Disc_Code": "A",
            "Insurance_Exp_Date": "2026-09-03",
            "Contact_Name": "Ann",
        },
        adds=True,
    )
    assert spectrum.current_values("AddVendor", sent.key) is None
    add("VN_VENDOR_MASTER_MC", Company_Code="2", Vendor_Code="ACME", Vendor_Name="Another company's")
    assert spectrum.current_values("AddVendor", sent.key) is None
    add(
        "VN_VENDOR_MASTER_MC",
        Vendor_Code="ACME",
        Vendor_Name="Acme Inc. ",
        Alpha_Sort="ACME",
        Type="SUB",
        Address_3="Denver",
        Phone="(303) 555-0142",
        Terms_Code="A",
        Terms_Days=30,
        Insurance_Exp_Date=DAY,
        Status="A",
        Social_Sec_Number="987654320",
    )
    assert confirmed(spectrum, sent) == dict.fromkeys(
        ("Vendor_Name", "Alpha_Sort", "Type", "Address_3", "Phone", "Terms_Code", "Terms_Days", "Insurance_Exp_Date"),
        True,
    )
    changed = spectrum.current_values("UpdateVendor", sent.key)
    assert changed is not None
    assert changed["City"] == "Denver"
    assert changed["Status"] == "A"
    assert "987654320" not in str(changed)


def test_a_code_is_found_however_it_is_padded_or_written(spectrum: Spectrum, add: Add) -> None:
    """A code that differs by case alone is the same to the database, so it is a conflict, not an absence."""
    add("JC_JOB_MASTER_MC", Job_Number="24-404E1", Job_Description="River Tower", Status_Code="A")
    for number in ("24-404E1", " 24-404E1 ", "24-404e1"):
        found = spectrum.current_values("AddJob", {"Job_Number": number})
        assert found is not None
        assert found["Job_Description"] == "River Tower"
    assert spectrum.current_values("AddJob", {"Job_Number": "24-404E"}) is None
    assert spectrum.job("24-404E1") is not None
    assert spectrum.job("") is None


def test_two_spellings_of_one_code_are_told_apart_or_refused(spectrum: Spectrum, add: Add) -> None:
    for number in ("a-1", "A-1"):
        add("JC_JOB_MASTER_MC", Job_Number=number, Job_Description=f"Job {number}", Status_Code="A")
    current = spectrum.current_values("AddJob", {"Job_Number": "A-1"})
    assert current is not None
    assert current["Job_Description"] == "Job A-1"
    add("JC_JOB_MASTER_MC", Job_Number="A-1", Job_Description="Twice", Status_Code="A")
    with pytest.raises(StopSync, match="Job_Number=A-1"):
        spectrum.current_values("AddJob", {"Job_Number": "A-1"})


def test_a_phase_is_confirmed_with_its_original_estimate(spectrum: Spectrum, add: Add) -> None:
    sent = call(
        "AddPhase",
        {
            "Company_Code": "1",
            "Job_Number": "24-404",
            "Phase_Code": "03-100",
            "Cost_Type": "L",
            "Description": "Concrete forms",
            "Original_Est_Cost": Decimal("-1200.5"),
            "Price_Method_Code": "J",
        },
        adds=True,
    )
    assert spectrum.current_values("AddPhase", sent.key) is None
    add(
        "JC_PHASE_MASTER_MC",
        Job_Number="24-404",
        Phase_Code="03100",
        Cost_Type="L",
        Description="Concrete forms",
        Status_Code="A",
        Original_Est_Cost=Decimal("-1200.50"),
        Price_Method_Code="F",
    )
    assert confirmed(spectrum, sent) == {"Description": True, "Original_Est_Cost": True}
    assert spectrum.phases("24-404")["03100", "L"]["Original_Est_Cost"] == "-1200.50"
    assert spectrum.phases("24-404")["03100", "L"]["Price_Method_Code"] == "F"
    assert spectrum.phases("24-405") == {}


def test_a_subcontract_number_is_unique_per_vendor_only(spectrum: Spectrum, add: Add) -> None:
    """G3."""
    key = {"Company_Code": "1", "Vendor_Code": "ACME", "Subcontract_Number": "SC-1"}
    add("VN_SUBCONTRACT_MC", Vendor_Code="OTHER", Subcontract_Number="SC-1", Job_Number="24-405")
    assert spectrum.current_values("UpdateSubcontract", key) is None
    add(
        "VN_SUBCONTRACT_MC",
        Vendor_Code="ACME",
        Subcontract_Number="SC-1",
        Job_Number="24-404",
        Status_Code="A",
        Date_Issued=DAY,
        Retention_Percent=Decimal("10.0000"),
    )
    assert spectrum.current_values("UpdateSubcontract", key) == {
        "Job_Number": "24-404",
        "Status_Code": "A",
        "Date_Issued": "09/03/2026",
        "Retention_Percent": "10.0",
    }


def _line(add: Add, item: str, amount: str) -> None:
    add(
        "VN_SUBCONTRACT_PHASE_MC",
        Vendor_Code="ACME",
        Subcontract_Number="SC-1",
        Phase_Code="03100",
        Cost_Type="S",
        Bid_Item_Number=item,
        Original_Contract_Amount=Decimal(amount),
    )


def test_the_billing_item_tells_lines_of_one_phase_apart(spectrum: Spectrum, add: Add) -> None:
    key = {"Vendor_Code": "ACME", "Subcontract_Number": "SC-1", "Phase_Code": "03100", "Cost_Type": "S"}

    def amount(**more: str) -> str | None:
        current = spectrum.current_values("UpdateSubcontractPhases", {**key, **more})
        return current and current["Original_Contract_Amount"]

    assert amount() is None
    _line(add, "  7 ", "100")
    # A blank billing item is filled in with the phase's, so the only line there is meant.
    assert amount() == "100.00"
    assert amount(Bid_Item_Number="7") == "100.00"
    assert amount(Bid_Item_Number="8") is None
    _line(add, "8", "200")
    assert amount(Bid_Item_Number="8") == "200.00"
    with pytest.raises(StopSync, match="2 lines"):
        amount()
    _line(add, " ", "300")
    assert amount() == "300.00"


def _header(add: Add) -> None:
    add("CR_CHNG_REQ_HDR_MC", **STORED, CR_Description="More concrete", Status="AP", Origination_Date=DAY)


def test_the_header_of_a_change_request_is_looked_up_by_itself(spectrum: Spectrum, add: Add) -> None:
    """H2: a request that a person made under our number is seen before the first line is sent."""
    assert spectrum.current_values("ARChangeRequest", REQUEST) is None
    _header(add)
    assert spectrum.current_values("ARChangeRequest", REQUEST) == {
        "CR_Description": "More concrete",
        "CR_Status": "AP",
        "Origination_Date": "09/03/2026",
        "Approved_Date": "",
    }
    assert spectrum.current_values("ARChangeRequest", {**REQUEST, "Change_Request_Number": "CO-8"}) is None


def test_a_line_is_absent_until_it_is_there_itself(spectrum: Spectrum, add: Add) -> None:
    """Resuming a document: its header and its other lines do not make a line that was not written look written."""
    _header(add)
    line = {**REQUEST, **COST, **SUBCONTRACT}
    stored = {**STORED, "Phase_Code": "03200", "Cost_Type": "S"}
    add("CR_CHNG_REQ_CON_DET_MC", **stored, Change_Request_Amount=Decimal(1))
    changed = {"Job_Number": "24-404", "Change_Request_Number": "CO-7", "Vendor_Code": "ACME"}
    changed["Subcontract_Number"] = "SC-1"
    add("VN_CHNG_REQ_SUB_HDR", **changed, Sub_Status="E", Sub_Change_Order_Number="CO-7")
    add("VN_CHNG_REQ_SUB_DET", **changed, Phase_Code="03200", Cost_Type="S", Sub_Amount=Decimal(1))
    assert spectrum.current_values("ARChangeRequest", line) is None

    stored["Phase_Code"] = "03100"
    add("CR_CHNG_REQ_CON_DET_MC", **stored, Change_Request_Amount=Decimal("250.25"))
    half = spectrum.current_values("ARChangeRequest", line)
    assert half is not None
    assert (half["Change_Request_Amount"], half["Sub_Amount"]) == ("250.25", "")

    add("VN_CHNG_REQ_SUB_DET", **changed, Phase_Code="03100", Cost_Type="S", Sub_Amount=Decimal("250.25"))
    current = spectrum.current_values("ARChangeRequest", line)
    assert current is not None
    expected = {
        "CR_Status": "AP",
        "Change_Request_Amount": "250.25",
        "Change_Request_Hours": "0.00",
        "Sub_Amount": "250.25",
        "Sub_Status": "E",
        "Sub_Change_Order_Number": "CO-7",
    }
    assert expected.items() <= current.items()


def test_a_revenue_line_of_a_change_request(spectrum: Spectrum, add: Add) -> None:
    """J2."""
    _header(add)
    line = {**REQUEST, "CR_Billing_Item_Code": "10"}
    assert spectrum.current_values("ARChangeRequest", line) is None
    add("CR_CHNG_REQ_REV_MC", **STORED, Billing_Item="10", CR_Revenue=Decimal("1100.00"))
    current = spectrum.current_values("ARChangeRequest", line)
    assert current is not None
    assert (current["CR_Revenue"], current["CR_Description"]) == ("1100.00", "More concrete")


def test_numbers_of_both_sides_share_one_space(spectrum: Spectrum, add: Add) -> None:
    """H2."""
    _header(add)
    add("CR_CHNG_REQ_HDR_MC", **{**STORED, "Job_Number": "24-405", "Change_Request_Number": "OTHER"})
    add(
        "VN_CHNG_REQ_SUB_HDR",
        Job_Number="24-404",
        Change_Request_Number="S1-02",
        Vendor_Code="ACME",
        Subcontract_Number="SC-1",
        Sub_Status="P",
    )
    assert spectrum.change_request_numbers("24-404") == {"CO-7", "S1-02"}


def test_the_other_lookups_give_trimmed_codes(spectrum: Spectrum, add: Add) -> None:
    add("CR_CHNG_REQ_STATUS_MC", Status_Code="AP", CR_Type="1")
    add("JC_COST_TYPE_MASTER_MC", Cost_Type="L", Description="Labor")
    add(
        "CR_BID_ITEM_DES_MC",
        Customer_Code="OWNER",
        Job_Number="24-404",
        Billing_Item="10",
        Billing_Description="Concrete",
        Original_Contract=Decimal(5000),
    )
    assert spectrum.status_codes() == {"AP"}
    assert spectrum.cost_types() == {"L"}
    items = spectrum.billing_items("24-404")
    assert items is not None
    assert (items["10"]["Customer_Code"], items["10"]["Original_Contract"]) == ("OWNER", "5000.00")
    assert spectrum.original_contract("24-404") == "5000.00"
    assert spectrum.billing_items("24-405") == {}


def test_vendors_are_read_once_and_everything_else_each_time(spectrum: Spectrum, add: Add) -> None:
    add("VN_VENDOR_MASTER_MC", Vendor_Code="ACME", Vendor_Name="Acme", Address_3="Denver", Status="I")
    (vendor,) = spectrum.vendors()
    assert (vendor["Vendor_Code"], vendor["City"], vendor["Status"]) == ("ACME", "Denver", "I")
    assert "Social_Sec_Number" not in vendor
    add("VN_VENDOR_MASTER_MC", Vendor_Code="NEW", Vendor_Name="New")
    add("JC_COST_TYPE_MASTER_MC", Cost_Type="L", Description="Labor")
    assert len(spectrum.vendors()) == 1
    assert spectrum.current_values("AddVendor", {"Vendor_Code": "NEW"}) is not None
    assert spectrum.cost_types() == {"L"}
    add("JC_COST_TYPE_MASTER_MC", Cost_Type="M", Description="Material")
    assert spectrum.cost_types() == {"L", "M"}


def test_what_is_remembered_is_never_what_is_held(sources: Sources, add: Add) -> None:
    spectrum = Spectrum(COMPANY, sources, remember=True)
    assert spectrum.job("24-404") is None
    add("JC_JOB_MASTER_MC", Job_Number="24-404", Job_Description="River Tower", Status_Code="A")
    assert spectrum.job("24-404") is None
    assert spectrum.current_values("AddJob", {"Job_Number": "24-404"}) is not None


def _drop(database: psycopg.Connection, table: str, column: str) -> None:
    database.execute(
        sql.SQL("alter table {} drop column {}").format(sql.Identifier("dbo", table), sql.Identifier(column))
    )


def test_a_column_that_the_site_lacks_is_not_compared(
    spectrum: Spectrum, database: psycopg.Connection, add: Add
) -> None:
    """M4."""
    add("VN_VENDOR_MASTER_MC", Vendor_Code="ACME", Vendor_Name="Acme", Status="A")
    _drop(database, "VN_VENDOR_MASTER_MC", "Fax_Phone")
    rename = 'alter table dbo."VN_VENDOR_MASTER_MC" rename column "Status" to "Status_Code"'
    database.execute(rename)
    current = spectrum.current_values("UpdateVendor", {"Vendor_Code": "ACME"})
    assert current is not None
    assert "Fax_Phone" not in current
    assert current["Status"] == "A"
    assert spectrum.vendors()[0]["Fax_Phone"] == ""


def test_a_required_column_or_table_that_is_missing_is_configuration(
    spectrum: Spectrum, database: psycopg.Connection
) -> None:
    """M4."""
    _drop(database, "VN_SUBCONTRACT_PHASE_MC", "Original_Contract_Amount")
    key = {"Vendor_Code": "ACME", "Subcontract_Number": "SC-1", "Phase_Code": "03100", "Cost_Type": "S"}
    with pytest.raises(FixConfiguration, match="Original_Contract_Amount of VN_SUBCONTRACT_PHASE_MC"):
        spectrum.current_values("UpdateSubcontractPhases", key)
    database.execute('drop table dbo."VN_SUBCONTRACT_MC"')
    with pytest.raises(FixConfiguration, match="VN_SUBCONTRACT_MC"):
        spectrum.current_values("UpdateSubcontract", key)


def test_every_writing_service_can_be_read_back(spectrum: Spectrum) -> None:
    assert all(spectrum.can_read_back(service) for service in SERVICES)
    assert not spectrum.can_read_back("AddJCTrans")
    with pytest.raises(ValueError, match="AddJCTrans"):
        spectrum.current_values("AddJCTrans", {})
