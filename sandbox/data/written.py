"""What the writing web services leave behind besides the tables of Info-Link: a journal, and values it does not show.

`sandbox.writes` has a row a call, so that tests count what was done how often. `sandbox.written_fields` keeps what a
service takes but no table of Info-Link holds (fax number, owner, discount terms, ...), for the reads that return it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.types.json import Jsonb

_CREATE: LiteralString = """
    CREATE TABLE IF NOT EXISTS sandbox.writes (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        service text NOT NULL,
        parameters jsonb NOT NULL,
        accepted boolean NOT NULL,
        answer jsonb NOT NULL,
        done_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    COMMENT ON TABLE sandbox.writes IS 'One row a call of a writing service; accepted ones commit with their work';
    CREATE TABLE IF NOT EXISTS sandbox.written_fields (
        kind text NOT NULL,
        company text NOT NULL,
        key text NOT NULL,
        fields jsonb NOT NULL,
        PRIMARY KEY (kind, company, key)
    );
    COMMENT ON TABLE sandbox.written_fields IS 'Values written by web services that no Info-Link table holds';
"""

# Elements with personal and bank data.
PERSONAL = frozenset({
    "Social_Sec_Number", "Fed_Id_Number", "Social_Insurance_Number", "Checking_Account_Code", "ABA_Number",
    "Bank_Account_Code",
})  # fmt: skip
# Never written down, nor what signs a caller in.
_UNTOLD = PERSONAL | {"Authorization_ID", "GUID"}


def create_written(connection: Connection[Any]) -> None:
    """Create both tables where they are missing; the schema `sandbox` is made too. The caller commits."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS sandbox")
    # Two processes may do it at the same time, which IF NOT EXISTS alone does not survive.
    connection.execute("SELECT pg_advisory_xact_lock(hashtext('sandbox.writes'))")
    connection.execute(_CREATE)


def forget_written(connection: Connection[Any]) -> None:
    """Empty both tables, as a fresh load does. The caller commits."""
    connection.execute("DELETE FROM sandbox.writes")
    connection.execute("DELETE FROM sandbox.written_fields")


def note_write(
    connection: Connection[Any],
    service: str,
    parameters: Mapping[str, Any],
    accepted: bool,
    answer: Iterable[tuple[str, str, str]],
) -> None:
    """Write one call into the journal, in the caller's transaction.

    Args:
        connection: the sandbox database.
        service: what was called.
        parameters: what was sent; blank values, secrets and personal data are left out.
        accepted: whether it was done.
        answer: the records of the answer as code, description and column.
    """
    told = {name: value for name, value in parameters.items() if name not in _UNTOLD and value}
    connection.execute(
        "INSERT INTO sandbox.writes (service, parameters, accepted, answer) VALUES (%s, %s, %s, %s)",
        [service, Jsonb(told), accepted, Jsonb([list(each) for each in answer])],
    )


def keep_fields(connection: Connection[Any], kind: str, company: str, key: str, fields: Mapping[str, str]) -> None:
    """Keep some values of a record beside those it has; none are given, nothing happens."""
    kept = {name: value for name, value in fields.items() if name not in _UNTOLD and value}
    if kept:
        connection.execute(
            """
            INSERT INTO sandbox.written_fields VALUES (%s, %s, %s, %s)
            ON CONFLICT (kind, company, key) DO UPDATE SET fields = written_fields.fields || excluded.fields
            """,
            [kind, company, key, Jsonb(kept)],
        )


def kept_fields(connection: Connection[Any], kind: str, companies: Iterable[str]) -> dict[tuple[str, str], Any]:
    """Return the kept values of every record of a kind by (company, key), codes trimmed.

    Args:
        connection: the sandbox database, rows as dicts.
        kind: `job`, `vendor`, `phase`, `subcontract` or `change request`.
        companies: trimmed company codes.
    """
    rows = connection.execute(
        "SELECT company, key, fields FROM sandbox.written_fields WHERE kind = %s AND company = ANY(%s)",
        [kind, list(companies)],
    )
    return {(row["company"], row["key"]): row["fields"] for row in rows}


def kept_field(connection: Connection[Any], kind: str, company: str, key: str) -> dict[str, str]:
    """Return the kept values of one record, empty when it has none. Rows as dicts."""
    row = connection.execute(
        "SELECT fields FROM sandbox.written_fields WHERE (kind, company, key) = (%s, %s, %s)", [kind, company, key]
    ).fetchone()
    return {} if row is None else dict(row["fields"])
