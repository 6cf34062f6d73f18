"""Which pieces of the fingerprints of a landing there are and which were taken: the table `sync.fingerprint_pieces`.

A landing whose fingerprints are in several pieces can be gone on with, by the same run: what it has is committed with
the mark that says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import psycopg

from spectrum_etl.errors import StopSync
from spectrum_etl.model.run import Landing, Run, Scope
from spectrum_etl.model.selection import Years
from spectrum_etl.warehouse.landings import find_landing, landed_tables, landings_of, require_whole

Look = Literal["first", "second"]

#: First part of the advisory lock of a landing that is at work; the second is its number. An arbitrary number of ours.
LANDING_LOCK = 7_272
#: How long after its beginning a landing gives way, and how long after it is gone on with.
_GIVES_WAY, _GOES_ON = timedelta(minutes=30), timedelta(hours=1)


@dataclass(frozen=True)
class Piece:
    """One query of the fingerprints of a landing.

    Args:
        place: its number, from 0.
        years: what it asks for.
        statement: stands for what is asked.
        taken: whether its fingerprints have landed.
    """

    place: int
    years: Years
    statement: str
    taken: bool = False


def pieces_of(connection: psycopg.Connection, landing: Landing, look: Look) -> list[Piece]:
    """The pieces of a landing in their order; empty before they were planned."""
    rows = connection.execute(
        "select place, first_year, before_year, statement, taken_at is not null from sync.fingerprint_pieces"
        " where landing_id = %s and look = %s order by place",
        [landing.landing_id, look],
    ).fetchall()
    return [Piece(place, Years(first, before), statement, taken) for place, first, before, statement, taken in rows]


def plan_pieces(
    connection: psycopg.Connection, landing: Landing, look: Look, years: Sequence[Years], statement: str
) -> list[Piece]:
    """Note which pieces there are, before the first one is taken."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into sync.fingerprint_pieces (landing_id, look, place, first_year, before_year, statement)"
            " values (%s, %s, %s, %s, %s, %s)",
            [
                (landing.landing_id, look, place, stretch.first, stretch.before, statement)
                for place, stretch in enumerate(years)
            ],
        )
    return [Piece(place, stretch, statement) for place, stretch in enumerate(years)]


def mark_taken(
    connection: psycopg.Connection, landing: Landing, look: Look, piece: Piece, rows: int, seconds: float
) -> None:
    """Note that a piece has landed; the caller commits it together with the fingerprints."""
    connection.execute(
        "update sync.fingerprint_pieces set source_rows = %s, seconds = %s, taken_at = clock_timestamp()"
        " where landing_id = %s and look = %s and place = %s",
        [rows, round(seconds, 3), landing.landing_id, look, piece.place],
    )


def last_look(connection: psycopg.Connection, landing: Landing) -> tuple[float, float]:
    """How long the fingerprints of a whole company took the last time, in seconds.

    Returns:
        How long they would have taken in one piece, and the part of that which every piece costs: a pass over the
        table, estimated from pieces of different sizes. Zeros where they were never taken.
    """
    row = connection.execute(
        "select (seconds - (pieces - 1) * one_pass)::float8, one_pass::float8 from ("
        " select landing_id, sum(pieces.seconds) as seconds, count(*) as pieces, case when count(*) = 1 then 0"
        " else greatest(0, least(min(pieces.seconds),"
        " coalesce(regr_intercept(pieces.seconds, pieces.source_rows), min(pieces.seconds) / 2))) end as one_pass"
        " from sync.fingerprint_pieces as pieces join sync.landings as landings using (landing_id)"
        " where landings.company_code = %s and landings.object_name = %s and pieces.look = 'first'"
        " group by landing_id having every(pieces.taken_at is not null) order by landing_id desc limit 1) as last",
        [landing.scope.company_code, landing.object_name],
    ).fetchone()
    return row or (0.0, 0.0)


def is_recent(connection: psycopg.Connection, landing: Landing) -> bool:
    """Whether a landing may still give way: its moment of reading orders it among others, and must not be long past."""
    return _age(connection, landing) < _GIVES_WAY


def rows_by_year(connection: psycopg.Connection, company_code: str) -> list[tuple[str, int]]:
    """Each year of the published transactions with its rows, in order; dates that name none are left out."""
    return connection.execute(
        "select left(partition_month, 4), sum(source_rows)::bigint from sync.partitions"
        " where company_code = %s and source_rows > 0 and partition_month ~ '^[0-9]{4}' group by 1 order by 1",
        [company_code],
    ).fetchall()


def unfinished(connection: psycopg.Connection, object_name: str, scope: Scope, run: Run) -> Landing | None:
    """The landing that a run has begun and can go on with; None where it has to land again.

    It gave way between two pieces, or its task was killed. One that failed is not gone on with, nor one whose tables
    did not survive a crash of PostgreSQL, nor one that another process of the same run is still at work on, nor one
    that was begun long ago, before quiet hours perhaps: what it publishes counts as read when it began.

    Args:
        connection: the warehouse, in autocommit; it holds the lock of the landing from now on.
        object_name: importable object.
        scope: what the run was asked for.
        run: the Airflow run, whatever its try.
    """
    numbers = landings_of(connection, run, object_name, scope.company_code)
    if not numbers:
        return None
    landing, state = find_landing(connection, numbers[0])
    if state != "landing" or landing.scope != scope or not _in_pieces(connection, landing):
        return None
    if _age(connection, landing) >= _GOES_ON or not hold(connection, landing):
        return None
    try:
        for table in landed_tables(connection, landing).values():
            if table.relation:
                require_whole(connection, landing, table)
    except StopSync:
        return None
    return landing


def hold(connection: psycopg.Connection, landing: Landing) -> bool:
    """Hold a landing until the connection ends, as a sign of being at work on it; whether nobody else does."""
    row = connection.execute(
        "select pg_try_advisory_lock(%s, %s::bigint::integer)", [LANDING_LOCK, landing.landing_id % (1 << 31)]
    ).fetchone()
    return row == (True,)


def _age(connection: psycopg.Connection, landing: Landing) -> timedelta:
    row = connection.execute("select clock_timestamp() - %s", [landing.read_at]).fetchone()
    assert row is not None
    age: timedelta = row[0]
    return age


def _in_pieces(connection: psycopg.Connection, landing: Landing) -> bool:
    row = connection.execute(
        "select count(*) > 1 and bool_or(taken_at is not null) from sync.fingerprint_pieces"
        " where landing_id = %s and look = 'first'",
        [landing.landing_id],
    ).fetchone()
    return row == (True,)
