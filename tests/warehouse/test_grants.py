"""What analysts and approvers may read, whenever their roles were created."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse import migrate as migrations
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.ddl import ensure_table
from spectrum_etl.warehouse.migrate import migrate
from stack.postgres import NO_DURABILITY, EmbeddedPostgres
from tests.clusters import cluster_folder

TABLES = [table for entry in OBJECTS.values() for table in entry.tables]
ROLES = ("spectrum_analyst", "spectrum_approver")


def _run(url: str, *, staging: bool = True) -> None:
    """What every sync does before it lands."""
    with connect(url) as connection:
        connection.autocommit = True
        migrate(connection)
        for table in TABLES if staging else ():
            ensure_table(connection, table)


def _drop_roles(connection: psycopg.Connection) -> None:
    for role in ROLES:
        if connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
            connection.execute(sql.SQL("drop owned by {0}; drop role {0}").format(sql.Identifier(role)))


def _granted(connection: psycopg.Connection) -> set[tuple[str, str, str, str]]:
    """Every right of the two roles: role, relation or schema, column or blank, right."""
    return set(
        connection.execute(
            "select grantee::regrole::text, place, part, privilege_type from ("
            " select nspname::text as place, '' as part, nspacl as acl from pg_namespace"
            " union all select oid::regclass::text, '', relacl from pg_class"
            " union all select attrelid::regclass::text, attname::text, attacl from pg_attribute"
            ") as owned cross join aclexplode(acl) where grantee::regrole::text = any(%s)",
            [list(ROLES)],
        )
    )


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """A server of its own: roles are the whole server's, and those of other tests' databases are in use."""
    with cluster_folder() as folder:
        own = EmbeddedPostgres(folder / "postgres", settings=NO_DURABILITY)
        try:
            own.start()
            own.create_role("sync_owner", "sync")
            yield own
        finally:
            own.stop(checkpoint=False)


@pytest.fixture
def administrator(server: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    """The server's administrator, in an empty warehouse; neither role exists."""
    with psycopg.connect(server.create_database("warehouse", owner="sync_owner"), autocommit=True) as connection:
        connection.execute("set search_path = ''")
        yield connection
        _drop_roles(connection)
    server.drop_database("warehouse")


@pytest.fixture
def owner(server: EmbeddedPostgres, administrator: psycopg.Connection) -> str:
    """The warehouse's URL as its owner, who may create no roles."""
    return server.url("warehouse", "sync_owner", "sync")


def _create_roles(administrator: psycopg.Connection) -> None:
    for role in ROLES:
        administrator.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))


def test_roles_that_are_created_later_get_the_same_rights_by_the_next_run(
    administrator: psycopg.Connection, owner: str
) -> None:
    _run(owner)
    assert _granted(administrator) == set()
    _create_roles(administrator)
    _run(owner)
    late = _granted(administrator)
    for right in (
        ("spectrum_analyst", "spectrum.job_cost_transactions", "tran_amount", "SELECT"),
        ("spectrum_analyst", "history.jobs_versions", "job_number", "SELECT"),
        ("spectrum_analyst", "marts.job_cost_summary", "", "SELECT"),
        ("spectrum_analyst", "sync.runs", "", "SELECT"),
        ("spectrum_approver", "export.queue", "", "SELECT"),
        ("spectrum_approver", "sync.connections", "", "SELECT"),
    ):
        assert right in late
    assert not [right for right in late if right[1] in ("sync.rejected_rows", "landing") or "employee" in right[2]]
    assert {right[3] for right in late} == {"SELECT", "USAGE"}


def test_they_are_the_rights_of_roles_that_were_there_first(administrator: psycopg.Connection, owner: str) -> None:
    _run(owner)
    _create_roles(administrator)
    _run(owner)
    late = _granted(administrator)
    administrator.execute("drop schema landing, spectrum, history, sync, export, procore, marts cascade")
    _run(owner)
    assert _granted(administrator) == late


def test_a_role_that_was_dropped_and_made_again_gets_its_rights_back(
    administrator: psycopg.Connection, owner: str
) -> None:
    _create_roles(administrator)
    _run(owner)
    before = _granted(administrator)
    _drop_roles(administrator)
    _create_roles(administrator)
    assert _granted(administrator) == set()
    _run(owner)
    assert _granted(administrator) == before


@pytest.mark.parametrize("missing", ["usage on schema export", "usage on schema procore", "usage on schema marts"])
def test_a_schema_that_an_older_version_left_out_is_granted(
    administrator: psycopg.Connection, owner: str, missing: str
) -> None:
    _create_roles(administrator)
    _run(owner)
    before = _granted(administrator)
    administrator.execute(f"revoke {missing} from {', '.join(ROLES)}")
    assert _granted(administrator) != before
    _run(owner, staging=False)
    assert _granted(administrator) == before


def test_the_next_run_grants_nothing_again(
    administrator: psycopg.Connection, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Grants write the catalogue, which every reader's plans depend on: not once a task."""
    _create_roles(administrator)
    _run(owner)
    monkeypatch.setattr(migrations, "GRANTS", Path("/nowhere/grants.sql"))
    _run(owner)
    administrator.execute("drop owned by spectrum_approver")
    with pytest.raises(FileNotFoundError):
        _run(owner)


def test_without_the_roles_nothing_is_granted_and_nothing_fails(administrator: psycopg.Connection, owner: str) -> None:
    _run(owner)
    _run(owner)
    assert _granted(administrator) == set()
    administrator.execute("create role spectrum_approver nologin")
    _run(owner)
    assert {right[0] for right in _granted(administrator)} == {"spectrum_approver"}


def test_c16_the_warehouse_as_docs_setup_makes_it(server: EmbeddedPostgres) -> None:
    """Its statements, as they stand there: in UTF-8, closed to logins of other databases, open to its own roles."""
    page = (Path(__file__).resolve().parents[2] / "docs/setup.md").read_text(encoding="utf-8")
    section = page.partition("## 1. Warehouse")[2].partition("\n## 2.")[0]
    blocks = re.findall(r"```sql\n(.+?)```", section, re.DOTALL)
    made = [block for block in blocks if block.startswith("create role")]
    assert len(made) == 2
    with psycopg.connect(server.url(), autocommit=True) as administrator:
        _drop_roles(administrator)
        for statement in "".join(made).split(";"):
            if statement.strip():
                administrator.execute(statement.encode())
        administrator.execute("create role ann login password 'word' in role spectrum_analyst")
        administrator.execute("create role passer_by login password 'word'")
    try:
        _run(server.url("warehouse", "spectrum_sync", "CHANGE-ME"))
        for login, password in (("ann", "word"), ("airflow_page", "CHANGE-ME")):
            with psycopg.connect(server.url("warehouse", login, password)) as connection:
                assert connection.execute("select count(*) from spectrum.jobs").fetchone() == (0,)
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute("create temporary table t (a int)")
        with psycopg.connect(server.url("warehouse", "airflow_page", "CHANGE-ME")) as connection:
            assert connection.execute("select count(*) from sync.rejected_rows").fetchone() == (0,)
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(server.url("warehouse", "passer_by", "word"))
    finally:
        server.drop_database("warehouse")
