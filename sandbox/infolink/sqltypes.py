"""SQL Server's data types as the Info-Link sandbox handles them: how they combine, and how they stand in PostgreSQL."""

import re
from dataclasses import dataclass, replace

TEXT = ("varchar", "nvarchar")
INTEGERS = ("bit", "tinyint", "smallint", "int", "bigint")
DATES = ("date", "datetime", "datetime2")
_RANK = ("null", "varbinary", "varchar", "nvarchar", "uniqueidentifier", *INTEGERS, "decimal", "float", *DATES)
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
        declared: the type that a column was declared with, where it behaves as `kind` in expressions and is another one
            to a client: char as a varchar, money as a decimal.
        collation: of a text column that was declared with one; empty for the database's.
    """

    kind: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    declared: str = ""
    collation: str = ""

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
            "uniqueidentifier": "uuid",
        }[self.kind]

    def as_decimal(self) -> "SqlType":
        """The decimal that holds every value of this integer or decimal."""
        return replace(self, declared="") if self.kind == "decimal" else decimal(_DIGITS[self.kind], 0)


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
        collations = {t.collation for t in known if t.collation}
        collation = collations.pop() if len(collations) == 1 else ""
        return SqlType(best.kind, MAX if MAX in lengths else max(lengths), collation=collation)
    if best.kind == "decimal":
        parts = [t.as_decimal() for t in known if t.is_integer or t.kind == "decimal"]
        scale = max(t.scale for t in parts)
        return decimal(max(t.precision - t.scale for t in parts) + scale, scale)
    return replace(best, declared="")


#: Type names that a site may have declared a column with -> what it behaves as in expressions.
DECLARED = {
    **{name: name for name in (*TEXT, *INTEGERS, *DATES, "decimal", "float", "uniqueidentifier")},
    "char": "varchar",
    "nchar": "nvarchar",
    "numeric": "decimal",
    "money": "decimal",
    "smallmoney": "decimal",
    "real": "float",
    "smalldatetime": "datetime",
    "datetimeoffset": "datetime2",
    "text": "varchar",
    "ntext": "nvarchar",
}
#: Types from before varchar(max): few functions take them, and no comparison does.
OLD_TEXTS = ("text", "ntext")
#: The collations that a column may have, other than the database's -> whether texts are compared byte by byte.
COLLATIONS = {
    "SQL_Latin1_General_CP1_CI_AS": False,
    "Latin1_General_CI_AS": False,
    "Latin1_General_CS_AS": True,
    "Latin1_General_BIN2": True,
}
_WRITTEN = re.compile(r"([a-z0-9]+)(?:\((max|\d+)(?:, ?(\d+))?\))?(?: collate (\w+))?", re.IGNORECASE)


def parse(text: str) -> SqlType:
    """A type as people write it: `money`, `char(10)`, `decimal(19,4)`, `varchar(30) COLLATE Latin1_General_CS_AS`.

    Raises:
        ValueError: it is not one of SQL Server's types that are emulated here, or lacks its length.
    """
    found = _WRITTEN.fullmatch(text.strip())
    name = found[1].lower() if found else ""
    if not found or name not in DECLARED:
        raise ValueError(f"type {text!r} is none of {', '.join(DECLARED)}, with a length or digits where it has them")
    kind, first, second = DECLARED[name], found[2], int(found[3] or 0)
    declared = name if name != kind else ""
    if kind in TEXT:
        if name in OLD_TEXTS:
            first = first or "max"
        if first is None:
            raise ValueError(f"type {text!r} has no length")
        known = {collation.lower(): collation for collation in COLLATIONS}
        if found[4] and found[4].lower() not in known:
            raise ValueError(f"collation {found[4]!r} is none of {', '.join(COLLATIONS)}")
        length = MAX if first.lower() == "max" else int(first)
        return SqlType(kind, length, declared=declared, collation=known.get((found[4] or "").lower(), ""))
    if name in ("money", "smallmoney"):
        return SqlType(kind, precision=19 if name == "money" else 10, scale=4, declared=declared)
    if kind == "decimal":
        return SqlType(kind, precision=int(first or 18), scale=second, declared=declared)
    if kind == "datetime2":
        return SqlType(kind, precision=7 if first is None else int(first), declared=declared)
    return SqlType(kind, declared=declared)


def written(kind: SqlType) -> str:
    """A type as `parse` reads it."""
    name = kind.declared or kind.kind
    if name in OLD_TEXTS:
        return name + (f" COLLATE {kind.collation}" if kind.collation else "")
    if kind.is_text:
        length = "max" if kind.length == MAX else str(kind.length)
        return f"{name}({length})" + (f" COLLATE {kind.collation}" if kind.collation else "")
    if name in ("decimal", "numeric"):
        return f"{name}({kind.precision},{kind.scale})"
    return f"{name}({kind.precision})" if kind.kind == "datetime2" else name


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
