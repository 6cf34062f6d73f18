-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    {{ columns }}
FROM {{ tables[alias] }} AS {{ alias }}
WHERE
    {{ where[alias] }}
