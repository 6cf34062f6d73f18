-- Lines of subcontract change orders, with the status that their change request has for the subcontract. Those are
-- grouped before they are joined, so that no line is counted twice; of two different statuses neither is taken.
SELECT
    {{ columns }}
FROM dbo.VN_CHNG_REQ_SUB_DET AS d
LEFT JOIN (
    SELECT
        LTRIM(RTRIM(h.Job_Number)) COLLATE Latin1_General_BIN2 AS Job_Number,
        LTRIM(RTRIM(h.Change_Request_Number)) COLLATE Latin1_General_BIN2 AS Change_Request_Number,
        LTRIM(RTRIM(h.Vendor_Code)) COLLATE Latin1_General_BIN2 AS Vendor_Code,
        LTRIM(RTRIM(h.Subcontract_Number)) COLLATE Latin1_General_BIN2 AS Subcontract_Number,
        {{ agreed.h }}
    FROM dbo.VN_CHNG_REQ_SUB_HDR AS h
    WHERE
        {{ where.h }}
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
    {{ where.d }}
