-- Posted job cost transactions. They have no key, and equal rows are separate postings: nothing is made distinct here.
-- A month is the first six characters of the date's text; blank dates are a month too.
SELECT
    CAST(t.Company_Code AS nvarchar(3)) AS company_code,
    CAST(t.Job_Number AS nvarchar(10)) AS job_number,
    CAST(t.Phase_Code AS nvarchar(20)) AS phase_code,
    CAST(t.Cost_Type AS nvarchar(3)) AS cost_type,
    CAST(t.Tran_Date_Text AS nvarchar(8)) AS tran_date,
    CAST(t.Tran_Type_Code AS nvarchar(2)) AS tran_type_code,
    CAST(t.Tran_Amount AS varchar(40)) AS tran_amount,
    CAST(t.Total_Hours AS varchar(40)) AS total_hours,
    CAST(t.Quantity AS varchar(40)) AS quantity,
    CAST(t.Unit_of_Measure AS nvarchar(3)) AS unit_of_measure,
    CAST(t.Reference_1 AS nvarchar(15)) AS reference_1,
    CAST(t.Reference_2 AS nvarchar(20)) AS reference_2,
    CAST(t.Detail_Sequence AS nvarchar(10)) AS detail_sequence,
    CAST(t.Description AS nvarchar(30)) AS description,
    CAST(t.Batch_Code AS nvarchar(10)) AS batch_code,
    CAST(t.Vendor_Code AS nvarchar(10)) AS vendor_code,
    CAST(t.Vendor_Name AS nvarchar(30)) AS vendor_name,
    CAST(t.AP_Company_Code AS nvarchar(3)) AS ap_company_code,
    CAST(t.Invoice_Number AS nvarchar(20)) AS invoice_number,
    CONVERT(varchar(10), t.Invoice_Date, 23) AS invoice_date,
    CAST(t.Po_Number AS nvarchar(15)) AS po_number,
    CAST(t.Pr_Company_Code AS nvarchar(3)) AS pr_company_code,
    CAST(t.Cost_Center AS nvarchar(10)) AS cost_center,
    CAST(t.Tran_Date_Text_Year AS nvarchar(5)) AS fiscal_year,
    CAST(t.Tran_Date_Text_Period AS nvarchar(2)) AS fiscal_period
FROM dbo.JC_TRANSACTION_HISTORY_MC AS t
WHERE
    t.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(t.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
