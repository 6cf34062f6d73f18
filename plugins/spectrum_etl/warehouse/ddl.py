"""Creates and extends the staged tables, their history and their as-of views from the specs."""

from __future__ import annotations

import hashlib
import logging

import psycopg
from psycopg import sql

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.spec import Column, Table
from spectrum_etl.warehouse.locks import take
from spectrum_etl.warehouse.migrate import DDL_LOCK, OWN_TABLES
from spectrum_etl.warehouse.templates import render

log = logging.getLogger(__name__)

ANALYST = "spectrum_analyst"

#: System columns of a staged table: name -> (type, comment).
SYSTEM_COLUMNS: dict[str, tuple[str, str]] = {
    "_row_hash": ("uuid not null", "Hash of all columns of the row: two equal rows have the same"),
    "_run_id": ("text not null", "Airflow run that wrote this version"),
    "_read_at": ("timestamptz not null", "When this version was read from the source"),
    "_changed_at": ("timestamptz not null", "Since when the row is as it is"),
    "_deleted_at": ("timestamptz", "When the source no longer held the row; null while it is alive"),
    "_rejected_at": (
        "timestamptz",
        "Since when the source's version of the row is rejected and this is its last good one; null otherwise",
    ),
}
#: Beside those, on a partitioned table.
MONTH_COLUMN = ("_month", 'text collate "C" not null', "Partition: the first six characters of the date text")

#: System columns that a superseded version keeps.
VERSION_COLUMNS = ("_row_hash", "_run_id", "_read_at", "_changed_at")
#: What a version has beside those: name -> comment.
VALIDITY_COLUMNS = {
    "_valid_from": "Since when the row was so",
    "_valid_to": "Until when the row was so; null while it is",
}

_SIDES = ("before", "after")


def ensure_table(connection: psycopg.Connection, table: Table) -> None:
    """Create a staged table, or extend it to its spec: tables, columns, comments, indexes, views, analysts' grants.

    The grants also where the analysts' role was created since.

    Args:
        connection: the warehouse, outside a transaction.
        table: the spec.

    Raises:
        FixConfiguration: a column exists with another type than the spec's.
        RetryLater: somebody else changes tables for too long.
    """
    wanted = _definition(table)
    with connection.transaction():
        if _applied(connection, table) == wanted and not _lacking(connection, table):
            return
        take(connection, DDL_LOCK, what=OWN_TABLES)
        if _applied(connection, table) == wanted:
            if _lacking(connection, table):
                connection.execute(_grants(table))
            return
        connection.execute(_statements(table))
        if _has_role(connection):
            connection.execute(_grants(table))
        _check_types(connection, table)
        connection.execute(_comments(table))
        connection.execute(
            "insert into sync.table_specs (table_name, spec_hash) values (%s, %s)"
            " on conflict (table_name) do update set spec_hash = excluded.spec_hash, applied_at = clock_timestamp()",
            [table.name, wanted],
        )
        log.info("warehouse: spectrum.%s brought to its spec", table.name)


def lacks_index(connection: psycopg.Connection, table: Table) -> bool:
    """Whether a partitioned table still waits for its index, as it does until its first rows are in.

    Who is to make it keeps other writers out until then, such as the first publish of another company; readers go on.

    Args:
        connection: the warehouse, in the publishing transaction, which makes the index after it has written.
        table: the spec.
    """
    index = f"spectrum.{_index(table)}"
    if _exists(connection, index):
        return False
    lock = sql.SQL("lock table {} in share row exclusive mode")
    connection.execute(lock.format(sql.Identifier("spectrum", table.name)))
    return not _exists(connection, index)  # it may have been made while this waited


def create_index(connection: psycopg.Connection, table: Table) -> None:
    """Make the index that `lacks_index` found missing; see the query."""
    staged = f"spectrum.{table.name}"
    connection.execute(render("warehouse/partition_index.sql", index=_index(table), staged=staged))


def version_columns(table: Table) -> list[str]:
    """Columns that a version in `history` shares with the staged table."""
    month = [MONTH_COLUMN[0]] if table.partitioned else []
    return [column.name for column in table.columns] + month + list(VERSION_COLUMNS)


def compared_columns(table: Table) -> tuple[str, ...]:
    """Columns of which the view of changed rows shows before and after; none where a table has no such view."""
    if not table.told_apart_by:
        return ()
    return tuple(c.name for c in table.columns if c.name not in table.told_apart_by and not c.personal)


def _index(table: Table) -> str:
    return f"{table.name}_by_partition"


def _exists(connection: psycopg.Connection, relation: str) -> bool:
    return connection.execute("select to_regclass(%s)", [relation]).fetchone() != (None,)


def _system(table: Table) -> list[tuple[str, str, str]]:
    system = [(name, kind, comment) for name, (kind, comment) in SYSTEM_COLUMNS.items()]
    return ([MONTH_COLUMN] if table.partitioned else []) + system


def _collated(column: Column) -> str:
    # Codes are compared byte by byte: the database's language must not decide whether two jobs are one.
    return column.sql_type + (' collate "C"' if column.type == "code" else "")


def _definition(table: Table) -> str:
    described = f"{_statements(table).as_string()}\n\n{_grants(table).as_string()}\n{_comments(table).as_string()}"
    return hashlib.sha256(described.encode()).hexdigest()[:16]


def _statements(table: Table) -> sql.SQL:
    return render(
        "warehouse/staged_table.sql",
        table=table,
        columns=[(c.name, _collated(c), " not null" if c.never_null else "") for c in table.columns],
        system=[(name, kind, "") for name, kind, _ in _system(table)],
        version_columns=version_columns(table),
        compared=compared_columns(table),
    )


def _grants(table: Table) -> sql.SQL:
    shown = [c.name for c in table.columns if not c.personal] + [name for name, _, _ in _system(table)]
    return render(
        "warehouse/staged_table_grants.sql",
        table=table,
        shown=shown,
        versions_shown=[name for name in version_columns(table) if name in shown] + list(VALIDITY_COLUMNS),
        changed=bool(table.told_apart_by),
        analyst=ANALYST,
    )


def _applied(connection: psycopg.Connection, table: Table) -> str | None:
    row = connection.execute("select spec_hash from sync.table_specs where table_name = %s", [table.name]).fetchone()
    return row[0] if row else None


def _has_role(connection: psycopg.Connection) -> bool:
    return connection.execute("select 1 from pg_roles where rolname = %s", [ANALYST]).fetchone() is not None


def _lacking(connection: psycopg.Connection, table: Table) -> bool:
    """Whether the analysts' role is there and may read nothing of the table: it was created after it."""
    found = connection.execute(
        "select from pg_roles where rolname = %s and not has_any_column_privilege(oid, to_regclass(%s), 'select')",
        [ANALYST, f'spectrum."{table.name}"'],
    )
    return found.fetchone() is not None


def _check_types(connection: psycopg.Connection, table: Table) -> None:
    found: dict[str, str] = dict(
        connection.execute(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute"
            " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
            [f'spectrum."{table.name}"'],
        ).fetchall()
    )
    for column in table.columns:
        if found[column.name] != column.sql_type:
            raise FixConfiguration(
                f"spectrum.{table.name}.{column.name} has another type than its spec",
                object=table.name, field=column.name, value=found[column.name], limit=column.sql_type,
                remedy="change the column's type by a migration in include/sql/warehouse before this version runs",
            )  # fmt: skip


def _comments(table: Table) -> sql.Composed:
    """The comments on the staged table, its history and the columns of both and of the view that joins them."""
    columns = {column.name: column.comment for column in table.columns}
    columns |= {name: comment for name, _, comment in _system(table)}
    kept = {name: columns[name] for name in version_columns(table)}
    staged, past = sql.Identifier("spectrum", table.name), sql.Identifier("history", table.name)
    statements = [
        sql.SQL("comment on table {} is {}").format(staged, table.comment),
        sql.SQL("comment on table {} is {}").format(past, table.comment + " (superseded and deleted versions)"),
    ]
    relations = [
        (("spectrum", table.name), columns),
        (("history", table.name), kept | VALIDITY_COLUMNS),
        (("history", f"{table.name}_versions"), kept | VALIDITY_COLUMNS),
    ]
    if compared := compared_columns(table):
        changed = {name: columns[name] for name in table.told_apart_by} | {"_changed_at": "When the change was read"}
        changed |= {f"{name}_{side}": f"{columns[name]}, {side} the change" for name in compared for side in _SIDES}
        relations.append((("history", f"{table.name}_changed"), changed))
    for relation, commented in relations:
        for name, comment in commented.items():
            statements.append(sql.SQL("comment on column {} is {}").format(sql.Identifier(*relation, name), comment))
    return sql.SQL(";\n").join(statements)
