-- One row a job, phase and cost type. The description belongs to the phase and is repeated for its cost types.
SELECT
    {{ columns }}
FROM dbo.JC_PHASE_MASTER_MC AS p
WHERE
    {{ where.p }}
