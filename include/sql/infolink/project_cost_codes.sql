-- One row a job, phase and cost type. The description belongs to the phase and is repeated for its cost types.
SELECT
    {{ columns }}
FROM {{ tables.p }} AS p
WHERE
    {{ where.p }}
