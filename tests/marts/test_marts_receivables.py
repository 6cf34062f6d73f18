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


def test_m6_open_items_without_a_type_have_the_ages_of_the_invoices_of_their_number(staged: StagedRows) -> None:
    """All columns of open items are assumed names; without customer or number they tell nothing."""
    rows = (
        "select invoice_or_transaction, basis, amount, invoice_date, job_number, invoice_amount from marts.receivables"
        " order by 1, 3"
    )

    def show(*absent: str) -> list[tuple[object, ...]]:
        staged.ask("update sync.landing_tables set absent = %s where table_name = 'open_receivables'", list(absent))
        staged.marts(whole=True)
        return staged.ask(rows)

    with staged.sync() as sync:
        again = {"customer_code": "C1", "invoice_or_transaction": "2", "transaction_type": "R", "job_number": "J2"}
        sync.put("receivable_invoices", **again, invoice_extension=7, invoice_date=date(2025, 12, 24))
        for number, balance in (("1", 30), ("2", 40), ("9", 5)):
            item = {"customer_code": "C1", "transaction_type": "", "invoice_or_transaction": number}
            sync.put("open_receivables", **item, invoice_balance=balance)
    assert show("transaction_type") == [
        ("1", "open", 30, date(2026, 1, 31), "J1", 100),
        ("2", "open", 40, date(2025, 12, 24), None, None),
        ("9", "open", 5, None, None, None),
    ]
    assert [row[3] for row in show()] == [None, None, None], "a type that is shown tells invoices apart"
    for absent in ("customer_code", "invoice_or_transaction"):
        assert [row[:3] for row in show("transaction_type", absent)] == [
            ("1", "invoiced", 100),
            ("2", "invoiced", 7),
            ("2", "invoiced", 200),
        ]


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
