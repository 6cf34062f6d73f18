"""What Procore shows of commitments, prime contracts and all lines. Amounts are texts, as it has them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sandbox.procore import shapes_codes as shapes
from sandbox.procore.shapes_company import user_reference
from sandbox.procore.store import Record, Store
from sandbox.procore.text import names, timestamp

Json = dict[str, Any]

_CONTRACT = names(
    "number title description status accounting_method retainage_percent contract_date execution_date issued_on_date",
    "inclusions exclusions executed private",
)
_ORDER = names("bill_to_address ship_to_address ship_via payment_terms delivery_date")


def total(amounts: Iterable[Any]) -> str:
    """The sum of amounts, with two decimals."""
    return f"{sum((Decimal(str(amount or 0)) for amount in amounts), Decimal()):.2f}"


def markups(line: Record) -> list[Json]:
    """The markup lines of a change order's line."""
    return line["markup"] or []


def change_total(store: Store, record: Record) -> str:
    """A change order's amount with markup."""
    lines = store.children("change_order_line", [record.id])
    return total([*(line["amount"] for line in lines), *(each["amount"] for line in lines for each in markups(line))])


def contract_row(store: Store, record: Record) -> Json:
    """A commitment or prime contract, as lists show it."""
    lines = store.children("contract_line", [record.id])
    changes = [each for each in store.children("change_order_package", [record.id]) if each["status"] == "approved"]
    amount, changed = total(line["amount"] for line in lines), total(change_total(store, each) for each in changes)
    vendor = store.get(record["vendor_id"])
    prime = record.kind == "prime_contract"
    return {
        "id": record.id,
        **{name: record[name] for name in _CONTRACT},
        **({name: record[name] for name in _ORDER} if record.kind == "purchase_order_contract" else {}),
        "grand_total": amount,
        "approved_change_orders": changed,
        "revised_contract_amount" if prime else "revised_contract": total([amount, changed]),
        "project": {"id": record.project_id, "name": _name(store, record.project_id)},
        "vendor": vendor and {"id": vendor.id, "company": vendor["name"]},
        "currency_configuration": shapes.CURRENCY,
        "deleted_at": timestamp(record.deleted_at),
        **record.origin,
        **record.times,
    }


def contract(store: Store, record: Record) -> Json:
    """One contract with its lines and change orders."""
    lines = store.children("contract_line", [record.id])
    changes = store.children("change_order_package", [record.id])
    # Commitments name who made them by id alone, prime contracts with login and name.
    maker = {"created_by_id": record["created_by_id"]}
    if record.kind == "prime_contract":
        maker = {"created_by": user_reference(store, record["created_by_id"])}
    return {
        **contract_row(store, record),
        **maker,
        "line_items": [line(store, each) for each in lines],
        "change_order_packages": [change_reference(each) for each in changes],
        "attachments": [],
    }


def change_reference(record: Record) -> Json:
    """A change order inside its contract."""
    kept = ("number", "status", "title", "due_date", "invoiced_date", "paid_date", "reviewed_at")
    shown = {name: record[name] for name in kept}
    return {"id": record.id, "contract_id": record.parent_id, **shown, **record.origin, **record.times}


def line(store: Store, record: Record) -> Json:
    """A line of a contract or potential change order."""
    code, kind = store.get(record["cost_code_id"]), store.get(record["line_item_type_id"])
    holder = store.get(record.parent_id)
    names = {"work_order_contract": "WorkOrderContract", "purchase_order_contract": "PurchaseOrderContract"}
    return {
        "id": record.id,
        "amount": record["amount"],
        "total_amount": record["amount"],
        "extended_amount": record["amount"],
        "quantity": record["quantity"],
        "unit_cost": record["unit_cost"],
        "uom": record["uom"],
        "extended_type": record["extended_type"] or "manual",
        "description": record["description"],
        "position": record.position,
        "tax_code_id": record["tax_code_id"],
        "cost_code": code and shapes.cost_code(store, code),
        "line_item_type": kind and shapes.line_item_type(store, kind),
        "wbs_code": shapes.wbs_reference(store, record["wbs_code_id"]),
        "holder": holder and {"id": holder.id, "holder_type": names.get(holder.kind, "PrimeContract")},
        "project": {"id": record.project_id, "name": _name(store, record.project_id)},
        "company": {"id": record.company_id, "name": _name(store, record.company_id)},
        "change_event_line_item": None,
        "currency_configuration": shapes.CURRENCY,
        "origin_id": record.origin_id,
        "origin_data": record.origin_data,
        **record.times,
    }


def line_v2(store: Store, record: Record) -> Json:
    """A line in version 2: ids as texts, its code by the work breakdown structure alone."""
    wbs = shapes.wbs_reference(store, record["wbs_code_id"])
    document = store.get(record.parent_id)
    referred = {}
    if document is not None and record.kind == "change_order_line":
        name = "prime_line_item_id" if document["type"] == "PrimeContractChangeOrder" else "commitment_line_item_id"
        referred = {name: _id(record["contract_line_id"])}
    return {
        "id": str(record.id),
        **referred,
        "description": record["description"],
        "uom": record["uom"],
        "quantity": float(record["quantity"]) if record["quantity"] else None,
        "unit_cost": record["unit_cost"],
        "amount": record["amount"],
        "extended_type": record["extended_type"] or "manual",
        "wbs_code_id": _id(record["wbs_code_id"]),
        "tax_code_id": _id(record["tax_code_id"]),
        "position": record.position,
        "wbs_code": wbs and {**wbs, "id": str(wbs["id"])},
    }


def contract_v2(store: Store, record: Record) -> Json:
    """A contract in version 2: ids as texts, and no origin fields."""
    shown = contract_row(store, record)
    for name in ("origin_code", "origin_data", "origin_id", "project", "vendor"):
        del shown[name]
    kinds = {
        "work_order_contract": "WorkOrderContract",
        "purchase_order_contract": "PurchaseOrderContract",
        "prime_contract": "PrimeContract",
    }
    return {**shown, "id": str(record.id), "type": kinds[record.kind], "vendor_id": _id(record["vendor_id"])}


def _id(value: Any) -> str | None:
    return None if value is None else str(value)


def _name(store: Store, record_id: int | None) -> str | None:
    found = store.get(record_id)
    return found["name"] if found else None
