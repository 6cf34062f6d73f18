"""Creates the stand-in Spectrum database: schema `dbo` with the reference's tables, schema `sandbox` for bookkeeping.

Used by the generator, the command line and the tests.
"""

from typing import Any, LiteralString, cast

import psycopg
from psycopg import Connection, sql

from sandbox.data import layouts
from sandbox.data.tables import Column, Table, tables
from sandbox.data.written import create_written, forget_written

TRANSACTIONS = "JC_TRANSACTION_HISTORY_MC"
TRANSACTION_INDEX = ("Company_Code", "Job_Number", "Tran_Date_Text")

# An index on a stand-in's key is not unique: Spectrum's views promise nothing, and tests store broken rows on purpose.
_EXTRA_INDEXES = {
    "CR_CHNG_REQ_CON_DET_MC": ("Company_Code", "Job_Number", "Phase_Code", "Cost_Type"),
    "VN_SUBCONTRACT_MC": ("Company_Code", "Job_Number"),
}


def connect(database_url: str) -> Connection[tuple[Any, ...]]:
    """Open the sandbox database, with `dbo` on the search path whatever the database's default is.

    Args:
        database_url: a PostgreSQL URL; SQLAlchemy's `postgresql+psycopg://` spelling is taken too.

    Raises:
        psycopg.OperationalError: the server cannot be reached or refuses the login.
    """
    url = database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    return psycopg.connect(url, options="-c search_path=dbo,public", application_name="spectrum sandbox")


def create(connection: Connection[Any], recreate: bool = False) -> None:
    """Create schemas and tables that are missing, and put `dbo` on the database's own search path.

    Args:
        connection: the sandbox database, as its owner; the caller commits.
        recreate: drop the tables of the reference and the load's bookkeeping first; switches of faults and the layout
            that Info-Link shows stay.
    """
    connection.execute("CREATE SCHEMA IF NOT EXISTS dbo")
    connection.execute("CREATE SCHEMA IF NOT EXISTS sandbox")
    row = connection.execute("SELECT current_database()").fetchone()
    if row is None:
        raise psycopg.DataError("the sandbox database does not tell its name")
    connection.execute(sql.SQL("ALTER DATABASE {} SET search_path = dbo, public").format(sql.Identifier(row[0])))
    create_written(connection)
    layout = layouts.shown(connection)
    if recreate:
        forget_written(connection)
        for name in tables():
            connection.execute(sql.SQL("DROP TABLE IF EXISTS dbo.{} CASCADE").format(sql.Identifier(name)))
        connection.execute("DROP TABLE IF EXISTS sandbox.state")
    for table in tables().values():
        connection.execute(_create_table(table))
    connection.execute("CREATE TABLE IF NOT EXISTS sandbox.state (name text PRIMARY KEY, value text NOT NULL)")
    layouts.show(connection, *layout)


def create_indexes(connection: Connection[Any]) -> None:
    """Create the missing indexes; apart from `create`, since a bulk load is faster without them."""
    for table in tables().values():
        columns = table.key if table.key else TRANSACTION_INDEX
        connection.execute(_create_index(table.name, "key", columns))
        if table.name in _EXTRA_INDEXES:
            connection.execute(_create_index(table.name, "job", _EXTRA_INDEXES[table.name]))
    # Info-Link compares the company without case and blanks. Without numbers of that, the planner takes a company for
    # a handful of rows, and fingerprints a million transactions on one core.
    connection.execute(
        """CREATE STATISTICS IF NOT EXISTS dbo.transactions_by_company (ndistinct, mcv)
        ON lower(rtrim("Company_Code", ' ') COLLATE "pg_c_utf8"),
           (ltrim(rtrim("Company_Code", ' '), ' ') COLLATE "C")
        FROM dbo."JC_TRANSACTION_HISTORY_MC" """
    )


def drop_indexes(connection: Connection[Any], table: str) -> None:
    """Drop the indexes of one table before a bulk load; `create_indexes` brings them back."""
    for suffix in ("key", "job"):
        connection.execute(sql.SQL("DROP INDEX IF EXISTS dbo.{}").format(sql.Identifier(f"{table}_{suffix}")))


def read_state(connection: Connection[Any], name: str) -> str | None:
    """Return a remembered value of the load (`seed`, `as_of`, `jobs_1`, `months`), or None."""
    row = connection.execute("SELECT value FROM sandbox.state WHERE name = %s", (name,)).fetchone()
    return None if row is None else str(row[0])


def write_state(connection: Connection[Any], name: str, value: str) -> None:
    """Remember a value of the load in the caller's transaction."""
    connection.execute(
        "INSERT INTO sandbox.state VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def is_empty(connection: Connection[Any]) -> bool:
    """Say whether nothing has been loaded yet."""
    row = connection.execute("SELECT to_regclass('sandbox.state')").fetchone()
    return row is None or row[0] is None or read_state(connection, "seed") is None


def run(connection: Connection[Any], statement: str, parameters: Any = None) -> psycopg.Cursor[Any]:
    """Execute SQL that was composed from this package's own constants (never from outside text)."""
    return connection.execute(cast(LiteralString, statement), parameters)


def _create_table(table: Table) -> sql.Composed:
    columns = sql.SQL(", ").join(map(_define, table.columns))
    return sql.SQL("CREATE TABLE IF NOT EXISTS dbo.{} ({})").format(sql.Identifier(table.name), columns)


def _define(column: Column) -> sql.Composed:
    """A column's definition. Where NULL is not allowed, nothing is a default: Spectrum fills every column of a row."""
    named = sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(cast(LiteralString, column.sql_type)))
    if column.numbers_itself:
        return sql.SQL("{} GENERATED BY DEFAULT AS IDENTITY").format(named)
    if column.nullable:
        return named
    return sql.SQL("{} NOT NULL DEFAULT {}").format(named, sql.Literal(column.nothing))


def _create_index(table: str, suffix: str, columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL("CREATE INDEX IF NOT EXISTS {} ON dbo.{} ({})").format(
        sql.Identifier(f"{table}_{suffix}"),
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
    )
