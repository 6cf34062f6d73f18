-- The header of a subcontract; its number is unique per vendor only.
SELECT
    {{ columns }}
FROM {{ table }} AS t
WHERE
    {{ where }}
