"""CAST, CONVERT and their TRY_ forms, and the implicit conversions between operands.

Rules are those of the T-SQL reference ("CAST and CONVERT").
"""

from dataclasses import replace

from sqlglot import exp

from sandbox.infolink import sqltypes
from sandbox.infolink.catalog import quote_text
from sandbox.infolink.errors import TdsError, unsupported
from sandbox.infolink.sqltypes import MAX, SqlType
from sandbox.infolink.values import COERCIBLE, Value

# CONVERT styles that give text of a date, as PostgreSQL patterns; T-SQL reference, "Date and time styles".
_STYLES = {
    23: "YYYY-MM-DD",
    101: "MM/DD/YYYY",
    112: "YYYYMMDD",
    120: "YYYY-MM-DD HH24:MI:SS",
    121: "YYYY-MM-DD HH24:MI:SS.MS",
    126: 'YYYY-MM-DD"T"HH24:MI:SS.MS',
}
_CAST_TEXT_LENGTH = 30  # CAST(x AS varchar) without a length
_KINDS = {
    "VARCHAR": "varchar",
    "NVARCHAR": "nvarchar",
    "INT": "int",
    "BIGINT": "bigint",
    "SMALLINT": "smallint",
    "TINYINT": "tinyint",
    "UTINYINT": "tinyint",
    "BIT": "bit",
    "BOOLEAN": "bit",
    "DECIMAL": "decimal",
    "DATE": "date",
    "DATETIME": "datetime",
    "DATETIME2": "datetime2",
    "TIMESTAMP": "datetime2",
    "DOUBLE": "float",
    "FLOAT": "float",
    "BINARY": "varbinary",
    "VARBINARY": "varbinary",
}


def target_type(node: exp.DataType) -> SqlType:
    """The SQL Server type a CAST names.

    Raises:
        TdsError: a type outside the allow-list.
    """
    name = node.this.value if isinstance(node.this, exp.DType) else str(node.this)
    kind = _KINDS.get(name)
    if kind is None:
        raise unsupported(f"the data type {name.lower()}")
    parameters = [p.this for p in node.expressions]
    sizes = [MAX if isinstance(p, exp.Var) and p.name.upper() == "MAX" else int(p.name) for p in parameters]
    if kind in ("varchar", "nvarchar", "varbinary"):
        length = sizes[0] if sizes else _CAST_TEXT_LENGTH
        longest = sqltypes.LARGEST_NVARCHAR if kind == "nvarchar" else sqltypes.LARGEST_VARCHAR
        if length != MAX and not 1 <= length <= longest:
            text = f"The size ({length}) given to the type '{kind}' exceeds the maximum allowed ({longest})."
            raise TdsError(131, text, severity=15)
        return SqlType(kind, length)
    if kind == "decimal":
        precision, scale = (sizes + [18, 0][len(sizes) :])[:2] if sizes else (18, 0)
        if not 1 <= precision <= 38 or not 0 <= scale <= precision:
            raise TdsError(192, f"The scale must be less than or equal to the precision: decimal({precision},{scale}).")
        return sqltypes.decimal(precision, scale)
    if kind == "datetime2":
        return SqlType(kind, precision=sizes[0] if sizes else 7)
    return SqlType(kind)


def convert(
    value: Value, target: SqlType, *, style: int | None = None, safe: bool = False, fixed: bool = False
) -> Value:
    """The value converted to a type.

    Args:
        value: what to convert.
        target: the type wanted.
        style: CONVERT's third argument.
        safe: TRY_CAST or TRY_CONVERT: NULL instead of an error.
        fixed: binary(n) rather than varbinary(n): padded with zero bytes to its length.

    Raises:
        TdsError: 529 for a conversion SQL Server does not allow, 50102 for one that is not emulated.
    """
    source = value.type
    if source.kind == "null":
        return Value(f"NULL::{target.postgres}", target)
    if target.is_text:
        return _to_text(value, target, style)
    if target.kind == "varbinary":
        return Value(_to_binary(value, target, fixed), target)
    if style not in (None, 0) and not (target.is_date and style in _STYLES):
        raise unsupported(f"CONVERT to {target.kind} with style {style}")
    whole = value.sql if source.is_integer and target.kind == "decimal" and target.scale == 0 and not safe else ""
    return Value(_to_scalar(value, target, safe), target, whole=whole)


def _not_allowed(source: SqlType, target: SqlType) -> TdsError:
    return TdsError(529, f"Explicit conversion from data type {source.kind} to {target.kind} is not allowed.")


def _to_text(value: Value, target: SqlType, style: int | None) -> Value:
    source = value.type
    length = target.length
    if source.is_text:
        target = replace(target, collation=source.collation)
        if value.literal is not None and (length == MAX or len(value.literal) <= length):
            cut = value.sql
            return Value(cut, target, value.binary, value.firmness, literal=value.literal, never_null=True)
        fits = source.length != MAX and (length == MAX or source.length <= length)
        cut = value.sql if fits or length == MAX else f"left({value.sql}, {length})"
        return Value(cut, target, value.binary, value.firmness, value.trimmed and cut == value.sql)
    if source.kind == "varbinary":
        if style in (1, 2):
            prefix = "'0x' || " if style == 1 else ""
            made = f"({prefix}upper(encode({value.sql}, 'hex')))"
            return Value(made if length == MAX else f"left({made}, {length})", target, trimmed=True)
        raise unsupported("a conversion of binary to text without style 1 or 2")
    if source.kind == "uniqueidentifier":
        if length != MAX and length < 36:
            raise TdsError(8170, "Insufficient result space to convert uniqueidentifier value to char.")
        return Value(f"upper(({value.sql})::text)", target, trimmed=True)
    if source.is_date:
        made = _date_text(value, style)
        return Value(made if length == MAX else f"left({made}, {length})", target, firmness=COERCIBLE)
    if style not in (None, 0):
        raise unsupported(f"CONVERT of {source.kind} to text with style {style}")
    if source.kind == "float":
        raise unsupported("a conversion of float to text (its digits depend on the server)")
    sql, widest = _number_text(value)
    if length != MAX and length < widest:
        sql = f"tsql.fit({sql}, {length})"
    return Value(sql, target, trimmed=True)


def _number_text(value: Value) -> tuple[str, int]:
    """A number's text and the most characters it can have: digits, sign, point, leading zero."""
    number = value.type.as_decimal()
    if value.type.declared in ("money", "smallmoney"):
        # Style 0: two digits to the right of the point, whatever the value holds.
        return f"round({value.sql}, 2)::text", number.precision + 1
    if value.type.is_integer or value.simple:
        return f"({value.sql})::text", number.precision + 1 + 2 * (number.scale > 0)
    return f"({value.sql})::{number.postgres}::text", number.precision + 1 + 2 * (number.scale > 0)


def _date_text(value: Value, style: int | None) -> str:
    if style is None and value.type.kind == "date":
        style = 23
    if style is None and value.type.kind == "datetime2":
        style = 121
    if style is None or style == 0:
        # Style 0, "Jan  2 2024 12:00AM": day and hour are padded with a blank.
        sql = value.sql
        return (
            f"(to_char({sql}, 'Mon ') || lpad(to_char({sql}, 'FMDD'), 2) || to_char({sql}, ' YYYY ') "
            f"|| lpad(to_char({sql}, 'FMHH12'), 2) || to_char({sql}, ':MIAM'))"
        )
    pattern = _STYLES.get(style)
    if pattern is None:
        raise unsupported(f"CONVERT of a date to text with style {style}")
    if value.type.kind == "datetime2" and style in (121, 126):
        pattern = pattern.replace(".MS", ".US")
    if style == 126:
        # The fraction is left out when it is zero.
        whole = pattern.partition(".")[0]
        return (
            f"CASE WHEN date_trunc('second', ({value.sql})::timestamp) = ({value.sql})::timestamp "
            f"THEN to_char({value.sql}, {quote_text(whole)}) ELSE to_char({value.sql}, {quote_text(pattern)}) END"
        )
    return f"to_char({value.sql}, {quote_text(pattern)})"


def _to_binary(value: Value, target: SqlType, fixed: bool) -> str:
    source, length = value.type, target.length
    if source.is_integer:
        # Big endian; the leftmost bytes go when it is too long, and binary(n) is padded on the left.
        size = {"bigint": 8, "int": 4, "smallint": 2}.get(source.kind, 1)
        raw = f"int{size}send({value.sql})" if size > 1 else f"substring(int2send({value.sql}) FROM 2)"
        if length != MAX and length < size:
            return f"substring({raw} FROM {size - length + 1})"
        return f"('\\x{'00' * (length - size)}'::bytea || {raw})" if fixed and length > size else raw
    if source.kind == "varchar":
        raw = f"convert_to({value.sql}, 'UTF8')"
    elif source.kind == "nvarchar":
        raw = f"tsql.utf16({value.sql})"
    elif source.kind == "varbinary":
        raw = value.sql
    else:
        raise unsupported(f"a conversion of {source.kind} to binary")
    if fixed:
        return f"substring({raw} || decode(repeat('00', {length}), 'hex') FROM 1 FOR {length})"
    if length == MAX or (source.kind == "varbinary" and 0 < source.length <= length):
        return raw
    return f"substring({raw} FROM 1 FOR {length})"


def _to_scalar(value: Value, target: SqlType, safe: bool) -> str:
    source, sql = value.type, value.sql
    if "uniqueidentifier" in (source.kind, target.kind) and source.kind != target.kind:
        if source.is_text:
            raise unsupported("a conversion of text to uniqueidentifier")
        raise _not_allowed(source, target)
    if source.is_text:
        return _text_to_scalar(value, target, safe)
    if source.kind == "varbinary":
        if not target.is_integer or target.kind in ("bit", "tinyint"):
            raise unsupported(f"a conversion of binary to {target.kind}")
        size = {"bigint": 8, "int": 4, "smallint": 2}[target.kind]
        # SQL Server takes the rightmost bytes; PostgreSQL 18 casts bytea big endian and signed.
        short = 0 < source.length <= size
        return (
            f"({sql})::{target.postgres}"
            if short
            else f"reverse(substring(reverse({sql}) FROM 1 FOR {size}))::{target.postgres}"
        )
    if source.is_date:
        if not target.is_date:
            raise _not_allowed(source, target)
        return f"({sql})::{target.postgres}"
    if target.is_date:
        if source.kind == "decimal" or safe or not source.is_integer:
            raise unsupported(f"a conversion of {source.kind} to {target.kind}")
        return f"(TIMESTAMP '1900-01-01' + ({sql}) * INTERVAL '1 day')"
    if target.kind == "bit":
        return f"(({sql}) <> 0)::integer::smallint"
    if target.is_integer and not source.is_integer:
        sql = f"trunc(({sql})::numeric)"  # SQL Server cuts, PostgreSQL rounds
    if safe and target.kind == "decimal":
        whole = 10 ** (target.precision - target.scale)
        return f"CASE WHEN abs(round(({sql})::numeric, {target.scale})) < {whole} THEN ({sql})::{target.postgres} END"
    if safe:
        return f"CASE WHEN pg_input_is_valid(({sql})::text, '{target.postgres}') THEN ({sql})::{target.postgres} END"
    return f"({sql})::{target.postgres}"


def _text_to_scalar(value: Value, target: SqlType, safe: bool) -> str:
    sql = value.sql
    if target.is_date:
        made = f"tsql.to_datetime({sql})::{target.postgres}"
        return f"CASE WHEN tsql.is_datetime({sql}) THEN {made} END" if safe else made
    if target.kind == "bit":
        raise unsupported("a conversion of text to bit")
    if target.kind == "decimal" or target.kind == "float":
        made, check = f"tsql.to_number({sql})", f"tsql.is_number({sql})"
        if target.kind == "decimal":
            check += f" AND abs(round({made}, {target.scale})) < {10 ** (target.precision - target.scale)}"
    else:
        made, check = f"tsql.to_integer({sql})", f"tsql.is_integer({sql})"
        bits = {"bigint": 63, "int": 31, "smallint": 15, "tinyint": 8}[target.kind]
        check += f" AND {made} BETWEEN {0 if bits == 8 else -(2**bits)} AND {2**bits - 1}"
    made = f"{made}::{target.postgres}"
    # CASE stops at the first false condition; AND alone may be evaluated in any order.
    first, _, rest = check.partition(" AND ")
    if not safe:
        return made
    return f"CASE WHEN NOT {first} THEN NULL WHEN {rest or 'true'} THEN {made} END"


def aligned(values: list[Value]) -> tuple[list[Value], SqlType]:
    """The operands of a CASE, COALESCE, comparison or UNION ALL converted to their common type."""
    kind = sqltypes.common([v.type for v in values])
    if kind.is_text or kind.kind == "null":
        return [v if v.type.is_text or v.type.kind == "null" else convert(v, kind) for v in values], kind
    return [v if _same(v.type, kind) else convert(v, kind) for v in values], kind


def _same(source: SqlType, target: SqlType) -> bool:
    if source.kind == "null":
        return True
    return source == target or (source.is_number and target.is_number) or (source.is_date and target.is_date)
