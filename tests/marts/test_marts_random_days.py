"""M6: whatever comes, changes and goes, marts kept day by day are what a whole computation gives, and what is staged.

Rows of every table that a mart reads, with few values for everything that they are told apart by: so that lines move to
other jobs, documents lose their header or get it back, invoices are paid twice, and names change.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from closed_by_hand import ClosedByHand
from mart_oracle import assert_right, contents
from marts_world import ALL_CLOSED, wipe
from staged_rows import TABLES, StagedRows
from wip_oracle import assert_wip_right

from spectrum_etl.marts.spec import SOURCES
from spectrum_etl.marts.wip import month_ends
from spectrum_etl.model.spec import Column

POSTINGS = "job_cost_transactions"
#: What rows are told apart by, or referred to by, and what decides something.
VALUES: dict[str, tuple[str | None, ...]] = {
    "job_number": ("J1", "J2", "J3"),
    "phase_code": ("0100", "0200"),
    "cost_type": ("L", "S"),
    "vendor_code": ("V1", "V2", "V3"),
    "subcontract_number": ("S1", "S2"),
    "customer_code": ("C1", "C2"),
    "po_number": ("P1", "P2"),
    "line_number": ("1", "2", "3"),
    "change_request_number": ("R1", "R2"),
    "invoice_number": ("I1", "I2"),
    "invoice_or_transaction": ("I1", "I2", "I3"),
    "transaction_type": ("I",),
    "invoice_type_code": ("I", "C"),
    "payment_number": ("1", "2"),
    "sequence": ("1", "2", "3"),
    "billing_item": ("1", "2"),
    "bid_item_number": ("", "1"),
    "status_code": ("A", "I", "C"),
    "sub_status": ("P", "E", "R", None),
    "status": ("A", "I", "C"),
    "cr_type": ("1", "3", None),
    "change_order_number": ("1", None, None),
    "application_number": ("1", "2", "10"),
    "reversed": ("Y", "N", None),
    "company_code_2": (None, None, "2"),
    "price_method_code": ("F", "F", "F", "U", "T", "C", None),
    "reference_1": ("R1", "R2", None),
    "tran_type_code": ("AP", None),
}
#: A column that is no part of the key may be blank.
MAY_BE_NULL = {"purchase_order_lines", "vendor_invoice_distributions", "receivable_invoices", "open_receivables"}


class Days:
    """One warehouse, day by day.

    Args:
        staged: the warehouse.
        seed: of what happens.
    """

    def __init__(self, staged: StagedRows, seed: int) -> None:
        self.staged, self.chance = staged, random.Random(seed)

    def go(self, changes: int = 12, *, everything: bool = False) -> None:
        """A day: some tables are synced, or all of them; of each some rows come, change or go."""
        for table in self.chance.sample(SOURCES, len(SOURCES) if everything else self.chance.randint(1, 5)):
            with self.staged.sync() as sync:
                sync.read_object_of(table)
                for _ in range(self.chance.randint(0, changes)):
                    row = self._row(table)
                    if table == POSTINGS:
                        (sync.post if self.chance.random() < 0.7 else sync.unpost)(**row)
                    elif self.chance.random() < 0.75:
                        sync.put(table, **row)
                    else:
                        sync.take(table, **{name: row[name] for name in TABLES[table].key if name != "company_code"})

    def _row(self, table: str) -> dict[str, Any]:
        return {
            column.name: self._value(table, column)
            for column in TABLES[table].columns[1:]
            if column.derived is None and not column.personal
        }

    def _value(self, table: str, column: Column) -> Any:
        if column.name in VALUES:
            nothing = table in MAY_BE_NULL and not column.never_null and column.blank != "zero"
            blank = None if nothing else self.chance.choice(VALUES[column.name])
            value = blank if self.chance.random() < 0.2 else self.chance.choice(VALUES[column.name])
            return "" if value is None and column.key else value
        if column.type in ("money", "quantity", "degrees", "integer"):
            # A blank one of those that add up is staged as 0; it is null only where the site lacks the column.
            if not column.never_null and column.blank != "zero" and self.chance.random() < 0.3:
                return None
            return Decimal(self.chance.randint(-500, 2000)) / (1 if column.type == "integer" else 4)
        if column.type == "date":
            return date(2025, 11, 1) + timedelta(days=self.chance.randint(0, 90))
        if column.type == "boolean":
            return self.chance.random() < 0.5
        return self.chance.choice(("a", "b")) if column.never_null else self.chance.choice(("a", "b", None))


@pytest.mark.parametrize(
    ("seed", "days"),
    [
        (1, 8),
        pytest.param(2, 300, marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
        pytest.param(3, 60, marks=pytest.mark.slow),
    ],
)
def test_m6_marts_kept_day_by_day_are_those_of_a_whole_computation(
    warehouse_database: str, seed: int, days: int
) -> None:
    staged = StagedRows(warehouse_database)
    random_days = Days(staged, seed)
    random_days.go(30, everything=True)
    closing = ClosedByHand(*(date(2025 + number // 12, number % 12 + 1, 1) for number in range(10, 22)))
    staged.marts(closing=closing)
    for number in range(days):
        random_days.go()
        if number % (3 if days < 20 else days // 12) == 1 and closing.open:
            closing.close_next(staged.ask("select clock_timestamp()")[0][0])
        staged.marts(closing=closing)
        if number % 20 == 7 or number == days - 1:
            assert_right(staged)
            assert_wip_right(staged.url, month_ends(staged.ask("select now()")[0][0], closing, "UTC"))
            kept = contents(staged)
            wipe(staged)
            staged.marts(closing=closing)
            computed = contents(staged)
            for name, rows in kept.items():
                assert rows == computed[name], f"marts.{name}: {rows - computed[name]} {computed[name] - rows}"
    filled = {name for name, rows in contents(staged).items() if rows}
    assert filled >= {"commitments", "open_purchase_orders", "payables_by_job", "receivables", "subcontract_status"}
    then = "select count(distinct month_end) from marts.wip_schedule where known = 'then' and is_known"
    assert staged.ask(then) == [(len(closing.closed),)]


def test_a_day_without_news_writes_nothing(warehouse_database: str) -> None:
    staged = StagedRows(warehouse_database)
    Days(staged, 4).go(everything=True)
    staged.marts(closing=ALL_CLOSED)
    assert staged.marts(closing=ALL_CLOSED) == {}
    assert set(staged.marts(closing=ALL_CLOSED, whole=True).values()) == {0}
    with psycopg.connect(staged.url) as connection:
        connection.execute("delete from sync.mart_runs")
    assert set(staged.marts(closing=ALL_CLOSED).values()) == {0}
