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
        {{ code(e.Job_Number) }} AS job_number,
        {{ code(e.Phase_Code) }} AS phase_code,
        {{ code(e.Cost_Type) }} AS cost_type,
        CAST(NULL AS varchar(20)) AS change_request_number,
        CAST(NULL AS varchar(20)) AS status_type,
        {{ e.Est_Cost }} AS amount
    FROM {{ tables.e }} AS e
    WHERE
        {{ where.e }}
        AND {{ e.Est_Cost }} <> 0
        AND NOT EXISTS (
            SELECT 1
            FROM {{ tables.p }} AS p
            WHERE
                {{ where.p }}
                AND {{ code(p.Job_Number) }} = {{ code(e.Job_Number) }}
                AND {{ code(p.Phase_Code) }} = {{ code(e.Phase_Code) }}
                AND {{ code(p.Cost_Type) }} = {{ code(e.Cost_Type) }}
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
            {{ code(d.Job_Number) }} AS job_number,
            {{ code(d.Phase_Code) }} AS phase_code,
            {{ code(d.Cost_Type) }} AS cost_type,
            {{ code(d.Change_Request_Number) }} AS change_request_number,
            status.status_type,
            {{ d.Change_Request_Amount }} AS amount,
            CASE
                WHEN status.order_number <> '' OR status.status_type IN ({{ change_types }}) THEN 1
                ELSE 0
            END AS counts,
            CASE
                WHEN
                    EXISTS (
                        SELECT 1
                        FROM {{ tables.p }} AS p
                        WHERE
                            {{ where.p }}
                            AND {{ code(p.Job_Number) }} = {{ code(d.Job_Number) }}
                            AND {{ code(p.Phase_Code) }} = {{ code(d.Phase_Code) }}
                            AND {{ code(p.Cost_Type) }} = {{ code(d.Cost_Type) }}
                    )
                    THEN 1
                ELSE 0
            END AS has_phase
        FROM {{ tables.d }} AS d
        LEFT JOIN (
            SELECT
                {{ code(h.Job_Number) }} AS job_number,
                {{ code(h.Customer_Code) }} AS customer_code,
                {{ code(h.Change_Request_Number) }} AS change_request_number,
                MAX(COALESCE({{ code(h.Change_Order_Number) }}, '')) AS order_number,
                COALESCE(
                    MIN(
                        CASE
                            WHEN kinds.status_type IN ({{ change_types }}) THEN kinds.status_type
                        END
                    ),
                    MIN(kinds.status_type)
                ) AS status_type
            FROM {{ tables.h }} AS h
            LEFT JOIN (
                SELECT
                    {{ code(s.Status_Code) }} AS status_code,
                    LTRIM(RTRIM({{ s.CR_Type }})) AS status_type
                FROM {{ tables.s }} AS s
                WHERE
                    {{ where.s }}
            ) AS kinds
                ON {{ code(h.Status) }} = kinds.status_code
            WHERE
                {{ where.h }}
            GROUP BY
                {{ code(h.Job_Number) }},
                {{ code(h.Customer_Code) }},
                {{ code(h.Change_Request_Number) }}
        ) AS status
            ON
                {{ code(d.Job_Number) }} = status.job_number
                AND {{ code(d.Customer_Code) }} = status.customer_code
                AND {{ code(d.Change_Request_Number) }} = status.change_request_number
        WHERE
            {{ where.d }}
            AND {{ d.Change_Request_Amount }} <> 0
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
