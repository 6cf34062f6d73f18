-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(j.Company_Code AS nvarchar(3)) AS company_code,
    CAST(j.Job_Number AS nvarchar(10)) AS job_number,
    CAST(j.Job_Description AS nvarchar(25)) AS job_description,
    CAST(j.Status_Code AS nvarchar(1)) AS status_code,
    CAST(j.Division AS nvarchar(5)) AS division,
    CAST(j.Address_1 AS nvarchar(30)) AS address_1,
    CAST(j.Address_2 AS nvarchar(30)) AS address_2,
    CAST(j.City AS nvarchar(25)) AS city,
    CAST(j.State AS nvarchar(2)) AS state,
    CAST(j.Zip_Code AS nvarchar(10)) AS zip_code,
    CAST(j.Phone AS nvarchar(14)) AS phone,
    CAST(j.Project_Manager AS nvarchar(15)) AS project_manager,
    CAST(j.Superintendent AS nvarchar(15)) AS superintendent,
    CAST(j.Estimator AS nvarchar(15)) AS estimator,
    CAST(j.Customer_Code AS nvarchar(10)) AS customer_code,
    CAST(NULL AS varchar(1)) AS customer_name,
    CAST(j.Contract_Number AS nvarchar(30)) AS contract_number,
    CAST(j.Original_Contract AS varchar(40)) AS original_contract,
    CAST(j.Price_Method_Code AS nvarchar(1)) AS price_method_code,
    CAST(j.Cost_Center AS nvarchar(10)) AS cost_center,
    CAST(j.Master_Job AS nvarchar(10)) AS master_job,
    CONVERT(varchar(10), j.Est_Start_Date, 23) AS est_start_date,
    CONVERT(varchar(10), j.Est_Complete_Date, 23) AS est_complete_date,
    CONVERT(varchar(10), j.Projected_Complete_Date, 23) AS projected_complete_date,
    CONVERT(varchar(10), j.Start_Date, 23) AS start_date,
    CONVERT(varchar(10), j.Complete_Date, 23) AS complete_date,
    CONVERT(varchar(10), j.Create_Date, 23) AS create_date,
    CAST(j.Sales_Tax_Code AS nvarchar(15)) AS sales_tax_code,
    CAST(j.WO_Site AS nvarchar(10)) AS wo_site,
    CAST(j.Latitude AS varchar(40)) AS latitude,
    CAST(j.Longitude AS varchar(40)) AS longitude,
    CAST(j.Taxable_Flag AS nvarchar(1)) AS taxable_flag,
    CAST(j.Phase_Display_Code AS nvarchar(20)) AS phase_display_code,
    CAST(j.Standard_Phase_Category AS nvarchar(10)) AS standard_phase_category
FROM dbo.JC_JOB_MASTER_MC AS j
WHERE
    j.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(j.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
