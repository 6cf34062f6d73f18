-- Rows that are added up because they are increments, or because this site does not show a part of their key: those
-- of one key are one row, with their amounts and quantities added up; a text stays where all of them hold the same.
SELECT
    CAST(added_up.company_code AS nvarchar(3)) AS company_code,
    CAST(added_up.job_number AS nvarchar(10)) AS job_number,
    CAST(added_up.customer_code AS nvarchar(10)) AS customer_code,
    CAST(added_up.change_request_number AS nvarchar(8)) AS change_request_number,
    CAST(added_up.billing_item AS nvarchar(11)) AS billing_item,
    CAST(added_up.description AS nvarchar(40)) AS description,
    CAST(added_up.cr_revenue AS varchar(40)) AS cr_revenue
FROM (
    SELECT
        MIN(LTRIM(RTRIM(every_row.company_code))) AS company_code,
        MIN(LTRIM(RTRIM(every_row.job_number))) AS job_number,
        MIN(LTRIM(RTRIM(every_row.customer_code))) AS customer_code,
        MIN(LTRIM(RTRIM(every_row.change_request_number))) AS change_request_number,
        MIN(LTRIM(RTRIM(every_row.billing_item))) AS billing_item,
        CASE
            WHEN MIN(every_row.description COLLATE Latin1_General_BIN2) = MAX(every_row.description COLLATE Latin1_General_BIN2)
                THEN MIN(every_row.description)
        END AS description,
        SUM(every_row.cr_revenue) AS cr_revenue
    FROM (
        -- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(r.Company_Code AS nvarchar(3)) AS company_code,
    CAST(r.Job_Number AS nvarchar(10)) AS job_number,
    CAST(r.Customer_Code AS nvarchar(10)) AS customer_code,
    CAST(r.Change_Request_Number AS nvarchar(8)) AS change_request_number,
    CAST(r.Billing_Item AS nvarchar(11)) AS billing_item,
    CAST(r.Description AS nvarchar(40)) AS description,
    r.CR_Revenue AS cr_revenue
FROM dbo.CR_CHNG_REQ_REV_MC AS r
WHERE
    r.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(r.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
    ) AS every_row
    GROUP BY
        LTRIM(RTRIM(every_row.company_code)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(every_row.job_number)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(every_row.customer_code)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(every_row.change_request_number)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(COALESCE(every_row.billing_item, ''))) COLLATE Latin1_General_BIN2
) AS added_up
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
