"""Payments on vendor invoices."""

from spectrum_etl.model.spec import LARGEST_AMOUNT, Check, Column, InfoLink, Table
from spectrum_etl.staging.objects.payables.shared import (
    INVOICE_KEY,
    SUBCONTRACT,
    invoice_is_there,
    known_type,
    signed,
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
        *INVOICE_KEY,
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
            without="what was paid on an invoice, and what of it is open, is not known",
        ),
        Column(
            "signed_payment_amount",
            "money",
            "The same amount, below 0 on a credit: this is what adds up",
            derived=signed("payment_amount"),
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
        *SUBCONTRACT,
        Column("remarks", "text", "Remarks", source="Remarks"),
        Column("fiscal_year", "code", "Fiscal year of the check's date", source="Check_Date_Year"),
        Column("fiscal_period", "code", "Fiscal period of the check's date", source="Check_Date_Period"),
        Column("cost_center", "code", "Cost center", source="Cost_Center"),
    ),
    checks=(
        known_type(),
        invoice_is_there("Payments"),
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
            minimum=f"-{LARGEST_AMOUNT}",
            maximum=LARGEST_AMOUNT,
        ),
    ),
)
