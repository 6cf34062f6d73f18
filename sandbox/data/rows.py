"""Writes generated rows into the sandbox database by COPY, codes padded as Spectrum stores them.

Used by the generator and the month of business. Amounts are whole cents until here, so that no float touches money.
"""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

from psycopg import Connection, sql

from sandbox.data import never_read
from sandbox.data.tables import PADDED_COLUMNS, Column, pad, tables

Row = tuple[str, dict[str, Any]]

TEN_THOUSAND = 10_000
_ROWS_BEFORE_WRITE = 10_000


def money(cents: int) -> str:
    """Return cents as a decimal text: -123456 is `-1234.56`."""
    if cents < 0:
        return f"-{-cents // 100}.{-cents % 100:02d}"
    return f"{cents // 100}.{cents % 100:02d}"


def qty(ten_thousandths: int) -> str:
    """Return ten-thousandths as a decimal text with four places."""
    sign = "-" if ten_thousandths < 0 else ""
    whole, rest = divmod(abs(ten_thousandths), TEN_THOUSAND)
    return f"{sign}{whole}.{rest:04d}"


@cache
def filled_columns(table: str) -> tuple[Column, ...]:
    """Return the columns of a table that a row is given: all but those the database numbers itself."""
    return tuple(column for column in tables()[table].columns if not column.numbers_itself)


class RowWriter:
    """Collects rows of any table and copies them in batches, in constant memory.

    Args:
        connection: the sandbox database; the caller commits.
    """

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        self._pending: dict[str, list[tuple[Any, ...]]] = {}
        self.counts: Counter[str] = Counter()

    def add(self, table: str, values: Mapping[str, Any], trailing: int = 0) -> None:
        """Take one row; a column that is not given, or that is given nothing, holds what Spectrum has there.

        Args:
            table: the table's name.
            values: column name to value; codes trimmed, amounts as text.
            trailing: spaces to put behind the job number instead of before it, as some rows have them.

        Raises:
            KeyError: a column the table does not have.
            ValueError: a code longer than its column.
        """
        definition = tables()[table]
        unknown = values.keys() - definition.names
        if unknown:
            raise KeyError(f"table {table} has no column {', '.join(sorted(unknown))}")
        row = []
        values = never_read.row_values(table) | dict(values)
        for column in filled_columns(table):
            value = values.get(column.name)
            if value is None or value == "":
                value = column.nothing
            elif column.name in PADDED_COLUMNS and isinstance(value, str):
                value = pad(table, column.name, value, trailing if column.name == "Job_Number" else 0)
            row.append(value)
        pending = self._pending.setdefault(table, [])
        pending.append(tuple(row))
        self.counts[table] += 1
        if len(pending) >= _ROWS_BEFORE_WRITE:
            self._write(table)

    def flush(self) -> None:
        """Copy whatever is still waiting."""
        for table in list(self._pending):
            self._write(table)

    def _write(self, table: str) -> None:
        rows = self._pending.pop(table, [])
        names = sql.SQL(", ").join(sql.Identifier(column.name) for column in filled_columns(table))
        statement = sql.SQL("COPY dbo.{} ({}) FROM STDIN").format(sql.Identifier(table), names)
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
