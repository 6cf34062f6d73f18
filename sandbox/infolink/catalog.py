"""What tables and columns there are, with SQL Server's types: as PostgreSQL's catalogue has them before each query.

Looked at before every query, so that a column dropped or retyped under a running server shows at once; read anew only
where it has changed since.
"""

from dataclasses import dataclass
from typing import LiteralString

import psycopg

from sandbox.data.layouts import SHOWN
from sandbox.infolink import sqltypes
from sandbox.infolink.sqltypes import SqlType

USER_SCHEMA = "dbo"
EMULATION_SCHEMA = "tsql"

# Where a layout is shown, its views stand in the place of the stored tables (sandbox.data.layouts); those of another
# schema than dbo are in shown.SCHEMA. A column of a type that PostgreSQL has not is of a domain of schema sqlserver,
# whose name says the type.
# The emulation's catalogue views are named SCHEMA.VIEW inside one PostgreSQL schema, e.g. tsql."sys.objects".
_QUERY: LiteralString = """
    SELECT
        n.nspname, c.relname, a.attname, t.typname, a.atttypmod, tn.nspname = 'sqlserver',
        substring(of_table.description FROM '^called (.*)$'), substring(of_column.description FROM '^called (.*)$')
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_description of_table
        ON of_table.objoid = c.oid AND of_table.classoid = 'pg_class'::regclass AND of_table.objsubid = 0
    LEFT JOIN pg_catalog.pg_description of_column
        ON of_column.objoid = c.oid AND of_column.classoid = 'pg_class'::regclass AND of_column.objsubid = a.attnum
    WHERE (
        n.nspname IN ('tsql', coalesce((SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = 'shown'), 'dbo'))
        OR n.nspname LIKE 'shown.%'
    ) AND c.relkind IN ('r', 'v', 'm', 'p')
    ORDER BY c.oid, a.attnum
"""
# Of the same rows: any statement that changes one of them leaves a later transaction in it.
_VERSION: LiteralString = """
    SELECT count(*), sum(a.xmin::text::bigint), max(a.xmin::text::bigint), sum(c.xmin::text::bigint)
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE (n.nspname IN ('tsql', 'dbo', 'shown') OR n.nspname LIKE 'shown.%') AND c.relkind IN ('r', 'v', 'm', 'p')
"""
_PLAIN = {
    "text": sqltypes.varchar(sqltypes.MAX),
    "name": sqltypes.nvarchar(128),
    "int2": SqlType("smallint"),
    "int4": sqltypes.INT,
    "int8": sqltypes.BIGINT,
    "bool": sqltypes.BIT,
    "float8": sqltypes.FLOAT,
    "float4": sqltypes.FLOAT,
    "date": SqlType("date"),
    "bytea": SqlType("varbinary", sqltypes.MAX),
}


@dataclass(frozen=True)
class Column:
    """A column under its real name; `boolean` when PostgreSQL holds a bit as a boolean, `binary` when its collation
    compares byte by byte, `stored` what PostgreSQL calls it where the name is too long for it."""

    name: str
    type: SqlType
    boolean: bool = False
    binary: bool = False
    stored: str = ""


@dataclass(frozen=True)
class Table:
    """A table or view: its quoted PostgreSQL name, its real name and its columns in order."""

    postgres: str
    name: str
    columns: tuple[Column, ...]


class Catalog:
    """The tables by lower-case schema and name."""

    def __init__(self, tables: dict[tuple[str, str], Table]) -> None:
        self._tables = tables

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same tables with the same columns."""
        return isinstance(other, Catalog) and self._tables == other._tables

    __hash__ = None  # type: ignore[assignment]  # compared, never a key

    def find(self, schema: str, name: str) -> Table | None:
        """The table of that schema and name in any case, or None."""
        return self._tables.get(((schema or USER_SCHEMA).lower(), name.lower()))


def column_type(type_name: str, modifier: int) -> SqlType | None:
    """SQL Server's type for a PostgreSQL column, or None when it has no counterpart here.

    Args:
        type_name: pg_type.typname.
        modifier: pg_attribute.atttypmod, -1 when the type has none.
    """
    if type_name in ("varchar", "bpchar"):
        return sqltypes.varchar(modifier - 4 if modifier >= 4 else sqltypes.MAX)
    if type_name == "numeric":
        if modifier < 4:
            return sqltypes.decimal(38, 10)
        return sqltypes.decimal((modifier - 4) >> 16, (modifier - 4) & 0x7FF)
    if type_name in ("timestamp", "timestamptz"):
        return sqltypes.DATETIME if 0 <= modifier <= 3 else SqlType("datetime2", precision=6)
    return _PLAIN.get(type_name)


Version = tuple[object, ...] | None


class Catalogs:
    """A session's catalogue, read again only after a change: to read it takes longer than most queries."""

    def __init__(self) -> None:
        self.version: Version = None
        self.known = Catalog({})

    def current(self, connection: psycopg.Connection) -> Catalog:
        """The catalogue as it is now.

        Args:
            connection: to the sandbox database.
        """
        version = connection.execute(_VERSION).fetchone()
        if version != self.version:
            self.learn(version, load(connection))
        return self.known

    def learn(self, version: Version, catalog: Catalog) -> None:
        """Take what another session has read."""
        self.known, self.version = catalog, version


def load(connection: psycopg.Connection) -> Catalog:
    """Read the catalogue.

    Args:
        connection: to the sandbox database.
    """
    found: dict[tuple[str, str, str, str], list[Column]] = {}
    for schema, table, column, type_name, modifier, declared, long_table, long_column in connection.execute(_QUERY):
        if schema == EMULATION_SCHEMA and "." in table:
            shown_schema, _, shown = table.partition(".")
        elif schema == SHOWN:
            shown_schema, shown = USER_SCHEMA, table
        elif schema.startswith(f"{SHOWN}."):
            shown_schema, shown = schema.removeprefix(f"{SHOWN}."), table
        else:
            shown_schema, shown = schema, table
        shown = long_table or shown
        known = sqltypes.parse(type_name) if declared else column_type(type_name, modifier)
        if known is None:
            continue  # a PostgreSQL type SQL Server has nothing like: such a column cannot be seen through Info-Link
        columns = found.setdefault((shown_schema, shown, schema, table), [])
        binary = sqltypes.COLLATIONS.get(known.collation, False)
        stored = column if long_column else ""
        columns.append(Column(long_column or column, known, type_name == "bool", binary, stored))
    return Catalog(
        {
            (shown_schema.lower(), shown.lower()): Table(
                f"{quote_name(schema)}.{quote_name(table)}", shown, tuple(columns)
            )
            for (shown_schema, shown, schema, table), columns in found.items()
        }
    )


def quote_name(name: str) -> str:
    """A PostgreSQL quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """A PostgreSQL string literal (standard_conforming_strings is on by default)."""
    return "'" + text.replace("'", "''") + "'"
