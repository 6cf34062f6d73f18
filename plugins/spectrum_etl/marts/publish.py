"""Writes the marts of one company: only the rows whose sources changed, in one transaction.

What changed is read from `sync`, never from asset events: a sync can die between its commit and its event.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from psycopg import IsolationLevel, sql

from spectrum_etl.marts import wip
from spectrum_etl.marts.spec import MARTS, PARTITIONED, SOURCES, Mart, amounts, definition
from spectrum_etl.settings import COUNTED_CHANGE_TYPES
from spectrum_etl.settings.closing import Closing
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.ddl import ensure_table
from spectrum_etl.warehouse.locks import give_back, take
from spectrum_etl.warehouse.migrate import DDL_LOCK, OWN_TABLES, migrate
from spectrum_etl.warehouse.templates import render

log = logging.getLogger(__name__)

#: First part of the advisory lock of one company's marts; the second is a hash of the company code.
MARTS_LOCK = 7_267


@dataclass(frozen=True)
class Written:
    """What became of one mart of one company.

    Args:
        rows: inserted, updated and deleted.
        whole: whether it was computed whole.
    """

    rows: int
    whole: bool

    def to_dict(self) -> dict[str, Any]:
        """As JSON, for the asset event."""
        return asdict(self)


def publish_marts(
    url: str,
    company_code: str,
    *,
    whole: bool = False,
    closing: Closing | None = None,
    zone: str = "UTC",
    change_types: Sequence[str] = COUNTED_CHANGE_TYPES,
) -> dict[str, Written]:
    """Bring the marts of one company up to what is staged.

    Args:
        url: the warehouse.
        company_code: whose.
        closing: which of its months are closed; None for none. Where the rule is another than the last time,
            everything is computed.
        zone: name of the time zone in which a month ends that `closing` does not close.
        change_types: types of change request statuses that approve a change of a contract. Where zone or types are
            others than the last time, everything is computed.
        whole: compute everything, whatever `sync` says. Done by itself where the marts are new, their SQL has changed
            or what is recorded does not reach back to the last time.

    Returns:
        What was written, by mart; empty where nothing has been staged since, and no month has ended or been closed.

    Raises:
        SpectrumEtlError: as `connect`; the marts are as they were.
    """
    with connect(url) as connection:
        connection.autocommit = True
        migrate(connection)
        for obj in OBJECTS.values():
            for table in obj.tables:
                ensure_table(connection, table)
        _ensure_indexes(connection)
        with _lock(connection, company_code):
            # One snapshot for every statement: a sync that commits meanwhile is seen whole the next time.
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            with connection.transaction():
                return _Rebuild(connection, company_code, whole, closing, zone, change_types).run()


def _ensure_indexes(connection: psycopg.Connection) -> None:
    """Make the indexes once. Asked first, because `create index if not exists` waits for every sync that publishes."""
    ready = "select to_regclass('history.job_cost_transactions_history_by_end') is not null"
    with connection.transaction():
        if connection.execute(ready).fetchone() == (True,):
            return
        take(connection, DDL_LOCK, what=OWN_TABLES)
        connection.execute(render("marts/indexes.sql"))


@contextmanager
def _lock(connection: psycopg.Connection, company_code: str) -> Iterator[None]:
    """Wait until nobody else writes the marts of the company. Before the transaction: its snapshot must be newer."""
    take(connection, MARTS_LOCK, company_code, what=f"the marts of company {company_code}", for_session=True)
    try:
        yield
    finally:
        if not connection.closed:
            give_back(connection, MARTS_LOCK, company_code)


class _Rebuild:
    """One rebuild, inside its transaction and lock."""

    def __init__(
        self,
        connection: psycopg.Connection,
        company_code: str,
        whole: bool,
        closing: Closing | None,
        zone: str,
        change_types: Sequence[str],
    ) -> None:
        self.connection = connection
        self.closing = closing
        self.zone = closing.zone if closing else zone
        rules = closing.described if closing else zone
        self.parameters: dict[str, Any] = {
            "company_code": company_code,
            "marts": [mart.name for mart in MARTS],
            "definition": f"{definition()} {rules} {','.join(change_types)}",
            "whole": whole,
            "change_types": list(change_types),
            "wip_tables": list(wip.TABLES),
            "wip_needs": list(wip.NEEDS),
        }

    def run(self) -> dict[str, Written]:
        """Compute, write, remember."""
        self._execute("news")
        self._decide()
        time_has_come = self._find_month_ends()
        if not self.parameters["whole"] and not self._any_news() and not time_has_come:
            log.info("marts of company %s: nothing has been staged since", self.parameters["company_code"])
            return {}
        self._close_months()
        written = {mart.name: self._write(mart) for mart in MARTS}
        self._execute("remember")
        self._execute("forget")
        for name, result in written.items():
            self._execute("note", {"mart": name, "rows_written": result.rows})
            log.info(
                "marts.%s of company %s: %s rows written%s",
                name,
                self.parameters["company_code"],
                result.rows,
                ", computed whole" if result.whole else "",
            )
        return written

    def _decide(self) -> None:
        """Whether everything is computed, and otherwise since when rows of each staged table count as changed."""
        must = self._execute("must_be_whole").fetchone()
        assert must is not None
        self.parameters["whole"] = self.parameters["whole"] or must[0]
        news: dict[str, Any] = dict(
            self.connection.execute("select table_name, min(read_at) from _news group by table_name").fetchall()
        )
        for table in SOURCES:
            # A publish stamps what it writes with its moment of reading. Rows that it did not write may be as new;
            # they are computed again, and found the same.
            since = "-infinity" if self.parameters["whole"] else news.get(table, "infinity")
            self.parameters[f"since_{table}"] = since

    def _close_months(self) -> None:
        """Which months are closed now, by the warehouse's clock."""
        now = self.connection.execute("select now()").fetchone()
        assert now is not None
        closed = self.closing.moments(now[0]) if self.closing else []
        months = {"months": [month for month, _ in closed], "moments": [moment for _, moment in closed]}
        self._execute("open_months", months)
        self._execute("closed_months", months)

    def _find_month_ends(self) -> bool:
        """Which month ends the WIP schedule has, and what of it is computed; whether a month ended or was closed."""
        now = self.connection.execute("select now()").fetchone()
        assert now is not None
        found = self._execute("wip_known_since").rowcount
        month_ends = wip.month_ends(now[0], self.closing, self.zone)
        self._execute(
            "wip_months",
            {"month_ends": [day for day, _ in month_ends], "closings": [moment for _, moment in month_ends]},
        )
        state = self.connection.execute(
            "select bool_or(is_new), bool_or(is_changed), min(closed_at) filter (where then_is_due) from _wip_months"
        ).fetchone()
        assert state is not None
        self.parameters["all_jobs"] = self.parameters["whole"] or state[0] or found > 0
        self.parameters["moves_since"] = state[2] or "infinity"
        return bool(state[1])

    def _any_news(self) -> bool:
        return self.connection.execute("select 1 from _news limit 1").fetchone() is not None

    def _write(self, mart: Mart) -> Written:
        for name in mart.before:
            self._execute(name)
            if key := mart.keys.get(name):
                self._index(f"_{name}", key)
            self._analyze(f"_{name}")
        self._execute(mart.name, whole=self.parameters["whole"], amounts=amounts(), partitioned=PARTITIONED)
        self._analyze(mart.fresh)
        names = {"mart": mart.relation, "fresh": mart.fresh, "key": mart.key}
        columns = self.connection.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
            " and attname <> all(%s) order by attnum",
            [mart.relation, [*mart.key, *mart.kept]],
        ).fetchall()
        rows = self._execute("write", columns=tuple(name for (name,) in columns), **names).rowcount
        if self.parameters["whole"] or mart.always_whole:
            rows += self._execute("remove", **names).rowcount
            # The marts that are computed next join this one, and nobody has counted its rows yet.
            self._analyze(mart.relation)
        rows += sum(self._execute(name).rowcount for name in mart.after)
        return Written(rows, self.parameters["whole"])

    def _execute(self, name: str, values: dict[str, Any] | None = None, /, **names: Any) -> psycopg.Cursor[Any]:
        return self.connection.execute(render(f"marts/{name}.sql", **names), self.parameters | (values or {}))

    def _index(self, relation: str, key: tuple[str, ...]) -> None:
        columns = sql.SQL(", ").join(map(sql.Identifier, key))
        self.connection.execute(sql.SQL("create unique index on {} ({})").format(sql.Identifier(relation), columns))

    def _analyze(self, relation: str) -> None:
        self.connection.execute(sql.SQL("analyze {}").format(sql.Identifier(*relation.split("."))))
