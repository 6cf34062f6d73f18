"""Vendor invoices with their distribution to jobs, and what was paid on them.

Staged for analysts. Nothing of it goes to Procore: invoices and payments stay in accounting (A6). Check numbers, cards
and bank accounts are never read (M9).
"""

from spectrum_etl.model.spec import Check, Column, InfoLink, StagedObject, Table, company_column
from spectrum_etl.settings import Schedule

_LARGEST_AMOUNT = "9999999999.99"
_INVOICE = (
    company_column(),
    Column("vendor_code", "code", "Vendor", source="Vendor_Code", key=True, required=True),
    Column(
        "invoice_number",
        "code",
        "Invoice number, as the vendor's; unique for a vendor and type",
        source="Invoice_Number",
        key=True,
        required=True,
    ),
    Column(
        "invoice_type_code",
        "code",
        "I invoice, C credit",
        source="Invoice_Type_Code",
        key=True,
        required=True,
    ),
)
_SUBCONTRACT = (
    Column(
        "subcontract_number",
        "code",
        "Subcontract of the vendor that is invoiced; null where there is none",
        source="Contract_Number",
    ),
    Column("subcontract_job", "code", "Job of that subcontract", source="Subcontract_Job"),
)
_JOB_SHARE_WITHOUT = "nobody can tell what a job bears of an invoice"


def _signed(amount: str) -> str:
    """SQL of an amount that credits hold as a positive one."""
    return f"case when invoice_type_code = 'C' then -{amount} else {amount} end"


def _known_type() -> Check:
    return Check(
        "known_type",
        "in_set",
        ("invoice_type_code",),
        "warning",
        "A type that is not documented, counted as an invoice: report which one, with Spectrum's meaning of it.",
        values=("I", "C"),
    )


def _invoice_is_there(what: str) -> Check:
    return Check(
        "invoice_is_there",
        "sql",
        ("invoice_number",),
        "warning",
        f"{what} of a vendor invoice that is not there: look at the invoice in Spectrum.",
        query="vendor_invoice_is_there.sql",
    )


VENDOR_INVOICES = Table(
    name="vendor_invoices",
    comment="One row a vendor invoice or credit. Its amounts are over all of its jobs: what one job bears is on its "
    "distributions.",
    infolink=InfoLink(
        tables={"h": "VN_GL_DISTRIBUTION_HEADER_MC"},
        # Address and cash account, the check that paid it, who entered it, value added tax. Date_List2 and Date_List3
        # are not documented.
        unread="""
            Address_1 Address_2 Address_3 Back_Charge_Subcontract Card_Number Cash_GL_Account Check_Amount Check_Date
            Check_Number Date_List2 Date_List3 Date_List3_Period Date_List3_Year Date_Stamp Entered_By Exchange_Rate
            Pay_Loc_Code Payment_Number Retention_VAT_Amt State Subcontract_Job_Company Time_Stamp Total_VAT_Amt
            VAT_Code VAT_Override VAT_Tax_Percent Zip_Code
        """,
    ),
    columns=(
        *_INVOICE,
        Column("vendor_name", "text", "Vendor's name on the invoice", source="Vendor_Name"),
        *_SUBCONTRACT,
        Column("status", "code", "O open; P and C are not documented", source="Status"),
        Column("invoice_date", "date", "Date of the invoice", source="Date_List1"),
        Column("due_date", "date", "When it is due", source="Date_List4"),
        Column("discount_date", "date", "Until when its discount may be taken", source="Date_List5"),
        Column(
            "invoice_amount",
            "money",
            "Amount over all jobs, as Spectrum has it: a credit is positive, too, and to be subtracted",
            source="Invoice_Amount",
            blank="zero",
            assumed=True,
            without="nobody can tell what an invoice amounts to, nor what of it is open",
        ),
        Column(
            "signed_invoice_amount",
            "money",
            "The same amount, below 0 for a credit: this is what adds up",
            derived=_signed("invoice_amount"),
        ),
        Column(
            "retention_amount",
            "money",
            "Of it, what is retained; as Spectrum has it, so positive for a credit, too",
            source="Retention_Amount",
        ),
        Column(
            "signed_retention_amount",
            "money",
            "The same amount, below 0 for a credit: this is what adds up",
            derived=_signed("retention_amount"),
        ),
        Column(
            "discount_eligible_amount",
            "money",
            "Amount that a discount may be taken of",
            source="Discount_Eligible_Amount",
        ),
        Column("po_number", "code", "Purchase order that is invoiced", source="PO_Number"),
        Column("remarks", "text", "Remarks", source="Remarks"),
        Column("batch_code", "code", "Batch that it was posted with", source="Batch_Code"),
        Column("ap_gl_account", "code", "Payables account, without separators", source="AP_GL_Account"),
        Column("fiscal_year", "code", "Fiscal year that it was posted in", source="Year"),
        Column("fiscal_period", "code", "Fiscal period that it was posted in", source="Period"),
        Column("cost_center", "code", "Cost center", source="Cost_Center"),
        Column("currency_code", "code", "Currency; null for the company's own", source="Currency_Code"),
    ),
    checks=(
        _known_type(),
        Check(
            "known_status",
            "in_set",
            ("status",),
            "warning",
            "A status that is not documented: report which one, with Spectrum's meaning of it.",
            values=("O", "P", "C"),
        ),
        Check(
            "vendor_is_staged",
            "sql",
            ("vendor_code",),
            "warning",
            "An invoice of a vendor that is not staged: sync the vendors, or look at the vendor in Spectrum.",
            query="vendor_is_staged.sql",
        ),
        Check(
            "distributions_add_up",
            "sql",
            ("invoice_amount",),
            "warning",
            "An invoice whose distributions do not add up to it, a credit's below 0, so that its jobs bear another "
            "amount than is owed: look at the invoice in Spectrum.",
            query="vendor_invoices_distributions_add_up.sql",
            amount="difference",
        ),
        Check(
            "paid_within_invoice",
            "sql",
            ("invoice_amount",),
            "warning",
            "An invoice on which more was paid than it amounts to: look for a payment that was made twice.",
            query="vendor_invoices_paid_within_invoice.sql",
            amount="overpaid",
        ),
        Check(
            "invoiced_once",
            "sql",
            ("invoice_number",),
            "warning",
            "Invoices of one vendor and type whose numbers differ only in spaces, signs, letter case or leading zeros: "
            "look whether the same one was entered twice.",
            query="vendor_invoices_invoiced_once.sql",
            amount="amount_of_others",
        ),
        Check(
            "subcontract_is_staged",
            "sql",
            ("subcontract_number",),
            "warning",
            "An invoice of a subcontract that is not staged with this vendor: sync the subcontracts, or look at the "
            "invoice in Spectrum.",
            query="vendor_invoices_subcontract_is_staged.sql",
        ),
        Check(
            "retained_within_invoice",
            "sql",
            ("retention_amount",),
            "warning",
            "More is retained than the invoice amounts to: look at the invoice in Spectrum.",
            query="vendor_invoices_retained_within_invoice.sql",
        ),
        Check(
            "dated_before_due",
            "ordered",
            ("invoice_date", "due_date"),
            "warning",
            "An invoice that is due before its date: correct one of the dates in Spectrum.",
        ),
        Check(
            "amount_not_below_0",
            "between",
            ("invoice_amount",),
            "warning",
            "An amount below 0, or above ten billion: a credit is entered as a positive one. Look at the invoice in "
            "Spectrum.",
            minimum="0",
            maximum=_LARGEST_AMOUNT,
        ),
    ),
)

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
        *_INVOICE,
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
        _known_type(),
        _invoice_is_there("Distributions"),
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

VENDOR_PAYMENTS = Table(
    name="vendor_payments",
    comment="One row a payment on a vendor invoice: an invoice may be paid in parts, and a check may pay several.",
    infolink=InfoLink(
        tables={"p": "VN_PAYMENT_HISTORY_MC"},
        optional={"p": "what was paid on an invoice is not known, nor what of it is open"},
        # Numbers of checks and transactions, bank account and card, back charges, and more remarks.
        unread="""
            Back_Charge_Subcontract Bank_Account_Code Check_Number Comdata_Temp_Credit_Card Pay_Loc_Code Remarks_List1
            Remarks_List2 Remarks_List3 Subcontract_Payment_Number Tran_Number
        """,
    ),
    columns=(
        *_INVOICE,
        Column(
            "payment_number",
            "code",
            "Number of the payment on its invoice",
            source="Payment_Number",
            key=True,
            required=True,
        ),
        Column("check_date", "date", "Date of the check", source="Check_Date"),
        Column("trans_date", "date", "Date of the transaction", source="Trans_Date"),
        Column("payment_type", "code", "How it was paid; its values are not documented", source="Payment_Type"),
        Column(
            "payment_amount",
            "money",
            "Amount paid, as Spectrum has it: on a credit it is positive, too, and to be subtracted (inferred)",
            source="Payment_Amount",
            blank="zero",
            assumed=True,
            without="nobody can tell what was paid on an invoice, nor what of it is open",
        ),
        Column(
            "signed_payment_amount",
            "money",
            "The same amount, below 0 on a credit: this is what adds up",
            derived=_signed("payment_amount"),
        ),
        Column("retention_paid", "money", "Retention that was paid with it", source="Retention_Paid"),
        Column("discount_taken", "money", "Discount that was taken", source="Discount_Taken"),
        Column(
            "original_invoice_amount",
            "money",
            "Amount of the invoice when it was paid",
            source="Original_Invoice_Amount",
        ),
        Column(
            "original_retention_amount",
            "money",
            "What of the invoice was retained when it was paid",
            source="Original_Retention_Amount",
        ),
        Column("invoice_date", "date", "Date of the invoice", source="Invoice_and_Due_Date1"),
        Column("due_date", "date", "When the invoice was due", source="Invoice_and_Due_Date2"),
        *_SUBCONTRACT,
        Column("remarks", "text", "Remarks", source="Remarks"),
        Column("fiscal_year", "code", "Fiscal year of the check's date", source="Check_Date_Year"),
        Column("fiscal_period", "code", "Fiscal period of the check's date", source="Check_Date_Period"),
        Column("cost_center", "code", "Cost center", source="Cost_Center"),
    ),
    checks=(
        _known_type(),
        _invoice_is_there("Payments"),
        Check(
            "vendor_is_staged",
            "sql",
            ("vendor_code",),
            "warning",
            "A payment to a vendor that is not staged: sync the vendors, or look at the vendor in Spectrum.",
            query="vendor_is_staged.sql",
        ),
        Check(
            "paid_after_invoice",
            "ordered",
            ("invoice_date", "check_date"),
            "warning",
            "A check that is older than the invoice it pays: correct one of the dates in Spectrum.",
        ),
        Check(
            "payment_in_range",
            "between",
            ("payment_amount",),
            "warning",
            "A payment beyond ten billion either way: look at the payment in Spectrum.",
            minimum=f"-{_LARGEST_AMOUNT}",
            maximum=_LARGEST_AMOUNT,
        ),
    ),
)

OBJECT = StagedObject(
    name="payables",
    title="Payables",
    tables=(VENDOR_INVOICES, VENDOR_INVOICE_DISTRIBUTIONS, VENDOR_PAYMENTS),
    schedule=Schedule.DAILY,
)
