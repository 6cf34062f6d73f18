-- Rows and money of a table as the source holds them, over the very query that reads its rows. Compared daily with what
-- is staged, independently of fingerprints.
SELECT
    {{ columns }}
FROM (
    {{ query }}
) AS source_rows
