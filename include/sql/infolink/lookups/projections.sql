-- The increments of a projection, of a phase and cost type or of a whole job: a new total books its difference to the
-- old one, change orders book rows, too. The table really names its job and phase columns Job and Phase.
SELECT
    {{ columns }}
FROM {{ table }} AS t
WHERE
    {{ where }}
