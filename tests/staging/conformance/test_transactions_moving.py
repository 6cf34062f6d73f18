"""Job cost transactions that change while they are copied: what moved waits for the next run, and is never missed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from staging_harness import Warehouse, infolink_settings
from transactions_harness import SOURCE, STAGED, agree, as_of, meddling, posting, read_at, seed, totals

from spectrum_etl.model.run import Scope
from tests.repeats import repeats


def _one(job: str, date: str) -> dict[str, Any]:
    return {"Company_Code": "1", "Job_Number": job, "Tran_Date_Text": date}


def _amounts(warehouse: Warehouse, job: str, month: str) -> set[Decimal]:
    return {
        amount
        for (amount,) in warehouse.query(
            "select tran_amount from spectrum.job_cost_transactions where company_code = '1' and job_number = %s"
            " and _month = %s",
            job,
            month,
        )
    }


@pytest.mark.parametrize(
    ("full_copy_share", "most_of_months"),
    repeats([(1.0, 0.8), (0.0001, 0.8), (1.0, 0.5)], ids=["picked_partitions", "full_copy", "whole_months"]),
)
def test_partition_that_moves_during_the_copy_waits(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, full_copy_share: float, most_of_months: float
) -> None:
    """Two change and change back, one changes before it is read, one is new, one vanishes; one changes too late."""
    monkeypatch.setattr("spectrum_etl.warehouse.partitions._MOST_OF_MONTHS", most_of_months)
    spectrum, settings = warehouse.spectrum, infolink_settings(full_copy_share=full_copy_share)
    seed(spectrum)
    warehouse.sync("job_costs", settings=settings)
    agree(warehouse)
    first, moment = warehouse.look(STAGED), read_at(warehouse)

    for job in ("J1", "J2", "J3", "J4", "J5"):
        spectrum.change(SOURCE, _one(job, "20260103"), Tran_Amount=Decimal("50.00"))

    spectrum.change(SOURCE, _one("J1", "20260203"), Description="New text")

    def before() -> None:
        spectrum.change(SOURCE, _one("J1", "20260203"), Description="Passing text")
        spectrum.change(SOURCE, _one("J2", "20260103"), Tran_Amount=Decimal("51.00"))
        spectrum.change(SOURCE, _one("J3", "20260103"), Tran_Amount=Decimal("52.00"))
        spectrum.add(SOURCE, posting("J9", "20260109", "53.00"))
        for day in ("03", "14", "25"):
            spectrum.remove(SOURCE, _one("J4", f"202601{day}"))

    def after() -> None:
        spectrum.change(SOURCE, _one("J1", "20260103"), Tran_Amount=Decimal("54.00"))
        spectrum.change(SOURCE, _one("J2", "20260103"), Tran_Amount=Decimal("50.00"))
        spectrum.change(SOURCE, _one("J1", "20260203"), Description="New text")

    counts = warehouse.sync("job_costs", settings=settings, sources=meddling(before, after))[STAGED]
    assert counts.deferred == 4 * 3, "four partitions of three rows wait"
    assert (counts.new, counts.deleted) == (2, 2), "J5 stood still, and J1 until it was copied"
    for job in ("J1", "J5"):
        assert Decimal("50.00") in _amounts(warehouse, job, "202601"), "as it was when it was copied"
    for job in ("J2", "J3", "J4"):
        number = int(job[1:])
        assert Decimal(f"{number * 1000 + 103}.37") in _amounts(warehouse, job, "202601"), "the old rows stay"
    assert _amounts(warehouse, "J9", "202601") == set()
    texts = warehouse.query("select 1 from spectrum.job_cost_transactions where description like '%% text'")
    assert texts == [], "a text that changed and changed back is found by its rows' checksums"

    counts = warehouse.sync("job_costs", settings=settings)[STAGED]
    agree(warehouse)
    assert counts.deferred == 0
    assert (counts.new, counts.deleted) == (5, 7)
    assert as_of(warehouse, moment) == first.staged


def test_how_often_in_a_row_a_partition_waited_is_known(warehouse: Warehouse) -> None:
    """A run that does not look at a partition neither counts nor forgets it; one that publishes it forgets it."""
    spectrum = warehouse.spectrum
    seed(spectrum)
    warehouse.sync("job_costs")

    def busy(amount: str, *jobs: str) -> None:
        def moves() -> None:
            for job in jobs:
                spectrum.change(SOURCE, _one(job, "20260103"), Tran_Amount=Decimal(amount) + 1)

        for job in jobs:
            spectrum.change(SOURCE, _one(job, "20260103"), Tran_Amount=Decimal(amount))
        warehouse.sync("job_costs", sources=meddling(before=moves))

    def waits() -> list[tuple[Any, ...]]:
        return warehouse.query("select job_number, partition_month, runs, source_rows from sync.deferred order by 1")

    busy("50.00", "J1", "J2")
    assert waits() == [("J1", "202601", 1, 3), ("J2", "202601", 1, 3)]
    busy("60.00", "J1")
    assert waits() == [("J1", "202601", 2, 3)], "J2 stood still this time"
    warehouse.sync("job_costs", Scope("1", jobs=("J3",)))
    busy("70.00", "J1")
    assert waits() == [("J1", "202601", 3, 3)]
    [(since, last)] = warehouse.query("select since, last_seen_at from sync.deferred")
    assert since < last
    warehouse.sync("job_costs")
    assert waits() == []
    agree(warehouse)


def test_totals_stay_while_every_partition_waits(warehouse: Warehouse) -> None:
    """Nothing can be published: neither transactions nor totals may change, of this job or another."""
    spectrum = warehouse.spectrum
    seed(spectrum)
    warehouse.sync("job_costs")
    agree(warehouse)
    before = totals(warehouse)
    spectrum.change(SOURCE, _one("J1", "20260103"), Tran_Amount=Decimal("50.00"))
    again = meddling(before=lambda: spectrum.change(SOURCE, _one("J1", "20260103"), Tran_Amount=Decimal("51.00")))
    counts = warehouse.sync("job_costs", sources=again)
    assert counts[STAGED].deferred == 3
    assert totals(warehouse) == before
    assert counts["job_cost_totals"].deleted == 0
    warehouse.sync("job_costs")
    agree(warehouse)


def test_first_run_over_a_moving_source(warehouse: Warehouse) -> None:
    """The empty table is loaded in bulk, but not with what moved."""
    spectrum = warehouse.spectrum
    seed(spectrum)
    moves = meddling(before=lambda: spectrum.remove(SOURCE, _one("J1", "20260103")))
    counts = warehouse.sync("job_costs", sources=moves)[STAGED]
    assert (counts.new, counts.deferred) == (57, 3)
    assert _amounts(warehouse, "J1", "202601") == set()
    warehouse.sync("job_costs")
    agree(warehouse)
