"""Subcontracts: each line once, with the job of its subcontract and the status of its change request (M6)."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from spectrum_etl.errors import FixConfiguration, StopSync
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.spec import Table

SUBCONTRACTS, ITEMS, CHANGES = OBJECTS["subcontracts"].tables
SUBCONTRACT = {"Company_Code": "1", "Vendor_Code": "ACME", "Subcontract_Number": "S1"}
LINE = {**SUBCONTRACT, "Phase_Code": "033000", "Cost_Type": "S", "Original_Contract_Amount": "100.10"}
SIDE = {**SUBCONTRACT, "Job_Number": "100", "Change_Request_Number": "CR1"}
CHANGE = {**SIDE, "Phase_Code": "033000", "Cost_Type": "S", "Sub_Amount": "-5.05"}


def rows(site, table: Table, **scope: Any) -> list[dict[str, Any]]:
    with site.reader() as reader:
        names = reader.plan(table, "1").names
        found = [dict(zip(names, row, strict=True)) for batch in reader.read(table, "1", **scope) for row in batch]
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
        totals = reader.totals(ITEMS, "1")
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


def test_a_site_may_lack_bid_items_but_not_what_commitments_are_made_of(site):
    with site.reader() as reader:
        site.execute('alter table "VN_SUBCONTRACT_PHASE_MC" drop column "Bid_Item_Number"')
        plan = reader.plan(ITEMS, "1")
        assert [(d.column, d.detail) for d in plan.drift] == [("Bid_Item_Number", "bid_item_number is staged as blank")]
    for table, column, spec in (
        ("VN_SUBCONTRACT_MC", "Job_Number", ITEMS),
        ("VN_CHNG_REQ_SUB_DET", "Sub_Amount", CHANGES),
        ("VN_CHNG_REQ_SUB_HDR", "Sub_Status", CHANGES),
    ):
        site.execute(f'alter table "{table}" drop column "{column}"')
        with site.reader() as reader, pytest.raises(StopSync, match=f"column {column} of {table} is missing"):
            reader.plan(spec, "1")
    site.execute('drop table "VN_CHNG_REQ_SUB_DET"')
    with site.reader() as reader, pytest.raises(FixConfiguration, match="VN_CHNG_REQ_SUB_DET"):
        reader.plan(CHANGES, "1")
