-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(o.Company_Code AS nvarchar(3)) AS company_code,
    CAST(o.PO_Number AS nvarchar(10)) AS po_number,
    CAST(o.Vendor_Code AS nvarchar(10)) AS vendor_code,
    CAST(o.Job_Number AS nvarchar(10)) AS job_number,
    CONVERT(varchar(10), o.PO_Date_List1, 23) AS order_date,
    CONVERT(varchar(10), o.PO_Date_List2, 23) AS delivery_date,
    CONVERT(varchar(10), o.PO_Date_List3, 23) AS last_received_date,
    CAST(o.Status_Flag AS nvarchar(6)) AS status_flag,
    CAST(o.PO_Type AS nvarchar(1)) AS po_type,
    CAST(o.Received_Flag AS nvarchar(1)) AS received_flag,
    CONVERT(varchar(10), o.Received_Date, 23) AS received_date,
    CAST(o.PO_Total_Amount AS varchar(40)) AS po_total_amount,
    CAST(o.Taxable_Amount AS varchar(40)) AS taxable_amount,
    CAST(o.Non_Taxable_Amount AS varchar(40)) AS non_taxable_amount,
    CAST(o.Tax_Total AS varchar(40)) AS tax_total,
    CAST(o.Total_Freight AS varchar(40)) AS total_freight,
    CAST(o.Blanket_PO AS nvarchar(1)) AS blanket_po,
    CONVERT(varchar(10), o.Blanket_Exp_Date, 23) AS blanket_exp_date,
    CAST(o.Blanket_Total_Amt AS varchar(40)) AS blanket_total_amt,
    CAST(o.Remarks AS nvarchar(29)) AS remarks,
    CAST(o.Cost_Center AS nvarchar(10)) AS cost_center,
    CAST(o.Currency_Code AS nvarchar(3)) AS currency_code,
    CAST(o.PO_Date_List1_Year AS nvarchar(5)) AS fiscal_year,
    CAST(o.PO_Date_List1_Period AS nvarchar(2)) AS fiscal_period
FROM dbo.PO_PURCHASE_ORDER_HEADER_MC AS o
WHERE
    o.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(o.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
