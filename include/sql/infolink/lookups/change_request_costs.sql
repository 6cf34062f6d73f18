-- The cost side of a line of a change request.
SELECT
    {{ columns }}
FROM {{ table }} AS t
WHERE
    {{ where }}
