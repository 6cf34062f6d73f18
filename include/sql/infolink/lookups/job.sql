-- One job, whatever its status: a complete job's number is taken too.
SELECT
    {{ columns }}
FROM {{ table }} AS t
WHERE
    {{ where }}
