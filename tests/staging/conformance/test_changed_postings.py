"""A posting that was changed is a row that went and one that came: the view of the history pairs them where it can."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from staging_harness import Warehouse
from transactions_harness import SOURCE, posting

_NINE = {"Reference_1": "R1", "Reference_2": "R2", "Detail_Sequence": "1"}
_CHANGED = (
    "select tran_date::text, detail_sequence, tran_amount_before, tran_amount_after, description_before,"
    " description_after from history.job_cost_transactions_changed where company_code = '1' order by 1, 2, _changed_at"
)


def test_a_changed_posting_is_a_pair(warehouse: Warehouse) -> None:
    """M1: before and after, with the moment; a new, a deleted and an unchanged posting are no pairs."""
    spectrum = warehouse.spectrum
    spectrum.add(SOURCE, _posting("1", "10.00"), _posting("2", "20.00"), _posting("3", "30.00"))
    warehouse.sync("job_costs")
    assert warehouse.query(_CHANGED) == []
    spectrum.change(SOURCE, {"Detail_Sequence": "1"}, Tran_Amount=Decimal("11.00"), Description="Corrected")
    spectrum.remove(SOURCE, {"Detail_Sequence": "2"})
    spectrum.add(SOURCE, _posting("4", "40.00"))
    warehouse.sync("job_costs")
    assert warehouse.query(_CHANGED) == [
        ("2026-03-05", "1", Decimal("10.00"), Decimal("11.00"), "Posted", "Corrected"),
    ]
    spectrum.change(SOURCE, {"Detail_Sequence": "1"}, Tran_Amount=Decimal("12.00"))
    warehouse.sync("job_costs")
    assert [row[2:4] for row in warehouse.query(_CHANGED)] == [
        (Decimal("10.00"), Decimal("11.00")),
        (Decimal("11.00"), Decimal("12.00")),
    ], "every change is one"
    assert warehouse.query("select count(*) from spectrum.job_cost_transactions where company_code = '1'") == [(3,)]


def test_equal_postings_are_no_pair(warehouse: Warehouse) -> None:
    """Of two with the same leading columns nobody knows which was changed: they stay postings that went and came."""
    spectrum = warehouse.spectrum
    spectrum.add(SOURCE, _posting("1", "10.00"), _posting("1", "10.00"))
    warehouse.sync("job_costs")
    spectrum.change(SOURCE, {"Detail_Sequence": "1"}, Tran_Amount=Decimal("11.00"))
    warehouse.sync("job_costs")
    assert warehouse.query(_CHANGED) == []
    assert warehouse.query("select sum(tran_amount) from spectrum.job_cost_transactions") == [(Decimal("22.00"),)]


def test_the_view_shows_no_person(warehouse: Warehouse) -> None:
    """M9: an employee beside an amount tells what a person earns."""
    warehouse.sync("job_costs")
    columns = warehouse.query(
        "select string_agg(attname, ' ') from pg_attribute"
        " where attrelid = 'history.job_cost_transactions_changed'::regclass"
    )[0][0]
    assert "tran_amount_after" in columns
    assert "employee" not in columns


def _posting(sequence: str, amount: str, **values: Any) -> dict[str, Any]:
    leading = _NINE | {"Detail_Sequence": sequence}
    return posting("J1", "20260305", amount, **leading, Description="Posted", **values)
