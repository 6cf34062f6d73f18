"""O2: a sync of job costs says which jobs and months it wrote to, for whoever continues from there."""

from __future__ import annotations

from typing import Any

import pytest
from staging_harness import Warehouse
from transactions_harness import SOURCE, posting, seed

from spectrum_etl.model.run import Scope


@pytest.fixture
def ledger(warehouse: Warehouse) -> Warehouse:
    """Five jobs of four months, staged."""
    seed(warehouse.spectrum)
    warehouse.sync("job_costs")
    return warehouse


def changed(warehouse: Warehouse, company: str = "1") -> list[tuple[Any, ...]]:
    """Jobs and months of the last landing."""
    return warehouse.query(
        "select job_number, partition_month from sync.changed_partitions"
        " where landing_id = (select max(landing_id) from sync.landings) and company_code = %s order by 1, 2",
        company,
    )


def test_the_first_sync_names_all(ledger: Warehouse) -> None:
    assert changed(ledger) == [(f"J{job}", f"20260{month}") for job in range(1, 6) for month in range(1, 5)]


def test_new_edited_and_deleted_postings_name_their_jobs_and_months(ledger: Warehouse) -> None:
    ledger.spectrum.add(SOURCE, posting("J1", "20260131"), posting("J8", "20260105"))
    ledger.spectrum.change(SOURCE, {"Job_Number": "J2", "Tran_Date_Text": "20260203"}, Description="Edited")
    ledger.spectrum.remove(SOURCE, {"Job_Number": "J3", "Tran_Date_Text": "20260314"})
    ledger.sync("job_costs")
    assert changed(ledger) == [("J1", "202601"), ("J2", "202602"), ("J3", "202603"), ("J8", "202601")]


def test_a_posting_that_moved_names_both_months(ledger: Warehouse) -> None:
    ledger.spectrum.change(SOURCE, {"Job_Number": "J1", "Tran_Date_Text": "20260103"}, Tran_Date_Text="20260403")
    ledger.sync("job_costs")
    assert changed(ledger) == [("J1", "202601"), ("J1", "202604")]


def test_a_month_that_is_gone_is_named(ledger: Warehouse) -> None:
    ledger.spectrum.remove(SOURCE, {"Job_Number": "J5"})
    ledger.sync("job_costs", Scope("1", allow_mass_delete=True))
    assert changed(ledger) == [("J5", f"20260{month}") for month in range(1, 5)]


def test_what_was_copied_and_found_the_same_is_not_named(ledger: Warehouse) -> None:
    """Everything is copied again, and only what differs is written."""
    ledger.spectrum.add(SOURCE, posting("J4", "20260131"))
    ledger.sync("job_costs", Scope("1", full_refresh=True))
    assert changed(ledger) == [("J4", "202601")]
    ledger.sync("job_costs")
    assert changed(ledger) == []


def test_the_other_company_is_not_named(ledger: Warehouse) -> None:
    ledger.sync("job_costs", Scope("2"))
    assert changed(ledger) == []
    assert changed(ledger, "2") == [("J1", "202601"), ("J9", "202601")]
