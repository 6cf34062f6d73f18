"""Change requests and open receivables: lines that are one row, names that are tried, and what a site may lack (O3)."""

from decimal import Decimal
from typing import Any

import pytest

from spectrum_etl.errors import StopSync
from spectrum_etl.model.selection import Selection
from spectrum_etl.model.spec import Table
from spectrum_etl.staging.objects import OBJECTS

REQUESTS, COSTS, REVENUES, STATUSES = OBJECTS["change_requests"].tables
OPEN = OBJECTS["billings"].table("open_receivables")
REQUEST = {"Company_Code": "1", "Job_Number": "100", "Customer_Code": "ACME", "Change_Request_Number": "CR1"}
ITEM = {"Company_Code": "1", "Customer_Code": "ACME", "Job_Number": "100"}


def rows(site, table: Table) -> list[dict[str, Any]]:
    with site.reader() as reader:
        names = reader.plan(table, "1").column_names
        found = [dict(zip(names, row, strict=True)) for batch in reader.read(table, Selection("1")) for row in batch]
    return [{name: value and value.strip() for name, value in row.items()} for row in found]


def amounts(found: list[dict[str, Any]], part: str, amount: str) -> dict[str | None, Decimal]:
    return {row[part]: Decimal(row[amount]) for row in found}


def test_cost_lines_without_a_phase_are_one_row(site):
    """Spectrum keeps phase and cost type apart; several proposed lines may have none, blank or NULL."""
    for phase, cost_type, amount in (("033000", "S", "10.10"), ("", "", "1.50"), (" ", None, "2.25"), (None, "", "-1")):
        line = REQUEST | {"Phase_Code": phase, "Cost_Type": cost_type, "Change_Request_Amount": amount}
        site.insert("CR_CHNG_REQ_CON_DET_MC", line, padded=phase == "033000")
    site.insert("CR_CHNG_REQ_CON_DET_MC", REQUEST | {"Company_Code": "2", "Change_Request_Amount": "99"})
    found = rows(site, COSTS)
    assert amounts(found, "phase_code", "change_request_amount") == {"033000": Decimal("10.10"), "": Decimal("2.75")}
    with site.reader() as reader:
        assert reader.totals(COSTS, Selection("1"))["change_request_amount"] == Decimal("12.85")


def test_a_site_may_not_lack_the_phase_of_a_cost_line(site):
    """M4: a line may leave it blank; without the column nobody could tell."""
    site.execute('alter table "CR_CHNG_REQ_CON_DET_MC" drop column "Phase_Code"')
    with site.reader() as reader, pytest.raises(StopSync, match="column Phase_Code of CR_CHNG_REQ_CON_DET_MC is miss"):
        reader.plan(COSTS, "1")


def test_revenue_lines_of_an_item_are_added_up_under_the_first_name_that_is_there(site):
    for item, text, amount in (
        ("001", "Doors", "5.50"),
        ("001", "Frames", "4.50"),
        ("", "Fee", "1.00"),
        (" ", "Fee", 2),
    ):
        site.insert("CR_CHNG_REQ_REV_MC", REQUEST | {"Billing_Item": item, "Description": text, "CR_Revenue": amount})
    expected = {"001": Decimal(10), "": Decimal(3)}
    for name, worse in (("Bill_Item_Code", ""), ("CR_Billing_Item_Code", "Bill_Item_Code")):
        before = worse or "Billing_Item"
        site.execute(f'alter table "CR_CHNG_REQ_REV_MC" rename column "{before}" to "{name}"')
        if worse:  # both are there: the first of the list is read
            site.execute(f'alter table "CR_CHNG_REQ_REV_MC" add column "{worse}" varchar(11) default \'X\'')
        found = rows(site, REVENUES)
        assert amounts(found, "billing_item", "cr_revenue") == expected
        assert {row["billing_item"]: row["description"] for row in found} == {"001": None, "": "Fee"}
    for name in ("CR_Billing_Item_Code", "Bill_Item_Code"):
        site.execute(f'alter table "CR_CHNG_REQ_REV_MC" drop column "{name}"')
    assert amounts(rows(site, REVENUES), "billing_item", "cr_revenue") == {None: Decimal(13)}
    with site.reader() as reader:
        (drift,) = reader.plan(REVENUES, "1").drift
    assert (drift.column, drift.change) == ("Billing_Item", "missing")
    assert "added up" in drift.detail


def test_a_status_is_read_under_either_name(site):
    for table, column in (("CR_CHNG_REQ_HDR_MC", "Status"), ("CR_CHNG_REQ_STATUS_MC", "Status_Code")):
        site.execute(f'alter table "{table}" rename column "{column}" to "CR_Status"')
    site.insert("CR_CHNG_REQ_HDR_MC", REQUEST | {"CR_Status": "AP", "Change_Order_Number": ""})
    site.insert("CR_CHNG_REQ_STATUS_MC", {"Company_Code": "1", "CR_Status": "AP", "CR_Type": "1"})
    assert [(row["status"], row["change_order_number"]) for row in rows(site, REQUESTS)] == [("AP", "")]
    assert [(row["status_code"], row["cr_type"]) for row in rows(site, STATUSES)] == [("AP", "1")]


def test_open_items_are_staged_as_far_as_the_site_shows_them(site):
    """Assumed names stop nothing: items that the rest tells apart are added up, and without a balance nothing is."""
    for number, kind, balance in (("1", "I", "10.00"), ("1", "C", "-2.00"), ("2", "I", "5.00")):
        item = {"Invoice_Or_Transaction": number, "Transaction_Type": kind, "Invoice_Balance": balance}
        site.insert("CR_OPEN_ITEM_MC", ITEM | item)
    assert len(rows(site, OPEN)) == 3
    site.execute('alter table "CR_OPEN_ITEM_MC" drop column "Transaction_Type"')
    found = amounts(rows(site, OPEN), "invoice_or_transaction", "invoice_balance")
    assert found == {"1": Decimal(8), "2": Decimal(5)}
    site.execute('alter table "CR_OPEN_ITEM_MC" drop column "Invoice_Balance"')
    with site.reader() as reader:
        assert "ages are of what was invoiced" in reader.plan(OPEN, "1").left_out
    site.execute('drop table "CR_OPEN_ITEM_MC"')
    with site.reader() as reader:
        plan = reader.plan(OPEN, "1")
    assert "ages are of what was invoiced" in plan.left_out
    assert [(d.table, d.column, d.change) for d in plan.drift] == [("CR_OPEN_ITEM_MC", "", "missing")]
