# ruff: noqa: S608 - writing SQL is what this module is for; names and literals are quoted, nothing else gets in
"""Result rows as TDS bytes, made by PostgreSQL itself.

Used by the Info-Link sandbox's sessions. A translated query is wrapped in one that concatenates each row's ROW token
from PostgreSQL's own binary send functions, so that Python handles one value a row instead of one a column: measured
on 19 columns this moves the whole encoding into the database's process, and Python only joins and sends.
"""

import struct

from sandbox.infolink.catalog import quote_name
from sandbox.infolink.protocol import COLLATION_UTF8
from sandbox.infolink.sqltypes import LARGEST_NVARCHAR, LARGEST_VARCHAR, MAX, SqlType

_INTEGER_BYTES = {"bit": 1, "tinyint": 1, "smallint": 2, "int": 4, "null": 4, "bigint": 8}
_MAX_LENGTH = b"\xff\xff"
# A UTF-8 character of the Basic Multilingual Plane has up to three bytes, and varchar(n) holds n characters in
# PostgreSQL.
_BYTES_A_CHARACTER = 3


def _decimal_bytes(precision: int) -> int:
    """Length of a decimal's value on the wire: a sign byte and 4, 8, 12 or 16 bytes ([MS-TDS] 2.2.5.5.1.6)."""
    return 5 if precision <= 9 else 9 if precision <= 19 else 13 if precision <= 28 else 17


def _is_max(kind: SqlType) -> bool:
    if kind.kind == "varchar":
        return kind.length == MAX or kind.length * _BYTES_A_CHARACTER > LARGEST_VARCHAR
    if kind.kind == "nvarchar":
        return kind.length == MAX or kind.length > LARGEST_NVARCHAR
    return kind.kind == "varbinary" and (kind.length == MAX or kind.length > LARGEST_VARCHAR)


def type_info(kind: SqlType) -> bytes:
    """The TYPE_INFO of a result column in COLMETADATA.

    Args:
        kind: the column's type as the translation inferred it.
    """
    if kind.kind in ("varchar", "nvarchar", "varbinary"):
        code = {"varchar": b"\xa7", "nvarchar": b"\xe7", "varbinary": b"\xa5"}[kind.kind]
        factor = {"varchar": _BYTES_A_CHARACTER, "nvarchar": 2, "varbinary": 1}[kind.kind]
        size = _MAX_LENGTH if _is_max(kind) else struct.pack("<H", max(1, kind.length * factor))
        return code + size + (COLLATION_UTF8 if kind.is_text else b"")
    if kind.kind == "bit":
        return b"\x68\x01"
    if kind.kind in _INTEGER_BYTES:
        return bytes([0x26, _INTEGER_BYTES[kind.kind]])
    if kind.kind == "decimal":
        return bytes([0x6A, _decimal_bytes(kind.precision), kind.precision, kind.scale])
    if kind.kind == "float":
        return b"\x6d\x08"
    if kind.kind == "date":
        return b"\x28"
    if kind.kind == "datetime2":
        return b"\x2a\x06"
    return b"\x6f\x08"


def _text_bytes(kind: SqlType, value: str) -> str:
    return f"tsql.utf16({value})" if kind.kind == "nvarchar" else f"textsend({value})"


def _piece(kind: SqlType, column: str) -> str:
    """PostgreSQL's expression for one value with its length before it; never NULL."""
    value = f"{column}::{kind.postgres}"
    if kind.kind in ("varchar", "nvarchar", "varbinary"):
        raw = value if kind.kind == "varbinary" else _text_bytes(kind, value)
        if _is_max(kind):
            return f"COALESCE(tsql.plp({raw}), '\\xffffffffffffffff'::bytea)"
        size = f"octet_length({value})" if kind.kind != "nvarchar" else f"octet_length({raw})"
        return f"COALESCE(reverse(int2send(({size})::int2)) || {raw}, '\\xffff'::bytea)"
    return f"COALESCE({_fixed(kind, value)}, '\\x00'::bytea)"


def _fixed(kind: SqlType, value: str) -> str:
    if kind.kind in ("bit", "tinyint"):
        return f"'\\x01'::bytea || substring(int2send({value}) FROM 2)"
    if kind.kind in _INTEGER_BYTES:
        size = _INTEGER_BYTES[kind.kind]
        return f"'\\x{size:02x}'::bytea || reverse(int{size}send({value}))"
    if kind.kind == "decimal":
        size = _decimal_bytes(kind.precision)
        if kind.precision <= 18:
            scaled = f"(({value}) * {10**kind.scale})::bigint"
            magnitude = f"reverse(int8send(abs({scaled})))"
            if size == 5:
                magnitude = f"reverse(int4send(abs({scaled})::int))"
            sign = f"CASE WHEN ({value}) < 0 THEN '\\x{size:02x}00'::bytea ELSE '\\x{size:02x}01'::bytea END"
            return f"{sign} || {magnitude}"
        return f"tsql.wire_decimal({value}, {kind.scale}, {size})"
    if kind.kind == "float":
        return f"'\\x08'::bytea || reverse(float8send({value}))"
    if kind.kind == "date":
        return f"'\\x03'::bytea || substring(reverse(int4send({value} - DATE '0001-01-01')) FROM 1 FOR 3)"
    if kind.kind == "datetime2":
        return f"tsql.wire_datetime2({value})"
    return f"tsql.wire_datetime({value})"


def _balanced(pieces: list[str]) -> str:
    """The pieces concatenated as a balanced tree: a chain would copy the growing row once per column."""
    if len(pieces) == 1:
        return pieces[0]
    half = len(pieces) // 2
    return f"({_balanced(pieces[:half])} || {_balanced(pieces[half:])})"


def encoding_query(sql: str, kinds: list[SqlType]) -> str:
    """Wrap a translated query so that it returns one bytea a row: the complete ROW token ([MS-TDS] 2.2.7.19).

    Args:
        sql: the translated query.
        kinds: the types of its columns, in order.
    """
    names = [f"c{number}" for number in range(len(kinds))]
    pieces = ["'\\xd1'::bytea"] + [_piece(kind, f"q.{name}") for kind, name in zip(kinds, names, strict=True)]
    listed = ", ".join(quote_name(name) for name in names)
    return f"SELECT {_balanced(pieces)} FROM ({sql}) AS q({listed})"
