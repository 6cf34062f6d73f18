"""What must be staged, said a second time: SQL over the stand-in Spectrum's own tables.

Written by hand, from what the tables mean, and not from the specs: a mistake in a spec must not be in both.
"""

from collections import Counter
from typing import Any

import psycopg
from psycopg import sql

from spectrum_etl.model.spec import Table

Values = tuple[Any, ...]


def _t(column: str) -> str:
    return f"nullif(btrim(x.\"{column}\"::text), '')"


def _n(column: str) -> str:
    return f'case when pg_input_is_valid(x."{column}"::text, \'numeric\') then x."{column}"::text::numeric end'


def _q(column: str, decimals: int = 4) -> str:
    """A quantity: more decimals than the staged column holds are rounded."""
    return f"round({_n(column)}, {decimals})"


def _m(column: str) -> str:
    """An amount that figures add up: 0 where nobody entered one."""
    return f"case when {_t(column)} is null then 0 else {_n(column)} end"


def _d(column: str) -> str:
    return f'case when pg_input_is_valid(x."{column}"::text, \'date\') then (x."{column}"::text)::date end'


def _texts(*columns: str) -> dict[str, str]:
    return {column.lower(): _t(column) for column in columns}


def _joined(source: str, column: str, more: str = "true") -> str:
    """The sum of a column over the rows of another table that belong to a phase and cost type; null without any."""
    keys = ("Company_Code", "Job_Number", "Phase_Code", "Cost_Type")
    same = " and ".join(f'btrim(o."{key}") = btrim(x."{key}")' for key in keys)
    return f'(select sum(o."{column}") from dbo."{source}" as o where {same} and {more})'  # noqa: S608  of this file's own names


_APPROVED = """exists (
    select from dbo."CR_CHNG_REQ_HDR_MC" as h
    where btrim(h."Company_Code") = btrim(o."Company_Code") and btrim(h."Job_Number") = btrim(o."Job_Number")
        and btrim(h."Customer_Code") = btrim(o."Customer_Code")
        and btrim(h."Change_Request_Number") = btrim(o."Change_Request_Number")
        and (btrim(coalesce(h."Change_Order_Number", '')) <> '' or exists (
            select from dbo."CR_CHNG_REQ_STATUS_MC" as s
            where btrim(s."Company_Code") = btrim(h."Company_Code") and btrim(s."Status_Code") = btrim(h."Status")
                and s."CR_Type" in ('1', '2', '5'))))"""


def _increments(column: str) -> str:
    """The sum of a column over all projections of the row's phase and cost type."""
    same = " and ".join(f'btrim(o."{key}") = btrim(x."{key}")' for key in ("Company_Code", "Job", "Phase", "Cost_Type"))
    return f'(select sum(o."{column}") from dbo."JC_PROJ_COST_HISTORY_MC" as o where {same})'  # noqa: S608


def _lines(source: str, column: str, *keys: str) -> str:
    """The sum of a column over all rows of the row's own table with the same keys, NULL and blank alike."""
    same = " and ".join(f"btrim(coalesce(o.\"{key}\", '')) = btrim(coalesce(x.\"{key}\", ''))" for key in keys)
    return f'(select sum(o."{column}") from dbo."{source}" as o where {same})'  # noqa: S608


_ADJUSTMENTS, _CHANGES = "JC_PHASE_ESTIMATES_MC", "CR_CHNG_REQ_CON_DET_MC"


def _budget(original: str, adjustment: str, change: str) -> str:
    adjusted = _joined(_ADJUSTMENTS, adjustment)
    changed = _joined(_CHANGES, change, _APPROVED)
    return f"coalesce({_n(original)}, 0) + coalesce({adjusted}, 0) + coalesce({changed}, 0)"


def _rounded(expression: str) -> str:
    return f"round({expression}, 4)"


_CONTRACTS = (
    '(select count(distinct btrim(o."Customer_Code")) from dbo."CR_CONTRACT_MASTER_MC" as o'
    ' where btrim(o."Company_Code") = btrim(x."Company_Code") and btrim(o."Job_Number") = btrim(x."Job_Number"))'
)

_SUBCONTRACT = ("Company_Code", "Vendor_Code", "Subcontract_Number")
_SUBCONTRACT_CHANGE = (*_SUBCONTRACT, "Job_Number", "Change_Request_Number")


def _agreed(column: str, source: str, keys: tuple[str, ...]) -> str:
    """What the rows of another table with the same keys hold, if they all hold the same."""
    same = " and ".join(f"btrim(coalesce(o.\"{key}\", '')) = btrim(coalesce(x.\"{key}\", ''))" for key in keys)
    held = f'select distinct btrim(o."{column}") as v from dbo."{source}" as o where {same}'  # noqa: S608
    return f"(select nullif(min(v), '') from ({held} and o.\"{column}\" is not null) as t having count(*) = 1)"  # noqa: S608


_INVOICE = ("Company_Code", "Vendor_Code", "Invoice_Number", "Invoice_Type_Code")


def _credit_is_less(amount: str) -> str:
    """An amount as it adds up: the stored one, from which a credit's is taken away."""
    return f"case when btrim(x.\"Invoice_Type_Code\") = 'C' then 0 - {amount} else {amount} end"


_REQUEST = ("Company_Code", "Job_Number", "Customer_Code", "Change_Request_Number")
_RECEIVABLE = ("Company_Code", "Customer_Code", "Invoice_Or_Transaction", "Transaction_Type")
_COST, _REVENUE = (*_REQUEST, "Phase_Code", "Cost_Type"), (*_REQUEST, "Billing_Item")

#: Staged table -> Info-Link table, and staged column -> SQL over a row `x` of it.
EXPECTED: dict[str, tuple[str, dict[str, str]]] = {
    "standard_cost_codes": (
        "JC_STD_PHASE_DESCRIPTION_MC",
        _texts("Company_Code", "Phase_Category", "Phase_Code", "Description")
        | {"importable": "btrim(x.\"Phase_Category\") = 'STD'"},
    ),
    "standard_cost_types": (
        "JC_COST_TYPE_MASTER_MC",
        _texts("Company_Code", "Cost_Type", "Description", "Status_Code"),
    ),
    "jobs": (
        "JC_JOB_MASTER_MC",
        _texts(
            *("Company_Code", "Job_Number", "Job_Description", "Status_Code", "Division", "Address_1", "Address_2"),
            *("City", "State", "Zip_Code", "Phone", "Project_Manager", "Superintendent", "Estimator", "Customer_Code"),
            *("Contract_Number", "Price_Method_Code", "Cost_Center", "Master_Job", "Sales_Tax_Code", "WO_Site"),
            *("Taxable_Flag", "Phase_Display_Code", "Standard_Phase_Category"),
        )
        | {"original_contract": _n("Original_Contract")}
        | {name.lower(): _q(name, 6) for name in ("Latitude", "Longitude")}
        | {
            name.lower(): _d(name)
            for name in (
                *("Est_Start_Date", "Est_Complete_Date", "Projected_Complete_Date", "Start_Date", "Complete_Date"),
                "Create_Date",
            )
        }
        | {
            "customer_name": "null::text",
            "importable": "coalesce(btrim(x.\"Master_Job\"), '') = ''",
            "not_importable_reason": "'sub job of ' || nullif(btrim(x.\"Master_Job\"), '')"
            " || ': Procore has no sub jobs'",
        },
    ),
    "vendors": (
        "VN_VENDOR_MASTER_MC",
        _texts(
            *("Company_Code", "Vendor_Code", "Vendor_Name", "Alpha_Sort", "Type", "Status", "Address_1", "Address_2"),
            *("State", "Zip_Code", "Phone", "Fax_Phone", "Vendor_Email", "Terms_Code", "Hold_Flag"),
        )
        | {"city": _t("Address_3"), "terms_days": _n("Terms_Days"), "balance": _n("Balance")}
        | {name.lower(): _d(name) for name in ("Insurance_Exp_Date", "Date_Last_Invoice", "Date_Last_Payment")},
    ),
    "customers": (
        "CR_CUSTOMER_MASTER_MC",
        _texts(
            *("Company_Code", "Customer_Code", "Name", "Alpha_Sort", "Type", "Status", "Address_1", "Address_2"),
            *("City", "State", "Zip_Code", "Phone", "Fax_Phone", "Customer_Email", "Web_Site", "Salesperson"),
            *("Terms_Code", "Sales_Tax_Code", "Taxable_Flag"),
        )
        | {"standard_retention_percent": _q("Standard_Retention_Percent")}
        | {
            name.lower(): _n(name)
            for name in (
                *("Credit_Limit", "Balance", "Billed_MTD", "Billed_YTD", "Billed_Last_Year", "Paid_MTD", "Paid_YTD"),
                *("Paid_Last_Year", "Retention_Billed", "Retention_Paid", "Retention_Balance"),
            )
        }
        | {name.lower(): _d(name) for name in ("Date_Last_Billed", "Date_Last_Paid", "Date_Created")},
    ),
    "project_cost_codes": (
        "JC_PHASE_MASTER_MC",
        _texts(
            *("Company_Code", "Job_Number", "Phase_Code", "Cost_Type", "Description", "Status_Code"),
            *("Unit_of_Measure", "Price_Method_Code", "Comment", "Bid_Item_Number"),
        )
        | {"cost_center": _t("Phase_Cost_Center")}
        | {name.lower(): _d(name) for name in ("Start_Date", "End_Date", "Complete_Date")},
    ),
    "budgets": (
        "JC_PHASE_MASTER_MC",
        _texts(
            *("Company_Code", "Job_Number", "Phase_Code", "Cost_Type", "Description", "Status_Code"),
            *("Unit_of_Measure", "Projected_Cost_Code"),
        )
        | {
            "projection_worked_out": "upper(btrim(coalesce(x.\"Projected_Cost_Code\", ''))) in ('E', 'A')",
            "original_estimate": _m("Original_Est_Cost"),
            "original_hours": _q("Original_Est_Hours"),
            "original_quantity": _q("Original_Est_Quantity"),
            "estimate_adjustments": _joined(_ADJUSTMENTS, "Est_Cost"),
            "adjusted_hours": _rounded(_joined(_ADJUSTMENTS, "Est_Hours")),
            "adjusted_quantity": _rounded(_joined(_ADJUSTMENTS, "Est_Quantity")),
            "approved_changes": _joined(_CHANGES, "Change_Request_Amount", _APPROVED),
            "changed_hours": _rounded(_joined(_CHANGES, "Change_Request_Hours", _APPROVED)),
            "changed_quantity": _rounded(_joined(_CHANGES, "Change_Request_Quantity", _APPROVED)),
            "current_estimate": _budget("Original_Est_Cost", "Est_Cost", "Change_Request_Amount"),
            "current_hours": _rounded(_budget("Original_Est_Hours", "Est_Hours", "Change_Request_Hours")),
            "current_quantity": _rounded(_budget("Original_Est_Quantity", "Est_Quantity", "Change_Request_Quantity")),
        },
    ),
    "prime_contracts": (
        "CR_CONTRACT_MASTER_MC",
        _texts(
            *("Company_Code", "Customer_Code", "Job_Number", "Contract_Number", "Contract_Description"),
            *("Price_Method_Code", "Status_Code"),
        )
        | {
            "original_contract": _m("Original_Contract_Amount"),
            "contract_date": _d("Contract_Date"),
            "retention_percent": _q("Retention_Percent"),
            "contracts_of_job": _CONTRACTS,
            "title": "btrim(x.\"Job_Number\") || ' Prime Contract'",
            "importable": f"coalesce(btrim(x.\"Price_Method_Code\"), '') <> 'U' and {_CONTRACTS} = 1",
            "not_importable_reason": "case when btrim(x.\"Price_Method_Code\") = 'U'"
            " then 'unit price contracts are not supported'"
            f" when {_CONTRACTS} > 1 then 'the job has more than one prime contract: change orders could not be"
            " exported' end",
        },
    ),
    "prime_contract_items": (
        "CR_BID_ITEM_DES_MC",
        _texts(
            *("Company_Code", "Customer_Code", "Job_Number", "Billing_Item", "Billing_Description"),
            *("GL_Account", "Cost_Center"),
        )
        | {"original_contract": _m("Original_Contract"), "projected_revenue": _n("Projected_Revenue")},
    ),
    "subcontracts": (
        "VN_SUBCONTRACT_MC",
        _texts(
            *("Company_Code", "Job_Number", "Vendor_Code", "Subcontract_Number", "Status_Code"),
            *("Comment_1", "Comment_2"),
        )
        | {"date_issued": _d("Date_Issued"), "retention_percent": _q("Retention_Percent")}
        | {name.lower(): _n(name) for name in ("Original_Amount", "Total_Billed", "Total_Paid", "Retention_Balance")},
    ),
    "subcontract_items": (
        "VN_SUBCONTRACT_PHASE_MC",
        _texts("Company_Code", "Vendor_Code", "Subcontract_Number", "Phase_Code", "Cost_Type", "Bill_Description")
        | {
            "bid_item_number": "btrim(coalesce(x.\"Bid_Item_Number\", ''))",
            "job_number": f"coalesce({_agreed('Job_Number', 'VN_SUBCONTRACT_MC', _SUBCONTRACT)}, '')",
        }
        | {name.lower(): _q(name) for name in ("Original_Contract_Quantity", "Unit_Price")}
        | {
            "original_contract_amount": _m("Original_Contract_Amount"),
            "amount_billed_to_date": _n("Amount_Billed_To_Date"),
        },
    ),
    "subcontract_changes": (
        "VN_CHNG_REQ_SUB_DET",
        _texts(
            *("Company_Code", "Job_Number", "Change_Request_Number", "Vendor_Code", "Subcontract_Number"),
            *("Phase_Code", "Cost_Type"),
        )
        | {"sub_amount": _m("Sub_Amount")}
        | {
            name.lower(): _agreed(name, "VN_CHNG_REQ_SUB_HDR", _SUBCONTRACT_CHANGE)
            for name in ("Sub_Status", "Sub_Change_Order_Number")
        },
    ),
    "purchase_orders": (
        "PO_PURCHASE_ORDER_HEADER_MC",
        _texts(
            *("Company_Code", "PO_Number", "Vendor_Code", "Job_Number", "Status_Flag", "PO_Type", "Received_Flag"),
            *("Blanket_PO", "Remarks", "Cost_Center", "Currency_Code"),
        )
        | {"order_date": _d("PO_Date_List1"), "delivery_date": _d("PO_Date_List2")}
        | {"last_received_date": _d("PO_Date_List3")}
        | {name.lower(): _d(name) for name in ("Received_Date", "Blanket_Exp_Date")}
        | {name.lower(): _n(name) for name in ("PO_Total_Amount", "Taxable_Amount", "Non_Taxable_Amount")}
        | {name.lower(): _n(name) for name in ("Tax_Total", "Total_Freight", "Blanket_Total_Amt")}
        | {"fiscal_year": _t("PO_Date_List1_Year"), "fiscal_period": _t("PO_Date_List1_Period")},
    ),
    "purchase_order_lines": (
        "PO_PURCHASE_ORDER_DETAIL_MC",
        _texts(
            *("Company_Code", "PO_Number", "Line_Number", "Job_Number", "Phase_Code", "Cost_Type", "Item_Code"),
            *("Item_Description", "Unit_Of_Measure", "GL_Account", "Equipment_Code", "Warehouse_Code", "Line_Type"),
            "Cost_Center",
        )
        | {"ordered_quantity": _q("PO_Quantity_List1")}
        | {name.lower(): _q(name) for name in ("Open_Receipt_Quantity", "Item_Price")}
        | {"line_extension": _m("Line_Extension_List1"), "received_extension": _m("Received_Extension")}
        | {"open_amount": f"{_m('Line_Extension_List1')} - {_m('Received_Extension')}"}
        | {"tax_amount": _n("Tax_Amount_List1"), "delivery_date": _d("Delivery_Date")},
    ),
    "vendor_invoices": (
        "VN_GL_DISTRIBUTION_HEADER_MC",
        _texts(*_INVOICE, "Vendor_Name", "Subcontract_Job", "Status", "PO_Number", "Remarks", "Batch_Code")
        | _texts("AP_GL_Account", "Cost_Center", "Currency_Code")
        | {"subcontract_number": _t("Contract_Number"), "fiscal_year": _t("Year"), "fiscal_period": _t("Period")}
        | {"invoice_date": _d("Date_List1"), "due_date": _d("Date_List4"), "discount_date": _d("Date_List5")}
        | {"invoice_amount": _m("Invoice_Amount"), "signed_invoice_amount": _credit_is_less(_m("Invoice_Amount"))}
        | {"retention_amount": _n("Retention_Amount")}
        | {"signed_retention_amount": _credit_is_less(_n("Retention_Amount"))}
        | {"discount_eligible_amount": _n("Discount_Eligible_Amount")},
    ),
    "vendor_invoice_distributions": (
        "VN_GL_DISTRIBUTION_DETAIL_MC",
        _texts(
            *(*_INVOICE, "Sequence", "Job_Number", "Phase_Code", "Cost_Type", "Company_Code_2", "Remarks"),
            *("GL_Distribution_Account", "Unit_Of_Measure", "Item_Code", "Item_Desc", "Bid_Item_Number"),
            *("Retention_Flag", "Equipment_Code", "Cost_Center"),
        )
        | {"job_company_code": f"coalesce({_t('Company_Code_2')}, {_t('Company_Code')})"}
        | {name.lower(): _m(name) for name in ("Debit_Amount", "Credit_Amount")}
        | {"net_amount": f"{_m('Debit_Amount')} - {_m('Credit_Amount')}", "tax_amount": _n("Tax_Amount")}
        | {name.lower(): _q(name) for name in ("Quantity", "Unit_Price")},
    ),
    "vendor_payments": (
        "VN_PAYMENT_HISTORY_MC",
        _texts(*_INVOICE, "Payment_Number", "Payment_Type", "Subcontract_Job", "Remarks", "Cost_Center")
        | {"subcontract_number": _t("Contract_Number")}
        | {"fiscal_year": _t("Check_Date_Year"), "fiscal_period": _t("Check_Date_Period")}
        | {"check_date": _d("Check_Date"), "trans_date": _d("Trans_Date")}
        | {"invoice_date": _d("Invoice_and_Due_Date1"), "due_date": _d("Invoice_and_Due_Date2")}
        | {"payment_amount": _m("Payment_Amount"), "signed_payment_amount": _credit_is_less(_m("Payment_Amount"))}
        | {name.lower(): _n(name) for name in ("Retention_Paid", "Discount_Taken")}
        | {name.lower(): _n(name) for name in ("Original_Invoice_Amount", "Original_Retention_Amount")},
    ),
    "change_requests": (
        "CR_CHNG_REQ_HDR_MC",
        _texts(*_REQUEST, "CR_Description", "Status", "Change_Order_Number")
        | {name.lower(): _d(name) for name in ("Origination_Date", "Approved_Date")},
    ),
    "change_request_costs": (
        _CHANGES,
        _texts(*_REQUEST)
        | {name.lower(): f"btrim(coalesce(x.\"{name}\", ''))" for name in ("Phase_Code", "Cost_Type")}
        | {
            name.lower(): _rounded(_lines(_CHANGES, name, *_COST))
            for name in ("Change_Request_Quantity", "Change_Request_Hours")
        }
        | {"change_request_amount": f"coalesce({_lines(_CHANGES, 'Change_Request_Amount', *_COST)}, 0)"},
    ),
    "change_request_revenues": (
        "CR_CHNG_REQ_REV_MC",
        _texts(*_REQUEST)
        | {
            "billing_item": "btrim(coalesce(x.\"Billing_Item\", ''))",
            "description": _agreed("Description", "CR_CHNG_REQ_REV_MC", _REVENUE),
            "cr_revenue": f"coalesce({_lines('CR_CHNG_REQ_REV_MC', 'CR_Revenue', *_REVENUE)}, 0)",
        },
    ),
    "change_request_statuses": (
        "CR_CHNG_REQ_STATUS_MC",
        _texts("Company_Code", "Status_Code", "Description", "CR_Type"),
    ),
    "billing_applications": (
        "CR_BILLING_HEADER_MC",
        _texts(
            *("Company_Code", "Customer_Code", "Job_Number", "Application_Number", "Sales_Tax_Code", "Post_Flag"),
            *("Invoice_Sequence", "Cost_Center"),
        )
        | {"fiscal_year": _t("Period_End_Date_Year"), "fiscal_period": _t("Period_End_Date_Period")}
        | {name.lower(): _d(name) for name in ("Period_End_Date", "Application_Date", "Contract_Date")}
        | {name.lower(): _q(name) for name in ("Retention_Percent", "Material_Stored_Ret_Percent", "Sales_Tax_Percent")}
        | {
            name.lower(): _n(name)
            for name in (
                *("Original_Contract_Amount", "Change_Order_Total", "Revised_Contract_Amount", "Material_Stored"),
                *("Retention_Amount", "Material_Stored_Retention", "Amount_Billed_Previous", "Retention_Previous"),
                *("Taxable_Amount", "Sales_Tax_Amount", "Amount_Due", "Total_Cost"),
            )
        }
        | {"complete_to_date": _m("Complete_To_Date")},
    ),
    "receivable_invoices": (
        "CR_INVOICE_HEADER_MC",
        _texts(
            *_RECEIVABLE,
            *("Job_Number", "GL_Year", "GL_Period", "Terms_Code", "Remarks", "Sales_Tax_Code", "Reversed"),
            *("Post_Flag", "Source_Flag", "TM_Billing_Number", "Batch_Code", "Work_Order", "Customer_PO"),
            *("Contract_Number", "Salesperson_Code", "AR_GL_Account", "Cost_Center", "Taxable_Flag", "Currency_Code"),
        )
        | {name.lower(): _d(name) for name in ("Invoice_Date", "GL_Date")}
        | {
            name.lower(): _n(name)
            for name in (
                *("Non_Taxable_Amount", "Taxable_Amount", "Sales_Tax_Amount", "Retention_Amount", "Cost_Of_Sale"),
            )
        }
        | {"invoice_extension": _m("Invoice_Extension"), "retention_percent": _q("Retention_Percent")},
    ),
    "receivable_invoice_lines": (
        "CR_INVOICE_DETAIL_MC",
        _texts(
            *_RECEIVABLE,
            *("Sequence", "Detail_Description", "Unit_Of_Measure", "GL_Account", "GL_Department", "Sales_Tax_Code"),
            *("Line_Type", "Detail_Line_Type", "Post_Flag", "Equipment_Code", "Cost_Center"),
        )
        | {name.lower(): _q(name) for name in ("Item_Quantity", "Unit_Price")}
        | {"line_extension": _m("Line_Extension"), "cost_of_sale": _n("Cost_Of_Sale")},
    ),
    "open_receivables": (
        "CR_OPEN_ITEM_MC",
        _texts(*_RECEIVABLE, "Job_Number") | {"invoice_balance": _m("Invoice_Balance")},
    ),
    "job_cost_transactions": (
        "JC_TRANSACTION_HISTORY_MC",
        _texts(
            *("Company_Code", "Job_Number", "Phase_Code", "Cost_Type", "Tran_Type_Code", "Unit_of_Measure"),
            *("Reference_1", "Reference_2", "Detail_Sequence", "Description", "Batch_Code", "Vendor_Code"),
            *("Vendor_Name", "AP_Company_Code", "Pr_Company_Code", "Invoice_Number", "Po_Number", "Cost_Center"),
        )
        | {"tran_date": _d("Tran_Date_Text"), "invoice_date": _d("Invoice_Date")}
        | {"fiscal_year": _t("Tran_Date_Text_Year"), "fiscal_period": _t("Tran_Date_Text_Period")}
        | {"tran_amount": _m("Tran_Amount")}
        | {name: "null::text" for name in ("employee_code", "employee_name")}  # not read, unless a site asks for it
        | {name.lower(): _q(name) for name in ("Total_Hours", "Quantity")},
    ),
    "projections": (
        "JC_PROJ_COST_HISTORY_MC",
        {
            "company_code": _t("Company_Code"),
            "job_number": _t("Job"),
            "phase_code": _t("Phase"),
            "cost_type": _t("Cost_Type"),
            "projected_cost": _increments("Amount"),
            "projected_hours": _rounded(_increments("Projected_Hours")),
            "projected_quantity": _rounded(_increments("Projected_Quantity")),
        },
    ),
}


#: The totals have no table of their own: staged column -> column of the postings that is added up by the key, or None
#: where it stays null, because only GetPhase knows it.
TOTALS_KEY = ("company_code", "job_number", "phase_code", "cost_type")
TOTALS: dict[str, str | None] = {
    "jtd_cost": "tran_amount",
    "jtd_hours": "total_hours",
    "jtd_quantity": "quantity",
    "projected_cost": None,
    "projected_hours": None,
    "projected_quantity": None,
    "current_estimate": None,
    "estimated_hours": None,
    "estimated_quantity": None,
}

#: Staged tables of which a row is what several of the source add up to.
ADDED_UP = frozenset({"projections", "change_request_costs", "change_request_revenues"})


def columns_of(staged_table: str) -> list[str]:
    """The staged columns that the oracle knows, in its order."""
    return list(EXPECTED[staged_table][1])


def unnamed(table: Table) -> set[str]:
    """The columns of a spec that nothing here says anything about."""
    if table.name in EXPECTED:
        known = set(columns_of(table.name))
    else:
        known = {*TOTALS_KEY, *TOTALS} if table.name == "job_cost_totals" else set()
    return {column.name for column in table.columns} - known


def source_rows(
    connection: psycopg.Connection, staged_table: str, company: str, lacking: tuple[str, ...] = ()
) -> Counter[Values]:
    """What the source holds of a company, typed; a value that is not of its type is None.

    Args:
        connection: the sandbox database.
        staged_table: which table.
        company: trimmed company code.
        lacking: staged columns whose Info-Link column is gone for the moment.
    """
    source, expressions = EXPECTED[staged_table]
    chosen = ["null" if name in lacking else expression for name, expression in expressions.items()]
    distinct = "distinct" if staged_table in ADDED_UP else ""
    query = f'select {distinct} {", ".join(chosen)} from dbo."{source}" as x where btrim(x."Company_Code") = %s'  # noqa: S608
    return Counter(connection.execute(sql.SQL(query), [company]).fetchall())  # type: ignore[arg-type]


def staged_rows(connection: psycopg.Connection, staged_table: str, company: str) -> Counter[Values]:
    """What is staged of a company: living rows, without those kept for a rejected one."""
    query = sql.SQL(
        "select {} from spectrum.{} where company_code = %s and _deleted_at is null and _rejected_at is null"
    ).format(sql.SQL(", ").join(map(sql.Identifier, columns_of(staged_table))), sql.Identifier(staged_table))
    return Counter(connection.execute(query, [company]).fetchall())
