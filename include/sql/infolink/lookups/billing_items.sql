-- Billing items of the prime contract of a job: a change request can only change those that are there.
SELECT
    {{ columns }}
FROM {{ table }} AS t
WHERE
    {{ where }}
