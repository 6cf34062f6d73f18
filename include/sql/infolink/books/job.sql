-- One job, whatever its status: a complete job's number is taken too.
SELECT
    {{ columns }}
FROM dbo.JC_JOB_MASTER_MC AS t
WHERE
    {{ where }}
