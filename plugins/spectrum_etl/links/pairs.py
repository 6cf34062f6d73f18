"""Reads and writes `export.links`: which Procore record is which record of Spectrum. The one place that does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import psycopg

from spectrum_etl.errors import StopSync
from spectrum_etl.model.record import RecordId
from spectrum_etl.warehouse.connect import connect

_LIVING = "object_name = %(object)s and company_code = %(company)s and unlinked_at is null"
#: As the unique index of migration 015 compares keys, and `compared` does.
_SAME_KEY = "lower(btrim(spectrum_key)) = lower(btrim(%(key)s))"


def compared(key: str) -> str:
    """A key, or a code, as Spectrum compares it: trimmed and without case."""
    return key.strip().lower()


How = Literal["export", "by hand", "import", "taken over"]


@dataclass(frozen=True)
class Link:
    """One link that lasts.

    Args:
        id: the Procore record.
        spectrum_key: what it is called in Spectrum.
        how: exported by us; linked by hand; by an import, created in Procore or linked there; or taken over: linked as
            another integration had exported it, whose marks in Procore stay.
        content: what Procore held when it was exported; None for links by hand and imports.
        fingerprint: of that content.
    """

    id: RecordId
    spectrum_key: str
    how: How
    content: Mapping[str, Any] | None
    fingerprint: str | None


class Links:
    """What rules and documents may ask about links.

    All links of an object and company are read at the first question about them: thousands of records ask.

    Args:
        url: the warehouse.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._known: dict[tuple[str, str], tuple[dict[str, str], dict[str, str]]] = {}

    def spectrum_key(self, object_name: str, company: str, record: str) -> str | None:
        """The Spectrum key that a Procore record is linked to, or None."""
        return self._of(object_name, company)[0].get(record)

    def procore_record(self, object_name: str, company: str, spectrum_key: str) -> str | None:
        """The Procore record that a Spectrum key is linked to, however it is spelled; or None."""
        return self._of(object_name, company)[1].get(compared(spectrum_key))

    def _of(self, object_name: str, company: str) -> tuple[dict[str, str], dict[str, str]]:
        known = self._known.get((object_name, company))
        if known is None:
            with connect(self._url) as connection:
                pairs: list[tuple[str, str]] = connection.execute(
                    f"select record_id, spectrum_key from export.links where {_LIVING}"  # noqa: S608
                    " order by clash desc",
                    {"object": object_name, "company": company},
                ).fetchall()
            by_key = {compared(key): record for record, key in pairs}
            known = self._known[object_name, company] = (dict(pairs), by_key)
        return known


def living(
    connection: psycopg.Connection, object_name: str, company: str, *, with_content: bool = False
) -> dict[str, Link]:
    """The links of an object and company that last, by Procore record.

    Args:
        with_content: whether the exported contents are read, too; they are large.
    """
    content = "content" if with_content else "null"
    found = connection.execute(
        f"select project_id, record_id, spectrum_key, how, {content}, fingerprint"  # noqa: S608
        f" from export.links where {_LIVING}",
        {"object": object_name, "company": company},
    )
    return {record: Link(RecordId(company, project, record), *rest) for project, record, *rest in found}


def find(connection: psycopg.Connection, object_name: str, company: str, record: str) -> Link | None:
    """The link of a Procore record, or None where none lasts."""
    return living(connection, object_name, company).get(record)


def write(
    connection: psycopg.Connection,
    object_name: str,
    id: RecordId,
    spectrum_key: str,
    *,
    attempt_id: int,
    content: Mapping[str, Any],
    fingerprint: str,
    by: str,
) -> None:
    """Link what was exported, in the caller's transaction. What is exported again keeps its link.

    Raises:
        StopSync: the record is linked to another Spectrum key, or that key to another record.
    """
    values = {"object": object_name, "company": id.company, "record": id.record, "key": spectrum_key}
    other = connection.execute(
        f"select record_id, spectrum_key from export.links where {_LIVING}"  # noqa: S608
        f" and ((record_id = %(record)s) <> ({_SAME_KEY}))",
        values,
    ).fetchone()
    if other is not None:
        raise StopSync(
            f"Procore record {other[0]} is linked to {other[1]} already",
            object=object_name,
            company=id.company,
            record=id.record,
            field="spectrum_key",
            value=spectrum_key,
            remedy="find out which Procore record belongs to it, and end the wrong link with unlink_export",
        )
    connection.execute(
        "insert into export.links as l (object_name, company_code, project_id, record_id, spectrum_key, how,"
        " attempt_id, content, fingerprint, linked_by) values (%(object)s, %(company)s, %(project)s, %(record)s,"
        " %(key)s, 'export', %(attempt)s, %(content)s, %(fingerprint)s, %(by)s)"
        " on conflict (object_name, company_code, record_id) where unlinked_at is null do update"
        " set attempt_id = excluded.attempt_id, content = excluded.content, fingerprint = excluded.fingerprint,"
        " linked_at = clock_timestamp(), linked_by = excluded.linked_by",
        {
            **values,
            "project": id.project,
            "attempt": attempt_id,
            "content": json.dumps(content),
            "fingerprint": fingerprint,
            "by": by,
        },
    )


def write_by_hand(
    connection: psycopg.Connection, object_name: str, id: RecordId, spectrum_key: str, by: str, note: str | None = None
) -> None:
    """Keep a link that a person asked for, in the caller's transaction: it is marked so (D1), and has no content.

    Args:
        note: what a person should know of the pair.

    Raises:
        psycopg.errors.UniqueViolation: somebody linked one of the two meanwhile.
    """
    connection.execute(
        "insert into export.links (object_name, company_code, project_id, record_id, spectrum_key, how, linked_by,"
        " note) values (%s, %s, %s, %s, %s, 'by hand', %s, %s)",
        [object_name, id.company, id.project, id.record, spectrum_key, by, note],
    )


def end(connection: psycopg.Connection, object_name: str, id: RecordId, by: str) -> None:
    """End a link, in the caller's transaction; its row stays as a trace.

    Where two links clashed, the one that is left is no clash any more.
    """
    values = {"object": object_name, "company": id.company, "record": id.record, "by": by}
    ended = connection.execute(
        "update export.links set unlinked_at = clock_timestamp(), unlinked_by = %(by)s"  # noqa: S608
        f" where {_LIVING} and record_id = %(record)s returning spectrum_key",
        values,
    ).fetchone()
    if ended is not None:
        connection.execute(
            "update export.links set clash = 0, note = case when others.links = 1 then null else note end"  # noqa: S608
            f" from (select min(clash) as first, count(*) as links from export.links where {_LIVING} and {_SAME_KEY})"
            f" as others where {_LIVING} and {_SAME_KEY} and clash = others.first",
            {**values, "key": ended[0]},
        )
