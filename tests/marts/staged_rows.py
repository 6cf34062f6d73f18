"""Staged rows without a source: written as a publish writes them, with history and the books of the sync.

For marts of tables whose every case a test wants to choose; what a real sync stages is tested with a real source.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from spectrum_etl.marts.publish import publish_marts
from spectrum_etl.model.counts import Counts
from spectrum_etl.model.run import Landing, Run, Scope
from spectrum_etl.model.spec import Table
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse import runs
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.ddl import ensure_table
from spectrum_etl.warehouse.landings import open_landing, set_state
from spectrum_etl.warehouse.migrate import migrate

TABLES: dict[str, Table] = {table.name: table for obj in OBJECTS.values() for table in obj.tables}
_POSTINGS = "job_cost_transactions"
_SYSTEM = ("_row_hash", "_run_id", "_read_at", "_changed_at")
_OBJECT_OF = {table.name: name for name, obj in OBJECTS.items() for table in obj.tables}


class StagedRows:
    """A warehouse with every staged table.

    Args:
        url: an empty database.
    """

    def __init__(self, url: str) -> None:
        self.url = self.warehouse = url
        self._runs = 0
        with connect(url) as connection:
            connection.autocommit = True
            migrate(connection)
            for table in TABLES.values():
                ensure_table(connection, table)

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query; a statement that is none is committed."""
        with connect(self.url) as connection:
            cursor = connection.execute(query.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def marts(self, company: str = "1", **options: Any) -> dict[str, int]:
        """Bring the marts up to what is staged: rows written, by mart, and that it was not computed whole."""
        return {name: written.rows for name, written in publish_marts(self.url, company, **options).items()}

    @contextmanager
    def sync(self, company: str = "1") -> Iterator[_Sync]:
        """One sync of whatever tables are written to inside."""
        self._runs += 1
        with connect(self.url) as connection:
            connection.autocommit = True
            with connection.transaction():
                one = _Sync(connection, company, f"run_{self._runs}")
                yield one
                one.end()


class _Sync:
    """Inside one transaction: rows that come, change and go, all read at one moment."""

    def __init__(self, connection: psycopg.Connection, company: str, run_id: str) -> None:
        self._connection, self._company, self._run_id = connection, company, run_id
        self._landings: dict[str, Landing] = {}
        self._tables: set[str] = set()

    def put(self, table: str, **values: Any) -> None:
        """A row is new, or has these values now; what is not named of it is null, or 0 of an amount that adds up."""
        spec = TABLES[table]
        row = {"company_code": self._company, **values}
        for column in spec.columns:
            if column.derived is not None and "over (" in column.derived:
                # A figure over several rows is what the sync computes; here every row is the only one.
                row.setdefault(column.name, {"integer": 1, "boolean": True}.get(column.type))
            elif column.name not in row and column.derived is None and (column.never_null or column.blank == "zero"):
                row[column.name] = "" if column.key else 0
        self._end_version(spec, row)
        self._execute("delete from {staged} where {mine}", spec, row, [row[name] for name in spec.key])
        names = list(row)
        read_at = self._read_at(table)
        self._execute(
            "insert into {staged} ({names}, _row_hash, _run_id, _read_at, _changed_at) values ({places},"
            " gen_random_uuid(), %s, %s, %s)",
            spec,
            row,
            [*(row[name] for name in names), self._run_id, read_at, read_at],
        )
        for column in spec.columns:
            if column.derived is not None and column.name not in row and "%" not in column.derived:
                statement = sql.SQL("update {} set {} = {} where {}").format(
                    sql.Identifier("spectrum", table),
                    sql.Identifier(column.name),
                    sql.SQL(column.derived),  # type: ignore[arg-type]
                    _mine(spec),
                )
                self._connection.execute(statement, [row[name] for name in spec.key])

    def take(self, table: str, **key: Any) -> None:
        """A row is gone."""
        spec = TABLES[table]
        row = {"company_code": self._company, **key}
        self._end_version(spec, row)
        self._execute(
            "update {staged} set _deleted_at = %s where {mine}",
            spec,
            row,
            [self._read_at(table), *(row[name] for name in spec.key)],
        )

    def post(self, **values: Any) -> None:
        """One posting of job costs more."""
        row = {"company_code": self._company, "tran_amount": 0, **values, "_month": f"{values['tran_date']:%Y%m}"}
        read_at = self._read_at(_POSTINGS)
        self._execute(
            "insert into {staged} ({names}, _row_hash, _run_id, _read_at, _changed_at) values ({places},"
            " gen_random_uuid(), %s, %s, %s)",
            TABLES[_POSTINGS],
            row,
            [*row.values(), self._run_id, read_at, read_at],
        )

    def unpost(self, **values: Any) -> None:
        """Some posting of the job and phase less, if there is one that was read before."""
        read_at = self._read_at(_POSTINGS)
        columns = [*(c.name for c in TABLES[_POSTINGS].columns if not c.personal), "_month", *_SYSTEM]
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        self._connection.execute(
            sql.SQL(
                "with gone as (delete from spectrum.job_cost_transactions where ctid = (select min(ctid)"
                " from spectrum.job_cost_transactions where company_code = %s and job_number = %s and phase_code = %s"
                " and _changed_at < %s) returning *)"
                " insert into history.job_cost_transactions ({names}, _valid_from, _valid_to)"
                " select {names}, _changed_at, %s from gone"
            ).format(names=names),
            [self._company, values["job_number"], values["phase_code"], read_at, read_at],
        )

    def end(self) -> None:
        """The books: every table that was written to has been read whole."""
        for name, landing in self._landings.items():
            for table in OBJECTS[name].tables:
                if table.name in self._tables:
                    self._connection.execute(
                        "insert into sync.landing_tables (landing_id, table_name, relation, reader, landed_rows,"
                        " source_rows, sums) values (%s, %s, %s, 'infolink', 0, 0, '{}')",
                        [landing.landing_id, table.name, landing.relation(table.name)],
                    )
                    runs.record_run(
                        self._connection, landing, table.name, "infolink", "published", Counts(changed=1), None
                    )
            set_state(self._connection, landing, "published", None)

    def landing(self, table: str) -> Landing:
        """The landing that the table is read by."""
        name = _OBJECT_OF[table]
        if name not in self._landings:
            self._landings[name] = open_landing(
                self._connection, name, Scope(self._company), Run(f"stage_{name}", self._run_id)
            )
        self._tables.add(table)
        return self._landings[name]

    def read_object_of(self, table: str) -> None:
        """All tables of the object that the table is of were read, as by a sync of a site that shows them."""
        for each in OBJECTS[_OBJECT_OF[table]].tables:
            self.landing(each.name)

    def _read_at(self, table: str) -> Any:
        return self.landing(table).read_at

    def _end_version(self, spec: Table, row: dict[str, Any]) -> None:
        columns = [*(column.name for column in spec.columns), *_SYSTEM]
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        statement = sql.SQL(
            "insert into {past} ({names}, _valid_from, _valid_to) select {names}, _changed_at, %s from {staged}"
            " where {mine} and _deleted_at is null"
        ).format(
            past=sql.Identifier("history", spec.name),
            staged=sql.Identifier("spectrum", spec.name),
            names=names,
            mine=_mine(spec),
        )
        self._connection.execute(statement, [self._read_at(spec.name), *(row[name] for name in spec.key)])

    def _execute(self, statement: str, spec: Table, row: dict[str, Any], values: list[Any]) -> None:
        self._connection.execute(
            sql.SQL(statement).format(  # type: ignore[arg-type]
                staged=sql.Identifier("spectrum", spec.name),
                names=sql.SQL(", ").join(map(sql.Identifier, row)),
                places=sql.SQL(", ").join([sql.Placeholder()] * len(row)),
                mine=_mine(spec),
            ),
            values,
        )


def _mine(spec: Table) -> sql.Composed:
    """Condition on the key of a row, whose values are bound."""
    return sql.SQL(" and ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in spec.key)
