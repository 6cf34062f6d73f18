-- The columns a table really has: sites differ, and Info-Link hides what this user may not read.
SELECT
    c.COLUMN_NAME,
    c.DATA_TYPE,
    c.CHARACTER_MAXIMUM_LENGTH,
    c.NUMERIC_PRECISION,
    c.NUMERIC_SCALE
FROM INFORMATION_SCHEMA.COLUMNS AS c
WHERE
    c.TABLE_SCHEMA = 'dbo'
    AND c.TABLE_NAME = %(table_name)s
ORDER BY c.ORDINAL_POSITION
-- table_name = b'JC_JOB_MASTER_MC'
