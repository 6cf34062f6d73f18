-- Subcontracts: one row a vendor and number, without amounts, which are on the lines.
SELECT
    {{ columns }}
FROM {{ tables.s }} AS s
WHERE
    {{ where.s }}
