-- Headers of change requests: one by its key, or those of a job, to find numbers that are taken.
SELECT
    {{ columns }}
FROM {{ table }} AS t
WHERE
    {{ where }}
