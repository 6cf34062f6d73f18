-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(i.Company_Code AS nvarchar(3)) AS company_code,
    CAST(i.Customer_Code AS nvarchar(10)) AS customer_code,
    CAST(i.Invoice_Or_Transaction AS nvarchar(10)) AS invoice_or_transaction,
    CAST(i.Transaction_Type AS nvarchar(1)) AS transaction_type,
    CAST(i.Job_Number AS nvarchar(10)) AS job_number,
    CONVERT(varchar(10), i.Invoice_Date, 23) AS invoice_date,
    CONVERT(varchar(10), i.GL_Date, 23) AS gl_date,
    CAST(i.GL_Year AS nvarchar(3)) AS gl_year,
    CAST(i.GL_Period AS nvarchar(2)) AS gl_period,
    CAST(i.Terms_Code AS nvarchar(1)) AS terms_code,
    CAST(i.Remarks AS nvarchar(65)) AS remarks,
    CAST(i.Non_Taxable_Amount AS varchar(40)) AS non_taxable_amount,
    CAST(i.Taxable_Amount AS varchar(40)) AS taxable_amount,
    CAST(i.Sales_Tax_Code AS nvarchar(15)) AS sales_tax_code,
    CAST(i.Sales_Tax_Amount AS varchar(40)) AS sales_tax_amount,
    CAST(i.Invoice_Extension AS varchar(40)) AS invoice_extension,
    CAST(i.Retention_Percent AS varchar(40)) AS retention_percent,
    CAST(i.Retention_Amount AS varchar(40)) AS retention_amount,
    CAST(i.Cost_Of_Sale AS varchar(40)) AS cost_of_sale,
    CAST(i.Reversed AS nvarchar(1)) AS reversed,
    CAST(i.Post_Flag AS nvarchar(1)) AS post_flag,
    CAST(i.Source_Flag AS nvarchar(1)) AS source_flag,
    CAST(i.TM_Billing_Number AS nvarchar(3)) AS tm_billing_number,
    CAST(i.Batch_Code AS nvarchar(10)) AS batch_code,
    CAST(i.Work_Order AS nvarchar(10)) AS work_order,
    CAST(i.Customer_PO AS nvarchar(25)) AS customer_po,
    CAST(i.Contract_Number AS nvarchar(10)) AS contract_number,
    CAST(i.Salesperson_Code AS nvarchar(3)) AS salesperson_code,
    CAST(i.AR_GL_Account AS nvarchar(12)) AS ar_gl_account,
    CAST(i.Cost_Center AS nvarchar(10)) AS cost_center,
    CAST(i.Taxable_Flag AS nvarchar(1)) AS taxable_flag,
    CAST(i.Currency_Code AS nvarchar(3)) AS currency_code
FROM dbo.CR_INVOICE_HEADER_MC AS i
WHERE
    i.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(i.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
