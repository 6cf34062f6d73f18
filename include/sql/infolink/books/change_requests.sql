-- Headers of change requests: one by its key, or those of a job, to find numbers that are taken.
SELECT
    {{ columns }}
FROM dbo.CR_CHNG_REQ_HDR_MC AS t
WHERE
    {{ where }}
