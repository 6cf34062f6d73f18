"""Both stand-ins with their servers, a warehouse, and the functions that the export tasks call. For these tests.

Nothing is simulated: Procore and the web services are asked over HTTP, Info-Link over TDS, the warehouse is PostgreSQL.
What a test does is taken back by `Stage.reset`, which costs milliseconds; no server is started twice.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
import yaml
from psycopg import sql

from sandbox import faults
from sandbox.data.generate import load
from sandbox.infolink.server import InfoLinkServer
from sandbox.procore.access import ServiceAccount
from sandbox.procore.seed import seed
from sandbox.procore.seed_connector import Size
from sandbox.procore.server import ProcoreServer
from sandbox.sdx import write_answers
from sandbox.sdx.access import Authorization
from sandbox.sdx.server import SdxServer
from spectrum_etl.errors import RetryLater
from spectrum_etl.exports.document import Document
from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.records.ledger import Decision, Response
from spectrum_etl.exports.records.queue import QueueRow, find
from spectrum_etl.exports.records.settling import Unsettled
from spectrum_etl.exports.records.states import Outcome
from spectrum_etl.exports.spec import RecordFilter
from spectrum_etl.exports.steps.answer import take
from spectrum_etl.exports.steps.ask import NotAsked, Question, ask
from spectrum_etl.exports.steps.collect import Collected, collect
from spectrum_etl.exports.steps.send import send_record
from spectrum_etl.exports.systems import Systems, warehouse_clock
from spectrum_etl.model.record import RecordId
from spectrum_etl.model.run import Instance
from spectrum_etl.warehouse.migrate import migrate
from stack.postgres import EmbeddedPostgres
from tests.exports.endtoend.places import AUTHORIZATION, PASSWORD, SECRET, Lines, Places

SETTINGS = Path(__file__).resolve().parents[3] / "include" / "settings.yaml"
APPROVER = "accounting"
PROCORE_COMPANY = 4001
JOBS = 30

#: Where the web services write.
_WRITTEN = (
    "VN_VENDOR_MASTER_MC", "JC_JOB_MASTER_MC", "JC_PHASE_MASTER_MC", "CR_CONTRACT_MASTER_MC", "VN_SUBCONTRACT_MC",
    "VN_SUBCONTRACT_PHASE_MC", "CR_CHNG_REQ_HDR_MC", "CR_CHNG_REQ_CON_DET_MC", "CR_CHNG_REQ_REV_MC",
    "VN_CHNG_REQ_SUB_HDR", "VN_CHNG_REQ_SUB_DET", "JC_PROJ_COST_HISTORY_MC",
)  # fmt: skip
#: In the order in which they may be filled.
_TABLES = ("ledger", "queue", "calls", "links", "drift", "claims")
_RESTORE_PROCORE = """
    delete from procore.records r
        where not exists (select from pristine.records p where p.id = r.id and p is not distinct from r);
    insert into procore.records select * from pristine.records p
        where not exists (select from procore.records r where r.id = p.id);
"""
#: What an approver types where the form proposes nothing.
TYPED = {"vendor_code": "NEWVENDOR", "job_number": "26-999", "subcontract_id": "S-900", "change_request_id": "CR900"}


@dataclass
class Stage:
    """The world of these tests; made by `open_stage`.

    Args:
        source_link, warehouse_link: to the database behind the stand-ins and to the warehouse, for questions of tests.
        places: where everything is.
        sdx, procore: the servers.
        lines: open connections to them and Info-Link.
        offset: how far the exports' clock is ahead of the real one: a settle time passes by moving it.
        runs: how many times something was collected.
        kept: the record of each object whose acceptance is remembered.
    """

    source_link: psycopg.Connection
    warehouse_link: psycopg.Connection
    places: Places
    sdx: SdxServer
    procore: ProcoreServer
    lines: Lines
    offset: timedelta = timedelta(0)
    runs: int = 0
    kept: dict[str, RecordId] = field(default_factory=dict)

    def systems(self, lines: Lines | None = None) -> Systems:
        """Made anew for every task, as tasks do; the connections to the stand-ins are kept, which saves most time."""
        return self.places.systems(lines or self.lines, self._clock)

    def collect(self, name: str, *records: str, projects: tuple[str, ...] = (), most: int = 100) -> Collected:
        """The task `collect`. Its clock is the warehouse's own, which also says when a row was seen."""
        self.runs += 1
        return collect(
            self.places.systems(self.lines),
            EXPORTS[name],
            RecordFilter(projects, records),
            f"run {self.runs}",
            most,
            lambda _: True,
        )

    def ask(self, name: str, id: RecordId) -> Question | NotAsked:
        """The task `approve` when it starts."""
        return ask(self.systems(), EXPORTS[name], id, self.instance(name))

    def answer(
        self, name: str, id: RecordId, answers: Mapping[str, str], decision: Decision = "accept", user: str = APPROVER
    ) -> Outcome:
        """The task `approve` once it is answered."""
        response = Response(decision, answers, user, user.title(), self.now())
        return take(self.systems(), EXPORTS[name], id, self.instance(name), response)

    def send(self, name: str, id: RecordId, lines: Lines | None = None) -> Outcome:
        """The task `send`; in another thread it needs connections of its own."""
        return send_record(self.systems(lines), EXPORTS[name], id, f"run {self.runs}")

    def accept(self, name: str, id: RecordId, **typed: str) -> Document:
        """Collect, ask and accept with what the form proposes, or what is typed; gives what will be sent."""
        found = self.collect(name, id.record, projects=(id.project,) if id.project else ())
        assert [row.id for row in found.chosen] == [id], self.row(name, id)
        question = self.ask(name, id)
        assert isinstance(question, Question), question
        form = {f.name: f.proposal or (f.choices or (TYPED.get(f.name, ""),))[0] for f in question.fields} | typed
        outcome = self.answer(name, id, form)
        assert outcome.state == "sending", outcome
        return self.document(name, id)

    def finish(self, name: str, id: RecordId, tries: int = 12) -> Outcome:
        """Send as Airflow does, again and again, until it is over."""
        for _ in range(tries):
            outcome = self.try_to_send(name, id)
            if outcome is not None:
                return outcome
        raise AssertionError(f"{name} {id.record} does not come to an end: {self.row(name, id)}")

    def try_to_send(self, name: str, id: RecordId) -> Outcome | None:
        """One try; None where another one is due. A settle time passes at once: what was lost ends, the clock moves."""
        try:
            return self.send(name, id)
        except Unsettled as wait:
            self.quiet()
            self.offset += max(timedelta(0), wait.until - self.now())
        except RetryLater:
            pass
        return None

    def reopen(self) -> None:
        """The warehouse was away: look at it by a new connection."""
        self.warehouse_link.close()
        self.warehouse_link = _open(self.places.warehouse)

    def quiet(self) -> None:
        """Wait until the web services work on nothing."""
        deadline = time.monotonic() + 30
        while self.sdx.calls.report()["running"]:
            assert time.monotonic() < deadline, "a call does not end"
            time.sleep(0.005)

    def now(self) -> datetime:
        """The exports' time."""
        return self._clock(self.warehouse_link)

    def instance(self, name: str) -> Instance:
        """Who asks."""
        return Instance(f"export_{name}", f"run {self.runs}", "record.approve", 0)

    def row(self, name: str, id: RecordId) -> QueueRow | None:
        """The record's row of the queue."""
        return find(self.warehouse_link, name, id)

    def state(self, name: str, id: RecordId) -> str | None:
        """The record's state; None where it has left the queue."""
        row = self.row(name, id)
        return row.state if row else None

    def document(self, name: str, id: RecordId) -> Document:
        """What was accepted last of a record."""
        query = (
            "select payload from export.ledger where object_name = %s and record_id = %s and payload is not null"
            " order by attempt_id desc limit 1"
        )
        return Document.from_json(self.warehouse(query, name, id.record)[0][0])

    def warehouse(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask or change the warehouse."""
        return _run(self.warehouse_link, statement, values)

    def sandbox(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask or change what is behind the stand-ins."""
        return _run(self.source_link, statement, values)

    def journal(self) -> list[tuple[str, dict[str, str]]]:
        """Every write that Spectrum did since the last reset: service and elements."""
        return self.sandbox("select service, parameters from sandbox.writes where accepted order by id")  # type: ignore[return-value]

    def procore_record(self, id: str) -> dict[str, Any]:
        """A record of Procore: its fields with origin id and code."""
        rows = self.sandbox("select fields, origin_id, origin_code from procore.records where id = %s", int(id))
        fields, origin_id, origin_code = rows[0]
        return {**fields, "origin_id": origin_id, "origin_code": origin_code}

    def change_procore(self, id: str, **fields: Any) -> None:
        """Somebody edits a record of Procore."""
        statement = "update procore.records set fields = fields || %s::jsonb, updated_at = now() where id = %s"
        self.sandbox(statement, json.dumps(fields), int(id))

    def fault(self, *texts: str) -> None:
        """Switch faults on, as the command line writes them; the next call meets them."""
        for text in texts:
            name, value, count = faults.parse(text)
            flag = faults.REGISTRY[name].kind == "flag"
            (self.procore if name.startswith("procore_") else self.sdx).switches.set(
                name, None if flag else value, count
            )

    def no_faults(self) -> None:
        """Switch all off, the limits of Procore too."""
        for server in (self.sdx, self.procore):
            server.switches.clear()
        self.fault("procore_hourly_limit=0", "procore_spike_limit=0")

    def reset(self) -> None:
        """Both stand-ins as they were loaded, an empty warehouse, no fault. What still runs ends first."""
        self.quiet()
        self.no_faults()
        self.offset = timedelta(0)
        connection = self.source_link
        with connection.transaction():
            for table in _WRITTEN:
                name = sql.Identifier(table)
                connection.execute(sql.SQL("delete from dbo.{}").format(name))
                connection.execute(sql.SQL("insert into dbo.{} select * from pristine.{}").format(name, name))
            connection.execute("delete from sandbox.writes; delete from sandbox.written_fields")
            connection.execute(_RESTORE_PROCORE.encode())
        connection = self.warehouse_link
        with connection.transaction():
            for table in reversed(_TABLES):
                connection.execute(sql.SQL("delete from export.{}").format(sql.Identifier(table)))
        self.sdx.calls.reset()
        self.procore.calls.reset()

    def keep_warehouse(self, name: str, id: RecordId) -> None:
        """Remember what the warehouse holds now that this record is accepted, for `with_kept_warehouse`."""
        self.kept[name] = id
        schema = sql.Identifier(f"kept_{name}")
        connection = self.warehouse_link
        with connection.transaction():
            connection.execute(sql.SQL("drop schema if exists {} cascade").format(schema))  # of an earlier test
            connection.execute(sql.SQL("create schema {}").format(schema))
            for table in _TABLES:
                names = sql.Identifier(f"kept_{name}", table), sql.Identifier("export", table)
                connection.execute(sql.SQL("create table {} as select * from {}").format(*names))

    def with_kept_warehouse(self, name: str) -> None:
        """As `reset`, with the warehouse as it was when it was kept."""
        self.reset()
        connection = self.warehouse_link
        with connection.transaction():
            for table in _TABLES:
                columns = sql.SQL(", ").join(map(sql.Identifier, self._columns(table)))
                names = sql.Identifier("export", table), columns, columns, sql.Identifier(f"kept_{name}", table)
                copied = "insert into {} ({}) overriding system value select {} from {}"
                connection.execute(sql.SQL(copied).format(*names))

    def _columns(self, table: str) -> list[str]:
        """The columns of one of the tables, but for those that the warehouse computes."""
        query = (
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
            " and attgenerated = ''"
        )
        return [name for (name,) in self.warehouse(query, f"export.{table}")]

    def _clock(self, connection: psycopg.Connection) -> datetime:
        return warehouse_clock(connection) + self.offset


@contextmanager
def open_stage(
    postgres: EmbeddedPostgres,
    name: str = "endtoend",
    warehouse_server: EmbeddedPostgres | None = None,
    *,
    jobs: int = JOBS,
    past: Size | None = None,
) -> Iterator[Stage]:
    """Load both stand-ins, start their servers, make a warehouse. Everything is gone at the end.

    Args:
        postgres: a running server.
        name: of the databases.
        warehouse_server: another one for the warehouse, which may be stopped while the stand-ins go on.
        jobs: how large Spectrum is.
        past: how large the Procore company is that ran another connector.
    """
    holder = warehouse_server or postgres
    source, warehouse = postgres.create_database(f"{name}_source"), holder.create_database(f"{name}_warehouse")
    load(source, jobs=jobs, transactions=200)
    seed(source, past=past)
    with psycopg.connect(warehouse, autocommit=True) as connection:
        migrate(connection)
    infolink = InfoLinkServer(source, password=PASSWORD, tls=False)
    sdx = SdxServer(source, [Authorization(AUTHORIZATION, ("1", "2"))])
    procore = ProcoreServer(source, [ServiceAccount("endtoend", SECRET)])
    with TemporaryDirectory() as folder, infolink, sdx, procore, pytest.MonkeyPatch.context() as patch:
        # A second of a fault is long for a test, and still longer than a client waits.
        patch.setattr(write_answers, "time", _Shorter)
        settings = Path(folder) / "settings.yaml"
        _prepare(source, settings)
        patch.setitem(os.environ, "SPECTRUM_ETL_SETTINGS", str(settings))
        places = Places(warehouse, sdx.url, procore.url, infolink.port, str(settings))
        with places.lines() as lines, _open(source) as source_link, _open(warehouse) as warehouse_link:
            stage = Stage(source_link, warehouse_link, places, sdx, procore, lines)
            stage.reset()
            yield stage
            stage.quiet()
    postgres.drop_database(f"{name}_source")
    holder.drop_database(f"{name}_warehouse")


class _Shorter:
    """`time` for the faults of the writing services, which sleep once before their work and once after it."""

    #: How long each of the two is beside a fault, in seconds.
    pace: Callable[[], float] = staticmethod(lambda: 0.0)

    @staticmethod
    def sleep(seconds: float) -> None:
        time.sleep(seconds * 0.9 + _Shorter.pace())


@contextmanager
def paced(chance: random.Random, most: float, one_in: int = 20) -> Iterator[None]:
    """Inside, one write in so many takes up to so many seconds, before its work or after it; the others none.

    Args:
        chance: says which.
        most: in seconds.
        one_in: of how many writes.
    """
    _Shorter.pace = staticmethod(lambda: chance.uniform(0, most) if chance.random() < 0.5 / one_in else 0.0)
    try:
        yield
    finally:
        _Shorter.pace = staticmethod(lambda: 0.0)


def _prepare(source: str, settings: Path) -> None:
    """Short budgets, the settings of the tests, and a copy of all that tests change."""
    with _open(source) as connection, connection.transaction():
        rows = connection.execute(
            "select id::text from procore.records where kind = 'project' and origin_id is not null and company_id = %s",
            [PROCORE_COMPANY],
        ).fetchall()
        # A project that a test adds may be forecast, too.
        rows += connection.execute("select (max(id) + 1)::text from procore.records").fetchall()
        connection.execute("create schema pristine")
        for table in (*(f"dbo.{name}" for name in _WRITTEN), "procore.records"):
            name = sql.Identifier(table.partition(".")[2])
            made = sql.SQL("create table pristine.{} as select * from {}")
            connection.execute(made.format(name, sql.Identifier(*table.split("."))))
        connection.execute("create unique index on pristine.records (id)")
    values = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    values["exports"] |= {
        "server_time_limit": 300,
        "budget_view": "Procore Standard Forecast View",
        "forecast_projects": [id for (id,) in rows],
    }
    settings.write_text(yaml.safe_dump(values), encoding="utf-8")


def _open(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True, options="-c search_path=dbo,public")


def _run(connection: psycopg.Connection, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    cursor = connection.execute(statement.encode(), values or None)
    return cursor.fetchall() if cursor.description else []
