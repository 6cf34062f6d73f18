"""Lands the source's fingerprints of partitions, whole or in pieces: before anything is copied, and once more after."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import sql

from spectrum_etl.model.character_marks import mark_for_database
from spectrum_etl.warehouse.templates import render

#: Job, month, rows, amount, hours, quantity, checksum; numbers as text, as the source gives them.
Fingerprint = tuple[str, str, int, str, str, str, str]

_COLUMNS = "(job_number, partition_month, source_rows, amount_sum, hours_sum, quantity_sum, checksum)"


def land_fingerprints(
    connection: psycopg.Connection, partitions: str, fingerprints: Iterable[Fingerprint], *, create: bool = True
) -> int:
    """Store the source's fingerprints, taken before anything is copied.

    Args:
        connection: the warehouse.
        partitions: relation of the landing's partitions.
        fingerprints: one a job and month.
        create: make the relation first; else they are a further piece of what it holds.

    Returns:
        How many rows of the source they stand for.
    """
    if create:
        connection.execute(render("publish/partitions_table.sql", partitions=partitions))
    rows = _copy(connection, sql.Identifier(*partitions.split(".")), fingerprints)
    connection.execute(sql.SQL("analyze {}").format(sql.Identifier(*partitions.split("."))))
    return rows


def compare_again(connection: psycopg.Connection, partitions: str, fingerprints: Iterable[Fingerprint]) -> int:
    """Mark the partitions that are as they were before the landing began.

    Args:
        connection: the warehouse, in a transaction.
        partitions: relation of the landing's partitions.
        fingerprints: of all partitions, or of those of some years, taken again.

    Returns:
        How many rows of the source they stand for.
    """
    later = sql.Identifier("_later_fingerprints")
    connection.execute(
        sql.SQL(
            'create temporary table {} (job_number text collate "C", partition_month text collate "C",'
            " source_rows bigint, amount_sum numeric, hours_sum numeric, quantity_sum numeric, checksum numeric)"
            " on commit drop"
        ).format(later)
    )
    rows = _copy(connection, later, fingerprints)
    connection.execute(sql.SQL("analyze {}").format(later))
    connection.execute(render("publish/partitions_unchanged.sql", partitions=partitions, later="_later_fingerprints"))
    return rows


def _copy(connection: psycopg.Connection, relation: sql.Identifier, fingerprints: Iterable[Fingerprint]) -> int:
    statement, rows = sql.SQL("copy {} " + _COLUMNS + " from stdin").format(relation), 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for job, month, counted, *numbers in fingerprints:
            copy.write_row((mark_for_database(job), mark_for_database(month), counted, *numbers))
            rows += counted
    return rows
