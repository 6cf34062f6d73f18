-- Lines of subcontract change orders, with the status that their change request has for the subcontract. Headers are
-- grouped before they are joined, so that no line is counted twice; of two different statuses neither is taken. A site
-- may lack a column of either table: what both have joins them, and a status counts where all those headers agree.
SELECT
    CAST(d.Company_Code AS nvarchar(3)) AS company_code,
    CAST(d.Job_Number AS nvarchar(10)) AS job_number,
    CAST(d.Change_Request_Number AS nvarchar(8)) AS change_request_number,
    CAST(d.Vendor_Code AS nvarchar(10)) AS vendor_code,
    CAST(d.Subcontract_Number AS nvarchar(10)) AS subcontract_number,
    CAST(d.Phase_Code AS nvarchar(20)) AS phase_code,
    CAST(d.Cost_Type AS nvarchar(3)) AS cost_type,
    CAST(d.Sub_Amount AS varchar(40)) AS sub_amount,
    CAST(h.Sub_Status AS nvarchar(1)) AS sub_status,
    CAST(h.Sub_Change_Order_Number AS nvarchar(8)) AS sub_change_order_number
FROM dbo.VN_CHNG_REQ_SUB_DET AS d
LEFT JOIN (
    SELECT
        LTRIM(RTRIM(h.Job_Number)) COLLATE Latin1_General_BIN2 AS Job_Number,
        LTRIM(RTRIM(h.Change_Request_Number)) COLLATE Latin1_General_BIN2 AS Change_Request_Number,
        LTRIM(RTRIM(h.Vendor_Code)) COLLATE Latin1_General_BIN2 AS Vendor_Code,
        LTRIM(RTRIM(h.Subcontract_Number)) COLLATE Latin1_General_BIN2 AS Subcontract_Number,
        CASE
            WHEN MIN(LTRIM(RTRIM(h.Sub_Status)) COLLATE Latin1_General_BIN2) = MAX(LTRIM(RTRIM(h.Sub_Status)) COLLATE Latin1_General_BIN2)
                THEN MIN(LTRIM(RTRIM(h.Sub_Status)))
        END AS Sub_Status,
        CASE
            WHEN MIN(LTRIM(RTRIM(h.Sub_Change_Order_Number)) COLLATE Latin1_General_BIN2) = MAX(LTRIM(RTRIM(h.Sub_Change_Order_Number)) COLLATE Latin1_General_BIN2)
                THEN MIN(LTRIM(RTRIM(h.Sub_Change_Order_Number)))
        END AS Sub_Change_Order_Number
    FROM dbo.VN_CHNG_REQ_SUB_HDR AS h
    WHERE
        h.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(h.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
    GROUP BY
        LTRIM(RTRIM(h.Job_Number)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(h.Change_Request_Number)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(h.Vendor_Code)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(h.Subcontract_Number)) COLLATE Latin1_General_BIN2
) AS h
    ON
        LTRIM(RTRIM(d.Job_Number)) COLLATE Latin1_General_BIN2 = h.Job_Number
        AND LTRIM(RTRIM(d.Change_Request_Number)) COLLATE Latin1_General_BIN2 = h.Change_Request_Number
        AND LTRIM(RTRIM(d.Vendor_Code)) COLLATE Latin1_General_BIN2 = h.Vendor_Code
        AND LTRIM(RTRIM(d.Subcontract_Number)) COLLATE Latin1_General_BIN2 = h.Subcontract_Number
WHERE
    d.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(d.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
