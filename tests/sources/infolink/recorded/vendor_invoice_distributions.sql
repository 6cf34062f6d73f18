-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(d.Company_Code AS nvarchar(3)) AS company_code,
    CAST(d.Vendor_Code AS nvarchar(10)) AS vendor_code,
    CAST(d.Invoice_Number AS nvarchar(20)) AS invoice_number,
    CAST(d.Invoice_Type_Code AS nvarchar(1)) AS invoice_type_code,
    CAST(d.Sequence AS nvarchar(3)) AS sequence,
    CAST(d.Job_Number AS nvarchar(10)) AS job_number,
    CAST(d.Phase_Code AS nvarchar(20)) AS phase_code,
    CAST(d.Cost_Type AS nvarchar(3)) AS cost_type,
    CAST(d.Company_Code_2 AS nvarchar(3)) AS company_code_2,
    CAST(d.Debit_Amount AS varchar(40)) AS debit_amount,
    CAST(d.Credit_Amount AS varchar(40)) AS credit_amount,
    CAST(d.Remarks AS nvarchar(30)) AS remarks,
    CAST(d.GL_Distribution_Account AS nvarchar(12)) AS gl_distribution_account,
    CAST(d.Quantity AS varchar(40)) AS quantity,
    CAST(d.Unit_Of_Measure AS nvarchar(3)) AS unit_of_measure,
    CAST(d.Unit_Price AS varchar(40)) AS unit_price,
    CAST(d.Item_Code AS nvarchar(15)) AS item_code,
    CAST(d.Item_Desc AS nvarchar(35)) AS item_desc,
    CAST(d.Bid_Item_Number AS nvarchar(10)) AS bid_item_number,
    CAST(d.Tax_Amount AS varchar(40)) AS tax_amount,
    CAST(d.Retention_Flag AS nvarchar(1)) AS retention_flag,
    CAST(d.Equipment_Code AS nvarchar(10)) AS equipment_code,
    CAST(d.Cost_Center AS nvarchar(10)) AS cost_center
FROM dbo.VN_GL_DISTRIBUTION_DETAIL_MC AS d
WHERE
    d.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(d.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
