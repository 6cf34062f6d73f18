-- Every projection entered for a phase and cost type; the table really names its job and phase columns Job and Phase.
SELECT
    {{ columns }}
FROM dbo.JC_PROJ_COST_HISTORY_MC AS t
WHERE
    {{ where }}
