-- Every job of the company, whatever its status: complete jobs still get costs and keep their history.
SELECT
    {{ columns }}
FROM dbo.JC_JOB_MASTER_MC AS j
WHERE
    {{ where.j }}
