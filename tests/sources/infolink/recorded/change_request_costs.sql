-- Rows that are added up because they are increments, or because this site does not show a part of their key: those
-- of one key are one row, with their amounts and quantities added up; a text stays where all of them hold the same.
SELECT
    CAST(added_up.company_code AS nvarchar(3)) AS company_code,
    CAST(added_up.job_number AS nvarchar(10)) AS job_number,
    CAST(added_up.customer_code AS nvarchar(10)) AS customer_code,
    CAST(added_up.change_request_number AS nvarchar(8)) AS change_request_number,
    CAST(added_up.phase_code AS nvarchar(20)) AS phase_code,
    CAST(added_up.cost_type AS nvarchar(3)) AS cost_type,
    CAST(added_up.change_request_quantity AS varchar(40)) AS change_request_quantity,
    CAST(added_up.change_request_hours AS varchar(40)) AS change_request_hours,
    CAST(added_up.change_request_amount AS varchar(40)) AS change_request_amount
FROM (
    SELECT
        MIN(LTRIM(RTRIM(every_row.company_code))) AS company_code,
        MIN(LTRIM(RTRIM(every_row.job_number))) AS job_number,
        MIN(LTRIM(RTRIM(every_row.customer_code))) AS customer_code,
        MIN(LTRIM(RTRIM(every_row.change_request_number))) AS change_request_number,
        MIN(LTRIM(RTRIM(every_row.phase_code))) AS phase_code,
        MIN(LTRIM(RTRIM(every_row.cost_type))) AS cost_type,
        SUM(every_row.change_request_quantity) AS change_request_quantity,
        SUM(every_row.change_request_hours) AS change_request_hours,
        SUM(every_row.change_request_amount) AS change_request_amount
    FROM (
        -- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(d.Company_Code AS nvarchar(3)) AS company_code,
    CAST(d.Job_Number AS nvarchar(10)) AS job_number,
    CAST(d.Customer_Code AS nvarchar(10)) AS customer_code,
    CAST(d.Change_Request_Number AS nvarchar(8)) AS change_request_number,
    CAST(d.Phase_Code AS nvarchar(20)) AS phase_code,
    CAST(d.Cost_Type AS nvarchar(3)) AS cost_type,
    d.Change_Request_Quantity AS change_request_quantity,
    d.Change_Request_Hours AS change_request_hours,
    d.Change_Request_Amount AS change_request_amount
FROM dbo.CR_CHNG_REQ_CON_DET_MC AS d
WHERE
    d.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(d.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
    ) AS every_row
    GROUP BY
        LTRIM(RTRIM(every_row.company_code)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(every_row.job_number)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(every_row.customer_code)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(every_row.change_request_number)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(COALESCE(every_row.phase_code, ''))) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(COALESCE(every_row.cost_type, ''))) COLLATE Latin1_General_BIN2
) AS added_up
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
