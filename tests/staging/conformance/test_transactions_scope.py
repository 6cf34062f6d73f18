"""Job cost transactions: narrowed and full runs, another spec, the guard, the columns that tell what people earn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from infolink_rows import source_row
from staging_harness import Warehouse, infolink_settings
from transactions_harness import SOURCE, STAGED, agree, copied, posting, seed

from spectrum_etl.errors import StopSync
from spectrum_etl.model.run import Scope
from spectrum_etl.sources.company import Sources
from spectrum_etl.staging.objects import OBJECTS
from tests.repeats import repeats


def _one(job: str, date: str) -> dict[str, Any]:
    return {"Company_Code": "1", "Job_Number": job, "Tran_Date_Text": date}


@pytest.fixture
def staged(warehouse: Warehouse) -> Warehouse:
    """A warehouse in step with a seeded source."""
    seed(warehouse.spectrum)
    warehouse.sync("job_costs")
    agree(warehouse)
    return warehouse


def _change_two_jobs(warehouse: Warehouse) -> None:
    """Edits, a late posting and a vanished partition, in J1 and in J2, in January and in February."""
    for job in ("J1", "J2"):
        for month in ("01", "02"):
            warehouse.spectrum.change(SOURCE, _one(job, f"2026{month}03"), Tran_Amount=Decimal("1.11"))
            warehouse.spectrum.add(SOURCE, posting(job, f"2026{month}28", "2.22"))
        for day in ("03", "14", "25"):
            warehouse.spectrum.remove(SOURCE, _one(job, f"202603{day}"))


@pytest.mark.parametrize(
    ("scope", "inside", "new", "deleted"),
    [
        pytest.param(Scope("1", jobs=("J1",)), ("J1", None), 4, 5, id="jobs"),
        pytest.param(Scope("1", months=("202601",)), (None, "202601"), 4, 2, id="months"),
        pytest.param(
            Scope("1", jobs=("J1",), months=("202601",)),
            ("J1", "202601"),
            2,
            1,
            id="jobs_and_months",
        ),
    ],
)
def test_narrowed_run_touches_nothing_outside(
    staged: Warehouse, scope: Scope, inside: tuple[str | None, str | None], new: int, deleted: int
) -> None:
    """M2, A5. What lies outside keeps even its physical rows; the next whole run takes it."""
    _change_two_jobs(staged)

    def outside() -> list[tuple[Any, ...]]:
        rows = staged.query(
            "select job_number, _month, company_code, tran_amount, ctid::text, xmin::text"
            " from spectrum.job_cost_transactions order by ctid"
        )
        return [row for row in rows if any(part not in (None, row[place]) for place, part in enumerate(inside))]

    before = outside()
    counts = staged.sync("job_costs", scope)[STAGED]
    assert (counts.new, counts.deleted) == (new, deleted)
    assert outside() == before
    assert staged.query("select narrowed from sync.runs order by landing_id desc limit 1") == [(True,)]
    counts = staged.sync("job_costs")[STAGED]
    assert (counts.new, counts.deleted) == (8 - new, 10 - deleted)
    agree(staged)


def test_month_that_was_asked_for_is_copied_although_nothing_changed(staged: Warehouse) -> None:
    """A backfill is safe to repeat: it reads again, and finds nothing to write (M2)."""
    before = staged.look(STAGED)
    for _ in range(2):
        counts = staged.sync("job_costs", Scope("1", months=("202602",)))[STAGED]
        assert (counts.landed, counts.new, counts.deleted) == (15, 0, 0)
    assert staged.look(STAGED).marks == before.marks
    counts = staged.sync("job_costs", Scope("1", full_refresh=True))[STAGED]
    assert (counts.landed, counts.new, counts.deleted) == (60, 0, 0)
    assert staged.look(STAGED).marks == before.marks


def test_full_copy_and_picked_partitions_give_the_same(new_warehouse: Callable[[], Warehouse]) -> None:
    results = []
    for share in (0.0001, 1.0):
        warehouse, settings = new_warehouse(), infolink_settings(full_copy_share=share)
        seed(warehouse.spectrum)
        warehouse.sync("job_costs", settings=settings)
        _change_two_jobs(warehouse)
        counts = warehouse.sync("job_costs", settings=settings)[STAGED]
        seen = agree(warehouse)
        history = warehouse.query(
            "select job_number, tran_date, tran_amount from history.job_cost_transactions order by 1, 2, 3"
        )
        partitions = warehouse.query(
            "select company_code, job_number, partition_month, source_rows, amount_sum, checksum from sync.partitions"
            " order by 1, 2, 3"
        )
        results.append((seen.staged, history, partitions, counts.new, counts.deleted))
        assert copied(warehouse) == (58 if share < 1 else 16)
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("changed", "scope", "landed"),
    repeats(
        [
            pytest.param({"04": 4}, Scope("1"), 15, id="most of a month"),
            pytest.param({"01": 1, "04": 4}, Scope("1"), 15, id="some of two months"),
            pytest.param({"03": 4, "04": 5}, Scope("1"), 30, id="most of two months"),
            pytest.param({"04": 3}, Scope("1"), 9, id="some of a month"),
            pytest.param({"04": 4}, Scope("1", jobs=("J1", "J2", "J3", "J4", "J5")), 15, id="of some jobs"),
        ],
        quick=2,
    ),
)
def test_o2_months_of_which_most_has_changed_are_copied_whole(
    staged: Warehouse, changed: dict[str, int], scope: Scope, landed: int
) -> None:
    """One pass over the source in place of one for every thousand jobs and months; what is staged is the same."""
    settings = infolink_settings(full_copy_share=1.0)
    for month, jobs in changed.items():
        for number in range(1, jobs + 1):
            staged.spectrum.change(SOURCE, _one(f"J{number}", f"2026{month}03"), Tran_Amount=Decimal("1.11"))
    staged.spectrum.add(SOURCE, posting("J8", "20250103"))  # of no month that has changed: it was staged before
    staged.sync("job_costs", Scope("1", jobs=("J8",)))
    counts = staged.sync("job_costs", scope, settings=settings)[STAGED]
    assert (counts.landed, counts.new) == (landed, sum(changed.values()))
    agree(staged)


def test_another_spec_copies_everything_again(staged: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new rule counts for rows that have not changed at the source."""
    staged.spectrum.add(SOURCE, posting("J1", "20260105", Tran_Type_Code="ZZ"))
    assert staged.sync("job_costs")[STAGED].rejected == 0
    obj = OBJECTS["job_costs"]
    stricter = tuple(
        replace(c, allowed=("JC", "AP")) if c.name == "tran_type_code" else c for c in obj.table(STAGED).columns
    )
    tables = (replace(obj.table(STAGED), columns=stricter), *obj.tables[1:])
    monkeypatch.setitem(OBJECTS, "job_costs", replace(obj, tables=tables))
    counts = staged.sync("job_costs")[STAGED]
    assert (counts.landed, counts.new, counts.deleted, counts.rejected) == (61, 0, 1, 1)
    agree(staged)
    assert staged.sync("job_costs")[STAGED].landed == 0


def test_vanished_job_is_guarded_and_allowed_once(staged: Warehouse) -> None:
    settings = infolink_settings(max_deleted_rows=5, max_deleted_share=0.1)
    staged.spectrum.remove(SOURCE, {"Company_Code": "1", "Job_Number": "J5"})
    before = staged.look(STAGED)
    with pytest.raises(StopSync, match=r"12 of 60 living rows.*max_deleted_rows 5 and max_deleted_share 10 %"):
        staged.sync("job_costs", settings=settings)
    assert staged.look(STAGED).marks == before.marks
    assert staged.query("select state from sync.runs order by landing_id desc limit 1") == [("stopped",)]

    counts = staged.sync("job_costs", Scope("1", allow_mass_delete=True), settings)
    assert (counts[STAGED].deleted, counts["job_cost_totals"].deleted) == (12, 3)
    agree(staged)
    assert len(staged.look(STAGED).history) == 12
    warned = staged.query("select status from sync.checks where check_name = 'mass_delete' order by check_id desc")
    assert warned[0] == ("warned",)

    staged.spectrum.remove(SOURCE, {"Company_Code": "1", "Job_Number": "J4"})
    with pytest.raises(StopSync, match="12 of 48 living rows"):
        staged.sync("job_costs", settings=settings)


def test_employees_are_read_only_with_the_setting(warehouse: Warehouse) -> None:
    """M9: off, the columns are not even asked for; on, they are staged; rejected rows never show them."""
    warehouse.spectrum.add(SOURCE, source_row(SOURCE, 1), source_row(SOURCE, 2, Tran_Date_Text=""))
    asked: list[dict[str, Any]] = []

    class Recording(Sources):
        @property
        def infolink(self) -> Any:
            reader = super().infolink
            if "plan" not in vars(reader):
                plan = reader.plan

                def recorded(*args: Any, **options: Any) -> Any:
                    made = plan(*args, **options)
                    asked.append({column.name: column.source for column in made.columns})
                    return made

                reader.plan = recorded  # type: ignore[method-assign]
            return reader

    employees = "select employee_code, employee_name from spectrum.job_cost_transactions"
    warehouse.sync("job_costs", sources=Recording)
    assert asked
    assert all(not {"employee_code", "employee_name"} & set(columns) for columns in asked)
    assert warehouse.query(employees) == [(None, None)]

    counts = warehouse.sync("job_costs", settings=infolink_settings(stage_employees=True), sources=Recording)[STAGED]
    assert (counts.new, counts.deleted) == (1, 1)
    assert warehouse.query(employees) == [("E1", "Employee Name 1")]
    (rejected,) = warehouse.look(STAGED).rejected
    assert "Employee" not in str(rejected["source_row"])
    assert not {"employee_code", "employee_name"} & set(rejected["source_row"])

    warehouse.sync("job_costs", sources=Recording)
    assert warehouse.query(employees) == [(None, None)]


def test_rejected_rows_that_differ_in_employees_alone_stay_two(warehouse: Warehouse) -> None:
    """Rejected rows are kept without those columns: they look the same, and are still two rows of the source."""
    for employee in ("E1", "E2"):
        row = source_row(SOURCE, 1, Tran_Date_Text="20260230", Employee_Code=employee.rjust(11))
        warehouse.spectrum.add(SOURCE, row, row)
    for stage_employees in (True, True, False, True):
        settings = infolink_settings(stage_employees=stage_employees)
        assert warehouse.sync("job_costs", Scope("1", full_refresh=True), settings)[STAGED].rejected == 4
        agree(warehouse)


def test_companies_do_not_touch_each_other(staged: Warehouse) -> None:
    """The same job and month in two companies: two partitions."""
    one = staged.look(STAGED)
    assert staged.sync("job_costs", Scope("2"))[STAGED].new == 2
    assert staged.look(STAGED).marks == one.marks
    two = staged.look(STAGED).other_marks
    staged.spectrum.remove(SOURCE, {"Job_Number": "J1", "Tran_Date_Text": "20260103", "Company_Code": "1"})
    staged.sync("job_costs")
    assert staged.look(STAGED).other_marks == two
    agree(staged)
