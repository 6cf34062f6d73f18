"""Migrations and the tables made from the specs: what is there, what it says, and who may read it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import sql

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.spec import Column, Table
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.ddl import create_index, ensure_table, lacks_index
from spectrum_etl.warehouse.migrate import migrate

TABLES = [table for entry in OBJECTS.values() for table in entry.tables]
JOBS = OBJECTS["jobs"].table("jobs")
TRANSACTIONS = OBJECTS["job_costs"].table("job_cost_transactions")


def build(url: str, *tables: Table) -> int:
    """Migrate a warehouse and bring tables to their specs; how many migrations were applied."""
    with connect(url) as connection:
        connection.autocommit = True
        applied = migrate(connection)
        for table in tables:
            ensure_table(connection, table)
    return applied


@pytest.fixture
def warehouse(database: str) -> Iterator[psycopg.Connection]:
    """A warehouse with every staged table."""
    build(database, *TABLES)
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


def _snapshot(url: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "select oid::regclass::text, xmin::text from pg_class where relnamespace in (select oid from pg_namespace"
            " where nspname in ('sync', 'spectrum', 'history', 'landing')) order by 1"
        ).fetchall()


def test_migrations_and_tables_are_made_once(database: str) -> None:
    assert build(database, *TABLES) > 0
    before = _snapshot(database)
    assert build(database, *TABLES) == 0
    assert _snapshot(database) == before, "nothing was created, altered or commented again"


def test_concurrent_first_runs_do_not_collide(database: str) -> None:
    """Seven DAGs may start at once on an empty warehouse."""
    with ThreadPoolExecutor(6) as pool:
        applied = [future.result() for future in [pool.submit(build, database, *TABLES) for _ in range(6)]]
    assert len([number for number in applied if number]) == 1, "one of them applied the migrations"
    with psycopg.connect(database) as connection:
        made = connection.execute("select count(*) from sync.table_specs").fetchone()
    assert made == (len(TABLES),)


def test_every_table_and_column_is_commented(warehouse: psycopg.Connection) -> None:
    silent = warehouse.execute(
        "select c.oid::regclass::text, a.attname from pg_class c"
        " join pg_attribute a on a.attrelid = c.oid and a.attnum >= 0 and not a.attisdropped"
        " where c.relkind in ('r', 'v') and c.relnamespace::regnamespace::text in ('spectrum', 'history', 'sync')"
        " and col_description(c.oid, a.attnum) is null"
        " union all"
        " select c.oid::regclass::text, null from pg_class c where c.relkind in ('r', 'v')"
        " and c.relnamespace::regnamespace::text in ('spectrum', 'history', 'sync')"
        " and obj_description(c.oid, 'pg_class') is null order by 1, 2"
    ).fetchall()
    assert silent == []


def test_columns_are_those_of_the_spec_in_its_order(warehouse: psycopg.Connection) -> None:
    for table in TABLES:
        found = warehouse.execute(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute"
            " where attrelid = to_regclass(%s) and attnum > 0 order by attnum",
            [f"spectrum.{table.name}"],
        ).fetchall()
        assert [row for row in found if not row[0].startswith("_")] == [(c.name, c.sql_type) for c in table.columns]
        system = [name for name, _ in found if name.startswith("_")]
        month = ["_month"] if table.partitioned else []
        assert system == [*month, "_row_hash", "_run_id", "_read_at", "_changed_at", "_deleted_at", "_rejected_at"]


def _as_analyst(connection: psycopg.Connection, query: str) -> bool:
    """Whether an analyst may run a query."""
    try:
        with connection.transaction():
            connection.execute("set local role spectrum_analyst")
            connection.execute(query)  # type: ignore[arg-type]
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


def test_analysts_read_what_is_published(warehouse: psycopg.Connection) -> None:
    for table in TABLES:
        columns = ", ".join(c.name for c in table.columns if not c.personal)
        for relation in (f"spectrum.{table.name}", f"history.{table.name}", f"history.{table.name}_versions"):
            assert _as_analyst(warehouse, f"select {columns}, _changed_at from {relation}"), relation  # noqa: S608
    for name in ("runs", "checks", "drift", "partitions", "landings", "scopes"):
        assert _as_analyst(warehouse, f"select * from sync.{name}"), name  # noqa: S608


def test_analysts_do_not_read_employees_rejected_rows_and_landings(warehouse: psycopg.Connection) -> None:
    """M9: employee code and name beside amounts reveal pay."""
    warehouse.execute("create table landing.jobs_1 (job_number text)")
    assert not _as_analyst(warehouse, "select * from landing.jobs_1")
    assert not _as_analyst(warehouse, "select * from sync.rejected_rows")
    personal = [column.name for column in TRANSACTIONS.columns if column.personal]
    assert personal == ["employee_code", "employee_name"]
    for relation in ("spectrum", "history"):
        for name in ("job_cost_transactions", *(["job_cost_transactions_versions"] if relation == "history" else [])):
            for column in personal:
                query = f"select {column} from {relation}.{name}"  # noqa: S608
                assert not _as_analyst(warehouse, query), query
            assert not _as_analyst(warehouse, f"select * from {relation}.{name}")  # noqa: S608
    for write in ("delete from spectrum.jobs", "update sync.runs set state = 'x'", "create table spectrum.x (a int)"):
        assert not _as_analyst(warehouse, write), write


def test_a_column_that_becomes_personal_is_taken_from_analysts(database: str) -> None:
    build(database, JOBS)
    hidden = tuple(replace(c, personal=True) if c.name == "superintendent" else c for c in JOBS.columns)
    build(database, replace(JOBS, columns=hidden))
    with psycopg.connect(database, autocommit=True) as connection:
        assert not _as_analyst(connection, "select superintendent from spectrum.jobs")
        assert _as_analyst(connection, "select estimator from spectrum.jobs")


def test_a_new_column_extends_table_history_and_view(database: str) -> None:
    build(database, JOBS)
    with psycopg.connect(database) as connection:
        connection.execute(
            "insert into spectrum.jobs (company_code, job_number, job_description, status_code, _row_hash, _run_id,"
            " _read_at, _changed_at) values ('1', 'J1', 'Job', 'A', gen_random_uuid(), 'r', now(), now())"
        )
    added = Column("county", "text", "County the job is in", source="County", required=True)
    build(database, replace(JOBS, columns=(*JOBS.columns, added)))
    with psycopg.connect(database, autocommit=True) as connection:
        for relation in ("spectrum.jobs", "history.jobs", "history.jobs_versions"):
            query = sql.SQL("select county from {}").format(sql.Identifier(*relation.split(".")))
            connection.execute(query)
            assert _as_analyst(connection, query.as_string()), relation
        rows = connection.execute("select job_number, county from spectrum.jobs").fetchall()
    assert rows == [("J1", None)]


def test_a_column_that_may_be_blank_now(database: str) -> None:
    """What an earlier version of the spec rejected rows for is staged as null now."""
    strict = tuple(replace(c, blank="reject") if c.name == "job_description" else c for c in JOBS.columns)
    build(database, replace(JOBS, columns=strict))
    insert = (
        "insert into spectrum.jobs (company_code, job_number, status_code, _row_hash, _run_id, _read_at, _changed_at)"
        " values ('1', 'J1', 'A', gen_random_uuid(), 'r', now(), now())"
    )
    with psycopg.connect(database) as connection, pytest.raises(psycopg.errors.NotNullViolation):
        connection.execute(insert)
    build(database, JOBS)
    with psycopg.connect(database) as connection:
        connection.execute(insert)


def test_degrees_of_an_older_warehouse_get_six_decimals(database: str) -> None:
    """A migration changes the type of a column that holds rows; the view that joins both tables is made again."""
    build(database, JOBS)
    with psycopg.connect(database) as connection:
        connection.execute("drop view history.jobs_versions")
        for schema in ("spectrum", "history"):
            table = sql.Identifier(schema, "jobs")
            change = (
                "alter table {} alter column latitude type numeric(14,4), alter column longitude type numeric(14,4)"
            )
            connection.execute(sql.SQL(change).format(table))
        connection.execute("alter table sync.landing_tables drop column absent")
        connection.execute("delete from sync.migrations where name like '017%'")
    assert build(database, JOBS) == 1
    with psycopg.connect(database) as connection:
        types = connection.execute(
            "select distinct format_type(atttypid, atttypmod) from pg_attribute"
            " where attname in ('latitude', 'longitude') and attrelid"
            " in ('spectrum.jobs'::regclass, 'history.jobs'::regclass, 'history.jobs_versions'::regclass)"
        ).fetchall()
    assert types == [("numeric(14,6)",)]


def test_a_changed_comment_is_written_again(database: str) -> None:
    build(database, JOBS)
    columns = tuple(replace(c, comment="The job's name") if c.name == "job_description" else c for c in JOBS.columns)
    for table, expected in (
        (replace(JOBS, columns=columns), "The job's name"),
        (replace(JOBS, columns=columns, comment="All jobs."), "All jobs."),
    ):
        build(database, table)
        with psycopg.connect(database) as connection:
            texts = connection.execute(
                "select obj_description('spectrum.jobs'::regclass), col_description('spectrum.jobs'::regclass, 3)"
            ).fetchone()
        assert texts is not None
        assert expected in texts


def test_a_column_of_another_type_is_a_clear_error(database: str) -> None:
    build(database, JOBS)
    columns = tuple(replace(c, type="text") if c.name == "original_contract" else c for c in JOBS.columns)
    with pytest.raises(FixConfiguration, match=r"original_contract.*'numeric\(14,2\)'.*allowed: text"):
        build(database, replace(JOBS, columns=columns))


def _first_rows(url: str, company: str) -> bool:
    """What a first publish of a company does; whether it made the index."""
    with connect(url) as connection:
        due = lacks_index(connection, TRANSACTIONS)
        connection.execute(
            "insert into spectrum.job_cost_transactions (company_code, job_number, phase_code, cost_type, tran_date,"
            " tran_amount, _month, _row_hash, _run_id, _read_at, _changed_at)"
            " values (%s, '1', '1', 'L', '2026-01-05', 1, '202601', gen_random_uuid(), 'first', now(), now())",
            [company],
        )
        if due:
            create_index(connection, TRANSACTIONS)
    return due


def test_the_index_of_transactions_comes_with_the_first_rows_and_keeps_no_reader_out(
    warehouse: psycopg.Connection, database: str
) -> None:
    """Two companies may be published for the first time at once: one makes the index, the other waits for it."""
    with ThreadPoolExecutor(1) as pool, psycopg.connect(database) as first:  # a failure lets the second go on
        assert lacks_index(first, TRANSACTIONS)
        second = pool.submit(_first_rows, database, "2")
        waits = "select count(*) from pg_locks where not granted and relation = %s::regclass"
        while warehouse.execute(waits, ["spectrum.job_cost_transactions"]).fetchone() == (0,):
            assert not second.done()
        assert warehouse.execute("select count(*) from spectrum.job_cost_transactions").fetchone() == (0,)
        create_index(first, TRANSACTIONS)
        assert not second.done()
        first.commit()
        assert second.result() is False
    assert _first_rows(database, "3") is False
    found = warehouse.execute(
        "select indexdef from pg_indexes where schemaname = 'spectrum' and tablename = 'job_cost_transactions'"
    ).fetchall()
    assert [text.rpartition(" USING ")[2] for (text,) in found] == ["btree (company_code, job_number, _month)"]
