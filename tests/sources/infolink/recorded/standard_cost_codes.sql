-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(s.Company_Code AS nvarchar(3)) AS company_code,
    CAST(s.Phase_Category AS nvarchar(10)) AS phase_category,
    CAST(s.Phase_Code AS nvarchar(20)) AS phase_code,
    CAST(s.Description AS nvarchar(25)) AS description
FROM dbo.JC_STD_PHASE_DESCRIPTION_MC AS s
WHERE
    s.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(s.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
