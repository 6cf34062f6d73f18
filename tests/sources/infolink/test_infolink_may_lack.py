"""M4: what a site may lack of purchase orders, payables and billings without losing the rest of them."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.spec import Table
from spectrum_etl.sources.infolink.plan import ReadPlan
from spectrum_etl.sources.infolink.planner import make_plan
from spectrum_etl.sources.infolink.site import SiteTable
from spectrum_etl.staging.cast import row_rules
from spectrum_etl.staging.objects import OBJECTS

REFERENCE = Path(__file__).parents[3] / "sandbox" / "reference"
COLUMNS: dict[str, Any] = yaml.safe_load((REFERENCE / "infolink-columns.yaml").read_text(encoding="utf-8"))
LISTED: dict[str, Any] = yaml.safe_load((REFERENCE / "infolink-tables.yaml").read_text(encoding="utf-8"))
OPEN_ITEMS = {"Company_Code", "Customer_Code", "Invoice_Or_Transaction", "Transaction_Type", "Job_Number"}
AMOUNTS = [
    ("purchase_orders", "purchase_order_lines", "Line_Extension_List1"),
    ("purchase_orders", "purchase_order_lines", "Received_Extension"),
    ("payables", "vendor_invoices", "Invoice_Amount"),
    ("payables", "vendor_invoice_distributions", "Debit_Amount"),
    ("payables", "vendor_invoice_distributions", "Credit_Amount"),
    ("payables", "vendor_payments", "Payment_Amount"),
    ("billings", "billing_applications", "Material_Stored"),
    ("billings", "billing_applications", "Retention_Amount"),
    ("billings", "billing_applications", "Material_Stored_Retention"),
    ("billings", "receivable_invoices", "Sales_Tax_Amount"),
    ("billings", "receivable_invoices", "Retention_Amount"),
]


def reference_columns(table: str) -> list[str]:
    """The columns that the reference names, of a hosted site where that is all it knows."""
    listed = LISTED.get(table) or LISTED.get(table.removesuffix("_MC")) or {}
    return [*(listed.get("columns") or COLUMNS[table])]


def planned(spec: Table, without: str = "", hidden: str = "") -> ReadPlan:
    """What is read of a hosted site that lacks a column or a table."""

    def find(table: str) -> SiteTable:
        if table == hidden:
            raise FixConfiguration("Info-Link shows no such table", object=table, remedy="allow it")
        named = COLUMNS.get(table) or dict.fromkeys((*OPEN_ITEMS, "Invoice_Balance"), "varchar(10)")
        types = {name: "decimal(14,2)" if "decimal" in str(kind) else str(kind) for name, kind in named.items()}
        return SiteTable(table, f"dbo.{table}", {name: kind for name, kind in types.items() if name != without})

    return make_plan(spec, "1", False, find)


@pytest.mark.parametrize(("name", "table", "column"), AMOUNTS)
def test_m4_an_amount_that_a_site_lacks_is_noted_once_and_stops_nothing(name: str, table: str, column: str) -> None:
    spec = OBJECTS[name].table(table)
    plan = planned(spec, without=column)
    assert not plan.left_out
    (drift,) = [each for each in plan.drift if each.change == "missing"]
    assert drift.column == column
    (staged,) = [each for each in spec.columns if column in each.sources]
    assert staged.without
    assert f"{staged.name} is staged as NULL: {staged.without}" in drift.detail


@pytest.mark.parametrize(
    ("name", "table", "affects"),
    [
        ("payables", "vendor_payments", "what was paid on an invoice is not known"),
        ("billings", "billing_applications", "what is billed is known by invoices only"),
        ("billings", "receivable_invoice_lines", "invoices have no lines"),
    ],
)
def test_m4_a_table_that_a_site_does_not_show_costs_only_itself(name: str, table: str, affects: str) -> None:
    source = OBJECTS[name].table(table).infolink
    assert source
    left_out = {spec.name: planned(spec, hidden=source.table).left_out for spec in OBJECTS[name].tables}
    assert affects in left_out.pop(table)
    assert set(left_out.values()) == {""}


@pytest.mark.parametrize("table", ["receivable_invoices", "receivable_invoice_lines", "open_receivables"])
def test_m4_a_receivable_whose_type_is_blank_is_not_rejected(table: str) -> None:
    """Which types there are is not published: a plain invoice may have none."""
    spec = OBJECTS["billings"].table(table)
    blank = [rule for rule in row_rules(spec, spec.columns, "infolink") if "is not null" in rule.condition]
    needed = {rule.column for rule in blank if rule.condition.endswith("is not null")}
    assert "invoice_or_transaction" in needed
    assert "transaction_type" not in needed


def test_o1_a_name_of_another_table_does_not_put_it_before_the_columns_own() -> None:
    """The job's contract amount stands for the contract's where that lacks it, and nowhere else."""
    contracts = OBJECTS["prime_contracts"].table("prime_contracts")

    def find(without: str, asked: str) -> SiteTable:
        columns = {name: "decimal(14,2)" for name in reference_columns(asked) if name != without}
        own = {"ORIGINAL_CONTRACT": "Contract"} if asked == "JC_JOB_MASTER_MC" else {}
        return SiteTable(asked, f"dbo.{asked}", columns, own_names=own)

    for without, expected in (("", "c.Original_Contract_Amount"), ("Original_Contract_Amount", "j.Original_Contract")):
        found = make_plan(contracts, "1", False, partial(find, without)).column("original_contract")
        assert found is not None
        assert found.source == expected


@pytest.mark.parametrize(("name", "table"), [("payables", "vendor_payments"), ("jobs", "jobs"), ("budgets", "budgets")])
def test_o1_a_named_table_without_company_code_asks_for_one_company(name: str, table: str) -> None:
    """No column to allow: the settings say whose rows they are, and an optional table is not silently left out."""
    spec = OBJECTS[name].table(table)
    assert spec.infolink
    source = [*spec.infolink.tables.values()][-1]

    def find(one_company: bool, asked: str) -> SiteTable:
        columns = dict.fromkeys(reference_columns(asked), "decimal(14,2)")
        if asked != source:
            return SiteTable(asked, f"dbo.{asked}", columns)
        columns.pop("Company_Code")
        return SiteTable("OUR_VIEW", "dbo.OUR_VIEW", columns, named=True, one_company=one_company)

    with pytest.raises(FixConfiguration, match=rf"write `one_company: true` for {source} in infolink\.names"):
        make_plan(spec, "1", False, partial(find, False))
    assert not make_plan(spec, "1", False, partial(find, True)).left_out
