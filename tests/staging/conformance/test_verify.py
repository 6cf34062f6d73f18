"""The daily comparison with the source: it must find what every other mechanism believes to be in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from infolink_rows import SUBJECTS, source_row
from staging_harness import Warehouse, infolink_settings
from transactions_harness import SOURCE, agree, seed

from spectrum_etl.errors import FixConfiguration, StopSync
from spectrum_etl.model.check_result import CheckResult
from spectrum_etl.model.run import Run
from spectrum_etl.settings import Schedule
from spectrum_etl.sources.company import Sources
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.verify import verify


def _verify(warehouse: Warehouse, object_name: str, **settings_: Any) -> list[CheckResult]:
    settings = infolink_settings(**settings_)
    with Sources(settings.company("1"), infolink=warehouse.spectrum.infolink) as sources:
        return verify(warehouse.url, OBJECTS[object_name], Run("verify_staging", "r"), sources, settings)


@pytest.fixture
def ledger(warehouse: Warehouse) -> Warehouse:
    """Transactions in step with their source, one of them rejected."""
    seed(warehouse.spectrum)
    warehouse.spectrum.add(SOURCE, source_row(SOURCE, 1, Tran_Date_Text="20260230"))
    warehouse.sync("job_costs")
    agree(warehouse)
    return warehouse


def _lose_a_row(warehouse: Warehouse) -> None:
    where = "job_number = 'J1' and tran_date = '2026-01-03' and company_code = '1'"
    assert warehouse.execute(f"delete from spectrum.job_cost_transactions where {where}") == 1  # noqa: S608


def _change_an_amount(warehouse: Warehouse) -> None:
    statement = "update spectrum.job_cost_transactions set tran_amount = tran_amount + 0.01 where job_number = %s"
    assert warehouse.execute(statement, "J2") == 12


def _double_a_row(warehouse: Warehouse) -> None:
    warehouse.execute(
        "insert into spectrum.job_cost_transactions select * from spectrum.job_cost_transactions"
        " where job_number = 'J3' and tran_date = '2026-01-03'"
    )


def _resolve_a_rejection(warehouse: Warehouse) -> None:
    assert warehouse.execute("update sync.rejected_rows set resolved_at = now()") == 1


@pytest.mark.parametrize(
    ("happens", "says"),
    [
        pytest.param(_lose_a_row, "rows 61 in Spectrum, 60 staged and rejected; tran_amount", id="lost_row"),
        pytest.param(_change_an_amount, "tran_amount .* in Spectrum, .* staged", id="changed_amount"),
        pytest.param(_double_a_row, "rows 61 in Spectrum, 62 staged and rejected", id="doubled_row"),
        pytest.param(_resolve_a_rejection, "rows 61 in Spectrum, 60 staged and rejected", id="forgotten_rejection"),
    ],
)
def test_difference_is_found(ledger: Warehouse, happens: Callable[[Warehouse], None], says: str) -> None:
    """The fingerprints say that nothing changed: a sync finds nothing, the comparison does."""
    (result,) = _verify(ledger, "job_costs")
    assert (result.status, result.rows_checked) == ("passed", 61)
    happens(ledger)
    assert ledger.sync("job_costs")["job_cost_transactions"].landed == 0
    with pytest.raises(StopSync, match=says):
        _verify(ledger, "job_costs")
    rows = ledger.query("select status, message from sync.checks where source = 'verify_staging' order by check_id")
    assert [status for status, _ in rows] == ["passed", "failed"]


def test_full_refresh_repairs_what_was_found(ledger: Warehouse) -> None:
    from spectrum_etl.model.run import Scope

    _lose_a_row(ledger)
    counts = ledger.sync("job_costs", Scope("1", full_refresh=True))["job_cost_transactions"]
    assert (counts.new, counts.deleted) == (1, 0)
    assert [result.status for result in _verify(ledger, "job_costs")] == ["passed"]


def test_snapshots_with_rejected_flagged_and_deleted_rows_agree(warehouse: Warehouse) -> None:
    """A row kept for a rejected version counts once; a deleted one does not count."""
    subject = SUBJECTS["prime_contracts"]
    assert _verify(warehouse, "prime_contracts") == [], "never staged: nothing to compare"
    warehouse.spectrum.add(subject.source_table, *(subject.row(number) for number in range(1, 6)))
    warehouse.sync("prime_contracts")
    warehouse.spectrum.alter(subject.source_table, "alter column {} type numeric(14,4)", "Original_Contract_Amount")
    contract = {name: subject.row(1)[name] for name in subject.key_sources.values()}
    warehouse.spectrum.change(subject.source_table, contract, Original_Contract_Amount="0.0050")
    warehouse.spectrum.add(subject.source_table, subject.row(2))
    warehouse.spectrum.remove(subject.source_table, {"Job_Number": subject.job(3)})
    warehouse.sync("prime_contracts")
    result, items = _verify(warehouse, "prime_contracts")
    assert (result.status, result.rows_checked, items.rows_checked) == ("passed", 5, 0)
    assert "original_contract" in result.columns
    assert warehouse.execute("delete from spectrum.prime_contracts where job_number = %s", subject.job(4)) == 1
    with pytest.raises(StopSync, match=r"prime_contracts of company 1.*rows 5 in Spectrum, 4 staged and rejected"):
        _verify(warehouse, "prime_contracts")


def test_a_table_that_is_not_shown_any_more_and_never_scheduled_is_not_compared(warehouse: Warehouse) -> None:
    """O3: a site that hides a table sets its schedule to never, and stays green; with a schedule it is told."""
    subject = SUBJECTS["vendor_invoice_distributions"]
    vendors = SUBJECTS["vendors"]
    warehouse.spectrum.add(vendors.source_table, vendors.row(1))
    warehouse.spectrum.add(subject.source_table, subject.row(1))
    warehouse.sync("payables")
    before = _verify(warehouse, "payables")
    assert [result.rows_checked for result in before] == [0, 1, 0]
    warehouse.spectrum.alter(subject.source_table, "rename to {}", "HIDDEN")
    try:
        with pytest.raises(FixConfiguration, match="VN_GL_DISTRIBUTION_DETAIL_MC"):
            _verify(warehouse, "payables")
        left = _verify(warehouse, "payables", schedules={"payables": Schedule.NEVER})
    finally:
        warehouse.spectrum.alter("HIDDEN", "rename to {}", subject.source_table)
    assert [result.rows_checked for result in left] == [0, 0], "invoices and payments alone"
