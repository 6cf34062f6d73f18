"""Values of a statement, bound by the driver and never rendered, and the conditions that compare codes.

Codes are stored padded, in a case-insensitive collation: every condition compares them trimmed and binary, which is
exact, and beside it lists the stored spellings where the column's width is known, so that an index can be used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spectrum_etl.sources.infolink import casts
from spectrum_etl.sources.infolink.templates import code

#: More leading blanks than any code of Spectrum can have; wider columns get no list of spellings.
_MAX_SPELLINGS = 40

Value = str | bytes
#: Stands for a percent sign in a name of the site until the values are bound: the driver would take `%(...)s` in it
#: for one of them. No name and no value holds this character.
PERCENT = "\x00"


@dataclass(frozen=True)
class Statement:
    """One query.

    Args:
        sql: T-SQL with `%(name)s` in place of values, and `PERCENT` for a percent sign in a name.
        parameters: the values.
    """

    sql: str
    parameters: dict[str, Value]


def quoted(name: str) -> str:
    """A name of the site in brackets, whatever it holds, with `PERCENT` for a percent sign."""
    return f"[{name.replace(']', ']]').replace('%', PERCENT)}]"


class Binds:
    """Collects the values of one statement."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}

    def value(self, name: str, value: str) -> str:
        """Keep a value; what stands for it in the statement."""
        if "\x00" not in value:
            self.values[name] = _bound(value)
            return f"%({name})s"
        # The driver cannot send it in a text.
        parts = [self.value(f"{name}_part_{number}", part) for number, part in enumerate(value.split("\x00"))]
        return f"CONCAT({', CHAR(0), '.join(parts)})"


def _bound(value: str) -> Value:
    # The driver writes str as N'...', which is nvarchar: comparing a varchar column with it converts the column and
    # loses the index. Bytes become a plain literal, which fits both kinds of column.
    return value.encode("ascii") if value.isascii() else value


def spellings(code: str, width: int | None) -> list[str]:
    """How a code can be stored in a column of that width: with 0 to n leading blanks.

    Trailing blanks need no spelling of their own: SQL Server ignores them when it compares.
    """
    if width is None or width > _MAX_SPELLINGS:
        return []
    if not code:
        return [code]
    return [" " * blanks + code for blanks in range(max(width - len(code), 0) + 1)]


def code_filter(column: str, kind: str, codes: Mapping[str, str], binds: Binds) -> list[str]:
    """Conditions that a column holds one of these codes.

    Args:
        column, kind: the column with its alias, and its type in the database.
        codes: name of the bound value -> trimmed code.
        binds: of the statement.
    """
    exact = [binds.value(name, code) for name, code in codes.items()]
    listed = spelled(column, kind, codes, binds)
    return [*([listed] if listed else []), f"{code(column)} IN ({', '.join(exact)})"]


def spelled(column: str, kind: str, codes: Mapping[str, str], binds: Binds) -> str | None:
    """`column IN (every way the codes can be stored)`; None where the width of the column is not known."""
    width = casts.width(kind)
    stored = [
        binds.value(f"{name}_stored_{number}", spelling)
        for name, code in codes.items()
        for number, spelling in enumerate(spellings(code, width))
    ]
    return f"{column} IN ({', '.join(stored)})" if stored else None
