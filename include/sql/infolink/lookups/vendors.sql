-- Vendors, whatever their status: an inactive one keeps its code. Tax ids and bank accounts are never selected.
SELECT
    {{ columns }}
FROM {{ table }} AS t
WHERE
    {{ where }}
