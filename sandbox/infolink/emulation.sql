-- Functions and catalogue views behind the Info-Link sandbox's T-SQL: what a SQL Server has and PostgreSQL has not.
-- Idempotent: run at every start of the server, by a role that may create a schema. Functions are IMMUTABLE PARALLEL SAFE and
-- single expressions where possible, so that PostgreSQL inlines them and plans the fingerprint query in parallel.
CREATE SCHEMA IF NOT EXISTS tsql;

-- Raises SQL Server error `number`; typed as text so that it can stand in a CASE.
CREATE OR REPLACE FUNCTION tsql.fail(number int, message text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RAISE EXCEPTION '%|%', number, message USING ERRCODE = 'TS000';
END $$;

-- UTF-16LE bytes, as nvarchar has them. Text of ASCII only takes the short way.
CREATE OR REPLACE FUNCTION tsql.utf16(value text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN value = '' THEN ''::bytea
        WHEN octet_length(value) = length(value)
            THEN decode(regexp_replace(encode(convert_to(value, 'UTF8'), 'hex'), '(..)', '\100', 'g'), 'hex')
        ELSE (
            SELECT string_agg(
                CASE
                    WHEN ascii(c) < 65536 THEN substring(reverse(int4send(ascii(c))) FROM 1 FOR 2)
                    ELSE substring(reverse(int4send(55296 + ((ascii(c) - 65536) >> 10))) FROM 1 FOR 2)
                        || substring(reverse(int4send(56320 + ((ascii(c) - 65536) & 1023))) FROM 1 FOR 2)
                END,
                ''::bytea ORDER BY position
            )
            FROM string_to_table(value, NULL) WITH ORDINALITY AS characters(c, position)
        )
    END
$$;

-- A value of a (max) type: total length, one chunk, end ([MS-TDS] 2.2.5.2.3).
CREATE OR REPLACE FUNCTION tsql.plp(value bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT reverse(int8send(octet_length(value)))
        || CASE WHEN octet_length(value) > 0 THEN reverse(int4send(octet_length(value))) || value ELSE ''::bytea END
        || '\x00000000'::bytea
$$;

-- decimal of more than 18 digits: length, sign, magnitude of 8, 12 or 16 bytes, little endian.
CREATE OR REPLACE FUNCTION tsql.wire_decimal(value numeric, scale int, size int) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT substring(int2send(size::int2) FROM 2)
        || CASE WHEN value < 0 THEN '\x00'::bytea ELSE '\x01'::bytea END
        || substring(
            reverse(substring(int8send(mod(m, 4294967296)::bigint) FROM 5))
            || reverse(substring(int8send(mod(div(m, 4294967296), 4294967296)::bigint) FROM 5))
            || reverse(substring(int8send(mod(div(m, 18446744073709551616), 4294967296)::bigint) FROM 5))
            || reverse(substring(int8send(div(m, 79228162514264337593543950336)::bigint) FROM 5))
            FROM 1 FOR size - 1)
    FROM (SELECT abs(trunc(value * (10::numeric ^ scale)::numeric(39, 0)))) AS scaled(m)
$$;

-- datetime: days since 1900 and 1/300 seconds of the day.
CREATE OR REPLACE FUNCTION tsql.wire_datetime(value timestamp) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT '\x08'::bytea || reverse(int4send(value::date - DATE '1900-01-01'))
        || reverse(int4send(least(round(extract(epoch FROM value::time) * 300)::int, 25919999)))
$$;

-- datetime2(places): so many parts of a second of the day in three to five bytes, days since the year 1 in three.
DROP FUNCTION IF EXISTS tsql.wire_datetime2(timestamp);
CREATE OR REPLACE FUNCTION tsql.wire_datetime2(value timestamp, places int) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT substring(int2send((3 + size)::int2) FROM 2)
        || substring(reverse(int8send(trunc(extract(epoch FROM value::time) * 10::numeric ^ places)::bigint)) FROM 1 FOR size)
        || substring(reverse(int4send(value::date - DATE '0001-01-01')) FROM 1 FOR 3)
    FROM (SELECT CASE WHEN places < 3 THEN 3 WHEN places < 5 THEN 4 ELSE 5 END) AS sized(size)
$$;

-- smalldatetime: days since 1900 and minutes of the day, two bytes each.
CREATE OR REPLACE FUNCTION tsql.wire_smalldatetime(value timestamp) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT '\x04'::bytea || substring(reverse(int4send(value::date - DATE '1900-01-01')) FROM 1 FOR 2)
        || substring(reverse(int4send(extract(epoch FROM value::time)::int / 60)) FROM 1 FOR 2)
$$;

-- uniqueidentifier: the first three groups little endian, the rest as written.
CREATE OR REPLACE FUNCTION tsql.wire_guid(value uuid) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT '\x10'::bytea || reverse(substring(raw FROM 1 FOR 4)) || reverse(substring(raw FROM 5 FOR 2))
        || reverse(substring(raw FROM 7 FOR 2)) || substring(raw FROM 9)
    FROM (SELECT uuid_send(value)) AS sent(raw)
$$;

-- Text to a number as SQL Server reads it: blanks around, a sign, digits and a point; no exponent, no NaN, no empty text.
CREATE OR REPLACE FUNCTION tsql.is_number(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT value ~ '^ *[+-]? *([0-9]+\.?[0-9]*|\.[0-9]+) *$' $$;

CREATE OR REPLACE FUNCTION tsql.to_number(value text) RETURNS numeric
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN tsql.is_number(value) THEN replace(value, ' ', '')::numeric
        ELSE tsql.fail(8114, 'Error converting data type varchar to numeric.')::numeric END
$$;

-- Text to a whole number: empty text is 0, a decimal point is an error.
CREATE OR REPLACE FUNCTION tsql.is_integer(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT value ~ '^ *([+-]? *[0-9]+)? *$' $$;

CREATE OR REPLACE FUNCTION tsql.to_integer(value text) RETURNS numeric
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN tsql.is_integer(value) THEN COALESCE(NULLIF(replace(value, ' ', ''), ''), '0')::numeric
        ELSE tsql.fail(245, 'Conversion failed when converting the varchar value ''' || value || ''' to data type int.')::numeric
    END
$$;

-- Text to a datetime: YYYYMMDD, YYYY-MM-DD or MM/DD/YYYY, and a time of day; empty text is 1900-01-01.
CREATE OR REPLACE FUNCTION tsql.is_datetime(value text) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN btrim(value) = '' THEN true
        WHEN value ~ '^ *([0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}/[0-9]{2}/[0-9]{4})([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,7})?)?)? *$'
            THEN pg_input_is_valid(btrim(value), 'timestamp')
        ELSE false
    END
$$;

CREATE OR REPLACE FUNCTION tsql.to_datetime(value text) RETURNS timestamp
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN tsql.is_datetime(value) THEN COALESCE(NULLIF(btrim(value), ''), '1900-01-01')::timestamp
        ELSE tsql.fail(241, 'Conversion failed when converting date and/or time from character string.')::timestamp END
$$;

-- A number as text of at most `longest` characters.
CREATE OR REPLACE FUNCTION tsql.fit(value text, longest int) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN length(value) <= longest THEN value
        ELSE tsql.fail(8115, 'Arithmetic overflow error converting numeric to data type varchar.') END
$$;

-- SHA-1 (FIPS 180-4, section 6.1). PostgreSQL has no function of its own for it; slow, for small inputs.
CREATE OR REPLACE FUNCTION tsql.sha1(message bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    h bigint[] := ARRAY[1732584193, 4023233417, 2562383102, 271733878, 3285377520];
    padded bytea := message || '\x80'::bytea
        || decode(repeat('00', (119 - octet_length(message) % 64) % 64), 'hex') || int8send(octet_length(message) * 8::bigint);
    w bigint[];
    a bigint; b bigint; c bigint; d bigint; e bigint; f bigint; k bigint; x bigint;
BEGIN
    FOR block IN 0 .. octet_length(padded) / 64 - 1 LOOP
        FOR t IN 0 .. 15 LOOP
            w[t] := ('\x00000000'::bytea || substring(padded FROM block * 64 + t * 4 + 1 FOR 4))::bigint;
        END LOOP;
        FOR t IN 16 .. 79 LOOP
            x := w[t - 3] # w[t - 8] # w[t - 14] # w[t - 16];
            w[t] := ((x << 1) | (x >> 31)) & 4294967295;
        END LOOP;
        a := h[1]; b := h[2]; c := h[3]; d := h[4]; e := h[5];
        FOR t IN 0 .. 79 LOOP
            IF t < 20 THEN f := (b & c) | ((b # 4294967295) & d); k := 1518500249;
            ELSIF t < 40 THEN f := b # c # d; k := 1859775393;
            ELSIF t < 60 THEN f := (b & c) | (b & d) | (c & d); k := 2400959708;
            ELSE f := b # c # d; k := 3395469782;
            END IF;
            x := ((((a << 5) | (a >> 27)) & 4294967295) + f + e + k + w[t]) & 4294967295;
            e := d; d := c; c := ((b << 30) | (b >> 2)) & 4294967295; b := a; a := x;
        END LOOP;
        h := ARRAY[(h[1] + a) & 4294967295, (h[2] + b) & 4294967295, (h[3] + c) & 4294967295,
            (h[4] + d) & 4294967295, (h[5] + e) & 4294967295];
    END LOOP;
    RETURN substring(int8send(h[1]) FROM 5) || substring(int8send(h[2]) FROM 5) || substring(int8send(h[3]) FROM 5)
        || substring(int8send(h[4]) FROM 5) || substring(int8send(h[5]) FROM 5);
END $$;

-- Whether the login may read a column: all but the one that the sandbox's fault names, TABLE.COLUMN.
CREATE OR REPLACE FUNCTION tsql.may_read(tables_name text, columns_name text) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN lower(denied[1]) = lower(substring(tables_name FROM '\.\[(.*)\]$')) AND lower(denied[2]) = lower(columns_name)
        THEN 0 ELSE 1 END
    FROM string_to_array(COALESCE(current_setting('tsql.denied_column', true), ''), '.') AS denied
$$;

-- SQL Server's catalogue, as far as SQLAlchemy's inspection and people's INFORMATION_SCHEMA queries read it.
DROP VIEW IF EXISTS tsql."INFORMATION_SCHEMA.TABLES", tsql."INFORMATION_SCHEMA.COLUMNS", tsql."INFORMATION_SCHEMA.SCHEMATA",
    tsql."sys.columns", tsql."sys.types", tsql."sys.objects", tsql."sys.tables", tsql."sys.schemas",
    tsql."sys.default_constraints", tsql."sys.computed_columns", tsql."sys.identity_columns",
    tsql."sys.extended_properties", tsql."sys.system_views", tsql."sys.dm_exec_sessions", tsql."sys.indexes",
    tsql."sys.index_columns", tsql."sys.change_tracking_tables", tsql.index_parts, tsql.typed_columns;
DROP TABLE IF EXISTS tsql.type_names;

CREATE TABLE tsql.type_names (
    typname varchar(64) PRIMARY KEY, name varchar(128) NOT NULL, type_id int NOT NULL, bytes smallint NOT NULL,
    digits smallint NOT NULL, places smallint NOT NULL
);
INSERT INTO tsql.type_names VALUES
    ('varchar', 'varchar', 167, 8000, 0, 0), ('name', 'nvarchar', 231, 8000, 0, 0), ('int2', 'smallint', 52, 2, 5, 0),
    ('int4', 'int', 56, 4, 10, 0), ('int8', 'bigint', 127, 8, 19, 0), ('bool', 'bit', 104, 1, 1, 0),
    ('float8', 'float', 62, 8, 53, 0), ('date', 'date', 40, 3, 10, 0), ('timestamp', 'datetime', 61, 8, 23, 3),
    ('timestamp6', 'datetime2', 42, 8, 26, 6), ('numeric', 'decimal', 106, 17, 38, 38), ('bytea', 'varbinary', 165, 8000, 0, 0),
    -- Types that a column was declared with by a domain of schema sqlserver.
    ('sqlserver.varchar', 'varchar', 167, 8000, 0, 0), ('sqlserver.nvarchar', 'nvarchar', 231, 8000, 0, 0),
    ('sqlserver.char', 'char', 175, 8000, 0, 0), ('sqlserver.nchar', 'nchar', 239, 8000, 0, 0),
    ('sqlserver.bit', 'bit', 104, 1, 1, 0), ('sqlserver.tinyint', 'tinyint', 48, 1, 3, 0),
    ('sqlserver.smallint', 'smallint', 52, 2, 5, 0), ('sqlserver.int', 'int', 56, 4, 10, 0),
    ('sqlserver.bigint', 'bigint', 127, 8, 19, 0), ('sqlserver.decimal', 'decimal', 106, 17, 38, 38),
    ('sqlserver.numeric', 'numeric', 108, 17, 38, 38), ('sqlserver.money', 'money', 60, 8, 19, 4),
    ('sqlserver.smallmoney', 'smallmoney', 122, 4, 10, 4), ('sqlserver.float', 'float', 62, 8, 53, 0),
    ('sqlserver.real', 'real', 59, 4, 24, 0), ('sqlserver.date', 'date', 40, 3, 10, 0),
    ('sqlserver.datetime', 'datetime', 61, 8, 23, 3), ('sqlserver.datetime2', 'datetime2', 42, 8, 27, 7),
    ('sqlserver.smalldatetime', 'smalldatetime', 58, 4, 16, 0),
    ('sqlserver.uniqueidentifier', 'uniqueidentifier', 36, 16, 0, 0), ('sqlserver.text', 'text', 35, 16, 0, 0),
    ('sqlserver.ntext', 'ntext', 99, 16, 0, 0), ('sqlserver.datetimeoffset', 'datetimeoffset', 43, 10, 34, 7);

-- Where a layout is shown, its views stand in the place of the stored tables; those of another schema are in shown.SCHEMA.
CREATE VIEW tsql.typed_columns AS
WITH columns AS (
    SELECT
        c.oid::int AS object_id, c.relkind, a.attname, a.attnum, a.atttypmod, a.attnotnull, t.typname,
        coalesce(substring(of_table.description FROM '^called (.*)$'), c.relname) AS table_name,
        coalesce(substring(of_column.description FROM '^called (.*)$'), a.attname) AS column_name,
        CASE WHEN s.nspname LIKE 'shown.%' THEN substr(s.nspname, 7) ELSE 'dbo' END::varchar(128) AS schema_name,
        CASE WHEN s.nspname LIKE 'shown.%' THEN s.oid::int ELSE 1 END AS schema_id,
        CASE WHEN ts.nspname = 'sqlserver' THEN regexp_match(t.typname, '^(\w+)(?:\((max|\d+)(?:,(\d+))?\))?(?: COLLATE (\w+))?$') END
            AS declared
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    JOIN pg_catalog.pg_namespace ts ON ts.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_description of_table
        ON of_table.objoid = c.oid AND of_table.classoid = 'pg_class'::regclass AND of_table.objsubid = 0
    LEFT JOIN pg_catalog.pg_description of_column
        ON of_column.objoid = c.oid AND of_column.classoid = 'pg_class'::regclass AND of_column.objsubid = a.attnum
    WHERE
        (c.relnamespace = coalesce(to_regnamespace('shown'), to_regnamespace('dbo')) OR s.nspname LIKE 'shown.%')
        AND c.relkind IN ('r', 'v', 'm', 'p')
)
SELECT
    c.object_id, c.schema_name, c.schema_id, c.table_name::varchar(128) AS table_name, c.relkind, c.column_name::varchar(128) AS column_name,
    row_number() OVER (PARTITION BY c.object_id ORDER BY c.attnum)::int AS column_id, NOT c.attnotnull AS nullable,
    n.name AS type_name, n.type_id,
    CASE
        WHEN n.name = 'text' THEN 2147483647
        WHEN n.name = 'ntext' THEN 1073741823
        WHEN n.name NOT IN ('varchar', 'nvarchar', 'char', 'nchar') THEN NULL
        WHEN c.declared IS NOT NULL THEN CASE c.declared[2] WHEN 'max' THEN '-1' ELSE c.declared[2] END::int
        WHEN c.atttypmod >= 4 AND c.typname <> 'text' THEN c.atttypmod - 4
        ELSE -1
    END::int AS characters,
    CASE
        WHEN n.name IN ('decimal', 'numeric') THEN
            CASE
                WHEN c.declared IS NOT NULL THEN c.declared[2]::int
                WHEN c.atttypmod >= 4 THEN (c.atttypmod - 4) >> 16
                ELSE 38
            END
        WHEN n.name IN ('int', 'bigint', 'smallint', 'tinyint', 'float', 'real', 'money', 'smallmoney') THEN n.digits
    END::smallint AS digits,
    CASE
        WHEN n.name IN ('decimal', 'numeric') THEN
            CASE
                WHEN c.declared IS NOT NULL THEN coalesce(c.declared[3], '0')::int
                WHEN c.atttypmod >= 4 THEN (c.atttypmod - 4) & 2047
                ELSE 10
            END
        WHEN n.name IN ('int', 'bigint', 'smallint', 'tinyint', 'money', 'smallmoney') THEN n.places
    END::int AS places,
    CASE
        WHEN n.name IN ('datetime2', 'datetimeoffset') AND c.declared IS NOT NULL THEN coalesce(c.declared[2], '7')::int
        WHEN n.name IN ('datetime', 'datetime2') THEN n.places
        WHEN n.name IN ('date', 'smalldatetime') THEN 0
    END::smallint AS fraction,
    CASE WHEN n.name IN ('varchar', 'nvarchar', 'char', 'nchar', 'text', 'ntext') THEN coalesce(c.declared[4], 'Latin1_General_100_CI_AS_SC_UTF8') END
        ::varchar(128) AS collation_name,
    n.bytes
FROM columns AS c
JOIN tsql.type_names n ON n.typname = CASE
    WHEN c.declared IS NOT NULL THEN 'sqlserver.' || c.declared[1]
    WHEN c.typname IN ('text', 'bpchar') THEN 'varchar'
    WHEN c.typname IN ('timestamp', 'timestamptz') AND c.atttypmod NOT BETWEEN 0 AND 3 THEN 'timestamp6'
    WHEN c.typname = 'timestamptz' THEN 'timestamp'
    WHEN c.typname = 'float4' THEN 'float8'
    ELSE c.typname END;

CREATE VIEW tsql."INFORMATION_SCHEMA.SCHEMATA" AS
SELECT current_database()::varchar(128) AS "CATALOG_NAME", 'dbo'::varchar(128) AS "SCHEMA_NAME", 'dbo'::varchar(128) AS "SCHEMA_OWNER"
UNION
SELECT current_database()::varchar(128), schema_name, 'dbo'::varchar(128) FROM tsql.typed_columns;

CREATE VIEW tsql."INFORMATION_SCHEMA.TABLES" AS
SELECT DISTINCT
    current_database()::varchar(128) AS "TABLE_CATALOG", schema_name AS "TABLE_SCHEMA", table_name AS "TABLE_NAME",
    CASE WHEN relkind IN ('v', 'm') THEN 'VIEW' ELSE 'BASE TABLE' END::varchar(10) AS "TABLE_TYPE"
FROM tsql.typed_columns;

CREATE VIEW tsql."INFORMATION_SCHEMA.COLUMNS" AS
SELECT
    current_database()::varchar(128) AS "TABLE_CATALOG", schema_name AS "TABLE_SCHEMA", table_name AS "TABLE_NAME",
    column_name AS "COLUMN_NAME", column_id AS "ORDINAL_POSITION", NULL::varchar(4000) AS "COLUMN_DEFAULT",
    CASE WHEN nullable THEN 'YES' ELSE 'NO' END::varchar(3) AS "IS_NULLABLE", type_name AS "DATA_TYPE",
    characters AS "CHARACTER_MAXIMUM_LENGTH", 
    CASE WHEN type_name LIKE 'n%' AND characters > 0 THEN 2 * characters ELSE characters END AS "CHARACTER_OCTET_LENGTH", digits AS "NUMERIC_PRECISION",
    places AS "NUMERIC_SCALE",
    fraction AS "DATETIME_PRECISION", collation_name AS "COLLATION_NAME"
FROM tsql.typed_columns;

CREATE VIEW tsql."sys.schemas" AS
SELECT 'dbo'::varchar(128) AS name, 1 AS schema_id, 1 AS principal_id
UNION
SELECT schema_name, schema_id, 1 FROM tsql.typed_columns;

CREATE VIEW tsql."sys.objects" AS
SELECT DISTINCT
    table_name AS name, object_id, schema_id, CASE WHEN relkind IN ('v', 'm') THEN 'V ' ELSE 'U ' END::varchar(2) AS type
FROM tsql.typed_columns;

CREATE VIEW tsql."sys.tables" AS
SELECT
    name, object_id, schema_id, type,
    lower(name) = lower(COALESCE(current_setting('tsql.cdc', true), '')) AS is_tracked_by_cdc
FROM tsql."sys.objects"
WHERE type = 'U ' AND COALESCE(current_setting('tsql.metadata', true), '') <> 'hidden';

-- A table without a clustered index is a heap, which is index 0 of its own and has no name. Indexes of this database are
-- never clustered; those of a primary key stand for the clustered one, number 1.
CREATE VIEW tsql.index_parts AS
SELECT
    t.object_id, i.indexrelid, c.relname::varchar(128) AS name, i.indisunique, i.indisprimary, i.indkey, i.indnkeyatts,
    CASE WHEN i.indisprimary THEN 1 ELSE 1 + row_number() OVER (
        PARTITION BY t.object_id, i.indisprimary ORDER BY i.indexrelid
    ) END::int AS index_id
FROM tsql."sys.tables" t
JOIN pg_catalog.pg_index i ON i.indrelid = t.object_id::oid
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid;

CREATE VIEW tsql."sys.indexes" AS
SELECT
    object_id, name, index_id, CASE WHEN indisprimary THEN 1 ELSE 2 END::smallint AS type,
    CASE WHEN indisprimary THEN 'CLUSTERED' ELSE 'NONCLUSTERED' END::varchar(60) AS type_desc,
    indisunique AS is_unique, indisprimary AS is_primary_key, false AS is_disabled
FROM tsql.index_parts
UNION ALL
SELECT
    t.object_id, NULL::varchar(128), 0, 0::smallint, 'HEAP'::varchar(60), false, false, false
FROM tsql."sys.tables" t
WHERE NOT EXISTS (SELECT FROM tsql.index_parts p WHERE p.object_id = t.object_id AND p.indisprimary);

CREATE VIEW tsql."sys.index_columns" AS
SELECT
    p.object_id, p.index_id, k.place::int AS index_column_id, c.column_id,
    CASE WHEN k.place <= p.indnkeyatts THEN k.place ELSE 0 END::smallint AS key_ordinal,
    false AS is_descending_key, k.place > p.indnkeyatts AS is_included_column
FROM tsql.index_parts p
CROSS JOIN LATERAL unnest(p.indkey::smallint[]) WITH ORDINALITY AS k (attnum, place)
JOIN pg_catalog.pg_attribute a ON a.attrelid = p.object_id::oid AND a.attnum = k.attnum
JOIN tsql.typed_columns c ON c.object_id = p.object_id AND c.column_name = a.attname;

CREATE VIEW tsql."sys.change_tracking_tables" AS
SELECT
    object_id, false AS is_track_columns_updated_on, 1::bigint AS begin_version, 1::bigint AS cleanup_version,
    1::bigint AS min_valid_version
FROM tsql."sys.tables"
WHERE lower(name) = lower(COALESCE(current_setting('tsql.change_tracking', true), ''));

CREATE VIEW tsql."sys.types" AS
SELECT
    name, type_id AS system_type_id, type_id AS user_type_id, 4 AS schema_id, bytes AS max_length, digits AS precision,
    places AS scale, CASE WHEN type_id IN (167, 231, 175, 239) THEN 'Latin1_General_100_CI_AS_SC_UTF8' END::varchar(128) AS collation_name,
    true AS is_nullable, false AS is_user_defined, false AS is_assembly_type
FROM (SELECT DISTINCT ON (type_id) * FROM tsql.type_names ORDER BY type_id, typname) AS named;

CREATE VIEW tsql."sys.columns" AS
SELECT
    object_id, column_name AS name, column_id, 0 AS default_object_id, type_id AS user_type_id, type_id AS system_type_id,
    nullable AS is_nullable,
    COALESCE(CASE WHEN type_name LIKE 'n%' AND characters > 0 THEN 2 * characters ELSE characters END, bytes)::smallint AS max_length,
    COALESCE(digits, 0)::smallint AS precision, COALESCE(places, fraction, 0)::smallint AS scale, collation_name
FROM tsql.typed_columns;

CREATE VIEW tsql."sys.default_constraints" AS
SELECT 0 AS object_id, 0 AS parent_column_id, ''::varchar(4000) AS definition WHERE false;

CREATE VIEW tsql."sys.computed_columns" AS
SELECT 0 AS object_id, 0 AS column_id, ''::varchar(4000) AS definition, false AS is_persisted WHERE false;

CREATE VIEW tsql."sys.identity_columns" AS
SELECT 0 AS object_id, 0 AS column_id, false AS is_identity, 0::bigint AS seed_value, 0::bigint AS increment_value WHERE false;

CREATE VIEW tsql."sys.extended_properties" AS
SELECT 1 AS class, ''::varchar(128) AS name, 0 AS major_id, 0 AS minor_id, ''::varchar(4000) AS value WHERE false;

CREATE VIEW tsql."sys.system_views" AS SELECT 'dm_exec_sessions'::varchar(128) AS name;

-- The session's own row; the server sets tsql.isolation when the client changes the level.
CREATE VIEW tsql."sys.dm_exec_sessions" AS
SELECT
    pg_backend_pid() AS session_id, COALESCE(NULLIF(current_setting('tsql.isolation', true), ''), '2')::smallint
        AS transaction_isolation_level;
