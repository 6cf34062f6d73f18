"""What of a vendor invoice goes to which account, job, phase and cost type."""

from spectrum_etl.model.spec import Check, Column, InfoLink, Table
from spectrum_etl.staging.objects.payables.shared import INVOICE_KEY, invoice_is_there, known_type

_JOB_SHARE_WITHOUT = "what a job bears of an invoice is not known"

VENDOR_INVOICE_DISTRIBUTIONS = Table(
    name="vendor_invoice_distributions",
    comment="One row a line of a vendor invoice: what of it goes to which account, job, phase and cost type.",
    infolink=InfoLink(
        tables={"d": "VN_GL_DISTRIBUTION_DETAIL_MC"},
        # Taxes, work orders, hours of subcontractors, accounts between companies, and what the subcontract's own lines
        # say better.
        unread="""
            Accrued_Cost Accrued_Cost_Exchange_Rate Amount_Billed_To_Date Control_Code Currency_Code Current_Bill_Amount
            Current_Bill_Quantity Equipment_Category Estimated_Bid Estimated_Quantity Exchange_Rate Labor_Bill_Rate_Code
            Other_Company_GL PM_Work_Order PO_Line_Sequence Quantity_Billed_To_Date SC_Contract
            Subcontractor_Message Subcontractor_Worked_Ext1 Subcontractor_Worked_Ext2 Subcontractor_Worked_Ext3
            Subcontractor_Worked_Hours1 Subcontractor_Worked_Hours2 Subcontractor_Worked_Hours3 Tax_Code Tax_Extension
            Tax_GL_Account Tax_Percent Taxable_Flag This_Company_GL Use_Tax_Code WO_Component WO_Equipment WO_Number
            WO_Unit_Price
        """,
    ),
    columns=(
        *INVOICE_KEY,
        Column("sequence", "code", "Number of the line in its invoice", source="Sequence", key=True, required=True),
        Column(
            "job_number",
            "code",
            "Job that bears the line; null for overhead. An invoice may have several jobs",
            source="Job_Number",
        ),
        Column("phase_code", "code", "Phase of the job, without separators", source="Phase_Code"),
        Column("cost_type", "code", "Cost type of the job", source="Cost_Type"),
        Column(
            "company_code_2",
            "code",
            "Another company that the line is posted to; null for the invoice's own",
            source="Company_Code_2",
            names_company=True,
        ),
        Column(
            "job_company_code",
            "code",
            "Company of the job: the other company where the line is posted to one, else the invoice's (inferred)",
            derived="coalesce(company_code_2, company_code)",
        ),
        Column(
            "debit_amount",
            "money",
            "Debit",
            source="Debit_Amount",
            blank="zero",
            assumed=True,
            without=_JOB_SHARE_WITHOUT,
        ),
        Column(
            "credit_amount",
            "money",
            "Credit",
            source="Credit_Amount",
            blank="zero",
            assumed=True,
            without=_JOB_SHARE_WITHOUT,
        ),
        Column(
            "net_amount",
            "money",
            "Debit less credit, below 0 for a credit: what the job bears, never a part of the invoice's amount",
            derived="debit_amount - credit_amount",
        ),
        Column("remarks", "text", "Remarks", source="Remarks"),
        Column("gl_distribution_account", "code", "Account, without separators", source="GL_Distribution_Account"),
        Column("quantity", "quantity", "Quantity", source="Quantity"),
        Column("unit_of_measure", "code", "Unit of the quantity", source="Unit_Of_Measure"),
        Column("unit_price", "quantity", "Price of a unit", source="Unit_Price"),
        Column("item_code", "code", "Item", source="Item_Code"),
        Column("item_desc", "text", "What the item is", source="Item_Desc"),
        Column("bid_item_number", "code", "Bid item of the subcontract's line", source="Bid_Item_Number"),
        Column("tax_amount", "money", "Tax of the line, as Spectrum keeps it", source="Tax_Amount"),
        Column("retention_flag", "code", "Whether of the line something is retained", source="Retention_Flag"),
        Column("equipment_code", "code", "Equipment that bears the line", source="Equipment_Code"),
        Column("cost_center", "code", "Cost center", source="Cost_Center"),
    ),
    checks=(
        known_type(),
        invoice_is_there("Distributions"),
        Check(
            "job_is_staged",
            "sql",
            ("job_number",),
            "warning",
            "A line on a job that is not staged: sync the jobs, or look at the invoice in Spectrum. A line that is "
            "posted to another company is looked for among its jobs.",
            query="vendor_invoice_distributions_job_is_staged.sql",
            across_companies=True,
        ),
        Check(
            "job_has_phase_and_cost_type",
            "sql",
            ("phase_code", "cost_type"),
            "warning",
            "A line on a job without a phase or cost type, so that no budget line shows it: complete it in Spectrum.",
            query="job_has_phase_and_cost_type.sql",
        ),
    ),
)
