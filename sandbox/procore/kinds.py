"""What may be written to each kind of record, and what its synced state locks.

A record with an origin id is synced: Procore then keeps people and programs from changing what an ERP system holds
too (tutorial-financial-tools; the connector page, "cannot be edited after the commitment has been synced"). Elements
that an action does not document are ignored, as Rails' permitted parameters are.
"""

from dataclasses import dataclass, field
from typing import Any

from sandbox.procore.text import names

_ORIGIN = frozenset({"origin_id", "origin_code", "origin_data"})
_WITHOUT_CODE = frozenset({"origin_id", "origin_data"})
_VENDOR_TEXTS = (
    "name abbreviated_name address city state_code zip country_code business_phone mobile_phone fax_number"
    " email_address website notes labor_union license_number trade_name"
)
_PROJECT_TEXTS = (
    "name project_number address city state_code zip country_code county time_zone phone description"
    " accounting_project_number start_date completion_date store_number fax sector"
)
# Which action takes what of a project (procore-import.md 4): the list is set by PATCH alone, a template and the copy of
# the codes count at creation alone, and the sync action knows neither ERP integration nor parent jobs.
_PROJECT_ONLY = {
    "standard_cost_code_list_id": frozenset({"change"}),
    "enable_copy_of_standard_cost_codes": frozenset({"create", "sync"}),
    "erp_integrated": frozenset({"create", "change"}),
    "parent_job_id": frozenset({"create", "change"}),
    "county": frozenset({"change"}),
    "fax": frozenset({"change"}),
}
_CONTRACT_TEXTS = (
    "number title description accounting_method retainage_percent contract_date execution_date issued_on_date"
    " inclusions exclusions bill_to_address ship_to_address ship_via payment_terms delivery_date"
)
_WORK_ORDER_STATUSES = ("Draft", "Out For Bid", "Out For Signature", "Approved", "Complete", "Terminated", "Void")
_PURCHASE_ORDER_STATUSES = (
    "Draft",
    "Processing",
    "Submitted",
    "Partially Received",
    "Received",
    "Approved",
    "Closed",
)
CHANGE_ORDER_STATUSES = names(
    "draft not_pricing pricing pending revised proceeding not_proceeding no_charge approved rejected void"
)
BUDGET_CHANGE_STATUSES = ("draft", "approved", "under_review", "void")


_BASE_TYPES = names("labor equipment materials commitment owner_cost professional_services other")


@dataclass(frozen=True)
class Kind:
    """The rules of one kind of record.

    Args:
        name: as it is stored.
        writable: attributes that a caller may set.
        origin: origin fields that a caller may set.
        synced_origin: those of them that the sync action takes.
        required: attributes that a new record must have.
        frozen: attributes that stay as they are while the record, or for a line its document, has an origin id.
        choices: allowed values by attribute.
        references: kind of the record that an attribute's id must name.
        money: attributes that are amounts, kept as text with two decimals.
        unique: an attribute that no two living records of a project or company may share.
        only: the actions (create, change, sync) that take an attribute, where not all do.
        sync_choices: allowed values by attribute where the sync action has others.
        days: attributes that are calendar days; one that cannot be read is stored as none, without an error.
        defaults: what a new record has that nobody said.
    """

    name: str
    writable: frozenset[str]
    origin: frozenset[str] = _ORIGIN
    synced_origin: frozenset[str] = _ORIGIN
    required: tuple[str, ...] = ()
    frozen: frozenset[str] = frozenset()
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    money: frozenset[str] = frozenset()
    unique: str = ""
    only: dict[str, frozenset[str]] = field(default_factory=dict)
    sync_choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    days: frozenset[str] = frozenset()
    defaults: dict[str, Any] = field(default_factory=dict)


def _names(*texts: str) -> frozenset[str]:
    return frozenset(names(*texts))


_LINE = _names(
    "amount cost_code_id line_item_type_id wbs_code_id description quantity unit_cost uom tax_code_id extended_type"
)
_LINE_REFERENCES = {
    "cost_code_id": "cost_code",
    "line_item_type_id": "line_item_type",
    "wbs_code_id": "wbs_code",
}

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "vendor",
            _names(_VENDOR_TEXTS, "is_active authorized_bidder prequalified union_member origin_custom_fields"),
            required=("name",),
            only={"origin_custom_fields": frozenset({"sync"})},
            defaults={"is_active": True},
        ),
        Kind(
            "project",
            _names(_PROJECT_TEXTS, "active total_value department_ids project_template_id", " ".join(_PROJECT_ONLY)),
            synced_origin=_WITHOUT_CODE,
            required=("name",),
            references={
                "standard_cost_code_list_id": "standard_cost_code_list",
                "project_template_id": "project_template",
                "parent_job_id": "project",
            },
            money=_names("total_value"),
            only=_PROJECT_ONLY,
            days=_names("start_date completion_date"),
            defaults={"active": True},
        ),
        Kind(
            "standard_cost_code_list",
            _names("name is_erp_list"),
            origin=frozenset(),
            required=("name",),
            only={"is_erp_list": frozenset({"change"})},
            defaults={"is_erp_list": False},
        ),
        Kind(
            "standard_cost_code",
            _names("name code parent_id"),
            origin=_WITHOUT_CODE,
            required=("name", "code"),
            references={"parent_id": "standard_cost_code"},
            unique="code",
        ),
        Kind(
            "segment_item",
            _names("code name parent_id"),
            origin=frozenset(),
            required=("code", "name"),
            references={"parent_id": "segment_item"},
            defaults={"status": "active"},
        ),
        Kind("wbs_code", _names("description status"), origin=frozenset(), defaults={"status": "active"}),
        Kind(
            "cost_code",
            _names("name code parent_id position standard_cost_code_id"),
            origin=_WITHOUT_CODE,
            required=("name", "code"),
            frozen=_names("code"),
            references={"parent_id": "cost_code", "standard_cost_code_id": "standard_cost_code"},
            unique="code",
        ),
        Kind(
            "line_item_type",
            _names("name csv_import_code base_type"),
            origin=_WITHOUT_CODE,
            required=("name",),
            frozen=_names("csv_import_code"),
            choices={"base_type": _BASE_TYPES},
            # The sync action's list has no `labor`, that of creating one has (endpoints: both).
            sync_choices={"base_type": _BASE_TYPES[1:]},
        ),
        Kind(
            "work_order_contract",
            _names(_CONTRACT_TEXTS, "status", "vendor_id", "executed", "private"),
            frozen=_names("status vendor_id accounting_method"),
            choices={"status": _WORK_ORDER_STATUSES, "accounting_method": ("amount", "unit")},
            references={"vendor_id": "vendor"},
        ),
        Kind(
            "purchase_order_contract",
            _names(_CONTRACT_TEXTS, "status", "vendor_id", "executed", "private"),
            frozen=_names("status vendor_id accounting_method"),
            choices={"status": _PURCHASE_ORDER_STATUSES, "accounting_method": ("amount", "unit")},
            references={"vendor_id": "vendor"},
        ),
        Kind(
            "prime_contract",
            _names(_CONTRACT_TEXTS, "status", "vendor_id", "contractor_id", "executed"),
            origin=_WITHOUT_CODE,
            frozen=_names("accounting_method"),
            choices={"status": _WORK_ORDER_STATUSES[:-1], "accounting_method": ("amount", "unit")},
            references={"vendor_id": "vendor", "contractor_id": "vendor"},
        ),
        Kind(
            "contract_line",
            _LINE,
            origin=_WITHOUT_CODE,
            frozen=_LINE,
            references=_LINE_REFERENCES,
            money=_names("amount"),
        ),
        Kind(
            "change_order_package",
            _names(
                "status title description schedule_impact_amount paid_date invoiced_date due_date executed"
                " signed_change_order_received_date"
            ),
            frozen=_names("status title"),
            choices={"status": CHANGE_ORDER_STATUSES},
        ),
        Kind(
            "change_order_line",
            _LINE,
            origin=_WITHOUT_CODE,
            frozen=_LINE,
            references=_LINE_REFERENCES,
            money=_names("amount"),
        ),
        Kind(
            "budget_change",
            _names("number status title description"),
            origin=frozenset(),
            required=("status",),
            choices={"status": BUDGET_CHANGE_STATUSES},
        ),
        Kind(
            "adjustment_line",
            _names(
                "ref adjustment_number wbs_code_id description comment calculation_strategy type uom unit_cost amount"
            ),
            origin=frozenset(),
            choices={"type": ("change_event", "budget_change"), "calculation_strategy": ("automatic", "manual")},
            references={"wbs_code_id": "wbs_code"},
            money=_names("amount"),
        ),
        Kind(
            "budget_modification",
            _names("from_budget_line_item_id to_budget_line_item_id transfer_amount notes"),
            origin=_WITHOUT_CODE,
            required=("to_budget_line_item_id", "transfer_amount"),
            frozen=_names("from_budget_line_item_id to_budget_line_item_id transfer_amount notes"),
            references={"from_budget_line_item_id": "budget_line", "to_budget_line_item_id": "budget_line"},
            money=_names("transfer_amount"),
        ),
        Kind(
            "budget_line",
            _names("wbs_code_id original_budget_amount quantity unit_cost uom calculation_strategy"),
            origin=frozenset(),
            required=("wbs_code_id",),
            choices={"calculation_strategy": ("automatic", "manual")},
            references={"wbs_code_id": "wbs_code"},
            money=_names("original_budget_amount"),
        ),
        Kind(
            "direct_cost",
            _names(
                "description direct_cost_date direct_cost_type employee_id invoice_number payment_date received_date"
                " status terms vendor_id"
            ),
            origin=_WITHOUT_CODE,
            required=("direct_cost_type",),
            choices={
                "direct_cost_type": ("invoice", "expense", "payroll"),
                "status": ("draft", "pending", "revise_and_resubmit", "approved"),
            },
            references={"vendor_id": "vendor"},
            # "direct_cost_type can only be set at creation"
            only={"direct_cost_type": frozenset({"create", "sync"})},
            days=_names("direct_cost_date payment_date received_date"),
            defaults={"status": "draft"},
        ),
        Kind(
            "direct_cost_line",
            _LINE,
            origin=_WITHOUT_CODE,
            references=_LINE_REFERENCES,
            money=_names("amount"),
        ),
    )
}
