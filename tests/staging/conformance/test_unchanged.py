"""M3, O2: a whole table that is as it was last published is neither typed nor checked nor written; all else is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from infolink_rows import SUBJECTS, Subject
from staging_harness import Warehouse, infolink_settings

from spectrum_etl.errors import StopSync
from spectrum_etl.model.run import Run, Scope
from spectrum_etl.settings import Settings
from spectrum_etl.sources.company import Sources
from spectrum_etl.staging import check as check_step
from spectrum_etl.staging import publish as publish_step
from spectrum_etl.staging import unchanged
from spectrum_etl.staging.land import land
from spectrum_etl.staging.objects import OBJECTS

VENDORS = SUBJECTS["vendors"]
ROWS = 5
#: Those of `make test`: of one table, of several, and with amounts that a query leaves out.
FEW = ("vendors", "prime_contract_items", "budgets")


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables that were checked since."""
    tables: list[str] = []
    run_checks = check_step.run_checks

    def noted(url: str, schema: str, relation: str, table: Any, *rest: Any, **more: Any) -> Any:
        tables.append(table.name)
        return run_checks(url, schema, relation, table, *rest, **more)

    monkeypatch.setattr(check_step, "run_checks", noted)
    return tables


def fill(warehouse: Warehouse, subject: Subject, rows: int = ROWS) -> None:
    """Rows at the source, staged once."""
    warehouse.spectrum.add(subject.source_table, *(subject.row(number) for number in range(1, rows + 1)))
    warehouse.sync(subject.object.name)


def landed(warehouse: Warehouse, object_name: str, settings: Settings | None = None) -> int:
    """The first step alone; the number of the landing."""
    settings, obj = settings or infolink_settings(), OBJECTS[object_name]
    with Sources(settings.company("1"), infolink=warehouse.spectrum.infolink) as sources:
        return land(warehouse.url, obj, Scope("1"), Run(obj.dag_id, "by hand"), sources, settings)


def last_run(warehouse: Warehouse, table: str) -> dict[str, Any]:
    """The last row of the run history of a table."""
    names = ("landing_id", "state", "checks_of", "source_rows", "landed_rows", "staged_rows", "rejected_rows")
    names += ("checks_passed", "checks_warned", "checks_failed")
    [row] = warehouse.query(
        f"select {', '.join(names)} from sync.runs where table_name = %s order by landing_id desc limit 1",  # noqa: S608
        table,
    )
    return dict(zip(names, row, strict=True))


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in FEW else pytest.mark.slow) for name in sorted(SUBJECTS)]
)
def test_nothing_is_typed_checked_or_written_and_the_last_checks_hold(
    warehouse: Warehouse, checked: list[str], name: str
) -> None:
    subject = SUBJECTS[name]
    fill(warehouse, subject)
    before, marks = last_run(warehouse, name), warehouse.look(name).marks
    verdicts = "select count(*) from sync.checks where source = 'great_expectations'"
    results = warehouse.query(verdicts)
    checked.clear()
    counts = warehouse.sync(subject.object.name)[name]
    after = last_run(warehouse, name)
    assert checked == []
    assert (after["state"], after["checks_of"]) == ("unchanged", before["landing_id"])
    assert warehouse.look(name).marks == marks
    assert warehouse.query(verdicts) == results
    same = ("source_rows", "landed_rows", "staged_rows", "rejected_rows")
    same += ("checks_passed", "checks_warned", "checks_failed")
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    assert after["checks_passed"] > 0
    assert (counts.new, counts.changed, counts.deleted) == (0, 0, 0)
    typed = "select count(*) from pg_class where relname like %s"
    assert warehouse.query(typed, f"{name}\\_{after['landing_id']}\\_rows") == [(0,)]


@pytest.mark.parametrize("name", ["vendors", "budgets"])
def test_a_sync_that_found_nothing_changed_ends_with_its_landing(warehouse: Warehouse, name: str) -> None:
    """One task does all of it: none of the others has anything to do, and no table is left behind for them."""
    subject, settings = SUBJECTS[name], infolink_settings()
    fill(warehouse, subject)
    left = "select count(*) from pg_tables where schemaname = 'landing'"
    before = last_run(warehouse, name)
    counts = publish_step.publish_unchanged(warehouse.url, subject.object, landed(warehouse, name), settings)
    assert counts is not None
    assert (counts[name].new, counts[name].changed, counts[name].deleted) == (0, 0, 0)
    after = last_run(warehouse, name)
    assert (after["state"], after["checks_of"]) == ("unchanged", before["landing_id"])
    assert warehouse.query(left) == [(0,)]

    warehouse.spectrum.add(subject.source_table, subject.row(ROWS + 1))
    number = landed(warehouse, name)
    state = "select state from sync.landings where landing_id = %s"
    assert publish_step.publish_unchanged(warehouse.url, subject.object, number, settings) is None
    assert warehouse.query(state, number) == [("landed",)]
    assert warehouse.query(left) != [(0,)]
    check_step.check(warehouse.url, subject.object, number, settings)
    assert publish_step.publish(warehouse.url, subject.object, number, settings)[name].new == 1


def test_a_third_run_names_the_landing_that_was_really_checked(warehouse: Warehouse) -> None:
    fill(warehouse, VENDORS)
    first = last_run(warehouse, "vendors")["landing_id"]
    for _ in range(2):
        warehouse.sync("vendors")
        assert last_run(warehouse, "vendors")["checks_of"] == first


def test_the_order_of_the_rows_is_no_change(warehouse: Warehouse, checked: list[str]) -> None:
    fill(warehouse, VENDORS)
    checked.clear()
    key = {source: VENDORS.row(1)[source].strip() for source in VENDORS.key_sources.values()}
    warehouse.spectrum.remove(VENDORS.source_table, key)
    warehouse.spectrum.add(VENDORS.source_table, VENDORS.row(1))
    warehouse.sync("vendors")
    assert checked == []


def _another_value(warehouse: Warehouse) -> None:
    key = {source: VENDORS.row(2)[source].strip() for source in VENDORS.key_sources.values()}
    assert warehouse.spectrum.change(VENDORS.source_table, key, Vendor_Name="Another name") == 1


def _another_row(warehouse: Warehouse) -> None:
    warehouse.spectrum.add(VENDORS.source_table, VENDORS.row(ROWS + 1))


def _the_same_row_twice(warehouse: Warehouse) -> None:
    """Two equal hashes must not cancel each other."""
    warehouse.spectrum.add(VENDORS.source_table, VENDORS.row(1), VENDORS.row(1))


def _one_row_less(warehouse: Warehouse) -> None:
    assert warehouse.spectrum.remove(VENDORS.source_table, {"Vendor_Name": VENDORS.row(3)["Vendor_Name"].strip()})


def _two_values_swapped(warehouse: Warehouse) -> None:
    """Sums of columns would be the same."""
    table, name = VENDORS.source_table, "Vendor_Name"
    one, other = (VENDORS.row(number)[name].strip() for number in (1, 2))
    warehouse.spectrum.change(table, {name: one}, Vendor_Name="-")
    warehouse.spectrum.change(table, {name: other}, Vendor_Name=one)
    warehouse.spectrum.change(table, {name: "-"}, Vendor_Name=other)


@pytest.mark.parametrize(
    "happens", [_another_value, _another_row, _the_same_row_twice, _one_row_less, _two_values_swapped]
)
def test_any_change_at_the_source_is_staged_and_checked(
    warehouse: Warehouse, checked: list[str], happens: Callable[[Warehouse], None]
) -> None:
    fill(warehouse, VENDORS)
    checked.clear()
    happens(warehouse)
    seen = warehouse.observe("vendors")
    assert checked == ["vendors"]
    assert seen.runs["vendors"]["state"] == "published"
    assert seen.runs["vendors"]["checks_of"] is None
    table = seen.tables["vendors"]
    assert (table.source - table.staged).total() == len(table.rejected)
    assert not table.staged - table.source


def _row_deleted(warehouse: Warehouse) -> None:
    assert warehouse.execute("delete from spectrum.vendors where vendor_code = %s", VENDORS.key(1)["vendor_code"]) == 1


def _row_marked_as_deleted(warehouse: Warehouse) -> None:
    statement = "update spectrum.vendors set _deleted_at = now() where vendor_code = %s"
    assert warehouse.execute(statement, VENDORS.key(1)["vendor_code"]) == 1


def _rejection_resolved(warehouse: Warehouse) -> None:
    assert warehouse.execute("update sync.rejected_rows set resolved_at = now()") == 2


@pytest.mark.parametrize("happens", [_row_deleted, _row_marked_as_deleted, _rejection_resolved])
def test_what_somebody_did_to_the_warehouse_is_put_right_by_the_next_run(
    warehouse: Warehouse, happens: Callable[[Warehouse], None]
) -> None:
    """Of six rows two have one key, and are rejected."""
    warehouse.spectrum.add(VENDORS.source_table, VENDORS.row(ROWS, Vendor_Name="Of the same code"))
    fill(warehouse, VENDORS)
    happens(warehouse)
    seen = warehouse.observe("vendors")
    table = seen.tables["vendors"]
    assert seen.runs["vendors"]["checks_of"] is None
    assert (table.source - table.staged).total() == len(table.rejected) == 2
    assert not table.staged - table.source


def test_a_full_refresh_checks_again(warehouse: Warehouse, checked: list[str]) -> None:
    fill(warehouse, VENDORS)
    checked.clear()
    warehouse.sync("vendors", Scope("1", full_refresh=True))
    assert checked == ["vendors"]


def test_another_setting_or_rule_checks_again(
    warehouse: Warehouse, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The phase category decides which codes are importable; the SQL, how rows are typed."""
    subject = SUBJECTS["standard_cost_codes"]
    fill(warehouse, subject)
    settings = infolink_settings()
    other = tuple(company.model_copy(update={"phase_category": "OTHER"}) for company in settings.companies)
    checked.clear()
    warehouse.sync(subject.object.name, settings=settings.model_copy(update={"companies": other}))
    assert subject.name in checked
    assert warehouse.query("select distinct importable from spectrum.standard_cost_codes") == [(False,)]
    warehouse.sync(subject.object.name)
    checked.clear()
    monkeypatch.setattr(unchanged, "_code", lambda: "of another version")
    warehouse.sync(subject.object.name)
    assert subject.name in checked


@pytest.mark.slow
def test_a_table_that_its_checks_look_up_has_changed(warehouse: Warehouse, checked: list[str]) -> None:
    """A budget of a job that is staged only now: the warning goes, though the budget is the same."""
    budgets, jobs = SUBJECTS["budgets"], SUBJECTS["jobs"]
    fill(warehouse, jobs, rows=2)
    fill(warehouse, budgets)
    warned = "select status from sync.checks where check_name = 'job_is_staged' and table_name = 'budgets'"
    warned += " order by check_id desc limit 1"
    assert warehouse.query(warned) == [("warned",)]
    warehouse.spectrum.add(jobs.source_table, *(jobs.row(number) for number in range(3, ROWS + 1)))
    warehouse.sync("jobs")
    checked.clear()
    warehouse.sync("budgets")
    assert "budgets" in checked
    assert warehouse.query(warned) == [("passed",)]
    checked.clear()
    warehouse.sync("jobs")
    warehouse.sync("budgets")
    assert checked == []


@pytest.mark.slow
def test_a_table_of_another_company_that_its_checks_look_up_has_changed(warehouse: Warehouse) -> None:
    """A line on another company's job that is staged only now: the warning goes, though the line is the same."""
    jobs, lines = SUBJECTS["jobs"], SUBJECTS["vendor_invoice_distributions"]
    warehouse.spectrum.add(jobs.source_table, jobs.row(9, company="2"))
    warehouse.sync("jobs", Scope("2"))
    warehouse.spectrum.add(lines.source_table, lines.row(1, Company_Code_2="  2"))
    warehouse.sync("payables")
    warned = "select status from sync.checks where check_name = 'job_is_staged' and table_name = %s"
    warned += " order by check_id desc limit 1"
    assert warehouse.query(warned, lines.name) == [("warned",)]
    warehouse.spectrum.add(jobs.source_table, jobs.row(1, company="2"))
    warehouse.sync("jobs", Scope("2"))
    warehouse.sync("payables")
    assert warehouse.query(warned, lines.name) == [("passed",)]
    assert last_run(warehouse, lines.name)["checks_of"] is None


def test_tables_that_are_published_together_are_checked_together(warehouse: Warehouse, checked: list[str]) -> None:
    """I4: the lines of a contract change, and the contract no longer adds up."""
    contracts, items = SUBJECTS["prime_contracts"], SUBJECTS["prime_contract_items"]
    warehouse.spectrum.add(contracts.source_table, *(contracts.row(number) for number in (1, 2)))
    fill(warehouse, items, rows=2)
    checked.clear()
    warehouse.spectrum.add(items.source_table, items.row(3))
    warehouse.sync("prime_contracts")
    assert checked == ["prime_contracts", "prime_contract_items"]


def test_a_narrowed_run_in_between_is_compared_again(warehouse: Warehouse, checked: list[str]) -> None:
    """It had found a job changed, which is as before when the next whole run reads it."""
    jobs = SUBJECTS["jobs"]
    fill(warehouse, jobs)
    key, name = {"Job_Number": jobs.job(1)}, jobs.row(1)["Job_Description"]
    warehouse.spectrum.change(jobs.source_table, key, Job_Description="For an hour")
    warehouse.sync("jobs", Scope("1", jobs=(jobs.job(1),)))
    assert last_run(warehouse, "jobs")["checks_of"] is None
    warehouse.spectrum.change(jobs.source_table, key, Job_Description=name)
    checked.clear()
    warehouse.sync("jobs")
    assert checked == ["jobs"]
    seen = warehouse.look("jobs")
    assert seen.staged - seen.source == seen.source - seen.staged - seen.source


@contextmanager
def _newer_narrowed_run(warehouse: Warehouse, jobs: Subject) -> Iterator[int]:
    """A whole run has landed; before it publishes, a narrowed one reads a job as it is now, and publishes that."""
    landing = landed(warehouse, "jobs")
    check_step.check(warehouse.url, OBJECTS["jobs"], landing, infolink_settings())
    warehouse.spectrum.change(jobs.source_table, {"Job_Number": jobs.job(1)}, Job_Description="Newer")
    warehouse.sync("jobs", Scope("1", jobs=(jobs.job(1),)))
    yield landing


def test_what_was_published_without_the_jobs_of_a_newer_run_is_not_taken_for_the_whole(warehouse: Warehouse) -> None:
    """The source returns to what the older run had read: staged is what the newer one had, and must be corrected."""
    jobs = SUBJECTS["jobs"]
    fill(warehouse, jobs)
    name = jobs.row(1)["Job_Description"].strip()
    warehouse.spectrum.add(jobs.source_table, jobs.row(ROWS + 1))
    with _newer_narrowed_run(warehouse, jobs) as landing:
        publish_step.publish(warehouse.url, OBJECTS["jobs"], landing, infolink_settings())
    described = "select job_description from spectrum.jobs where job_number = %s"
    assert warehouse.query(described, jobs.job(1)) == [("Newer",)]
    warehouse.spectrum.change(jobs.source_table, {"Job_Number": jobs.job(1)}, Job_Description=name)
    warehouse.sync("jobs")
    assert warehouse.query(described, jobs.job(1)) == [(name,)]


def test_a_run_that_read_earlier_and_publishes_in_between_is_noticed(warehouse: Warehouse) -> None:
    """Two whole runs at once, such as a cleared one: the earlier had read what is no longer so."""
    fill(warehouse, VENDORS)
    name = VENDORS.row(1)["Vendor_Name"].strip()
    warehouse.spectrum.change(VENDORS.source_table, {"Vendor_Name": name}, Vendor_Name="For a minute")
    early = landed(warehouse, "vendors")
    warehouse.spectrum.change(VENDORS.source_table, {"Vendor_Name": "For a minute"}, Vendor_Name=name)
    late = landed(warehouse, "vendors")
    settings, obj = infolink_settings(), OBJECTS["vendors"]
    for landing in (early, late):
        check_step.check(warehouse.url, obj, landing, settings)
    publish_step.publish(warehouse.url, obj, early, settings)
    with pytest.raises(StopSync, match="has been written to since by another run"):
        publish_step.publish(warehouse.url, obj, late, settings)
    warehouse.sync("vendors")
    assert warehouse.query("select vendor_name from spectrum.vendors where vendor_name = %s", name) == [(name,)]
