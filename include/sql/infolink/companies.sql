-- The companies that a table holds rows of: what a company code that is not there is compared with.
SELECT
    LTRIM(RTRIM({{ t.Company_Code }})) AS company_code
FROM {{ tables.t }} AS t
GROUP BY LTRIM(RTRIM({{ t.Company_Code }}))
