-- Prime contracts: one row a customer and job. Unit price contracts come along; the warehouse marks them. Where the
-- site shows no amount of the contract, that of the job stands for it, on the contract with the job's own customer.
SELECT
    CAST(c.Company_Code AS nvarchar(3)) AS company_code,
    CAST(c.Customer_Code AS nvarchar(10)) AS customer_code,
    CAST(c.Job_Number AS nvarchar(10)) AS job_number,
    CAST(c.Contract_Number AS nvarchar(30)) AS contract_number,
    CAST(c.Contract_Description AS nvarchar(30)) AS contract_description,
    CAST(c.Price_Method_Code AS nvarchar(1)) AS price_method_code,
    CAST(c.Original_Contract_Amount AS varchar(40)) AS original_contract,
    CONVERT(varchar(10), c.Contract_Date, 23) AS contract_date,
    CAST(c.Status_Code AS nvarchar(1)) AS status_code,
    CAST(c.Retention_Percent AS varchar(40)) AS retention_percent
FROM dbo.CR_CONTRACT_MASTER_MC AS c
WHERE
    c.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(c.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
