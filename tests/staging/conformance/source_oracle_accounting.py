"""What must be staged of receivables, purchase orders and payables: a part of the oracle `EXPECTED`."""

from tests.staging.conformance.source_sql import credit_is_less, day, money, number, quantity, text, texts

_INVOICE = ("Company_Code", "Vendor_Code", "Invoice_Number", "Invoice_Type_Code")
_RECEIVABLE = ("Company_Code", "Customer_Code", "Invoice_Or_Transaction", "Transaction_Type")

ACCOUNTING: dict[str, tuple[str, dict[str, str]]] = {
    "customers": (
        "CR_CUSTOMER_MASTER_MC",
        texts(
            *("Company_Code", "Customer_Code", "Name", "Alpha_Sort", "Type", "Status", "Address_1", "Address_2"),
            *("City", "State", "Zip_Code", "Phone", "Fax_Phone", "Customer_Email", "Web_Site", "Salesperson"),
            *("Terms_Code", "Sales_Tax_Code", "Taxable_Flag"),
        )
        | {"standard_retention_percent": quantity("Standard_Retention_Percent")}
        | {
            name.lower(): number(name)
            for name in (
                *("Credit_Limit", "Balance", "Billed_MTD", "Billed_YTD", "Billed_Last_Year", "Paid_MTD", "Paid_YTD"),
                *("Paid_Last_Year", "Retention_Billed", "Retention_Paid", "Retention_Balance"),
            )
        }
        | {name.lower(): day(name) for name in ("Date_Last_Billed", "Date_Last_Paid", "Date_Created")},
    ),
    "purchase_orders": (
        "PO_PURCHASE_ORDER_HEADER_MC",
        texts(
            *("Company_Code", "PO_Number", "Vendor_Code", "Job_Number", "Status_Flag", "PO_Type", "Received_Flag"),
            *("Blanket_PO", "Remarks", "Cost_Center", "Currency_Code"),
        )
        | {"order_date": day("PO_Date_List1"), "delivery_date": day("PO_Date_List2")}
        | {"last_received_date": day("PO_Date_List3")}
        | {name.lower(): day(name) for name in ("Received_Date", "Blanket_Exp_Date")}
        | {name.lower(): number(name) for name in ("PO_Total_Amount", "Taxable_Amount", "Non_Taxable_Amount")}
        | {name.lower(): number(name) for name in ("Tax_Total", "Total_Freight", "Blanket_Total_Amt")}
        | {"fiscal_year": text("PO_Date_List1_Year"), "fiscal_period": text("PO_Date_List1_Period")},
    ),
    "purchase_order_lines": (
        "PO_PURCHASE_ORDER_DETAIL_MC",
        texts(
            *("Company_Code", "PO_Number", "Line_Number", "Job_Number", "Phase_Code", "Cost_Type", "Item_Code"),
            *("Item_Description", "Unit_Of_Measure", "GL_Account", "Equipment_Code", "Warehouse_Code", "Line_Type"),
            "Cost_Center",
        )
        | {"ordered_quantity": quantity("PO_Quantity_List1")}
        | {name.lower(): quantity(name) for name in ("Open_Receipt_Quantity", "Item_Price")}
        | {"line_extension": money("Line_Extension_List1"), "received_extension": money("Received_Extension")}
        | {"open_amount": f"{money('Line_Extension_List1')} - {money('Received_Extension')}"}
        | {"tax_amount": number("Tax_Amount_List1"), "delivery_date": day("Delivery_Date")},
    ),
    "vendor_invoices": (
        "VN_GL_DISTRIBUTION_HEADER_MC",
        texts(*_INVOICE, "Vendor_Name", "Subcontract_Job", "Status", "PO_Number", "Remarks", "Batch_Code")
        | texts("AP_GL_Account", "Cost_Center", "Currency_Code")
        | {"subcontract_number": text("Contract_Number"), "fiscal_year": text("Year"), "fiscal_period": text("Period")}
        | {"invoice_date": day("Date_List1"), "due_date": day("Date_List4"), "discount_date": day("Date_List5")}
        | {"invoice_amount": money("Invoice_Amount"), "signed_invoice_amount": credit_is_less(money("Invoice_Amount"))}
        | {"retention_amount": number("Retention_Amount")}
        | {"signed_retention_amount": credit_is_less(number("Retention_Amount"))}
        | {"discount_eligible_amount": number("Discount_Eligible_Amount")},
    ),
    "vendor_invoice_distributions": (
        "VN_GL_DISTRIBUTION_DETAIL_MC",
        texts(
            *(*_INVOICE, "Sequence", "Job_Number", "Phase_Code", "Cost_Type", "Company_Code_2", "Remarks"),
            *("GL_Distribution_Account", "Unit_Of_Measure", "Item_Code", "Item_Desc", "Bid_Item_Number"),
            *("Retention_Flag", "Equipment_Code", "Cost_Center"),
        )
        | {"job_company_code": f"coalesce({text('Company_Code_2')}, {text('Company_Code')})"}
        | {name.lower(): money(name) for name in ("Debit_Amount", "Credit_Amount")}
        | {"net_amount": f"{money('Debit_Amount')} - {money('Credit_Amount')}", "tax_amount": number("Tax_Amount")}
        | {name.lower(): quantity(name) for name in ("Quantity", "Unit_Price")},
    ),
    "vendor_payments": (
        "VN_PAYMENT_HISTORY_MC",
        texts(*_INVOICE, "Payment_Number", "Payment_Type", "Subcontract_Job", "Remarks", "Cost_Center")
        | {"subcontract_number": text("Contract_Number")}
        | {"fiscal_year": text("Check_Date_Year"), "fiscal_period": text("Check_Date_Period")}
        | {"check_date": day("Check_Date"), "trans_date": day("Trans_Date")}
        | {"invoice_date": day("Invoice_and_Due_Date1"), "due_date": day("Invoice_and_Due_Date2")}
        | {"payment_amount": money("Payment_Amount"), "signed_payment_amount": credit_is_less(money("Payment_Amount"))}
        | {name.lower(): number(name) for name in ("Retention_Paid", "Discount_Taken")}
        | {name.lower(): number(name) for name in ("Original_Invoice_Amount", "Original_Retention_Amount")},
    ),
    "billing_applications": (
        "CR_BILLING_HEADER_MC",
        texts(
            *("Company_Code", "Customer_Code", "Job_Number", "Application_Number", "Sales_Tax_Code", "Post_Flag"),
            *("Invoice_Sequence", "Cost_Center"),
        )
        | {"fiscal_year": text("Period_End_Date_Year"), "fiscal_period": text("Period_End_Date_Period")}
        | {name.lower(): day(name) for name in ("Period_End_Date", "Application_Date", "Contract_Date")}
        | {
            name.lower(): quantity(name)
            for name in ("Retention_Percent", "Material_Stored_Ret_Percent", "Sales_Tax_Percent")
        }
        | {
            name.lower(): number(name)
            for name in (
                *("Original_Contract_Amount", "Change_Order_Total", "Revised_Contract_Amount", "Retention_Previous"),
                *("Amount_Billed_Previous", "Taxable_Amount", "Sales_Tax_Amount", "Amount_Due", "Total_Cost"),
            )
        }
        | {name.lower(): money(name) for name in ("Complete_To_Date", "Material_Stored", "Retention_Amount")}
        | {"material_stored_retention": money("Material_Stored_Retention")},
    ),
    "receivable_invoices": (
        "CR_INVOICE_HEADER_MC",
        texts(
            *_RECEIVABLE,
            *("Job_Number", "GL_Year", "GL_Period", "Terms_Code", "Remarks", "Sales_Tax_Code", "Reversed"),
            *("Post_Flag", "Source_Flag", "TM_Billing_Number", "Batch_Code", "Work_Order", "Customer_PO"),
            *("Contract_Number", "Salesperson_Code", "AR_GL_Account", "Cost_Center", "Taxable_Flag", "Currency_Code"),
        )
        | {name.lower(): day(name) for name in ("Invoice_Date", "GL_Date")}
        | {name.lower(): number(name) for name in ("Non_Taxable_Amount", "Taxable_Amount", "Cost_Of_Sale")}
        | {name.lower(): money(name) for name in ("Invoice_Extension", "Sales_Tax_Amount", "Retention_Amount")}
        | {"retention_percent": quantity("Retention_Percent")},
    ),
    "receivable_invoice_lines": (
        "CR_INVOICE_DETAIL_MC",
        texts(
            *_RECEIVABLE,
            *("Sequence", "Detail_Description", "Unit_Of_Measure", "GL_Account", "GL_Department", "Sales_Tax_Code"),
            *("Line_Type", "Detail_Line_Type", "Post_Flag", "Equipment_Code", "Cost_Center"),
        )
        | {name.lower(): quantity(name) for name in ("Item_Quantity", "Unit_Price")}
        | {"line_extension": money("Line_Extension"), "cost_of_sale": number("Cost_Of_Sale")},
    ),
    "open_receivables": (
        "CR_OPEN_ITEM_MC",
        texts(*_RECEIVABLE, "Job_Number") | {"invoice_balance": money("Invoice_Balance")},
    ),
}
