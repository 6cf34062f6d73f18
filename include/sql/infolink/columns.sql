-- The columns a table really has: sites differ, and Info-Link hides what this user may not read. A table is looked for
-- with and without the ending _MC, in whatever letters the site writes it. Where a login was granted only some columns,
-- the server lists the others too, and says of each whether it may be read.
SELECT
    c.TABLE_SCHEMA,
    c.TABLE_NAME,
    c.COLUMN_NAME,
    c.DATA_TYPE,
    c.CHARACTER_MAXIMUM_LENGTH,
    c.NUMERIC_PRECISION,
    c.NUMERIC_SCALE,
    c.COLLATION_NAME,
    HAS_PERMS_BY_NAME(
        QUOTENAME(c.TABLE_SCHEMA) + '.' + QUOTENAME(c.TABLE_NAME), 'OBJECT', 'SELECT', c.COLUMN_NAME, 'COLUMN'
    ) AS may_read
FROM INFORMATION_SCHEMA.COLUMNS AS c
WHERE
    UPPER(c.TABLE_SCHEMA) = UPPER({{ schema_name }})
    AND UPPER(c.TABLE_NAME) IN ({{ table_names }})
ORDER BY c.ORDINAL_POSITION
