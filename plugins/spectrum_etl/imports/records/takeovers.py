"""Reads and writes `procore.takeovers` and `procore.foreign_ids`: what was confirmed of another integration (N12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from psycopg.rows import class_row

from spectrum_etl.imports.spec import ImportObject
from spectrum_etl.imports.systems import Systems
from spectrum_etl.warehouse.templates import render


@dataclass(frozen=True)
class Takeover:
    """A confirmation that stands; the comments of `procore.takeovers` say what each column means."""

    takeover_id: int
    confirmed_by: str
    confirmed_at: datetime
    second_look_due: datetime
    second_look_at: datetime | None


@dataclass(frozen=True)
class OtherIds:
    """Records of Procore that another integration has marked.

    Args:
        count: how many.
        examples: name and origin id of the first of them.
    """

    count: int
    examples: tuple[tuple[str, str], ...]

    @property
    def named(self) -> str:
        """Some of them, for people."""
        return ", ".join(f"{name} ({origin})" for name, origin in self.examples)


def confirmation(connection: psycopg.Connection, systems: Systems, obj: ImportObject) -> Takeover | None:
    """The confirmation that stands for the Procore company, or None."""
    with connection.cursor(row_factory=class_row(Takeover)) as cursor:
        return cursor.execute(
            f"select {', '.join(Takeover.__dataclass_fields__)} from procore.takeovers"  # noqa: S608
            " where object_name = %s and company_code = %s and procore_company_id = %s and ended_at is null",
            [obj.name, systems.company.code, int(systems.procore.company_id)],
        ).fetchone()


def is_on(connection: psycopg.Connection, systems: Systems, obj: ImportObject) -> bool:
    """Whether it was confirmed that the other integration is switched off, and looked at twice."""
    found = confirmation(connection, systems, obj)
    return found is not None and found.second_look_at is not None


def foreign(
    connection: psycopg.Connection, systems: Systems, obj: ImportObject, since: Takeover | None = None
) -> OtherIds:
    """Records that carry an id of another integration, by the last look.

    Args:
        since: only those whose id was not there when this was confirmed.
    """
    rows = connection.execute(
        render("imports/foreign_marks.sql"),
        {
            "object": obj.name,
            "company": systems.company.code,
            "own": systems.own_marks,
            "takeover": None if since is None else since.takeover_id,
        },
    ).fetchall()
    return OtherIds(rows[0][0] if rows else 0, tuple((name, origin) for _, name, origin in rows))


def begin(
    connection: psycopg.Connection, systems: Systems, obj: ImportObject, by: str, looked_at: datetime, wait: timedelta
) -> Takeover:
    """Keep what somebody confirms, with the ids that are there now, in the caller's transaction.

    Args:
        by: Airflow user who confirms it.
        looked_at: when Procore was read for it.
        wait: how long after that it is read again.
    """
    code = systems.company.code
    connection.execute(
        "update procore.takeovers set ended_at = clock_timestamp(), ended_because = 'it was confirmed again'"
        " where object_name = %s and company_code = %s and ended_at is null",
        [obj.name, code],
    )
    made = connection.execute(
        "insert into procore.takeovers (object_name, company_code, procore_company_id, confirmed_by, first_look_at,"
        " second_look_due) values (%s, %s, %s, %s, %s, %s) returning takeover_id",
        [obj.name, code, int(systems.procore.company_id), by, looked_at, looked_at + wait],
    ).fetchone()
    assert made is not None
    connection.execute(
        render("imports/begin_takeover.sql"),
        {"takeover": made[0], "object": obj.name, "company": code, "own": systems.own_marks},
    )
    found = confirmation(connection, systems, obj)
    assert found is not None
    return found


def note_second_look(connection: psycopg.Connection, takeover: Takeover, at: datetime) -> None:
    """Procore was read again, and the other integration has written nothing."""
    connection.execute(
        "update procore.takeovers set second_look_at = %s where takeover_id = %s and second_look_at is null",
        [at, takeover.takeover_id],
    )


def end(connection: psycopg.Connection, takeover: Takeover, because: str) -> None:
    """It is no longer true."""
    connection.execute(
        "update procore.takeovers set ended_at = clock_timestamp(), ended_because = %s where takeover_id = %s",
        [because, takeover.takeover_id],
    )
