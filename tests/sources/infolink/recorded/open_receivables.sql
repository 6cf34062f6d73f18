-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(o.Company_Code AS nvarchar(3)) AS company_code,
    CAST(o.Customer_Code AS nvarchar(10)) AS customer_code,
    CAST(o.Invoice_Or_Transaction AS nvarchar(10)) AS invoice_or_transaction,
    CAST(o.Transaction_Type AS nvarchar(1)) AS transaction_type,
    CAST(o.Job_Number AS nvarchar(10)) AS job_number,
    CAST(o.Invoice_Balance AS varchar(40)) AS invoice_balance
FROM dbo.CR_OPEN_ITEM_MC AS o
WHERE
    o.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(o.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
