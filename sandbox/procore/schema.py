"""The stand-in Procore's tables: schema `procore` of the sandbox database.

All records lie in one table, their attributes as JSON with money as text, since they have the rules that matter in
common: who may see them, what locks them, which origin ids are taken.
"""

from typing import Any, LiteralString

from psycopg import Connection

#: Procore's ids do not fit 32 bits, so these do not either.
FIRST_ID = 562_949_953_421_001

_CREATE: LiteralString = """
    CREATE SCHEMA procore;
    CREATE SEQUENCE procore.ids;
    CREATE TABLE procore.records (
        id bigint PRIMARY KEY DEFAULT nextval('procore.ids'),
        kind text NOT NULL,
        company_id bigint NOT NULL,
        project_id bigint,
        parent_id bigint,
        position integer NOT NULL DEFAULT 0,
        fields jsonb NOT NULL,
        origin_id text,
        origin_code text,
        origin_data text,
        tag text NOT NULL DEFAULT '',
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        deleted_at timestamptz
    );
    COMMENT ON TABLE procore.records IS 'Everything the stand-in Procore holds';
    COMMENT ON COLUMN procore.records.parent_id IS 'The contract, change order or budget change of a line';
    COMMENT ON COLUMN procore.records.tag IS 'Which seed wrote it';
    -- An origin id is unique per type and company (Procore: using-sync-actions).
    CREATE UNIQUE INDEX records_origin ON procore.records (company_id, kind, origin_id)
        WHERE origin_id IS NOT NULL AND deleted_at IS NULL;
    CREATE INDEX records_scope ON procore.records (company_id, kind, project_id, id);
    CREATE INDEX records_lines ON procore.records (parent_id, kind, position);
    CREATE TABLE procore.state (name text PRIMARY KEY, value text NOT NULL)
"""


def create(connection: Connection[Any]) -> bool:
    """Create what is missing; the caller commits.

    Args:
        connection: the sandbox database.

    Returns:
        Whether the schema is new.
    """
    # Two processes may create it at the same time, which IF NOT EXISTS alone does not survive.
    connection.execute("SELECT pg_advisory_xact_lock(hashtext('sandbox.procore'))")
    if exists(connection):
        return False
    connection.execute(_CREATE)
    restart_ids(connection, FIRST_ID)
    return True


def exists(connection: Connection[Any]) -> bool:
    """Return whether the schema has been created."""
    return connection.execute("SELECT to_regclass('procore.records')").fetchone() != (None,)


def drop(connection: Connection[Any]) -> None:
    """Remove the stand-in Procore with all its records; the caller commits."""
    connection.execute("DROP SCHEMA IF EXISTS procore CASCADE")


def restart_ids(connection: Connection[Any], first: int) -> None:
    """Let the next id be this one."""
    connection.execute("SELECT setval('procore.ids', %s, false)", [first])


def is_seeded(connection: Connection[Any]) -> bool:
    """Return whether the first records have been written."""
    if not exists(connection):
        return False
    return connection.execute("SELECT 1 FROM procore.state WHERE name = 'seeded'").fetchone() is not None
