-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(h.Company_Code AS nvarchar(3)) AS company_code,
    CAST(h.Vendor_Code AS nvarchar(10)) AS vendor_code,
    CAST(h.Invoice_Number AS nvarchar(20)) AS invoice_number,
    CAST(h.Invoice_Type_Code AS nvarchar(1)) AS invoice_type_code,
    CAST(h.Vendor_Name AS nvarchar(30)) AS vendor_name,
    CAST(h.Contract_Number AS nvarchar(10)) AS subcontract_number,
    CAST(h.Subcontract_Job AS nvarchar(10)) AS subcontract_job,
    CAST(h.Status AS nvarchar(1)) AS status,
    CONVERT(varchar(10), h.Date_List1, 23) AS invoice_date,
    CONVERT(varchar(10), h.Date_List4, 23) AS due_date,
    CONVERT(varchar(10), h.Date_List5, 23) AS discount_date,
    CAST(h.Invoice_Amount AS varchar(40)) AS invoice_amount,
    CAST(h.Retention_Amount AS varchar(40)) AS retention_amount,
    CAST(h.Discount_Eligible_Amount AS varchar(40)) AS discount_eligible_amount,
    CAST(h.PO_Number AS nvarchar(10)) AS po_number,
    CAST(h.Remarks AS nvarchar(30)) AS remarks,
    CAST(h.Batch_Code AS nvarchar(10)) AS batch_code,
    CAST(h.AP_GL_Account AS nvarchar(12)) AS ap_gl_account,
    CAST(h.Year AS nvarchar(4)) AS fiscal_year,
    CAST(h.Period AS nvarchar(2)) AS fiscal_period,
    CAST(h.Cost_Center AS nvarchar(10)) AS cost_center,
    CAST(h.Currency_Code AS nvarchar(3)) AS currency_code
FROM dbo.VN_GL_DISTRIBUTION_HEADER_MC AS h
WHERE
    h.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(h.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
