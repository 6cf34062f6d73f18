"""Job costs: every posted transaction, and the job-to-date totals that Procore gets (K1)."""

from spectrum_etl.model.spec import Check, Column, InfoLink, StagedObject, Table, company_column
from spectrum_etl.settings import Schedule

JOB_COST_TRANSACTIONS = Table(
    name="job_cost_transactions",
    comment="One row a posted job cost transaction; living rows only. Spectrum gives them no key: two equal rows are "
    "two postings.",
    infolink=InfoLink(query="job_cost_transactions.sql", tables={"t": "JC_TRANSACTION_HISTORY_MC"}),
    partitioned=True,
    told_apart_by=(
        "company_code",
        "job_number",
        "phase_code",
        "cost_type",
        "tran_type_code",
        "tran_date",
        "reference_1",
        "reference_2",
        "detail_sequence",
    ),
    columns=(
        company_column(),
        Column("job_number", "code", "Job number", source="Job_Number", required=True),
        Column("phase_code", "code", "Phase, without separators", source="Phase_Code", required=True),
        Column("cost_type", "code", "Cost type", source="Cost_Type", required=True),
        Column("tran_date", "date", "Date of the transaction", source="Tran_Date_Text", required=True, ymd=True),
        Column(
            "tran_type_code",
            "code",
            "Where it was entered: AP payables, PR payroll, JC job cost, EQ equipment, IC inventory, GL ledger, OT or "
            "OH overhead",
            source="Tran_Type_Code",
        ),
        Column(
            "tran_amount",
            "money",
            "Cost, in the company's currency; may be negative",
            source="Tran_Amount",
            required=True,
            blank="zero",
        ),
        Column("total_hours", "quantity", "Hours", source="Total_Hours"),
        Column("quantity", "quantity", "Quantity", source="Quantity"),
        Column("unit_of_measure", "code", "Unit of the quantity", source="Unit_of_Measure"),
        Column("reference_1", "code", "Reference: invoice, check, batch line", source="Reference_1"),
        Column("reference_2", "code", "Second reference", source="Reference_2"),
        Column("detail_sequence", "code", "Line of the entry", source="Detail_Sequence"),
        Column("description", "text", "What it was for", source="Description"),
        Column("batch_code", "code", "Batch it was posted in", source="Batch_Code"),
        Column("vendor_code", "code", "Vendor", source="Vendor_Code"),
        Column("vendor_name", "text", "Vendor's name at posting", source="Vendor_Name"),
        Column(
            "ap_company_code", "code", "Company that the vendor belongs to; may be another", source="AP_Company_Code"
        ),
        Column("invoice_number", "code", "Vendor's invoice", source="Invoice_Number"),
        Column("invoice_date", "date", "Date of the vendor's invoice", source="Invoice_Date"),
        Column("po_number", "code", "Purchase order", source="Po_Number"),
        Column(
            "pr_company_code", "code", "Company that the employee belongs to; may be another", source="Pr_Company_Code"
        ),
        Column(
            "employee_code", "code", "Employee; only with stage_employees (M9)", source="Employee_Code", personal=True
        ),
        Column(
            "employee_name",
            "text",
            "Employee's name; only with stage_employees (M9)",
            source="Employee_Name",
            personal=True,
        ),
        Column("cost_center", "code", "Cost center", source="Cost_Center"),
        Column("fiscal_year", "code", "Fiscal year of the transaction's date", source="Tran_Date_Text_Year"),
        Column("fiscal_period", "code", "Fiscal period of the transaction's date", source="Tran_Date_Text_Period"),
    ),
    checks=(
        Check(
            "amount_in_range",
            "between",
            ("tran_amount",),
            "warning",
            "A transaction beyond a hundred million either way: look at the posting in Spectrum.",
            minimum="-100000000",
            maximum="100000000",
        ),
        Check(
            "hours_in_range",
            "between",
            ("total_hours",),
            "warning",
            "More than ten thousand hours in one posting: look at it in Spectrum.",
            minimum="-10000",
            maximum="10000",
        ),
        Check(
            "date_in_range",
            "between",
            ("tran_date",),
            "warning",
            "A transaction before 1980 or after 2100: look at the posting in Spectrum.",
            minimum="1980-01-01",
            maximum="2100-12-31",
        ),
        Check(
            "known_tran_type",
            "in_set",
            ("tran_type_code",),
            "warning",
            "A transaction type that is not known: report which one, with Spectrum's meaning of it.",
            values=("AP", "PR", "JC", "EQ", "IC", "GL", "OT", "OH"),
        ),
        Check(
            "phase_is_staged",
            "sql",
            ("phase_code",),
            "warning",
            "Costs on a phase and cost type that is not among the staged project cost codes: sync those.",
            query="phase_is_staged.sql",
        ),
        Check(
            "cost_type_is_staged",
            "sql",
            ("cost_type",),
            "warning",
            "A cost type that is not in the company's list: sync the standard cost codes, or add it in Spectrum.",
            query="cost_type_is_staged.sql",
        ),
        Check(
            "vendor_is_staged",
            "sql",
            ("vendor_code",),
            "warning",
            "Costs of a vendor that is not staged: sync the vendors. Where the web service reads them, one that was "
            "inactive before the first sync is never shown: read vendors by Info-Link, or ignore this.",
            query="vendor_is_staged.sql",
        ),
    ),
)

JOB_COST_TOTALS = Table(
    name="job_cost_totals",
    comment="One row a job, phase and cost type: job-to-date cost and hours. Read by GetPhase, or summed from the "
    "transactions; in the latter case there are no projections.",
    sdx="phase_totals",
    readers=("transactions", "sdx"),
    columns=(
        company_column(),
        Column("job_number", "code", "Job number", sdx="Job_Number", key=True, required=True),
        Column("phase_code", "code", "Phase, without separators", sdx="Phase_Code", key=True, required=True),
        Column("cost_type", "code", "Cost type", sdx="Cost_Type", key=True, required=True),
        Column("jtd_cost", "money", "Job-to-date cost", sdx="JTD_Actual_Dollars", required=True, blank="zero"),
        Column("jtd_hours", "quantity", "Job-to-date hours", sdx="JTD_Hours"),
        Column("jtd_quantity", "quantity", "Job-to-date quantity", sdx="JTD_Quantity"),
        Column("projected_cost", "money", "Projected cost at completion", sdx="Projected_Dollars"),
        Column("projected_hours", "quantity", "Projected hours at completion", sdx="Projected_Hours"),
        Column("projected_quantity", "quantity", "Projected quantity at completion", sdx="Projected_Quantity"),
        Column("current_estimate", "money", "Current estimated cost", sdx="Current_Estimated_Dollars"),
        Column("estimated_hours", "quantity", "Current estimated hours", sdx="Estimated_Hours"),
        Column("estimated_quantity", "quantity", "Current estimated quantity", sdx="Estimated_Quantity"),
    ),
    checks=(
        Check(
            "cost_in_range",
            "between",
            ("jtd_cost",),
            "warning",
            "Job-to-date cost beyond a billion either way on one phase and cost type: look at it in Spectrum.",
            minimum="-1000000000",
            maximum="1000000000",
        ),
        Check(
            "phase_is_staged",
            "sql",
            ("phase_code",),
            "warning",
            "Totals of a phase and cost type that is not among the staged project cost codes: sync those.",
            query="phase_is_staged.sql",
        ),
    ),
)

OBJECT = StagedObject(
    name="job_costs",
    title="Job costs",
    tables=(JOB_COST_TRANSACTIONS, JOB_COST_TOTALS),
    schedule=Schedule.HOURLY,
)
