"""Looks for records of one object and company to export, applies every rule, and says whom this run asks about.

Records are streamed: ten thousand need no more memory than one batch.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import psycopg

from spectrum_etl.errors import FixConfiguration, Reason
from spectrum_etl.exports.records import claiming, ledger, queue
from spectrum_etl.exports.records.ledger import Attempt
from spectrum_etl.exports.records.locks import is_locked
from spectrum_etl.exports.records.queue import CheckedRecord, QueueRow
from spectrum_etl.exports.records.settling import settles_at
from spectrum_etl.exports.records.states import COLLECTABLE, ENDED, IN_FLIGHT
from spectrum_etl.exports.spec import Candidate, ExportObject, RecordFilter, Skipped
from spectrum_etl.exports.steps import apply_rules as check
from spectrum_etl.exports.systems import Systems
from spectrum_etl.links import claims
from spectrum_etl.links import pairs as links
from spectrum_etl.links.claims import Taken
from spectrum_etl.links.pairs import Link
from spectrum_etl.model.record import RecordId
from spectrum_etl.model.run import Instance
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.migrate import migrate

log = logging.getLogger(__name__)

_BATCH = 500


@dataclass
class Collected:
    """What a run found.

    Args:
        chosen: the records that it works with, titles included: those accepted earlier and not finished, then the
            ready ones that wait longest.
        seen: how many records Procore has that are not exported yet.
        not_ready: how many of them break a rule.
        left: how many ready ones the next run has to take.
        gone: how many have left the queue, since Procore no longer offers them.
        skipped: projects that Procore does not let be read; what the queue knows of them stays as it is.
    """

    chosen: list[QueueRow] = field(default_factory=list)
    seen: int = 0
    not_ready: int = 0
    left: int = 0
    gone: int = 0
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """In words, for the log."""
        return (
            f"{self.seen} records to export, {self.not_ready} of them not ready (export.queue says why),"
            f" {self.gone} gone; this run takes {len(self.chosen)}, {self.left} wait for the next one"
            f"{f'; {len(self.skipped)} projects could not be read' if self.skipped else ''}"
        )


def collect(
    systems: Systems,
    obj: ExportObject,
    only: RecordFilter,
    run_id: str,
    limit: int,
    still_waits: Callable[[Instance], bool],
) -> Collected:
    """Bring the queue up to date and choose what this run works with.

    Args:
        only: narrows what is looked at. Records that it names are collected again although they were rejected,
            retrieved or failed.
        run_id: the Airflow run.
        limit: at most so many records are chosen.
        still_waits: whether a task instance still waits for its approver, or works on the answer.

    Raises:
        FixConfiguration: nobody may approve, so nothing could ever be accepted.
        SpectrumEtlError: a system cannot be read; what was found so far is in the queue.
    """
    company, found = systems.company.code, Collected()
    if not systems.settings.exports.approvers:
        raise FixConfiguration(
            "no approvers are configured, so nobody can accept exports",
            object=obj.name, field="exports.approvers", value="[]",
            remedy="name the accounting approvers, by their Airflow user ids, in include/settings.yaml",
        )  # fmt: skip
    with connect(systems.url) as connection:
        connection.autocommit = True
        migrate(connection)
        for one, other in claims.duplicates(connection, company):
            log.warning("two records have one number: %s; %s. Needs attention", one.in_words, other.in_words)
        _release(connection, obj, company, only, run_id, still_waits)
        held_up = _restart(systems, connection, obj, only, run_id)
        since = systems.clock(connection)
        _look_through(systems, connection, obj, only, run_id, held_up, found)
        unread = [project.project for project in found.skipped]
        found.gone = queue.remove_unseen(connection, obj.name, company, since, only, unread)
        under_way = queue.rows(connection, obj.name, company, IN_FLIGHT, only)
        orphans = [row for row in under_way if not is_locked(connection, obj.name, row.id)][:limit]
        with connection.transaction():
            ready, found.left = queue.choose(connection, obj.name, company, since, only, limit - len(orphans), run_id)
        found.chosen = [*orphans, *ready]
    log.info("%s, company %s: %s", obj.name, company, found.summary)
    return found


def _look_through(
    systems: Systems,
    connection: psycopg.Connection,
    obj: ExportObject,
    only: RecordFilter,
    run_id: str,
    held_up: set[RecordId],
    found: Collected,
) -> None:
    """Judge every record that Procore has, a batch at a time, and write what was found to the queue."""
    company = systems.company.code
    exported = links.living(connection, obj.name, company)
    candidates = _readable(obj.collect(systems.procore, systems.company, only), found.skipped)
    for batch in _batches(candidates):
        findings = [
            finding
            for finding in _findings(systems, connection, obj, only, batch, exported)
            if finding.candidate.id not in held_up
        ]
        again = [finding.candidate.id.record for finding in findings if finding.old == "failed"]
        with connection.transaction():
            queue.store(connection, obj.name, findings, run_id)
            claims.free(connection, obj.name, company, again)
        found.seen += len(findings)
        found.not_ready += sum(1 for finding in findings if finding.broken)


def _findings(
    systems: Systems,
    connection: psycopg.Connection,
    obj: ExportObject,
    only: RecordFilter,
    batch: list[Candidate],
    exported: Mapping[str, Link],
) -> Iterator[CheckedRecord]:
    """What is to be written of a batch; records that are not this run's business are left out."""
    context = systems.context
    rows = queue.rows_of(connection, obj.name, [candidate.id for candidate in batch])
    for candidate in batch:
        row, link = rows.get(candidate.id), exported.get(candidate.id.record)
        old = row.state if row else None
        if link is not None and not _differs(obj, candidate, link):
            continue
        if not (
            old is None
            or old in COLLECTABLE
            or (old in ENDED and candidate.id.record in only.records)
            or (old == "linked" and (link is None or _repeats(obj)))
        ):
            continue
        if obj.offers is not None and not obj.offers(candidate, context):
            continue
        yield CheckedRecord(candidate, check.broken_rules(obj, candidate, context), old)


def _differs(obj: ExportObject, candidate: Candidate, link: Link) -> bool:
    return _repeats(obj) and candidate.fingerprint != link.fingerprint


def _repeats(obj: ExportObject) -> bool:
    return obj.again or obj.offers is not None


def _release(
    connection: psycopg.Connection,
    obj: ExportObject,
    company: str,
    only: RecordFilter,
    run_id: str,
    still_waits: Callable[[Instance], bool],
) -> None:
    """Release records whose task instance no longer waits: it died, was failed or marked by hand, or was deleted."""
    for row in queue.rows(connection, obj.name, company, ["waiting"], only):
        if row.asks is not None and not still_waits(row.asks):
            queue.release(connection, obj.name, row, run_id)


def _restart(
    systems: Systems, connection: psycopg.Connection, obj: ExportObject, only: RecordFilter, run_id: str
) -> set[RecordId]:
    """Go on with failed records that the form names and that Spectrum already holds a part of.

    The others are collected and asked about again: nothing of them is left in Spectrum, or overwriting it does no harm.

    Returns:
        Records that stay failed: Spectrum holds a part of them, and another record has their number.
    """
    held_up: set[RecordId] = set()
    if not only.records:
        return held_up
    for row in queue.rows(connection, obj.name, systems.company.code, ["failed"], only):
        if row.attempt_id is None:
            continue
        attempt = ledger.attempt(connection, row.attempt_id)
        remains, absent = _remains(systems, attempt, systems.clock(connection))
        if not remains:
            continue
        try:
            with connection.transaction():
                ledger.reopen(connection, attempt.attempt_id, absent)
                queue.move(connection, obj.name, row.id, "failed", "sending", run_id)
                claiming.claim_again(connection, obj, row.id, row.title, attempt)
        except Taken as taken:
            held_up.add(row.id)
            reason = Reason(
                f"sending it was stopped: {taken.message}",
                "look in Spectrum whether the lines of both are there and put it right; then link this one by hand"
                " (link_export), or take it out",
                "number taken",
            )
            queue.note(connection, obj.name, row.id, "failed", reason, run_id)
        else:
            log.info("%s: goes on with %s, of which Spectrum holds a part", obj.name, row.title)
    return held_up


def _remains(systems: Systems, attempt: Attempt, now: datetime) -> tuple[bool, list[int]]:
    """Whether Spectrum holds, or may get, a part of a failed attempt that must not be written again.

    Returns:
        That, and the numbers of the lost calls that a person confirms to be absent, by naming the record.
    """
    spectrum, remains, absent = systems.spectrum, False, []
    for sent in attempt.calls:
        lost = sent.state in ("sending", "unknown")
        readable = spectrum.can_read_back(sent.call.service, sent.call.key)
        if lost and sent.intent_at is not None and now < settles_at(sent.intent_at, systems.settings):
            remains = True  # it may still be running: only `send` knows how to wait
        elif lost and not readable:
            absent.append(sent.number)
        elif (sent.state == "sent" or sent.tries) and sent.call.adds:
            remains = remains or not readable or spectrum.current_values(sent.call.service, sent.call.key) is not None
    return remains, absent


def _readable(collected: Iterable[Candidate | Skipped], skipped: list[Skipped]) -> Iterator[Candidate]:
    """The candidates; the projects that could not be read are put aside, and logged."""
    for each in collected:
        if isinstance(each, Skipped):
            log.warning("%s", each.reason)
            skipped.append(each)
        else:
            yield each


def _batches(candidates: Iterable[Candidate]) -> Iterator[list[Candidate]]:
    iterator = iter(candidates)
    while batch := list(itertools.islice(iterator, _BATCH)):
        yield list({candidate.id: candidate for candidate in batch}.values())
