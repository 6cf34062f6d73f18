-- One row a job and month: count, sums and a checksum over every column that is read. A partition whose fingerprint has
-- not changed is not copied again. Transactions can be posted late, back-dated, edited and deleted, and edits can
-- compensate each other in the sums, so the checksum is needed: the sum of 64 bits of every row's SHA-256 depends on no
-- order and, other than CHECKSUM_AGG, does not cancel equal rows.
SELECT
    {{ job }} AS job_number,
    {{ month }} AS partition_month,
    COUNT(*) AS source_rows,
    CAST(COALESCE(SUM({{ amount }}), 0) AS varchar(40)) AS amount_sum,
    CAST(COALESCE(SUM({{ hours }}), 0) AS varchar(40)) AS hours_sum,
    CAST(COALESCE(SUM({{ quantity }}), 0) AS varchar(40)) AS quantity_sum,
    CAST(
        SUM(CAST({{ row_checksum }} AS decimal(38, 0))) AS varchar(40)
    ) AS row_checksum
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
GROUP BY
    {{ job }},
    {{ month }}
