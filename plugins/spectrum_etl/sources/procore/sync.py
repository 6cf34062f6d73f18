"""Creates or updates records by `sync` actions, in batches.

Source: developers.procore.com/documentation/using-sync-actions: at most 1,000 updates a call; the answer is HTTP 200
also where records were refused, which it lists under `errors` with what was sent. Larger ones are known to time out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spectrum_etl.errors import RetryLater
from spectrum_etl.sources.faults import FailedRecord, FieldMessage, SourceFault, SyncFailed, TooLarge, Unreadable
from spectrum_etl.sources.procore.faults import ApiCall, field_messages
from spectrum_etl.sources.procore.transport import Transport

MAX_BATCH = 1000
_IDENTIFYING = ("id", "origin_id", "number", "project_number", "code", "origin_code", "name")

Update = Mapping[str, Any]


@dataclass(frozen=True)
class _Batch:
    start: int
    updates: Sequence[Update]


def sync(
    transport: Transport, call: ApiCall, scope: Mapping[str, Any], updates: Sequence[Update]
) -> list[dict[str, Any]]:
    """Send all batches, whatever becomes of each, then fail if any record was not taken.

    Args:
        transport: sends the calls.
        call: of the sync action, without body.
        scope: what the body holds besides the updates, e.g. `{"company_id": 8089}`.
        updates: what to create or update. A batch that lost its answer is sent again only if all of its updates have
            an `id` or an `origin_id`: without them a second sending would create a second record.

    Returns:
        The records as Procore holds them now.

    Raises:
        SyncFailed: Procore refused records; `failed` names all of them, `entities` holds those that were taken.
        SourceFault: no record was refused on its own, but whole batches failed; with `failed` and `entities` as above.
    """
    entities: list[dict[str, Any]] = []
    failed: list[FailedRecord] = []
    waiting = [_Batch(start, updates[start : start + MAX_BATCH]) for start in range(0, len(updates), MAX_BATCH)]
    while waiting:
        batch = waiting.pop(0)
        try:
            taken, refused = _send(transport, call, scope, batch)
        except TooLarge as fault:
            half = len(batch.updates) // 2
            if half:
                waiting[:0] = [
                    _Batch(batch.start, batch.updates[:half]),
                    _Batch(batch.start + half, batch.updates[half:]),
                ]
                continue
            taken, refused = [], _all_of(batch, fault)
        except SourceFault as fault:
            taken, refused = [], _all_of(batch, fault)
        entities += taken
        failed += refused
    if failed:
        raise _failure(call, len(updates), tuple(entities), tuple(failed))
    return entities


def _send(
    transport: Transport, call: ApiCall, scope: Mapping[str, Any], batch: _Batch
) -> tuple[list[dict[str, Any]], list[FailedRecord]]:
    repeatable = all(update.get("id") or update.get("origin_id") for update in batch.updates)
    body = {**scope, "updates": [dict(update) for update in batch.updates]}
    sent = ApiCall(call.method, call.path, call.company, call.params, body, repeatable)
    content = transport.exchange(sent).content
    content = content if isinstance(content, dict) else {}
    taken, refused = content.get("entities"), content.get("errors")
    refused = [] if refused is None and isinstance(taken, list) else refused
    if not isinstance(taken, list) or not isinstance(refused, list):
        raise Unreadable(
            "the response of the sync action lists neither entities nor errors",
            object=call.name,
            remedy="look in Procore which of the records were changed, then run the task again",
        )
    failed = [_failed_record(transport, batch, record) for record in refused]
    missing = len(batch.updates) - len(taken) - len(refused)
    return taken, failed + (_unaccounted(batch, taken, failed) if missing > 0 else [])


def _failed_record(transport: Transport, batch: _Batch, record: Any) -> FailedRecord:
    said = record.get("errors") if isinstance(record, dict) else record
    messages = field_messages(said, transport.redact)
    sent = record if isinstance(record, dict) else {}
    position = next(
        (
            batch.start + index
            for name in ("id", "origin_id")
            if sent.get(name)
            for index, update in enumerate(batch.updates)
            if str(update.get(name)) == str(sent[name])
        ),
        None,
    )
    update = batch.updates[position - batch.start] if position is not None else {}
    return FailedRecord(position, _name({**sent, **update}), messages)


def _unaccounted(batch: _Batch, taken: list[dict[str, Any]], failed: list[FailedRecord]) -> list[FailedRecord]:
    """The updates that an answer is silent about. Those without id and origin id cannot be told apart in it."""
    known = {(name, str(entity.get(name))) for entity in taken for name in ("id", "origin_id") if entity.get(name)}
    positions = {record.position for record in failed}
    silence = (FieldMessage("", "the response does not mention it"),)
    return [
        FailedRecord(batch.start + index, _name(update), silence)
        for index, update in enumerate(batch.updates)
        if batch.start + index not in positions
        and not any((name, str(update.get(name))) in known for name in ("id", "origin_id"))
    ]


def _all_of(batch: _Batch, fault: SourceFault) -> list[FailedRecord]:
    said = fault.fields or (FieldMessage("", fault.message),)
    return [FailedRecord(batch.start + index, _name(update), said, fault) for index, update in enumerate(batch.updates)]


def _failure(
    call: ApiCall, count: int, entities: tuple[dict[str, Any], ...], failed: tuple[FailedRecord, ...]
) -> SourceFault:
    """One error for all. Where only whole batches failed, of their class; of the gravest one, if they differ."""
    causes = [record.cause for record in failed]
    of_batches = [cause for cause in causes if isinstance(cause, SourceFault)]
    kind: type[SourceFault] = SyncFailed
    remedy: str | None = "correct the records in Procore as the messages say, then run the task again for them"
    if len(of_batches) == len(causes):
        gravest = next((cause for cause in of_batches if not isinstance(cause, RetryLater)), of_batches[0])
        kind, remedy = type(gravest), gravest.remedy
    error = kind(
        f"{len(failed)} of {count} records were rejected: {', '.join(str(record) for record in failed)}",
        object=call.name,
        remedy=remedy,
    )
    error.failed, error.entities = failed, entities
    return error


def _name(record: Mapping[str, Any]) -> str:
    """By all of these that it has."""
    found = [f"{name} {record[name]}" for name in _IDENTIFYING if record.get(name) not in {None, ""}]
    return ", ".join(found) or "a record without id, origin id, code and name"
