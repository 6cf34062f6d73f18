"""Reads and writes the stand-in Procore's records; used by the web application, the seed and the commands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, LiteralString, cast

from psycopg import Connection, sql
from psycopg.rows import dict_row, tuple_row
from psycopg.types.json import Jsonb

from sandbox.procore.text import timestamp

ORIGIN = ("origin_id", "origin_code", "origin_data")
_COLUMNS: LiteralString = (
    "id, kind, company_id, project_id, parent_id, position, fields, origin_id, origin_code, origin_data,"
    " created_at, updated_at, deleted_at"
)
# Texts, not composed each time: a page of contracts asks for hundreds of records.
_FROM: LiteralString = f"SELECT {_COLUMNS} FROM procore.records WHERE "  # noqa: S608  constants of this module
_IN_ORDER: LiteralString = " ORDER BY position, id"
_BY_ID: LiteralString = f"{_FROM}id = %s"
_LIVING: LiteralString = f"{_FROM}kind = %s AND company_id = %s AND deleted_at IS NULL"
# After so many single reads of one kind in a call the rest of it is read at once: a page of lines refers to each code.
_SINGLE_READS = 3
# Kinds that belong to a company, of which there are few.
_OF_COMPANY = frozenset({"line_item_type", "standard_cost_code"})
_LINES: LiteralString = f"{_FROM}kind = %s AND parent_id = ANY(%s) AND deleted_at IS NULL{_IN_ORDER}"


@dataclass(frozen=True)
class Record:
    """One record as it is stored; `fields` are the attributes that are no columns of their own."""

    id: int
    kind: str
    company_id: int
    project_id: int | None
    parent_id: int | None
    position: int
    fields: dict[str, Any]
    origin_id: str | None
    origin_code: str | None
    origin_data: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None

    def __getitem__(self, name: str) -> Any:
        return self.fields.get(name)

    @property
    def origin(self) -> dict[str, str | None]:
        """The three origin fields."""
        return {"origin_id": self.origin_id, "origin_code": self.origin_code, "origin_data": self.origin_data}

    @property
    def times(self) -> dict[str, str | None]:
        """Times of creation and last change, as Procore writes them."""
        return {"created_at": timestamp(self.created_at), "updated_at": timestamp(self.updated_at)}


class Store:
    """The records, over one connection inside the caller's transaction.

    Args:
        connection: the sandbox database.
    """

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        self._kept: dict[int, Record | None] = {}
        self._adjusted: dict[int, dict[int, Decimal]] = {}
        self._single_reads: Counter[tuple[str, int, int | None]] = Counter()

    @property
    def connection(self) -> Connection[Any]:
        """The connection, for savepoints."""
        return self._connection

    def select(
        self, where: Sequence[sql.Composable], values: Sequence[Any], limit: int | None = None, offset: int = 0
    ) -> tuple[list[Record], int]:
        """Return the records that meet all conditions, by id, and how many there are without the limit."""
        condition = sql.SQL(" AND ").join(where)
        query = sql.SQL("SELECT {} FROM procore.records WHERE {} ORDER BY position, id").format(
            sql.SQL(_COLUMNS), condition
        )
        if limit is None:
            records = self._fetch(query, values)
            return records, len(records)
        count = sql.SQL("SELECT count(*) AS n FROM procore.records WHERE {}").format(condition)
        row = self._connection.cursor(row_factory=dict_row).execute(count, values).fetchone()
        page = sql.SQL("{} LIMIT {} OFFSET {}").format(query, sql.Literal(limit), sql.Literal(offset))
        return self._fetch(page, values), int(row["n"]) if row else 0

    def all(self, kind: str, company_id: int, project_id: int | None = None) -> list[Record]:
        """Return all living records of a kind in a company or project."""
        if project_id is None:
            found = self._fetch(f"{_LIVING}{_IN_ORDER}", [kind, company_id])
        else:
            found = self._fetch(f"{_LIVING} AND project_id = %s{_IN_ORDER}", [kind, company_id, project_id])
        self._kept.update({record.id: record for record in found})
        return found

    def children(self, kind: str, parents: Sequence[int]) -> list[Record]:
        """Return the living lines of some documents, in order of position."""
        found = self._fetch(_LINES, [kind, list(parents)])
        self._kept.update({record.id: record for record in found})
        return found

    def approved_adjustments(self, project_id: int) -> dict[int, Decimal]:
        """Return what a project's approved budget changes and its modifications add, by id of the WBS code."""
        if project_id not in self._adjusted:
            rows = self._connection.execute(
                """
                WITH added AS (
                    SELECT line.fields, (line.fields->>'amount')::numeric AS amount
                    FROM procore.records AS line JOIN procore.records AS change ON change.id = line.parent_id
                    WHERE line.kind = 'adjustment_line' AND line.project_id = %(project)s
                      AND change.fields->>'status' = 'approved'
                      AND line.deleted_at IS NULL AND change.deleted_at IS NULL
                    UNION ALL
                    SELECT line.fields, side.sign * (moved.fields->>'transfer_amount')::numeric
                    FROM procore.records AS moved
                    CROSS JOIN (VALUES ('from', -1), ('to', 1)) AS side (name, sign)
                    JOIN procore.records AS line
                      ON line.id = (moved.fields->>(side.name || '_budget_line_item_id'))::bigint
                    WHERE moved.kind = 'budget_modification' AND moved.project_id = %(project)s
                      AND moved.deleted_at IS NULL
                )
                SELECT (fields->>'wbs_code_id')::bigint, sum(amount) FROM added GROUP BY 1
                """,
                {"project": project_id},
            )
            self._adjusted[project_id] = dict(rows.fetchall())
        return self._adjusted[project_id]

    def get(self, record_id: int | None) -> Record | None:
        """Return a record by id, whatever its kind; read once per transaction."""
        if record_id is None:
            return None
        if record_id not in self._kept:
            found = self._fetch(_BY_ID, [record_id])
            self._kept[record_id] = found[0] if found else None
            if found:
                self._read_ahead(found[0])
        return self._kept[record_id]

    def _read_ahead(self, record: Record) -> None:
        """Keep what is likely to be asked for next: the living records of this kind in the same project or company."""
        if record.project_id is None and record.kind not in _OF_COMPANY:
            return
        group = record.kind, record.company_id, record.project_id
        self._single_reads[group] += 1
        if self._single_reads[group] == _SINGLE_READS:
            query = f"{_LIVING} AND project_id IS NOT DISTINCT FROM %s"
            for other in self._fetch(query, group):
                self._kept.setdefault(other.id, other)

    def lock(self, record_id: int) -> Record:
        """Return a record as it is now, locked until the transaction ends.

        Raises:
            LookupError: there is none.
        """
        query = sql.SQL("SELECT {} FROM procore.records WHERE id = %s FOR UPDATE").format(sql.SQL(_COLUMNS))
        found = self._fetch(query, [record_id])
        if not found:
            raise LookupError(f"Procore's record {record_id} is gone")
        return found[0]

    def by_origin(self, kind: str, company_id: int, origin_id: str, *, any_case: bool = False) -> Record | None:
        """Return the living record of a kind that carries an origin id, if asked for in whatever case."""
        same = "lower(origin_id) = lower(%s)" if any_case else "origin_id = %s"
        where = [sql.SQL("kind = %s AND company_id = %s AND deleted_at IS NULL"), sql.SQL(same)]
        found = self.select(where, [kind, company_id, origin_id])[0]
        return found[0] if found else None

    def having(
        self,
        kind: str,
        company_id: int,
        name: str,
        value: Any,
        project: Record | None = None,
        parent: Record | None = None,
    ) -> list[Record]:
        """Return the living records of a kind, in a project or document where one is given, with this attribute."""
        where = [
            sql.SQL("kind = %s AND company_id = %s AND deleted_at IS NULL"),
            sql.SQL("fields->>{} = %s").format(sql.Literal(name)),
        ]
        values: list[Any] = [kind, company_id, str(value)]
        for column, owner in (("project_id", project), ("parent_id", parent)):
            if owner is not None:
                where.append(sql.SQL("{} = %s").format(sql.Identifier(column)))
                values.append(owner.id)
        return self.select(where, values)[0]

    def insert(
        self,
        kind: str,
        company_id: int,
        fields: Mapping[str, Any],
        project_id: int | None = None,
        parent_id: int | None = None,
        position: int = 0,
    ) -> Record:
        """Write a new record; `fields` may hold the origin fields."""
        names = "kind, company_id, project_id, parent_id, position, fields, origin_id, origin_code, origin_data"
        query = sql.SQL("INSERT INTO procore.records ({}) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s) RETURNING {}").format(
            sql.SQL(cast(LiteralString, names)), sql.SQL(_COLUMNS)
        )
        plain = {name: value for name, value in fields.items() if name not in ORIGIN}
        origin = [fields.get(name) for name in ORIGIN]
        return self._fetch(query, [kind, company_id, project_id, parent_id, position, Jsonb(plain), *origin])[0]

    def update(self, record: Record, changes: Mapping[str, Any]) -> Record:
        """Change attributes of a record, origin fields among them, and with it the time of its last change."""
        plain = {name: value for name, value in changes.items() if name not in ORIGIN}
        origin = {**record.origin, **{name: changes[name] for name in ORIGIN if name in changes}}
        query = sql.SQL(
            "UPDATE procore.records SET fields = fields || %s, origin_id = %s, origin_code = %s, origin_data = %s,"
            " updated_at = clock_timestamp() WHERE id = %s RETURNING {}"
        ).format(sql.SQL(_COLUMNS))
        changed = self._fetch(query, [Jsonb(plain), *origin.values(), record.id])[0]
        self._kept[record.id] = changed
        return changed

    def touch(self, record_id: int) -> None:
        """Note that a document changed because one of its lines did."""
        self._connection.execute("UPDATE procore.records SET updated_at = clock_timestamp() WHERE id = %s", [record_id])
        self._kept.pop(record_id, None)

    def delete(self, record: Record) -> None:
        """Mark a record as deleted; lists leave it out unless asked."""
        self._connection.execute(
            "UPDATE procore.records SET deleted_at = clock_timestamp(), updated_at = clock_timestamp() WHERE id = %s",
            [record.id],
        )
        self._kept.pop(record.id, None)

    def _fetch(self, query: sql.Composed | LiteralString, values: Sequence[Any]) -> list[Record]:
        """Rows of `_COLUMNS`, which are the record's fields in their order."""
        cursor = self._connection.cursor(row_factory=tuple_row)
        return [Record(*row) for row in cursor.execute(query, values).fetchall()]
