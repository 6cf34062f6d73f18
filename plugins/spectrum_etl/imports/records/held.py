"""Reads and writes `procore.records`: what Procore last confirmed. The one place that does."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from spectrum_etl.imports.spec import ImportObject, Json
from spectrum_etl.model.characters import escaped, escaped_all
from spectrum_etl.sources.procore.marks import without_probe

_COLUMNS = "record_id, name, origin_id, origin_code, is_active, fields"
#: One that is gone, or differs from what was known, has changed.
_DIFFERS = (
    "(r.name, r.origin_id, r.origin_code, r.is_active, r.fields, r.gone_at) is distinct from"
    " (excluded.name, excluded.origin_id, excluded.origin_code, excluded.is_active, excluded.fields, null)"
)


def store(
    connection: psycopg.Connection, obj: ImportObject, company: str, records: Iterable[Json], *, whole: bool = False
) -> int:
    """Keep what Procore says now, streamed: one record in memory at a time. In the caller's transaction.

    Args:
        records: as Procore gives them.
        whole: whether they are all that there are; then the others are gone.

    Returns:
        How many were read.
    """
    connection.execute(
        "create temporary table if not exists _read (record_id text, name text, origin_id text, origin_code text,"
        " is_active boolean, fields jsonb) on commit drop"
    )
    connection.execute("truncate _read")
    read = 0
    with connection.cursor() as cursor, cursor.copy(f"copy _read ({_COLUMNS}) from stdin") as copy:
        for record in records:
            copy.write_row(_row(obj, record))
            read += 1
    values = {"object": obj.name, "company": company}
    connection.execute(
        "insert into procore.records as r (object_name, company_code, record_id, name, origin_id, origin_code,"  # noqa: S608
        " is_active, fields, read_at, changed_at) select distinct on (record_id) %(object)s, %(company)s,"
        f" {_COLUMNS}, clock_timestamp(), clock_timestamp() from _read order by record_id"
        " on conflict (object_name, company_code, record_id) do update set name = excluded.name,"
        " origin_id = excluded.origin_id, origin_code = excluded.origin_code, is_active = excluded.is_active,"
        " fields = excluded.fields, read_at = excluded.read_at, gone_at = null,"
        f" changed_at = case when {_DIFFERS} then excluded.changed_at else r.changed_at end",
        values,
    )
    if whole:
        connection.execute(
            "update procore.records as r set gone_at = clock_timestamp(), changed_at = clock_timestamp()"
            " where r.object_name = %(object)s and r.company_code = %(company)s and r.gone_at is null"
            " and not exists (select from _read where _read.record_id = r.record_id)",
            values,
        )
    return read


def is_inactive(connection: psycopg.Connection, row_id: int) -> bool:
    """Whether Procore has the record of a row of a plan, and it is inactive."""
    row = connection.execute(
        "select not r.is_active from procore.plan_rows as p join procore.records as r using (object_name, company_code,"
        " record_id) where p.row_id = %s and r.gone_at is null",
        [row_id],
    ).fetchone()
    return bool(row and row[0])


def gone(connection: psycopg.Connection, obj: ImportObject, company: str, record: str) -> None:
    """Procore has a record no more."""
    connection.execute(
        "update procore.records set gone_at = clock_timestamp(), changed_at = clock_timestamp()"
        " where object_name = %s and company_code = %s and record_id = %s and gone_at is null",
        [obj.name, company, record],
    )


def follow(connection: psycopg.Connection, obj: ImportObject, company: str) -> None:
    """Remember what Spectrum holds of what was linked by others: from here on its changes are followed.

    Args:
        connection: in a transaction that has made `_desired`.
    """
    connection.execute(
        "update procore.records as r set followed = d.fields || jsonb_build_object('spectrum_key',"
        " lower(d.spectrum_key)) from export.links as l join _desired as d"
        " on lower(d.spectrum_key) = lower(btrim(l.spectrum_key)) where l.object_name = %(object)s"
        " and l.company_code = %(company)s and l.unlinked_at is null and l.clash = 0 and r.object_name = l.object_name"
        " and r.company_code = l.company_code and r.record_id = l.record_id"
        " and r.followed ->> 'spectrum_key' is distinct from lower(d.spectrum_key)",
        {"object": obj.name, "company": company},
    )


@dataclass(frozen=True)
class Looked:
    """The last look at Procore.

    Args:
        procore_company_id: Procore company that was looked at.
        looked_at: when it was last asked for changes, or read whole.
        whole_at: when all of it was read.
        whole_calls: how many calls that took; None where nobody counted them.
    """

    procore_company_id: int
    looked_at: datetime
    whole_at: datetime
    whole_calls: int | None


def looked(connection: psycopg.Connection, obj: ImportObject, company: str) -> Looked | None:
    """The last look, or None."""
    row = connection.execute(
        "select procore_company_id, looked_at, whole_at, whole_calls from procore.looks where object_name = %s"
        " and company_code = %s",
        [obj.name, company],
    ).fetchone()
    return None if row is None else Looked(*row)


def note_look(
    connection: psycopg.Connection,
    obj: ImportObject,
    company: str,
    procore: int,
    at: datetime,
    *,
    calls: int,
    facts: Json | None = None,
) -> None:
    """Remember a look.

    Args:
        procore: Procore company.
        at: just before it began, by the warehouse's clock.
        calls: that it made.
        facts: where all of it was read: what else was found.
    """
    connection.execute(
        "insert into procore.looks as l (object_name, company_code, procore_company_id, looked_at, whole_at, calls,"
        " whole_calls, facts) values (%(object)s, %(company)s, %(procore)s, %(at)s, %(at)s, %(calls)s, %(calls)s,"
        " coalesce(%(facts)s::jsonb, '{}'))"
        " on conflict (object_name, company_code)"
        " do update set procore_company_id = excluded.procore_company_id, looked_at = excluded.looked_at,"
        " whole_at = case when %(facts)s::jsonb is not null then excluded.whole_at else l.whole_at end,"
        " calls = excluded.calls,"
        " whole_calls = case when %(facts)s::jsonb is not null then excluded.whole_calls else l.whole_calls end,"
        " facts = coalesce(%(facts)s::jsonb, l.facts)",
        {
            "object": obj.name,
            "company": company,
            "procore": procore,
            "at": at,
            "calls": calls,
            "facts": None if facts is None else json.dumps(escaped_all(facts)),
        },
    )


def hides(connection: psycopg.Connection, obj: ImportObject, company: str) -> bool:
    """Whether a linked record is not among those that Procore showed."""
    row = connection.execute(
        "select exists (select from export.links as l left join procore.records as r using (object_name, company_code,"
        " record_id) where l.object_name = %s and l.company_code = %s and l.unlinked_at is null and l.clash = 0"
        " and (r.record_id is null or r.gone_at is not null))",
        [obj.name, company],
    ).fetchone()
    return bool(row and row[0])


def forget(connection: psycopg.Connection, obj: ImportObject, company: str) -> None:
    """The company has another Procore company now: what was known is of the old one."""
    connection.execute("delete from procore.records where object_name = %s and company_code = %s", [obj.name, company])


def _row(obj: ImportObject, record: Json) -> tuple[Any, ...]:
    origin_id = without_probe(str(record.get("origin_id") or ""))
    return (
        str(record["id"]),
        escaped(str(record.get("name") or "")),
        escaped(origin_id) if origin_id else None,
        escaped(str(record["origin_code"])) if record.get("origin_code") else None,
        record.get("is_active") is not False,
        json.dumps({name: value if value is None else escaped(value) for name, value in obj.held(record).items()}),
    )
