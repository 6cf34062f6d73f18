"""How checks are run: what breaks is critical, lost connections are retried, nothing leaks (M3, M9)."""

import dataclasses
import time

import psycopg
import pytest
from psycopg import sql

from spectrum_etl.errors import RetryLater
from spectrum_etl.model.spec import Check
from spectrum_etl.staging.checks import queries, run_checks
from tests.staging.checks.conftest import PARAMETERS, TABLES, Warehouse, good_row

TYPES = TABLES["standard_cost_types"]


def with_query(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, query: str) -> dict[str, str]:
    """Statuses of the checks of the cost types and of one more whose query is this."""
    warehouse.land("standard_cost_types", good_row("standard_cost_types"))
    check = Check("probe", "sql", ("cost_type",), "warning", "why", query="probe.sql")
    render = queries._render
    monkeypatch.setattr(queries, "_render", lambda c, *a: query if c.name == "probe" else render(c, *a))
    table = dataclasses.replace(TYPES, checks=(*TYPES.checks, check))
    results = run_checks(warehouse.url, "landing", TYPES.name, table, PARAMETERS)
    return {result.name: f"{result.severity} {result.status}: {result.message}" for result in results}


def test_a_missing_column_is_critical_and_alone(warehouse: Warehouse) -> None:
    warehouse.fill("landing", "standard_cost_types", [], drop="status_code")
    results = warehouse.check("standard_cost_types")
    broken = results.pop("known_status")
    assert (broken.severity, broken.status) == ("critical", "failed")  # its own severity is warning
    assert "it could not be run, so nothing is published" in broken.message
    assert "status_code" in broken.message
    assert {result.status for result in results.values()} == {"passed"}


def test_a_query_that_breaks_is_critical_and_alone(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    found = with_query(warehouse, monkeypatch, "select nope, 1 as row_count from _batch")
    assert found.pop("probe").startswith("critical failed: standard_cost_types of company 1, check probe: it could not")
    assert {text.split(":")[0].split()[1] for text in found.values()} == {"passed"}


def test_a_lost_connection_is_tried_again(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RetryLater, match="was lost during the check probe"):
        with_query(
            warehouse, monkeypatch, "select 1 as row_count from _batch where pg_terminate_backend(pg_backend_pid())"
        )


def test_examples_never_hold_personal_columns_m9(warehouse: Warehouse) -> None:
    transactions = TABLES["job_cost_transactions"]
    check = Check("who", "not_null", ("employee_name",), "warning", "why")
    rows = Check("row", "sql", ("employee_code",), "warning", "why", query="vendor_is_staged.sql")
    table = dataclasses.replace(transactions, checks=(check, rows))
    warehouse.land(table.name, good_row(table.name, 1, employee_name=None, employee_code="E1"))
    whole = "select b.*, 1 as row_count from _batch as b"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "_render", lambda *a: whole)
        results = {r.name: r for r in run_checks(warehouse.url, "landing", table.name, table, PARAMETERS)}
    for result in (results["who"], results["row"]):
        assert (result.status, len(result.examples)) == ("warned", 1)
        assert "job_number" in result.examples[0]
        assert not {"employee_code", "employee_name"} & set(result.examples[0])
        assert "E1" not in str(result)


def test_a_relation_may_be_qualified(warehouse: Warehouse) -> None:
    warehouse.land(TYPES.name, good_row(TYPES.name))
    results = run_checks(warehouse.url, "landing", f"landing.{TYPES.name}", TYPES, PARAMETERS)
    assert {result.status for result in results} == {"passed"}


def test_passwords_may_hold_any_character_and_no_connection_stays(warehouse: Warehouse) -> None:
    warehouse.land(TYPES.name, good_row(TYPES.name))
    parts = psycopg.conninfo.conninfo_to_dict(warehouse.url)
    role, password = f"checker_{parts['dbname']}", "p$X${Y} %41@:/'\\é"
    warehouse.execute(
        sql.SQL("create role {role} superuser login password {password}").format(
            role=sql.Identifier(role), password=sql.Literal(password)
        )
    )
    try:
        url = psycopg.conninfo.make_conninfo(warehouse.url, user=role, password=password)
        results = run_checks(url, "landing", TYPES.name, TYPES, PARAMETERS)
        assert {result.status for result in results} == {"passed"}
        assert _connections(warehouse.url, role) == 0
    finally:
        warehouse.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


def _connections(url: str, role: str) -> int:
    """Connections of a role; a closed one takes the server a moment."""
    deadline = time.monotonic() + 5
    with psycopg.connect(url, autocommit=True) as connection:
        while True:
            row = connection.execute("select count(*) from pg_stat_activity where usename = %s", [role]).fetchone()
            assert row is not None
            if row[0] == 0 or time.monotonic() > deadline:
                return row[0]
            time.sleep(0.05)
