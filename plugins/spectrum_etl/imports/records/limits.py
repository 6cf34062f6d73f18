"""Reads and writes `procore.limits`: how many calls Procore allows, as its answers last said. The one place for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

import psycopg

from spectrum_etl.imports.systems import Systems
from spectrum_etl.warehouse.templates import render

_HOUR = 3600


@dataclass(frozen=True)
class Pace:
    """The narrowest of the limits that Procore last reported.

    Args:
        calls: that are allowed,
        seconds: in this time.
        reported_at: when Procore said so.
    """

    calls: int
    seconds: int
    reported_at: datetime

    def takes(self, calls: int) -> int:
        """So many calls at this limit, in whole seconds."""
        return math.ceil(calls * self.seconds / self.calls)


def note(connection: psycopg.Connection, systems: Systems) -> None:
    """Keep what the client's calls were told, in the caller's transaction."""
    found = systems.procore.reported_limits
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into procore.limits as l (procore_company_id, calls, seconds, reported_at)"
            " values (%s, %s, %s, clock_timestamp()) on conflict (procore_company_id, seconds)"
            " do update set calls = excluded.calls, reported_at = excluded.reported_at",
            [(int(systems.procore.company_id), calls, seconds) for seconds, calls in sorted(found.items())],
        )


def last_reported(connection: psycopg.Connection, procore_company: int) -> Pace | None:
    """The narrowest limit of a Procore company; None where it never said one."""
    rows = connection.execute(render("imports/narrowest_limits.sql"))
    return next((Pace(*pace) for company, *pace in rows if company == procore_company), None)


def in_words(calls: int, pace: Pace | None) -> str:
    """For how long so many calls are at work, for people."""
    if pace is None:
        return "for how long is not known: Procore has not reported a limit yet"
    window = "an hour" if pace.seconds == _HOUR else f"{pace.seconds} seconds"
    return (
        f"about {_duration(pace.takes(calls))} at the limit that Procore last reported ({pace.calls} calls in {window},"
        f" {pace.reported_at:%Y-%m-%d %H:%M} UTC)"
    )


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < 90 else f"{math.ceil(seconds / 60)} min"
