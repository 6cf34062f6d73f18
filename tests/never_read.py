"""M9: looks for personal, bank and wage data where none may be: in the warehouse, in files, in what pages answer.

The stand-in Spectrum holds one value of its own in each column that nobody may read (`sandbox.data.never_read`), in
every generated row. A test that ran everything asks here whether any of them came along:

    assert never_read.in_database(warehouse_url) == []
    assert never_read.in_files(logs_folder) == []
    assert never_read.in_texts({"GET /api/runs": answer.text}) == []
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import psycopg
from psycopg import sql

from sandbox.data.never_read import VALUES

# What marks an encrypted value; the rest of its bytes only fills the column.
_MARK = re.compile(rb"NR-[A-Z]+-[A-Z]+-\d+")


@dataclass(frozen=True)
class Found:
    """A value that came along: the column of Spectrum it is from, and where it was found."""

    column: str
    where: str


def spellings(column: str) -> tuple[str, ...]:
    """Return how the value of a column could be written, as regular expressions that ignore case.

    Args:
        column: one of `sandbox.data.never_read.VALUES`.
    """
    value = VALUES[column]
    if isinstance(value, Decimal):
        # Any scale, and with the commas of a page; never a part of another number.
        return tuple(rf"(?<![0-9.,]){re.escape(text)}0*(?![0-9])" for text in (str(value), f"{value:,}"))
    if isinstance(value, str):
        return (rf"(?<![0-9A-Za-z]){re.escape(value)}(?![0-9A-Za-z])",)
    mark = _MARK.search(value)
    assert mark is not None
    # As it is, in hexadecimal digits, and in base64, of which three bytes at a time are written alike.
    return mark[0].decode(), mark[0].hex(), re.escape(b64encode(value)[:24].decode())


_PATTERNS = {column: re.compile("|".join(spellings(column)), re.IGNORECASE) for column in VALUES}
_ANY = re.compile("|".join(pattern.pattern for pattern in _PATTERNS.values()), re.IGNORECASE)


def in_text(text: str, where: str) -> list[Found]:
    """Return the columns whose value is in a text.

    Args:
        text: what to look through.
        where: how a person finds the text.
    """
    if not _ANY.search(text):
        return []
    return [Found(column, where) for column, pattern in _PATTERNS.items() if pattern.search(text)]


def in_texts(texts: Mapping[str, str | bytes]) -> list[Found]:
    """Return what is in some texts or answers, by where they are from.

    Args:
        texts: for example the path of each page and what it answered.
    """
    decoded = {where: text if isinstance(text, str) else _decoded(text) for where, text in texts.items()}
    return [found for where, text in decoded.items() for found in in_text(text, where)]


def in_files(*paths: Path) -> list[Found]:
    """Return what is in some files, and in every file below some folders.

    Args:
        paths: files and folders, for example Airflow's logs; each must exist.

    Raises:
        FileNotFoundError: a path is not there, so that nothing was looked through.
    """
    return [found for path in _files(paths) for found in in_text(_decoded(path.read_bytes()), str(path))]


def in_database(url: str) -> list[Found]:
    """Return what is in any column of any table of a database, in all schemas but PostgreSQL's own.

    Args:
        url: the warehouse.
    """
    result = []
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            """
            SELECT table_schema, table_name FROM information_schema.tables
            WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
            ORDER BY 1, 2
            """
        ).fetchall()
        for schema, table in tables:
            result += _in_table(connection, schema, table)
    return result


def _in_table(connection: psycopg.Connection, schema: str, table: str) -> list[Found]:
    found = set()
    query = sql.SQL("SELECT part.key, part.value FROM {} AS whole, jsonb_each_text(to_jsonb(whole)) AS part")
    with connection.cursor("never_read") as cursor:
        for column, text in cursor.execute(query.format(sql.Identifier(schema, table))):
            if text is not None:
                found |= set(in_text(text, f"{schema}.{table}.{column}"))
    return sorted(found, key=lambda each: (each.where, each.column))


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(path)
        yield from (each for each in sorted(path.rglob("*")) if each.is_file()) if path.is_dir() else (path,)


def _decoded(content: bytes) -> str:
    # Every byte is a character, so that nothing hides a value; all the values are ASCII.
    return content.decode("latin-1")
