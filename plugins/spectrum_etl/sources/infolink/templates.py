"""Fills in the T-SQL templates below `include/sql/infolink`."""

from __future__ import annotations

import functools
from pathlib import Path

import jinja2

SQL_FOLDER = Path(__file__).resolve().parents[4] / "include" / "sql" / "infolink"

#: Binary: 'a' is not 'A'. Trailing blanks are ignored by every collation of SQL Server, leading ones are not.
COLLATION = "Latin1_General_BIN2"


def code(column: str) -> str:
    """T-SQL of a code as it is compared: trimmed and binary. Templates call it `code`."""
    return f"LTRIM(RTRIM({column})) COLLATE {COLLATION}"


def render(name: str, **context: object) -> str:
    """A template below `SQL_FOLDER`, filled in; values never are, they are bound."""
    return _environment().get_template(name).render(**context)


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(SQL_FOLDER),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.globals["code"] = code
    return environment
