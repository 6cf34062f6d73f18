"""Claims and links of imports: what an accepted row of a plan claims until it is linked. Used by what imports.

The same table and the same indexes as `links.claims`, for many rows at a time: a plan of ten thousand rows is accepted
in one transaction. Every function works in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from spectrum_etl.links.claims import COLUMNS, RECORDS_LOCK, Claim, claim_of, records_lock
from spectrum_etl.links.keys import Space
from spectrum_etl.links.pairs import How

#: Rows as the statements below read them.
_ROWS = (
    "unnest(%(ids)s::bigint[], %(keys)s::text[], %(records)s::text[], %(titles)s::text[], %(projects)s::text[])"
    " as w (id, key, record, title, project)"
)


@dataclass(frozen=True)
class Planned:
    """A row of a plan, with the two records that it brings together.

    Args:
        row_id: of the row.
        key: key of Spectrum, as it is spelled.
        record: Procore id; empty for one that will be created.
        title: what people call it.
        project: Procore id of its project; empty for records of the company.
    """

    row_id: int
    key: str
    record: str
    title: str
    project: str = ""


def claim(
    connection: psycopg.Connection,
    object_name: str,
    company: str,
    space: Space,
    rows: Sequence[Planned],
    *,
    by: str,
    by_name: str,
) -> dict[int, Claim]:
    """Claim the key of each row, and its Procore record where it names one. Rows that have it keep it.

    Args:
        object_name, company: what is imported, of which company.
        space: of the keys.
        rows: those that are accepted.
        by, by_name: user id and name of who accepted them.

    Returns:
        By row, the claim that another has: these rows claim nothing.
    """
    values = {**_values(object_name, company, rows), "space": space, "by": by, "name": by_name or by}
    # No export may claim one of the records between the look at its claims and the end of this transaction.
    connection.execute(
        "select pg_advisory_xact_lock(%s, hashtext(%s))", [RECORDS_LOCK, records_lock(object_name, company)]
    )
    connection.execute(
        "insert into export.claims (company_code, space, key, object_name, project_id, record_id, title, linked,"  # noqa: S608
        " plan_row_id, claimed_by, claimed_by_name, claimed_at) select %(company)s, %(space)s, w.key, %(object)s,"
        " w.project, w.record, w.title, false, w.id, %(by)s, %(name)s, clock_timestamp()"
        f" from {_ROWS} where not exists (select from export.claims as c where c.object_name = %(object)s"
        " and c.company_code = %(company)s and c.record_id = w.record and w.record <> '') order by w.key"
        " on conflict do nothing",
        values,
    )
    columns = ", ".join(f"c.{name.strip()}" for name in COLUMNS.split(","))
    found = connection.execute(
        "with missed as materialized (select w.* from"  # noqa: S608
        f" {_ROWS} where not exists (select from export.claims as own where own.plan_row_id = w.id)),"
        " taken as ("
        f" select m.id, {columns}, c.claim_id from missed as m join export.claims as c"
        " on c.company_code = %(company)s and c.space = %(space)s and not c.duplicate"
        " and c.compared = export.compared(%(space)s, m.key)"
        f" union all select m.id, {columns}, c.claim_id from missed as m join export.claims as c"
        " on c.object_name = %(object)s and c.company_code = %(company)s and c.record_id = m.record and m.record <> '')"
        " select distinct on (id) * from taken order by id, linked desc, claim_id",
        values,
    )
    return {row_id: claim_of(rest) for row_id, *rest, _ in found}


def release(connection: psycopg.Connection, row_ids: Sequence[int]) -> None:
    """Give up what rows claim: they were taken back, put back, or failed before anything was written."""
    connection.execute("delete from export.claims where plan_row_id = any(%s)", [list(row_ids)])


def link(
    connection: psycopg.Connection,
    object_name: str,
    company: str,
    rows: Sequence[Planned],
    by: str,
    how: How = "import",
) -> set[int]:
    """Link what was applied: from here on it is a link like any other.

    Args:
        rows: each with its Procore id and its claim. One that is linked already stays so.
        by: user id of who accepted them.
        how: what is said of the links.

    Returns:
        The rows that could not be linked: the record, or the key, is linked to something else.
    """
    values = {**_values(object_name, company, rows), "by": by, "how": how}
    connection.execute(
        "insert into export.links (object_name, company_code, project_id, record_id, spectrum_key, how, linked_by)"  # noqa: S608
        f" select %(object)s, %(company)s, w.project, w.record, w.key, %(how)s, %(by)s from {_ROWS} order by w.key"
        " on conflict do nothing",
        values,
    )
    linked = connection.execute(
        f"select w.id from {_ROWS} join export.links as l on l.object_name = %(object)s"  # noqa: S608
        " and l.company_code = %(company)s and l.record_id = w.record and l.unlinked_at is null"
        " and lower(btrim(l.spectrum_key)) = lower(btrim(w.key))",
        values,
    ).fetchall()
    done = {row_id for (row_id,) in linked}
    connection.execute(
        f"update export.claims set linked = true, plan_row_id = null, record_id = w.record, title = w.title"  # noqa: S608
        f" from {_ROWS} where claims.plan_row_id = w.id and w.id = any(%(done)s)",
        {**values, "done": sorted(done)},
    )
    return {row.row_id for row in rows} - done


def _values(object_name: str, company: str, rows: Sequence[Planned]) -> dict[str, object]:
    return {
        "object": object_name,
        "company": company,
        "ids": [row.row_id for row in rows],
        "keys": [row.key for row in rows],
        "records": [row.record for row in rows],
        "titles": [row.title for row in rows],
        "projects": [row.project for row in rows],
    }
