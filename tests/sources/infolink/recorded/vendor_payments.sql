-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(p.Company_Code AS nvarchar(3)) AS company_code,
    CAST(p.Vendor_Code AS nvarchar(10)) AS vendor_code,
    CAST(p.Invoice_Number AS nvarchar(20)) AS invoice_number,
    CAST(p.Invoice_Type_Code AS nvarchar(1)) AS invoice_type_code,
    CAST(p.Payment_Number AS nvarchar(3)) AS payment_number,
    CONVERT(varchar(10), p.Check_Date, 23) AS check_date,
    CONVERT(varchar(10), p.Trans_Date, 23) AS trans_date,
    CAST(p.Payment_Type AS nvarchar(10)) AS payment_type,
    CAST(p.Payment_Amount AS varchar(40)) AS payment_amount,
    CAST(p.Retention_Paid AS varchar(40)) AS retention_paid,
    CAST(p.Discount_Taken AS varchar(40)) AS discount_taken,
    CAST(p.Original_Invoice_Amount AS varchar(40)) AS original_invoice_amount,
    CAST(p.Original_Retention_Amount AS varchar(40)) AS original_retention_amount,
    CONVERT(varchar(10), p.Invoice_and_Due_Date1, 23) AS invoice_date,
    CONVERT(varchar(10), p.Invoice_and_Due_Date2, 23) AS due_date,
    CAST(p.Contract_Number AS nvarchar(10)) AS subcontract_number,
    CAST(p.Subcontract_Job AS nvarchar(10)) AS subcontract_job,
    CAST(p.Remarks AS nvarchar(30)) AS remarks,
    CAST(p.Check_Date_Year AS nvarchar(5)) AS fiscal_year,
    CAST(p.Check_Date_Period AS nvarchar(2)) AS fiscal_period,
    CAST(p.Cost_Center AS nvarchar(10)) AS cost_center
FROM dbo.VN_PAYMENT_HISTORY_MC AS p
WHERE
    p.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(p.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
