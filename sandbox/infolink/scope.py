"""Name resolution: which columns a query can see, and what a grouped query may do with them.

Names are matched without case, as SQL Server's default collation does.
"""

from dataclasses import dataclass, field

from sandbox.infolink.catalog import quote_name
from sandbox.infolink.errors import TdsError, invalid_column
from sandbox.infolink.sqltypes import SqlType
from sandbox.infolink.values import IMPLICIT, Value


@dataclass(frozen=True)
class Field:
    """A column that a FROM source offers."""

    name: str
    type: SqlType
    binary: bool = False
    trimmed: bool = False
    boolean: bool = False
    scaled: bool = False  # its values have exactly the scale of its type: a column of a table
    stored: str = ""  # what PostgreSQL calls it, where that is something else


@dataclass
class Source:
    """A table, derived table or CTE in FROM, under the name the query calls it; `schema` when it may be qualified
    so."""

    alias: str
    fields: list[Field]
    schema: str = ""
    postgres_alias: str = ""

    def value(self, found: Field) -> Value:
        """The field as an operand."""
        sql = f"{quote_name(self.postgres_alias or self.alias)}.{quote_name(found.stored or found.name)}"
        if found.boolean:
            sql = f"({sql})::int::smallint"
        return Value(sql, found.type, found.binary, IMPLICIT, found.trimmed, simple=found.scaled)


@dataclass
class Scope:
    """The sources of one SELECT, inside the scopes of the queries around it (for correlated subqueries)."""

    parent: "Scope | None" = None
    sources: list[Source] = field(default_factory=list)
    ctes: dict[str, list[Field]] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    grouped: bool = False
    inside_aggregate: int = 0

    def add(self, source: Source) -> None:
        """Make a source visible.

        Raises:
            TdsError: 1013, when its name is taken in the same FROM.
        """
        if any(s.alias.lower() == source.alias.lower() and s.schema == source.schema for s in self.sources):
            raise TdsError(
                1013,
                f'The objects "{source.alias}" and "{source.alias}" in the FROM clause have the same exposed names. '
                "Use correlation names to distinguish them.",
            )
        self.sources.append(source)

    def parent_of_derived(self) -> "Scope":
        """The scope around a derived table in FROM: it sees the CTEs, but not its neighbours in FROM."""
        return Scope(self.parent, ctes=self.ctes)

    def cte(self, name: str) -> list[Field] | None:
        """The columns of a common table expression of that name, or None."""
        if name.lower() in self.ctes:
            return self.ctes[name.lower()]
        return self.parent.cte(name) if self.parent else None

    def resolve(self, name: str, qualifier: str = "", schema: str = "") -> Value:
        """The column of that name.

        Raises:
            TdsError: 207 unknown column, 209 ambiguous, 4104 unknown table name before the dot.
        """
        scope: Scope | None = self
        known_qualifier = False
        while scope is not None:
            found: list[Value] = []
            for source in scope.sources:
                if qualifier and source.alias.lower() != qualifier.lower():
                    continue
                if schema and source.schema.lower() != schema.lower():
                    continue
                known_qualifier = known_qualifier or bool(qualifier)
                found += [source.value(f) for f in source.fields if f.name.lower() == name.lower()]
            if len(found) > 1:
                raise TdsError(209, f"Ambiguous column name '{name}'.")
            if found:
                return found[0]
            scope = scope.parent
        if qualifier and not known_qualifier:
            bound = ".".join(part for part in (schema, qualifier, name) if part)
            raise TdsError(4104, f'The multi-part identifier "{bound}" could not be bound.')
        raise invalid_column(name)
