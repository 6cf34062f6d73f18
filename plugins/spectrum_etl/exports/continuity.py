"""Notices that the warehouse may have lost what it knew last: restarted, failed over, or restored. Used by `send`.

A standby that took over, or a backup, may lack the last claims and intents, while the calls they were for still run. As
after a lost answer, nothing is sent before such a call is over: then Spectrum holds what it did, and is looked at.
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
    connection.execute(
        f"update export.continuity set server = ({_NOW}), noticed_at = %s where server <> ({_NOW})",  # noqa: S608
        [now],
    )
    row = connection.execute("select noticed_at from export.continuity").fetchone()
    assert row is not None
    return row[0]
