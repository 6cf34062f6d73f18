"""The marts as data: what each is called, its key and where its SQL is."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from spectrum_etl.model.sql_files import SQL_FOLDER
from spectrum_etl.staging.objects import OBJECTS


@dataclass(frozen=True)
class Mart:
    """One table in the schema `marts`.

    Args:
        name: its name, and that of the SQL file that computes its rows into a temporary table `_<name>`.
        key: its primary key.
        before: SQL files that find what changed, run first, each into a temporary table of the file's name.
        keys: of those temporary tables that the mart's rows look up, the columns they are looked up by.
        after: SQL files that correct rows of the mart whose key did not change.
        always_whole: whether its file gives all of its rows each time, so that others are removed.
        kept: columns that the database fills when a row is inserted, and that stay as they are.
    """

    name: str
    key: tuple[str, ...]
    before: tuple[str, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    always_whole: bool = False
    kept: tuple[str, ...] = ()

    @property
    def relation(self) -> str:
        """The table."""
        return f"marts.{self.name}"

    @property
    def fresh(self) -> str:
        """The temporary table of the rows that may have changed."""
        return f"_{self.name}"


#: In the order in which they are computed: later ones read earlier ones.
MARTS = (
    Mart(
        "job_cost_by_month",
        ("company_code", "job_number", "phase_code", "cost_type", "month"),
        before=("changed_postings",),
    ),
    Mart(
        "commitments",
        ("company_code", "kind", "document_number", "vendor_code", "job_number", "phase_code", "cost_type"),
        before=("changed_purchase_orders", "changed_commitments"),
    ),
    Mart(
        "job_cost_summary",
        ("company_code", "job_number", "phase_code", "cost_type"),
        before=("commitments_known", "changed_codes", "committed_codes"),
        # Without it the planner may compare every one with every changed code: seconds, with many of both.
        keys={"committed_codes": ("job_number", "phase_code", "cost_type")},
    ),
    Mart(
        "vendor_spend",
        ("company_code", "vendor_company_code", "vendor_code", "job_number", "month"),
        after=("vendor_names",),
    ),
    Mart("contract_status", ("company_code", "customer_code", "job_number")),
    Mart(
        "subcontract_status",
        ("company_code", "job_number", "vendor_code", "subcontract_number"),
        before=("subcontract_changes_known", "changed_subcontracts"),
    ),
    Mart("open_purchase_orders", ("company_code", "po_number", "line_number")),
    Mart(
        "payables_by_job",
        (
            "company_code",
            "vendor_code",
            "invoice_number",
            "invoice_type_code",
            "job_company_code",
            "job_number",
        ),
        before=("payments_not_shown", "changed_payables"),
    ),
    Mart(
        "receivables",
        ("company_code", "customer_code", "invoice_or_transaction", "transaction_type"),
        always_whole=True,
    ),
    Mart(
        "after_close",
        (
            "company_code",
            "job_number",
            "phase_code",
            "cost_type",
            "tran_date",
            "tran_type_code",
            "reference_1",
            "reference_2",
            "detail_sequence",
            "seen_at",
        ),
        kept=("first_written_at",),
    ),
    Mart("rejected_amounts", ("company_code", "table_name", "job_number", "amount_name"), always_whole=True),
    Mart("wip_month_ends", ("company_code", "month_end"), always_whole=True),
    Mart(
        "wip_by_month",
        ("company_code", "job_number", "month_end", "known"),
        before=(
            "wip_points",
            "wip_changed_jobs",
            "wip_moves",
            "wip_posted",
            "wip_jobs",
            "wip_at_completion",
            "wip_contracts",
            "wip_changes",
            "wip_streams",
            "wip_billed",
        ),
    ),
    Mart("wip_reconciliation", ("company_code", "job_number")),
)

#: The staged tables that the marts are computed from: `since_<table>` is bound in their SQL.
SOURCES = (
    "job_cost_transactions",
    "job_cost_totals",
    "budgets",
    "projections",
    "project_cost_codes",
    "vendors",
    "prime_contracts",
    "prime_contract_items",
    "subcontracts",
    "subcontract_items",
    "subcontract_changes",
    "jobs",
    "purchase_orders",
    "purchase_order_lines",
    "vendor_invoices",
    "vendor_invoice_distributions",
    "vendor_payments",
    "receivable_invoices",
    "open_receivables",
    "customers",
    "billing_applications",
    "change_requests",
    "change_request_revenues",
    "change_request_statuses",
)


#: Staged tables without a key: a row of them that is rejected never has a last good version.
PARTITIONED = tuple(table.name for obj in OBJECTS.values() for table in obj.tables if table.partitioned)


def amounts() -> list[tuple[str, str, bool, bool]]:
    """Every column of money that is read from a source: staged table, column, whether its rows name a job, and whether
    credits are among them that Spectrum holds as positive amounts.
    """
    return [
        (table.name, column.name, table.names_job, any(each.name.startswith("signed_") for each in table.columns))
        for obj in OBJECTS.values()
        for table in obj.tables
        for column in table.read_columns()
        if column.type == "money"
    ]


@functools.cache
def definition() -> str:
    """A short text that changes whenever the SQL of the marts does: then they are computed whole."""
    files = sorted((SQL_FOLDER / "marts").glob("*.sql"))
    described = "\n".join(path.name + path.read_text(encoding="utf-8") for path in files)
    return hashlib.sha256(described.encode()).hexdigest()[:16]
