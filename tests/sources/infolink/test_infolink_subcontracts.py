"""Subcontracts: each line once, with the job of its subcontract and the status of its change request (M6)."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from spectrum_etl.errors import StopSync
from spectrum_etl.model.selection import Selection
from spectrum_etl.model.spec import Table
from spectrum_etl.staging.objects import OBJECTS

SUBCONTRACTS, ITEMS, CHANGES = OBJECTS["subcontracts"].tables
SUBCONTRACT = {"Company_Code": "1", "Vendor_Code": "ACME", "Subcontract_Number": "S1"}
LINE = {**SUBCONTRACT, "Phase_Code": "033000", "Cost_Type": "S", "Original_Contract_Amount": "100.10"}
SIDE = {**SUBCONTRACT, "Job_Number": "100", "Change_Request_Number": "CR1"}
CHANGE = {**SIDE, "Phase_Code": "033000", "Cost_Type": "S", "Sub_Amount": "-5.05"}


def rows(site, table: Table, **options: Any) -> list[dict[str, Any]]:
    with site.reader() as reader:
        names = reader.plan(table, "1").column_names
        found = [
            dict(zip(names, row, strict=True))
            for batch in reader.read(table, Selection("1", **options))
            for row in batch
        ]
    return [{name: value and value.strip() for name, value in row.items()} for row in found]


def test_a_line_has_the_job_of_its_subcontract(site):
    """However the codes of the two are padded; another company's subcontract of the same number says nothing."""
    site.insert("VN_SUBCONTRACT_MC", {**SUBCONTRACT, "Job_Number": "100", "Status_Code": "A"})
    site.insert("VN_SUBCONTRACT_MC", {**SUBCONTRACT, "Company_Code": "2", "Job_Number": "200"})
    site.insert("VN_SUBCONTRACT_PHASE_MC", LINE, {**LINE, "Cost_Type": "M"}, {**LINE, "Vendor_Code": "NONE"})
    site.insert("VN_SUBCONTRACT_PHASE_MC", {**LINE, "Phase_Code": "044000", "Vendor_Code": "ACME  "}, padded=False)
    found = rows(site, ITEMS)
    assert Counter((row["vendor_code"], row["phase_code"], row["cost_type"], row["job_number"]) for row in found) == {
        ("ACME", "033000", "S", "100"): 1,
        ("ACME", "033000", "M", "100"): 1,
        ("ACME", "044000", "S", "100"): 1,
        ("NONE", "033000", "S", None): 1,
    }
    with site.reader() as reader:
        totals = reader.totals(ITEMS, Selection("1"))
    assert (totals["rows"], totals["original_contract_amount"]) == (4, Decimal("400.40"))


@pytest.mark.parametrize(("second", "job"), [("100", "100"), ("101", None), (None, "100")])
def test_a_subcontract_that_is_there_twice_multiplies_no_line(site, second, job):
    """Two that agree give the job; of two different ones nobody can tell which is right."""
    site.insert("VN_SUBCONTRACT_MC", {**SUBCONTRACT, "Job_Number": "100"}, {**SUBCONTRACT, "Job_Number": second})
    site.insert("VN_SUBCONTRACT_PHASE_MC", LINE)
    assert [row["job_number"] for row in rows(site, ITEMS)] == [job]
    assert [row["job_number"] for row in rows(site, ITEMS, jobs=("100",))] == ([job] if job else [])


def test_a_narrowed_run_reads_the_lines_of_its_jobs(site):
    for job, number in (("100", "S1"), ("101", "S2"), ("102", "S3")):
        site.insert("VN_SUBCONTRACT_MC", {**SUBCONTRACT, "Job_Number": job, "Subcontract_Number": number})
        site.insert("VN_SUBCONTRACT_PHASE_MC", {**LINE, "Subcontract_Number": number})
        site.insert("VN_CHNG_REQ_SUB_DET", {**CHANGE, "Job_Number": job, "Subcontract_Number": number})
    site.insert("VN_SUBCONTRACT_PHASE_MC", {**LINE, "Subcontract_Number": "ORPHAN"})
    for table in (SUBCONTRACTS, ITEMS, CHANGES):
        assert sorted(row["job_number"] for row in rows(site, table, jobs=("100", "102"))) == ["100", "102"]


def test_a_change_has_the_status_that_its_request_has_for_the_subcontract(site):
    site.insert("VN_CHNG_REQ_SUB_HDR", {**SIDE, "Sub_Status": "E", "Sub_Change_Order_Number": "7"})
    site.insert("VN_CHNG_REQ_SUB_HDR", {**SIDE, "Job_Number": "101", "Sub_Status": "P"})
    site.insert("VN_CHNG_REQ_SUB_HDR", *({**SIDE, "Job_Number": "102", "Sub_Status": status} for status in "EP"))
    site.insert("VN_CHNG_REQ_SUB_DET", *({**CHANGE, "Job_Number": job} for job in ("100", "101", "102", "103")))
    found = {row["job_number"]: (row["sub_status"], row["sub_change_order_number"]) for row in rows(site, CHANGES)}
    assert found == {"100": ("E", "7"), "101": ("P", None), "102": (None, None), "103": (None, None)}


def test_a_site_may_lack_bid_items_but_not_the_job_of_a_subcontract(site):
    """M4: what is certain and needed stops the sync."""
    with site.reader() as reader:
        site.execute('alter table "VN_SUBCONTRACT_PHASE_MC" drop column "Bid_Item_Number"')
        plan = reader.plan(ITEMS, "1")
        assert [(d.column, d.detail) for d in plan.drift] == [("Bid_Item_Number", "bid_item_number is staged as blank")]
    site.execute('alter table "VN_SUBCONTRACT_MC" drop column "Job_Number"')
    with site.reader() as reader, pytest.raises(StopSync, match="column Job_Number of VN_SUBCONTRACT_MC is missing"):
        reader.plan(ITEMS, "1")


def test_changes_without_an_amount_are_not_staged(site):
    """M4: an assumed column stops nothing; the difference says what is affected."""
    site.execute('alter table "VN_CHNG_REQ_SUB_DET" drop column "Sub_Amount"')
    with site.reader() as reader:
        plan = reader.plan(CHANGES, "1")
    assert "without sub_amount it cannot be staged" in plan.left_out
    assert [(d.column, d.change) for d in plan.drift] == [("Sub_Amount", "missing")]
    assert "committed cost" in plan.drift[0].detail


@pytest.mark.parametrize("column", ["Sub_Status", "Company_Code"])
def test_changes_without_a_status(site, column):
    """A status that is not shown is not known: no change counts as executed, and all of them are staged."""
    site.insert("VN_CHNG_REQ_SUB_DET", CHANGE)
    site.execute(f'alter table "VN_CHNG_REQ_SUB_HDR" drop column "{column}"')
    (row,) = rows(site, CHANGES)
    assert (row["sub_amount"], row["sub_status"]) == ("-5.05", None)
    with site.reader() as reader:
        assert "no change is known to be executed" in reader.plan(CHANGES, "1").drift[0].detail


def test_changes_are_added_up_where_their_phase_is_not_shown(site):
    """Rows that the rest of the key does not tell apart are one row, with the sum of their amounts."""
    site.insert("VN_CHNG_REQ_SUB_DET", CHANGE | {"Phase_Code": "033000"})
    site.insert("VN_CHNG_REQ_SUB_DET", CHANGE | {"Phase_Code": "044000", "Sub_Amount": "7.50"})
    site.insert("VN_CHNG_REQ_SUB_DET", CHANGE | {"Subcontract_Number": "S2", "Sub_Amount": "1.25"})
    site.execute('alter table "VN_CHNG_REQ_SUB_DET" drop column "Phase_Code"')
    found = {row["subcontract_number"].strip(): row for row in rows(site, CHANGES)}
    assert {number: f"{Decimal(row['sub_amount']):.2f}" for number, row in found.items()} == {
        "S1": "2.45",
        "S2": "1.25",
    }
    assert {row["phase_code"] for row in found.values()} == {None}
    with site.reader() as reader:
        assert reader.totals(CHANGES, Selection("1")) == {"rows": 2, "sub_amount": Decimal("3.70")}
        lines = [line for batch in reader.read_lines(CHANGES, Selection("1")) for line in batch]
    assert len(lines) == 2


def test_a_status_by_what_both_tables_show(site):
    """Where headers name no subcontract, a change has the status on which all headers of its request agree."""
    site.insert("VN_CHNG_REQ_SUB_DET", CHANGE)
    site.insert("VN_CHNG_REQ_SUB_DET", CHANGE | {"Change_Request_Number": "CR2"})
    for request, status in (("CR1", "E"), ("CR1", "E"), ("CR2", "E"), ("CR2", "P")):
        site.insert("VN_CHNG_REQ_SUB_HDR", SIDE | {"Change_Request_Number": request, "Sub_Status": status})
    site.execute('alter table "VN_CHNG_REQ_SUB_HDR" drop column "Subcontract_Number"')
    assert {row["change_request_number"].strip(): row["sub_status"] for row in rows(site, CHANGES)} == {
        "CR1": "E",
        "CR2": None,
    }


def test_a_view_of_another_company_is_not_taken_for_all(site):
    """A table without _MC that has no company code shows the login's own company only."""
    site.insert("VN_CHNG_REQ_SUB_DET", CHANGE)
    site.execute('alter table "VN_CHNG_REQ_SUB_DET" drop column "Company_Code"')
    with site.reader() as reader:
        assert "of the login's own company only, which is inf" in reader.plan(CHANGES, "1").left_out
        assert not reader.plan(CHANGES, "INF").left_out
        assert [row[0] for batch in reader.read(CHANGES, Selection("INF")) for row in batch] == ["INF"]
