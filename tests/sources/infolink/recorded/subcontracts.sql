-- Subcontracts: one row a vendor and number, without amounts, which are on the lines.
SELECT
    CAST(s.Company_Code AS nvarchar(3)) AS company_code,
    CAST(s.Job_Number AS nvarchar(10)) AS job_number,
    CAST(s.Vendor_Code AS nvarchar(10)) AS vendor_code,
    CAST(s.Subcontract_Number AS nvarchar(10)) AS subcontract_number,
    CAST(s.Status_Code AS nvarchar(1)) AS status_code,
    CONVERT(varchar(10), s.Date_Issued, 23) AS date_issued,
    CAST(s.Retention_Percent AS varchar(40)) AS retention_percent,
    CAST(s.Comment AS nvarchar(120)) AS comment
FROM dbo.VN_SUBCONTRACT_MC AS s
WHERE
    s.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(s.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
