"""Reports what Procore changed of exported records although it is frozen (G5, E2), as rows of `export.drift`."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

from spectrum_etl.exports.changes import Change
from spectrum_etl.exports.spec import Candidate, ExportObject
from spectrum_etl.exports.systems import Systems
from spectrum_etl.links import pairs as links
from spectrum_etl.links.pairs import Link
from spectrum_etl.sources.faults import NotAllowed, NotFound, SourceFault, UnknownHost
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.migrate import migrate

log = logging.getLogger(__name__)

#: The name of the field where the whole record is gone.
RECORD = "record"


def report_drift(systems: Systems, obj: ExportObject) -> int:
    """Compare every exported record with what Procore holds now; new differences are noted once, gone ones resolved.

    A record that Procore does not let be read is left as it was reported last: its project has its own tools and
    permissions, and `collect` reports such a project.

    Returns:
        How many differences there are now.

    Raises:
        SpectrumEtlError: Procore cannot be read, or lets none of them be read; what was compared so far is noted.
    """
    company, count = systems.company, 0
    refused: list[SourceFault] = []
    compared = 0
    with connect(systems.url) as connection:
        connection.autocommit = True
        migrate(connection)  # it runs beside `collect`, and the first run of all meets a warehouse without tables
        exported = links.living(connection, obj.name, company.code, with_content=True)
        for link in exported.values():
            if link.content is None:
                continue  # linked by hand: nothing is known of what was exported
            try:
                now = obj.read(systems.procore, company, link.id)
            except (NotAllowed, UnknownHost, NotFound) as error:
                log.warning("%s %s is not compared: %s", obj.title, link.id.record, error)
                refused.append(error)
                continue
            compared += 1
            found = list(_differences(obj, link, now))
            with connection.transaction():
                _write(connection, obj, link, found)
            for change in found:
                log.warning("%s", _in_words(obj, link, change))
            count += len(found)
        connection.execute(
            "update export.drift set resolved_at = clock_timestamp() where object_name = %s and company_code = %s"
            " and resolved_at is null and record_id <> all(%s)",
            [obj.name, company.code, list(exported)],
        )
    log.info(
        "%s, company %s: %s records compared, %s could not be read, %s differences",
        obj.name,
        company.code,
        compared,
        len(refused),
        count,
    )
    if refused and not compared:
        raise refused[0]
    return count


def _differences(obj: ExportObject, link: Link, now: Candidate | None) -> Iterator[Change]:
    if now is None:
        yield Change(
            RECORD,
            link.spectrum_key,
            None,
            "Procore no longer has it",
            "restore it there, or delete it in Spectrum and unlink it",
        )
        return
    exported: Mapping[str, Any] = link.content or {}
    if obj.changed is not None:
        yield from obj.changed(exported, now.content)
        return
    for name in obj.frozen:
        was, current = exported.get(name), now.content.get(name)
        if was != current:
            yield Change(
                name,
                was,
                current,
                f"{name} was changed in Procore after the export",
                "change it back there, or make the same change in Spectrum by hand",
            )


def _in_words(obj: ExportObject, link: Link, change: Change) -> str:
    what = f"{obj.title} {link.id.record}, exported as {link.spectrum_key}: {change.happened}"
    return f"{what}. What to do: {change.remedy}"


def _write(connection: psycopg.Connection, obj: ExportObject, link: Link, found: list[Change]) -> None:
    key = {
        "object": obj.name,
        "company": link.id.company,
        "project": link.id.project,
        "record": link.id.record,
        "key": link.spectrum_key,
    }
    for change in found:
        connection.execute(
            "insert into export.drift (object_name, company_code, project_id, record_id, spectrum_key, field, exported,"
            " held, message, happened, remedy) values (%(object)s, %(company)s, %(project)s, %(record)s, %(key)s,"
            " %(field)s, %(was)s, %(held)s, %(message)s, %(happened)s, %(remedy)s)"
            " on conflict (object_name, company_code, record_id, field)"
            " where resolved_at is null do update set held = excluded.held, exported = excluded.exported,"
            " message = excluded.message, happened = excluded.happened, remedy = excluded.remedy,"
            " last_seen_at = clock_timestamp()",
            {
                **key,
                "field": change.name,
                "was": json.dumps(change.was),
                "held": json.dumps(change.now),
                "message": _in_words(obj, link, change),
                "happened": change.happened,
                "remedy": change.remedy,
            },
        )
    connection.execute(
        "update export.drift set resolved_at = clock_timestamp() where object_name = %(object)s"
        " and company_code = %(company)s and record_id = %(record)s and resolved_at is null"
        " and field <> all(%(open)s)",
        {**key, "open": [change.name for change in found]},
    )
