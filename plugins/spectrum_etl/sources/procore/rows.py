"""Creates or updates records by a `sync` action and tells of each row what became of it; used by what imports.

Source: developers.procore.com/documentation/using-sync-actions: HTTP 200 says nothing by itself, each error stands
beside what was sent. Here every row comes out once, in the order given: taken, refused, not there, not sent, or
unknown. Every row has an `id` or an `origin_id`, so that a call may be repeated: without them a second one would create
a second record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spectrum_etl.errors import FixRecord, RetryLater
from spectrum_etl.sources.faults import (
    Busy,
    FieldMessage,
    NotFound,
    NotSent,
    NotVisible,
    OutcomeUnknown,
    Refused,
    SourceFault,
    TooLarge,
    Unreadable,
)
from spectrum_etl.sources.procore.faults import ApiCall, field_messages, outcome_unknown
from spectrum_etl.sources.procore.transport import Transport

#: Procore takes 1,000; its staff saw calls of 2,000 time out or refused without a reason (ruby-sdk, pull request 33).
USUAL_BATCH = 200
MAX_BATCH = 1000
#: Batches are not halved below so many rows when Procore breaks or does not answer: then it is not their size.
_SMALLEST = 25
#: One row that makes Procore refuse whole calls is found by fewer refusals in a row than this (a thousand, halved again
#: and again); where there are more of them, no other call would be taken.
_MAX_REFUSALS = 12
#: Refusals that say that nothing was done.
_NOTHING_DONE = frozenset({409, 425, 429})

Update = Mapping[str, Any]


@dataclass(frozen=True)
class RowResult:
    """What became of one update.

    Args:
        position: among the updates given, from 0.
        update: what was to be sent.
        entity: the record as Procore holds it now; None where it was not taken.
        fault: why not, by class what to do about it: Refused (its `fields` say what is wrong), NotFound (there is no
            record of this id any more), NotSent (send it again), OutcomeUnknown (look the record up first), or what the
            whole call failed with.
    """

    position: int
    update: Update
    entity: Mapping[str, Any] | None = None
    fault: SourceFault | None = None


@dataclass(frozen=True)
class _Batch:
    start: int
    updates: Sequence[Update]

    def halves(self) -> list[_Batch]:
        middle = len(self.updates) // 2
        return [_Batch(self.start, self.updates[:middle]), _Batch(self.start + middle, self.updates[middle:])]

    def failed(self, fault: SourceFault) -> Iterator[RowResult]:
        return (RowResult(self.start + index, update, fault=fault) for index, update in enumerate(self.updates))


def sync_rows(
    transport: Transport,
    call: ApiCall,
    scope: Mapping[str, Any],
    updates: Sequence[Update],
    batch: int = USUAL_BATCH,
) -> Iterator[RowResult]:
    """Send all updates in batches; one batch in memory at a time.

    A batch is halved when it is too large (413), and when Procore breaks or does not answer. Where that goes on with
    small batches, what is left is not sent at all.

    Args:
        transport: sends the calls.
        call: of the sync action, without body.
        scope: what the body holds besides the updates, e.g. `{"company_id": 8089}`.
        updates: each with `id` (to change a record; with `origin_id` to set or replace that), else with `origin_id`.
        batch: rows a call at first, at most 1,000.

    Returns:
        A row for each update, in their order, as the calls are made.

    Raises:
        ValueError: an update has neither id nor origin id, or the batch is no number from 1 to 1,000.
        SourceFault: the credentials, a permission or the connection is wrong, so that no other call would succeed;
            the rows of earlier calls have come out.
    """
    if not 1 <= batch <= MAX_BATCH:
        raise ValueError(f"a batch has 1 to {MAX_BATCH} rows, not {batch}")
    if unnamed := [place for place, update in enumerate(updates) if not (update.get("id") or update.get("origin_id"))]:
        raise ValueError(f"updates {unnamed[:5]} have neither id nor origin_id: sent twice, they would be there twice")
    return _rows(transport, call, scope, updates, batch)


def one_by_one(
    call: ApiCall, updates: Sequence[Update], write: Callable[[Update], Mapping[str, Any]]
) -> Iterator[RowResult]:
    """Write records that Procore takes one a call; what becomes of them is told as by `sync_rows`.

    Args:
        call: for messages.
        updates: what is to be sent.
        write: sends one and returns the record as it is now.

    Raises:
        SourceFault: the credentials, a permission or the connection is wrong, so that no other call would succeed.
    """
    stopped: RetryLater | None = None
    for position, update in enumerate(updates):
        if stopped is not None:
            yield RowResult(position, update, fault=_not_sent(call, stopped))
            continue
        try:
            yield RowResult(position, update, write(update))
        except NotVisible as fault:
            yield RowResult(position, update, fault=fault)
        except RetryLater as error:
            yield RowResult(
                position, update, fault=error if isinstance(error, OutcomeUnknown) else _passing(call, error)
            )
            stopped = error
        except FixRecord as fault:
            if not isinstance(fault, SourceFault):
                raise
            yield RowResult(position, update, fault=fault)


def _rows(
    transport: Transport, call: ApiCall, scope: Mapping[str, Any], updates: Sequence[Update], batch: int
) -> Iterator[RowResult]:
    waiting = [_Batch(start, updates[start : start + batch]) for start in range(0, len(updates), batch)]
    refusals = 0
    while waiting:
        current = waiting.pop(0)
        try:
            yield from _send(transport, call, scope, current)
            refusals = 0
        except (TooLarge, Refused) as refused:
            # Of the whole call, without saying which row: only alone does a row show what is wrong with it.
            refusals += 1
            if len(current.updates) > 1 and refusals < _MAX_REFUSALS:
                waiting[:0] = current.halves()
                continue
            given_up = [current, *waiting] if refusals == _MAX_REFUSALS else [current]
            for lost in given_up:
                yield from lost.failed(refused)
            if refusals == _MAX_REFUSALS:
                return
        except RetryLater as error:
            passing = _passing(call, error)
            if len(current.updates) > _SMALLEST and isinstance(passing, OutcomeUnknown):
                waiting[:0] = current.halves()
                continue
            yield from current.failed(passing)
            for rest in waiting:
                yield from rest.failed(_not_sent(call, error))
            return


def _passing(call: ApiCall, error: RetryLater) -> SourceFault:
    """A fault that outlasted every try, by what is known of the work."""
    status = error.status if isinstance(error, SourceFault) else None
    if isinstance(error, Busy) and status in _NOTHING_DONE:
        return _not_sent(call, error)
    return outcome_unknown(call, error.message, status)


def _not_sent(call: ApiCall, error: RetryLater) -> NotSent:
    return NotSent(
        f"nothing was sent, since Procore could not answer ({error.message})",
        object=call.name,
        remedy="run the task again later",
    )


def _send(transport: Transport, call: ApiCall, scope: Mapping[str, Any], batch: _Batch) -> Iterator[RowResult]:
    body = {**scope, "updates": [dict(update) for update in batch.updates]}
    content = transport.exchange(replace(call, body=body, repeatable=True)).content
    content = content if isinstance(content, dict) else {}
    entities, errors = content.get("entities"), content.get("errors") or []
    if not isinstance(entities, list) or not isinstance(errors, list):
        raise Unreadable(
            "the response of the sync action lists neither entities nor errors",
            object=call.name,
            remedy="look in Procore which of the records were changed, then run the task again",
        )
    taken, refused = _by_key(entities), _by_key(errors)
    for index, update in enumerate(batch.updates):
        position, key = batch.start + index, _names(update)[0]
        if (error := refused.get(key)) is not None:
            yield RowResult(position, update, fault=_refusal(transport, call, error))
        elif (entity := taken.get(key)) is not None:
            yield RowResult(position, update, entity)
        else:
            silence = outcome_unknown(call, "the response does not mention the record")
            yield RowResult(position, update, fault=silence)


def _refusal(transport: Transport, call: ApiCall, error: Mapping[str, Any]) -> SourceFault:
    fields = field_messages(error.get("errors"), transport.redact)
    words = "; ".join(str(message) for message in fields) or "no reason given"
    fault: SourceFault
    if any(message.field == "id" for message in fields):
        fault = NotFound(
            f"Procore has no record of this id any more ({words})",
            object=call.name,
            remedy="look the record up again: it may have been merged into another one, deleted, or hidden",
        )
    else:
        fault = Refused(
            f"Procore refused the record ({words})",
            object=call.name,
            field=_fields(fields),
            remedy="correct what the message names; an origin id that is taken belongs to another record, or to one "
            "that this service account may not see",
        )
    fault.fields = fields
    return fault


def _fields(messages: Sequence[FieldMessage]) -> str | None:
    return ", ".join(message.field for message in messages if message.field) or None


def _names(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a record is known by: its id, then its origin id. Procore goes by the first of them."""
    return [(name, str(record[name])) for name in ("id", "origin_id") if record.get(name) not in (None, "")]


def _by_key(records: Sequence[Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for record in records:
        if isinstance(record, Mapping):
            for key in _names(record):
                found.setdefault(key, record)
    return found
