-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(c.Company_Code AS nvarchar(3)) AS company_code,
    CAST(c.Customer_Code AS nvarchar(10)) AS customer_code,
    CAST(c.Name AS nvarchar(30)) AS name,
    CAST(c.Alpha_Sort AS nvarchar(8)) AS alpha_sort,
    CAST(c.Type AS nvarchar(10)) AS type,
    CAST(c.Status AS nvarchar(1)) AS status,
    CAST(c.Address_1 AS nvarchar(30)) AS address_1,
    CAST(c.Address_2 AS nvarchar(30)) AS address_2,
    CAST(c.City AS nvarchar(25)) AS city,
    CAST(c.State AS nvarchar(2)) AS state,
    CAST(c.Zip_Code AS nvarchar(10)) AS zip_code,
    CAST(c.Phone AS nvarchar(14)) AS phone,
    CAST(c.Fax_Phone AS nvarchar(14)) AS fax_phone,
    CAST(c.Customer_Email AS nvarchar(80)) AS customer_email,
    CAST(c.Web_Site AS nvarchar(80)) AS web_site,
    CAST(c.Salesperson AS nvarchar(3)) AS salesperson,
    CAST(c.Terms_Code AS nvarchar(1)) AS terms_code,
    CAST(c.Sales_Tax_Code AS nvarchar(15)) AS sales_tax_code,
    CAST(c.Taxable_Flag AS nvarchar(1)) AS taxable_flag,
    CAST(c.Standard_Retention_Percent AS varchar(40)) AS standard_retention_percent,
    CAST(c.Credit_Limit AS varchar(40)) AS credit_limit,
    CAST(c.Balance AS varchar(40)) AS balance,
    CAST(c.Billed_MTD AS varchar(40)) AS billed_mtd,
    CAST(c.Billed_YTD AS varchar(40)) AS billed_ytd,
    CAST(c.Billed_Last_Year AS varchar(40)) AS billed_last_year,
    CAST(c.Paid_MTD AS varchar(40)) AS paid_mtd,
    CAST(c.Paid_YTD AS varchar(40)) AS paid_ytd,
    CAST(c.Paid_Last_Year AS varchar(40)) AS paid_last_year,
    CAST(c.Retention_Billed AS varchar(40)) AS retention_billed,
    CAST(c.Retention_Paid AS varchar(40)) AS retention_paid,
    CAST(c.Retention_Balance AS varchar(40)) AS retention_balance,
    CONVERT(varchar(10), c.Date_Last_Billed, 23) AS date_last_billed,
    CONVERT(varchar(10), c.Date_Last_Paid, 23) AS date_last_paid,
    CONVERT(varchar(10), c.Date_Created, 23) AS date_created
FROM dbo.CR_CUSTOMER_MASTER_MC AS c
WHERE
    c.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(c.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
