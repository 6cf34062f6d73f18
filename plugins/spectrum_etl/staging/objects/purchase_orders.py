"""Purchase orders with their lines: what is ordered, received and still to come.

Staged for analysts. Nothing of it goes to Procore: Spectrum's purchase order module is not exchanged (A6).
"""

from spectrum_etl.model.spec import LARGEST_AMOUNT, Check, Column, InfoLink, StagedObject, Table, company_column
from spectrum_etl.settings import Schedule

_ORDER = Column("po_number", "code", "Purchase order number", source="PO_Number", key=True, required=True)

PURCHASE_ORDERS = Table(
    name="purchase_orders",
    comment="One row a purchase order. What it costs which job is on its lines: they may be for other jobs than "
    "its own.",
    infolink=InfoLink(
        tables={"o": "PO_PURCHASE_ORDER_HEADER_MC"},
        # Of whom the goods go to, and how; who ordered them; routing, printing and releases.
        unread="""
            Accrue_PO_Costs Bank_Account_Code Batch_Code Blanket_Vendor_Num Card_Number Comment Confirmed_By
            Current_Blanket_Release Current_Revision Discount_Days Discount_From_Code Due_Date_List1 Due_Date_List2 FOB
            Last_Receipt_Number Ordered_By Pay_Loc_Code Payment_Days PO_Date_List3_Period PO_Date_List3_Year PO_Method
            PO_Print_Flag Proposed_PO_Number Purch_Loc_Code Reference_Flag Release_Schedule_Exists Resale_Flag
            Routing_Code Ship_Address_1 Ship_Address_2 Ship_City Ship_Name Ship_State Ship_Terms Ship_To_Code Ship_Via
            Ship_Zip_Code Special_Instructions Tax_Percent Terms_Code Terms_Description Terms_Percent Total_VAT_Amt
            Use_Tax_Code VAT_Code Warehouse_Code
        """,
    ),
    columns=(
        company_column(),
        _ORDER,
        Column("vendor_code", "code", "Vendor that is to deliver", source="Vendor_Code"),
        Column(
            "job_number",
            "code",
            "Job of the order as a whole; null without one. A line may be for another job: add up lines by theirs",
            source="Job_Number",
        ),
        Column("order_date", "date", "When it was ordered", source="PO_Date_List1"),
        Column("delivery_date", "date", "When it is to be delivered", source="PO_Date_List2"),
        Column("last_received_date", "date", "When something of it was last received", source="PO_Date_List3"),
        Column("status_flag", "code", "Status; its values are not documented", source="Status_Flag"),
        Column("po_type", "code", "Type of order; its values are not documented", source="PO_Type"),
        Column("received_flag", "code", "Whether it was received, as Spectrum keeps it", source="Received_Flag"),
        Column("received_date", "date", "When it was received, as Spectrum keeps it", source="Received_Date"),
        Column(
            "po_total_amount",
            "money",
            "Amount of the whole order with tax and freight, over all of its jobs",
            source="PO_Total_Amount",
        ),
        Column("taxable_amount", "money", "Of it, what is taxed", source="Taxable_Amount"),
        Column("non_taxable_amount", "money", "Of it, what is not taxed", source="Non_Taxable_Amount"),
        Column("tax_total", "money", "Of it, tax", source="Tax_Total"),
        Column("total_freight", "money", "Of it, freight", source="Total_Freight"),
        Column("blanket_po", "code", "Whether it is a blanket order, of which releases are made", source="Blanket_PO"),
        Column("blanket_exp_date", "date", "When a blanket order ends", source="Blanket_Exp_Date"),
        Column("blanket_total_amt", "money", "Amount of a blanket order", source="Blanket_Total_Amt"),
        Column("remarks", "text", "Remarks", source="Remarks"),
        Column("cost_center", "code", "Cost center", source="Cost_Center"),
        Column("currency_code", "code", "Currency; null for the company's own", source="Currency_Code"),
        Column("fiscal_year", "code", "Fiscal year of the order date", source="PO_Date_List1_Year"),
        Column("fiscal_period", "code", "Fiscal period of the order date", source="PO_Date_List1_Period"),
    ),
    checks=(
        Check(
            "vendor_is_staged",
            "sql",
            ("vendor_code",),
            "warning",
            "An order from a vendor that is not staged: sync the vendors, or look at the vendor in Spectrum.",
            query="vendor_is_staged.sql",
        ),
        Check(
            "job_is_staged",
            "sql",
            ("job_number",),
            "warning",
            "An order for a job that is not staged: sync the jobs, or look at the order in Spectrum.",
            query="job_is_staged.sql",
        ),
        Check(
            "lines_add_up",
            "sql",
            ("po_total_amount",),
            "warning",
            "An order whose lines do not add up to its amount less tax and freight: look at the order in Spectrum, and "
            "trust its lines.",
            query="purchase_orders_lines_add_up.sql",
            amount="difference",
        ),
        Check(
            "ordered_before_delivery",
            "ordered",
            ("order_date", "delivery_date"),
            "warning",
            "An order that is to be delivered before it was ordered: correct one of the dates in Spectrum.",
        ),
        Check(
            "order_in_range",
            "between",
            ("po_total_amount",),
            "warning",
            "An order of less than nothing, or of more than ten billion: look at it in Spectrum.",
            minimum="0",
            maximum=LARGEST_AMOUNT,
        ),
    ),
)

PURCHASE_ORDER_LINES = Table(
    name="purchase_order_lines",
    comment="One row a line of a purchase order: what is ordered for which job, phase and cost type, and what of it is "
    "received.",
    infolink=InfoLink(
        tables={"l": "PO_PURCHASE_ORDER_DETAIL_MC"},
        # Taxes, discounts, work orders, releases and messages; four quantities whose meaning is not documented.
        unread="""
            Billing_Flag Blanket_Release_Number Component_Number Control_Code Equipment_Category Item_Discount_Percent
            Line_Extension_List2 Message PM_Work_Order PO_Quantity_List2 PO_Quantity_List3 PO_Quantity_List4
            PO_Quantity_List5 Price_Per_Factor SC_Contract Sequence System_ID Tax_Amount_List2 Tax_Code Tax_Percent
            Taxable_Flag Terms_Discount_Percent Use_Tax_Code Use_Tax_Extension WO_Flag WO_Item_Price WO_Number
        """,
    ),
    columns=(
        company_column(),
        _ORDER,
        Column("line_number", "code", "Number of the line in its order", source="Line_Number", key=True, required=True),
        Column(
            "job_number",
            "code",
            "Job that the line is for, which may be another than the order's; null for stock, equipment or overhead",
            source="Job_Number",
        ),
        Column("phase_code", "code", "Phase of the job, without separators", source="Phase_Code"),
        Column("cost_type", "code", "Cost type of the job", source="Cost_Type"),
        Column("item_code", "code", "Item", source="Item_Code"),
        Column("item_description", "text", "What is ordered", source="Item_Description"),
        Column("unit_of_measure", "code", "Unit of the quantities", source="Unit_Of_Measure"),
        Column(
            "ordered_quantity",
            "quantity",
            "Quantity ordered: the first of five quantities, as the amount is the first of two (inferred)",
            source="PO_Quantity_List1",
        ),
        Column("open_receipt_quantity", "quantity", "Quantity that is to be received", source="Open_Receipt_Quantity"),
        Column("item_price", "quantity", "Price of a unit", source="Item_Price"),
        Column(
            "line_extension",
            "money",
            "Amount ordered, without tax",
            source="Line_Extension_List1",
            blank="zero",
            assumed=True,
            without="what is ordered on a line, and what of it is open, is not known",
        ),
        Column(
            "received_extension",
            "money",
            "Amount of it that is received",
            source="Received_Extension",
            blank="zero",
            assumed=True,
            without="what of a line is received, and what is open, is not known",
        ),
        Column(
            "open_amount",
            "money",
            "Amount ordered less amount received (inferred), whatever the order's status; below 0 where more came than "
            "was ordered; null where one of the two is not known",
            derived="line_extension - received_extension",
        ),
        Column("tax_amount", "money", "Tax of the line", source="Tax_Amount_List1"),
        Column("delivery_date", "date", "When it is to be delivered", source="Delivery_Date"),
        Column("gl_account", "code", "Account, without separators", source="GL_Account"),
        Column("equipment_code", "code", "Equipment that it is for", source="Equipment_Code"),
        Column("warehouse_code", "code", "Warehouse that it is for", source="Warehouse_Code"),
        Column("line_type", "code", "Type of line; its values are not documented", source="Line_Type"),
        Column("cost_center", "code", "Cost center", source="Cost_Center"),
    ),
    checks=(
        Check(
            "order_is_there",
            "sql",
            ("po_number",),
            "warning",
            "Lines of a purchase order that is not there, so that neither vendor nor date is known: look at the order "
            "in Spectrum.",
            query="purchase_order_lines_order_is_there.sql",
        ),
        Check(
            "job_is_staged",
            "sql",
            ("job_number",),
            "warning",
            "A line for a job that is not staged: sync the jobs, or look at the order in Spectrum.",
            query="job_is_staged.sql",
        ),
        Check(
            "phase_is_staged",
            "sql",
            ("phase_code",),
            "warning",
            "A line on a phase and cost type that is not among the staged project cost codes: sync those.",
            query="phase_is_staged.sql",
        ),
        Check(
            "job_has_phase_and_cost_type",
            "sql",
            ("phase_code", "cost_type"),
            "warning",
            "A line for a job without a phase or cost type, so that no budget line shows it: complete it in Spectrum.",
            query="job_has_phase_and_cost_type.sql",
        ),
        Check(
            "received_within_ordered",
            "sql",
            ("received_extension",),
            "warning",
            "More was received than is ordered, so that the line is open by less than nothing: look at the receipts in "
            "Spectrum, or raise the order.",
            query="purchase_order_lines_received_within_ordered.sql",
            amount="above_ordered",
        ),
        Check(
            "line_in_range",
            "between",
            ("line_extension",),
            "warning",
            "A line beyond ten billion either way: look at the order in Spectrum.",
            minimum=f"-{LARGEST_AMOUNT}",
            maximum=LARGEST_AMOUNT,
        ),
    ),
)

OBJECT = StagedObject(
    name="purchase_orders",
    title="Purchase orders",
    tables=(PURCHASE_ORDERS, PURCHASE_ORDER_LINES),
    schedule=Schedule.DAILY,
)
