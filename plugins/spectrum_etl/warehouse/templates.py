"""Renders the SQL files below `include/sql`: identifiers quoted by the driver, values never rendered but bound."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path

import jinja2
from psycopg import sql

SQL_FOLDER = Path(__file__).resolve().parents[3] / "include" / "sql"


def quote(name: str) -> str:
    """An identifier, quoted; dots separate schema and name (`landing.jobs_12`)."""
    return sql.Identifier(*name.split(".")).as_string()


def quote_all(names: Iterable[str], alias: str = "") -> str:
    """Identifiers, quoted and separated by commas, each behind `alias.` where one is given."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(prefix + quote(name) for name in names)


def placeholder(name: str) -> str:
    """Where the driver binds the value called `name`."""
    return f"%({name})s"


def render(name: str, /, **context: object) -> sql.SQL:
    """An SQL file with its identifiers filled in.

    Args:
        name: path below `include/sql`, such as `publish/cast.sql`.
        context: what the template uses; a name it uses that is missing is an error, never an empty text.
    """
    return sql.SQL(_environment().get_template(name).render(**context))  # type: ignore[arg-type]


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(SQL_FOLDER),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.filters.update(ident=quote, idents=quote_all, bound=placeholder)
    return environment
