# ruff: noqa: S608 - writing SQL is what this module is for; names and literals are quoted, nothing else gets in
"""Scalar expressions and conditions: sqlglot's T-SQL tree to PostgreSQL text, from an allow-list of node classes.

Every node class not in the two tables below is refused by name.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from sqlglot import exp

from sandbox.infolink import conversions, functions, sqltypes
from sandbox.infolink.catalog import quote_text
from sandbox.infolink.errors import TdsError, unsupported
from sandbox.infolink.like import like_regex
from sandbox.infolink.scope import Scope
from sandbox.infolink.sqltypes import SqlType
from sandbox.infolink.values import (
    BINARY_COLLATIONS,
    DEFAULT_COLLATIONS,
    EXPLICIT,
    Value,
    collation_of,
    key,
    null_value,
    representative,
    settle,
    sort_key,
)

_COMPARISONS: dict[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
}
_ARITHMETIC: dict[type[exp.Expression], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}


class Expressions:
    """Translates expressions in one scope.

    Args:
        scope: the names that are visible.
        subquery: translates a nested query: gives its SQL and its columns' values.
        session: answers of the session for @@ variables and functions such as DB_NAME(), by upper-case name.
    """

    def __init__(
        self,
        scope: Scope,
        subquery: Callable[[exp.Expression, Scope], tuple[str, list[Value]]],
        session: dict[str, Value],
    ) -> None:
        self.scope = scope
        self.session = session
        self._subquery = subquery

    def value(self, node: exp.Expression) -> Value:
        """The translated scalar expression.

        Raises:
            TdsError: an unknown name, a type clash, or a construct outside the allow-list.
        """
        made = self._value(node)
        if self.scope.grouped and not self.scope.inside_aggregate and key(made) in self.scope.groups:
            # A group holds texts that compare equal and yet differ: show one of them, as SQL Server does.
            return replace(made, sql=representative(made), literal=None)
        return made

    def _value(self, node: exp.Expression) -> Value:
        handler = _SCALARS.get(type(node))
        if handler is not None:
            return handler(self, node)
        made = functions.translate(node, self)
        if made is not None:
            return made
        if type(node) in _CONDITIONS:
            raise TdsError(4145, "An expression of non-boolean type is wanted where a condition stands.", severity=15)
        name = node.name if isinstance(node, exp.Anonymous) else type(node).__name__
        raise unsupported(f"{'the function ' if isinstance(node, exp.Func) else ''}{name}")

    def condition(self, node: exp.Expression) -> str:
        """The translated condition, in parentheses.

        Raises:
            TdsError: 4145 where a value stands, and as `value` does.
        """
        handler = _CONDITIONS.get(type(node))
        if handler is None:
            if type(node) in _SCALARS:
                raise TdsError(
                    4145, "An expression of non-boolean type specified where a condition is expected.", severity=15
                )
            raise unsupported(f"the condition {type(node).__name__}")
        return f"({handler(self, node)})"

    def compared(self, values: list[Value], purpose: str) -> list[str]:
        """Comparison keys of values that are compared with each other.

        Raises:
            TdsError: 402, for a type that cannot be compared.
        """
        old = next((v.type.declared for v in values if v.type.declared in sqltypes.OLD_TEXTS), None)
        if old:
            raise TdsError(402, f"The data types {old} and varchar are incompatible in the {purpose} operator.")
        ready, _ = conversions.aligned(values)
        binary, _ = settle(ready, purpose)
        return [key(v, binary=binary) for v in ready]

    def order(self, node: exp.Ordered) -> str:
        """One ORDER BY item; SQL Server sorts NULL lowest."""
        return direction(sort_key(self.value(node.this)), node)

    # --- scalars ---

    def _column(self, node: exp.Column) -> Value:
        if isinstance(node.this, exp.Star):
            raise TdsError(102, "Incorrect syntax near '*'.", severity=15)
        name = node.name
        if not node.table and not node.this.quoted and name.startswith("$"):
            raise unsupported("money literals")
        return self.scope.resolve(name, node.table, node.db)

    def _literal(self, node: exp.Literal) -> Value:
        text = str(node.this)
        if node.is_string:
            return string(text, "varchar")
        if re.fullmatch(r"\d+", text):
            number = int(text)
            if number < 2**31:
                return Value(text, sqltypes.INT)
            return Value(text, sqltypes.BIGINT if number < 2**63 else sqltypes.decimal(len(text), 0))
        if re.fullmatch(r"\d*\.\d*", text) and text != ".":
            whole, _, fraction = text.partition(".")
            kind = sqltypes.decimal(max(len(whole.lstrip("0")) + len(fraction), 1), len(fraction))
            return Value(f"{text}::{kind.postgres}", kind)
        return Value(f"{text}::double precision", sqltypes.FLOAT)

    def _national(self, node: exp.National) -> Value:
        return string(str(node.this), "nvarchar")

    def _hex(self, node: exp.HexString) -> Value:
        digits = str(node.this)
        digits = digits if len(digits) % 2 == 0 else "0" + digits
        return Value(f"'\\x{digits}'::bytea", SqlType("varbinary", max(1, len(digits) // 2)))

    def _null(self, node: exp.Null) -> Value:
        return null_value()

    def _paren(self, node: exp.Paren) -> Value:
        inner = self.value(node.this)
        return Value(f"({inner.sql})", inner.type, inner.binary, inner.firmness, inner.trimmed, inner.literal)

    def _negative(self, node: exp.Neg) -> Value:
        inner = self.value(node.this)
        if not inner.type.is_number:
            raise TdsError(8117, f"Operand data type {inner.type.kind} is invalid for minus operator.")
        return Value(f"(- {inner.sql})", inner.type)

    def _arithmetic(self, node: exp.Binary) -> Value:
        operator = _ARITHMETIC[type(node)]
        left, right = self.value(node.this), self.value(node.expression)
        if operator == "+" and all(v.type.is_text or v.type.kind == "null" for v in (left, right)):
            return self._joined(left, right)
        if left.type.is_text or right.type.is_text:
            number = right.type if left.type.is_text else left.type
            if not number.is_number:
                raise TdsError(
                    402, f"The data types {left.type.kind} and {right.type.kind} are incompatible in the operator."
                )
            left = conversions.convert(left, number) if left.type.is_text else left
            right = conversions.convert(right, number) if right.type.is_text else right
        if any(not v.type.is_number and v.type.kind != "null" for v in (left, right)):
            kinds = f"{left.type.kind} and {right.type.kind}"
            raise unsupported(f"the operator {operator} between {kinds}")
        kind = sqltypes.arithmetic(operator, *_operand_types(left, right))
        sql = f"({left.sql} {operator} {right.sql})"
        if kind.kind == "decimal" and operator == "/":
            # SQL Server cuts a quotient's digits, PostgreSQL chooses its own number of them.
            sql = f"trunc(({left.sql})::numeric(76,{kind.scale + 1}) / {right.sql}, {kind.scale})"
        return Value(sql, kind)

    def _joined(self, left: Value, right: Value) -> Value:
        kind = "nvarchar" if "nvarchar" in (left.type.kind, right.type.kind) else "varchar"
        lengths = (left.type.length, right.type.length)
        length = sqltypes.MAX if sqltypes.MAX in lengths else sum(lengths)
        binary, firmness = settle([left, right], "add")
        joined = replace(sqltypes.text_like(kind, length), collation=collation_of([left, right]))
        return Value(f"({left.sql} || {right.sql})", joined, binary, firmness)

    def _collate(self, node: exp.Collate) -> Value:
        inner = self.value(node.this)
        name = node.expression.name
        if not inner.type.is_text:
            raise TdsError(447, f"Expression type {inner.type.kind} is invalid for COLLATE clause.")
        if name.lower() in BINARY_COLLATIONS:
            binary = True
        elif name.lower() in DEFAULT_COLLATIONS:
            binary = False
        else:
            raise unsupported(f"the collation {name}")
        collated = replace(inner.type, declared="", collation="")
        return Value(inner.sql, collated, binary, EXPLICIT, inner.trimmed, inner.literal, inner.simple)

    def _case(self, node: exp.Case) -> Value:
        subject = node.this
        whens, results = [], []
        for branch in node.args["ifs"]:
            if subject is None:
                whens.append(self.condition(branch.this))
            else:
                keys = self.compared([self.value(subject), self.value(branch.this)], "equal to")
                whens.append(f"{keys[0]} = {keys[1]}")
            results.append(self.value(branch.args["true"]))
        default = node.args.get("default")
        results.append(self.value(default) if default is not None else null_value())
        return self._choice(whens, results)

    def _iif(self, node: exp.If) -> Value:
        otherwise = node.args.get("false")
        results = [self.value(node.args["true"]), self.value(otherwise) if otherwise is not None else null_value()]
        return self._choice([self.condition(node.this)], results)

    def _choice(self, whens: list[str], results: list[Value]) -> Value:
        ready, kind = conversions.aligned(results)
        binary, firmness = settle(ready, "CASE")
        parts = [f"WHEN {when} THEN {value.sql}" for when, value in zip(whens, ready, strict=False)]
        trimmed = all(v.trimmed or v.type.kind == "null" for v in ready)
        return Value(f"CASE {' '.join(parts)} ELSE {ready[-1].sql} END", kind, binary, firmness, trimmed)

    def _scalar_subquery(self, node: exp.Subquery) -> Value:
        if node.args.get("alias"):
            raise unsupported("an alias on a scalar subquery")
        sql, columns = self._subquery(node.this, self.scope)
        if len(columns) != 1:
            raise TdsError(116, "Only one expression can be specified in the select list of a scalar subquery.")
        return columns[0].typed(f"({sql})", columns[0].type)

    def _variable(self, node: exp.Parameter) -> Value:
        if isinstance(node.this, exp.Parameter):
            known = self.session.get(f"@@{node.this.name.upper()}")
            if known is not None:
                return known
            raise unsupported(f"@@{node.this.name}")
        raise TdsError(137, f'Must declare the scalar variable "@{node.name}".', severity=15)

    # --- conditions ---

    def _comparison(self, node: exp.Binary) -> str:
        operator = _COMPARISONS[type(node)]
        left, right = self.compared([self.value(node.this), self.value(node.expression)], "equal to")
        if operator not in ("=", "<>"):
            texts = self.value(node.this).type.is_text and self.value(node.expression).type.is_text
            suffix = ' COLLATE "C"' if texts else ""
            return f"{left}{suffix} {operator} {right}{suffix}"
        return f"{left} {operator} {right}"

    def _between(self, node: exp.Between) -> str:
        values = [self.value(node.this), self.value(node.args["low"]), self.value(node.args["high"])]
        item, low, high = self.compared(values, "between")
        suffix = ' COLLATE "C"' if all(v.type.is_text for v in values) else ""
        return f"{item}{suffix} BETWEEN {low}{suffix} AND {high}{suffix}"

    def _in(self, node: exp.In) -> str:
        item = self.value(node.this)
        query = node.args.get("query")
        if query is not None:
            inner = query.this if isinstance(query, exp.Subquery) else query
            sql, columns = self._subquery(inner, self.scope)
            if len(columns) != 1:
                raise TdsError(116, "Only one expression can be specified in the select list of IN (SELECT ...).")
            column = columns[0].typed('_in."c0"', columns[0].type)
            left, right = self.compared([item, column], "in")
            return f'{left} IN (SELECT {right} FROM ({sql}) AS _in("c0"))'
        if node.args.get("unnest") or node.args.get("field"):
            raise unsupported("this form of IN")
        made = self.compared([item, *(self.value(e) for e in node.expressions)], "in")
        return f"{made[0]} IN ({', '.join(made[1:])})"

    def _exists(self, node: exp.Exists) -> str:
        sql, _ = self._subquery(node.this, self.scope)
        return f"EXISTS ({sql})"

    def _is(self, node: exp.Is) -> str:
        if not isinstance(node.expression, exp.Null):
            raise unsupported("IS other than IS NULL")
        return f"{self.value(node.this).sql} IS NULL"

    def _like(self, node: exp.Like, escape: str = "") -> str:
        item, pattern = self.value(node.this), node.expression
        if isinstance(pattern, exp.Collate):
            pattern = pattern.this
        text = self.value(pattern).literal
        if text is None or not item.type.is_text:
            raise unsupported("LIKE on other than text with a literal pattern")
        binary, _ = settle([item, self.value(node.expression)], "like")
        regex = like_regex(text if binary else text.lower(), escape)
        subject = item.sql if binary else f'lower({item.sql} COLLATE "pg_c_utf8")'
        return f"{subject} ~ {quote_text(regex)}"

    def _escape(self, node: exp.Escape) -> str:
        if not isinstance(node.this, exp.Like) or len(node.expression.name) != 1:
            raise unsupported("ESCAPE without LIKE or of more than one character")
        return self._like(node.this, node.expression.name)

    def _and(self, node: exp.And) -> str:
        return " AND ".join(self.condition(part) for part in node.flatten())

    def _or(self, node: exp.Or) -> str:
        return " OR ".join(self.condition(part) for part in node.flatten())

    def _not(self, node: exp.Not) -> str:
        return f"NOT {self.condition(node.this)}"

    def _nested(self, node: exp.Paren) -> str:
        return self.condition(node.this)


def _operand_types(left: Value, right: Value) -> list[SqlType]:
    """The types two operands count with; beside a decimal, a whole literal is only as wide as its digits."""
    kinds = [sqltypes.INT if v.type.kind == "null" else v.type for v in (left, right)]
    if any(kind.kind == "decimal" for kind in kinds):
        digits = [len(v.sql) if v.type.is_integer and v.sql.isdigit() else 0 for v in (left, right)]
        return [sqltypes.decimal(n, 0) if n else kind for n, kind in zip(digits, kinds, strict=True)]
    return kinds


def direction(sql: str, node: exp.Ordered) -> str:
    """A sort key with its direction."""
    return f"{sql} DESC NULLS LAST" if node.args.get("desc") else f"{sql} ASC NULLS FIRST"


def string(text: str, kind: str) -> Value:
    """A string literal.

    Raises:
        TdsError: it holds a zero character, which PostgreSQL's text cannot.
    """
    if "\0" in text:
        raise unsupported("a zero character in a text literal")
    length = sqltypes.text_like(kind, len(text))
    return Value(quote_text(text), length, literal=text, trimmed=not text.endswith(" "), never_null=True)


_SCALARS: dict[type, Callable] = {
    exp.Column: Expressions._column,
    exp.Literal: Expressions._literal,
    exp.National: Expressions._national,
    exp.HexString: Expressions._hex,
    exp.Null: Expressions._null,
    exp.Paren: Expressions._paren,
    exp.Neg: Expressions._negative,
    exp.Add: Expressions._arithmetic,
    exp.Sub: Expressions._arithmetic,
    exp.Mul: Expressions._arithmetic,
    exp.Div: Expressions._arithmetic,
    exp.Mod: Expressions._arithmetic,
    exp.Collate: Expressions._collate,
    exp.Case: Expressions._case,
    exp.If: Expressions._iif,
    exp.Subquery: Expressions._scalar_subquery,
    exp.Parameter: Expressions._variable,
}
_CONDITIONS: dict[type, Callable] = {
    **dict.fromkeys(_COMPARISONS, Expressions._comparison),
    exp.Between: Expressions._between,
    exp.In: Expressions._in,
    exp.Exists: Expressions._exists,
    exp.Is: Expressions._is,
    exp.Like: Expressions._like,
    exp.Escape: Expressions._escape,
    exp.And: Expressions._and,
    exp.Or: Expressions._or,
    exp.Not: Expressions._not,
    exp.Paren: Expressions._nested,
}
