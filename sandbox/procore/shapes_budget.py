"""What Procore shows of budgets: lines, rows of budget views.

Views show amounts as texts; lines and budget changes as numbers, which here are floats at the very last moment: the
published answers have JSON numbers there.
"""

from decimal import Decimal
from typing import Any

from sandbox.procore import shapes_codes as shapes
from sandbox.procore.store import Record, Store

Json = dict[str, Any]


def number(amount: Any) -> float | None:
    """An amount as a JSON number."""
    return None if amount is None else float(Decimal(str(amount)))


def budget_line(store: Store, record: Record) -> Json:
    """A budget line item in version 1.1."""
    return {
        "id": record.id,
        "original_budget_amount": number(record["original_budget_amount"]),
        "uom": record["uom"],
        "quantity": number(record["quantity"]),
        "unit_cost": number(record["unit_cost"]),
        "calculation_strategy": record["calculation_strategy"] or "manual",
        "wbs_code": shapes.wbs_reference(store, record["wbs_code_id"]),
        "currency_configuration": shapes.CURRENCY,
    }


def budget_line_1_0(store: Store, record: Record) -> Json:
    """A budget line item in version 1.0, which shows the cost at completion too."""
    code, kind = _code_and_type(store, record)
    shown = budget_line(store, record)
    del shown["wbs_code"]
    modified = approved_changes(store, record)
    revised = Decimal(record["original_budget_amount"] or 0) + Decimal(modified)
    return shown | {
        "approved_budget_changes": number(modified),
        "revised_budget": number(revised),
        "estimated_cost_at_completion": number((record["columns"] or {}).get("Estimated Cost at Completion")),
        "cost_code": code
        and {"id": code.id, "name": code["name"], "code": code["code"], "full_code": shapes.full_code(store, code)},
        "line_item_type": kind and {"id": kind.id, "name": kind["name"]},
    }


def view(_: Store, record: Record) -> Json:
    """A budget view."""
    base = f"/rest/v1.0/budget_views/{record.id}"
    return {
        "id": record.id,
        "name": record["name"],
        "description": record["description"],
        "role": "standard",
        "created_by": None,
        "links": {"detail_rows": f"{base}/detail_rows", "summary_rows": f"{base}/summary_rows"},
        **record.times,
    }


def columns(record: Record) -> list[Json]:
    """The columns of a budget view."""
    return [
        {
            "id": str(place),
            "name": name,
            "position": place,
            "type": "source",
            "aggregatable": True,
            "filterable": False,
            "groupable": False,
        }
        for place, name in enumerate(record["columns"], start=1)
    ]


def detail_row(store: Store, record: Record, view_record: Record) -> Json:
    """A budget line's row of a view: one key more for each visible column."""
    code, kind = _code_and_type(store, record)
    root = code
    while root is not None and (parent := store.get(root["parent_id"])):
        root = parent
    held = record["columns"] or {}
    forecast = held.get("Forecast To Complete")
    return {
        "id": record.id,
        "deletable": False,
        "company_id": record.company_id,
        "company": _name(store, record.company_id),
        "project_id": record.project_id,
        "project": _name(store, record.project_id),
        "wbs_code_id": record["wbs_code_id"],
        "biller_id": record.project_id,
        "biller": _name(store, record.project_id),
        "biller_type": "Project",
        "root_cost_code_id": root and root.id,
        "root_cost_code": root and f"{shapes.full_code(store, root)} - {root['name']}",
        "cost_code_id": code and code.id,
        "cost_code": code and f"{shapes.full_code(store, code)} - {code['name']}",
        "cost_code_origin_id": code and code.origin_id,
        "category_id": kind and kind.id,
        "category": kind and kind["name"],
        "original_budget_amount": record["original_budget_amount"],
        "budget_modifications": approved_changes(store, record),
        "budget_forecast": {
            "id": None,
            "manual_amount": forecast,
            "automatic_amount": None,
            "amount": forecast,
            "automatically_calculated": False,
            "calculation_strategy": "manual",
            "notes": None,
        },
        "currency_configuration": shapes.CURRENCY,
        "unbudgeted_reason": None,
        **{name: held.get(name) for name in view_record["columns"]},
    }


def approved_changes(store: Store, record: Record) -> str:
    """What approved budget changes and modifications add to a budget line."""
    found = store.approved_adjustments(record.project_id or 0).get(record["wbs_code_id"], Decimal())
    return f"{found:.2f}"


def _code_and_type(store: Store, record: Record) -> tuple[Record | None, Record | None]:
    wbs = store.get(record["wbs_code_id"])
    items = [store.get(each["item_id"]) for each in wbs["segment_items"]] if wbs else []
    by_kind = {item.kind: item for item in items if item is not None}
    return by_kind.get("cost_code"), by_kind.get("line_item_type")


def _name(store: Store, record_id: int | None) -> str | None:
    found = store.get(record_id)
    return found["name"] if found else None
