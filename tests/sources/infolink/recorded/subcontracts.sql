-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(s.Company_Code AS nvarchar(3)) AS company_code,
    CAST(s.Job_Number AS nvarchar(10)) AS job_number,
    CAST(s.Vendor_Code AS nvarchar(10)) AS vendor_code,
    CAST(s.Subcontract_Number AS nvarchar(10)) AS subcontract_number,
    CAST(s.Status_Code AS nvarchar(1)) AS status_code,
    CONVERT(varchar(10), s.Date_Issued, 23) AS date_issued,
    CAST(s.Retention_Percent AS varchar(40)) AS retention_percent,
    CAST(s.Comment_1 AS nvarchar(60)) AS comment_1,
    CAST(s.Comment_2 AS nvarchar(60)) AS comment_2,
    CAST(s.Original_Amount AS varchar(40)) AS original_amount,
    CAST(s.Total_Billed AS varchar(40)) AS total_billed,
    CAST(s.Total_Paid AS varchar(40)) AS total_paid,
    CAST(s.Retention_Balance AS varchar(40)) AS retention_balance
FROM dbo.VN_SUBCONTRACT_MC AS s
WHERE
    s.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(s.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
