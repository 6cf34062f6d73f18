-- Budgets: one row a job, phase and cost type of the phase master, with the sum of its posted estimate adjustments and
-- the sum of its approved changes. Adjustments and changes are summed before they are joined, so no budget is counted
-- twice. A change counts if its change request has a change order number, or a status of a type of the settings.
SELECT
    {{ columns }}
FROM {{ tables.p }} AS p
LEFT JOIN (
    SELECT
        {{ code(e.Job_Number) }} AS Job_Number,
        {{ code(e.Phase_Code) }} AS Phase_Code,
        {{ code(e.Cost_Type) }} AS Cost_Type,
        {{ sums.adjusted }}
    FROM {{ tables.e }} AS e
    WHERE
        {{ where.e }}
    GROUP BY
        {{ code(e.Job_Number) }},
        {{ code(e.Phase_Code) }},
        {{ code(e.Cost_Type) }}
) AS adjusted
    ON
        {{ code(p.Job_Number) }} = adjusted.Job_Number
        AND {{ code(p.Phase_Code) }} = adjusted.Phase_Code
        AND {{ code(p.Cost_Type) }} = adjusted.Cost_Type
LEFT JOIN (
    SELECT
        {{ code(d.Job_Number) }} AS Job_Number,
        {{ code(d.Phase_Code) }} AS Phase_Code,
        {{ code(d.Cost_Type) }} AS Cost_Type,
        {{ sums.changed }}
    FROM {{ tables.d }} AS d
    WHERE
        {{ where.d }}
        AND EXISTS (
            SELECT 1
            FROM {{ tables.h }} AS h
            WHERE
                {{ where.h }}
                AND {{ code(h.Job_Number) }} = {{ code(d.Job_Number) }}
                AND {{ code(h.Customer_Code) }} = {{ code(d.Customer_Code) }}
                AND {{ code(h.Change_Request_Number) }} = {{ code(d.Change_Request_Number) }}
                AND (
                    COALESCE(LTRIM(RTRIM({{ h.Change_Order_Number }})), '') <> ''
                    OR EXISTS (
                        SELECT 1
                        FROM {{ tables.s }} AS s
                        WHERE
                            {{ where.s }}
                            AND {{ code(s.Status_Code) }} = {{ code(h.Status) }}
                            AND LTRIM(RTRIM({{ s.CR_Type }})) IN ({{ change_types }})
                    )
                )
        )
    GROUP BY
        {{ code(d.Job_Number) }},
        {{ code(d.Phase_Code) }},
        {{ code(d.Cost_Type) }}
) AS changed
    ON
        {{ code(p.Job_Number) }} = changed.Job_Number
        AND {{ code(p.Phase_Code) }} = changed.Phase_Code
        AND {{ code(p.Cost_Type) }} = changed.Cost_Type
WHERE
    {{ where.p }}
