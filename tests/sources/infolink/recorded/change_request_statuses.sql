-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(s.Company_Code AS nvarchar(3)) AS company_code,
    CAST(s.Status_Code AS nvarchar(2)) AS status_code,
    CAST(s.Description AS nvarchar(30)) AS description,
    CAST(s.CR_Type AS nvarchar(1)) AS cr_type
FROM dbo.CR_CHNG_REQ_STATUS_MC AS s
WHERE
    s.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(s.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
