"""The SQL of the checks: which rows do not meet one. Used by `expectations` to count and by `run` to show them.

The files below `include/sql/checks` hold one query each that returns the offending rows or keys, every one with
`row_count`: the rows of the slice it stands for. In them

- `{{ batch }}` is the landed slice, all of it rows of one company;
- `{{ slice("TABLE") }}` is the slice of a table that is published together with it, or the living staged rows where
  that table is not part of the run;
- `{{ staged("TABLE") }}` is a staged table, with its `_deleted_at`; empty where it has never been created.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from psycopg import sql

from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.spec import Check, Column, Table
from spectrum_etl.warehouse.templates import quote, quote_all, render

EXAMPLES = 20

#: What Great Expectations replaces by the slice, or by a subquery with an alias, so it cannot take another one.
_BATCH = "{batch}"

# A colon in a comment would be a parameter to SQLAlchemy, and a brace one to Great Expectations.
_COMMENT = re.compile(r"^\s*--.*\n?", re.MULTILINE)


def tables_of(check: Check) -> set[str]:
    """Names of the tables beside the slice that a check's query reads."""
    named: set[str] = set()

    def note(table: str) -> str:
        named.add(table)
        return table

    if check.query:
        _render(check, note, note)
    return named


def offenders(check: Check, existing: Mapping[str, bool], slices: Mapping[str, str]) -> str:
    """The query of a `unique` or `sql` check: its offending keys, each with `row_count`.

    The slice is left open in it, as `{batch}`, which Great Expectations fills in.

    Args:
        check: the check.
        existing: staged table -> whether it has been created, for each that the query names.
        slices: table -> relation of its slice in this run, with its schema.
    """
    if check.kind == "unique":
        key = quote_all(check.columns)
        return f"select {key}, count(*) as row_count from {_BATCH} group by {key} having count(*) > 1"  # noqa: S608

    def staged(table: str) -> str:
        return quote(f"spectrum.{table}") if existing[table] else _empty(table)

    def slice_of(table: str) -> str:
        if table in slices:
            return quote(slices[table])
        return f"(select * from {staged(table)} as living where _deleted_at is null)"  # noqa: S608

    query = _COMMENT.sub("", _render(check, slice_of, staged)).strip()
    # Not materialized: a query that names the slice twice would otherwise copy it.
    return f"with _batch as not materialized (select * from {_BATCH}) select found.* from ({query}) as found"  # noqa: S608


def worst_offenders(offending: str, relation: str, amount: str | None = None) -> sql.SQL:
    """How many keys a `unique` or `sql` check found, on how many rows, and the worst of them.

    Args:
        offending: what `offenders` returned.
        relation: the landed slice.
        amount: a column of it that is added up.

    Returns:
        A query of `_keys`, `_rows`, `_amount` and the columns of the offending rows, at most `EXAMPLES` rows.
    """
    text = offending.replace(_BATCH, quote(relation))
    added = f"sum({quote(amount)}) over ()" if amount else "null::numeric"
    return sql.SQL(
        f"select count(*) over () as _keys, sum(row_count) over ()::bigint as _rows, {added} as _amount, found.*"  # type: ignore[arg-type]  # noqa: S608
        f" from ({text}) as found order by row_count desc, found::text limit {EXAMPLES}"
    )


def offending_rows(check: Check, table: Table, relation: str, values: tuple[str, ...]) -> sql.Composed:
    """How many rows do not meet a check of one or two columns, and some of them.

    Args:
        check: of another kind than `unique` and `sql`.
        table: its table.
        relation: the landed slice.
        values: the allowed values of an `in_set` check.

    Returns:
        A query of `_rows` and the columns to show, at most `EXAMPLES` rows: each wrong value with its count for
        `in_set`, else rows with what identifies them.
    """
    column = sql.Identifier(check.columns[0])
    parts = {"batch": sql.Identifier(*relation.split(".")), "column": column}
    if check.kind == "in_set":
        return sql.SQL(
            "select sum(count(*)) over ()::bigint as _rows, {column}, count(*) as row_count from {batch}"
            " where {column} <> all({values}::text[]) group by {column} order by row_count desc, {column} limit {limit}"
        ).format(values=sql.Literal(list(values)), limit=EXAMPLES, **parts)
    if check.kind == "not_null":
        wrong = sql.SQL("{} is null").format(column)
    elif check.kind == "ordered":
        wrong = sql.SQL("{} > {}").format(column, sql.Identifier(check.columns[1]))
    else:
        limits = zip(("<", ">"), bounds(check, table.column(check.columns[0])), strict=True)
        sides = [sql.SQL(f"{{}} {sign} {{}}").format(column, limit) for sign, limit in limits if limit is not None]
        wrong = sql.SQL(" or ").join(sides)
    identifying = tuple(column.name for column in table.columns if column.key or column.required)
    shown = [name for name in dict.fromkeys((*identifying, *check.columns)) if not table.column(name).personal]
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in shown)
    return sql.SQL(
        "select count(*) over () as _rows, {columns} from {batch} where {wrong} order by {columns} limit {limit}"
    ).format(columns=columns, wrong=wrong, limit=EXAMPLES, **parts)


def bounds(check: Check, column: Column) -> tuple[Decimal | date | None, Decimal | date | None]:
    """Minimum and maximum of a `between` check as values of its column's type; None where it has no such bound.

    Raises:
        ValueError: the column's type knows no bounds.
    """
    return _bound(check.minimum, check, column), _bound(check.maximum, check, column)


def _bound(text: str | None, check: Check, column: Column) -> Decimal | date | None:
    if text is None:
        return None
    if column.type == "date":
        return date.fromisoformat(text)
    if column.type in ("money", "quantity", "degrees", "integer"):
        return Decimal(text)
    raise ValueError(f"check {check.name}: {column.name} is of type {column.type}, which has no bounds")


def _render(check: Check, slice_of: Callable[[str], str], staged: Callable[[str], str]) -> str:
    return render(f"checks/{check.query}", batch="_batch", slice=slice_of, staged=staged).as_string()


def _empty(table: str) -> str:
    spec = next(t for entry in OBJECTS.values() for t in entry.tables if t.name == table)
    columns = [(column.name, column.sql_type) for column in spec.columns]
    columns.append(("_deleted_at", "timestamptz"))
    return f"(select {', '.join(f'null::{kind} as {quote(name)}' for name, kind in columns)} where false)"
