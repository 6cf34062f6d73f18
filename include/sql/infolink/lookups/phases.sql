-- Phases of a job, one row a phase and cost type, complete ones included.
SELECT
    {{ columns }}
FROM {{ table }} AS t
WHERE
    {{ where }}
