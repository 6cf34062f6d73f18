-- Every job of the company, whatever its status: complete jobs still get costs and keep their history.
SELECT
    {{ columns }}
FROM {{ tables.j }} AS j
WHERE
    {{ where.j }}
