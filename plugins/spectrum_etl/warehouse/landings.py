"""What is recorded of a landing: its row, its tables, its control totals."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import psycopg
from psycopg import sql

from spectrum_etl.errors import StopSync
from spectrum_etl.model.run import LANDING, Landing, Run, Scope

#: States of a landing whose outcome is not known.
OPEN_STATES = ("landing", "landed", "checked")

_LANDING = (
    "select landing_id, object_name, scope, dag_id, run_id, try_number, read_at, started_at, state"
    " from sync.landings where landing_id = %s"
)


@dataclass(frozen=True)
class LandedTable:
    """What one table of a landing holds, as committed with it.

    Args:
        table_name: staged table.
        relation: its landing table.
        reader: infolink, sdx or transactions.
        landed_rows: rows in it.
        source_rows: rows the source holds in the landing's scope, copied or known to be unchanged.
        sums: control totals: the sum of each amount as text, and the rows that `check` typed and rejected.
        absent: parts of the key that the source does not have, so that they are blank in every row.
        marked_rows: rows that hold a mark in place of a character that PostgreSQL or XML cannot hold.
        not_asked: jobs that the web service cannot be asked for by their number.
        fingerprint: stands for its rows and what becomes of them (`staging.unchanged`); empty where it was not taken.
        checks_of: the landing with the same fingerprint whose checks still hold; None where this one needs its own.
    """

    table_name: str
    relation: str
    reader: str
    landed_rows: int
    source_rows: int
    sums: Mapping[str, str | int]
    absent: Sequence[str] = ()
    marked_rows: int = 0
    not_asked: Sequence[str] = ()
    fingerprint: str = ""
    checks_of: int | None = None

    @property
    def to_publish(self) -> bool:
        """Whether its rows are to be typed, checked and published: some were landed, and not the same as before."""
        return bool(self.relation) and self.checks_of is None


def open_landing(connection: psycopg.Connection, object_name: str, scope: Scope, run: Run) -> Landing:
    """Begin a landing, and commit that it has begun.

    The moment of reading is taken here, before the first row: whatever is read is at least this new.
    """
    with connection.transaction():
        row = connection.execute(
            "insert into sync.landings (object_name, company_code, dag_id, run_id, try_number, scope, read_at, state)"
            " values (%s, %s, %s, %s, %s, %s, clock_timestamp(), 'landing') returning landing_id, read_at, started_at",
            [object_name, scope.company_code, run.dag_id, run.run_id, run.try_number, json.dumps(scope.to_dict())],
        ).fetchone()
    assert row is not None
    return Landing(row[0], object_name, scope, run, read_at=row[1], started_at=row[2])


def find_landing(connection: psycopg.Connection, landing_id: int) -> tuple[Landing, str]:
    """A landing and its state.

    Raises:
        StopSync: there is none of this number: its record was removed, or the number is not from here.
    """
    with connection.transaction():
        row = connection.execute(_LANDING, [landing_id]).fetchone()
    if row is None:
        raise StopSync(
            f"the warehouse has no landing {landing_id}",
            remedy="clear the task `land` of this run: it reads the source again",
            cause="landing incomplete",
        )
    number, object_name, scope, dag_id, run_id, try_number, read_at, started_at, state = row
    run = Run(dag_id, run_id, try_number)
    return Landing(number, object_name, Scope.from_dict(scope), run, read_at, started_at), state


def record_table(connection: psycopg.Connection, landing: Landing, landed: LandedTable) -> None:
    """Write the control totals of one landed table; the caller commits them together with its rows."""
    connection.execute(
        "insert into sync.landing_tables (landing_id, table_name, relation, reader, landed_rows, source_rows, sums,"
        " absent, marked_rows, not_asked, fingerprint) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            landing.landing_id,
            landed.table_name,
            landed.relation,
            landed.reader,
            landed.landed_rows,
            landed.source_rows,
            json.dumps(dict(landed.sums)),
            list(landed.absent),
            landed.marked_rows,
            list(landed.not_asked),
            landed.fingerprint,
        ],
    )


def take_checks_of(connection: psycopg.Connection, landing: Landing, table_name: str, checked: int) -> None:
    """Note that a table is as another landing published it, so that the checks of that one hold."""
    connection.execute(
        "update sync.landing_tables set checks_of = %s where landing_id = %s and table_name = %s",
        [checked, landing.landing_id, table_name],
    )


def landed_tables(connection: psycopg.Connection, landing: Landing) -> dict[str, LandedTable]:
    """The tables of a landing, by staged table."""
    with connection.transaction():
        rows = connection.execute(
            "select table_name, relation, reader, landed_rows, source_rows, sums, absent, marked_rows, not_asked,"
            " fingerprint, checks_of"
            " from sync.landing_tables where landing_id = %s",
            [landing.landing_id],
        ).fetchall()
    return {row[0]: LandedTable(*row) for row in rows}


def set_state(connection: psycopg.Connection, landing: Landing, state: str, message: str | None = None) -> None:
    """Move a landing on; an outcome also gets its time."""
    final = state not in OPEN_STATES
    connection.execute(
        "update sync.landings set state = %s, message = %s, finished_at = case when %s then clock_timestamp() end"
        " where landing_id = %s",
        [state, message, final, landing.landing_id],
    )


def require_whole(connection: psycopg.Connection, landing: Landing, landed: LandedTable) -> None:
    """Refuse a landing table that no longer holds what its control totals say.

    A landing table is unlogged: after a crash of PostgreSQL it is empty, and nothing but its row tells.

    Raises:
        StopSync: the table is gone, or its row count differs.
    """
    with connection.transaction():
        there = connection.execute("select to_regclass(%s)", [landed.relation]).fetchone() != (None,)
        query = sql.SQL("select count(*) from {}").format(sql.Identifier(*landed.relation.split(".")))
        count = connection.execute(query).fetchone() if there else (0,)
    assert count is not None
    if not there or count[0] != landed.landed_rows:
        raise StopSync(
            f"the landing table {landed.relation} is {'empty' if there else 'gone'}: it held {landed.landed_rows} rows"
            f" when it was read and holds {count[0]} now; the database server has probably restarted in between",
            object=landing.object_name,
            company=landing.scope.company_code,
            remedy="nothing was published and yesterday's table is untouched: clear the task `land` of this run, or"
            " wait for the next one",
            cause="landing incomplete",
        )


def record_checked(connection: psycopg.Connection, landing: Landing, table_name: str) -> None:
    """Add to the control totals how many typed and rejected rows `check` made: publish compares with them."""
    for kind in ("rows", "rejects"):
        connection.execute(
            sql.SQL(
                "update sync.landing_tables set sums = sums || jsonb_build_object(%s::text, (select count(*) from {}))"
                " where landing_id = %s and table_name = %s"
            ).format(sql.Identifier(*landing.relation(table_name, kind).split("."))),
            [kind, landing.landing_id, table_name],
        )


def require_checked(connection: psycopg.Connection, landing: Landing, landed: LandedTable) -> None:
    """Refuse typed rows that are no longer what `check` left: they too are empty after a crash of PostgreSQL.

    Raises:
        StopSync: `check` has not run, a table is gone, or its row count differs.
    """
    for kind in ("rows", "rejects"):
        if kind not in landed.sums:
            raise StopSync(
                f"the landing table {landed.relation} has not been checked",
                object=landing.object_name,
                company=landing.scope.company_code,
                remedy="nothing was published: clear the task `check` of this run",
                cause="landing incomplete",
            )
        relation = landing.relation(landed.table_name, kind)
        require_whole(connection, landing, replace(landed, relation=relation, landed_rows=int(landed.sums[kind])))


def drop_landing_tables(connection: psycopg.Connection, run: Run, object_name: str, company_code: str) -> int:
    """Drop the landing tables of every try of a run, for one object and company; also those of tries that died.

    Returns:
        How many tables were dropped.
    """
    with connection.transaction():
        numbers = landings_of(connection, run, object_name, company_code)
        tables = connection.execute(
            r"select tablename from pg_tables where schemaname = 'landing'"
            r" and substring(tablename from '_(\d+)(?:_rows|_rejects|_partitions)?$')::bigint = any(%s)",
            [numbers],
        ).fetchall()
        for (name,) in tables:
            connection.execute(sql.SQL("drop table if exists {}").format(sql.Identifier(LANDING, name)))
    return len(tables)


def landings_of(connection: psycopg.Connection, run: Run, object_name: str, company_code: str) -> list[int]:
    """The numbers of every try of a run, for one object and company; the newest first."""
    with connection.transaction():
        rows = connection.execute(
            "select landing_id from sync.landings where run_id = %s and dag_id = %s and object_name = %s"
            " and company_code = %s order by landing_id desc",
            [run.run_id, run.dag_id, object_name, company_code],
        ).fetchall()
    return [number for (number,) in rows]
