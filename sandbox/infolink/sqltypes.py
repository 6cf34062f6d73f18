"""SQL Server's data types as the Info-Link sandbox handles them: how they combine, and how they stand in PostgreSQL.

Used by the translation (to type every expression) and by the row encoding (to describe result columns).
"""

from dataclasses import dataclass

TEXT = ("varchar", "nvarchar")
INTEGERS = ("bit", "tinyint", "smallint", "int", "bigint")
DATES = ("date", "datetime", "datetime2")
_RANK = ("null", "varbinary", "varchar", "nvarchar", *INTEGERS, "decimal", "float", *DATES)
_DIGITS = {"bit": 1, "tinyint": 3, "smallint": 5, "int": 10, "bigint": 19}
MAX = -1
LARGEST_VARCHAR = 8000
# CHAR(0): SQL Server holds it in any text, PostgreSQL in none, so that a stored text holds this symbol for it.
NUL = "\N{SYMBOL FOR NULL}"
LARGEST_NVARCHAR = 4000


@dataclass(frozen=True)
class SqlType:
    """One data type.

    Args:
        kind: SQL Server's name of it; "null" for an untyped NULL; binary is held as varbinary.
        length: of text in characters and of binary in bytes; -1 is `max`.
        precision: decimal digits of a decimal; fraction digits of a datetime2.
        scale: digits after a decimal's point.
    """

    kind: str
    length: int = 0
    precision: int = 0
    scale: int = 0

    @property
    def is_text(self) -> bool:
        """Whether it is varchar or nvarchar."""
        return self.kind in TEXT

    @property
    def is_integer(self) -> bool:
        """Whether it is bit to bigint."""
        return self.kind in INTEGERS

    @property
    def is_number(self) -> bool:
        """Whether it is an integer, a decimal or a float."""
        return self.kind in INTEGERS or self.kind in ("decimal", "float")

    @property
    def is_date(self) -> bool:
        """Whether it is date, datetime or datetime2."""
        return self.kind in DATES

    @property
    def postgres(self) -> str:
        """The PostgreSQL type its values have in translated SQL."""
        if self.kind == "decimal":
            return f"numeric({self.precision},{self.scale})"
        if self.kind == "datetime2":
            return f"timestamp({min(self.precision, 6)})"
        return {
            "varchar": "text",
            "nvarchar": "text",
            "varbinary": "bytea",
            "bit": "smallint",
            "tinyint": "smallint",
            "smallint": "smallint",
            "int": "integer",
            "null": "integer",
            "bigint": "bigint",
            "float": "double precision",
            "date": "date",
            "datetime": "timestamp(3)",
        }[self.kind]

    def as_decimal(self) -> "SqlType":
        """The decimal that holds every value of this integer or decimal."""
        return self if self.kind == "decimal" else decimal(_DIGITS[self.kind], 0)


NULL = SqlType("null")
INT = SqlType("int")
BIGINT = SqlType("bigint")
BIT = SqlType("bit")
FLOAT = SqlType("float")
DATETIME = SqlType("datetime")


def varchar(length: int) -> SqlType:
    """varchar(length), varchar(max) when longer than 8000."""
    return SqlType("varchar", length if 0 < length <= LARGEST_VARCHAR else MAX)


def nvarchar(length: int) -> SqlType:
    """nvarchar(length), nvarchar(max) when longer than 4000."""
    return SqlType("nvarchar", length if 0 < length <= LARGEST_NVARCHAR else MAX)


def text_like(kind: str, length: int) -> SqlType:
    """A varchar or nvarchar; over-long results of functions are held at the longest that is not max."""
    longest = LARGEST_VARCHAR if kind == "varchar" else LARGEST_NVARCHAR
    return SqlType(kind, length if length == MAX else max(1, min(length, longest)))


def decimal(precision: int, scale: int) -> SqlType:
    """decimal(precision, scale) with SQL Server's rule for results above 38 digits: the scale gives way, down to 6."""
    if precision > 38:
        whole = precision - scale
        scale = min(scale, 38 - whole) if whole < 32 else min(scale, 6)
        precision = 38
    return SqlType("decimal", precision=precision, scale=max(scale, 0))


def common(types: list[SqlType]) -> SqlType:
    """The type that CASE, COALESCE, UNION ALL and VALUES give to mixed operands (data type precedence)."""
    known = [t for t in types if t.kind != "null"]
    if not known:
        return NULL
    best = max(known, key=lambda t: _RANK.index(t.kind))
    if best.is_text or best.kind == "varbinary":
        lengths = [t.length if t.is_text or t.kind == "varbinary" else 40 for t in known]
        return SqlType(best.kind, MAX if MAX in lengths else max(lengths))
    if best.kind == "decimal":
        parts = [t.as_decimal() for t in known if t.is_integer or t.kind == "decimal"]
        scale = max(t.scale for t in parts)
        return decimal(max(t.precision - t.scale for t in parts) + scale, scale)
    return best


def arithmetic(operator: str, left: SqlType, right: SqlType) -> SqlType:
    """The result type of + - * / % on two numbers ("Precision, scale, and length" of the T-SQL reference)."""
    if "float" in (left.kind, right.kind):
        return FLOAT
    if left.is_integer and right.is_integer:
        best = common([left, right])
        return INT if best.kind == "bit" else best
    a, b = left.as_decimal(), right.as_decimal()
    if operator == "*":
        return decimal(a.precision + b.precision + 1, a.scale + b.scale)
    if operator == "/":
        scale = max(6, a.scale + b.precision + 1)
        return decimal(a.precision - a.scale + b.scale + scale, scale)
    scale = max(a.scale, b.scale)
    if operator == "%":
        return decimal(min(a.precision - a.scale, b.precision - b.scale) + scale, scale)
    return decimal(max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale)
