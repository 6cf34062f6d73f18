-- Sub jobs and their masters. The web services do not tell the master of a job, so jobs read there are completed here.
SELECT
    LTRIM(RTRIM({{ j.Job_Number }})) AS job_number,
    LTRIM(RTRIM({{ j.Master_Job }})) AS master_job
FROM {{ tables.j }} AS j
WHERE
    {{ where.j }}
    AND LTRIM(RTRIM({{ j.Master_Job }})) <> ''
