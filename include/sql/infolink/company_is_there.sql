-- Whether a table holds any row of a company.
SELECT TOP (1) 1 AS is_there
FROM {{ tables.t }} AS t
WHERE
    {{ where.t }}
