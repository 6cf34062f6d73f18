-- Prime contracts of a job, one a customer: a contract of Procore is linked to the one of the job.
SELECT
    {{ columns }}
FROM dbo.CR_CONTRACT_MASTER_MC AS t
WHERE
    {{ where }}
