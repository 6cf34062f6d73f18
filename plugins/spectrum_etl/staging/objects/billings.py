"""What is billed: applications by prime contract, receivable invoices with their lines, and what is open; for analysts.

A site need not show what is open: `open_receivables` is then left out, and ages are of what was invoiced.
"""

from dataclasses import replace

from spectrum_etl.model.spec import Check, Column, InfoLink, StagedObject, Table, company_column
from spectrum_etl.settings import Schedule

_CUSTOMER = Column("customer_code", "code", "Customer who is billed", source="Customer_Code", key=True, required=True)
_INVOICE = Column(
    "invoice_or_transaction",
    "code",
    "Invoice number, unique with the transaction type for a customer",
    source="Invoice_Or_Transaction",
    key=True,
    required=True,
)
_TYPE = Column(
    "transaction_type",
    "code",
    "Type of the transaction; its values are not documented, and it may be blank",
    source="Transaction_Type",
    key=True,
    may_be_blank=True,
    required=True,
)
_BILLED_WITHOUT = "what applications bill is not known, since stored material is billed, too"
_RETAINED_WITHOUT = "what customers hold back is not known"
_OPEN_WITHOUT = "what is open of an invoice is not known, so that ages are of what was invoiced"


def _money(name: str, comment: str, source: str, without: str = "") -> Column:
    """An amount in the company's currency; one that figures add up says what its lack affects."""
    summed = bool(without)
    return Column(
        name,
        "money",
        comment,
        source=source,
        required=summed,
        blank="zero" if summed else "reject",
        assumed=summed,
        without=without,
    )


def _part(name: str, comment: str, source: str, without: str) -> Column:
    """An amount that a figure is made of: 0 where nobody entered it; without the column the figure is not known."""
    return Column(name, "money", comment, source=source, blank="zero", assumed=True, without=without)


def _percent(name: str, comment: str, source: str) -> Column:
    return Column(name, "quantity", comment, source=source)


def _referring(name: str, column: str, explains: str, query: str = "", amount: str | None = None) -> Check:
    return Check(name, "sql", (column,), "warning", explains, query=query or f"{name}.sql", amount=amount)


def _job_is_staged(what: str) -> Check:
    return _referring(
        "job_is_staged",
        "job_number",
        f"{what} of a job that is not staged: sync the jobs, or look at the job in Spectrum.",
    )


def _customer_is_staged(what: str) -> Check:
    return _referring(
        "customer_is_staged",
        "customer_code",
        f"{what} of a customer that is not staged: sync the customers, or look at the customer in Spectrum.",
    )


def _invoice_is_there(what: str) -> Check:
    return _referring(
        "invoice_is_there",
        "invoice_or_transaction",
        f"{what} of an invoice that is not there: look at the invoice in Spectrum.",
        "receivable_invoice_is_there.sql",
    )


def _retention_in_range(what: str) -> Check:
    return Check(
        "retention_in_range",
        "between",
        ("retention_percent",),
        "warning",
        f"A retention outside 0 to 100 percent: look at the {what} in Spectrum.",
        minimum="0",
        maximum="100",
    )


BILLING_APPLICATIONS = Table(
    name="billing_applications",
    comment="One row a progress billing application: customer, job and number. What is complete is to date, not of the "
    "month; a job with several customers is billed in several streams, which are added up.",
    infolink=InfoLink(
        tables={"b": "CR_BILLING_HEADER_MC"},
        optional={"b": "there are no progress billing applications, so that what is billed is known by invoices only"},
        unread="""
            Architect_Project_Number Tax_Code_List1 Tax_Code_List2 Tax_Code_List3 Tax_Code_List4 Tax_Code_List5
            Tax_Code_List6 Taxable_Amount_List1 Taxable_Amount_List2 Taxable_Amount_List3 Taxable_Amount_List4
            Taxable_Amount_List5 Taxable_Amount_List6 Tax_Percent_List1 Tax_Percent_List2 Tax_Percent_List3
            Tax_Percent_List4 Tax_Percent_List5 Tax_Percent_List6 Tax_Amount_List1 Tax_Amount_List2 Tax_Amount_List3
            Tax_Amount_List4 Tax_Amount_List5 Tax_Amount_List6 Memo_Billing_Total VAT_Code VAT_Tax_Percent Total_VAT_Amt
            Retention_VAT_Amt Use_Online_Tax Online_Tax_Transaction_Code Online_Tax_Commit_Status PST_On_Holdback_Flag
            Holdback_PST_Amount Holdback_Taxed_Amount
        """,
    ),
    columns=(
        company_column(),
        _CUSTOMER,
        Column("job_number", "code", "Job number", source="Job_Number", key=True, required=True),
        Column(
            "application_number",
            "code",
            "Number of the application in its stream",
            source="Application_Number",
            key=True,
            required=True,
        ),
        Column("period_end_date", "date", "Last day of the work that is billed", source="Period_End_Date"),
        Column("application_date", "date", "Date of the application", source="Application_Date"),
        Column("contract_date", "date", "Date of the contract", source="Contract_Date"),
        _money("original_contract_amount", "Contract before changes", "Original_Contract_Amount"),
        _money("change_order_total", "Changes of the contract up to the application", "Change_Order_Total"),
        _money("revised_contract_amount", "Contract with these changes", "Revised_Contract_Amount"),
        _money(
            "complete_to_date",
            "Work that is complete to date, at the contract's prices",
            "Complete_To_Date",
            "what an application bills is not known, so what is billed is known from invoices only",
        ),
        _part("material_stored", "Material that is stored and billed, to date", "Material_Stored", _BILLED_WITHOUT),
        _percent("retention_percent", "Retention on work, in percent", "Retention_Percent"),
        _part("retention_amount", "Retention on work, to date", "Retention_Amount", _RETAINED_WITHOUT),
        _percent(
            "material_stored_ret_percent", "Retention on stored material, in percent", "Material_Stored_Ret_Percent"
        ),
        _part(
            "material_stored_retention",
            "Retention on stored material, to date",
            "Material_Stored_Retention",
            _RETAINED_WITHOUT,
        ),
        _money("amount_billed_previous", "Billed by the applications before", "Amount_Billed_Previous"),
        _money("retention_previous", "Retention of the applications before", "Retention_Previous"),
        _money("taxable_amount", "What is taxed of it", "Taxable_Amount"),
        Column("sales_tax_code", "code", "Sales tax", source="Sales_Tax_Code"),
        _percent("sales_tax_percent", "Sales tax, in percent", "Sales_Tax_Percent"),
        _money("sales_tax_amount", "Sales tax", "Sales_Tax_Amount"),
        _money("amount_due", "Due by this application", "Amount_Due"),
        _money("total_cost", "Cost of the work, where Spectrum keeps it with the application", "Total_Cost"),
        Column("post_flag", "code", "Whether it is posted, as Spectrum marks it", source="Post_Flag"),
        Column("invoice_sequence", "code", "Its invoice, as Spectrum keeps it", source="Invoice_Sequence"),
        Column("cost_center", "code", "Cost center", source="Cost_Center"),
        Column("fiscal_year", "code", "Fiscal year of the period", source="Period_End_Date_Year"),
        Column("fiscal_period", "code", "Fiscal period", source="Period_End_Date_Period"),
    ),
    checks=(
        Check(
            "period_is_there",
            "not_null",
            ("period_end_date",),
            "warning",
            "An application without the end of its period belongs to no month end: enter it in Spectrum.",
        ),
        _referring(
            "revised_adds_up",
            "revised_contract_amount",
            "The original contract and its changes do not add up to the revised contract: look at the application in "
            "Spectrum.",
            "billing_revised_adds_up.sql",
            "difference",
        ),
        _referring(
            "complete_within_contract",
            "complete_to_date",
            "More is complete and stored than the revised contract: a change order is missing, or too much is billed.",
            "billing_complete_within_contract.sql",
            "beyond_contract",
        ),
        _referring(
            "complete_does_not_fall",
            "complete_to_date",
            "Less is complete than in the application before: look whether one of the two is wrong.",
            "billing_complete_falls.sql",
            "difference",
        ),
        _referring(
            "previous_agrees",
            "amount_billed_previous",
            "What was billed before is not what the application before had billed, neither with its retention nor "
            "without: an application is missing, or was changed afterwards.",
            "billing_previous_agrees.sql",
        ),
        _referring(
            "contract_agrees",
            "original_contract_amount",
            "The newest application has another original contract than the prime contract: correct one of them in "
            "Spectrum.",
            "billing_contract_agrees.sql",
            "difference",
        ),
        _referring(
            "contract_is_there",
            "job_number",
            "An application without its prime contract: look at the contract in Spectrum.",
        ),
        _job_is_staged("An application"),
        _customer_is_staged("An application"),
        _retention_in_range("application"),
    ),
)

RECEIVABLE_INVOICES = Table(
    name="receivable_invoices",
    comment="One row an invoice to a customer. Reversed ones are among them: they bill nothing.",
    infolink=InfoLink(
        tables={"i": "CR_INVOICE_HEADER_MC"},
        unread="""
            Sales_Tax_Percent Print_Flag Print_Job_Address_Flag Ship_Date Ship_Address1 Ship_Address2 Ship_Address3
            Ship_Address4 Ship_Address5 Tax_Code_List1 Tax_Code_List2 Tax_Code_List3 Tax_Code_List4 Tax_Code_List5
            Tax_Code_List6 Taxable_Amount_List1 Taxable_Amount_List2 Taxable_Amount_List3 Taxable_Amount_List4
            Taxable_Amount_List5 Taxable_Amount_List6 Tax_Percent_List1 Tax_Percent_List2 Tax_Percent_List3
            Tax_Percent_List4 Tax_Percent_List5 Tax_Percent_List6 Tax_Amount_List1 Tax_Amount_List2 Tax_Amount_List3
            Tax_Amount_List4 Tax_Amount_List5 Tax_Amount_List6 Update_Flag Area_Code Alternate_Address Billto_Code
            Site_ID Contract_Key Sales_Tax_Override Retention_Override VAT_Code VAT_Tax_Percent Total_VAT_Amt
            Retention_VAT_Amt Exchange_Rate Use_Online_Tax Online_Tax_Transaction_Code Online_Tax_Commit_Status
            PST_On_Holdback_Flag Holdback_PST_Amount Holdback_Taxed_Amount
        """,
    ),
    columns=(
        company_column(),
        _CUSTOMER,
        _INVOICE,
        _TYPE,
        Column("job_number", "code", "Job number; null where no job is billed", source="Job_Number"),
        Column("invoice_date", "date", "Date of the invoice", source="Invoice_Date"),
        Column("gl_date", "date", "Date in the general ledger", source="GL_Date"),
        Column("gl_year", "code", "Fiscal year, as the general ledger writes it", source="GL_Year"),
        Column("gl_period", "code", "Fiscal period", source="GL_Period"),
        Column("terms_code", "code", "Payment terms", source="Terms_Code"),
        Column("remarks", "text", "Remarks", source="Remarks"),
        _money("non_taxable_amount", "What is not taxed of it", "Non_Taxable_Amount"),
        _money("taxable_amount", "What is taxed of it", "Taxable_Amount"),
        Column("sales_tax_code", "code", "Sales tax", source="Sales_Tax_Code"),
        _part(
            "sales_tax_amount",
            "Sales tax",
            "Sales_Tax_Amount",
            "what invoices bill without tax is not known",
        ),
        _money(
            "invoice_extension",
            "Total of the invoice",
            "Invoice_Extension",
            "what an invoice bills is not known, so what is billed is known from applications only",
        ),
        _percent("retention_percent", "Retention, in percent", "Retention_Percent"),
        _part("retention_amount", "Retention that is held back of it", "Retention_Amount", _RETAINED_WITHOUT),
        _money("cost_of_sale", "Cost of what is sold", "Cost_Of_Sale"),
        Column("reversed", "code", "Y where the invoice was reversed", source="Reversed"),
        Column("post_flag", "code", "Whether it is posted, as Spectrum marks it", source="Post_Flag"),
        Column("source_flag", "code", "Where it was made, as Spectrum marks it", source="Source_Flag"),
        Column("tm_billing_number", "code", "Time and material billing that it is of", source="TM_Billing_Number"),
        Column("batch_code", "code", "Batch it was posted with", source="Batch_Code"),
        Column("work_order", "code", "Work order that is billed", source="Work_Order"),
        Column("customer_po", "code", "The customer's purchase order", source="Customer_PO"),
        Column("contract_number", "code", "Contract that is billed", source="Contract_Number"),
        Column("salesperson_code", "code", "Salesperson's code", source="Salesperson_Code"),
        Column("ar_gl_account", "code", "Receivables account, without separators", source="AR_GL_Account"),
        Column("cost_center", "code", "Cost center", source="Cost_Center"),
        Column("taxable_flag", "code", "Whether it is taxed", source="Taxable_Flag"),
        Column("currency_code", "code", "Currency, where Spectrum keeps one", source="Currency_Code"),
    ),
    checks=(
        Check(
            "known_reversal",
            "in_set",
            ("reversed",),
            "warning",
            "An unknown mark of reversal, so it is not known whether the invoice counts: report which "
            "one, with Spectrum's meaning of it.",
            values=("Y", "N"),
        ),
        Check(
            "date_is_there",
            "not_null",
            ("invoice_date",),
            "warning",
            "An invoice without a date has no age and belongs to no month: enter it in Spectrum.",
        ),
        _referring(
            "lines_add_up",
            "invoice_extension",
            "The lines do not add up to the invoice, whether tax and retention are counted or not: look at the invoice "
            "in Spectrum.",
            "receivable_invoice_lines_add_up.sql",
            "difference",
        ),
        _job_is_staged("An invoice"),
        _customer_is_staged("An invoice"),
        _retention_in_range("invoice"),
    ),
)

RECEIVABLE_INVOICE_LINES = Table(
    name="receivable_invoice_lines",
    comment="One row a line of an invoice to a customer.",
    infolink=InfoLink(
        tables={"l": "CR_INVOICE_DETAIL_MC"},
        optional={"l": "invoices have no lines, so that nothing can be compared with their totals"},
        unread="""
            Message Plant_ID Scale_Ticket Message_ID Use_Tax_Code Use_Tax_Amount Online_Tax_Code Rate_Type
            Other_Cost_Item
        """,
    ),
    columns=(
        company_column(),
        _CUSTOMER,
        _INVOICE,
        _TYPE,
        Column("sequence", "code", "Number of the line", source="Sequence", key=True, required=True),
        Column("detail_description", "text", "What is billed", source="Detail_Description"),
        Column("item_quantity", "quantity", "Quantity", source="Item_Quantity"),
        Column("unit_of_measure", "code", "Unit of the quantity", source="Unit_Of_Measure"),
        Column("unit_price", "quantity", "Price of a unit", source="Unit_Price"),
        _money(
            "line_extension",
            "Amount of the line",
            "Line_Extension",
            "invoices have no lines, so that nothing can be compared with their totals",
        ),
        _money("cost_of_sale", "Cost of what is sold", "Cost_Of_Sale"),
        Column("gl_account", "code", "Revenue account, without separators", source="GL_Account"),
        Column("gl_department", "code", "Department of the general ledger", source="GL_Department"),
        Column("sales_tax_code", "code", "Sales tax", source="Sales_Tax_Code"),
        Column("line_type", "code", "Type of the line, as Spectrum marks it", source="Line_Type"),
        Column("detail_line_type", "code", "Second type of the line", source="Detail_Line_Type"),
        Column("post_flag", "code", "Whether it is posted, as Spectrum marks it", source="Post_Flag"),
        Column("equipment_code", "code", "Equipment that is billed", source="Equipment_Code"),
        Column("cost_center", "code", "Cost center", source="Cost_Center"),
    ),
    checks=(_invoice_is_there("A line"),),
)


def _assumed(column: Column, without: str = _OPEN_WITHOUT) -> Column:
    """A part of the key of an open item: its table is assumed to call it as that of the invoices does."""
    return replace(column, required=False, assumed=True, without=without)


OPEN_RECEIVABLES = Table(
    name="open_receivables",
    comment="One row an open item: an invoice, or another transaction, of which something is not paid yet.",
    infolink=InfoLink(tables={"o": "CR_OPEN_ITEM_MC"}, joined=("o.Company_Code",), optional={"o": _OPEN_WITHOUT}),
    columns=(
        company_column(),
        _assumed(_CUSTOMER),
        _assumed(_INVOICE),
        _assumed(_TYPE, "an open item is dated by the earliest invoice of its number"),
        Column("job_number", "code", "Job number; null where no job is billed", source="Job_Number"),
        _money("invoice_balance", "What is open of it", "Invoice_Balance", _OPEN_WITHOUT),
    ),
    checks=(
        _invoice_is_there("An open item"),
        _referring(
            "balance_within_invoice",
            "invoice_balance",
            "More is open than was invoiced: look at the invoice's payments in Spectrum.",
            "receivable_balance_within_invoice.sql",
            "beyond_invoice",
        ),
        _referring(
            "not_reversed",
            "invoice_or_transaction",
            "Something is open of an invoice that was reversed: look at it in Spectrum, it would be counted as owed.",
            "receivable_open_though_reversed.sql",
            "invoice_balance",
        ),
        _job_is_staged("An open item"),
        _customer_is_staged("An open item"),
    ),
)

OBJECT = StagedObject(
    name="billings",
    title="Billings",
    tables=(BILLING_APPLICATIONS, RECEIVABLE_INVOICES, RECEIVABLE_INVOICE_LINES, OPEN_RECEIVABLES),
    schedule=Schedule.DAILY,
)
