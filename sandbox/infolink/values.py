"""A translated expression and what is known about it: SQL, type, collation. Comparison keys are made here.

SQL Server's default collation compares text without case and without trailing blanks; a binary collation compares
bytes, still without trailing blanks (comparisons pad the shorter side). PostgreSQL does neither, and its embedded build
has no ICU, so texts are compared by a key: lower(rtrim(x)) or rtrim(x) COLLATE "C".
"""

from dataclasses import dataclass, replace

from sandbox.infolink.catalog import quote_text
from sandbox.infolink.errors import TdsError
from sandbox.infolink.sqltypes import NULL, SqlType

DEFAULT_COLLATION = "Latin1_General_100_CI_AS_SC_UTF8"
BINARY_COLLATIONS = ("latin1_general_bin2", "latin1_general_100_bin2")
DEFAULT_COLLATIONS = ("database_default", "sql_latin1_general_cp1_ci_as", DEFAULT_COLLATION.lower())

# How firmly an expression holds its collation (T-SQL reference, "Collation precedence").
COERCIBLE, IMPLICIT, EXPLICIT = 0, 1, 2


@dataclass(frozen=True)
class Value:
    """A translated scalar expression.

    Args:
        sql: PostgreSQL text, safe to put into any place where an operand stands.
        type: its SQL Server type.
        binary: whether it is compared under a binary collation.
        firmness: COERCIBLE (literals), IMPLICIT (columns) or EXPLICIT (COLLATE).
        trimmed: whether it surely has no trailing blanks.
        literal: the text of a string literal.
        simple: whether it is a plain column, whose stored scale needs no cast.
        never_null: whether it surely is not NULL.
        whole: for a decimal cast from a whole number, that number's SQL: PostgreSQL sums it exactly, and faster.
    """

    sql: str
    type: SqlType
    binary: bool = False
    firmness: int = COERCIBLE
    trimmed: bool = False
    literal: str | None = None
    simple: bool = False
    never_null: bool = False
    whole: str = ""

    def typed(self, sql: str, kind: SqlType) -> "Value":
        """The result of a function of this value: same collation, another text and type."""
        if kind.is_text:
            kind = replace(kind, declared="", collation=self.type.collation)
        return replace(self, sql=sql, type=kind, trimmed=False, literal=None, simple=False, never_null=False, whole="")


def null_value() -> Value:
    """An untyped NULL."""
    return Value("NULL", NULL)


def settle(values: list[Value], purpose: str) -> tuple[bool, int]:
    """The collation that an operation on these values has: (binary, firmness).

    Raises:
        TdsError: 468, when two equally firm collations differ.
    """
    texts = [v for v in values if v.type.is_text]
    if not texts:
        return False, COERCIBLE
    firmness = max(v.firmness for v in texts)
    modes = {(v.binary, v.type.collation) for v in texts if v.firmness == firmness}
    if len(modes) > 1:
        one, other, *_ = sorted(
            name or ("Latin1_General_BIN2" if binary else DEFAULT_COLLATION) for binary, name in modes
        )
        raise TdsError(
            468, f'Cannot resolve the collation conflict between "{one}" and "{other}" in the {purpose} operation.'
        )
    return next(iter(modes))[0], firmness


def collation_of(values: list[Value]) -> str:
    """The name of the collation that `settle` finds; empty for the database's and for the binary one."""
    texts = [v for v in values if v.type.is_text]
    firmness = max((v.firmness for v in texts), default=COERCIBLE)
    return next((v.type.collation for v in texts if v.firmness == firmness), "")


def key(value: Value, *, binary: bool | None = None) -> str:
    """The PostgreSQL expression that is equal for two values exactly where SQL Server finds them equal.

    Args:
        value: the value to compare.
        binary: the collation settled with the other side; by default the value's own.
    """
    if not value.type.is_text:
        return value.sql
    as_bytes = value.binary if binary is None else binary
    if value.literal is not None:
        text = value.literal.rstrip(" ")
        return f"{quote_text(text if as_bytes else text.lower())}"
    stripped = value.sql if value.trimmed else f"rtrim({value.sql}, ' ')"
    return f'({stripped} COLLATE "C")' if as_bytes else f'lower({stripped} COLLATE "pg_c_utf8")'


def sort_key(value: Value) -> str:
    """The expression to sort by: the comparison key in byte order."""
    made = key(value)
    return f'({made} COLLATE "C")' if value.type.is_text else made


def representative(value: Value) -> str:
    """One value out of a group of values that compare equal: SQL Server shows any, this shows the least."""
    if not value.type.is_text:
        return value.sql
    if value.binary and value.trimmed:
        return key(value)  # texts that are equal under this key are the same text
    return f'min({value.sql} COLLATE "C")'


def least_or_greatest(function: str, value: Value) -> str:
    """MIN or MAX of text: by comparison key, but giving the stored text, in constant memory."""
    if value.binary:
        return f'{function}({value.sql} COLLATE "C")'
    return f"split_part({function}(({key(value)} || E'\\x01' || {value.sql}) COLLATE \"C\"), E'\\x01', 2)"
