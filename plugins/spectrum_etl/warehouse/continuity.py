"""Notices that the warehouse may have lost what it knew last: restarted, failed over, or restored.

A standby that took over, or a backup, may lack the last claims and intents, while the calls they were for still run. As
after a lost answer, nothing is sent to Spectrum before such a call is over: then Spectrum holds what it did, and is
looked at.

A server that was only restarted has everything that was committed. Where the tables themselves are other ones, since a
backup was restored into them, or where another server has taken over, decisions may be missing as well: what somebody
took back or left out after the backup is not known. Imports do not act on a decision that is older than that.
"""

from __future__ import annotations

from datetime import datetime

import psycopg

#: Another server, the same one after a restart, or another database. Everybody may ask for these.
_NOW = (
    "select pg_postmaster_start_time()::text || '/' || oid from pg_catalog.pg_database"
    " where datname = current_database()"
)


def since(connection: psycopg.Connection, now: datetime) -> datetime | None:
    """Since when the warehouse is known to be without a gap; None where it never had one.

    Args:
        now: the time, should the gap be noticed only now.
    """
    return _noticed(connection, now)[0]


def restored(connection: psycopg.Connection) -> datetime | None:
    """When it was noticed that the warehouse is not the one that it was: restored, or taken over by another server.

    Returns:
        By the warehouse's clock; None where it never was. A restart is not one.
    """
    return _noticed(connection, None)[1]


def _noticed(connection: psycopg.Connection, now: datetime | None) -> tuple[datetime | None, datetime | None]:
    connection.execute(
        f"update export.continuity set server = ({_NOW}), noticed_at = coalesce(%s, clock_timestamp()),"  # noqa: S608
        " restored_at = case when books = export.which_books() then restored_at else clock_timestamp() end,"
        f" books = export.which_books() where server <> ({_NOW}) or books <> export.which_books()",
        [now],
    )
    row = connection.execute("select noticed_at, restored_at from export.continuity").fetchone()
    assert row is not None
    return row[0], row[1]
