"""What Procore shows of standard and project cost codes, line item types and the work breakdown structure."""

from typing import Any

from sandbox.procore.store import Record, Store

Json = dict[str, Any]

CURRENCY = {"currency_iso_code": "USD"}


def code_list(_: Store, record: Record) -> Json:
    """A list of standard cost codes."""
    return {
        "id": record.id,
        "name": record["name"],
        "is_erp_list": bool(record["is_erp_list"]),
        "available_to_use_on_new_projects": True,
    }


def full_code(store: Store, record: Record) -> str:
    """The code with those of its parents before it, divided by dashes."""
    parent = store.get(record["parent_id"])
    return f"{full_code(store, parent)}-{record['code']}" if parent else str(record["code"])


def _some_origin(record: Record) -> Json:
    return {"origin_id": record.origin_id, "origin_data": record.origin_data}


def standard_code(store: Store, record: Record) -> Json:
    """A standard cost code."""
    return {
        "id": record.id,
        "standard_cost_code_list_id": record.parent_id,
        "parent_id": record["parent_id"],
        "code": record["code"],
        "full_code": full_code(store, record),
        "name": record["name"],
        **_some_origin(record),
    }


def standard_code_ids(_: Store, record: Record) -> Json:
    """A standard cost code in the view `default`."""
    return {"id": record.id, "standard_cost_code_list_id": record.parent_id}


def standard_code_origin(store: Store, record: Record) -> Json:
    """A standard cost code in the view `compact`."""
    return {**standard_code_ids(store, record), "origin_id": record.origin_id}


def segment_list(store: Store, record: Record) -> Json:
    """A list of standard cost codes as a list of segment items, where its flag has another name."""
    return {
        "id": record.id,
        "name": record["name"],
        "segment_items_count": len(store.children("standard_cost_code", [record.id])),
        "erp_integrated": bool(record["is_erp_list"]),
        "available_to_use_on_new_projects": True,
    }


def line_item_type(_: Store, record: Record) -> Json:
    """A line item type, which Spectrum calls cost type."""
    return {
        "id": record.id,
        "name": record["name"],
        "code": record["csv_import_code"],
        "base_type": record["base_type"],
        **_some_origin(record),
    }


def cost_code(store: Store, record: Record) -> Json:
    """A project's cost code with the types assigned to it."""
    types = [store.get(each) for each in record["line_item_type_ids"] or []]
    full = full_code(store, record)
    standard = store.get(record["standard_cost_code_id"])
    return {
        "id": record.id,
        "biller": "Project",
        "biller_id": record.project_id,
        "biller_type": "Project",
        "budgeted": bool(record["budgeted"]),
        "code": record["code"],
        "full_code": full,
        "sortable_code": full,
        "name": record["name"],
        "parent": {"id": record["parent_id"]},
        "position": record.position,
        "standard_cost_code_id": record["standard_cost_code_id"],
        "standard_cost_code_list_id": standard.parent_id if standard else None,
        "line_item_types": [line_item_type(store, each) for each in types if each],
        "deleted_at": None,
        **_some_origin(record),
        **record.times,
    }


def segment(store: Store, record: Record) -> Json:
    """A segment of the work breakdown structure; every company has those of cost code and cost type."""
    return {
        "id": record.id,
        "name": record["name"],
        "type": record["type"],
        "position": record.position,
        "delimiter": "." if record["type"] != "cost_code" else "-",
        "required": record["type"] != "custom",
        "structure": "tiered" if record["type"] == "cost_code" else "flat",
        "segment_items_count": len(store.children("segment_item", [record.id])),
        "project_can_modify_origin_project": True,
        "project_can_delete_origin_company": False,
        "wbs_pattern_id": record.company_id,
        **record.times,
    }


def code_of(store: Store, found: Record) -> str:
    """The code of what an item of a segment stands for, with those of its parents."""
    if found.kind == "line_item_type":
        return str(found["csv_import_code"])
    return full_code(store, found)


def item(store: Store, found: Record, of: Record | None) -> Json:
    """An item of a segment: a cost code, a cost type, or an item of a custom segment."""
    code = code_of(store, found)
    return {
        "id": found.id,
        "code": found["code"] or code,
        "name": found["name"],
        "parent_id": found["parent_id"],
        "path_ids": [found.id],
        "path_code": code,
        "path_codes": [code],
        "path_names": [found["name"]],
        "is_parent": False,
        "in_use": True,
        "status": found["status"] or "active",
        "segment": segment_reference(of),
        **found.times,
    }


def segment_reference(of: Record | None) -> Json | None:
    """A segment inside one of its items."""
    if of is None:
        return None
    return {"id": of.id, "name": of["name"], "type": of["type"], "position": of.position}


def wbs_code(store: Store, record: Record) -> Json:
    """A code of the work breakdown structure: cost code, cost type and, in some projects, a custom segment's item."""
    items = []
    for each in record["segment_items"]:
        found, of = store.get(each["item_id"]), store.get(each["segment_id"])
        if found is not None:
            items.append(item(store, found, of))
    return {
        "id": record.id,
        "flat_code": record["flat_code"],
        "flat_name": ".".join(str(item["name"]) for item in items),
        "description": record["description"],
        "status": record["status"] or "active",
        "segment_items": items,
        "wbs_pattern_id": record.company_id,
        **record.times,
    }


def wbs_reference(store: Store, wbs_id: int | None) -> Json | None:
    """A code of the work breakdown structure inside a line."""
    found = store.get(wbs_id)
    if found is None:
        return None
    return {"id": found.id, "flat_code": found["flat_code"], "description": found["description"]}
