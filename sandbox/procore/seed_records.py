"""Collects the stand-in Procore's records in memory and writes them by COPY."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from sandbox.procore import schema

# The morning after the last day of a fresh load, fixed as that is: the same seed gives the same times.
_FIRST_CHANGE = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)

Fields = Mapping[str, Any]


class Records:
    """New records in the order they get their ids.

    Args:
        first_id: id of the first one.
        tag: which seed writes them.
    """

    def __init__(self, first_id: int = schema.FIRST_ID, tag: str = "seed") -> None:
        self._next = first_id
        self._tag = tag
        self._rows: list[tuple[Any, ...]] = []
        self._fields: dict[int, dict[str, Any]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def new_id(self) -> int:
        """Return an id that nothing else gets."""
        self._next += 1
        return self._next - 1

    def add(
        self,
        kind: str,
        company_id: int,
        fields: Fields,
        *,
        project: int | None = None,
        parent: int | None = None,
        position: int = 0,
        origin: tuple[str, str | None] | None = None,
        deleted: bool = False,
        record_id: int | None = None,
    ) -> int:
        """Take one record.

        Args:
            kind: what it is.
            company_id: of Procore.
            fields: attributes; money as text.
            project, parent: whose it is.
            position: its place among the lines of a document.
            origin: origin id and code of a record that is linked to Spectrum.
            deleted: whether somebody has deleted it.
            record_id: a reserved id.

        Returns:
            Its id.
        """
        number = self.new_id() if record_id is None else record_id
        self._fields[number] = dict(fields)
        changed = _FIRST_CHANGE + timedelta(seconds=len(self._rows))
        origin_id, origin_code = origin or (None, None)
        self._rows.append(
            (
                number,
                kind,
                company_id,
                project,
                parent,
                position,
                Jsonb(self._fields[number]),
                origin_id,
                origin_code,
                self._tag,
                changed,
                changed,
                changed if deleted else None,
            )
        )
        return number

    def of(self, company_id: int, kinds: Collection[str]) -> list[int]:
        """Return the ids of what has been taken of some kinds, in their order."""
        return [row[0] for row in self._rows if row[1] in kinds and row[2] == company_id]

    def names(self, company_id: int, kind: str) -> set[str]:
        """Return the names of what has been taken of a kind, in small letters."""
        return {str(self._fields[record_id].get("name", "")).lower() for record_id in self.of(company_id, {kind})}

    def change(self, record_id: int, fields: Fields) -> None:
        """Change attributes of a record that has been taken."""
        self._fields[record_id] |= fields

    def write(self, connection: Connection[Any]) -> None:
        """Copy everything into the schema, and let later ids follow; the caller commits."""
        statement = (
            "COPY procore.records (id, kind, company_id, project_id, parent_id, position, fields, origin_id,"
            " origin_code, tag, created_at, updated_at, deleted_at) FROM STDIN"
        )
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in self._rows:
                copy.write_row(row)
        schema.restart_ids(connection, self._next)
        connection.execute("ANALYZE procore.records")
