-- Budgets: one row a job, phase and cost type of the phase master, with the sum of its posted estimate adjustments and
-- the sum of its approved changes. Adjustments and changes are summed before they are joined, so no budget is counted
-- twice. A change counts if its change request has a change order number, or a status of type 1, 2 or 5.
SELECT
    {{ columns }}
FROM dbo.JC_PHASE_MASTER_MC AS p
LEFT JOIN (
    SELECT
        LTRIM(RTRIM(e.Job_Number)) COLLATE Latin1_General_BIN2 AS Job_Number,
        LTRIM(RTRIM(e.Phase_Code)) COLLATE Latin1_General_BIN2 AS Phase_Code,
        LTRIM(RTRIM(e.Cost_Type)) COLLATE Latin1_General_BIN2 AS Cost_Type,
        {{ sums.adjusted }}
    FROM dbo.JC_PHASE_ESTIMATES_MC AS e
    WHERE
        {{ where.e }}
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
        {{ sums.changed }}
    FROM dbo.CR_CHNG_REQ_CON_DET_MC AS d
    WHERE
        {{ where.d }}
        AND EXISTS (
            SELECT 1
            FROM dbo.CR_CHNG_REQ_HDR_MC AS h
            WHERE
                {{ where.h }}
                AND LTRIM(RTRIM(h.Job_Number)) COLLATE Latin1_General_BIN2
                = LTRIM(RTRIM(d.Job_Number)) COLLATE Latin1_General_BIN2
                AND LTRIM(RTRIM(h.Customer_Code)) COLLATE Latin1_General_BIN2
                = LTRIM(RTRIM(d.Customer_Code)) COLLATE Latin1_General_BIN2
                AND LTRIM(RTRIM(h.Change_Request_Number)) COLLATE Latin1_General_BIN2
                = LTRIM(RTRIM(d.Change_Request_Number)) COLLATE Latin1_General_BIN2
                AND (
                    COALESCE(LTRIM(RTRIM(h.Change_Order_Number)), '') <> ''
                    OR EXISTS (
                        SELECT 1
                        FROM dbo.CR_CHNG_REQ_STATUS_MC AS s
                        WHERE
                            {{ where.s }}
                            AND LTRIM(RTRIM(s.CR_Status)) COLLATE Latin1_General_BIN2
                            = LTRIM(RTRIM(h.CR_Status)) COLLATE Latin1_General_BIN2
                            AND LTRIM(RTRIM(s.CR_Type)) IN ('1', '2', '5')
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
    {{ where.p }}
