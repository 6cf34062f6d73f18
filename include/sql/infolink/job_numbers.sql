-- The numbers of a company's jobs: what the jobs that a run is narrowed to are compared with.
SELECT
    LTRIM(RTRIM({{ j.Job_Number }})) AS job_number
FROM {{ tables.j }} AS j
WHERE
    {{ where.j }}
