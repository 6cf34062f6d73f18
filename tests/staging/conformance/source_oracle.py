"""What must be staged, said a second time: SQL over the stand-in Spectrum's own tables.

Written by hand, from what the tables mean, and not from the specs: a mistake in a spec must not be in both.
"""

from collections import Counter
from typing import Any

import psycopg
from psycopg import sql

from spectrum_etl.model.spec import Table
from tests.staging.conformance.source_oracle_accounting import ACCOUNTING
from tests.staging.conformance.source_sql import (
    ADJUSTMENTS,
    APPROVED,
    CHANGES,
    CONTRACTS,
    added_up,
    agreed,
    budget,
    day,
    increments,
    joined,
    money,
    number,
    quantity,
    rounded,
    text,
    texts,
)

Values = tuple[Any, ...]

_SUBCONTRACT = ("Company_Code", "Vendor_Code", "Subcontract_Number")
_SUBCONTRACT_CHANGE = (*_SUBCONTRACT, "Job_Number", "Change_Request_Number")
_REQUEST = ("Company_Code", "Job_Number", "Customer_Code", "Change_Request_Number")
_COST, _REVENUE = (*_REQUEST, "Phase_Code", "Cost_Type"), (*_REQUEST, "Billing_Item")

#: Staged table -> Info-Link table, and staged column -> SQL over a row `x` of it.
EXPECTED: dict[str, tuple[str, dict[str, str]]] = {
    "standard_cost_codes": (
        "JC_STD_PHASE_DESCRIPTION_MC",
        texts("Company_Code", "Phase_Category", "Phase_Code", "Description")
        | {"importable": "btrim(x.\"Phase_Category\") = 'STD'"},
    ),
    "standard_cost_types": (
        "JC_COST_TYPE_MASTER_MC",
        texts("Company_Code", "Cost_Type", "Description", "Status_Code"),
    ),
    "jobs": (
        "JC_JOB_MASTER_MC",
        texts(
            *("Company_Code", "Job_Number", "Job_Description", "Status_Code", "Division", "Address_1", "Address_2"),
            *("City", "State", "Zip_Code", "Phone", "Project_Manager", "Superintendent", "Estimator", "Customer_Code"),
            *("Contract_Number", "Price_Method_Code", "Cost_Center", "Master_Job", "Sales_Tax_Code", "WO_Site"),
            *("Taxable_Flag", "Phase_Display_Code", "Standard_Phase_Category"),
        )
        | {"original_contract": number("Original_Contract")}
        | {name.lower(): quantity(name, 6) for name in ("Latitude", "Longitude")}
        | {
            name.lower(): day(name)
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
        texts(
            *("Company_Code", "Vendor_Code", "Vendor_Name", "Alpha_Sort", "Type", "Status", "Address_1", "Address_2"),
            *("State", "Zip_Code", "Phone", "Fax_Phone", "Vendor_Email", "Terms_Code", "Hold_Flag"),
        )
        | {"city": text("Address_3"), "terms_days": number("Terms_Days"), "balance": number("Balance")}
        | {name.lower(): day(name) for name in ("Insurance_Exp_Date", "Date_Last_Invoice", "Date_Last_Payment")},
    ),
    "project_cost_codes": (
        "JC_PHASE_MASTER_MC",
        texts(
            *("Company_Code", "Job_Number", "Phase_Code", "Cost_Type", "Description", "Status_Code"),
            *("Unit_of_Measure", "Price_Method_Code", "Comment", "Bid_Item_Number"),
        )
        | {"cost_center": text("Phase_Cost_Center")}
        | {name.lower(): day(name) for name in ("Start_Date", "End_Date", "Complete_Date")},
    ),
    "budgets": (
        "JC_PHASE_MASTER_MC",
        texts(
            *("Company_Code", "Job_Number", "Phase_Code", "Cost_Type", "Description", "Status_Code"),
            *("Unit_of_Measure", "Projected_Cost_Code"),
        )
        | {
            "projection_worked_out": "upper(btrim(coalesce(x.\"Projected_Cost_Code\", ''))) in ('E', 'A')",
            "original_estimate": money("Original_Est_Cost"),
            "original_hours": quantity("Original_Est_Hours"),
            "original_quantity": quantity("Original_Est_Quantity"),
            "estimate_adjustments": joined(ADJUSTMENTS, "Est_Cost"),
            "adjusted_hours": rounded(joined(ADJUSTMENTS, "Est_Hours")),
            "adjusted_quantity": rounded(joined(ADJUSTMENTS, "Est_Quantity")),
            "approved_changes": joined(CHANGES, "Change_Request_Amount", APPROVED),
            "changed_hours": rounded(joined(CHANGES, "Change_Request_Hours", APPROVED)),
            "changed_quantity": rounded(joined(CHANGES, "Change_Request_Quantity", APPROVED)),
            "current_estimate": budget("Original_Est_Cost", "Est_Cost", "Change_Request_Amount"),
            "current_hours": rounded(budget("Original_Est_Hours", "Est_Hours", "Change_Request_Hours")),
            "current_quantity": rounded(budget("Original_Est_Quantity", "Est_Quantity", "Change_Request_Quantity")),
        },
    ),
    "prime_contracts": (
        "CR_CONTRACT_MASTER_MC",
        texts(
            *("Company_Code", "Customer_Code", "Job_Number", "Contract_Number", "Contract_Description"),
            *("Price_Method_Code", "Status_Code"),
        )
        | {
            "original_contract": money("Original_Contract_Amount"),
            "contract_date": day("Contract_Date"),
            "retention_percent": quantity("Retention_Percent"),
            "contracts_of_job": CONTRACTS,
            "title": "btrim(x.\"Job_Number\") || ' Prime Contract'",
            "importable": f"coalesce(btrim(x.\"Price_Method_Code\"), '') <> 'U' and {CONTRACTS} = 1",
            "not_importable_reason": "case when btrim(x.\"Price_Method_Code\") = 'U'"
            " then 'unit price contracts are not supported'"
            f" when {CONTRACTS} > 1 then 'the job has more than one prime contract: change orders could not be"
            " exported' end",
        },
    ),
    "prime_contract_items": (
        "CR_BID_ITEM_DES_MC",
        texts(
            *("Company_Code", "Customer_Code", "Job_Number", "Billing_Item", "Billing_Description"),
            *("GL_Account", "Cost_Center"),
        )
        | {"original_contract": money("Original_Contract"), "projected_revenue": number("Projected_Revenue")},
    ),
    "subcontracts": (
        "VN_SUBCONTRACT_MC",
        texts(
            *("Company_Code", "Job_Number", "Vendor_Code", "Subcontract_Number", "Status_Code"),
            *("Comment_1", "Comment_2"),
        )
        | {"date_issued": day("Date_Issued"), "retention_percent": quantity("Retention_Percent")}
        | {
            name.lower(): number(name)
            for name in ("Original_Amount", "Total_Billed", "Total_Paid", "Retention_Balance")
        },
    ),
    "subcontract_items": (
        "VN_SUBCONTRACT_PHASE_MC",
        texts("Company_Code", "Vendor_Code", "Subcontract_Number", "Phase_Code", "Cost_Type", "Bill_Description")
        | {
            "bid_item_number": "btrim(coalesce(x.\"Bid_Item_Number\", ''))",
            "job_number": f"coalesce({agreed('Job_Number', 'VN_SUBCONTRACT_MC', _SUBCONTRACT)}, '')",
        }
        | {name.lower(): quantity(name) for name in ("Original_Contract_Quantity", "Unit_Price")}
        | {
            "original_contract_amount": money("Original_Contract_Amount"),
            "amount_billed_to_date": number("Amount_Billed_To_Date"),
        },
    ),
    "subcontract_changes": (
        "VN_CHNG_REQ_SUB_DET",
        texts(
            *("Company_Code", "Job_Number", "Change_Request_Number", "Vendor_Code", "Subcontract_Number"),
            *("Phase_Code", "Cost_Type"),
        )
        | {"sub_amount": money("Sub_Amount")}
        | {
            name.lower(): agreed(name, "VN_CHNG_REQ_SUB_HDR", _SUBCONTRACT_CHANGE)
            for name in ("Sub_Status", "Sub_Change_Order_Number")
        },
    ),
    "change_requests": (
        "CR_CHNG_REQ_HDR_MC",
        texts(*_REQUEST, "CR_Description", "Status", "Change_Order_Number")
        | {name.lower(): day(name) for name in ("Origination_Date", "Approved_Date")},
    ),
    "change_request_costs": (
        CHANGES,
        texts(*_REQUEST)
        | {name.lower(): f"btrim(coalesce(x.\"{name}\", ''))" for name in ("Phase_Code", "Cost_Type")}
        | {
            name.lower(): rounded(added_up(CHANGES, name, *_COST))
            for name in ("Change_Request_Quantity", "Change_Request_Hours")
        }
        | {"change_request_amount": f"coalesce({added_up(CHANGES, 'Change_Request_Amount', *_COST)}, 0)"},
    ),
    "change_request_revenues": (
        "CR_CHNG_REQ_REV_MC",
        texts(*_REQUEST)
        | {
            "billing_item": "btrim(coalesce(x.\"Billing_Item\", ''))",
            "description": agreed("Description", "CR_CHNG_REQ_REV_MC", _REVENUE),
            "cr_revenue": f"coalesce({added_up('CR_CHNG_REQ_REV_MC', 'CR_Revenue', *_REVENUE)}, 0)",
        },
    ),
    "change_request_statuses": (
        "CR_CHNG_REQ_STATUS_MC",
        texts("Company_Code", "Status_Code", "Description", "CR_Type"),
    ),
    "job_cost_transactions": (
        "JC_TRANSACTION_HISTORY_MC",
        texts(
            *("Company_Code", "Job_Number", "Phase_Code", "Cost_Type", "Tran_Type_Code", "Unit_of_Measure"),
            *("Reference_1", "Reference_2", "Detail_Sequence", "Description", "Batch_Code", "Vendor_Code"),
            *("Vendor_Name", "AP_Company_Code", "Pr_Company_Code", "Invoice_Number", "Po_Number", "Cost_Center"),
        )
        | {"tran_date": day("Tran_Date_Text"), "invoice_date": day("Invoice_Date")}
        | {"fiscal_year": text("Tran_Date_Text_Year"), "fiscal_period": text("Tran_Date_Text_Period")}
        | {"tran_amount": money("Tran_Amount")}
        | {name: "null::text" for name in ("employee_code", "employee_name")}  # not read, unless a site asks for it
        | {name.lower(): quantity(name) for name in ("Total_Hours", "Quantity")},
    ),
    "projections": (
        "JC_PROJ_COST_HISTORY_MC",
        {
            "company_code": text("Company_Code"),
            "job_number": text("Job"),
            "phase_code": text("Phase"),
            "cost_type": text("Cost_Type"),
            "projected_cost": increments("Amount"),
            "projected_hours": rounded(increments("Projected_Hours")),
            "projected_quantity": rounded(increments("Projected_Quantity")),
        },
    ),
    **ACCOUNTING,
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
