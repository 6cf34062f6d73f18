"""Aggregates and window functions of T-SQL."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot import exp

from sandbox.infolink import sqltypes
from sandbox.infolink.errors import TdsError, unsupported
from sandbox.infolink.values import Value, key, least_or_greatest

if TYPE_CHECKING:
    from sandbox.infolink.expressions import Expressions


def _aggregated(node: exp.Expression | None, to: "Expressions") -> tuple[Value, str]:
    """An aggregate's argument, and DISTINCT before it."""
    distinct = ""
    if isinstance(node, exp.Distinct):
        if len(node.expressions) != 1:
            raise unsupported("DISTINCT over several columns in an aggregate")
        distinct, node = "DISTINCT ", node.expressions[0]
    to.scope.inside_aggregate += 1
    try:
        if node is None:
            raise TdsError(174, "The aggregate requires an argument.", severity=15)
        return to.value(node), distinct
    finally:
        to.scope.inside_aggregate -= 1


def count(node: exp.Count, to: "Expressions") -> Value:
    """COUNT(*), COUNT(x), COUNT(DISTINCT x) and COUNT_BIG; texts that compare equal are one."""
    kind = sqltypes.BIGINT if node.args.get("big_int") else sqltypes.INT
    if isinstance(node.this, exp.Star):
        return Value("count(*)", kind)
    value, distinct = _aggregated(node.this, to)
    return Value(f"count({distinct}{key(value) if distinct else value.sql})", kind)


def total(node: exp.Sum, to: "Expressions") -> Value:
    """SUM, with SQL Server's result types: decimal(38, s) for decimals, int for int."""
    value, distinct = _aggregated(node.this, to)
    if not value.type.is_number or value.type.kind == "bit":
        raise TdsError(8117, f"Operand data type {value.type.kind} is invalid for sum operator.")
    if value.type.kind == "decimal":
        kind = sqltypes.decimal(38, value.type.scale)
    else:
        kind = value.type if value.type.kind in ("bigint", "float") else sqltypes.INT
    if value.whole and not distinct:
        return Value(f"sum(({value.whole})::bigint)::numeric", kind)
    return Value(f"sum({distinct}{value.sql})", kind)


def extreme(function: str) -> Callable[[exp.Expression, "Expressions"], Value]:
    """MIN or MAX, of text by its collation."""

    def made(node: exp.Expression, to: "Expressions") -> Value:
        value, _ = _aggregated(node.this, to)
        if value.type.declared in sqltypes.OLD_TEXTS:
            raise TdsError(8117, f"Operand data type {value.type.declared} is invalid for {function} operator.")
        sql = least_or_greatest(function, value) if value.type.is_text else f"{function}({value.sql})"
        return value.typed(sql, value.type)

    return made


def window(node: exp.Window, to: "Expressions") -> Value:
    """ROW_NUMBER, COUNT and SUM with OVER, without a frame of their own."""
    if node.args.get("spec") or node.args.get("alias") or node.args.get("first") is not None:
        raise unsupported("a window frame or a named window")
    if not isinstance(node.this, exp.RowNumber | exp.Count | exp.Sum):
        raise unsupported(f"{type(node.this).__name__} as a window function")
    if isinstance(node.this, exp.Count) and isinstance(node.this.this, exp.Distinct):
        raise unsupported("DISTINCT in a window function")
    inner = Value("row_number()", sqltypes.BIGINT) if isinstance(node.this, exp.RowNumber) else to.value(node.this)
    parts = []
    if node.args.get("partition_by"):
        parts.append("PARTITION BY " + ", ".join(key(to.value(e)) for e in node.args["partition_by"]))
    order = node.args.get("order")
    if order is not None:
        parts.append("ORDER BY " + ", ".join(to.order(e) for e in order.expressions))
    elif isinstance(node.this, exp.RowNumber):
        raise TdsError(4112, "The function 'ROW_NUMBER' must have an OVER clause with ORDER BY.", severity=15)
    return Value(f"{inner.sql} OVER ({' '.join(parts)})", inner.type)
