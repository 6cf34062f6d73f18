"""Brings the warehouse's own tables up to date: each numbered file of `include/sql/warehouse` once, then grants."""

from __future__ import annotations

import logging

import psycopg
from psycopg import sql

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.sql_files import SQL_FOLDER
from spectrum_etl.warehouse.locks import take

log = logging.getLogger(__name__)

MINIMUM_VERSION = 160000
#: Advisory lock of everybody who changes the warehouse's tables; an arbitrary number of our own.
DDL_LOCK = 7_266_001
#: What that lock is about, for messages.
OWN_TABLES = "the warehouse's own tables"
#: What the roles of people and of the page may read; the grants on staged tables are `ddl`'s.
GRANTS = SQL_FOLDER / "warehouse/grants.sql"
#: Whether one of them cannot even enter a schema or a table it reads: a role that was created after the warehouse.
_LACKING = """
    select exists (
        select from (values
            ('spectrum_analyst', 'spectrum'), ('spectrum_analyst', 'history'), ('spectrum_analyst', 'sync'),
            ('spectrum_analyst', 'marts'), ('spectrum_approver', 'export'), ('spectrum_approver', 'procore'),
            ('spectrum_approver', 'sync')
        ) as reads (role_name, schema_name)
        join pg_roles on rolname = role_name
        where not has_schema_privilege(pg_roles.oid, to_regnamespace(schema_name), 'usage')
    ) or exists (
        select from pg_roles
        where
            rolname = 'spectrum_page'
            and not has_table_privilege(oid, to_regclass('sync.rejected_rows'), 'select')
    )
"""


def migrate(connection: psycopg.Connection) -> int:
    """Apply the migrations that this warehouse has not had, and grant what a role that is new lacks.

    Args:
        connection: the warehouse, outside a transaction.

    Returns:
        How many files were applied.

    Raises:
        FixConfiguration: the server is older than PostgreSQL 16.
        RetryLater: somebody else changes tables for too long.
    """
    if connection.info.server_version < MINIMUM_VERSION:
        raise FixConfiguration(
            "the warehouse's PostgreSQL is too old", value=str(connection.info.server_version // 10000), limit="16",
            remedy="use PostgreSQL 16 or newer",
        )  # fmt: skip
    files = sorted((SQL_FOLDER / "warehouse").glob("[0-9]*.sql"))
    if _applied(connection) >= {path.name for path in files} and not _lacking(connection):
        return 0
    connection.add_notice_handler(_log_warning)
    with connection.transaction():
        take(connection, DDL_LOCK, what=OWN_TABLES)
        connection.execute("create schema if not exists sync")
        connection.execute(
            "create table if not exists sync.migrations"
            " (name text primary key, applied_at timestamptz not null default clock_timestamp());"
            " comment on table sync.migrations is 'The migrations this warehouse has had.';"
            " comment on column sync.migrations.name is 'File in include/sql/warehouse';"
            " comment on column sync.migrations.applied_at is 'When'"
        )
        done = _applied(connection)
        todo = [path for path in files if path.name not in done]
        for path in todo:
            connection.execute(sql.SQL(path.read_text(encoding="utf-8")))  # type: ignore[arg-type]
            connection.execute("insert into sync.migrations (name) values (%s)", [path.name])
            log.info("warehouse: applied %s", path.name)
        if todo or _lacking(connection):
            connection.execute(sql.SQL(GRANTS.read_text(encoding="utf-8")))  # type: ignore[arg-type]
            log.info("warehouse: granted what analysts and approvers may read")
    connection.remove_notice_handler(_log_warning)
    return len(todo)


def _log_warning(said: psycopg.errors.Diagnostic) -> None:
    """What a migration found in this warehouse and a person should look at."""
    if said.severity_nonlocalized == "WARNING":
        log.warning("warehouse: %s", said.message_primary)


def _applied(connection: psycopg.Connection) -> set[str]:
    with connection.transaction():
        if connection.execute("select to_regclass('sync.migrations')").fetchone() == (None,):
            return set()
        return {name for (name,) in connection.execute("select name from sync.migrations")}


def _lacking(connection: psycopg.Connection) -> bool:
    with connection.transaction():
        return connection.execute(_LACKING).fetchone() == (True,)
