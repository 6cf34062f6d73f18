-- Posted job cost transactions. They have no key, and equal rows are separate postings: nothing is made distinct here.
-- A month is the first six characters of the date's text; blank dates are a month too.
SELECT
    {{ columns }}
FROM {{ tables.t }} AS t
{% if pairs %}
INNER JOIN (
    VALUES
    {{ pairs }}
) AS picked(job_number, partition_month)
    ON
        {{ job }} = picked.job_number
        AND {{ month }} = picked.partition_month
{% endif %}
WHERE
    {{ where.t }}
