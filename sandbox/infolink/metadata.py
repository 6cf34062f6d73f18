"""What a login sees of indexes and of tracked changes: the catalogue views of SQL Server that depend on its rights.

A login sees the rows of what it was granted something on, and its administrator may refuse it the views themselves; see
"Metadata visibility configuration" and the pages of the views in SQL Server's documentation.
"""

import psycopg

from sandbox.faults import Faults
from sandbox.infolink.errors import TdsError

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
