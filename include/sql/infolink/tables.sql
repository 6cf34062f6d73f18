-- Every table and view that this user may read, in any schema.
SELECT
    t.TABLE_SCHEMA,
    t.TABLE_NAME
FROM INFORMATION_SCHEMA.TABLES AS t
ORDER BY t.TABLE_SCHEMA, t.TABLE_NAME
