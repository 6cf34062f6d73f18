-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(v.Company_Code AS nvarchar(3)) AS company_code,
    CAST(v.Vendor_Code AS nvarchar(10)) AS vendor_code,
    CAST(v.Vendor_Name AS nvarchar(30)) AS vendor_name,
    CAST(v.Alpha_Sort AS nvarchar(6)) AS alpha_sort,
    CAST(v.Type AS nvarchar(6)) AS type,
    CAST(v.Status AS nvarchar(1)) AS status,
    CAST(v.Address_1 AS nvarchar(30)) AS address_1,
    CAST(v.Address_2 AS nvarchar(30)) AS address_2,
    CAST(v.Address_3 AS nvarchar(25)) AS city,
    CAST(v.State AS nvarchar(2)) AS state,
    CAST(v.Zip_Code AS nvarchar(10)) AS zip_code,
    CAST(v.Phone AS nvarchar(14)) AS phone,
    CAST(v.Fax_Phone AS nvarchar(14)) AS fax_phone,
    CAST(v.Vendor_Email AS nvarchar(80)) AS vendor_email,
    CAST(v.Terms_Code AS nvarchar(1)) AS terms_code,
    CAST(v.Terms_Days AS varchar(40)) AS terms_days,
    CAST(v.Hold_Flag AS nvarchar(1)) AS hold_flag,
    CONVERT(varchar(10), v.Insurance_Exp_Date, 23) AS insurance_exp_date,
    CAST(v.Balance AS varchar(40)) AS balance,
    CONVERT(varchar(10), v.Date_Last_Invoice, 23) AS date_last_invoice,
    CONVERT(varchar(10), v.Date_Last_Payment, 23) AS date_last_payment
FROM dbo.VN_VENDOR_MASTER_MC AS v
WHERE
    v.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(v.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
