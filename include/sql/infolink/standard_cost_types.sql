-- The company's cost types: labor, material, equipment, ...
SELECT
    {{ columns }}
FROM {{ tables.t }} AS t
WHERE
    {{ where.t }}
