-- The columns a table really has: sites differ, and Info-Link hides what this user may not read.
SELECT
    c.COLUMN_NAME AS column_name,
    c.DATA_TYPE AS data_type,
    c.CHARACTER_MAXIMUM_LENGTH AS character_length,
    c.NUMERIC_PRECISION AS numeric_precision,
    c.NUMERIC_SCALE AS numeric_scale
FROM INFORMATION_SCHEMA.COLUMNS AS c
WHERE
    c.TABLE_SCHEMA = 'dbo'
    AND c.TABLE_NAME = %(table_name)s
ORDER BY c.ORDINAL_POSITION
