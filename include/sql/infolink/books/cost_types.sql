-- The cost types of the company.
SELECT
    {{ columns }}
FROM dbo.JC_COST_TYPE_MASTER_MC AS t
WHERE
    {{ where }}
