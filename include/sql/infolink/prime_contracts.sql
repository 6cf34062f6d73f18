-- Prime contracts: one row a customer and job. Unit price contracts come along; the warehouse marks them. Where the
-- site shows no amount of the contract, that of the job stands for it, on the contract with the job's own customer.
SELECT
    {{ columns }}
FROM {{ tables.c }} AS c
{% if uses.j %}
LEFT JOIN (
    SELECT
        {{ code(j.Job_Number) }} AS Job_Number,
        {{ code(j.Customer_Code) }} AS Customer_Code,
        {{ agreed.j }}
    FROM {{ tables.j }} AS j
    WHERE
        {{ where.j }}
    GROUP BY
        {{ code(j.Job_Number) }},
        {{ code(j.Customer_Code) }}
) AS j
    ON
        {{ code(c.Job_Number) }} = j.Job_Number
        AND {{ code(c.Customer_Code) }} = j.Customer_Code
{% endif %}
WHERE
    {{ where.c }}
