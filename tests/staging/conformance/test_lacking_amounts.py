"""M4: an amount that a site lacks is null, and so is what is derived of it; one that nobody entered is 0."""

from __future__ import annotations

import pytest
from infolink_rows import source_row
from staging_harness import Warehouse

from tests.repeats import repeats

ORDER_LINES = "PO_PURCHASE_ORDER_DETAIL_MC"
INVOICES = "VN_GL_DISTRIBUTION_HEADER_MC"
DISTRIBUTIONS = "VN_GL_DISTRIBUTION_DETAIL_MC"
PAYMENTS = "VN_PAYMENT_HISTORY_MC"
ORDERS = "PO_PURCHASE_ORDER_HEADER_MC"
APPLICATIONS = "CR_BILLING_HEADER_MC"
BILLED = "CR_INVOICE_HEADER_MC"
_ROWS_OF = {
    "purchase_orders": (ORDERS, ORDER_LINES),
    "payables": (INVOICES, DISTRIBUTIONS, PAYMENTS),
    "billings": (APPLICATIONS, BILLED),
}

_CASES = [
    ("purchase_orders", ORDER_LINES, "Line_Extension_List1", "purchase_order_lines", "line_extension", "open_amount"),
    ("purchase_orders", ORDER_LINES, "Received_Extension", "purchase_order_lines", "received_extension", "open_amount"),
    ("payables", INVOICES, "Invoice_Amount", "vendor_invoices", "invoice_amount", "signed_invoice_amount"),
    ("payables", DISTRIBUTIONS, "Debit_Amount", "vendor_invoice_distributions", "debit_amount", "net_amount"),
    ("payables", PAYMENTS, "Payment_Amount", "vendor_payments", "payment_amount", "signed_payment_amount"),
    ("billings", APPLICATIONS, "Material_Stored", "billing_applications", "material_stored", "material_stored"),
    ("billings", BILLED, "Sales_Tax_Amount", "receivable_invoices", "sales_tax_amount", "sales_tax_amount"),
]


@pytest.mark.parametrize(("name", "source", "column", "table", "amount", "derived"), repeats(_CASES, quick=3))
def test_m4_an_amount_that_is_not_there_is_null_and_one_that_is_blank_is_0(
    warehouse: Warehouse, name: str, source: str, column: str, table: str, amount: str, derived: str
) -> None:
    for each in _ROWS_OF[name]:
        warehouse.spectrum.add(each, source_row(each, 1))
    warehouse.spectrum.change(source, {}, **{column: None})
    read = f'select "{amount}", "{derived}" from spectrum."{table}" where _deleted_at is null'  # noqa: S608
    noted = "select check_name, status from sync.checks where table_name = %s"
    noted += " and landing_id = (select max(landing_id) from sync.runs)"
    warehouse.sync(name)
    [(entered, made_of)] = warehouse.query(read)
    assert entered == 0
    assert made_of is not None
    assert ("amounts_present", "warned") in warehouse.query(noted, table)
    warehouse.spectrum.alter(source, "drop column {}", column)
    warehouse.sync(name)
    assert warehouse.query(read) == [(None, None)]
    warned = {check for check, status in warehouse.query(noted, table) if status == "warned"}
    assert not warned & {"amounts_present", "distributions_add_up", "lines_add_up", "paid_within_invoice"}
    assert not {each for each, status in warehouse.query(noted, table) if status == "failed"}
