"""Links a Procore record with a record that Spectrum has already (C1, C2, D1, I2).

Nothing is written to Spectrum. Nothing is ever linked unasked: a person names the pair, or asks for all exact names.
"""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import nullcontext

import psycopg

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports.linkable import Linkable, LinkedObject
from spectrum_etl.exports.objects.facts import text
from spectrum_etl.exports.records import claiming, queue
from spectrum_etl.exports.records.locks import sole_lock
from spectrum_etl.exports.records.marking import marking
from spectrum_etl.exports.records.queue import QueueRow
from spectrum_etl.exports.records.states import COLLECTABLE, ENDED
from spectrum_etl.exports.rules.common import linked_code
from spectrum_etl.exports.spec import Candidate
from spectrum_etl.exports.steps import apply_rules as check
from spectrum_etl.exports.systems import Systems
from spectrum_etl.links import claims
from spectrum_etl.links import pairs as links
from spectrum_etl.links.pairs import compared
from spectrum_etl.model import characters
from spectrum_etl.model.record import RecordId
from spectrum_etl.sources.procore import resources
from spectrum_etl.warehouse.connect import connect

log = logging.getLogger(__name__)

#: What Spectrum calls vendors that are in use no more.
_NOT_ACTIVE = frozenset({"I", "N"})


def link(systems: Systems, obj: Linkable, id: RecordId, spectrum_key: str, by: str) -> bool:
    """Link two existing records: keep the link, and mark the one in Procore, where Procore has a field for it.

    It may be killed anywhere and called again.

    Args:
        obj: what the record is.
        id: the Procore record.
        spectrum_key: what it is called in Spectrum, however it is spelled: `24-404`, or `ACME/S-1001`.
        by: Airflow user who asks for it.

    Returns:
        Whether it was not linked before. How the two differ, where that is looked at, is logged and kept as the link's
        note.

    Raises:
        FixRecord: one of the two is not there, one is linked to something else, they do not belong together, or the
            record is being exported.
        RetryLater: it is being written right now.
        SpectrumEtlError: Spectrum or Procore cannot be asked; nothing has changed, or only Procore's mark is set.
    """
    id = RecordId(id.company, _canonical(id.project), _canonical(id.record))
    _check_characters(obj, id, spectrum_key)
    with sole_lock(systems.url, obj.name, id), connect(systems.url) as connection:
        connection.autocommit = True
        candidate = _candidate(systems, obj, id)
        key = _key(systems, obj, id, spectrum_key)
        row = _row(connection, obj, id)
        is_new = _check_links(systems, obj, candidate, key)
        owner, claimed = claiming.owner(obj, id, candidate.title), obj.key(key)
        if taken := claims.holders(connection, owner, [claimed]):
            raise _taken(obj, id, key, taken[0].in_words, or_wait=True)
        difference = _compare(systems, obj, candidate, key)
        with nullcontext() if obj.mark is None else marking(systems, obj, id), connection.transaction():
            # First the link, which nobody else can write then until this has ended; a mark that fails takes it back.
            if is_new:
                _write(connection, obj, id, key, by, difference)
                claims.keep(connection, owner, claimed, attempt_id=None, by=by)
            if row is not None and row.state != "linked":
                queue.remove(connection, obj.name, id, row.state)
            unmarked = obj.mark(systems.procore, systems.company, id, key) if obj.mark is not None else None
    log.info("%s, company %s: %s is linked to %s", obj.name, id.company, candidate.title, key)
    for said in filter(None, (difference, unmarked)):
        log.warning("%s, company %s: %s: %s", obj.name, id.company, candidate.title, said)
    return is_new


def exact_matches(systems: Systems) -> list[tuple[str, str]]:
    """Companies that are not linked, with the one Spectrum vendor of the same name, ignoring case (C2).

    Returns:
        Procore id and vendor code, for names that exactly one company and one vendor have. Inactive ones of either side
        count as having the name, but are not linked.
    """
    company = systems.company.code
    vendors = [vendor for vendor in systems.spectrum.vendors() if _may_be_linked(systems, vendor)]
    names = Counter(vendor["Vendor_Name"].strip().casefold() for vendor in systems.spectrum.vendors())
    codes = {vendor["Vendor_Name"].strip().casefold(): vendor["Vendor_Code"].strip() for vendor in vendors}
    records = [(text(record.get("name")).casefold(), record) for record in resources.vendors(systems.procore)]
    of_name = Counter(name for name, _ in records)
    return [
        (text(record["id"]), codes[name])
        for name, record in records
        if name in codes
        and names[name] == of_name[name] == 1
        and record.get("is_active", True)
        and not linked_code(record, company)
        and systems.links.spectrum_key("vendors", company, text(record["id"])) is None
    ]


def _may_be_linked(systems: Systems, vendor: dict[str, str]) -> bool:
    """Whether a vendor is in use, and no company is linked to it."""
    if vendor.get("Status", "").strip().upper() in _NOT_ACTIVE:
        return False
    return systems.links.procore_record("vendors", systems.company.code, vendor["Vendor_Code"]) is None


def _candidate(systems: Systems, obj: Linkable, id: RecordId) -> Candidate:
    candidate = obj.read(systems.procore, systems.company, id)
    if candidate is None:
        raise FixRecord(
            "Procore has no such record", object=obj.name, company=id.company, record=id.record,
            remedy="look up its id in Procore, and give its project where it belongs to one",
        )  # fmt: skip
    return candidate


def _check_characters(obj: Linkable, id: RecordId, named: str) -> None:
    if characters.escaped(named) != named:
        raise FixRecord(
            "this contains a character that cannot be stored", object=obj.name, company=id.company, record=id.record,
            field="spectrum_key", value=characters.escaped(named), remedy="retype it without the character",
        )  # fmt: skip


def _key(systems: Systems, obj: Linkable, id: RecordId, named: str) -> str:
    """What Spectrum itself calls the record that somebody names."""
    key = obj.holds(systems.spectrum, named)
    if key is None:
        raise FixRecord(
            f"Spectrum has no {obj.title} {named}", object=obj.name, company=id.company, record=id.record,
            field="spectrum_key", value=named,
            remedy="look up what it is called in Spectrum; what is not there yet is exported, not linked",
        )  # fmt: skip
    return key


def _row(connection: psycopg.Connection, obj: Linkable, id: RecordId) -> QueueRow | None:
    """Its row in the queue, which the link ends."""
    row = queue.find(connection, obj.name, id)
    if row is not None and row.state not in COLLECTABLE | ENDED | {"linked"}:
        raise FixRecord(
            f"the record is in the export queue as {row.state}", object=obj.name, company=id.company, record=id.record,
            remedy="reject or retrieve it there first, or let its export finish",
        )  # fmt: skip
    return row


def _check_links(systems: Systems, obj: Linkable, candidate: Candidate, key: str) -> bool:
    """Whether the link is still to be written; by our own links, and by the mark that the record carries in Procore."""
    id, company = candidate.id, candidate.id.company
    known = systems.links.spectrum_key(obj.name, company, id.record)
    other = systems.links.procore_record(obj.name, company, key)
    # The origin fields of a project's own records are theirs; a job is linked by those of the project.
    marked = candidate.content["project"] if obj.belongs_to == "itself" else candidate.content
    carried = linked_code(marked, company) if obj.mark is not None else None
    elsewhere = candidate.content.get("linked_elsewhere")
    problems = (
        (known is not None and compared(known) != compared(key), f"the record is linked to {known}"),
        (carried is not None and compared(carried) != compared(key), f"the record is marked in Procore as {carried}"),
        (bool(elsewhere), f"the record carries the id of another system in Procore: {elsewhere}"),
        (other not in (None, id.record), f"{key} is linked to Procore record {other}"),
    )
    for wrong, said in problems:
        if wrong:
            raise _taken(obj, id, key, said)
    return known is None


def _compare(systems: Systems, obj: Linkable, candidate: Candidate, key: str) -> str:
    """How the two records differ, where that is looked at and they may be linked all the same."""
    if not isinstance(obj, LinkedObject):
        return ""
    broken = list(obj.fits(candidate, systems.context, key))
    if broken:
        raise FixRecord(
            check.in_words(broken), object=obj.name, company=candidate.id.company, record=candidate.id.record,
            field="spectrum_key", value=key, remedy="fix that in both systems, then link them again",
        )  # fmt: skip
    return obj.difference(candidate, systems.context, key)


def _write(connection: psycopg.Connection, obj: Linkable, id: RecordId, key: str, by: str, difference: str) -> None:
    try:
        links.write_by_hand(connection, obj.name, id, key, by, difference or None)
    except psycopg.errors.UniqueViolation:
        raise _taken(obj, id, key, f"{key}, or the record, was linked by somebody else just now") from None


def _taken(obj: Linkable, id: RecordId, key: str, said: str, *, or_wait: bool = False) -> FixRecord:
    wait = ", or wait until that record has been linked, refused or taken out" if or_wait else " first"
    return FixRecord(
        said, object=obj.name, company=id.company, record=id.record, field="spectrum_key", value=key,
        remedy=f"each record can have only one link: end the wrong one with unlink_export{wait}",
    )  # fmt: skip


def _canonical(id: str) -> str:
    """An id of Procore as Procore writes it: `007` is record 7, which must not be linked twice."""
    return id.strip().lstrip("0") or "0" if id.strip() else ""
