-- Prime contracts of a job, one a customer: a contract of Procore is linked to the one of the job.
SELECT
    {{ columns }}
FROM {{ table }} AS t
WHERE
    {{ where }}
