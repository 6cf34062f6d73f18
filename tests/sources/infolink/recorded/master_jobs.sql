-- Sub jobs and their masters. The web services do not tell the master of a job, so jobs read there are completed here.
SELECT
    LTRIM(RTRIM(j.Job_Number)) AS job_number,
    LTRIM(RTRIM(j.Master_Job)) AS master_job
FROM dbo.JC_JOB_MASTER_MC AS j
WHERE
    j.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s) AND LTRIM(RTRIM(j.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
    AND LTRIM(RTRIM(j.Master_Job)) <> ''
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
