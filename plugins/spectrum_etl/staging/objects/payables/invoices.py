"""Vendor invoices and credits, over all of their jobs."""

from spectrum_etl.model.spec import LARGEST_AMOUNT, Check, Column, InfoLink, Table
from spectrum_etl.staging.objects.payables.shared import INVOICE_KEY, SUBCONTRACT, known_type, signed

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
        *INVOICE_KEY,
        Column("vendor_name", "text", "Vendor's name on the invoice", source="Vendor_Name"),
        *SUBCONTRACT,
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
            without="what an invoice amounts to, and what of it is open, is not known",
        ),
        Column(
            "signed_invoice_amount",
            "money",
            "The same amount, below 0 for a credit: this is what adds up",
            derived=signed("invoice_amount"),
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
            derived=signed("retention_amount"),
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
        known_type(),
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
            maximum=LARGEST_AMOUNT,
        ),
    ),
)
