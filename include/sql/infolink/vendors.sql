-- Every vendor of the company, inactive ones included. Tax ids and bank accounts are never selected.
SELECT
    {{ columns }}
FROM {{ tables.v }} AS v
WHERE
    {{ where.v }}
