-- Every table that this user may read, and whether the server itself keeps what changes in it: by Change Tracking, or
-- by change data capture.
SELECT
    s.name AS schema_name,
    t.name AS table_name,
    t.is_tracked_by_cdc AS is_captured,
    CASE WHEN ct.object_id IS NULL THEN 0 ELSE 1 END AS is_tracked
FROM sys.tables AS t
INNER JOIN sys.schemas AS s
    ON t.schema_id = s.schema_id
LEFT JOIN sys.change_tracking_tables AS ct
    ON t.object_id = ct.object_id
ORDER BY s.name, t.name
