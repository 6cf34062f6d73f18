# ruff: noqa: S608 - writing SQL is what this module is for; names and literals are quoted, nothing else gets in
"""Result rows as TDS bytes, made by PostgreSQL itself.

A translated query is wrapped in one that concatenates each row's ROW token from PostgreSQL's own binary send functions,
so that Python handles one value a row instead of one a column: measured on 19 columns this moves the whole encoding
into the database's process, and Python only joins and sends.
"""

import struct
from dataclasses import dataclass

from sandbox.infolink.catalog import quote_name
from sandbox.infolink.protocol import COLLATION_UTF8
from sandbox.infolink.sqltypes import LARGEST_NVARCHAR, LARGEST_VARCHAR, MAX, NUL, SqlType

# How columns are encoded whose declared type is another one than what they behave as ([MS-TDS] 2.2.5.4).
# The old types text and ntext are sent as what took their place: a client shows both as the same text.
_TEXT_CODES = {
    **{"varchar": b"\xa7", "nvarchar": b"\xe7", "varbinary": b"\xa5", "char": b"\xaf", "nchar": b"\xef"},
    **{"text": b"\xa7", "ntext": b"\xe7"},
}
_FIXED_CODES = {
    "money": b"\x6e\x08",
    "smallmoney": b"\x6e\x04",
    "real": b"\x6d\x04",
    "smalldatetime": b"\x6f\x04",
    "uniqueidentifier": b"\x24\x10",
}
# The collations of columns that hold text of Windows' code page 1252, as the wire names them ([MS-TDS] 2.2.5.1.2).
_CODE_PAGE_1252 = {
    "SQL_Latin1_General_CP1_CI_AS": struct.pack("<IB", 0x00D00409, 52),
    "Latin1_General_CI_AS": struct.pack("<IB", 0x00D00409, 0),
    "Latin1_General_CS_AS": struct.pack("<IB", 0x00C00409, 0),
}
_INTEGER_BYTES = {"bit": 1, "tinyint": 1, "smallint": 2, "int": 4, "null": 4, "bigint": 8}
_MAX_LENGTH = b"\xff\xff"
# A UTF-8 character of the Basic Multilingual Plane has up to three bytes, and varchar(n) holds n characters in
# PostgreSQL.
_BYTES_A_CHARACTER = 3


def _decimal_bytes(precision: int) -> int:
    """Length of a decimal's value on the wire: a sign byte and 4, 8, 12 or 16 bytes ([MS-TDS] 2.2.5.5.1.6)."""
    return 5 if precision <= 9 else 9 if precision <= 19 else 13 if precision <= 28 else 17


def _character_bytes(kind: SqlType) -> int:
    return 1 if kind.collation in _CODE_PAGE_1252 else _BYTES_A_CHARACTER


def _is_max(kind: SqlType) -> bool:
    if kind.kind == "varchar":
        return kind.length == MAX or kind.length * _character_bytes(kind) > LARGEST_VARCHAR
    if kind.kind == "nvarchar":
        return kind.length == MAX or kind.length > LARGEST_NVARCHAR
    return kind.kind == "varbinary" and (kind.length == MAX or kind.length > LARGEST_VARCHAR)


def type_info(kind: SqlType) -> bytes:
    """The TYPE_INFO of a result column in COLMETADATA.

    Args:
        kind: the column's type as the translation inferred it.
    """
    name = kind.declared or kind.kind
    if name in _TEXT_CODES:
        factor = {"varchar": _character_bytes(kind), "nvarchar": 2, "varbinary": 1}[kind.kind]
        size = _MAX_LENGTH if _is_max(kind) else struct.pack("<H", max(1, kind.length * factor))
        collation = _CODE_PAGE_1252.get(kind.collation, COLLATION_UTF8)
        return _TEXT_CODES[name] + size + (collation if kind.is_text else b"")
    if name in _FIXED_CODES:
        return _FIXED_CODES[name]
    if kind.kind == "bit":
        return b"\x68\x01"
    if kind.kind in _INTEGER_BYTES:
        return bytes([0x26, _INTEGER_BYTES[kind.kind]])
    if kind.kind == "decimal":
        code = 0x6C if kind.declared == "numeric" else 0x6A
        return bytes([code, _decimal_bytes(kind.precision), kind.precision, kind.scale])
    if kind.kind == "float":
        return b"\x6d\x08"
    if kind.kind == "date":
        return b"\x28"
    if kind.kind == "datetime2":
        return bytes([0x2A, kind.precision])
    return b"\x6f\x08"


def _piece(kind: SqlType, column: str) -> str:
    """PostgreSQL's expression for one value with its length before it; never NULL."""
    value = f"{column}::{kind.postgres}"
    if kind.kind in ("varchar", "varbinary"):
        raw = value if kind.kind == "varbinary" else f"textsend({value})"
        if kind.collation in _CODE_PAGE_1252:
            value = raw = f"convert_to({value}, 'WIN1252')"
        if _is_max(kind):
            return f"COALESCE(tsql.plp({raw}), '\\xffffffffffffffff'::bytea)"
        return f"COALESCE(reverse(int2send(octet_length({value})::int2)) || {raw}, '\\xffff'::bytea)"
    return f"COALESCE({_fixed(kind, value)}, '\\x00'::bytea)"


def _fixed(kind: SqlType, value: str) -> str:
    if kind.declared in ("money", "smallmoney"):
        size = 8 if kind.declared == "money" else 4
        scaled = f"(({value}) * 10000)::bigint"
        # Ten-thousandths; of the eight bytes the upper four go first.
        low = f"reverse(substring(int8send({scaled}) FROM 5))"
        high = f"reverse(substring(int8send({scaled}) FROM 1 FOR 4)) || " if size == 8 else ""
        return f"'\\x{size:02x}'::bytea || {high}{low}"
    if kind.declared == "real":
        return f"'\\x04'::bytea || reverse(float4send(({value})::real))"
    if kind.declared == "smalldatetime":
        return f"tsql.wire_smalldatetime({value})"
    if kind.kind == "uniqueidentifier":
        return f"tsql.wire_guid({value})"
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
        return f"tsql.wire_datetime2({value}, {kind.precision})"
    return f"tsql.wire_datetime({value})"


def _balanced(pieces: list[str]) -> str:
    """The pieces concatenated as a balanced tree: a chain would copy the growing row once per column."""
    if len(pieces) == 1:
        return pieces[0]
    half = len(pieces) // 2
    return f"({_balanced(pieces[:half])} || {_balanced(pieces[half:])})"


@dataclass(frozen=True)
class EncodingQuery:
    """A query whose rows are nearly ROW tokens.

    Args:
        sql: returns for each row the pieces of its token.
        texts: for each piece, None where it is complete, or the type of the text that it holds as UTF-8.
    """

    sql: str
    texts: tuple[SqlType | None, ...]


def encoding_query(sql: str, kinds: list[SqlType], every_text: bool = False) -> EncodingQuery:
    """Wrap a translated query so that it returns each row's ROW token ([MS-TDS] 2.2.7.19) in few pieces.

    PostgreSQL has no UTF-16, and emulating it there costs more than the rest of the row: nvarchar columns come as they
    are and are encoded by `TextEncoder`.

    Args:
        sql: the translated query.
        kinds: the types of its columns, in order.
        every_text: let varchar columns come as they are too, for what `TextEncoder` does to a text.
    """
    names = [f"c{number}" for number in range(len(kinds))]
    complete = ["'\\xd1'::bytea"]
    outputs: list[str] = []
    texts: list[SqlType | None] = []
    for kind, name in zip(kinds, names, strict=True):
        if kind.kind != "nvarchar" and not (every_text and kind.kind == "varchar"):
            complete.append(_piece(kind, f"q.{name}"))
            continue
        if complete:
            outputs.append(_balanced(complete))
            texts.append(None)
            complete = []
        outputs.append(f"q.{name}::text")
        texts.append(kind)
    if complete:
        outputs.append(_balanced(complete))
        texts.append(None)
    listed = ", ".join(quote_name(name) for name in names)
    return EncodingQuery(f"SELECT {', '.join(outputs)} FROM ({sql}) AS q({listed})", tuple(texts))


class TextEncoder:
    """Encodes one text column of an answer. Codes and names repeat, so what was encoded before is kept for a while.

    Args:
        kind: the column's type, nvarchar or varchar.
        nul: send CHAR(0) in place of `NUL`.
    """

    _KEPT = 50_000  # values; enough for the codes of a large contractor, and a few megabytes

    def __init__(self, kind: SqlType, nul: bool = False) -> None:
        self._nul = nul
        self._encoding = "utf-16-le" if kind.kind == "nvarchar" else "utf-8"
        self._long = _is_max(kind)
        self._null = b"\xff" * 8 if self._long else _MAX_LENGTH
        self._known: dict[bytes | None, bytes] = {}

    def encode(self, value: bytes | None) -> bytes:
        """The value's bytes on the wire, its length before them.

        Args:
            value: UTF-8, or None for NULL.
        """
        known = self._known.get(value)
        if known is not None:
            return known
        if len(self._known) >= self._KEPT:
            self._known.clear()
        encoded = self._known[value] = self._encode(value)
        return encoded

    def _encode(self, value: bytes | None) -> bytes:
        if value is None:
            return self._null
        held = value.decode()
        text = (held.replace(NUL, "\0") if self._nul else held).encode(self._encoding)
        if not self._long:
            return struct.pack("<H", len(text)) + text
        chunk = struct.pack("<I", len(text)) + text if text else b""
        return struct.pack("<Q", len(text)) + chunk + b"\0\0\0\0"
