-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(b.Company_Code AS nvarchar(3)) AS company_code,
    CAST(b.Customer_Code AS nvarchar(10)) AS customer_code,
    CAST(b.Job_Number AS nvarchar(10)) AS job_number,
    CAST(b.Application_Number AS nvarchar(3)) AS application_number,
    CONVERT(varchar(10), b.Period_End_Date, 23) AS period_end_date,
    CONVERT(varchar(10), b.Application_Date, 23) AS application_date,
    CONVERT(varchar(10), b.Contract_Date, 23) AS contract_date,
    CAST(b.Original_Contract_Amount AS varchar(40)) AS original_contract_amount,
    CAST(b.Change_Order_Total AS varchar(40)) AS change_order_total,
    CAST(b.Revised_Contract_Amount AS varchar(40)) AS revised_contract_amount,
    CAST(b.Complete_To_Date AS varchar(40)) AS complete_to_date,
    CAST(b.Material_Stored AS varchar(40)) AS material_stored,
    CAST(b.Retention_Percent AS varchar(40)) AS retention_percent,
    CAST(b.Retention_Amount AS varchar(40)) AS retention_amount,
    CAST(b.Material_Stored_Ret_Percent AS varchar(40)) AS material_stored_ret_percent,
    CAST(b.Material_Stored_Retention AS varchar(40)) AS material_stored_retention,
    CAST(b.Amount_Billed_Previous AS varchar(40)) AS amount_billed_previous,
    CAST(b.Retention_Previous AS varchar(40)) AS retention_previous,
    CAST(b.Taxable_Amount AS varchar(40)) AS taxable_amount,
    CAST(b.Sales_Tax_Code AS nvarchar(15)) AS sales_tax_code,
    CAST(b.Sales_Tax_Percent AS varchar(40)) AS sales_tax_percent,
    CAST(b.Sales_Tax_Amount AS varchar(40)) AS sales_tax_amount,
    CAST(b.Amount_Due AS varchar(40)) AS amount_due,
    CAST(b.Total_Cost AS varchar(40)) AS total_cost,
    CAST(b.Post_Flag AS nvarchar(1)) AS post_flag,
    CAST(b.Invoice_Sequence AS nvarchar(10)) AS invoice_sequence,
    CAST(b.Cost_Center AS nvarchar(10)) AS cost_center,
    CAST(b.Period_End_Date_Year AS nvarchar(5)) AS fiscal_year,
    CAST(b.Period_End_Date_Period AS nvarchar(2)) AS fiscal_period
FROM dbo.CR_BILLING_HEADER_MC AS b
WHERE
    b.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(b.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
