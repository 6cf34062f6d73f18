-- What the current estimate leaves out, though Spectrum holds an amount: changes on requests whose status type is not
-- among those of the settings, and adjustments and counted changes whose codes match no phase (another letter case, a
-- phase that is gone, a request that is proposed without one). One row a job, phase, cost type and request.
SELECT
    found.reason,
    found.job_number,
    found.phase_code,
    found.cost_type,
    found.change_request_number,
    found.status_type,
    COUNT(*) AS row_count,
    CAST(SUM(found.amount) AS varchar(40)) AS amount
FROM (
    SELECT
        'adjustment' AS reason,
        LTRIM(RTRIM(e.Job_Number)) COLLATE Latin1_General_BIN2 AS job_number,
        LTRIM(RTRIM(e.Phase_Code)) COLLATE Latin1_General_BIN2 AS phase_code,
        LTRIM(RTRIM(e.Cost_Type)) COLLATE Latin1_General_BIN2 AS cost_type,
        CAST(NULL AS varchar(20)) AS change_request_number,
        CAST(NULL AS varchar(20)) AS status_type,
        e.Est_Cost AS amount
    FROM dbo.JC_PHASE_ESTIMATES_MC AS e
    WHERE
        e.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(e.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
    AND e.Job_Number IN (%(job_0_stored_0)s, %(job_0_stored_1)s, %(job_0_stored_2)s, %(job_0_stored_3)s, %(job_0_stored_4)s)
    AND LTRIM(RTRIM(e.Job_Number)) COLLATE Latin1_General_BIN2 IN (%(job_0)s)
        AND e.Est_Cost <> 0
        AND NOT EXISTS (
            SELECT 1
            FROM dbo.JC_PHASE_MASTER_MC AS p
            WHERE
                p.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(p.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
    AND p.Job_Number IN (%(job_0_stored_0)s, %(job_0_stored_1)s, %(job_0_stored_2)s, %(job_0_stored_3)s, %(job_0_stored_4)s)
    AND LTRIM(RTRIM(p.Job_Number)) COLLATE Latin1_General_BIN2 IN (%(job_0)s)
                AND LTRIM(RTRIM(p.Job_Number)) COLLATE Latin1_General_BIN2 = LTRIM(RTRIM(e.Job_Number)) COLLATE Latin1_General_BIN2
                AND LTRIM(RTRIM(p.Phase_Code)) COLLATE Latin1_General_BIN2 = LTRIM(RTRIM(e.Phase_Code)) COLLATE Latin1_General_BIN2
                AND LTRIM(RTRIM(p.Cost_Type)) COLLATE Latin1_General_BIN2 = LTRIM(RTRIM(e.Cost_Type)) COLLATE Latin1_General_BIN2
        )
    UNION ALL
    SELECT
        CASE
            WHEN found_change.counts = 0 THEN 'type'
            ELSE 'change'
        END AS reason,
        found_change.job_number,
        found_change.phase_code,
        found_change.cost_type,
        found_change.change_request_number,
        found_change.status_type,
        found_change.amount
    FROM (
        SELECT
            LTRIM(RTRIM(d.Job_Number)) COLLATE Latin1_General_BIN2 AS job_number,
            LTRIM(RTRIM(d.Phase_Code)) COLLATE Latin1_General_BIN2 AS phase_code,
            LTRIM(RTRIM(d.Cost_Type)) COLLATE Latin1_General_BIN2 AS cost_type,
            LTRIM(RTRIM(d.Change_Request_Number)) COLLATE Latin1_General_BIN2 AS change_request_number,
            status.status_type,
            d.Change_Request_Amount AS amount,
            CASE
                WHEN status.order_number <> '' OR status.status_type IN (%(change_type_0)s, %(change_type_1)s, %(change_type_2)s) THEN 1
                ELSE 0
            END AS counts,
            CASE
                WHEN
                    EXISTS (
                        SELECT 1
                        FROM dbo.JC_PHASE_MASTER_MC AS p
                        WHERE
                            p.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(p.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
    AND p.Job_Number IN (%(job_0_stored_0)s, %(job_0_stored_1)s, %(job_0_stored_2)s, %(job_0_stored_3)s, %(job_0_stored_4)s)
    AND LTRIM(RTRIM(p.Job_Number)) COLLATE Latin1_General_BIN2 IN (%(job_0)s)
                            AND LTRIM(RTRIM(p.Job_Number)) COLLATE Latin1_General_BIN2 = LTRIM(RTRIM(d.Job_Number)) COLLATE Latin1_General_BIN2
                            AND LTRIM(RTRIM(p.Phase_Code)) COLLATE Latin1_General_BIN2 = LTRIM(RTRIM(d.Phase_Code)) COLLATE Latin1_General_BIN2
                            AND LTRIM(RTRIM(p.Cost_Type)) COLLATE Latin1_General_BIN2 = LTRIM(RTRIM(d.Cost_Type)) COLLATE Latin1_General_BIN2
                    )
                    THEN 1
                ELSE 0
            END AS has_phase
        FROM dbo.CR_CHNG_REQ_CON_DET_MC AS d
        LEFT JOIN (
            SELECT
                LTRIM(RTRIM(h.Job_Number)) COLLATE Latin1_General_BIN2 AS job_number,
                LTRIM(RTRIM(h.Customer_Code)) COLLATE Latin1_General_BIN2 AS customer_code,
                LTRIM(RTRIM(h.Change_Request_Number)) COLLATE Latin1_General_BIN2 AS change_request_number,
                MAX(COALESCE(LTRIM(RTRIM(h.Change_Order_Number)) COLLATE Latin1_General_BIN2, '')) AS order_number,
                COALESCE(
                    MIN(
                        CASE
                            WHEN kinds.status_type IN (%(change_type_0)s, %(change_type_1)s, %(change_type_2)s) THEN kinds.status_type
                        END
                    ),
                    MIN(kinds.status_type)
                ) AS status_type
            FROM dbo.CR_CHNG_REQ_HDR_MC AS h
            LEFT JOIN (
                SELECT
                    LTRIM(RTRIM(s.Status_Code)) COLLATE Latin1_General_BIN2 AS status_code,
                    LTRIM(RTRIM(s.CR_Type)) AS status_type
                FROM dbo.CR_CHNG_REQ_STATUS_MC AS s
                WHERE
                    s.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(s.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
            ) AS kinds
                ON LTRIM(RTRIM(h.Status)) COLLATE Latin1_General_BIN2 = kinds.status_code
            WHERE
                h.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(h.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
    AND h.Job_Number IN (%(job_0_stored_0)s, %(job_0_stored_1)s, %(job_0_stored_2)s, %(job_0_stored_3)s, %(job_0_stored_4)s)
    AND LTRIM(RTRIM(h.Job_Number)) COLLATE Latin1_General_BIN2 IN (%(job_0)s)
            GROUP BY
                LTRIM(RTRIM(h.Job_Number)) COLLATE Latin1_General_BIN2,
                LTRIM(RTRIM(h.Customer_Code)) COLLATE Latin1_General_BIN2,
                LTRIM(RTRIM(h.Change_Request_Number)) COLLATE Latin1_General_BIN2
        ) AS status
            ON
                LTRIM(RTRIM(d.Job_Number)) COLLATE Latin1_General_BIN2 = status.job_number
                AND LTRIM(RTRIM(d.Customer_Code)) COLLATE Latin1_General_BIN2 = status.customer_code
                AND LTRIM(RTRIM(d.Change_Request_Number)) COLLATE Latin1_General_BIN2 = status.change_request_number
        WHERE
            d.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(d.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
    AND d.Job_Number IN (%(job_0_stored_0)s, %(job_0_stored_1)s, %(job_0_stored_2)s, %(job_0_stored_3)s, %(job_0_stored_4)s)
    AND LTRIM(RTRIM(d.Job_Number)) COLLATE Latin1_General_BIN2 IN (%(job_0)s)
            AND d.Change_Request_Amount <> 0
    ) AS found_change
    WHERE found_change.counts = 0 OR found_change.has_phase = 0
) AS found
GROUP BY
    found.reason,
    found.job_number,
    found.phase_code,
    found.cost_type,
    found.change_request_number,
    found.status_type
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
-- job_0 = b'24-404'
-- job_0_stored_0 = b'24-404'
-- job_0_stored_1 = b' 24-404'
-- job_0_stored_2 = b'  24-404'
-- job_0_stored_3 = b'   24-404'
-- job_0_stored_4 = b'    24-404'
-- change_type_0 = b'1'
-- change_type_1 = b'2'
-- change_type_2 = b'5'
