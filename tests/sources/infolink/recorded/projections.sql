-- Rows that are added up because they are increments, or because this site does not show a part of their key: those
-- of one key are one row, with their amounts and quantities added up; a text stays where all of them hold the same.
SELECT
    CAST(added_up.company_code AS nvarchar(3)) AS company_code,
    CAST(added_up.job_number AS nvarchar(10)) AS job_number,
    CAST(added_up.phase_code AS nvarchar(20)) AS phase_code,
    CAST(added_up.cost_type AS nvarchar(3)) AS cost_type,
    CAST(added_up.projected_cost AS varchar(40)) AS projected_cost,
    CAST(added_up.projected_hours AS varchar(40)) AS projected_hours,
    CAST(added_up.projected_quantity AS varchar(40)) AS projected_quantity
FROM (
    SELECT
        MIN(LTRIM(RTRIM(every_row.company_code))) AS company_code,
        MIN(LTRIM(RTRIM(every_row.job_number))) AS job_number,
        MIN(LTRIM(RTRIM(every_row.phase_code))) AS phase_code,
        MIN(LTRIM(RTRIM(every_row.cost_type))) AS cost_type,
        SUM(every_row.projected_cost) AS projected_cost,
        SUM(every_row.projected_hours) AS projected_hours,
        SUM(every_row.projected_quantity) AS projected_quantity
    FROM (
        -- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(t.Company_Code AS nvarchar(3)) AS company_code,
    CAST(t.Job AS nvarchar(10)) AS job_number,
    CAST(t.Phase AS nvarchar(20)) AS phase_code,
    CAST(t.Cost_Type AS nvarchar(3)) AS cost_type,
    t.Amount AS projected_cost,
    t.Projected_Hours AS projected_hours,
    t.Projected_Quantity AS projected_quantity
FROM dbo.JC_PROJ_COST_HISTORY_MC AS t
WHERE
    t.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(t.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
    ) AS every_row
    GROUP BY
        LTRIM(RTRIM(every_row.company_code)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(every_row.job_number)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(every_row.phase_code)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(every_row.cost_type)) COLLATE Latin1_General_BIN2
) AS added_up
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
