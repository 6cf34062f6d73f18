"""The allow-list of T-SQL: every node class of sqlglot's tree that is understood, with the arguments that are
understood.

sqlglot parses far more than is emulated here and drops what it does not know how to write; so a class, or an argument
of a class, that is not listed refuses the whole statement by name.
"""

from sqlglot import exp

from sandbox.infolink.errors import TdsError, unsupported
from sandbox.infolink.keywords import RESERVED

_TABLE_HINTS = ("NOLOCK", "READUNCOMMITTED", "READCOMMITTED", "READPAST", "TABLOCK", "HOLDLOCK", "ROWLOCK", "FORCESEEK")
_QUERY_OPTIONS = ("MAXDOP", "RECOMPILE")
_THIS = frozenset({"this"})
_TWO = frozenset({"this", "expression"})
_LIST = frozenset({"expressions"})
_SELECT = {
    "expressions",
    "from_",
    "joins",
    "where",
    "group",
    "having",
    "order",
    "limit",
    "offset",
    "distinct",
    "with_",
    "options",
}

_ALLOWED: dict[type, frozenset[str]] = {
    # queries
    exp.Select: frozenset(_SELECT),
    exp.Union: frozenset(
        {"this", "expression", "distinct", "with_", "order", "limit", "offset", "options", "expressions"}
    ),
    exp.Subquery: frozenset({"this", "alias"}),
    exp.From: _THIS,
    exp.Join: frozenset({"this", "side", "kind", "on"}),
    exp.Where: _THIS,
    exp.Group: _LIST,
    exp.Having: _THIS,
    exp.Order: _LIST,
    exp.Ordered: frozenset({"this", "desc", "nulls_first"}),
    exp.Limit: frozenset({"expression"}),
    exp.Fetch: frozenset({"direction", "count", "limit_options"}),
    exp.LimitOptions: frozenset({"rows"}),
    exp.Offset: frozenset({"expression"}),
    exp.Distinct: _LIST,
    exp.With: _LIST,
    exp.CTE: frozenset({"this", "alias"}),
    exp.Table: frozenset({"this", "db", "catalog", "alias", "hints"}),
    exp.TableAlias: frozenset({"this", "columns"}),
    exp.Values: frozenset({"expressions", "alias"}),
    exp.Tuple: _LIST,
    exp.Alias: frozenset({"this", "alias"}),
    exp.Star: frozenset(),
    exp.WithTableHint: _LIST,
    exp.QueryOption: _TWO,
    # names and literals
    exp.Column: frozenset({"this", "table", "db", "catalog"}),
    exp.Identifier: frozenset({"this", "quoted"}),
    exp.Var: _THIS,
    exp.Literal: frozenset({"this", "is_string"}),
    exp.National: _THIS,
    exp.HexString: frozenset({"this", "is_integer"}),
    exp.Null: frozenset(),
    exp.Parameter: _THIS,
    exp.DataType: frozenset({"this", "expressions", "nested"}),
    exp.DataTypeParam: _THIS,
    # operators and conditions
    **dict.fromkeys((exp.Paren, exp.Neg, exp.Not, exp.Exists), _THIS),
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.Collate, exp.Is, exp.Like, exp.Escape), _TWO),
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.And, exp.Or), _TWO),
    exp.Div: frozenset({"this", "expression", "typed", "safe"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.In: frozenset({"this", "expressions", "query"}),
    exp.Case: frozenset({"this", "ifs", "default"}),
    exp.If: frozenset({"this", "true", "false"}),
    # functions
    exp.Cast: frozenset({"this", "to"}),
    exp.TryCast: frozenset({"this", "to", "safe"}),
    exp.Convert: frozenset({"this", "expression", "style", "safe"}),
    exp.SHA2: frozenset({"this", "length"}),
    exp.SHA: _THIS,
    exp.MD5: _THIS,
    exp.Concat: frozenset({"expressions", "safe", "coalesce"}),
    exp.ConcatWs: frozenset({"expressions", "safe", "coalesce"}),
    exp.Coalesce: frozenset({"this", "expressions", "is_null"}),
    exp.Nullif: _TWO,
    exp.Trim: frozenset({"this", "expression", "position"}),
    exp.Substring: frozenset({"this", "start", "length"}),
    exp.Left: _TWO,
    exp.Right: _TWO,
    exp.Length: _THIS,
    exp.Upper: _THIS,
    exp.Lower: _THIS,
    exp.Repeat: frozenset({"this", "times"}),
    exp.Space: _THIS,
    exp.Replace: frozenset({"this", "expression", "replacement"}),
    exp.Chr: _LIST,
    exp.StrPosition: frozenset({"this", "substr"}),
    exp.Abs: _THIS,
    exp.Round: frozenset({"this", "decimals"}),
    exp.Year: _THIS,
    exp.Month: _THIS,
    exp.Day: _THIS,
    exp.TsOrDsToDate: frozenset({"this", "default_date"}),
    exp.CurrentTimestamp: frozenset(),
    exp.CurrentSchema: frozenset(),
    exp.CurrentUser: frozenset(),
    exp.Anonymous: frozenset({"this", "expressions"}),
    # aggregates and windows
    exp.Count: frozenset({"this", "big_int"}),
    exp.Sum: _THIS,
    exp.Min: _THIS,
    exp.Max: _THIS,
    exp.RowNumber: frozenset(),
    exp.Window: frozenset({"this", "partition_by", "order", "over"}),
}


def check(tree: exp.Expression) -> None:
    """Walk the whole statement and refuse what is not on the list.

    Raises:
        TdsError: 50102 names the construct; 262 for SELECT INTO; 156 a keyword as a name without brackets.
    """
    for node in tree.walk():
        allowed = _ALLOWED.get(type(node))
        if allowed is None:
            if isinstance(node, exp.Into):
                raise TdsError(262, "CREATE TABLE permission denied in database: the login is read-only.", severity=14)
            raise unsupported(_name(node))
        for argument, value in node.args.items():
            if value and argument not in allowed:
                if argument == "into":
                    raise TdsError(
                        262, "CREATE TABLE permission denied in database: the login is read-only.", severity=14
                    )
                raise unsupported(f"{argument.rstrip('_').upper().replace('_', ' ')} of {_name(node)}")
        if isinstance(node, exp.Identifier) and not node.args.get("quoted") and node.name.upper() in RESERVED:
            raise TdsError(156, f"Incorrect syntax near the keyword '{node.name}'.", severity=15)
        if isinstance(node, exp.WithTableHint):
            _check_names([e.name for e in node.expressions], _TABLE_HINTS, "the table hint")
        if isinstance(node, exp.QueryOption):
            _check_names([node.name], _QUERY_OPTIONS, "the query option")


def _check_names(names: list[str], allowed: tuple[str, ...], what: str) -> None:
    for name in names:
        if name.upper() not in allowed:
            raise unsupported(f"{what} {name}")


def _name(node: exp.Expression) -> str:
    if isinstance(node, exp.Anonymous):
        return f"the function {node.name}"
    if isinstance(node, exp.Func):
        return f"the function {node.sql_name()}"
    return type(node).__name__
