-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(t.Company_Code AS nvarchar(3)) AS company_code,
    CAST(t.Cost_Type AS nvarchar(3)) AS cost_type,
    CAST(t.Description AS nvarchar(25)) AS description,
    CAST(t.Status_Code AS nvarchar(1)) AS status_code
FROM dbo.JC_COST_TYPE_MASTER_MC AS t
WHERE
    t.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(t.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
