"""Customers: one row a customer of accounts receivable, for analysts. Tax and resale numbers are never read (M9)."""

from spectrum_etl.model.spec import Check, Column, InfoLink, StagedObject, Table, company_column
from spectrum_etl.settings import Schedule

CUSTOMERS = Table(
    name="customers",
    comment="One row a customer: who contracts are with and who is billed. Inactive ones included.",
    infolink=InfoLink(
        tables={"c": "CR_CUSTOMER_MASTER_MC"},
        # Resale_Number is a tax number of the customer.
        unread="""
            Address_ID All_Cost_Centers Balance_Last_Year Balance_MTD Balance_YTD Contact_1 Contact_2 Contact_3
            Current_Order_Balance Discount_Last_Year Discount_MTD Discount_YTD Fax_ID Finance_Charge
            Finance_Charge_Tran_Code id Markup_Code Phone_ID Price_Level_Labor Price_Level_Material Primary_Contact
            Resale_Exp_Date Resale_Number Retention_Discount Statement_Flag WO_Warning_Message
        """,
    ),
    columns=(
        company_column(),
        Column("customer_code", "code", "Customer code", source="Customer_Code", key=True, required=True),
        Column("name", "text", "Customer's name", source="Name", required=True, blank="null"),
        Column("alpha_sort", "code", "Short name to sort by", source="Alpha_Sort"),
        Column("type", "code", "Customer type", source="Type"),
        Column("status", "code", "A active, I inactive", source="Status"),
        Column("address_1", "text", "Street address", source="Address_1"),
        Column("address_2", "text", "Street address, second line", source="Address_2"),
        Column("city", "text", "City", source="City"),
        Column("state", "code", "State, two letters", source="State"),
        Column("zip_code", "code", "Zip code", source="Zip_Code"),
        Column("phone", "code", "Phone", source="Phone"),
        Column("fax_phone", "code", "Fax", source="Fax_Phone"),
        Column("customer_email", "text", "E-mail", source="Customer_Email"),
        Column("web_site", "text", "Web site", source="Web_Site"),
        Column("salesperson", "code", "Salesperson's code", source="Salesperson"),
        Column("terms_code", "code", "Payment terms", source="Terms_Code"),
        Column("sales_tax_code", "code", "Sales tax", source="Sales_Tax_Code"),
        Column("taxable_flag", "code", "Y where sales to the customer are taxed, N otherwise", source="Taxable_Flag"),
        Column(
            "standard_retention_percent",
            "quantity",
            "Retention that is usual with the customer, in percent",
            source="Standard_Retention_Percent",
        ),
        Column("credit_limit", "money", "Credit limit, in the company's currency", source="Credit_Limit"),
        Column("balance", "money", "Open balance, as Spectrum keeps it", source="Balance"),
        Column("billed_mtd", "money", "Billed this month", source="Billed_MTD"),
        Column("billed_ytd", "money", "Billed this year", source="Billed_YTD"),
        Column("billed_last_year", "money", "Billed last year", source="Billed_Last_Year"),
        Column("paid_mtd", "money", "Paid this month", source="Paid_MTD"),
        Column("paid_ytd", "money", "Paid this year", source="Paid_YTD"),
        Column("paid_last_year", "money", "Paid last year", source="Paid_Last_Year"),
        Column("retention_billed", "money", "Retention billed", source="Retention_Billed"),
        Column("retention_paid", "money", "Retention paid", source="Retention_Paid"),
        Column("retention_balance", "money", "Retention that is not paid yet", source="Retention_Balance"),
        Column("date_last_billed", "date", "Last invoice", source="Date_Last_Billed"),
        Column("date_last_paid", "date", "Last payment", source="Date_Last_Paid"),
        Column("date_created", "date", "When the customer was entered", source="Date_Created"),
    ),
    checks=(
        Check(
            "known_status",
            "in_set",
            ("status",),
            "warning",
            "A customer status that is not documented: report which one, with Spectrum's meaning of it.",
            values=("A", "I"),
        ),
        Check(
            "names_unique",
            "sql",
            ("name",),
            "warning",
            "Two active customers have the same name: figures by name add them up. Look whether they are one customer.",
            query="customers_names_unique.sql",
        ),
        Check(
            "credit_limit_in_range",
            "between",
            ("credit_limit",),
            "warning",
            "A negative credit limit: look at the customer in Spectrum.",
            minimum="0",
        ),
        Check(
            "retention_in_range",
            "between",
            ("standard_retention_percent",),
            "warning",
            "A retention outside 0 to 100 percent: look at the customer in Spectrum.",
            minimum="0",
            maximum="100",
        ),
        Check(
            "paid_after_created",
            "ordered",
            ("date_created", "date_last_paid"),
            "warning",
            "A customer who paid before being entered: look at the two dates in Spectrum.",
        ),
    ),
)

OBJECT = StagedObject(name="customers", title="Customers", tables=(CUSTOMERS,), schedule=Schedule.DAILY)
