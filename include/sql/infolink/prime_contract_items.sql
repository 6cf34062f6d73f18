-- Schedules of values: one row a billing item of a prime contract.
SELECT
    {{ columns }}
FROM {{ tables.i }} AS i
WHERE
    {{ where.i }}
