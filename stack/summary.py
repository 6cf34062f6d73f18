"""What a demo brought into the warehouse: a table of the runs, and one answered question."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from stack.stage_runs import FollowedRun

_RUNS = """
select
    table_name as "table",
    sum(staged_rows)::bigint as staged,
    sum(new_rows)::bigint as "new",
    sum(changed_rows)::bigint as changed,
    sum(deleted_rows)::bigint as deleted,
    sum(rejected_rows)::bigint as rejected,
    sum(checks_passed)::bigint as "checks passed",
    sum(checks_warned)::bigint as warned,
    sum(checks_failed)::bigint as failed,
    max(seconds) as seconds
from sync.runs
where (dag_id, run_id) in (select * from unnest(%s::text[], %s::text[]))
group by object_name, table_name
order by min(finished_at), table_name
"""


def staged_table(warehouse_url: str, runs: Sequence[FollowedRun]) -> Table:
    """Return what the runs did, one line a staged table, over all companies.

    Args:
        warehouse_url: `postgresql://` URL.
        runs: the runs to sum up.
    """
    with psycopg.connect(warehouse_url) as connection:
        cursor = connection.execute(_RUNS, [[run.dag_id for run in runs], [run.run_id for run in runs]])
        return _table("What is in the warehouse now", cursor)


def answer(warehouse_url: str, file: Path) -> Table:
    """Return the answer to a question that is written as an SQL file.

    Args:
        warehouse_url: `postgresql://` URL.
        file: one query; its first comment line says what it asks.
    """
    query = file.read_text(encoding="utf-8")
    with psycopg.connect(warehouse_url) as connection:
        return _table(query.splitlines()[0].removeprefix("-- "), connection.execute(query.encode()))


def show(console: Console, table: Table) -> None:
    """Print a table below what is there."""
    console.print()
    console.print(table)


def _table(title: str, cursor: psycopg.Cursor) -> Table:
    rows = cursor.fetchall()
    table = Table(title=title, title_justify="left")
    for position, column in enumerate(cursor.description or ()):
        number = any(isinstance(row[position], int | Decimal) for row in rows)
        table.add_column(column.name, justify="right" if number else "left")
    for row in rows:
        table.add_row(*map(_text, row))
    return table


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
