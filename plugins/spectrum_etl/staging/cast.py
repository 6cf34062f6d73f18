"""How landed text becomes typed values, and which rows cannot: SQL derived from a table's spec.

Nothing is cast that was not matched against a pattern first: PostgreSQL itself would accept `NaN`, `infinity` and
`today`, and would round `1.005` without a word.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import psycopg
from psycopg import sql

from spectrum_etl.model.character_marks import MARKS, SYMBOLS, shown
from spectrum_etl.model.run import Landing
from spectrum_etl.model.spec import Column, Table
from spectrum_etl.settings import Settings
from spectrum_etl.sources.sdx.services import SUPERSELECT_CHARACTERS
from spectrum_etl.warehouse.landings import LandedTable
from spectrum_etl.warehouse.statistics import analyze_roughly, row_count
from spectrum_etl.warehouse.templates import quote, render

#: Digits before and after the decimal point of the staged types.
DIGITS = {"money": (12, 2), "quantity": (10, 4), "degrees": (8, 6)}


@dataclass(frozen=True)
class RowRule:
    """One thing that must hold for a row to be staged.

    Args:
        number: position, so that SQL can name it.
        column: the column it looks at.
        condition: SQL over the trimmed text of the columns; true where it holds, never null.
        reason: SQL text expression: why a row that breaks it cannot be staged, and what to do.
    """

    number: int
    column: str
    condition: str
    reason: str


def row_rules(
    table: Table, columns: tuple[Column, ...], reader: str, absent: Collection[str] = (), marked: bool = False
) -> list[RowRule]:
    """The row rules of a table, in the order of its columns.

    Args:
        table: the spec.
        columns: the columns that were landed.
        reader: decides how dates are written: Info-Link's arrive as YYYY-MM-DD, the web services' as MM/DD/YYYY.
        absent: assumed columns that the source does not have: a part of the key is blank in every row, which is no
            fault of any.
        marked: whether a landed row holds a mark in place of a character (`characters`).
    """
    found: list[tuple[str, str, str]] = []
    for column in columns:
        name = quote(column.name)
        if marked and identifies(table, column):
            found.append(
                (
                    column.name,
                    f"({name} is null or {name} !~ {_literal(f'[{MARKS}]')})",
                    "holds a character that PostgreSQL or XML cannot hold, and the row is known by it: enter it again"
                    " in Spectrum",
                )
            )
        needs_value = column.key or (column.required and column.blank == "reject")
        if needs_value and not column.may_be_blank and column.name not in absent:
            found.append((column.name, f"{name} is not null", "is blank, and a row needs it: fill it in in Spectrum"))
        if column.allowed:
            allowed = ", ".join(column.allowed)
            found.append(
                (
                    column.name,
                    f"({name} is null or {name} in ({', '.join(map(_literal, column.allowed))}))",
                    f"is not one of {allowed}: correct it in Spectrum",
                )
            )
        typed = _type_rule(column, reader)
        if typed:
            found.append((column.name, f"({name} is null or {typed[0]})", typed[1]))
    return [
        RowRule(number, column, condition, _literal(f"{column} {reason}"))
        for number, (column, condition, reason) in enumerate(found, 1)
    ]


def cast_rows(
    connection: psycopg.Connection, landing: Landing, table: Table, landed: LandedTable, settings: Settings
) -> tuple[int, int]:
    """Make the typed slice of a landing, and list the rows that cannot be in it.

    Args:
        connection: the warehouse; the caller's transaction.
        landing: its table `table` has been landed.
        table: the spec.
        landed: who read it, which parts of the key the source does not have, and how many rows were found to be there.
        settings: name the phase category, and whether personal columns were read.

    Returns:
        How many rows can be staged, and how many are rejected.
    """
    columns = table.read_columns(settings.stage_employees)
    month_of = next((c.name for c in columns if c.ymd), None) if table.partitioned else None
    reader, absent = landed.reader, landed.absent
    marked = landed.marked_rows > 0
    rules = row_rules(table, columns, reader, absent, marked)
    written = settings.codes_written(landing.scope.company_code) if reader == "infolink" else {}
    texts = ((column, trimmed(column, absent, marked and takes_out(table, column))) for column in columns)
    shared = {
        "landing": landing.relation(table.name),
        "month_of": month_of,
        "trimmed": [(c.name, _own_code(text, written) if c.names_company else text) for c, text in texts],
    }
    rows, rejects = landing.relation(table.name, "rows"), landing.relation(table.name, "rejects")
    connection.execute(
        sql.SQL("drop table if exists {}, {}").format(*(sql.Identifier(*r.split(".")) for r in (rows, rejects)))
    )
    connection.execute(render("publish/rejects_table.sql", kind="unlogged", rejects=rejects))
    parameters = {
        **derived_parameters(landing, settings),
        "personal": [column.name for column in table.columns if column.personal],
    }
    # Typing costs far more than the planner thinks, and handing a row on far less: large slices are for all processors.
    connection.execute("set local parallel_tuple_cost = 0")
    good = connection.execute(
        render(
            "publish/cast.sql",
            **shared,
            rows=rows,
            casts=[(c.name, _cast(c, c in columns, reader, absent)) for c in table.columns if c.derived is None],
            conditions=[rule.condition for rule in rules] or ["true"],
            selected=[(c.name, _selected(c)) for c in table.columns],
            hashed=[c.name for c in table.columns],
        ),
        parameters,
    ).rowcount
    connection.execute("set local parallel_tuple_cost to default")
    known_by = {"rejects": rejects, "key": table.key, "names_job": table.names_job}
    if good < landed.landed_rows:
        _list_wrong_rows(connection, {**shared, **known_by, "rules": rules}, parameters)
    if table.key:
        duplicates = render("publish/reject_duplicates.sql", rows=rows, **known_by)
        good -= connection.execute(duplicates, parameters).rowcount
    analyze_roughly(connection, rows)
    return good, row_count(connection, rejects)


def _list_wrong_rows(
    connection: psycopg.Connection, context: Mapping[str, object], parameters: Mapping[str, object]
) -> None:
    """List the rows that break a rule."""
    connection.execute("drop table if exists _wrong")  # of another table of this transaction
    connection.execute(render("publish/reject_find.sql", **context))
    connection.execute("analyze _wrong")
    connection.execute(render("publish/reject.sql", **context), {**parameters, "marks": MARKS, "symbols": SYMBOLS})


def reject_jobs(connection: psycopg.Connection, landing: Landing, table: Table, landed: LandedTable) -> None:
    """List the jobs that the web service could not be asked for, after `cast_rows`, in the same transaction."""
    if not landed.not_asked:
        return
    connection.execute(
        render("publish/reject_jobs.sql", rejects=landing.relation(table.name, "rejects")),
        {
            "company_code": landing.scope.company_code,
            "jobs": list(landed.not_asked),
            "shown": [shown(job) for job in landed.not_asked],
            "reason": f"job_number cannot be asked for by the web services, which take 1 to 10 characters and read"
            f" {SUPERSELECT_CHARACTERS} and ALL as an expression, so nothing of this job is read: set the reader of"
            f" {table.name} to {'transactions' if table.infolink is None else 'infolink'} in include/settings.yaml, or"
            " give the job another number in Spectrum",
        },
    )


def derived_parameters(landing: Landing, settings: Settings) -> dict[str, str]:
    """What a derived column and a check may use, bound by the driver: `%(phase_category)s`, `%(company_code)s`."""
    company = settings.company(landing.scope.company_code)
    return {"phase_category": company.phase_category, "company_code": company.code}


def identifies(table: Table, column: Column) -> bool:
    """Whether a row is known by this column: the key, or of a partitioned table what says where a posting belongs."""
    return column.key or (table.partitioned and column.required and column.blank == "reject")


def takes_out(table: Table, column: Column) -> bool:
    """Whether characters that no table can hold are taken out of a column: of texts, never of what a row is known by.

    A number or date that holds one is none: it is rejected as any other that cannot be read.
    """
    return column.type in ("code", "text") and not identifies(table, column)


def trimmed(column: Column, absent: Collection[str] = (), without_marks: bool = False) -> str:
    """SQL of the text of a landed column: blank is null, but in a part of the key that may be blank.

    Args:
        column: the column.
        absent: parts of the key that the source does not have.
        without_marks: take out the marks that stand for characters that no table can hold.
    """
    name = quote(column.name)
    if without_marks:
        name = f"translate({name}, {_literal(MARKS)}, '')"
    keeps_blank = column.may_be_blank or (column.key and column.name in absent)
    return f"btrim(coalesce({name}, ''))" if keeps_blank else f"nullif(btrim({name}), '')"


def _own_code(text: str, written: Mapping[str, str]) -> str:
    """SQL of a company's code, where the source writes some otherwise."""
    cases = "".join(f" when {_literal(other)} then {_literal(code)}" for other, code in sorted(written.items()))
    return f"case {text}{cases} else {text} end" if cases else text


def _type_rule(column: Column, reader: str) -> tuple[str, str] | None:
    name = quote(column.name)
    if column.type in DIGITS:
        whole, decimals = DIGITS[column.type]
        # No letters: PostgreSQL would take NaN, infinity and 1e5. One pattern for all of it says the same at three
        # times the cost.
        condition = f"{name} !~ '[^0-9.+-]' and pg_input_is_valid({name}, {_literal(column.sql_type)})"
        limit = f"a number of at most {whole} digits before the point"
        if column.type == "money":
            # No more decimals than cents: PostgreSQL would round them without a word.
            condition = f"case when {condition} then min_scale({name}::numeric) <= {decimals} else false end"
            limit += f" and {decimals} after it"
        return condition, f"is not {limit}: correct it in Spectrum"
    if column.type == "integer":
        return rf"{name} ~ '^[+-]?[0-9]{{1,9}}(\.0*)?$'", "is not a whole number: correct it in Spectrum"
    if column.type == "date":
        shape, iso = _date(column, reader)
        written = "YYYYMMDD" if column.ymd else "MM/DD/YYYY" if reader == "sdx" else "YYYY-MM-DD or YYYYMMDD"
        return (
            f"case when {shape} then pg_input_is_valid({iso}, 'date') else false end",
            f"is not a date of the calendar, written as {written}: correct it in Spectrum",
        )
    return None


def _date(column: Column, reader: str) -> tuple[str, str]:
    """SQL that tells whether a text has the shape of a date, and SQL that turns it into what PostgreSQL reads."""
    name = quote(column.name)
    if column.ymd:
        return f"length({name}) = 8 and {name} !~ '[^0-9]'", name
    if reader == "sdx":
        parts = (f"split_part({name}, '/', 3)", f"split_part({name}, '/', 1)", f"split_part({name}, '/', 2)")
        return f"{name} ~ '^[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}$'", " || '-' || ".join(parts)
    # A site may keep a date as a text or a number: YYYYMMDD, or with a time of day behind it.
    return f"{name} ~ '^[0-9]{{4}}-?[0-9]{{2}}-?[0-9]{{2}}([ T][0-9:.]+)?$'", name


def _cast(column: Column, landed: bool, reader: str, absent: Collection[str]) -> str:
    """SQL of the typed value, over the trimmed text of the columns."""
    if not landed:
        return f"null::{column.sql_type}"
    name = quote(column.name)
    if column.type == "date":
        return f"({_date(column, reader)[1]})::date"
    if column.type == "integer":
        return f"trunc({name}::numeric)::integer"
    if column.type == "code":
        return f'{name} collate "C"'
    if column.blank == "zero" and column.name not in absent:
        return f"coalesce({name}::{column.sql_type}, 0)"
    return f"{name}::{column.sql_type}"


def _selected(column: Column) -> str:
    if column.derived is None:
        return quote(column.name)
    return f"({column.derived})::{column.sql_type}"


def _literal(value: str) -> str:
    return sql.Literal(value).as_string()
