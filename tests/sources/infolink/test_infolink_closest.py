"""O1: names that are like one that is missing are found; others never are."""

import pytest

from spectrum_etl.sources.infolink.closest import TABLES_ALIKE, closest, meant_by, subject_of


@pytest.mark.parametrize(
    ("wanted", "site"),
    [
        ("Tran_Amount", "TranAmt"),
        ("Tran_Amount", "TRANSACTION_AMOUNT"),
        ("Tran_Amount", "amount_tran"),
        ("Job_Number", "JobNo"),
        ("Job_Number", "JOB_NBR"),
        ("Job_Number", "Job Num"),
        ("Original_Est_Quantity", "Orig_Est_Qty"),
        ("Vendor_Code", "VendorCd"),
        ("Description", "Descr"),
        ("Company_Code", "CompanyCode"),
        ("Cost_Type", "CostTyp"),
        ("Tran_Date_Text", "Tran_Date"),
        ("JC_COST_TYPE_MASTER", "COST_TYPES"),
    ],
)
def test_a_name_that_is_shortened_spelled_out_or_reordered_is_found(wanted: str, site: str) -> None:
    others = ["Zebra", "Flux_Count", "Total_Hours", "PO_Number", "Vendor_Name", "Quantity", "Cost_Center", "Tax_Amount"]
    assert closest(wanted, [*others, site])[0] == site


@pytest.mark.parametrize(
    ("wanted", "site"),
    [
        ("Tran_Amount", "Tax_Amount"),
        ("Vendor_Name", "Vendor_Code"),
        ("Job_Number", "PO_Number"),
        ("Total_Hours", "Total_Cost"),
        ("Phase_Code", "Cost_Code"),
        ("Tran_Amount", "Zebra_Flux"),
        ("Description", "Division"),
        ("Cost_Type", "Coast_Tape"),
        ("Status", "State"),
        ("Job_Number", "J"),
    ],
)
def test_another_name_is_never_taken_for_it(wanted: str, site: str) -> None:
    assert closest(wanted, [site]) == []


def test_the_best_come_first_and_there_are_few_of_them() -> None:
    found = closest("Tran_Amount", ["Tran_Amt_Total", "Transaction_Amount", "TranAmt", "Tran_Amounts", "Amount"])
    assert len(found) == 3
    assert set(found) <= {"Transaction_Amount", "TranAmt", "Tran_Amounts", "Tran_Amt_Total"}


@pytest.mark.parametrize(
    ("site", "meant"),
    [
        ("StartDt", ("Start_Date",)),
        ("Est_Start_Dt", ("Est_Start_Date",)),
        ("BillItem", ("Billing_Item", "Bill_Item_Code")),
        ("Kestrel_Anvil", ()),
        ("Orig_Hours", ()),
    ],
)
def test_a_name_stands_for_the_one_that_it_is_most_like_and_for_none_where_two_are_as_much(
    site: str, meant: tuple[str, ...]
) -> None:
    missing = [
        ("Start_Date",),
        ("Est_Start_Date",),
        ("Billing_Item", "Bill_Item_Code"),
        ("Original_Hours",),
        ("Hours_Original",),
    ]
    assert meant_by(site, missing) == meant
    assert meant_by(site, []) == ()


def test_tables_are_alike_in_what_they_hold() -> None:
    """The module, and `master`, stand in most of their names."""
    wanted = subject_of("CR_CONTRACT_MASTER_MC")
    assert closest(wanted, [subject_of("CR_CUSTOMER_MASTER_MC"), subject_of("JC_PHASE_MASTER")]) == []
    assert closest(wanted, [subject_of("ContractMaster")]) == ["contract"]
    phases = subject_of("JC_PHASE_MASTER_MC")
    assert closest(phases, ["phase_summary", "phase_estimates"], TABLES_ALIKE) == []
    assert closest(phases, ["phases", "phase"], TABLES_ALIKE) == ["phase", "phases"]
    assert subject_of("JC_MASTER") == "jc_master", "where nothing else is left"
