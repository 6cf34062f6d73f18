-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(p.Company_Code AS nvarchar(3)) AS company_code,
    CAST(p.Job_Number AS nvarchar(10)) AS job_number,
    CAST(p.Phase_Code AS nvarchar(20)) AS phase_code,
    CAST(p.Cost_Type AS nvarchar(3)) AS cost_type,
    CAST(p.Description AS nvarchar(25)) AS description,
    CAST(p.Status_Code AS nvarchar(1)) AS status_code,
    CAST(p.Unit_of_Measure AS nvarchar(3)) AS unit_of_measure,
    CAST(p.Price_Method_Code AS nvarchar(1)) AS price_method_code,
    CONVERT(varchar(10), p.Start_Date, 23) AS start_date,
    CONVERT(varchar(10), p.End_Date, 23) AS end_date,
    CONVERT(varchar(10), p.Complete_Date, 23) AS complete_date,
    CAST(p.Comment AS nvarchar(250)) AS comment,
    CAST(p.Phase_Cost_Center AS nvarchar(10)) AS cost_center,
    CAST(p.Bid_Item_Number AS nvarchar(10)) AS bid_item_number
FROM dbo.JC_PHASE_MASTER_MC AS p
WHERE
    p.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(p.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
