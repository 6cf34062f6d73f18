"""What Procore shows of budget changes and their adjustment lines; amounts are JSON numbers, see `shapes_budget`."""

from decimal import Decimal
from typing import Any

from sandbox.procore import shapes_codes as shapes
from sandbox.procore.shapes_budget import number
from sandbox.procore.store import Record, Store

Json = dict[str, Any]


def change_summary(store: Store, record: Record) -> Json:
    """A budget change, as lists show it."""
    lines = store.children("adjustment_line", [record.id])
    return {
        "id": record.id,
        "number": record["number"],
        "status": record["status"],
        "title": record["title"],
        "description": record["description"],
        "erp_status": record["erp_status"],
        "prime_contract_id": None,
        "amount": number(sum((Decimal(line["amount"] or 0) for line in lines), Decimal())),
        "change_event_line_item_ids": [],
        "currency_configuration": shapes.CURRENCY,
    }


def budget_change(store: Store, record: Record) -> Json:
    """One budget change with its adjustment lines."""
    lines = store.children("adjustment_line", [record.id])
    return {
        **change_summary(store, record),
        "attachments": [],
        "adjustment_line_items": [_adjustment(store, line) for line in lines],
        "production_quantities": [],
    }


def _adjustment(store: Store, record: Record) -> Json:
    return {
        "id": record.id,
        "ref": record["ref"],
        "adjustment_number": record["adjustment_number"],
        "wbs_code": shapes.wbs_reference(store, record["wbs_code_id"]),
        "description": record["description"],
        "comment": record["comment"],
        "calculation_strategy": record["calculation_strategy"] or "manual",
        "quantity": None,
        "type": record["type"],
        "uom": record["uom"],
        "unit_cost": number(record["unit_cost"]),
        "amount": number(record["amount"]),
        "change_event_line_item_id": None,
        "change_event_line_item": None,
        "currency_configuration": shapes.CURRENCY,
    }


def adjustment_v2(store: Store, record: Record) -> Json:
    """An adjustment line, as version 2 lists those of a whole project."""
    change = store.get(record.parent_id)
    if change is None:
        raise LookupError(f"adjustment line {record.id} has lost its budget change")
    return {
        "id": str(record.id),
        "adjustment_number": record["adjustment_number"],
        "wbs_code_id": str(record["wbs_code_id"]),
        "amount": number(record["amount"]),
        "uom": record["uom"],
        "quantity": None,
        "description": record["description"],
        "type": record["type"],
        "budget_change_number": str(change["number"]),
        "budget_change_status": change["status"],
        "budget_change_name": change["title"],
        "budget_change_id": str(change.id),
    }
