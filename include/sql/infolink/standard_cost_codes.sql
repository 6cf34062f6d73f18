-- Standard phases of all phase categories; which category Procore gets is decided in the warehouse.
SELECT
    {{ columns }}
FROM {{ tables.s }} AS s
WHERE
    {{ where.s }}
