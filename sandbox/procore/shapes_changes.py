"""What Procore shows of change orders: as packages, as potential and as prime change orders."""

from typing import Any

from sandbox.procore import shapes_codes as shapes
from sandbox.procore.shapes_company import user_reference
from sandbox.procore.shapes_contracts import change_total, line, markups, total
from sandbox.procore.store import Record, Store
from sandbox.procore.text import names, timestamp

Json = dict[str, Any]

_CHANGE = names(
    "number title status executed due_date invoiced_date paid_date revision signed_change_order_received_date",
)


def change_row(store: Store, record: Record) -> Json:
    """A change order package, as lists show it: without type, description and lines."""
    return {
        "id": record.id,
        "contract_id": record.parent_id,
        **{name: record[name] for name in _CHANGE},
        "grand_total": change_total(store, record),
        "reviewed_at": record["reviewed_at"],
        "created_by_id": record["created_by_id"],
        "designated_reviewer": None,
        "currency_configuration": shapes.CURRENCY,
        "deleted_at": timestamp(record.deleted_at),
        **record.origin,
        **record.times,
    }


def change(store: Store, record: Record) -> Json:
    """One change order package with its lines and their markup."""
    lines = [
        {**_change_line(store, each), "holder": {"id": record["potential_id"], "holder_type": "PotentialChangeOrder"}}
        for each in store.children("change_order_line", [record.id])
    ]
    shown = change_row(store, record)
    del shown["created_by_id"]
    return {
        **shown,
        "creator": user_reference(store, record["created_by_id"]),
        "type": record["type"],
        "description": record["description"],
        "schedule_impact_amount": record["schedule_impact_amount"],
        "position": record.position,
        "private": False,
        "line_items": lines,
        "attachments": [],
    }


def _change_line(store: Store, record: Record) -> Json:
    shown = line(store, record)
    kept = names(
        "id position description quantity uom total_amount extended_amount unit_cost cost_code wbs_code",
        "line_item_type currency_configuration",
    )
    extra = {**record.times, "currency_configuration": shapes.CURRENCY}
    return {name: shown[name] for name in kept} | {
        "markup_line_items": [{**each, **extra} for each in markups(record)],
    }


def potential_row(store: Store, record: Record) -> Json:
    """A potential change order: in one-tier projects each package has exactly one."""
    shown = change_row(store, record)
    for name in ("origin_code", "origin_data", "origin_id", "created_by_id", "designated_reviewer"):
        del shown[name]
    number = record["number"]
    return shown | {
        "id": record["potential_id"],
        "change_reason": None,
        "change_order_request_id": None,
        "change_order_package_title": record["title"],
        "change_order_package_acronym_number": f"CO {number}",
        "potential_change_order_acronym_number": f"PCO {number}",
        "change_order_tiers": 1,
    }


def potential(store: Store, record: Record) -> Json:
    """One potential change order with its lines."""
    lines = [_change_line(store, each) for each in store.children("change_order_line", [record.id])]
    amounts = total(each["total_amount"] for each in lines)
    extra = {"description": record["description"], "line_items_total": amounts, "line_items_extended_total": amounts}
    return {**potential_row(store, record), **extra, "line_items": lines, "origin_id": None, "origin_data": None}


def prime_change(store: Store, record: Record) -> Json:
    """A prime change order (1- and 2-tier projects): the package by another id, and without origin fields."""
    shown = change_row(store, record)
    for name in ("origin_code", "origin_data", "origin_id", "created_by_id", "deleted_at"):
        del shown[name]
    maker = user_reference(store, record["created_by_id"])
    return shown | {
        "id": record["prime_change_id"],
        "legacy_package_id": record.id,
        "legacy_request_id": None,
        "batch_id": None,
        "location_id": None,
        "description": record["description"],
        "type": "PrimeChangeOrder",
        "schedule_impact_amount": record["schedule_impact_amount"],
        "signature_required": False,
        "private": False,
        "paid": False,
        "field_change": False,
        "created_by": maker and {"id": maker["id"], "name": maker["name"]},
        "change_events": [],
    }
