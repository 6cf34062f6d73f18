"""The suites of all tables: which checks there are, and that each fires on a broken row and only there (M3)."""

import dataclasses
import json
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from spectrum_etl.model.spec import Check, Table
from spectrum_etl.model.sql_files import SQL_FOLDER
from spectrum_etl.staging.checks import suite_of
from spectrum_etl.staging.checks.queries import bounds
from tests.staging.checks.conftest import TABLES, Warehouse, good_row

ALL = pytest.mark.parametrize("name", TABLES)


def test_no_great_expectations_before_a_check_runs() -> None:
    code = (
        "import sys, spectrum_etl.staging.checks, spectrum_etl.staging.guards\n"
        "assert 'great_expectations' not in sys.modules and 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": "plugins"}, timeout=60)


def test_every_query_is_used_and_exists() -> None:
    named = {check.query for table in TABLES.values() for check in table.checks if check.query}
    assert named == {path.name for path in (SQL_FOLDER / "checks").glob("*.sql")}


@ALL
def test_checks_follow_from_the_columns(name: str) -> None:
    table = TABLES[name]
    checks = {check.name: check for check in suite_of(table)}
    for column in table.columns:
        assert (f"{column.name}_present" in checks) == (column.key or column.required)
        if column.required and column.blank == "null":
            assert checks[f"{column.name}_present"].severity == "warning", "a blank label stops nothing"
        assert (f"{column.name}_allowed" in checks) == bool(column.allowed)
    assert ("key_unique" in checks) == (not table.partitioned)
    assert set(checks) >= {check.name for check in table.checks} | {"company_is_the_runs"}
    labels = {f"{column.name}_present" for column in table.columns if column.blank == "null"}
    derived = [check for check in checks.values() if check not in table.checks and check.name not in labels]
    assert all(check.severity == "critical" for check in derived)


def test_a_check_of_an_unknown_column_or_a_name_used_twice_is_refused() -> None:
    jobs = TABLES["jobs"]
    check = Check("x", "not_null", ("nope",), "warning", "why")
    with pytest.raises(ValueError, match="table jobs, check x: there is no column nope"):
        suite_of(dataclasses.replace(jobs, checks=(check,)))
    check = Check("key_unique", "not_null", ("city",), "warning", "why")
    with pytest.raises(ValueError, match="two checks are called key_unique"):
        suite_of(dataclasses.replace(jobs, checks=(check,)))


@ALL
def test_a_good_slice_passes_every_check(warehouse: Warehouse, name: str) -> None:
    warehouse.land(name, *(good_row(name, number) for number in (1, 2)))
    results = warehouse.check(name)
    assert list(results) == [check.name for check in suite_of(TABLES[name])]
    for result in results.values():
        assert (result.status, result.rows_checked, result.rows_failed) == ("passed", 2, 0)
        assert (result.message, result.examples, result.source) == ("", [], "great_expectations")


def broken_values(check: Check, table: Table) -> list[dict[str, Any]]:
    """Changes to a good row, each of which breaks the check and no other of the same kind."""
    column = table.column(check.columns[0])
    if check.kind == "not_null":
        return [{column.name: None}]
    if check.kind == "in_set":
        return [{column.name: "9"}]
    if check.kind == "ordered":
        return [{check.columns[0]: date(2024, 3, 2), check.columns[1]: date(2024, 3, 1)}]
    assert check.kind == "between"
    low, high = bounds(check, column)
    step: Any = timedelta(days=1) if column.type == "date" else Decimal(1)
    if column.type in ("money", "quantity", "degrees"):
        step = Decimal("0.01")  # the bounds hold to the cent
    beyond: list[Any] = [low - step if low is not None else None, high + step if high is not None else None]
    return [{column.name: value} for value in beyond if value is not None]


@ALL
def test_each_check_of_columns_fires_on_the_broken_rows_alone(warehouse: Warehouse, name: str) -> None:
    table = TABLES[name]
    number = 1
    warehouse.land(name, good_row(name))
    expected: dict[str, int] = {}
    for check in suite_of(table):
        if check.kind in ("sql", "unique"):
            continue
        for change in broken_values(check, table):
            number += 1
            warehouse.land(name, good_row(name, number, **change))
            for affected in suite_of(table):
                # One broken value may break two checks of one column: a status that neither rule knows.
                if affected.kind == check.kind and affected.columns == check.columns:
                    expected[affected.name] = expected.get(affected.name, 0) + 1
    if not table.partitioned:
        number += 1
        warehouse.land(name, good_row(name, number), good_row(name, number))
        expected["key_unique"] = 2
    total = number + (0 if table.partitioned else 1)

    results = warehouse.check(name)

    for check in suite_of(table):
        result = results[check.name]
        if check.name not in expected:
            continue
        assert result.status == ("failed" if check.severity == "critical" else "warned"), check.name
        assert (result.rows_failed, result.rows_checked) == (expected[check.name], total), check.name
        assert result.examples
        assert result.message.startswith(f"{name} of company 1, check {check.name}: ")
        assert f"{result.rows_failed} of {total} rows. {check.explains}" in result.message
        json.dumps(result.examples)
        for example in result.examples:
            assert not [column for column in table.columns if column.personal and column.name in example]
            if check.kind == "not_null":
                assert example[check.columns[0]] is None
    assert set(expected) == {c.name for c in suite_of(table) if c.kind != "sql"}


def test_bounds_themselves_are_allowed(warehouse: Warehouse) -> None:
    high = good_row("prime_contracts", 1, original_contract="9999999999.99", retention_percent="100")
    low = good_row("prime_contracts", 2, original_contract="0", retention_percent="0")
    warehouse.land("prime_contracts", high, low)
    assert {result.status for result in warehouse.check("prime_contracts").values()} == {"passed"}


def test_blank_values_are_no_offence_against_codes_bounds_and_order(warehouse: Warehouse) -> None:
    blank = {"price_method_code": None, "original_contract": None, "latitude": None, "complete_date": None}
    warehouse.land("jobs", good_row("jobs", 1, **blank))
    assert {result.status for result in warehouse.check("jobs").values()} == {"passed"}


def test_an_empty_slice_passes(warehouse: Warehouse) -> None:
    warehouse.land("standard_cost_codes")
    results = warehouse.check("standard_cost_codes")
    assert {(result.status, result.rows_checked) for result in results.values()} == {("passed", 0)}


def test_wrong_codes_are_shown_with_their_counts(warehouse: Warehouse) -> None:
    kinds = ["XX", "XX", "YY", "JC"]
    rows = [good_row("job_cost_transactions", n, tran_type_code=kind) for n, kind in enumerate(kinds)]
    warehouse.land("job_cost_transactions", *rows)
    result = warehouse.check("job_cost_transactions")["known_tran_type"]
    assert (result.status, result.rows_failed) == ("warned", 3)
    assert result.examples == [
        {"tran_type_code": "XX", "row_count": 2},
        {"tran_type_code": "YY", "row_count": 1},
    ]


def test_at_most_twenty_examples_with_amounts_and_dates_as_text(warehouse: Warehouse) -> None:
    rows = [
        good_row("job_cost_transactions", n, tran_amount="100000000.01", description="x" * 300, employee_name="E")
        for n in range(25)
    ]
    warehouse.land("job_cost_transactions", *rows)
    result = warehouse.check("job_cost_transactions")["amount_in_range"]
    assert (result.rows_failed, len(result.examples)) == (25, 20)
    assert result.examples[0]["tran_amount"] == "100000000.01"
    assert result.examples[0]["tran_date"] == "2024-03-01"
