-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(h.Company_Code AS nvarchar(3)) AS company_code,
    CAST(h.Job_Number AS nvarchar(10)) AS job_number,
    CAST(h.Customer_Code AS nvarchar(10)) AS customer_code,
    CAST(h.Change_Request_Number AS nvarchar(8)) AS change_request_number,
    CAST(h.CR_Description AS nvarchar(250)) AS cr_description,
    CAST(h.Status AS nvarchar(2)) AS status,
    CAST(h.Change_Order_Number AS nvarchar(8)) AS change_order_number,
    CONVERT(varchar(10), h.Origination_Date, 23) AS origination_date,
    CONVERT(varchar(10), h.Approved_Date, 23) AS approved_date
FROM dbo.CR_CHNG_REQ_HDR_MC AS h
WHERE
    h.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(h.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
