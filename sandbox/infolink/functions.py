"""The allow-list of T-SQL functions and aggregates, each with its PostgreSQL counterpart.

A function not named here is refused.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from sandbox.infolink import aggregates, conversions, sqltypes
from sandbox.infolink.errors import TdsError, unsupported
from sandbox.infolink.sqltypes import MAX, NUL, SqlType, text_like
from sandbox.infolink.values import Value, collation_of, settle

if TYPE_CHECKING:
    from sandbox.infolink.expressions import Expressions


def translate(node: exp.Expression, to: "Expressions") -> Value | None:
    """The function's translation, or None when it is not on the list.

    Raises:
        TdsError: a wrong argument, or a form of the function that is not emulated.
    """
    if isinstance(node, exp.Anonymous):
        by_name = _BY_NAME.get(node.name.upper())
        return by_name(node, to) if by_name else None
    handler = _FUNCTIONS.get(type(node))
    return handler(node, to) if handler else None


def _text(value: Value, number_length: int = 40) -> Value:
    """The value as text, as SQL Server converts a function's argument.

    Raises:
        TdsError: 8116, for a type that these functions do not take.
    """
    if value.type.declared in sqltypes.OLD_TEXTS:
        raise TdsError(8116, f"Argument data type {value.type.declared} is invalid for the function.")
    if value.type.is_text:
        return value
    return conversions.convert(value, sqltypes.varchar(number_length))


def _argument(node: exp.Expression | None, to: "Expressions") -> Value:
    # sqlglot puts a CAST to TEXT around arguments of LEFT, RIGHT and LEN that is not in the statement.
    if isinstance(node, exp.Cast) and node.to.this == exp.DType.TEXT:
        node = node.this
    if node is None:
        raise TdsError(174, "The function requires more arguments.", severity=15)
    return to.value(node)


def _whole(node: exp.Expression | None, to: "Expressions") -> str:
    value = _argument(node, to)
    if not value.type.is_integer:
        value = conversions.convert(value, sqltypes.INT)
    return value.sql


def _cast(node: exp.Cast, to: "Expressions") -> Value:
    if node.args.get("format") or node.args.get("action"):
        raise unsupported("CAST with FORMAT")
    fixed = node.to.this == exp.DType.BINARY
    return conversions.convert(
        to.value(node.this), conversions.target_type(node.to), safe=isinstance(node, exp.TryCast), fixed=fixed
    )


def _convert(node: exp.Convert, to: "Expressions") -> Value:
    style = node.args.get("style")
    if style is not None and not (isinstance(style, exp.Literal) and not style.is_string and style.name.isdigit()):
        raise unsupported("CONVERT with a style that is not a whole number")
    target = node.this
    return conversions.convert(
        to.value(node.expression),
        conversions.target_type(target),
        style=int(style.name) if style is not None else None,
        safe=bool(node.args.get("safe")),
        fixed=target.this == exp.DType.BINARY,
    )


def _hashbytes(algorithm: str, postgres: str, size: int) -> Callable[[exp.Expression, "Expressions"], Value]:
    def made(node: exp.Expression, to: "Expressions") -> Value:
        if algorithm == "SHA2" and (node.args.get("length") is None or node.args["length"].name != "256"):
            raise unsupported("HASHBYTES with other than SHA2_256, SHA1 and MD5")
        value = to.value(node.this)
        if value.type.kind == "varchar":
            raw = f"convert_to({value.sql}, 'UTF8')"
        elif value.type.kind == "nvarchar":
            raw = f"tsql.utf16({value.sql})"
        elif value.type.kind == "varbinary":
            raw = value.sql
        else:
            raise TdsError(
                8116, f"Argument data type {value.type.kind} is invalid for argument 2 of hashbytes function."
            )
        return Value(postgres.format(raw), SqlType("varbinary", size))

    return made


def _concat(node: exp.Concat, to: "Expressions") -> Value:
    values = [_text(to.value(e)) for e in node.expressions]
    if len(values) < 2:
        raise TdsError(189, "The concat function requires 2 to 254 arguments.", severity=15)
    # NULL counts as empty. || is twice as fast as PostgreSQL's concat(), which looks up an output function per
    # argument.
    parts = [v.sql if v.never_null else f"COALESCE({v.sql}, '')" for v in values]
    return replace(_concatenated(values, f"({' || '.join(parts)})"), never_null=True)


def _concat_ws(node: exp.ConcatWs, to: "Expressions") -> Value:
    values = [_text(to.value(e)) for e in node.expressions]
    return _concatenated(values, f"concat_ws({', '.join(v.sql for v in values)})", extra=len(values))


def _concatenated(values: list[Value], sql: str, extra: int = 1) -> Value:
    kind = "nvarchar" if any(v.type.kind == "nvarchar" for v in values) else "varchar"
    lengths = [v.type.length for v in values]
    length = MAX if MAX in lengths else sum(lengths) * extra
    binary, firmness = settle(values, "concat")
    joined = replace(text_like(kind, length), collation=collation_of(values))
    return Value(sql, joined, binary, firmness)


def _coalesce(node: exp.Coalesce, to: "Expressions") -> Value:
    values = [to.value(node.this), *(to.value(e) for e in node.expressions)]
    if node.args.get("is_null") and values[0].type.kind != "null":
        # ISNULL takes the type of its first argument.
        first = values[0]
        ready = [first, *(v if v.type == first.type else conversions.convert(v, first.type) for v in values[1:])]
        kind = first.type
    else:
        ready, kind = conversions.aligned(values)
    binary, firmness = settle(ready, "COALESCE")
    trimmed = all(v.trimmed or v.type.kind == "null" for v in ready)
    simple = all(v.type == kind for v in ready) and all(v.simple for v in ready)
    return Value(
        f"COALESCE({', '.join(v.sql for v in ready)})",
        kind,
        binary,
        firmness,
        trimmed,
        simple=simple,
        never_null=any(v.never_null for v in ready),
    )


def _nullif(node: exp.Nullif, to: "Expressions") -> Value:
    first, second = to.value(node.this), to.value(node.expression)
    left, right = to.compared([first, second], "equal to")
    return Value(
        f"CASE WHEN {left} = {right} THEN NULL ELSE {first.sql} END",
        first.type,
        first.binary,
        first.firmness,
        first.trimmed,
    )


def _trim(node: exp.Trim, to: "Expressions") -> Value:
    value = _text(_argument(node.this, to))
    position = str(node.args.get("position") or "").upper()
    function = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(position, "btrim")
    characters = node.args.get("expression")
    cut = _text(to.value(characters)).sql if characters is not None else "' '"
    if function == "rtrim" and value.trimmed and characters is None:
        return value.typed(value.sql, value.type)
    made = value.typed(f"{function}({value.sql}, {cut})", value.type)
    trimmed = characters is None and (function != "ltrim" or value.trimmed)
    return Value(made.sql, made.type, made.binary, made.firmness, trimmed)


def _substring(node: exp.Substring, to: "Expressions") -> Value:
    value = _argument(node.this, to)
    start, length = _whole(node.args.get("start"), to), _whole(node.args.get("length"), to)
    sql = f"substring({value.sql} FROM {start} FOR {length})"
    size = int(length) if length.isdigit() else value.type.length
    if value.type.kind == "varbinary":
        return Value(sql, SqlType("varbinary", size if value.type.length == MAX else min(size, value.type.length)))
    if not value.type.is_text:
        raise TdsError(8116, f"Argument data type {value.type.kind} is invalid for argument 1 of substring function.")
    return value.typed(
        sql, text_like(value.type.kind, size if value.type.length == MAX else min(size, value.type.length))
    )


def _side(function: str) -> Callable[[exp.Expression, "Expressions"], Value]:
    def made(node: exp.Expression, to: "Expressions") -> Value:
        value = _text(_argument(node.this, to))
        count = _whole(node.expression, to)
        # SQL Server refuses a negative count, PostgreSQL counts from the other end.
        sql = f"{function}({value.sql}, {count if count.isdigit() else f'greatest({count}, 0)'})"
        size = min(int(count), value.type.length) if count.isdigit() and value.type.length != MAX else value.type.length
        return value.typed(sql, text_like(value.type.kind, size))

    return made


def _length(node: exp.Length, to: "Expressions") -> Value:
    value = _argument(node.this, to)
    if value.type.kind == "varbinary":
        return Value(f"octet_length({value.sql})", sqltypes.INT)
    text = _text(value)
    inner = text.sql if text.trimmed else f"rtrim({text.sql}, ' ')"
    return Value(f"length({inner})", sqltypes.BIGINT if text.type.length == MAX else sqltypes.INT)


def _data_length(node: exp.Anonymous, to: "Expressions") -> Value:
    value = _argument(node.expressions[0] if node.expressions else None, to)
    if value.type.kind == "nvarchar":
        return Value(f"octet_length(tsql.utf16({value.sql}))", sqltypes.INT)
    if value.type.kind in ("varchar", "varbinary"):
        return Value(f"octet_length({value.sql})", sqltypes.INT)
    if value.type.kind == "uniqueidentifier":
        return Value(f"CASE WHEN {value.sql} IS NOT NULL THEN 16 END", sqltypes.INT)
    raise unsupported(f"DATALENGTH of {value.type.kind}")


def _cased(function: str) -> Callable[[exp.Expression, "Expressions"], Value]:
    def made(node: exp.Expression, to: "Expressions") -> Value:
        value = _text(to.value(node.this))
        return Value(
            f'{function}({value.sql} COLLATE "pg_c_utf8")', value.type, value.binary, value.firmness, value.trimmed
        )

    return made


def _repeat(node: exp.Repeat, to: "Expressions") -> Value:
    value, count = _text(to.value(node.this)), _whole(node.args["times"], to)
    size = value.type.length * int(count) if count.isdigit() and value.type.length != MAX else 8000
    return value.typed(f"repeat({value.sql}, {count})", text_like(value.type.kind, size))


def _space(node: exp.Space, to: "Expressions") -> Value:
    count = _whole(node.this, to)
    return Value(f"repeat(' ', {count})", sqltypes.varchar(int(count) if count.isdigit() and int(count) else 8000))


def _replace(node: exp.Replace, to: "Expressions") -> Value:
    value, old = _text(to.value(node.this)), _text(to.value(node.expression))
    new = _text(to.value(node.args["replacement"]))
    binary, _ = settle([value, old, new], "replace")
    if not binary and old.literal is not None and old.literal.lower() != old.literal.upper():
        raise unsupported("REPLACE of letters under a case-insensitive collation: add COLLATE Latin1_General_BIN2")
    if not binary and old.literal is None:
        raise unsupported("REPLACE of a text that is not a literal")
    return value.typed(f"replace({value.sql}, {old.sql}, {new.sql})", text_like(value.type.kind, 8000))


def _char(node: exp.Chr, to: "Expressions") -> Value:
    if len(node.expressions) != 1 or not node.expressions[0].name.isdigit():
        raise unsupported("CHAR of other than one whole number")
    code = int(node.expressions[0].name)
    if not 0 <= code <= 127:
        raise unsupported(f"CHAR({code}): only 0 to 127 are the same under every code page")
    if code == 0:
        return Value(f"chr({ord(NUL)})", sqltypes.varchar(1), literal=NUL, trimmed=True, never_null=True)
    return Value(f"chr({code})", sqltypes.varchar(1), literal=chr(code), trimmed=code != 32, never_null=True)


def _char_index(node: exp.StrPosition, to: "Expressions") -> Value:
    if node.args.get("position") or node.args.get("occurrence"):
        raise unsupported("CHARINDEX with a start")
    whole, part = _text(to.value(node.this)), _text(to.value(node.args["substr"]))
    binary, _ = settle([whole, part], "charindex")
    sides = [v.sql if binary else f'lower({v.sql} COLLATE "pg_c_utf8")' for v in (whole, part)]
    return Value(f"strpos({sides[0]}, {sides[1]})", sqltypes.INT)


def _absolute(node: exp.Abs, to: "Expressions") -> Value:
    value = to.value(node.this)
    return Value(f"abs({value.sql})", value.type)


def _round(node: exp.Round, to: "Expressions") -> Value:
    value = to.value(node.this)
    if node.args.get("truncate") or value.type.kind != "decimal":
        raise unsupported("ROUND of other than a decimal, or with a third argument")
    return Value(f"round({value.sql}, {_whole(node.args.get('decimals'), to)})", value.type)


def _date_part(part: str) -> Callable[[exp.Expression, "Expressions"], Value]:
    def made(node: exp.Expression, to: "Expressions") -> Value:
        inner = node.this.this if isinstance(node.this, exp.TsOrDsToDate) else node.this
        value = to.value(inner)
        if not value.type.is_date:
            value = conversions.convert(value, sqltypes.DATETIME)
        return Value(f"extract({part} FROM {value.sql})::integer", sqltypes.INT)

    return made


def _now(node: exp.Expression, to: "Expressions") -> Value:
    return Value("(now() AT TIME ZONE 'UTC')::timestamp(3)", sqltypes.DATETIME)


def _session(name: str) -> Callable[[exp.Expression, "Expressions"], Value]:
    return lambda node, to: to.session[name]


def _server_property(node: exp.Anonymous, to: "Expressions") -> Value:
    asked = node.expressions[0].name.upper() if node.expressions else ""
    return to.session.get(f"SERVERPROPERTY:{asked}", Value("NULL", sqltypes.nvarchar(128)))


def _quote_name(node: exp.Anonymous, to: "Expressions") -> Value:
    if len(node.expressions) != 1:
        raise unsupported("QUOTENAME with other signs than brackets")
    name = _text(to.value(node.expressions[0]))
    return Value(f"('[' || replace({name.sql}, ']', ']]') || ']')", sqltypes.nvarchar(258))


def _has_permission(node: exp.Anonymous, to: "Expressions") -> Value:
    """HAS_PERMS_BY_NAME of a column: the login may read all but the one that a fault denies it."""
    said = [e.name.upper() if isinstance(e, exp.Literal) else "" for e in node.expressions]
    if len(said) != 5 or (said[1], said[2], said[4]) != ("OBJECT", "SELECT", "COLUMN"):
        raise unsupported("HAS_PERMS_BY_NAME of other than SELECT on a column of an object")
    table, column = (_text(to.value(node.expressions[place])).sql for place in (0, 3))
    return Value(f"tsql.may_read({table}, {column})", sqltypes.INT)


_FUNCTIONS: dict[type, Callable[..., Value]] = {
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Convert: _convert,
    exp.SHA2: _hashbytes("SHA2", "sha256({})", 32),
    exp.SHA: _hashbytes("SHA1", "tsql.sha1({})", 20),
    exp.MD5: _hashbytes("MD5", "decode(md5({}), 'hex')", 16),
    exp.Concat: _concat,
    exp.ConcatWs: _concat_ws,
    exp.Coalesce: _coalesce,
    exp.Nullif: _nullif,
    exp.Trim: _trim,
    exp.Substring: _substring,
    exp.Left: _side("left"),
    exp.Right: _side("right"),
    exp.Length: _length,
    exp.Upper: _cased("upper"),
    exp.Lower: _cased("lower"),
    exp.Repeat: _repeat,
    exp.Space: _space,
    exp.Replace: _replace,
    exp.Chr: _char,
    exp.StrPosition: _char_index,
    exp.Abs: _absolute,
    exp.Round: _round,
    exp.Year: _date_part("year"),
    exp.Month: _date_part("month"),
    exp.Day: _date_part("day"),
    exp.CurrentTimestamp: _now,
    exp.Count: aggregates.count,
    exp.Sum: aggregates.total,
    exp.Min: aggregates.extreme("min"),
    exp.Max: aggregates.extreme("max"),
    exp.Window: aggregates.window,
    exp.CurrentSchema: _session("SCHEMA_NAME"),
    exp.CurrentUser: _session("SUSER_SNAME"),
}
_BY_NAME: dict[str, Callable[..., Value]] = {
    "DATALENGTH": _data_length,
    "QUOTENAME": _quote_name,
    "HAS_PERMS_BY_NAME": _has_permission,
    "GETUTCDATE": _now,
    "SYSUTCDATETIME": _now,
    "DB_NAME": _session("DB_NAME"),
    "SCHEMA_NAME": _session("SCHEMA_NAME"),
    "SUSER_SNAME": _session("SUSER_SNAME"),
    "SERVERPROPERTY": _server_property,
}
