"""The stand-in Spectrum and the warehouse of a conformance test: change the one, sync, look at the other."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from source_oracle import EXPECTED, Values, columns_of, source_rows, staged_rows

from spectrum_etl.errors import StopSync
from spectrum_etl.model.counts import Counts
from spectrum_etl.model.run import Run, Scope
from spectrum_etl.settings import Company, Settings
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.staging import check as checking
from spectrum_etl.staging.check import check
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.staging.land import land
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.publish import publish
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.landings import drop_landing_tables

_runs = itertools.count(1)
_MARKS = "select ctid::text as tid, xmin::text as mark from {} where company_code "
_REJECTED = (
    "select * from sync.rejected_rows where table_name = %(table)s and company_code = %(company)s"
    " and resolved_at is null"
)
_DRIFT = "select * from sync.drift where table_name = %(table)s and company_code = %(company)s and resolved_at is null"


def infolink_settings(**changes: Any) -> Settings:
    """The shipped limits for two companies, everything read from Info-Link, totals summed from the transactions."""
    settings = load_settings()
    readers = {"job_cost_totals": "transactions"}
    companies = tuple(Company(code=code, name=f"Company {code}", phase_category="STD") for code in ("1", "2"))
    return settings.model_copy(update={"readers": readers, "companies": companies, **changes})


@contextmanager
def without_checks() -> Iterator[None]:
    """Without Great Expectations, which has tests of its own; rows are still typed, rejected and counted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "run_checks", lambda *_args, **_options: [])
        yield


class Spectrum:
    """The stand-in Spectrum's database: what a test changes behind Info-Link's back.

    Args:
        connection: its database, in autocommit.
        infolink: how the sync reaches it, over TDS.
    """

    def __init__(self, connection: psycopg.Connection, infolink: InfoLinkConnection) -> None:
        self.connection = connection
        self.infolink = infolink

    def add(self, table: str, *rows: Mapping[str, Any]) -> None:
        """Insert rows."""
        for row in rows:
            statement = sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier("dbo", table),
                sql.SQL(", ").join(map(sql.Identifier, row)),
                sql.SQL(", ").join(sql.Placeholder() * len(row)),
            )
            self.connection.execute(statement, list(row.values()))

    def change(self, table: str, where: Mapping[str, Any], **values: Any) -> int:
        """Update the rows that hold these values, compared trimmed.

        Returns:
            How many.
        """
        assignments = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values)
        return self._on(table, where, sql.SQL("update {} set {}"), assignments, list(values.values()))

    def remove(self, table: str, where: Mapping[str, Any], most: int | None = None) -> int:
        """Delete the rows that hold these values, compared trimmed; `most` of them where it is given."""
        if most is None:
            return self._on(table, where, sql.SQL("delete from {}"), None, [])
        condition, values = _condition(where)
        relation = sql.Identifier("dbo", table)
        statement = sql.SQL("delete from {} where ctid in (select ctid from {} where {} limit {})").format(
            relation, relation, condition, sql.Literal(most)
        )
        return self.connection.execute(statement, values).rowcount

    def alter(self, table: str, action: str, *names: str) -> None:
        """Change a table: `alter("T", "rename column {} to {}", "a", "b")`."""
        clause = sql.SQL(action).format(*map(sql.Identifier, names))  # type: ignore[arg-type]
        self.connection.execute(sql.SQL("alter table {} {}").format(sql.Identifier("dbo", table), clause))

    def _on(
        self,
        table: str,
        where: Mapping[str, Any],
        verb: sql.SQL,
        assignments: sql.Composed | None,
        values: list[Any],
    ) -> int:
        condition, compared = _condition(where)
        parts = [sql.Identifier("dbo", table), *([assignments] if assignments else [])]
        statement = verb.format(*parts) + sql.SQL(" where ") + condition
        return self.connection.execute(statement, [*values, *compared]).rowcount


def _condition(where: Mapping[str, Any]) -> tuple[sql.Composed, list[Any]]:
    if not where:
        return sql.Composed([sql.SQL("true")]), []
    parts = sql.SQL(" and ").join(sql.SQL("btrim({}::text) = %s").format(sql.Identifier(name)) for name in where)
    return parts, [str(value).strip() for value in where.values()]


@dataclass
class Seen:
    """One staged table after a sync.

    Args:
        rows: company 1: every row with its system columns, deleted ones included, by key (snapshot tables).
        marks: xmin of every row of the staged table and its history, of the company that was synced.
        other_marks: the same of all other companies.
        history: superseded and deleted versions of company 1.
        rejected: currently rejected rows of company 1.
        drift: (column, change) noted and not resolved, of company 1.
        source: what the stand-in held, by the oracle.
        staged: what is staged of it, in the oracle's columns.
    """

    rows: list[dict[str, Any]]
    marks: Counter[Values]
    other_marks: Counter[Values]
    history: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    drift: set[tuple[str, str]]
    source: Counter[Values]
    staged: Counter[Values]

    def row(self, key: Mapping[str, Any]) -> dict[str, Any] | None:
        """The staged row with this key, deleted or not."""
        found = [row for row in self.rows if all(row[name] == value for name, value in key.items())]
        assert len(found) < 2, f"{key} is staged {len(found)} times"
        return found[0] if found else None

    def versions(self, key: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The past versions of a row, oldest first."""
        found = [row for row in self.history if all(row[name] == value for name, value in key.items())]
        return sorted(found, key=lambda row: row["_valid_from"])

    def rejections(self, key: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The current rejections of a row."""
        return [
            row
            for row in self.rejected
            if row["row_key"] is not None and all(row["row_key"].get(name) == value for name, value in key.items())
        ]


@dataclass
class Observation:
    """What one sync did.

    Args:
        counts: by table; empty where it stopped.
        error: why it stopped.
        read_at: its moment of reading.
        tables: the tables of the object afterwards.
        runs: its rows of sync.runs, by table.
        checks: severity, status and failed rows of its checks, by table and name.
    """

    counts: dict[str, Counts]
    error: StopSync | None
    read_at: Any
    tables: dict[str, Seen]
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    checks: dict[str, dict[str, tuple[str, str, int]]] = field(default_factory=dict)


class Warehouse:
    """A warehouse and the real way of the data into it.

    Args:
        url: its database.
        spectrum: the source.
    """

    def __init__(self, url: str, spectrum: Spectrum) -> None:
        self.url = url
        self.spectrum = spectrum

    def query(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a query, with the sync's own login."""
        with connect(self.url) as connection:
            return connection.execute(statement, list(parameters) or None).fetchall()  # type: ignore[arg-type]

    def execute(self, statement: str, *parameters: Any) -> int:
        """Change the warehouse by hand; how many rows."""
        with connect(self.url) as connection:
            return connection.execute(statement, list(parameters) or None).rowcount  # type: ignore[arg-type]

    def sync(
        self,
        object_name: str,
        scope: Scope | None = None,
        settings: Settings | None = None,
        sources: Callable[..., Sources] = Sources,
    ) -> dict[str, Counts]:
        """Land, check, publish, tidy up: what the four tasks of a staging DAG do.

        Raises:
            SpectrumEtlError: as those tasks do.
        """
        obj, scope, settings = OBJECTS[object_name], scope or Scope("1"), settings or infolink_settings()
        run = Run(obj.dag_id, f"run_{next(_runs)}")
        with sources(settings.company(scope.company_code), infolink=self.spectrum.infolink) as opened:
            landing_id = land(self.url, obj, scope, run, opened, settings)
        try:
            check(self.url, obj, landing_id, settings)
            return publish(self.url, obj, landing_id, settings)
        finally:
            with connect(self.url) as connection:
                connection.autocommit = True
                drop_landing_tables(connection, run, obj.name, scope.company_code)

    def observe(
        self,
        object_name: str,
        scope: Scope | None = None,
        settings: Settings | None = None,
        lacking: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Observation:
        """Sync, then look at everything; a sync that stops is an observation too.

        Args:
            object_name, scope, settings: as for `sync`.
            lacking: staged table -> columns whose Info-Link column is gone for the moment.
        """
        error, counts = None, {}
        try:
            counts = self.sync(object_name, scope, settings)
        except StopSync as stopped:
            error = stopped
        tables = [table.name for table in OBJECTS[object_name].tables]
        seen = {name: self.look(name, (lacking or {}).get(name, ())) for name in tables}
        with connect(self.url) as connection, connection.cursor(row_factory=dict_row) as cursor:
            found = cursor.execute(
                "select * from sync.runs where landing_id = (select max(landing_id) from sync.landings)"
            ).fetchall()
            checked = cursor.execute(
                "select table_name, check_name, severity, status, rows_failed from sync.checks"
                " where landing_id = (select max(landing_id) from sync.landings)"
            ).fetchall()
        runs = {row["table_name"]: row for row in found}
        checks: dict[str, dict[str, tuple[str, str, int]]] = {name: {} for name in tables}
        for row in checked:
            checks[row["table_name"]][row["check_name"]] = (row["severity"], row["status"], row["rows_failed"])
        return Observation(counts, error, next(iter(runs.values()))["read_at"], seen, runs, checks)

    def versions(self, table: str, company: str = "1") -> list[dict[str, Any]]:
        """Every version of every row, as the view of the table's history gives them."""
        query = sql.SQL("select * from {} where company_code = %s").format(
            sql.Identifier("history", f"{table}_versions")
        )
        with connect(self.url) as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, [company]).fetchall()

    def look(self, table: str, lacking: Iterable[str] = (), company: str = "1") -> Seen:
        """One staged table as it is now, and what the source holds."""
        staged, past = sql.Identifier("spectrum", table), sql.Identifier("history", table)
        with connect(self.url) as connection, connection.cursor(row_factory=dict_row) as cursor:

            def rows(query: str, relation: sql.Identifier | None = None) -> list[dict[str, Any]]:
                composed = sql.SQL(query).format(relation) if relation else sql.SQL(query)  # type: ignore[arg-type]
                names = {"company": company, "table": table}
                return cursor.execute(composed, names).fetchall()

            def marks(query: str) -> Counter[Values]:
                return Counter(
                    (relation.as_string(), row["tid"], row["mark"])
                    for relation in (staged, past)
                    for row in rows(query, relation)
                )

            known = table in EXPECTED
            return Seen(
                rows=rows("select * from {} where company_code = %(company)s", staged),
                marks=marks(_MARKS + "= %(company)s"),
                other_marks=marks(_MARKS + "<> %(company)s"),
                history=rows("select * from {} where company_code = %(company)s", past),
                rejected=rows(_REJECTED),
                drift={(row["column_name"], row["change"]) for row in rows(_DRIFT)},
                source=source_rows(self.spectrum.connection, table, company, tuple(lacking)) if known else Counter(),
                staged=staged_rows(connection, table, company) if known else Counter(),
            )


def problems(seen: Seen, table: str, key: Iterable[str]) -> list[str]:
    """What breaks the promise `source = staged + currently rejected`; empty where it is kept.

    Args:
        seen: the table after a sync of the whole company.
        table: its name.
        key: names of the key columns; of a partitioned table none.
    """
    found = [f"staged, but not in the source: {row}" for row in seen.staged - seen.source]
    missing = seen.source - seen.staged
    if missing.total() != len(seen.rejected):
        found.append(f"{missing.total()} source rows are not staged, but {len(seen.rejected)} are rejected: {missing}")
    columns = columns_of(table)
    names = [name for name in key if name in columns]
    if names:
        left = Counter(tuple(row[columns.index(name)] for name in names) for row in missing.elements())
        listed = Counter(
            tuple((row["row_key"] or {}).get(name) for name in names) for row in seen.rejected if row["row_key"]
        )
        if extra := listed - left:
            found.append(f"rejected, but not in the source: {extra}")
    return found
