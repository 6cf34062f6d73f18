"""How a column of SQL Server becomes text at the source, so that no value ever passes through a float.

The text of a number is what the database holds, digit by digit; rounding or rejecting it is the warehouse's decision.
"""

from __future__ import annotations

import re
from typing import Literal

Family = Literal["text", "number", "date", "other"]

_NUMBERS = {"decimal", "numeric", "money", "smallmoney", "int", "bigint", "smallint", "tinyint", "bit", "float", "real"}
_DATES = {"date", "datetime", "datetime2", "smalldatetime", "datetimeoffset"}
_TEXTS = {"varchar", "nvarchar", "char", "nchar", "text", "ntext", "sysname"}
#: Of which no text can be made that a person has entered; SQL Server refuses most of it.
_BYTES = {"binary", "varbinary", "image", "timestamp", "rowversion", "geography", "geometry", "hierarchyid"}
_WIDTH = re.compile(r"\((\d+)\)")

#: nvarchar(n) holds at most 4,000 characters; above that it is nvarchar(max).
MAX_CHARACTERS = 4000
#: Room for the text of any number or date.
NUMBER_WIDTH = 40
UNIQUEIDENTIFIER_WIDTH = 36


#: Wider than any column of codes: no spellings are listed of what was a number.
_CODE_WIDTH = 41


def family(type_text: str) -> Family:
    """Whether a type of SQL Server holds text, numbers or dates.

    Args:
        type_text: such as `varchar(10)` or `decimal(14,2)`.
    """
    name = _name(type_text)
    if name in _TEXTS:
        return "text"
    if name in _NUMBERS:
        return "number"
    return "date" if name in _DATES else "other"


def is_bytes(type_text: str) -> bool:
    """Whether a type holds neither text nor numbers nor dates: nothing of it can be staged."""
    return _name(type_text) in _BYTES


def is_inexact(type_text: str) -> bool:
    """Whether numbers of this type are binary fractions, which hold no exact cents."""
    return _name(type_text) in {"float", "real"}


def is_longer_than_cents(type_text: str) -> bool:
    """Whether numbers of this type have more decimals than cents without anybody having asked for them."""
    return _name(type_text) in {"money", "smallmoney"}


def width(type_text: str) -> int | None:
    """How many characters a column holds as text; None where that is unlimited, or it holds numbers or dates."""
    if _name(type_text) == "uniqueidentifier":
        return UNIQUEIDENTIFIER_WIDTH
    found = _WIDTH.search(type_text)
    if family(type_text) != "text" or not found or int(found.group(1)) > MAX_CHARACTERS:
        return None
    return int(found.group(1))


def as_text(column: str, type_text: str, *, ymd: bool = False, cents: bool = False) -> str:
    """T-SQL that gives a column as text, untrimmed and, but for `cents`, unrounded.

    Args:
        column: `t.Tran_Amount`.
        type_text: its type in the database.
        ymd: write a date as YYYYMMDD instead of YYYY-MM-DD (a column that should hold such a text, but is a date).
        cents: an amount: round it where its type is inexact or longer by itself; a decimal is left as it is.

    Returns:
        Text columns as nvarchar: unicode and any code page arrive unharmed. Dates without their time of day. `money`
        by way of a decimal, since a plain cast would cut its third and fourth decimal. `float` too: up to nine billion
        that is what was once entered.
    """
    kind = family(type_text)
    if kind == "date":
        return f"CONVERT(varchar(10), {column}, {112 if ymd else 23})"
    if kind == "number":
        return f"CAST({as_number(column, type_text, cents=cents)} AS varchar({NUMBER_WIDTH}))"
    return f"CAST({column} AS nvarchar({width(type_text) or 'max'}))"


def as_part(column: str, type_text: str, *, ymd: bool = False, cents: bool = False) -> str:
    """T-SQL that gives a column as part of a CONCAT, which makes a text unicode by itself and NULL blank."""
    # A text of limited width: CONCAT refuses the old types text and ntext.
    return column if width(type_text) else as_text(column, type_text, ymd=ymd, cents=cents)


def as_number(column: str, type_text: str, *, cents: bool = False) -> str:
    """T-SQL that gives a column as an exact number, to be added up.

    Text that is not a number counts as NULL: such a row is rejected by the warehouse, which adds up what it can read.

    Args:
        column, type_text: as for `as_text`.
        cents: round an inexact or longer type to cents, so that what is added up is what is staged.
    """
    if cents and (is_inexact(type_text) or is_longer_than_cents(type_text)):
        # By way of six decimals: a float is seldom the number that was entered, and rounding 1.005 would go wrong.
        return f"CAST(ROUND(CAST({column} AS decimal(28, 6)), 2) AS decimal(28, 2))"
    if is_inexact(type_text):
        return f"CAST({column} AS decimal(28, 6))"
    if _name(type_text) in {"money", "smallmoney"}:
        return f"CAST({column} AS decimal(19, 4))"
    if _name(type_text) == "bit":
        return f"CAST({column} AS int)"
    if family(type_text) == "number":
        return column
    if family(type_text) == "text":
        return f"TRY_CAST({column} AS decimal(28, 6))"
    return "CAST(NULL AS decimal(28, 6))"


def as_hashed(column: str, type_text: str, *, ymd: bool = False, cents: bool = False) -> str:
    """T-SQL that writes a column for hashing: NULL, blank and every text are different, wherever they stand.

    A text is preceded by its length, so that no text can imitate the end of a column; a dash is NULL. It is hashed in
    its own code page: a hash is only ever compared with another of the same column.
    """
    if family(type_text) in {"number", "date"}:
        return f"COALESCE({as_text(column, type_text, ymd=ymd, cents=cents)}, '-')"
    return f"CASE WHEN {column} IS NULL THEN '-' ELSE CONCAT(DATALENGTH({column}), ':', {column}) END"


def made_text(column: str, type_text: str, *, code: bool) -> tuple[str, str] | None:
    """T-SQL that makes a text of a column which no function of texts takes as it is, and the type of that text.

    Args:
        column, type_text: as for `as_text`.
        code: whether it holds codes: a number that is stored inexactly, or as money, is written as a person would,
            1001 or 19.5.

    Returns:
        None where nothing needs to be made of it.
    """
    name = _name(type_text)
    if name in {"text", "ntext"}:  # not trimmed, joined or compared by SQL Server
        kind = f"{'n' if name == 'ntext' else ''}varchar(max)"
        return f"CAST({column} AS {kind})", kind
    if name in {"xml", "sql_variant"}:  # nor made a text of unless it is asked to
        kind = f"nvarchar({'max' if name == 'xml' else MAX_CHARACTERS})"
        return f"CAST({column} AS {kind})", kind
    if code and name == "uniqueidentifier":
        kind = f"varchar({UNIQUEIDENTIFIER_WIDTH})"
        return f"CAST({column} AS {kind})", kind
    if code and (is_inexact(type_text) or is_longer_than_cents(type_text)):
        digits = f"REPLACE(CAST(CAST({column} AS decimal(28, 6)) AS varchar({NUMBER_WIDTH})), '0', ' ')"
        number = f"REPLACE(REPLACE(RTRIM({digits}), ' ', '0'), '.', ' ')"
        return f"REPLACE(RTRIM({number}), ' ', '.')", f"varchar({_CODE_WIDTH})"
    return None


def _name(type_text: str) -> str:
    return type_text.split("(")[0].strip().lower()
