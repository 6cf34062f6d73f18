"""Reads back what was written, and says where Procore holds something else."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from spectrum_etl.imports.records import calls
from spectrum_etl.imports.spec import ImportObject
from spectrum_etl.imports.steps.look import look_at, look_for_changes
from spectrum_etl.imports.systems import Systems
from spectrum_etl.warehouse.connect import connect

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Compared:
    """What was read back.

    Args:
        equal: records that hold what was sent.
        differing: the others, in words.
        hidden: records that the account may not see yet: they are read back by a later run.
    """

    equal: int
    differing: list[str]
    hidden: int = 0


def compare(systems: Systems, obj: ImportObject) -> Compared:
    """Read back every record that was written and not read back yet; no call where there is none.

    Raises:
        SpectrumEtlError: Procore cannot be read: nothing was compared.
    """
    code, differing = systems.company.code, []
    with connect(systems.url) as connection:
        connection.autocommit = True
        written = calls.to_compare(connection, obj, code)
        if not written:
            return Compared(0, [])
        look_for_changes(systems, connection, obj)
        for record in _unread(connection, obj, code):
            look_at(systems, connection, obj, record)
        held = _held(connection, obj, code, [record for _, record, _ in written])
        hidden = [record for _, record, _ in written if obj.may_be_hidden and record not in held]
        written = [each for each in written if each[1] not in hidden]
        differences = {
            call: found for call, record, sent in written if (found := _difference(obj, sent, held.get(record)))
        }
        with connection.transaction():
            calls.end_comparison(connection, obj, code, differences, hidden)
    for call, record, _ in written:
        if call in differences:
            fields = ", ".join(
                f"{name}: sent {sent!r}, holds {now!r}" for name, (sent, now) in differences[call].items()
            )
            differing.append(f"{obj.procore_title} {record} holds something else than was sent: {fields}")
            log.warning("%s, company %s: %s", obj.name, code, differing[-1])
    log.info(
        "%s, company %s: %s read back, %s differ, %s wait for permission",
        obj.name, code, len(written), len(differing), len(hidden),
    )  # fmt: skip
    return Compared(len(written) - len(differing), differing, len(hidden))


def _unread(connection: psycopg.Connection, obj: ImportObject, company: str) -> list[str]:
    """Written records that Procore has not shown since."""
    found = connection.execute(
        "select distinct c.record_id from procore.calls as c join procore.records as r using (object_name,"
        " company_code, record_id) where c.object_name = %s and c.company_code = %s and c.state = 'applied'"
        " and c.compared_at is null and r.read_at <= c.answered_at",
        [obj.name, company],
    )
    return [record for (record,) in found]


def _held(
    connection: psycopg.Connection, obj: ImportObject, company: str, records: list[str]
) -> dict[str, dict[str, Any]]:
    found = connection.execute(
        "select record_id, fields || jsonb_build_object('origin_id', origin_id, 'origin_code', origin_code,"
        " 'is_active', is_active) from procore.records where object_name = %s and company_code = %s"
        " and record_id = any(%s) and gone_at is null",
        [obj.name, company, records],
    ).fetchall()
    return dict(found)


def _difference(
    obj: ImportObject, sent: Mapping[str, Any], held: Mapping[str, Any] | None
) -> dict[str, tuple[Any, Any]]:
    if held is None:
        return {"record": ("there", "gone")}
    shown = {name: value for name, value in sent.items() if name != "id" and name not in obj.unshown}
    return {name: (value, held.get(name)) for name, value in shown.items() if _same(held.get(name)) != _same(value)}


def _same(value: Any) -> Any:
    """Accents may be composed or not: it is the same text."""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value
