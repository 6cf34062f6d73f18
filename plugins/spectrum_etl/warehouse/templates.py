"""Renders the SQL files of the warehouse: identifiers quoted by the driver, values never rendered but bound."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import sql

from spectrum_etl.model.sql_files import SqlFiles


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


_FILES = SqlFiles(filters={"ident": quote, "idents": quote_all, "bound": placeholder})


def render(name: str, /, **context: object) -> sql.SQL:
    """An SQL file with its identifiers filled in.

    Args:
        name: path below `include/sql`, such as `publish/cast.sql`.
        context: what the template uses; a name it uses that is missing is an error, never an empty text.
    """
    return sql.SQL(_FILES.render(name, **context))  # type: ignore[arg-type]
