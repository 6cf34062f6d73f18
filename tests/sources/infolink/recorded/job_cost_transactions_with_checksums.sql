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
    CAST(t.Tran_Date_Text_Period AS nvarchar(2)) AS fiscal_period,
    CAST(CAST(SUBSTRING(
            HASHBYTES('SHA2_256', CONCAT(
                %(spec_hash)s, '|',
                CASE WHEN t.Company_Code IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Company_Code), ':', t.Company_Code) END, '|',
                CASE WHEN t.Job_Number IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Job_Number), ':', t.Job_Number) END, '|',
                CASE WHEN t.Phase_Code IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Phase_Code), ':', t.Phase_Code) END, '|',
                CASE WHEN t.Cost_Type IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Cost_Type), ':', t.Cost_Type) END, '|',
                CASE WHEN t.Tran_Date_Text IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Tran_Date_Text), ':', t.Tran_Date_Text) END, '|',
                CASE WHEN t.Tran_Type_Code IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Tran_Type_Code), ':', t.Tran_Type_Code) END, '|',
                COALESCE(CAST(t.Tran_Amount AS varchar(40)), '-'), '|',
                COALESCE(CAST(t.Total_Hours AS varchar(40)), '-'), '|',
                COALESCE(CAST(t.Quantity AS varchar(40)), '-'), '|',
                CASE WHEN t.Unit_of_Measure IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Unit_of_Measure), ':', t.Unit_of_Measure) END, '|',
                CASE WHEN t.Reference_1 IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Reference_1), ':', t.Reference_1) END, '|',
                CASE WHEN t.Reference_2 IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Reference_2), ':', t.Reference_2) END, '|',
                CASE WHEN t.Detail_Sequence IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Detail_Sequence), ':', t.Detail_Sequence) END, '|',
                CASE WHEN t.Description IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Description), ':', t.Description) END, '|',
                CASE WHEN t.Batch_Code IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Batch_Code), ':', t.Batch_Code) END, '|',
                CASE WHEN t.Vendor_Code IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Vendor_Code), ':', t.Vendor_Code) END, '|',
                CASE WHEN t.Vendor_Name IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Vendor_Name), ':', t.Vendor_Name) END, '|',
                CASE WHEN t.AP_Company_Code IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.AP_Company_Code), ':', t.AP_Company_Code) END, '|',
                CASE WHEN t.Invoice_Number IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Invoice_Number), ':', t.Invoice_Number) END, '|',
                COALESCE(CONVERT(varchar(10), t.Invoice_Date, 23), '-'), '|',
                CASE WHEN t.Po_Number IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Po_Number), ':', t.Po_Number) END, '|',
                CASE WHEN t.Pr_Company_Code IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Pr_Company_Code), ':', t.Pr_Company_Code) END, '|',
                CASE WHEN t.Cost_Center IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Cost_Center), ':', t.Cost_Center) END, '|',
                CASE WHEN t.Tran_Date_Text_Year IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Tran_Date_Text_Year), ':', t.Tran_Date_Text_Year) END, '|',
                CASE WHEN t.Tran_Date_Text_Period IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Tran_Date_Text_Period), ':', t.Tran_Date_Text_Period) END
            )), 1, 8
        ) AS bigint) AS varchar(20)) AS row_checksum
FROM dbo.JC_TRANSACTION_HISTORY_MC AS t
WHERE
    t.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(t.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- spec_hash = b''
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
