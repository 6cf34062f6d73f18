"""Checks what is sent for a record, value by value, before it is written; used by `writes`."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from sandbox.procore.answers import ApiError, invalid
from sandbox.procore.calls import Call
from sandbox.procore.countries import is_country, is_state
from sandbox.procore.kinds import Kind
from sandbox.procore.store import Record

Action = Literal["create", "change", "sync"]


def checked(
    call: Call,
    kind: Kind,
    sent: Mapping[str, Any],
    origin: frozenset[str],
    project: Record | None,
    action: Action,
    record: Record | None = None,
) -> dict[str, Any]:
    """Return the attributes that may be set, checked and in the form they are stored in.

    Args:
        call: the call.
        kind: of the record.
        sent: attributes; those that this action does not take are ignored, as Rails' permitted parameters are.
        origin: origin fields that this action takes.
        project: the record's.
        action: what is done.
        record: as it is, None for a new one.

    Raises:
        ApiError: 422 with messages by field.
    """
    values: dict[str, Any] = {}
    problems: dict[str, list[str]] = {}
    choices = kind.choices | (kind.sync_choices if action == "sync" else {})
    for name, value in sent.items():
        if name in origin:
            # A blank origin id is none: the record counts as unsynced again.
            values[name] = None if value in (None, "") else str(value)
            continue
        if name not in kind.writable or (name in kind.only and action not in kind.only[name]):
            continue
        if name == "erp_integrated" and call.ways.erp_flag == "ignored":
            continue
        values[name], problem = _value(call, kind, name, value, project, choices)
        if problem:
            problems[name] = [problem]
    problems |= _place(values, record)
    problems |= _required(call, kind, values, record)
    if problems:
        raise ApiError(422, "Validation failed", problems)
    if kind.name == "standard_cost_code" and call.ways.full_standard_codes:
        _leave_prefix_out(call, values)
    return values


def with_parent(call: Call, kind: Kind, sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what was sent with the parent that it names by origin id (certain for cost codes of a project).

    Raises:
        ApiError: 422 when there is none.
    """
    origin_id = sent.get("parent_origin_id")
    if not origin_id or sent.get("parent_id") is not None or kind.name not in {"cost_code", "standard_cost_code"}:
        return sent
    found = call.store.by_origin(kind.name, call.company_id, str(origin_id), any_case=call.ways.finds_any_case)
    if found is None:
        raise invalid(parent_origin_id="must exist")
    return {**sent, "parent_id": found.id}


def _leave_prefix_out(call: Call, values: dict[str, Any]) -> None:
    """Store the segment of a standard code that was sent with the codes of its parents."""
    prefix, above = "", call.store.get(values.get("parent_id"))
    while above is not None:
        prefix, above = f"{above['code']}-{prefix}", call.store.get(above["parent_id"])
    if prefix and values.get("code"):
        values["code"] = str(values["code"]).removeprefix(prefix)


def _value(
    call: Call, kind: Kind, name: str, value: Any, project: Record | None, choices: Mapping[str, tuple[str, ...]]
) -> tuple[Any, str]:
    """One value as it is stored, and what is wrong with it."""
    if name in choices and value not in choices[name]:
        return None, "is not included in the list"
    if name in kind.references and value is not None:
        found = _referenced(call, kind.references[name], value, project)
        return found, "" if found is not None else "must exist"
    if name == "erp_integrated" and value and call.ways.erp_flag == "refused":
        return None, "ERP Integrations is not enabled for this company"
    if name in kind.money and value is not None:
        amount = _amount(value)
        return amount, "" if amount is not None else "is not a number"
    if name in kind.days:
        return _day(value), ""
    return value, ""


def _required(call: Call, kind: Kind, values: Mapping[str, Any], record: Record | None) -> dict[str, list[str]]:
    """What a configurable field set asks for (run_configurable_validations)."""
    name = call.ways.required.get(kind.name)
    said = call.query.get("run_configurable_validations", "")
    if name is None or not (said == "true" or (call.ways.validates and said != "false")):
        return {}
    value = values.get(name, record[name] if record else None)
    return {name: ["can't be blank"]} if value in (None, "") else {}


def _place(values: Mapping[str, Any], record: Record | None) -> dict[str, list[str]]:
    """Countries and states conform to ISO 3166 (endpoints of vendors and projects); blank ones are none."""
    problems: dict[str, list[str]] = {}
    country = values.get("country_code", record["country_code"] if record else None) or "US"
    if values.get("country_code") and not is_country(values["country_code"]):
        problems["country_code"] = ["is not a valid country code"]
    elif values.get("state_code") and not is_state(str(country), values["state_code"]):
        problems["state_code"] = ["is not a valid state code"]
    return problems


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


def _day(value: Any) -> str | None:
    """A calendar day, sent as one or with a time; what has a wrong form is none, without an error (notes of 2026)."""
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(T[\d:.]+Z)?", str(value))
    if found is None:
        return None
    try:
        return date.fromisoformat(found[1]).isoformat()
    except ValueError:
        return None
