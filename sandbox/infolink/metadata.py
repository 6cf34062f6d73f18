"""What a login sees of indexes and of tracked changes: the catalogue views of SQL Server that depend on its rights.

A login sees the rows of what it was granted something on, and its administrator may refuse it the views themselves; see
"Metadata visibility configuration" and the pages of the views in SQL Server's documentation.
"""

import re
from collections.abc import Sequence

import psycopg

from sandbox.faults import Faults
from sandbox.infolink.errors import TdsError, denied_column

_VIEWS = ("indexes", "index_columns", "change_tracking_tables", "tables")


def show(query: str, faults: Faults, link: psycopg.Connection) -> None:
    """Prepare the session's views for a query, if it asks one of them.

    Args:
        query: as the client sent it.
        faults: say what is seen, and which tables are tracked.
        link: the session's own connection, whose settings the views read.

    Raises:
        TdsError: 229, where the views are refused.
    """
    asked = query.lower()
    named = next((view for view in _VIEWS if f"sys.{view}" in asked), None)
    if named is None:
        return
    seen = faults.get("infolink_metadata")
    if seen == "refused":
        text = (
            f"The SELECT permission was denied on the object '{named}', database 'mssqlsystemresource', schema 'sys'."
        )
        raise TdsError(229, text, severity=14, state=5)
    values = {
        "tsql.metadata": seen,
        "tsql.change_tracking": faults.get("infolink_change_tracking"),
        "tsql.cdc": faults.get("infolink_cdc"),
    }
    for name, value in values.items():
        link.execute("SELECT set_config(%s, %s, false)", [name, value or ""])


def refuse_column(query: str, tables: Sequence[str], faults: Faults, link: psycopg.Connection, database: str) -> None:
    """Refuse a query that reads a column which the login was not granted; one that asks for rights hears of it.

    Args:
        query: as the client sent it.
        tables: those that it reads.
        faults: say which column it is, as TABLE.COLUMN.
        link: the session's own connection, whose settings `tsql.may_read` reads.
        database: its name, for the message.

    Raises:
        TdsError: 230.
    """
    denied = faults.get("infolink_deny_column")
    if "has_perms_by_name" in query.lower():
        link.execute("SELECT set_config('tsql.denied_column', %s, false)", [denied or ""])
    table, _, column = (denied or "").rpartition(".")
    # Behind its table's alias, as the column is written: what a query calls its own columns is nobody's.
    if table.lower() in map(str.lower, tables) and re.search(rf"\.\[?{re.escape(column)}\]?(?!\w)", query):
        raise denied_column(column, table, database)
