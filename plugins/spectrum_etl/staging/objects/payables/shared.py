"""What the tables of payables have in common: the key of an invoice, its subcontract, the sign of a credit."""

from spectrum_etl.model.spec import Check, Column, company_column

INVOICE_KEY = (
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
SUBCONTRACT = (
    Column(
        "subcontract_number",
        "code",
        "Subcontract of the vendor that is invoiced; null where there is none",
        source="Contract_Number",
    ),
    Column("subcontract_job", "code", "Job of that subcontract", source="Subcontract_Job"),
)


def signed(amount: str) -> str:
    """SQL of an amount that credits hold as a positive one."""
    return f"case when invoice_type_code = 'C' then -{amount} else {amount} end"


def known_type() -> Check:
    return Check(
        "known_type",
        "in_set",
        ("invoice_type_code",),
        "warning",
        "A type that is not documented, counted as an invoice: report which one, with Spectrum's meaning of it.",
        values=("I", "C"),
    )


def invoice_is_there(what: str) -> Check:
    return Check(
        "invoice_is_there",
        "sql",
        ("invoice_number",),
        "warning",
        f"{what} of a vendor invoice that is not there: look at the invoice in Spectrum.",
        query="vendor_invoice_is_there.sql",
    )
