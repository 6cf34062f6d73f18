"""Creates, changes and syncs records of the stand-in Procore, under the rules of `kinds`."""

from collections.abc import Callable, Mapping
from typing import Any
from unicodedata import normalize

import psycopg

from sandbox.procore.answers import Answer, ApiError, invalid
from sandbox.procore.calls import Call, Present
from sandbox.procore.checks import Action, checked, with_parent
from sandbox.procore.guards import frozen, guard, unique, written
from sandbox.procore.kinds import KINDS, Kind
from sandbox.procore.store import Record

#: What else happens when a record is created: the call, the record, what was sent.
Made = Callable[[Call, Record, Mapping[str, Any]], Record]
_LOCKED = "cannot be changed while the record is synced with an ERP system"
_LINES = frozenset({"contract_line", "change_order_line"})


def create(
    call: Call,
    kind_name: str,
    sent: Mapping[str, Any],
    project: Record | None = None,
    parent: Record | None = None,
    action: Action = "create",
) -> Record:
    """Write a new record.

    Args:
        call: the call.
        kind_name: what it is.
        sent: attributes; those that cannot be set are ignored.
        project, parent: whose it is.
        action: that creates it.

    Raises:
        ApiError: 422 with messages by field.
    """
    kind = KINDS[kind_name]
    origin = kind.synced_origin if action == "sync" else kind.origin
    values = kind.defaults | stored(call, checked(call, kind, with_parent(call, kind, sent), origin, project, action))
    if missing := [name for name in kind.required if values.get(name) in (None, "")]:
        raise ApiError(422, "Validation failed", {name: ["can't be blank"] for name in missing})
    if parent is not None and _keeps_lines(kind_name, parent):
        raise invalid(base=f"A line {_LOCKED}")
    written(call, kind_name, values, parent, new=True)
    unique(call, kind, values, None, project, parent)
    try:
        with call.store.connection.transaction():
            record = call.store.insert(
                kind_name,
                call.company_id,
                values,
                project.id if project else None,
                parent.id if parent else None,
                int(values.get("position") or 0),
            )
    except psycopg.errors.UniqueViolation:
        raise invalid(origin_id="has already been taken") from None
    if parent is not None:
        call.store.touch(parent.id)
    return record


def stored(call: Call, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as they are kept."""
    if not call.ways.text_tidied:
        return dict(values)
    return {
        name: normalize("NFC", value).strip() if isinstance(value, str) else value for name, value in values.items()
    }


def _keeps_lines(kind: str, parent: Record) -> bool:
    """Whether a document that is synced keeps its lines as they are: a prime contract is filled after it was marked."""
    return kind in _LINES and parent.origin_id is not None and parent.kind != "prime_contract"


def change(
    call: Call,
    record: Record,
    sent: Mapping[str, Any],
    origin: frozenset[str] | None = None,
    action: Action = "change",
) -> Record:
    """Change a record.

    Args:
        call: the call.
        record: as it was found.
        sent: attributes; those that cannot be set are ignored.
        origin: origin fields that this action takes; all of the kind's unless told.
        action: that changes it.

    Raises:
        ApiError: 422 with messages by field: a locked record, a taken origin id, a wrong value.
    """
    kind = KINDS[record.kind]
    record = call.store.lock(record.id)
    project, parent = call.store.get(record.project_id), call.store.get(record.parent_id)
    taken = kind.origin if origin is None else origin
    values = stored(call, checked(call, kind, with_parent(call, kind, sent), taken, project, action, record))
    synced = record.origin_id is not None or (parent is not None and _keeps_lines(kind.name, parent))
    if synced and (altered := frozen(kind, record, values)):
        raise ApiError(422, "Validation failed", {name: [_LOCKED] for name in altered})
    values |= guard(call, record, values)
    unique(call, kind, values, record, project, parent)
    try:
        with call.store.connection.transaction():
            changed = call.store.update(record, values)
    except psycopg.errors.UniqueViolation:
        raise invalid(origin_id="has already been taken") from None
    if parent is not None:
        call.store.touch(parent.id)
    return changed


def sync(
    call: Call,
    kind_name: str,
    present: Present,
    project: Record | None = None,
    parent: Record | None = None,
    made: Made | None = None,
    parent_of: Callable[[Mapping[str, Any]], Record] | None = None,
) -> Answer:
    """Create or update a batch of records; what is wrong with one of them is told beside the others' results.

    A record is found by `id`, else by `origin_id`, else created (using-sync-actions). Each update stands on its own: a
    call that stops in the middle has done what came before.

    Args:
        call: the call.
        kind_name: of the records.
        present: turns a record into what Procore shows.
        project, parent: whose they are.
        made: what else happens to a new one.
        parent_of: whose one update is, where they are not all of one.

    Raises:
        ApiError: 400 without updates, 413 with too many.
    """
    updates = call.body.get("updates")
    if not isinstance(updates, list) or not updates:
        raise ApiError(400, "param is missing or the value is empty: updates")
    if len(updates) > call.ways.most_updates:
        raise ApiError(413, f"At most {call.ways.most_updates} updates are taken, {len(updates)} were sent")
    if not all(isinstance(update, Mapping) for update in updates):
        raise ApiError(400, "updates holds something else than objects")
    entities, errors = [], []
    for update in updates[: call.ways.sync_stops]:
        try:
            with call.store.connection.transaction():
                owner = parent_of(update) if parent_of else parent
                record = _sync_one(call, KINDS[kind_name], update, project, owner, made)
        except ApiError as error:
            errors.append({**update, "errors": error.fields or {"base": [error.message]}})
        else:
            entities.append(present(call.store, record))
    if call.ways.sync_stops is not None and call.ways.sync_stops < len(updates):
        return Answer({"errors": "Gateway Timeout"}, 504)
    return Answer({"entities": entities, "errors": errors}, 207 if errors and call.ways.multi_status else 200)


def _sync_one(
    call: Call,
    kind: Kind,
    update: Mapping[str, Any],
    project: Record | None,
    parent: Record | None,
    made: Made | None,
) -> Record:
    origin = kind.synced_origin
    if update.get("id") is not None:
        found = call.store.get(int(update["id"])) if str(update["id"]).isdecimal() else None
        if found is None or not _belongs(call, found, kind, project, parent):
            raise invalid(id="Entity with this ID not found")
        return change(call, found, update, origin, "sync")
    origin_id = update.get("origin_id")
    existing = None
    if origin_id:
        any_case = call.ways.finds_any_case
        existing = call.store.by_origin(kind.name, call.company_id, str(origin_id), any_case=any_case)
    if existing is None:
        record = create(call, kind.name, update, project, parent, "sync")
        return made(call, record, update) if made else record
    if not _belongs(call, existing, kind, project, parent):
        raise invalid(origin_id="has already been taken")
    return change(call, existing, update, origin, "sync")


def _belongs(call: Call, record: Record, kind: Kind, project: Record | None, parent: Record | None) -> bool:
    if record.kind != kind.name or record.company_id != call.company_id or record.deleted_at:
        return False
    if record.kind == "project" and not record["permitted"]:
        return False
    if record.kind == "vendor" and not record["is_active"] and not call.ways.inactive_writable:
        return False
    return (project is None or record.project_id == project.id) and (parent is None or record.parent_id == parent.id)
