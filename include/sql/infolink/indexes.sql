-- The indexes of a table, with their columns in order: key columns first, then those that an index only carries along.
-- A table without a clustered index has a row without a name, its heap. A column that this user may not read has a
-- place in its index and no name.
SELECT
    s.name AS schema_name,
    t.name AS table_name,
    i.name AS index_name,
    i.type_desc AS index_type,
    i.is_unique,
    i.is_disabled,
    ic.index_column_id AS place,
    ic.is_included_column AS is_included,
    c.name AS column_name
FROM sys.tables AS t
INNER JOIN sys.schemas AS s
    ON t.schema_id = s.schema_id
INNER JOIN sys.indexes AS i
    ON t.object_id = i.object_id
LEFT JOIN sys.index_columns AS ic
    ON
        i.object_id = ic.object_id
        AND i.index_id = ic.index_id
LEFT JOIN sys.columns AS c
    ON
        ic.object_id = c.object_id
        AND ic.column_id = c.column_id
WHERE
    UPPER(s.name) = UPPER({{ schema_name }})
    AND UPPER(t.name) = UPPER({{ table_name }})
ORDER BY i.index_id, ic.is_included_column, ic.key_ordinal, ic.index_column_id
