-- The company's cost types: labor, material, equipment, ...
SELECT
    {{ columns }}
FROM dbo.JC_COST_TYPE_MASTER_MC AS t
WHERE
    {{ where.t }}
