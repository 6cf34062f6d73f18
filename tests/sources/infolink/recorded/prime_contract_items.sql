-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(i.Company_Code AS nvarchar(3)) AS company_code,
    CAST(i.Customer_Code AS nvarchar(10)) AS customer_code,
    CAST(i.Job_Number AS nvarchar(10)) AS job_number,
    CAST(i.Billing_Item AS nvarchar(10)) AS billing_item,
    CAST(i.Billing_Description AS nvarchar(30)) AS billing_description,
    CAST(i.Original_Contract AS varchar(40)) AS original_contract,
    CAST(i.Projected_Revenue AS varchar(40)) AS projected_revenue,
    CAST(i.GL_Account AS nvarchar(12)) AS gl_account,
    CAST(i.Cost_Center AS nvarchar(10)) AS cost_center
FROM dbo.CR_BID_ITEM_DES_MC AS i
WHERE
    i.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(i.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
