"""The warehouse's books of imports and exports as they were at a moment, to be restored as from yesterday's dump.

Quickly, as sequences need it: table by table. `real_dump` is the way of `pg_dump`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from stack.postgres_files import wheel_programs
from tests.imports.vendors.imports_world import World

#: In the order in which they can be written.
TABLES = (
    "procore.takeovers", "procore.foreign_ids", "procore.looks", "procore.records", "procore.plans",
    "procore.plan_rows", "procore.left_out", "procore.restores", "procore.calls", "export.links", "export.claims",
    "export.queue",
)  # fmt: skip
#: A dump holds the numbers that were given, too.
SEQUENCES = {
    "procore.takeovers": "takeover_id", "procore.plans": "plan_id", "procore.plan_rows": "row_id",
    "procore.calls": "call_id", "export.claims": "claim_id", "export.links": "link_id",
}  # fmt: skip


@dataclass(frozen=True)
class Dump:
    """Rows as text, by table; and the last number of each table that gives numbers."""

    rows: dict[str, list[tuple[Any, ...]]]
    numbers: dict[str, int]

    @classmethod
    def of(cls, world: World) -> Dump:
        """What the books hold now."""
        with psycopg.connect(world.url) as connection:
            rows = {
                table: connection.execute(
                    sql.SQL("select to_jsonb(t)::text from {} as t").format(_named(table))
                ).fetchall()
                for table in TABLES
            }
            numbers = {
                table: connection.execute("select nextval(pg_get_serial_sequence(%s, %s))", [table, column]).fetchone()[
                    0
                ]  # type: ignore[index]
                for table, column in SEQUENCES.items()
            }
        return cls(rows, numbers)

    @classmethod
    def empty(cls, world: World) -> Dump:
        """Of the day before the first plan."""
        return cls({table: [] for table in TABLES}, dict.fromkeys(SEQUENCES, 1))

    def restore(self, world: World) -> None:
        """Make the books what they were; Procore, and what is staged, stay as they are now."""
        with psycopg.connect(world.url) as connection:
            for table in reversed(TABLES):
                connection.execute(sql.SQL("delete from {}").format(_named(table)))
            for table in TABLES:
                for (row,) in self.rows[table]:
                    columns = [
                        name
                        for (name,) in connection.execute(
                            "select attname::text from pg_attribute where attrelid = %s::regclass and attnum > 0"
                            " and not attisdropped and attgenerated = '' order by attnum",
                            [table],
                        )
                    ]
                    names = sql.SQL(", ").join(map(sql.Identifier, columns))
                    connection.execute(
                        sql.SQL(
                            "insert into {table} ({names}) overriding system value select {names}"
                            " from jsonb_populate_record(null::{table}, %s::jsonb)"
                        ).format(table=_named(table), names=names),
                        [row],
                    )
            for table, column in SEQUENCES.items():
                connection.execute(
                    "select setval(pg_get_serial_sequence(%s, %s), %s)", [table, column, self.numbers[table]]
                )
            # Restored, too, with the row that it had: in another file.
            connection.execute(
                "with row as materialized (select * from export.continuity) select * into temporary _row from row"
            )
            connection.execute("truncate export.continuity")
            connection.execute("insert into export.continuity select * from _row")


def real_dump(world: World) -> Callable[[], None]:
    """A dump of the warehouse by `pg_dump`; what is given restores it into the same database, as `pg_restore` does."""
    tools = wheel_programs()
    made = subprocess.run([tools / "pg_dump", "--format=custom", world.url], check=True, capture_output=True).stdout

    def restore() -> None:
        world.close()
        subprocess.run(
            [tools / "pg_restore", "--clean", "--if-exists", "--single-transaction", "--dbname", world.url],
            input=made, check=True, capture_output=True,
        )  # fmt: skip

    return restore


def _named(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))
