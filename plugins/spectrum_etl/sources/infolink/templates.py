"""Fills in the T-SQL templates below `include/sql/infolink`."""

from __future__ import annotations

from spectrum_etl.model.sql_files import SqlFiles

#: Binary: 'a' is not 'A'. Trailing blanks are ignored by every collation of SQL Server, leading ones are not.
COLLATION = "Latin1_General_BIN2"


def code(column: str) -> str:
    """T-SQL of a code as it is compared: trimmed and binary. Templates call it `code`."""
    return f"LTRIM(RTRIM({column})) COLLATE {COLLATION}"


#: Renders a template; values are not filled in, but bound.
render = SqlFiles("infolink", functions={"code": code}).render
