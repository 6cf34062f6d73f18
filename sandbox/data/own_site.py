"""A site that calls and types things its own way: what the layout `own` shows of the stored tables (O1).

Renamed, retyped, dropped and moved is what Info-Link shows; what is stored stays a hosted site's, so that the web
services work, and that tests can say what has to arrive.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, LiteralString, cast

from psycopg import Connection, sql

from sandbox.infolink import sqltypes
from sandbox.infolink.sqltypes import SqlType

# Where domains are that stand for the types PostgreSQL has not; their names are SQL Server's.
TYPES = "sqlserver"
_WHOLE_TABLE = ""
# SQL Server's names have up to 128 characters, PostgreSQL's up to 63 bytes: a longer one is kept as a comment, behind
# this word, on what bears a shortened one.
LONGEST, _LONGEST_STORED = 128, 63
CALLED = "called "
_COMPANY = "Company_Code"


class SiteError(ValueError):
    """No such table or column, or a name or type that cannot be."""


@dataclass(frozen=True)
class Place:
    """What a site makes of a stored table, or of one column of it.

    Args:
        name: what it is called there; empty for its own name.
        schema: of a table, where it is; empty for dbo.
        type: of a column, its type there, as `sqltypes.parse` reads it; empty for its own.
        dropped: whether it is not there.
        own_company: of a table, whether it is a view of the login's company alone, without a company code.
    """

    name: str = ""
    schema: str = ""
    type: str = ""
    dropped: bool = False
    own_company: bool = False


Places = dict[tuple[str, str], Place]


@dataclass(frozen=True)
class SiteView:
    """One view to be made: of a stored table, where, and with which columns."""

    table: str
    schema: str
    name: str
    columns: tuple[tuple[str, sql.Composable], ...]
    own_company: bool


def places(connection: Connection[Any]) -> Places:
    """What was said of tables and columns, by stored table and column; the column is empty for the table itself."""
    if connection.execute("SELECT to_regclass('sandbox.own_site')").fetchone() == (None,):
        return {}
    rows = connection.execute(
        "SELECT stored_table, stored_column, name, schema, type, dropped, own_company FROM sandbox.own_site"
        " ORDER BY stored_table, stored_column"
    )
    return {(table, column): Place(*rest) for table, column, *rest in rows}


def say(connection: Connection[Any], table: str, column: str, **changes: Any) -> None:
    """Change what the site makes of a table, or of one column of it; `layouts.show` makes it visible.

    Args:
        connection: the sandbox database, as its owner; the caller commits.
        table, column: stored names, in any case; an empty column means the table.
        changes: fields of `Place`.

    Raises:
        SiteError: no such table or column, a type that is not one of SQL Server's, or a name that is too long.
    """
    for name, most in (
        (changes.get("name", ""), LONGEST),
        (changes.get("schema", ""), _LONGEST_STORED - len("shown.")),
    ):
        if len(name if most == LONGEST else name.encode()) > most:
            raise SiteError(f"the name {name!r} is too long")
    if changes.get("type"):
        try:
            changes["type"] = sqltypes.written(sqltypes.parse(changes["type"]))
        except ValueError as error:
            raise SiteError(str(error)) from None
    real_table, real_column = _stored(connection, table, column)
    place = replace(places(connection).get((real_table, real_column), Place()), **changes)
    connection.execute(
        "CREATE TABLE IF NOT EXISTS sandbox.own_site (stored_table text, stored_column text, name text NOT NULL,"
        " schema text NOT NULL, type text NOT NULL, dropped boolean NOT NULL, own_company boolean NOT NULL,"
        " PRIMARY KEY (stored_table, stored_column))"
    )
    connection.execute(
        "INSERT INTO sandbox.own_site VALUES (%s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (stored_table, stored_column) DO UPDATE SET name = excluded.name, schema = excluded.schema,"
        " type = excluded.type, dropped = excluded.dropped, own_company = excluded.own_company",
        [real_table, real_column, place.name, place.schema, place.type, place.dropped, place.own_company],
    )


def forget(connection: Connection[Any]) -> None:
    """Forget everything that was said."""
    connection.execute("DROP TABLE IF EXISTS sandbox.own_site")


def views(connection: Connection[Any], stored: dict[str, dict[str, str]]) -> Iterator[SiteView]:
    """The views that show the site; the domains of their types are made.

    Args:
        connection: the sandbox database.
        stored: table -> column -> PostgreSQL's type, as it is stored.
    """
    said = places(connection)
    for table, columns in stored.items():
        place = said.get((table, _WHOLE_TABLE), Place())
        if place.dropped:
            continue
        shown = []
        for column, kind in columns.items():
            its = said.get((table, column), Place())
            if its.dropped or (place.own_company and column == _COMPANY):
                continue
            expression = _typed(connection, column, kind, its.type) if its.type else sql.Identifier(column)
            shown.append((its.name or column, expression))
        if shown:
            yield SiteView(table, place.schema, place.name or table, tuple(shown), place.own_company)


def stored_name(name: str) -> str:
    """What PostgreSQL calls a table or column of a site: its name, or a shortened one that no other has."""
    if len(name.encode()) <= _LONGEST_STORED:
        return name
    return name.encode()[:40].decode(errors="ignore") + "~" + hashlib.sha256(name.encode()).hexdigest()[:16]


def _stored(connection: Connection[Any], table: str, column: str) -> tuple[str, str]:
    found = connection.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'dbo' AND lower(table_name) = lower(%s)",
        [table],
    ).fetchall()
    if not found:
        raise SiteError(f"there is no stored table {table!r}")
    if not column:
        return found[0][0], _WHOLE_TABLE
    for real_table, real_column in found:
        if real_column.lower() == column.lower():
            return real_table, real_column
    raise SiteError(f"table {table!r} has no column {column!r}; it has {', '.join(name for _, name in found)}")


def _typed(connection: Connection[Any], column: str, stored: str, wanted: str) -> sql.Composed:
    """A column as a value of another type, under a domain that says which."""
    kind = sqltypes.parse(wanted)
    base = f"varchar({kind.length})" if kind.is_text and kind.length != sqltypes.MAX else kind.postgres
    domain = sql.Identifier(TYPES, sqltypes.written(kind))
    known = "SELECT to_regtype(format('%%I.%%I', %s::text, %s::text))"
    if connection.execute(known, [TYPES, sqltypes.written(kind)]).fetchone() == (None,):
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(TYPES)))
        connection.execute(sql.SQL("CREATE DOMAIN {} AS {}").format(domain, sql.SQL(cast(LiteralString, base))))
    value = sql.SQL(cast(LiteralString, _conversion(stored, kind))).format(sql.Identifier(column))
    return sql.SQL("({})::{}").format(value, domain)


def _conversion(stored: str, kind: SqlType) -> str:
    """PostgreSQL's expression of a stored column `{}` as a value of SQL Server's type."""
    is_text, is_date = stored.startswith("character"), stored.startswith(("timestamp", "date"))
    if kind.is_text:
        value = "to_char({}, 'YYYY-MM-DD')" if is_date else "({})::text"
        return f"rpad({value}, {kind.length})" if kind.declared in ("char", "nchar") else value
    entered = "nullif(btrim({}), '')" if is_text else "({})"
    if kind.kind == "uniqueidentifier":
        return f"{entered}::uuid"
    if kind.is_date:
        value = f"{entered}::timestamp"
        return f"date_trunc('minute', {value})" if kind.declared == "smalldatetime" else value
    if kind.kind == "bit":
        return f"({entered}::numeric <> 0)::int"
    value = f"{entered}::numeric"
    return f"({value})::real" if kind.declared == "real" else value
