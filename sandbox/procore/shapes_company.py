"""What Procore shows of companies, vendors and projects."""

from collections.abc import Callable
from typing import Any

from sandbox.procore.store import Record, Store
from sandbox.procore.text import names

_VENDOR = names(
    "name abbreviated_name address city state_code zip country_code business_phone mobile_phone fax_number",
    "email_address website notes labor_union license_number trade_name legal_name is_active authorized_bidder",
    "prequalified union_member",
)
_USER = names(
    "name first_name last_name email_address job_title is_active is_employee address city state_code zip country_code",
    "business_phone mobile_phone fax_number employee_id notes",
)
_PROJECT = names(
    "name project_number address city state_code zip country_code county time_zone phone accounting_project_number",
    "start_date",
    "completion_date active store_number fax sector",
)

Json = dict[str, Any]


def company(_: Store, record: Record) -> Json:
    """A company, as lists show it."""
    return {
        "id": record.id,
        "name": record["name"],
        "is_active": True,
        "logo_url": None,
        "pcn_business_experience": None,
        "my_company": True,
    }


def vendor(_: Store, record: Record) -> Json:
    """A company of the directory."""
    group = record["vendor_group"]
    return {
        "id": record.id,
        **{name: record[name] for name in _VENDOR},
        "company": record["name"],
        "vendor_group": group and {"id": group["id"], "name": group["name"]},
        "synced_to_erp": record.origin_id is not None,
        "attachments": [],
        "primary_contact": None,
        "contact_count": 0,
        "children_count": 0,
        **record.origin,
        **record.times,
    }


def compact_vendor(_: Store, record: Record) -> Json:
    """A company of the directory in the view `compact`."""
    return {"id": record.id, "name": record["name"]}


def user(_: Store, record: Record) -> Json:
    """A user of the company's directory (show-company-user, version 1.3, as its published models have it)."""
    return {
        "id": record.id,
        **{name: record[name] for name in _USER},
        "vendor": None,
        **record.origin,
        **record.times,
    }


def user_reference(store: Store, user_id: int | None) -> Json | None:
    """A user inside what they made: with their login, which need not be an address."""
    found = store.get(user_id)
    return None if found is None else {"id": found.id, "login": found["login"], "name": found["name"]}


def project_row(store: Store, record: Record) -> Json:
    """A project, as the lists of version 1.0 show it."""
    owner = store.get(record.company_id)
    return {
        "id": record.id,
        **{name: record[name] for name in _PROJECT},
        "display_name": f"{record['project_number']} - {record['name']}",
        "is_demo": False,
        "parent_job_id": record["parent_job_id"],
        "stage": "Course of Construction",
        "project_template": _reference(store.get(record["project_template_id"])),
        "total_value": record["total_value"],
        "company": {"id": record.company_id, "name": owner["name"] if owner else None},
        "created_by": user_reference(store, record["created_by_id"]),
        **record.origin,
        **record.times,
    }


def project(store: Store, record: Record) -> Json:
    """One project with its ERP integration and list of standard cost codes, which version 1.0 lists leave out."""
    return {
        **project_row(store, record),
        "description": record["description"],
        "from_project_template_id": record["project_template_id"],
        "departments": [_reference(store.get(each)) for each in record["department_ids"] or []],
        "tz_name": record["tz_name"],
        "standard_cost_code_list_id": record["standard_cost_code_list_id"],
        "is_erp_integrated": bool(record["erp_integrated"]),
    }


def compact_project(_: Store, record: Record) -> Json:
    """A project in the compact view of version 1.0."""
    return {
        "id": record.id,
        "name": record["name"],
        "display_name": f"{record['project_number']} - {record['name']}",
    }


def with_midnights(shape: Callable[[Store, Record], Json]) -> Callable[[Store, Record], Json]:
    """Return the shape of a project whose days are written as the midnights they begin with."""

    def shaped(store: Store, record: Record) -> Json:
        shown = shape(store, record)
        days = {name: f"{shown[name]}T00:00:00Z" for name in ("start_date", "completion_date") if shown.get(name)}
        return shown | days

    return shaped


def project_template(_: Store, record: Record) -> Json:
    """A template that projects can be made from."""
    return {"id": record.id, "name": record["name"]}


def department(_: Store, record: Record) -> Json:
    """A department of the company."""
    return {"id": record.id, "name": record["name"], **_some_origin(record)}


def _some_origin(record: Record) -> Json:
    return {"origin_id": record.origin_id, "origin_data": record.origin_data}


def _reference(record: Record | None) -> Json | None:
    return None if record is None else {"id": record.id, "name": record["name"]}


def project_summary(_: Store, record: Record) -> Json:
    """A project, as a company's own list shows it."""
    return {
        "id": record.id,
        "name": record["name"],
        "address": {
            "street": record["address"],
            "city": record["city"],
            "state_code": record["state_code"],
            "zip": record["zip"],
            "country_code": record["country_code"],
        },
        "stage_name": "Course of Construction",
        "status_name": "Active" if record["active"] else "Inactive",
        "type_name": None,
        "open_items": [],
    }
