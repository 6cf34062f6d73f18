"""Links a Procore record with a record that Spectrum has already (C1, C2, D1). Used by the DAG `link_export`.

Nothing is written to Spectrum. Nothing is ever linked unasked: a person names the pair, or asks for all exact names.
"""

from __future__ import annotations

import logging
from collections import Counter

from spectrum_etl.errors import FixRecord, RetryLater
from spectrum_etl.exports import claiming, links, queue
from spectrum_etl.exports.locks import record_lock
from spectrum_etl.exports.objects.facts import text
from spectrum_etl.exports.rules.common import linked_code
from spectrum_etl.exports.spec import Candidate, ExportObject, RecordId
from spectrum_etl.exports.states import COLLECTABLE, ENDED
from spectrum_etl.exports.systems import Systems
from spectrum_etl.links import claims
from spectrum_etl.sources.procore import resources
from spectrum_etl.warehouse.connect import connect

log = logging.getLogger(__name__)


def link(systems: Systems, obj: ExportObject, id: RecordId, spectrum_key: str, by: str) -> bool:
    """Link two existing records: mark the one in Procore, where Procore has a field for it, then keep the link.

    It may be killed anywhere and called again.

    Args:
        obj: what the record is.
        id: the Procore record.
        spectrum_key: what it is called in Spectrum: `24-404`, or `ACME/S-1001`.
        by: Airflow user who asks for it.

    Returns:
        Whether it was not linked before.

    Raises:
        FixRecord: one of the two is not there, one is linked to something else, or the record is being exported.
        RetryLater: it is being written right now.
        SpectrumEtlError: Spectrum or Procore cannot be asked; nothing has changed, or only Procore's mark is set.
    """
    where = {"object": obj.name, "company": id.company, "record": id.record}
    with record_lock(systems.url, obj.name, id) as lock, connect(systems.url) as connection:
        if lock is None:
            raise RetryLater(
                "the record is being exported", **where,
                remedy="wait until that has ended; the task is tried again by itself",
            )  # fmt: skip
        connection.autocommit = True
        candidate = obj.read(systems.procore, systems.company, id)
        if candidate is None:
            raise FixRecord(
                "Procore has no such record", **where,
                remedy="look up its id in Procore, and give its project where it belongs to one",
            )  # fmt: skip
        if not obj.holds(systems.books, systems.company, spectrum_key):
            raise FixRecord(
                f"Spectrum has no {obj.title} {spectrum_key}", **where, field="spectrum_key", value=spectrum_key,
                remedy="look up what it is called in Spectrum; what is not there yet is exported, not linked",
            )  # fmt: skip
        row = queue.find(connection, obj.name, id)
        if row is not None and row.state not in COLLECTABLE | ENDED | {"linked"}:
            raise FixRecord(
                f"the record is in the export queue as {row.state}", **where,
                remedy="reject or retrieve it there first, or let its export end",
            )  # fmt: skip
        is_new = _check_links(systems, obj, candidate, spectrum_key)
        owner, key = claiming.owner(obj, id, candidate.title), obj.key(spectrum_key)
        if taken := claims.holders(connection, owner, [key]):
            raise FixRecord(
                taken[0].in_words, **where, field="spectrum_key", value=spectrum_key,
                remedy="each has one partner: end the wrong link with unlink_export, or wait until that record has been"
                " linked, refused or taken out",
            )  # fmt: skip
        if obj.mark is not None:
            obj.mark(systems.procore, systems.company, id, spectrum_key)
        with connection.transaction():
            if is_new:
                links.write_by_hand(connection, obj.name, id, spectrum_key, by)
                claims.keep(connection, owner, key, attempt_id=None, by=by)
            if row is not None and row.state != "linked":
                queue.remove(connection, obj.name, id, row.state)
    log.info("%s, company %s: %s is linked to %s", obj.name, id.company, candidate.title, spectrum_key)
    return is_new


def exact_matches(systems: Systems) -> list[tuple[str, str]]:
    """Companies that are not linked, with the one Spectrum vendor of the same name, ignoring case (C2).

    Returns:
        Procore id and vendor code, for names that one company and one vendor alone have. Inactive ones count as
        having the name, but are not linked.
    """
    company = systems.company.code
    vendors = [vendor for vendor in systems.books.vendors() if not _linked_to(systems, vendor)]
    names = Counter(vendor["Vendor_Name"].strip().casefold() for vendor in systems.books.vendors())
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


def _linked_to(systems: Systems, vendor: dict[str, str]) -> str | None:
    return systems.links.procore_record("vendors", systems.company.code, vendor["Vendor_Code"].strip())


def _check_links(systems: Systems, obj: ExportObject, candidate: Candidate, spectrum_key: str) -> bool:
    """Whether the link is still to be written; by our own links, and by the mark that the record carries in Procore."""
    id, company = candidate.id, candidate.id.company
    known = systems.links.spectrum_key(obj.name, company, id.record)
    other = systems.links.procore_record(obj.name, company, spectrum_key)
    # The origin fields of a project's own records are theirs; a job is linked by those of the project.
    marked = candidate.content["project"] if obj.name == "jobs" else candidate.content
    carried = linked_code(marked, company) if obj.mark is not None else None
    problems = (
        (known not in (None, spectrum_key), f"the record is linked to {known}"),
        (carried not in (None, spectrum_key), f"the record is marked in Procore as {carried}"),
        (other not in (None, id.record), f"{spectrum_key} is linked to Procore record {other}"),
    )
    for wrong, said in problems:
        if wrong:
            raise FixRecord(
                said, object=obj.name, company=company, record=id.record, field="spectrum_key", value=spectrum_key,
                remedy="each has one partner: end the wrong link with unlink_export first",
            )  # fmt: skip
    return known is None
