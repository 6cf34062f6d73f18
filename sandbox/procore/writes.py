"""Creates, changes and syncs records of the stand-in Procore, under the rules of `kinds`."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import psycopg

from sandbox.procore.answers import ApiError, invalid
from sandbox.procore.calls import Call, Present
from sandbox.procore.kinds import KINDS, Kind
from sandbox.procore.store import Record

#: The most records that one sync action takes (using-sync-actions).
MOST_UPDATES = 1_000
_LOCKED = "cannot be changed while the record is synced with an ERP system"
_LINES = frozenset({"contract_line", "change_order_line"})


def create(
    call: Call, kind_name: str, sent: Mapping[str, Any], project: Record | None = None, parent: Record | None = None
) -> Record:
    """Write a new record.

    Raises:
        ApiError: 422 with messages by field.
    """
    kind = KINDS[kind_name]
    values = _checked(call, kind, sent, kind.origin, project)
    if missing := [name for name in kind.required if values.get(name) in (None, "")]:
        raise ApiError(422, "Validation failed", {name: ["can't be blank"] for name in missing})
    if parent is not None and kind_name in _LINES and parent.origin_id is not None:
        raise invalid(base=f"A line {_LOCKED}")
    _unique(call, kind, values, None, project)
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


def change(call: Call, record: Record, sent: Mapping[str, Any], origin: frozenset[str] | None = None) -> Record:
    """Change a record.

    Args:
        call: the call.
        record: as it was found.
        sent: attributes; those that cannot be set are ignored.
        origin: origin fields that this action takes; all of the kind's unless told.

    Raises:
        ApiError: 422 with messages by field: a locked record, a taken origin id, a wrong value.
    """
    kind = KINDS[record.kind]
    record = call.store.lock(record.id)
    project = call.store.get(record.project_id)
    values = _checked(call, kind, sent, kind.origin if origin is None else origin, project)
    parent = call.store.get(record.parent_id)
    holder = parent if kind.name in _LINES else record
    if record.origin_id is not None or (holder is not None and holder.origin_id is not None):
        altered = [name for name in kind.frozen & values.keys() if _differs(record[name], values[name])]
        if altered:
            raise ApiError(422, "Validation failed", {name: [_LOCKED] for name in sorted(altered)})
    _unique(call, kind, values, record, project)
    try:
        with call.store.connection.transaction():
            changed = call.store.update(record, values)
    except psycopg.errors.UniqueViolation:
        raise invalid(origin_id="has already been taken") from None
    if parent is not None:
        call.store.touch(parent.id)
    return changed


def sync(
    call: Call, kind_name: str, present: Present, project: Record | None = None, parent: Record | None = None
) -> dict[str, Any]:
    """Create or update a batch of records; what is wrong with one of them is told beside the others' results.

    A record is found by `id`, else by `origin_id`, else created (using-sync-actions).

    Raises:
        ApiError: 400 without updates, 413 with more than a thousand.
    """
    updates = call.body.get("updates")
    if not isinstance(updates, list) or not updates:
        raise ApiError(400, "param is missing or the value is empty: updates")
    if len(updates) > MOST_UPDATES:
        raise ApiError(413, f"At most {MOST_UPDATES} updates are taken, {len(updates)} were sent")
    entities, errors = [], []
    for update in updates:
        if not isinstance(update, Mapping):
            raise ApiError(400, "updates holds something else than objects")
        try:
            with call.store.connection.transaction():
                record = _sync_one(call, KINDS[kind_name], update, project, parent)
        except ApiError as error:
            errors.append({**update, "errors": error.fields or {"base": [error.message]}})
        else:
            entities.append(present(call.store, record))
    return {"entities": entities, "errors": errors}


def _sync_one(
    call: Call, kind: Kind, update: Mapping[str, Any], project: Record | None, parent: Record | None
) -> Record:
    sent = {name: value for name, value in update.items() if name not in kind.origin - kind.synced_origin}
    if update.get("id") is not None:
        found = call.store.get(int(update["id"])) if str(update["id"]).isdecimal() else None
        if found is None or not _belongs(call, found, kind, project, parent):
            raise invalid(id="Entity with this ID not found")
        return change(call, found, sent, kind.synced_origin)
    origin_id = update.get("origin_id")
    existing = call.store.by_origin(kind.name, call.company_id, str(origin_id)) if origin_id else None
    if existing is None:
        return create(call, kind.name, sent, project, parent)
    if not _belongs(call, existing, kind, project, parent):
        raise invalid(origin_id="has already been taken")
    return change(call, existing, sent, kind.synced_origin)


def _belongs(call: Call, record: Record, kind: Kind, project: Record | None, parent: Record | None) -> bool:
    if record.kind != kind.name or record.company_id != call.company_id or record.deleted_at:
        return False
    if record.kind == "project" and not record["permitted"]:
        return False
    return (project is None or record.project_id == project.id) and (parent is None or record.parent_id == parent.id)


def _checked(
    call: Call, kind: Kind, sent: Mapping[str, Any], origin: frozenset[str], project: Record | None
) -> dict[str, Any]:
    """The attributes that may be set, checked and in the form they are stored in."""
    values: dict[str, Any] = {}
    problems: dict[str, list[str]] = {}
    for name, value in sent.items():
        if name in origin:
            # A blank origin id is none: the record counts as unsynced again.
            values[name] = None if value in (None, "") else str(value)
        elif name not in kind.writable:
            continue
        elif name in kind.choices and value not in kind.choices[name]:
            problems[name] = ["is not included in the list"]
        elif name in kind.references and value is not None:
            values[name] = _referenced(call, kind.references[name], value, project)
            if values[name] is None:
                problems[name] = ["must exist"]
        elif name in kind.money and value is not None:
            values[name] = _amount(value)
            if values[name] is None:
                problems[name] = ["is not a number"]
        else:
            values[name] = value
    if problems:
        raise ApiError(422, "Validation failed", problems)
    return values


def _referenced(call: Call, kind: str, value: Any, project: Record | None) -> int | None:
    found = call.store.get(int(value)) if str(value).isdecimal() else None
    if found is None or found.kind != kind or found.company_id != call.company_id:
        return None
    inside = project is None or found.project_id in (None, project.id)
    return found.id if inside else None


def _amount(value: Any) -> str | None:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return f"{amount:.2f}" if amount.is_finite() else None


def _differs(held: Any, sent: Any) -> bool:
    return ("" if held is None else str(held)) != ("" if sent is None else str(sent))


def _unique(call: Call, kind: Kind, values: Mapping[str, Any], record: Record | None, project: Record | None) -> None:
    if not kind.unique or values.get(kind.unique) is None:
        return
    others: Sequence[Record] = call.store.all(kind.name, call.company_id, project.id if project else None)
    if any(other[kind.unique] == values[kind.unique] and other != record for other in others):
        raise invalid(**{kind.unique: "has already been taken"})
