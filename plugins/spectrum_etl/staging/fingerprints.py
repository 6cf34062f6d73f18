"""Takes the fingerprints of a partitioned table; those of a long history by years, so that others get a turn (O2).

Each piece is a query of its own, and costs the source a pass over the table without hashing the other years. So only a
history whose fingerprints took longer than `piece_seconds` the last time is cut, into no more pieces than it takes: a
site of 150,000 transactions asks once, as it always did. Between two pieces the landing gives way, if whoever runs it
says that somebody waits; else it goes on at once.

A posting that moves from one year to another between two pieces is like one that moves while a query runs: it is staged
twice or not at all until the next sync, which finds the other month changed.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import psycopg

from spectrum_etl.errors import RetryLater
from spectrum_etl.model.run import Landing
from spectrum_etl.model.selection import Selection, Years
from spectrum_etl.model.spec import Table
from spectrum_etl.settings import Settings
from spectrum_etl.sources.company import Sources
from spectrum_etl.warehouse.fingerprints import Fingerprint
from spectrum_etl.warehouse.pieces import (
    Look,
    Piece,
    is_recent,
    last_look,
    mark_taken,
    pieces_of,
    plan_pieces,
    rows_by_year,
)

log = logging.getLogger(__name__)

#: Whether somebody waits for Info-Link.
OthersWait = Callable[[], bool]


class GaveWay(Exception):
    """The landing is between two queries, and others wait for Info-Link: call `land` again later, in the same run."""


def take_fingerprints(
    connection: psycopg.Connection,
    table: Table,
    landing: Landing,
    look: Look,
    sources: Sources,
    settings: Settings,
    store: Callable[[Iterable[Fingerprint], bool], int],
    others_wait: OthersWait | None,
) -> None:
    """Take what a landing still lacks of the fingerprints of its scope.

    Args:
        connection: the warehouse, in autocommit.
        table: the spec.
        landing: the landing.
        look: which time.
        sources: of the company.
        settings: how long a piece may take.
        store: lands fingerprints, in the transaction of their piece; whether it is the first; gives the rows they stand
            for.
        others_wait: asked after each of several pieces; None: the landing cannot give way, so nothing is cut.

    Raises:
        GaveWay: others have their turn first.
        RetryLater: the statement is not the one that the first pieces were taken with.
    """
    selection = landing.scope.selection(settings.stage_employees)
    if landing.scope.narrowed:
        with connection.transaction():
            store(sources.infolink.fingerprints(table, selection), True)
        return
    pieces = _pieces(connection, table, landing, look, sources, settings, selection, others_wait is not None)
    for piece in pieces:
        if piece.taken:
            continue
        begun = time.monotonic()
        with connection.transaction():
            asked = replace(selection, years=piece.years)
            rows = store(sources.infolink.fingerprints(table, asked), piece.place == 0)
            mark_taken(connection, landing, look, piece, rows, time.monotonic() - begun)
        if len(pieces) > 1:
            log.info(
                "%s of company %s: piece %s of %s of the fingerprints, %s rows",
                table.name,
                landing.scope.company_code,
                piece.place + 1,
                len(pieces),
                rows,
            )
            # After the last one it goes on: what is copied later than it was fingerprinted has often changed by then.
            if others_wait is not None and piece is not pieces[-1] and is_recent(connection, landing) and others_wait():
                log.info("others wait for Info-Link and have their turn; this landing goes on later")
                raise GaveWay


def cut(years: Sequence[tuple[str, int]], seconds: float, max_seconds: float) -> tuple[Years, ...]:
    """Stretches of years that together are everything, each of about so many seconds at most, and of a year at least.

    Args:
        years: each year with its rows, in order.
        seconds: how long all of them took.
        max_seconds: how long one may take.
    """
    total = sum(rows for _, rows in years)
    if seconds <= max_seconds or not total:
        return (Years(),)
    begins: list[str] = []
    inside = 0.0
    for place, (year, rows) in enumerate(years):
        takes = seconds * rows / total
        if place and inside + takes > max_seconds:
            begins.append(year)
            inside = 0.0
        inside += takes
    return tuple(Years(first, before) for first, before in zip(["", *begins], [*begins, None], strict=True))


def _pieces(
    connection: psycopg.Connection,
    table: Table,
    landing: Landing,
    look: Look,
    sources: Sources,
    settings: Settings,
    selection: Selection,
    gives_way: bool,
) -> list[Piece]:
    """The pieces of this landing, as they were planned when the first one was to be taken."""
    text = sources.infolink.fingerprint_text(table, selection)
    statement = hashlib.sha256(text.encode()).hexdigest()
    planned = pieces_of(connection, landing, look)
    if any(piece.statement != statement for piece in planned):
        raise RetryLater(
            "what is read of the table has changed since the first piece of its fingerprints was taken",
            object=table.name,
            company=landing.scope.company_code,
            remedy="the task is retried automatically, and begins from the start",
        )
    if planned:
        return planned
    years: tuple[Years, ...] = (Years(),)
    if gives_way:
        company = landing.scope.company_code
        seconds, one_pass = last_look(connection, landing)
        max_seconds = max(settings.infolink.piece_seconds, 2 * one_pass)
        years = cut(rows_by_year(connection, company), seconds, max_seconds)
    with connection.transaction():
        return plan_pieces(connection, landing, look, years, statement)
