-- The status codes that the company defined for change requests.
SELECT
    {{ columns }}
FROM {{ table }} AS t
WHERE
    {{ where }}
