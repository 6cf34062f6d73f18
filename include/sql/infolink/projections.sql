-- Entered projections. A row is an increment: a new total books the difference to the one before, a back-dated total a
-- balancing row beside it, and change orders book rows, too. What counts is the sum of the rows of a phase and cost
-- type, those without a date among them; added_up.sql makes it.
SELECT
    {{ columns }}
FROM {{ tables.t }} AS t
WHERE
    {{ where.t }}
