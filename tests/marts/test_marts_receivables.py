"""M6: who owes us: open items where a site shows them, else what was invoiced, and it says which."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from mart_oracle import assert_right
from staged_rows import StagedRows

INVOICE = {"customer_code": "C1", "transaction_type": "I", "job_number": "J1"}
AMOUNTS = "select invoice_or_transaction, basis, amount, open_amount from marts.receivables order by 1"
AGES = (
    "select age_group, days_0_to_30, days_31_to_60, days_61_to_90, days_over_90, without_date"
    " from marts.receivables_aging"
)
GROUPS = ("0 to 30 days", "31 to 60 days", "61 to 90 days", "over 90 days", "no date")


@pytest.fixture
def staged(warehouse_database: str) -> StagedRows:
    """Three invoices of 100, 200 and 300, the last one reversed."""
    rows = StagedRows(warehouse_database)
    with rows.sync() as sync:
        sync.put("customers", customer_code="C1", name="Owner")
        for number, amount, reversal in (("1", 100, None), ("2", 200, "N"), ("3", 300, "Y")):
            row = {"invoice_extension": amount, "reversed": reversal, "invoice_date": date(2026, 1, 31)}
            sync.put("receivable_invoices", **INVOICE, **row, invoice_or_transaction=number)
    return rows


def test_m6_without_open_items_the_amounts_are_what_was_invoiced_and_say_so(staged: StagedRows) -> None:
    staged.marts()
    assert staged.ask(AMOUNTS) == [("1", "invoiced", 100, None), ("2", "invoiced", 200, None)], "a reversed one is none"
    assert staged.ask("select distinct customer_name, basis from marts.receivables_aging") == [("Owner", "invoiced")]
    assert_right(staged)


def test_m6_with_open_items_the_amounts_are_what_is_open(staged: StagedRows) -> None:
    """Where none is open nobody owes anything; an item whose invoice is not there is owed all the same."""
    staged.marts()
    with staged.sync() as sync:
        sync.landing("open_receivables")
    staged.marts()
    assert staged.ask(AMOUNTS) == []
    with staged.sync() as sync:
        for number, balance in (("1", 30), ("2", 0), ("9", 5)):
            sync.put("open_receivables", **INVOICE, invoice_or_transaction=number, invoice_balance=balance)
    staged.marts()
    assert staged.ask(AMOUNTS) == [("1", "open", 30, 30), ("9", "open", 5, 5)]
    assert_right(staged)
    with staged.sync() as sync:
        sync.landing("receivable_invoices")
    staged.marts()
    assert [row[1] for row in staged.ask(AMOUNTS)] == ["invoiced"] * 2, "the site shows its open items no longer"


@pytest.mark.parametrize(
    ("days", "place"), [(-1, 0), (0, 0), (30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3), (None, 4)]
)
def test_m6_an_age_counts_from_the_date_of_the_invoice(warehouse_database: str, days: int | None, place: int) -> None:
    staged = StagedRows(warehouse_database)
    ((today,),) = staged.ask("select current_date")
    dated = None if days is None else today - timedelta(days=days)
    with staged.sync() as sync:
        row = {"invoice_extension": 100, "invoice_date": dated}
        sync.put("receivable_invoices", **INVOICE, **row, invoice_or_transaction="1")
    staged.marts()
    amounts = [0] * 5
    amounts[place] = 100
    assert staged.ask(AGES) == [(GROUPS[place], *amounts)]
