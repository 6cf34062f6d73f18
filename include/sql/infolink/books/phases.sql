-- Phases of a job, one row a phase and cost type, complete ones included.
SELECT
    {{ columns }}
FROM dbo.JC_PHASE_MASTER_MC AS t
WHERE
    {{ where }}
