-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(l.Company_Code AS nvarchar(3)) AS company_code,
    CAST(l.Customer_Code AS nvarchar(10)) AS customer_code,
    CAST(l.Invoice_Or_Transaction AS nvarchar(10)) AS invoice_or_transaction,
    CAST(l.Transaction_Type AS nvarchar(1)) AS transaction_type,
    CAST(l.Sequence AS nvarchar(3)) AS sequence,
    CAST(l.Detail_Description AS nvarchar(40)) AS detail_description,
    CAST(l.Item_Quantity AS varchar(40)) AS item_quantity,
    CAST(l.Unit_Of_Measure AS nvarchar(3)) AS unit_of_measure,
    CAST(l.Unit_Price AS varchar(40)) AS unit_price,
    CAST(l.Line_Extension AS varchar(40)) AS line_extension,
    CAST(l.Cost_Of_Sale AS varchar(40)) AS cost_of_sale,
    CAST(l.GL_Account AS nvarchar(12)) AS gl_account,
    CAST(l.GL_Department AS nvarchar(5)) AS gl_department,
    CAST(l.Sales_Tax_Code AS nvarchar(15)) AS sales_tax_code,
    CAST(l.Line_Type AS nvarchar(1)) AS line_type,
    CAST(l.Detail_Line_Type AS nvarchar(1)) AS detail_line_type,
    CAST(l.Post_Flag AS nvarchar(2)) AS post_flag,
    CAST(l.Equipment_Code AS nvarchar(10)) AS equipment_code,
    CAST(l.Cost_Center AS nvarchar(10)) AS cost_center
FROM dbo.CR_INVOICE_DETAIL_MC AS l
WHERE
    l.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(l.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
