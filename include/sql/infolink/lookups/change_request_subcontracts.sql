-- The subcontracts that change requests change: one by its key, or those of a job, to find numbers that are taken.
-- The table names no customer.
SELECT
    {{ columns }}
FROM {{ table }} AS t
WHERE
    {{ where }}
