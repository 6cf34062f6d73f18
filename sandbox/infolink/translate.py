# ruff: noqa: S608 - writing SQL is what this module is for; names and literals are quoted, nothing else gets in
"""T-SQL queries to PostgreSQL: SELECT with its clauses, UNION ALL, CTEs, derived tables and VALUES.

sqlglot only parses; the text for PostgreSQL is written here and in `expressions`, from an allow-list, with every
expression typed as SQL Server types it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from sandbox.infolink import allowlist, conversions, sqltypes
from sandbox.infolink.catalog import Catalog, quote_name
from sandbox.infolink.errors import TdsError, invalid_object, syntax, unsupported
from sandbox.infolink.expressions import Expressions, direction
from sandbox.infolink.scope import Field, Scope, Source
from sandbox.infolink.sqltypes import SqlType
from sandbox.infolink.values import Value, key, representative, settle, sort_key

_SIDES = {"LEFT": "LEFT JOIN", "RIGHT": "RIGHT JOIN", "FULL": "FULL JOIN", "": "JOIN"}


@dataclass(frozen=True)
class Query:
    """A translated query: PostgreSQL text, and name and value of each result column."""

    sql: str
    names: list[str]
    values: list[Value]

    @property
    def types(self) -> list[SqlType]:
        """The types of the result columns."""
        return [v.type for v in self.values]

    def fields(self, renamed: list[str], where: str) -> list[Field]:
        """The columns as those of a derived table.

        Raises:
            TdsError: 8155 an unnamed column, 8158 or 8159 a wrong number of names.
        """
        names = renamed or self.names
        if len(names) != len(self.values):
            raise TdsError(
                8158 if len(self.values) > len(names) else 8159, f"'{where}' has a wrong number of column names."
            )
        for position, name in enumerate(names, 1):
            if not name:
                raise TdsError(8155, f"No column name was specified for column {position} of '{where}'.")
        return [Field(n, v.type, v.binary, v.trimmed, scaled=v.simple) for n, v in zip(names, self.values, strict=True)]


def translate(text: str, catalog: Catalog, session: dict[str, Value], database: str) -> tuple[Query, list[str]]:
    """Translate one T-SQL SELECT statement.

    Args:
        text: the statement.
        catalog: the tables that exist.
        session: the session's answers to @@ variables and functions such as DB_NAME().
        database: the database's name, accepted before the schema in a table's name.

    Returns:
        The query, and the real names of the dbo tables it reads.

    Raises:
        TdsError: with SQL Server's number, see `errors`.
    """
    try:
        trees = [tree for tree in sqlglot.parse(text, dialect="tsql") if tree is not None]
    except ParseError as error:
        near = error.errors[0].get("highlight") if error.errors else None
        raise syntax(str(near or text[:20]).strip()) from error
    except SqlglotError as error:
        raise syntax(text[:20].strip()) from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Select | exp.Union | exp.Subquery):
        raise syntax(text.split()[0] if text.split() else "")
    allowlist.check(trees[0])
    translator = _Translator(catalog, session, database)
    return translator.query(trees[0], None, top=True), translator.tables


class _Translator:
    def __init__(self, catalog: Catalog, session: dict[str, Value], database: str) -> None:
        self._catalog = catalog
        self._session = session
        self._database = database
        self.tables: list[str] = []

    def query(self, node: exp.Expression, parent: Scope | None, *, top: bool = False) -> Query:
        if isinstance(node, exp.Subquery):
            return self.query(node.this, parent, top=top)
        scope = Scope(parent)
        prefix = self._ctes(node, scope, top)
        if isinstance(node, exp.Union):
            made = self._union(node, scope, top)
        elif isinstance(node, exp.Select):
            made = self._select(node, scope, top)
        else:
            raise unsupported(type(node).__name__)
        return replace(made, sql=prefix + made.sql)

    def _expressions(self, scope: Scope) -> Expressions:
        def nested(node: exp.Expression, outer: Scope) -> tuple[str, list[Value]]:
            made = self.query(node, outer)
            return made.sql, made.values

        return Expressions(scope, nested, self._session)

    def _ctes(self, node: exp.Expression, scope: Scope, top: bool) -> str:
        clause = node.args.get("with_")
        if clause is None:
            return ""
        if not top:
            raise syntax("WITH")
        parts = []
        for cte in clause.expressions:
            made = self.query(cte.this, scope)
            fields = made.fields([c.name for c in cte.args["alias"].args.get("columns") or []], cte.alias)
            scope.ctes[cte.alias.lower()] = fields
            parts.append(f"{quote_name(cte.alias.lower())}({_names(f.name for f in fields)}) AS ({made.sql})")
        return f"WITH {', '.join(parts)} "

    # --- SELECT ---

    def _select(self, node: exp.Select, scope: Scope, top: bool) -> Query:
        tables = self._from(node, scope)
        to = self._expressions(scope)
        clauses = [f"FROM {tables}"] if tables else []
        if node.args.get("where") is not None:
            clauses.append(f"WHERE {to.condition(node.args['where'].this)}")
        group = node.args.get("group")
        if group is not None:
            keys = []
            for item in group.expressions:
                if isinstance(item, exp.Literal):
                    raise TdsError(164, "Each GROUP BY expression must contain at least one column.", severity=15)
                keys.append(key(to.value(item)))
            clauses.append(f"GROUP BY {', '.join(keys)}")
            scope.groups, scope.grouped = set(keys), True
        if node.args.get("having") is not None:
            clauses.append(f"HAVING {to.condition(node.args['having'].this)}")
        names, values = self._columns(node, scope, to)
        order = self._order(node, names, values, to, top)
        limit = self._limit(node, bool(order))
        body = f"SELECT {', '.join(v.sql for v in values)} {' '.join(clauses)}"
        distinct = node.args.get("distinct")
        if distinct is None:
            return Query(f"{body}{_order_by(order)}{limit}", names, values)
        return self._distinct(body, names, values, order, limit)

    def _distinct(
        self, body: str, names: list[str], values: list[Value], order: list[tuple[Value, exp.Ordered]], limit: str
    ) -> Query:
        listed = [replace(v, sql=f'd."c{i}"', literal=None) for i, v in enumerate(values)]
        shown = [replace(v, sql=representative(v)) for v in listed]
        sorted_by = []
        for value, item in order:
            positions = [i for i, v in enumerate(values) if v.sql == value.sql]
            if not positions:
                text = "ORDER BY items must appear in the select list if SELECT DISTINCT is specified."
                raise TdsError(145, text, severity=15)
            sorted_by.append((listed[positions[0]], item))
        inner = _names(f"c{i}" for i in range(len(values)))
        keys = ", ".join(key(v) for v in listed)
        # Sorting a grouped query needs the grouped expression itself: sort_key only adds a collation to it.
        sql = f"SELECT {', '.join(v.sql for v in shown)} FROM ({body}) AS d({inner}) GROUP BY {keys}"
        return Query(f"{sql}{_order_by(sorted_by)}{limit}", names, values)

    def _columns(self, node: exp.Select, scope: Scope, to: Expressions) -> tuple[list[str], list[Value]]:
        names: list[str] = []
        values: list[Value] = []
        for item in node.expressions:
            star = item if isinstance(item, exp.Star) else item.this if isinstance(item, exp.Column) else None
            if isinstance(star, exp.Star):
                wanted = item.table if isinstance(item, exp.Column) else ""
                sources = [s for s in scope.sources if not wanted or s.alias.lower() == wanted.lower()]
                if not sources:
                    raise TdsError(
                        107, f"The column prefix '{wanted}' does not match with a table name used in the query."
                    )
                for source in sources:
                    names += [f.name for f in source.fields]
                    values += [self._shown(scope, source.value(f)) for f in source.fields]
                continue
            inner = item.this if isinstance(item, exp.Alias) else item
            values.append(to.value(inner))
            names.append(item.alias if isinstance(item, exp.Alias) else self._column_name(inner, scope))
        return names, values

    @staticmethod
    def _shown(scope: Scope, value: Value) -> Value:
        return replace(value, sql=representative(value)) if scope.grouped and key(value) in scope.groups else value

    @staticmethod
    def _column_name(node: exp.Expression, scope: Scope) -> str:
        if not isinstance(node, exp.Column):
            return ""
        for source in scope.sources:
            for known in source.fields:
                if known.name.lower() == node.name.lower():
                    return known.name
        return node.name

    def _order(
        self, node: exp.Expression, names: list[str], values: list[Value], to: Expressions, top: bool
    ) -> list[tuple[Value, exp.Ordered]]:
        clause = node.args.get("order")
        if clause is None:
            return []
        if not top and node.args.get("limit") is None and node.args.get("offset") is None:
            text = "The ORDER BY clause is invalid in derived tables and subqueries unless TOP or OFFSET is given."
            raise TdsError(1033, text, severity=15)
        made = []
        lowered = [n.lower() for n in names]
        for item in clause.expressions:
            inner = item.this
            if isinstance(inner, exp.Literal) and not inner.is_string:
                position = int(inner.name) if inner.name.isdigit() else 0
                if not 1 <= position <= len(values):
                    raise TdsError(108, f"The ORDER BY position number {inner.name} is out of range.")
                made.append((values[position - 1], item))
            elif isinstance(inner, exp.Column) and not inner.table and inner.name.lower() in lowered:
                made.append((values[lowered.index(inner.name.lower())], item))
            else:
                made.append((to.value(inner), item))
        return made

    @staticmethod
    def _limit(node: exp.Expression, ordered: bool) -> str:
        limit, offset = node.args.get("limit"), node.args.get("offset")
        if (offset is not None or isinstance(limit, exp.Fetch)) and not ordered:
            raise syntax("OFFSET")
        sql = ""
        if limit is not None:
            count = limit.args.get("count") if isinstance(limit, exp.Fetch) else limit.expression
            sql += f" LIMIT {_whole(count, 'TOP')}"
        if offset is not None:
            sql += f" OFFSET {_whole(offset.expression, 'OFFSET')}"
        return sql

    # --- FROM ---

    def _from(self, node: exp.Select, scope: Scope) -> str:
        clause = node.args.get("from_")
        if clause is None:
            return ""
        parts = [self._source(clause.this, scope)]
        for join in node.args.get("joins") or []:
            side, kind = (join.side or "").upper(), (join.kind or "").upper()
            on = join.args.get("on")
            source = self._source(join.this, scope)
            if on is None:
                if side or kind not in ("CROSS", ""):
                    raise syntax("JOIN")
                parts.append(f"CROSS JOIN {source}")
                continue
            if kind not in ("", "INNER", "OUTER") or side not in _SIDES:
                raise unsupported(f"{side} {kind} JOIN".strip())
            parts.append(f"{_SIDES[side]} {source} ON {self._expressions(scope).condition(on)}")
        return " ".join(parts)

    def _source(self, node: exp.Expression, scope: Scope) -> str:
        if isinstance(node, exp.Table):
            return self._table(node, scope)
        if not node.alias:
            raise syntax(")")
        columns = [c.name for c in node.args["alias"].args.get("columns") or []]
        if isinstance(node, exp.Values):
            made = self._values(node, scope)
        elif isinstance(node, exp.Subquery):
            if isinstance(node.this, exp.Table):
                raise unsupported("parentheses around joined tables")
            made = self.query(node.this, scope.parent_of_derived())
        else:
            raise unsupported(f"{type(node).__name__} in FROM")
        fields = made.fields(columns, node.alias)
        scope.add(Source(node.alias, fields))
        return f"({made.sql}) AS {quote_name(node.alias)}({_names(f.name for f in fields)})"

    def _table(self, node: exp.Table, scope: Scope) -> str:
        if not isinstance(node.this, exp.Identifier):
            raise invalid_object(node.this.name)
        name, schema = node.name, node.db
        shown = ".".join(part for part in (node.catalog, schema, name) if part)
        if node.args.get("alias") is not None and node.args["alias"].args.get("columns"):
            raise unsupported("column names in a table's alias")
        fields = scope.cte(name) if not schema else None
        if fields is not None:
            alias = node.alias or name
            scope.add(Source(alias, fields))
            return f"{quote_name(name.lower())} AS {quote_name(alias)}"
        table = self._catalog.find(schema, name)
        if table is None or (node.catalog and node.catalog.lower() != self._database.lower()):
            raise invalid_object(shown)
        if (schema or "dbo").lower() not in ("sys", "information_schema"):
            self.tables.append(table.name)
        known = [Field(c.name, c.type, c.binary, False, c.boolean, True, c.stored) for c in table.columns]
        # Without an alias two schemas may offer the same name: sys.objects and dbo.objects.
        alias = node.alias or (name if not schema else f"{schema}.{name}")
        scope.add(Source(node.alias or name, known, "" if node.alias else (schema or "dbo"), postgres_alias=alias))
        return f"{table.postgres} AS {quote_name(alias)}"

    def _values(self, node: exp.Values, scope: Scope) -> Query:
        to = self._expressions(Scope())
        rows = [[to.value(e) for e in row.expressions] for row in node.expressions]
        if len({len(row) for row in rows}) != 1:
            raise TdsError(10709, "The number of columns for each row in a table value constructor must be the same.")
        ready = [conversions.aligned(list(column)) for column in zip(*rows, strict=True)]
        lines = zip(*(column for column, _ in ready), strict=True)
        first = [Value("", kind, trimmed=all(v.trimmed for v in column), firmness=1) for column, kind in ready]
        cast = [f"::{v.type.postgres}" if v.type.kind != "null" else "" for v in first]
        text = ", ".join("(" + ", ".join(v.sql + c for v, c in zip(line, cast, strict=True)) + ")" for line in lines)
        return Query(f"VALUES {text}", [""] * len(first), first)

    # --- UNION ALL ---

    def _union(self, node: exp.Union, scope: Scope, top: bool) -> Query:
        if node.args.get("distinct"):
            raise unsupported("UNION without ALL")
        left, right = self.query(node.this, scope), self.query(node.expression, scope)
        if len(left.values) != len(right.values):
            text = (
                "All queries combined using a UNION operator must have an equal number of expressions in their lists."
            )
            raise TdsError(205, text)
        pairs = list(zip(left.values, right.values, strict=True))
        kinds = [sqltypes.common([a.type, b.type]) for a, b in pairs]
        modes = [settle([a, b], "UNION ALL") for a, b in pairs]
        values = [
            Value("", kind, binary, firmness, a.trimmed and b.trimmed)
            for kind, (binary, firmness), (a, b) in zip(kinds, modes, pairs, strict=True)
        ]
        sql = f"{_converted(left, kinds)} UNION ALL {_converted(right, kinds)}"
        listed = [replace(v, sql=f'u."c{i}"') for i, v in enumerate(values)]
        order = self._order(node, left.names, listed, self._expressions(Scope()), top)
        limit = self._limit(node, bool(order))
        if order or limit:
            sql = f"SELECT * FROM ({sql}) AS u({_names(f'c{i}' for i in range(len(values)))}){_order_by(order)}{limit}"
        return Query(sql, left.names, values)


def _converted(query: Query, kinds: list[SqlType]) -> str:
    if all(v.type.postgres == k.postgres and v.type.kind != "null" for v, k in zip(query.values, kinds, strict=True)):
        return f"({query.sql})"
    columns = [replace(v, sql=f'b."c{i}"', literal=None) for i, v in enumerate(query.values)]
    made = [
        f"({c.sql})::{k.postgres}"
        if c.type.kind == "null" or c.type.is_text == k.is_text
        else conversions.convert(c, k).sql
        for c, k in zip(columns, kinds, strict=True)
    ]
    return f"(SELECT {', '.join(made)} FROM ({query.sql}) AS b({_names(f'c{i}' for i in range(len(columns)))}))"


def _order_by(order: list[tuple[Value, exp.Ordered]]) -> str:
    # A bare number would be a position to PostgreSQL; a constant sorts nothing anyway.
    keys = [direction(made, item) for value, item in order if not (made := sort_key(value)).isdigit()]
    return f" ORDER BY {', '.join(keys)}" if keys else ""


def _names(names: Iterable[str]) -> str:
    return ", ".join(quote_name(name) for name in names)


def _whole(node: exp.Expression | None, clause: str) -> int:
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.Literal) and node.name.isdigit():
        return int(node.name)
    raise unsupported(f"{clause} with other than a whole number")
