"""Reads and writes `export.claims`: which record has which key of Spectrum, now.

The unique index of the table decides, whatever two processes do at the same time. Keys are compared by the warehouse
(`export.compared`), so that SQL and Python never differ about them. Every function works in the caller's transaction.
What imports claim for accepted rows of their plans is in the same table: `links.planned` writes those claims, and here
they stand in the way like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from spectrum_etl.errors import FixRecord, RetryLater
from spectrum_etl.links.keys import Key

#: The columns that make a `Claim`.
COLUMNS = (
    "space, key, object_name, company_code, project_id, record_id, title, linked, plan_row_id is not null,"
    " claimed_by_name, claimed_at"
)
_OWN = "object_name = %(object)s and company_code = %(company)s and record_id = %(record)s and plan_row_id is null"
#: First part of the advisory lock of the Procore records of an object and company: several exports may claim at a time,
#: or one import. An index cannot say that a record is claimed by one direction only. An arbitrary number of our own.
RECORDS_LOCK = 7_273
#: How often a key is tried to be claimed that others claim and give up in the same moments.
_TRIES = 5


@dataclass(frozen=True)
class Owner:
    """The record that has a key.

    Args:
        object_name: exportable object.
        company: Spectrum company code.
        project, record: its Procore ids; no project for records of the company.
        title: what people call it.
    """

    object_name: str
    company: str
    project: str
    record: str
    title: str

    def is_same(self, other: Owner) -> bool:
        """Whether the two are one record, whatever it is called."""
        return (self.object_name, self.company, self.record) == (other.object_name, other.company, other.record)


@dataclass(frozen=True)
class Claim:
    """One key that a record has.

    Args:
        key: as its owner spells it.
        owner: who has it.
        linked: whether the owner is linked to it; otherwise it is being exported or imported, or failed on the way.
        planned: whether it is that of an accepted row of a plan, which imports apply; then the owner may not have a
            Procore id yet.
        by: name of who accepted or linked the owner.
        at: when.
    """

    key: Key
    owner: Owner
    linked: bool
    planned: bool
    by: str
    at: datetime

    @property
    def in_words(self) -> str:
        """Who has it and since when, for people."""
        owner = self.owner
        how = "linked" if self.linked else "accepted into Procore" if self.planned else "accepted"
        id = f"Procore id {owner.record}" if owner.record else "new in Procore"
        return (
            f"{self.key.in_words} belongs to {owner.title} ({owner.object_name.replace('_', ' ')}, {id}), {how}"
            f" by {self.by} on {self.at:%Y-%m-%d at %H:%M} UTC"
        )


class Taken(FixRecord):
    """Another record has the key.

    Args:
        claim: that record's.
    """

    claim: Claim


def claim(
    connection: psycopg.Connection,
    owner: Owner,
    keys: Iterable[Key],
    *,
    attempt_id: int,
    by: str,
    by_name: str,
    at: datetime,
) -> None:
    """Claim the keys of what is sent of a record, all or none. What it claimed before and is not among them is free.

    Args:
        owner: the record.
        keys: every key that its document writes under.
        attempt_id: the attempt of the ledger.
        by, by_name: user id and name of who accepted it.
        at: when they did.

    Raises:
        Taken: another record has one of them: nothing was claimed.
        RetryLater: others claim them and give them up in the same moments.
    """
    # In one order, so that two that want the same never wait for each other.
    wanted = sorted(set(keys))
    values = {**_values(owner), "attempt": attempt_id, "by": by, "name": by_name or by, "at": at, "linked": False}
    with connection.transaction():
        _refuse_planned(connection, owner)
        _give_up(connection, owner, but=wanted)
        for _ in range(_TRIES):
            missing = _insert(connection, owner, wanted, values)
            if not missing:
                connection.execute(
                    "update export.claims set attempt_id = %(attempt)s, claimed_by = %(by)s,"  # noqa: S608
                    " claimed_by_name = %(name)s, claimed_at = %(at)s, title = %(title)s"
                    f" where {_OWN} and not linked and not duplicate",
                    values,
                )
                return
            if found := _find(connection, owner.company, missing):
                raise _taken(found[0], owner)
            wanted = missing  # given up since
        raise RetryLater(
            f"{wanted[0].in_words} could not be claimed: others keep claiming and releasing it",
            object=owner.object_name, company=owner.company, record=owner.title, remedy="answer again in a minute",
        )  # fmt: skip


def keep(connection: psycopg.Connection, owner: Owner, key: Key, *, attempt_id: int | None, by: str) -> None:
    """A record is linked: it has the key of its link for as long as that lasts, and no other.

    Args:
        owner: the record.
        key: that of its link.
        attempt_id: the attempt that wrote it; None for links by hand.
        by: user id of who accepted or linked it.

    Raises:
        Taken: another record has it.
    """
    values = {**_values(owner), "attempt": attempt_id, "by": by, "name": by, "linked": True, "at": None}
    with connection.transaction():
        _refuse_planned(connection, owner)
        _give_up(connection, owner, but=[key])
        if _insert(connection, owner, [key], values):
            raise _taken(_find(connection, owner.company, [key])[0], owner)
        connection.execute(
            "update export.claims set linked = true, attempt_id = coalesce(%(attempt)s, attempt_id),"  # noqa: S608
            f" title = %(title)s where {_OWN} and not duplicate and space = %(space)s"
            " and compared = export.compared(%(space)s, %(key)s)",
            {**values, "space": key.space, "key": key.text},
        )


def release(connection: psycopg.Connection, owner: Owner, *, linked: bool = False) -> None:
    """Give up what a record claims: it was refused, taken out, or is asked about again.

    Args:
        owner: the record.
        linked: whether also the key of its link, which has ended; otherwise that one stays.
    """
    _give_up(connection, owner, linked=linked)


def free(connection: psycopg.Connection, object_name: str, company: str, records: Sequence[str]) -> None:
    """Give up what these records claim and are not linked to.

    Args:
        records: their Procore ids.
    """
    for record in records:
        _give_up(connection, Owner(object_name, company, "", record, ""))


def holders(connection: psycopg.Connection, owner: Owner, keys: Iterable[Key]) -> list[Claim]:
    """The claims of other records on these keys, and those of imports on this record."""
    found = _find(connection, owner.company, sorted(set(keys)))
    others = [claim for claim in found if claim.planned or not claim.owner.is_same(owner)]
    return [*others, *(claim for claim in _planned(connection, owner) if claim not in others)]


def has(connection: psycopg.Connection, owner: Owner, keys: Iterable[Key]) -> bool:
    """Whether a record has all of these keys."""
    wanted = sorted(set(keys))
    own = connection.execute(
        "select count(*) from unnest(%(spaces)s::text[], %(keys)s::text[]) as w (space, key)"  # noqa: S608
        " where exists (select from export.claims as c where c.company_code = %(company)s and c.space = w.space"
        f" and c.compared = export.compared(w.space, w.key) and not c.duplicate and {_OWN})",
        {**_values(owner), **_arrays(wanted)},
    ).fetchone()
    return own == (len(wanted),)


def duplicates(connection: psycopg.Connection, company: str) -> list[tuple[Claim, Claim]]:
    """Keys that two records had before there were claims: each with the one that has it now. A person must look."""
    both = ", ".join(f"{of}.{name.strip()}" for of in ("d", "h") for name in COLUMNS.split(","))
    rows = connection.execute(
        f"select {both} from export.claims as d join export.claims as h on h.company_code = d.company_code"  # noqa: S608
        " and h.space = d.space and h.compared = d.compared and not h.duplicate"
        " where d.duplicate and d.company_code = %s order by d.claim_id",
        [company],
    ).fetchall()
    half = len(COLUMNS.split(","))
    return [(claim_of(row[:half]), claim_of(row[half:])) for row in rows]


def _insert(connection: psycopg.Connection, owner: Owner, keys: list[Key], values: dict[str, Any]) -> list[Key]:
    """Claim what is free; the keys that are not the owner's now. Waits for others that are about to claim the same."""
    connection.execute(
        "insert into export.claims (company_code, space, key, object_name, project_id, record_id, title, linked,"
        " attempt_id, claimed_by, claimed_by_name, claimed_at) select %(company)s, w.space, w.key, %(object)s,"
        " %(project)s, %(record)s, %(title)s, %(linked)s, %(attempt)s, %(by)s, %(name)s,"
        " coalesce(%(at)s::timestamptz, clock_timestamp()) from unnest(%(spaces)s::text[], %(keys)s::text[])"
        " with ordinality as w (space, key, place) order by w.place"
        " on conflict (company_code, space, compared) where not duplicate do nothing",
        {**values, **_arrays(keys)},
    )
    if has(connection, owner, keys):
        return []
    return [key for key in keys if not has(connection, owner, [key])]


def _give_up(connection: psycopg.Connection, owner: Owner, *, linked: bool = False, but: Sequence[Key] = ()) -> None:
    """Delete what a record claims; of two that had a key before there were claims, the other one has it then.

    Args:
        linked: whether also the key of its link.
        but: these stay.
    """
    freed = connection.execute(
        f"delete from export.claims where {_OWN} and (%(all)s or not linked) and not exists (select"  # noqa: S608
        " from unnest(%(spaces)s::text[], %(keys)s::text[]) as w (space, key)"
        " where w.space = claims.space and export.compared(w.space, w.key) = claims.compared)"
        " returning company_code, space, compared, duplicate",
        {**_values(owner), "all": linked, **_arrays(but)},
    ).fetchall()
    for company, space, compared, was_duplicate in freed:
        if not was_duplicate:
            connection.execute(
                "update export.claims set duplicate = false where claim_id = (select min(claim_id) from export.claims"
                " where company_code = %s and space = %s and compared = %s and duplicate)",
                [company, space, compared],
            )


def _find(connection: psycopg.Connection, company: str, keys: Sequence[Key]) -> list[Claim]:
    rows = connection.execute(
        f"select {COLUMNS} from export.claims where company_code = %(company)s and not duplicate"  # noqa: S608
        " and (space, compared) in"
        " (select w.space, export.compared(w.space, w.key)"
        " from unnest(%(spaces)s::text[], %(keys)s::text[]) as w (space, key))"
        " order by claim_id",
        {"company": company, **_arrays(keys)},
    )
    return [claim_of(row) for row in rows]


def _planned(connection: psycopg.Connection, owner: Owner) -> list[Claim]:
    """What imports claim for a record: the rows of plans that will be linked to it."""
    rows = connection.execute(
        f"select {COLUMNS} from export.claims where object_name = %(object)s and company_code = %(company)s"  # noqa: S608
        " and record_id = %(record)s and record_id <> '' and plan_row_id is not null",
        _values(owner),
    )
    return [claim_of(row) for row in rows]


def _refuse_planned(connection: psycopg.Connection, owner: Owner) -> None:
    """Let no import claim the record meanwhile, and give way to one that has."""
    connection.execute(
        "select pg_advisory_xact_lock_shared(%s, hashtext(%s))",
        [RECORDS_LOCK, records_lock(owner.object_name, owner.company)],
    )
    if planned := _planned(connection, owner):
        raise _taken(planned[0], owner)


def records_lock(object_name: str, company: str) -> str:
    """Second part of `RECORDS_LOCK`, whose hash is taken."""
    return f"{object_name}/{company}"


def _taken(claim: Claim, owner: Owner) -> Taken:
    error = Taken(
        claim.in_words,
        object=owner.object_name, company=owner.company, record=owner.title,
        remedy="give another number; or wait until that record has been linked, refused or taken out, and look again",
    )  # fmt: skip
    error.claim = claim
    return error


def _values(owner: Owner) -> dict[str, Any]:
    return {
        "object": owner.object_name,
        "company": owner.company,
        "project": owner.project,
        "record": owner.record,
        "title": owner.title,
    }


def _arrays(keys: Sequence[Key]) -> dict[str, list[str]]:
    return {"spaces": [key.space for key in keys], "keys": [key.text for key in keys]}


def claim_of(row: Sequence[Any]) -> Claim:
    """A claim from `COLUMNS`."""
    space, key, object_name, company, project, record, title, linked, planned, by, at = row
    return Claim(Key(space, key), Owner(object_name, company, project, record, title), linked, planned, by, at)
