"""What Info-Link shows of the stored tables: a hosted site's layout, an older site's names, certain names only, or what
the command `site` made of them.

The stored tables are always a hosted site's, in schema `dbo`, so that the web services work whatever is shown. Another
layout is a schema of views, `shown`, which the Info-Link server puts in the place of `dbo` as long as it is there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, LiteralString, cast, get_args

from psycopg import Connection, sql

from sandbox.data import own_site
from sandbox.data.tables import Column, definitions, tables

Layout = Literal["hosted", "aliases", "bare", "own"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)
SHOWN = "shown"
LOGIN_COMPANY = "1"

# How `aliases` names tables: the letters' case is the site's, a name without _MC is the login company's own view.
_LOWER_CASE_TABLES = frozenset({"JC_PHASE_MASTER_MC", "CR_CHNG_REQ_STATUS_MC"})
_UPPER_CASE_COLUMNS = frozenset({"VN_VENDOR_MASTER_MC"})
_OWN_COMPANY = {
    "JC_COST_TYPE_MASTER_MC": "JC_COST_TYPE_MASTER",
    "VN_SUBCONTRACT_MC": "VN_SUBCONTRACT",
    "VN_SUBCONTRACT_PHASE_MC": "Vn_Subcontract_Phase",
    "VN_CHNG_REQ_SUB_HDR": "VN_CHNG_REQ_SUB_HDR",
    "VN_CHNG_REQ_SUB_DET": "VN_CHNG_REQ_SUB_DET",
}
# Beside the login company's own view there is the table of all companies.
_ALL_COMPANIES = {"VN_CHNG_REQ_SUB_HDR": "VN_CHNG_REQ_SUB_HDR_MC"}
# What Info-Link is asked for by; the other columns of the table without a key may be NULL.
_TRANSACTION_KEY = ("Company_Code", "Job_Number", "Phase_Code", "Cost_Type", "Tran_Date_Text")


class LayoutError(ValueError):
    """No layout of that name."""


@dataclass(frozen=True)
class _View:
    """One view: its table, its name, its columns as (shown name, expression), whether it has one company only, and its
    schema where that is not dbo."""

    table: str
    name: str
    columns: tuple[tuple[str, sql.Composable], ...]
    own_company: bool = False
    schema: str = ""


def show(connection: Connection[Any], layout: str, company: str = LOGIN_COMPANY) -> None:
    """Let Info-Link show another layout, from its next statement after the commit on.

    Args:
        connection: the sandbox database, as its owner; the caller commits.
        layout: `hosted` has every column of `infolink-columns.yaml`. `aliases` has those of `infolink-tables.yaml`
            under the last of their other names, NULL where there is nothing, some tables in another letter case and
            some as a view of one company. `bare` is hosted without every name that is only assumed. `own` is hosted as
            `own_site` has it.
        company: the login's own company, of which the views of one company show rows.

    Raises:
        LayoutError: another name.
    """
    if layout not in LAYOUTS:
        raise LayoutError(f"there is no layout {layout!r}; use one of {', '.join(LAYOUTS)}")
    schema = sql.Identifier(SHOWN)
    for (name,) in connection.execute(
        "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = %s OR nspname LIKE %s", [SHOWN, f"{SHOWN}.%"]
    ).fetchall():
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))
    if layout == "hosted":
        return
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
    connection.execute(sql.SQL("COMMENT ON SCHEMA {} IS {}").format(schema, sql.Literal(f"{layout}/{company}")))
    stored = _stored_columns(connection)
    views = {"aliases": _aliases, "bare": _bare, "own": lambda there: _own(connection, there)}[layout]
    for view in views(stored):
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(_schema(view))))
        connection.execute(_create(view, company))
        _name_long_ones(connection, view)


def shown(connection: Connection[Any]) -> tuple[str, str]:
    """Return the layout that is shown and the login's company."""
    query = sql.SQL("SELECT obj_description(to_regnamespace({}), 'pg_namespace')").format(sql.Literal(SHOWN))
    row = connection.execute(query).fetchone()
    if row is None or row[0] is None:
        return "hosted", LOGIN_COMPANY
    layout, _, company = str(row[0]).partition("/")
    return layout, company


@contextmanager
def set_aside(connection: Connection[Any]) -> Iterator[None]:
    """Give the stored tables without views on them, to be altered; the layout is shown again afterwards."""
    layout, company = shown(connection)
    show(connection, "hosted")
    yield
    show(connection, layout, company)


def _stored_columns(connection: Connection[Any]) -> dict[str, dict[str, str]]:
    """The columns there are, with their types, by table and name: some may have been dropped, added or retyped."""
    found: dict[str, dict[str, str]] = {}
    rows = connection.execute(
        """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = to_regnamespace('dbo') AND c.relkind = 'r'
        ORDER BY c.relname, a.attnum
        """
    )
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    return found


def _bare(stored: dict[str, dict[str, str]]) -> Iterator[_View]:
    for table, columns in stored.items():
        listed = (definitions()[table].get("columns") or {}) if table in definitions() else {}
        assumed = {name for name, entry in listed.items() if not entry["certain"]}
        kept = tuple((name, sql.Identifier(name)) for name in columns if name not in assumed)
        if kept:
            yield _View(table, table, kept)


def _own(connection: Connection[Any], stored: dict[str, dict[str, str]]) -> Iterator[_View]:
    for view in own_site.views(connection, stored):
        yield _View(view.table, view.name, view.columns, view.own_company, view.schema)


def _aliases(stored: dict[str, dict[str, str]]) -> Iterator[_View]:
    for table, columns in stored.items():
        chosen = tuple(_alias(table, name, kind) for name, kind in _listed(table, columns).items())
        if table in _UPPER_CASE_COLUMNS:
            chosen = tuple((name.upper(), expression) for name, expression in chosen)
        if table in _ALL_COMPANIES:
            yield _View(table, _ALL_COMPANIES[table], chosen)
        name = table.lower() if table in _LOWER_CASE_TABLES else _OWN_COMPANY.get(table, table)
        yield _View(table, name, chosen, table in _OWN_COMPANY)


def _listed(table: str, columns: dict[str, str]) -> dict[str, str]:
    """The columns `infolink-tables.yaml` names, in its order, and what was added; all where it names none."""
    listed = (definitions()[table].get("columns") or {}) if table in definitions() else {}
    if not listed:
        return columns
    known = tables()[table].names
    added = {name: kind for name, kind in columns.items() if name not in known}
    return {name: columns[name] for name in listed if name in columns} | added


def _alias(table: str, name: str, kind: str) -> tuple[str, sql.Composable]:
    """A column under the last of its other names, NULL where there is nothing; a key is never NULL."""
    entry = ((definitions().get(table) or {}).get("columns") or {}).get(name, {})
    column = sql.Identifier(name)
    shown_name = entry.get("also", [name])[-1]
    if table not in tables() or name not in tables()[table].names or name in _key(table):
        return shown_name, column
    nothing = _nothing(tables()[table].column(name), bool(entry.get("required")))
    if not nothing:
        return shown_name, column
    # A CASE forgets how long or precise its column is: SQL Server's does not.
    kept = sql.SQL("(CASE WHEN {} THEN NULL ELSE {} END)::{}")
    return shown_name, kept.format(nothing.format(column), column, sql.SQL(cast(LiteralString, kind)))


def _key(table: str) -> tuple[str, ...]:
    return tables()[table].key or _TRANSACTION_KEY


def _nothing(column: Column, required: bool) -> sql.SQL | None:
    """The condition under which a column says nothing; a required amount of 0 is an amount."""
    if column.kind == "text":
        return sql.SQL("btrim({}) = ''")
    return sql.SQL("{} = 0") if column.kind == "number" and not required else None


def _schema(view: _View) -> str:
    return f"{SHOWN}.{view.schema}" if view.schema else SHOWN


def _create(view: _View, company: str) -> sql.Composed:
    columns = sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(expression, sql.Identifier(own_site.stored_name(name)))
        for name, expression in view.columns
    )
    rows = sql.SQL('WHERE btrim("Company_Code") = {}').format(sql.Literal(company)) if view.own_company else sql.SQL("")
    return sql.SQL("CREATE VIEW {} AS SELECT {} FROM {} {}").format(
        _identifier(view), columns, sql.Identifier("dbo", view.table), rows
    )


def _identifier(view: _View) -> sql.Identifier:
    return sql.Identifier(_schema(view), own_site.stored_name(view.name))


def _name_long_ones(connection: Connection[Any], view: _View) -> None:
    """Keep the names that are too long for PostgreSQL where `catalog` and the catalogue's views look for them."""
    said = sql.SQL("COMMENT ON {} {} IS {}")
    if own_site.stored_name(view.name) != view.name:
        name = sql.Literal(own_site.CALLED + view.name)
        connection.execute(said.format(sql.SQL("VIEW"), _identifier(view), name))
    for column, _ in view.columns:
        if (stored := own_site.stored_name(column)) != column:
            place = sql.Identifier(_schema(view), own_site.stored_name(view.name), stored)
            connection.execute(said.format(sql.SQL("COLUMN"), place, sql.Literal(own_site.CALLED + column)))
