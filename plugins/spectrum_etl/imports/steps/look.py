"""Looks at what Procore holds, and keeps it in the warehouse."""

from __future__ import annotations

import logging
import math
from datetime import datetime, timedelta

import psycopg

from spectrum_etl.imports.records import held, limits
from spectrum_etl.imports.spec import ImportObject
from spectrum_etl.imports.systems import Systems

log = logging.getLogger(__name__)

#: The clocks of Procore and of the warehouse differ by less.
_CLOCKS = timedelta(hours=1)


def look(systems: Systems, connection: psycopg.Connection, obj: ImportObject, *, again: bool = False) -> datetime:
    """Look at Procore's records, unless that was done lately and none is waiting for permission.

    All of them are read: Procore tells what has changed, not what is gone. Where that takes more calls than one look
    may make, a look asks for what has changed, and all are read only as often as these calls allow.

    Args:
        connection: outside a transaction.
        again: read all of them, however lately that was done.

    Returns:
        When Procore was last looked at, by the warehouse's clock.

    Raises:
        SpectrumEtlError: Procore cannot be read; what was known stays.
    """
    code, procore = systems.company.code, int(systems.procore.company_id)
    now = _now(connection)
    last = held.looked(connection, obj, code)
    known = last is not None and last.procore_company_id == procore
    hides = obj.may_be_hidden and held.hides(connection, obj, code)
    if last is not None and known and not again and not hides:
        lately = timedelta(hours=systems.settings.imports.look_every_hours)
        looks = math.ceil((last.whole_calls or 1) / systems.settings.imports.calls_a_look)
        if now - last.whole_at < lately * looks:
            if looks == 1 or now - last.looked_at < lately:
                return last.looked_at
            look_for_changes(systems, connection, obj)
            return now
    made = systems.procore.calls_made
    with connection.transaction():
        if last is not None and not known:
            held.forget(connection, obj, code)
        read = held.store(connection, obj, code, obj.read_all(systems.procore), whole=True)
        facts = obj.facts(systems.procore, systems.settings) if obj.facts is not None else {}
        calls = systems.procore.calls_made - made
        held.note_look(connection, obj, code, procore, now, calls=calls, facts=facts)
        limits.note(connection, systems)
    log.info("%s, company %s: Procore holds %s, read in %s calls", obj.name, code, read, calls)
    return now


def look_for_changes(systems: Systems, connection: psycopg.Connection, obj: ImportObject) -> datetime:
    """Ask Procore what has changed since it was last looked at.

    Returns:
        When it was looked at before that.
    """
    code, procore = systems.company.code, int(systems.procore.company_id)
    last = held.looked(connection, obj, code)
    if last is None or last.procore_company_id != procore:
        return look(systems, connection, obj)
    now, made = _now(connection), systems.procore.calls_made
    with connection.transaction():
        changed = obj.read_changed(systems.procore, last.looked_at - _CLOCKS, now + _CLOCKS)
        read = held.store(connection, obj, code, changed)
        calls = systems.procore.calls_made - made
        held.note_look(connection, obj, code, procore, now, calls=calls)
        limits.note(connection, systems)
    log.info("%s, company %s: Procore says that %s have changed, in %s calls", obj.name, code, read, calls)
    return last.looked_at


def look_at(systems: Systems, connection: psycopg.Connection, obj: ImportObject, record: str) -> None:
    """Read one record again: of inactive ones Procore may not say that they have changed."""
    found = obj.writing.read_one(systems.procore, record)
    with connection.transaction():
        if found is None:
            held.gone(connection, obj, systems.company.code, record)
        else:
            held.store(connection, obj, systems.company.code, [found])


def look_for_ours(systems: Systems, connection: psycopg.Connection, obj: ImportObject, origin_id: str) -> None:
    """Read the record that carries an origin id of ours; a permission is no change, so that lists of those lack it."""
    found = obj.writing.by_origin(systems.procore, origin_id)
    with connection.transaction():
        held.store(connection, obj, systems.company.code, found)


def _now(connection: psycopg.Connection) -> datetime:
    row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None
    return row[0]
