-- Rows that are added up because they are increments, or because this site does not show a part of their key: those
-- of one key are one row, with their amounts and quantities added up; a text stays where all of them hold the same.
SELECT
    {{ columns }}
FROM (
    SELECT
        {{ aggregated }}
    FROM (
        {{ query }}
    ) AS every_row
    GROUP BY
        {{ keys }}
) AS added_up
