-- The cost types of the company.
SELECT
    {{ columns }}
FROM {{ table }} AS t
WHERE
    {{ where }}
