-- Budgets: one row a job, phase and cost type of the phase master, with the sum of its posted estimate adjustments and
-- the sum of its approved changes. Adjustments and changes are summed before they are joined, so no budget is counted
-- twice. A change counts if its change request has a change order number, or a status of a type of the settings.
SELECT
    CAST(p.Company_Code AS nvarchar(3)) AS company_code,
    CAST(p.Job_Number AS nvarchar(10)) AS job_number,
    CAST(p.Phase_Code AS nvarchar(20)) AS phase_code,
    CAST(p.Cost_Type AS nvarchar(3)) AS cost_type,
    CAST(p.Description AS nvarchar(25)) AS description,
    CAST(p.Status_Code AS nvarchar(1)) AS status_code,
    CAST(p.Unit_of_Measure AS nvarchar(3)) AS unit_of_measure,
    CAST(p.Projected_Cost_Code AS nvarchar(1)) AS projected_cost_code,
    CAST(p.Original_Est_Cost AS varchar(40)) AS original_estimate,
    CAST(p.Original_Est_Hours AS varchar(40)) AS original_hours,
    CAST(p.Original_Est_Quantity AS varchar(40)) AS original_quantity,
    CAST(adjusted.Est_Cost AS varchar(40)) AS estimate_adjustments,
    CAST(adjusted.Est_Hours AS varchar(40)) AS adjusted_hours,
    CAST(adjusted.Est_Quantity AS varchar(40)) AS adjusted_quantity,
    CAST(changed.Change_Request_Amount AS varchar(40)) AS approved_changes,
    CAST(changed.Change_Request_Hours AS varchar(40)) AS changed_hours,
    CAST(changed.Change_Request_Quantity AS varchar(40)) AS changed_quantity
FROM dbo.JC_PHASE_MASTER_MC AS p
LEFT JOIN (
    SELECT
        LTRIM(RTRIM(e.Job_Number)) COLLATE Latin1_General_BIN2 AS Job_Number,
        LTRIM(RTRIM(e.Phase_Code)) COLLATE Latin1_General_BIN2 AS Phase_Code,
        LTRIM(RTRIM(e.Cost_Type)) COLLATE Latin1_General_BIN2 AS Cost_Type,
        SUM(e.Est_Cost) AS Est_Cost,
        SUM(e.Est_Hours) AS Est_Hours,
        SUM(e.Est_Quantity) AS Est_Quantity
    FROM dbo.JC_PHASE_ESTIMATES_MC AS e
    WHERE
        e.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(e.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
    GROUP BY
        LTRIM(RTRIM(e.Job_Number)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(e.Phase_Code)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(e.Cost_Type)) COLLATE Latin1_General_BIN2
) AS adjusted
    ON
        LTRIM(RTRIM(p.Job_Number)) COLLATE Latin1_General_BIN2 = adjusted.Job_Number
        AND LTRIM(RTRIM(p.Phase_Code)) COLLATE Latin1_General_BIN2 = adjusted.Phase_Code
        AND LTRIM(RTRIM(p.Cost_Type)) COLLATE Latin1_General_BIN2 = adjusted.Cost_Type
LEFT JOIN (
    SELECT
        LTRIM(RTRIM(d.Job_Number)) COLLATE Latin1_General_BIN2 AS Job_Number,
        LTRIM(RTRIM(d.Phase_Code)) COLLATE Latin1_General_BIN2 AS Phase_Code,
        LTRIM(RTRIM(d.Cost_Type)) COLLATE Latin1_General_BIN2 AS Cost_Type,
        SUM(d.Change_Request_Amount) AS Change_Request_Amount,
        SUM(d.Change_Request_Hours) AS Change_Request_Hours,
        SUM(d.Change_Request_Quantity) AS Change_Request_Quantity
    FROM dbo.CR_CHNG_REQ_CON_DET_MC AS d
    WHERE
        d.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(d.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
        AND EXISTS (
            SELECT 1
            FROM dbo.CR_CHNG_REQ_HDR_MC AS h
            WHERE
                h.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(h.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
                AND LTRIM(RTRIM(h.Job_Number)) COLLATE Latin1_General_BIN2 = LTRIM(RTRIM(d.Job_Number)) COLLATE Latin1_General_BIN2
                AND LTRIM(RTRIM(h.Customer_Code)) COLLATE Latin1_General_BIN2 = LTRIM(RTRIM(d.Customer_Code)) COLLATE Latin1_General_BIN2
                AND LTRIM(RTRIM(h.Change_Request_Number)) COLLATE Latin1_General_BIN2 = LTRIM(RTRIM(d.Change_Request_Number)) COLLATE Latin1_General_BIN2
                AND (
                    COALESCE(LTRIM(RTRIM(h.Change_Order_Number)), '') <> ''
                    OR EXISTS (
                        SELECT 1
                        FROM dbo.CR_CHNG_REQ_STATUS_MC AS s
                        WHERE
                            s.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(s.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
                            AND LTRIM(RTRIM(s.Status_Code)) COLLATE Latin1_General_BIN2 = LTRIM(RTRIM(h.Status)) COLLATE Latin1_General_BIN2
                            AND LTRIM(RTRIM(s.CR_Type)) IN (%(change_type_0)s, %(change_type_1)s, %(change_type_2)s)
                    )
                )
        )
    GROUP BY
        LTRIM(RTRIM(d.Job_Number)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(d.Phase_Code)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(d.Cost_Type)) COLLATE Latin1_General_BIN2
) AS changed
    ON
        LTRIM(RTRIM(p.Job_Number)) COLLATE Latin1_General_BIN2 = changed.Job_Number
        AND LTRIM(RTRIM(p.Phase_Code)) COLLATE Latin1_General_BIN2 = changed.Phase_Code
        AND LTRIM(RTRIM(p.Cost_Type)) COLLATE Latin1_General_BIN2 = changed.Cost_Type
WHERE
    p.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(p.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
-- change_type_0 = b'1'
-- change_type_1 = b'2'
-- change_type_2 = b'5'
