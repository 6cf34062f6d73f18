"""Vendors: one row a vendor of accounts payable. Tax ids and bank accounts are never read (M9)."""

from spectrum_etl.model.spec import Check, Column, InfoLink, StagedObject, Table, company_column
from spectrum_etl.settings import Schedule

VENDORS = Table(
    name="vendors",
    comment="One row a vendor. The web service shows active vendors only: with it, one that disappears is inactive.",
    # Inactive vendors included.
    infolink=InfoLink(tables={"v": "VN_VENDOR_MASTER_MC"}),
    sdx="vendors",
    hidden_status="status",
    readers=("infolink", "sdx"),
    columns=(
        company_column(),
        Column("vendor_code", "code", "Vendor code", source="Vendor_Code", sdx="Vendor_Code", key=True, required=True),
        Column("vendor_name", "text", "Vendor's name", source="Vendor_Name", sdx="Name", required=True, blank="null"),
        Column("alpha_sort", "code", "Short name to sort by; Info-Link only", source="Alpha_Sort"),
        Column("type", "code", "Vendor type (C6); Info-Link only", source="Type"),
        Column(
            "status", "code", "A active, I inactive, N no new business", source=("Status", "Status_Code"), sdx="Status"
        ),
        Column("address_1", "text", "Street address", source="Address_1", sdx="Address_1"),
        Column("address_2", "text", "Street address, second line", source="Address_2", sdx="Address_2"),
        Column("city", "text", "City (Spectrum keeps it in Address_3)", source="Address_3", sdx="City"),
        Column("state", "code", "State, two letters", source="State", sdx="State"),
        Column("zip_code", "code", "Zip code", source="Zip_Code", sdx="Zip_Code"),
        Column("phone", "code", "Phone", source="Phone", sdx="Phone_Number"),
        Column("fax_phone", "code", "Fax; Info-Link only", source="Fax_Phone"),
        Column("vendor_email", "text", "E-mail", source="Vendor_Email", sdx="Email"),
        Column(
            "terms_code",
            "code",
            "Payment terms: A from the invoice date, B proximo",
            source="Terms_Code",
            sdx="Payment_Terms",
        ),
        Column("terms_days", "integer", "Payment terms, in days", source="Terms_Days", sdx="Payment_Term_Days"),
        Column("hold_flag", "code", "Whether payments are on hold; Info-Link only", source="Hold_Flag"),
        Column(
            "insurance_exp_date", "date", "Insurance certificate expires; Info-Link only", source="Insurance_Exp_Date"
        ),
        Column("balance", "money", "Open balance, in the company's currency; Info-Link only", source="Balance"),
        Column("date_last_invoice", "date", "Last invoice; Info-Link only", source="Date_Last_Invoice"),
        Column("date_last_payment", "date", "Last payment; Info-Link only", source="Date_Last_Payment"),
    ),
    checks=(
        Check(
            "known_status",
            "in_set",
            ("status",),
            "warning",
            "A vendor status that is not documented: report which one, with Spectrum's meaning of it.",
            values=("A", "I", "N"),
        ),
        Check(
            "terms_days_in_range",
            "between",
            ("terms_days",),
            "warning",
            "Payment terms of less than 0 or more than 365 days: look at the vendor in Spectrum.",
            minimum="0",
            maximum="365",
        ),
        Check(
            "names_unique",
            "sql",
            ("vendor_name",),
            "warning",
            "Two active vendors have the same name: a Procore company cannot be matched to one of them by name (C2).",
            query="vendors_names_unique.sql",
        ),
    ),
)

OBJECT = StagedObject(name="vendors", title="Vendors", tables=(VENDORS,), schedule=Schedule.HOURLY)
