-- The columns a table really has: sites differ, and Info-Link hides what this user may not read. A table is looked for
-- with and without the ending _MC, in whatever letters the site writes it.
SELECT
    c.TABLE_SCHEMA,
    c.TABLE_NAME,
    c.COLUMN_NAME,
    c.DATA_TYPE,
    c.CHARACTER_MAXIMUM_LENGTH,
    c.NUMERIC_PRECISION,
    c.NUMERIC_SCALE,
    c.COLLATION_NAME
FROM INFORMATION_SCHEMA.COLUMNS AS c
WHERE
    UPPER(c.TABLE_SCHEMA) = UPPER(%(schema_name)s)
    AND UPPER(c.TABLE_NAME) IN (UPPER(%(table_name)s), UPPER(%(other_name)s))
ORDER BY c.ORDINAL_POSITION
-- table_name = b'JC_JOB_MASTER_MC'
-- other_name = b'JC_JOB_MASTER'
-- schema_name = b'dbo'
