"""A small world for imports of vendors: a warehouse with staged vendors, and the stand-in Procore over HTTP.

A kill is a BaseException, which ends everything up to the test as a SIGKILL would, connections included.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from spectrum_etl.imports.objects.vendors import OBJECT
from spectrum_etl.imports.records import plans
from spectrum_etl.imports.records.plans import PlanRow
from spectrum_etl.imports.spec import ALL, Narrowed
from spectrum_etl.imports.steps.accept import Decider, Decision, Verb, decide
from spectrum_etl.imports.steps.apply import Applied, apply
from spectrum_etl.imports.steps.compare import Compared, compare
from spectrum_etl.imports.steps.plan import Made, make_plan
from spectrum_etl.imports.systems import Systems
from spectrum_etl.model.run import Run
from spectrum_etl.model.spec import Table
from spectrum_etl.settings import Settings
from spectrum_etl.sources.procore import ProcoreClient
from spectrum_etl.warehouse.ddl import ensure_table
from spectrum_etl.warehouse.migrate import migrate
from stack.postgres import EmbeddedPostgres
from tests.sources.procore.standin import COMPANY, StandIn, standing_in

BOSS = Decider("boss", "Boss")
WRITING = ("PATCH", "POST", "DELETE")


class Kill(BaseException):
    """SIGKILL."""


def settings(object_name: str = "vendors", **options: Any) -> Settings:
    """Settings of one company, with these of the imports of an object."""
    company = {"code": "1", "name": "One", "phase_category": "STD", "procore_company_id": COMPANY}
    imports = {"approvers": [{"id": BOSS.id, "name": BOSS.name}], object_name: options}
    return Settings.model_validate({"companies": [company], "imports": imports})


class World:
    """Everything around one warehouse and one Procore.

    Args:
        url: a warehouse with its tables.
        procore: the stand-in.
    """

    obj, kind = OBJECT, "vendor"

    def __init__(self, url: str, procore: StandIn) -> None:
        self.url, self.procore, self.settings, self.runs = url, procore, settings(), 0
        #: What its tasks talk to Procore with.
        self.client: ProcoreClient = procore.client
        self._connections: dict[str, psycopg.Connection[Any]] = {}

    def elsewhere(self) -> World:
        """The same world for another process, which shares no connection with this one."""
        world = type(self)(self.url, self.procore)
        world.settings, world.runs = self.settings, self.runs + 1000
        return world

    def _connected(self, url: str) -> psycopg.Connection[Any]:
        """A connection that stays open: most of what a test waits for is connecting."""
        if url not in self._connections or self._connections[url].closed:
            self._connections[url] = psycopg.connect(url, autocommit=True)
        return self._connections[url]

    def close(self) -> None:
        """Close its connections."""
        while self._connections:
            self._connections.popitem()[1].close()

    def clear(self) -> None:
        """Nothing is staged, planned, linked or in Procore."""
        self.procore.server.switches.clear()
        for name in ("procore_hourly_limit", "procore_spike_limit"):
            self.procore.fault(name, "0")
        self._connected(self.procore.url).execute("DELETE FROM procore.records WHERE kind = %s", [self.kind])
        # Next to nothing is in them: to delete it takes a fraction of what it takes to truncate a table.
        for table in (
            "procore.foreign_ids", "procore.takeovers", "procore.looks", "procore.limits", "procore.records",
            "procore.calls", "procore.plan_rows", "procore.plans", "procore.left_out", "procore.restores",
            "export.claims", "export.links", "export.rejection_mails", "export.queue", "export.calls", "export.ledger",
            f"spectrum.{self.obj.table.name}",
        ):  # fmt: skip
            self.query(f"delete from {table}")  # noqa: S608
        self.query("update export.continuity set noticed_at = null, restored_at = null, books = export.which_books()")
        self.procore.server.calls.reset()
        self.procore.waits.clear()

    # Spectrum, as it is staged

    def vendor(self, code: str, name: str | None = None, **fields: Any) -> None:
        """Stage a vendor, or another version of it."""
        values = {"company_code": "1", "vendor_code": code, "vendor_name": name, "status": "A", **fields}
        values |= {"_row_hash": uuid.uuid4(), "_run_id": "run", "_deleted_at": None}
        columns = [*values, "_read_at", "_changed_at"]
        given = ", ".join(["%s"] * len(values))
        self.query("delete from spectrum.vendors where company_code = '1' and vendor_code = %s", code)
        self.query(
            f"insert into spectrum.vendors ({', '.join(columns)})"  # noqa: S608
            f" values ({given}, clock_timestamp(), clock_timestamp())",
            *values.values(),
        )

    def change_vendor(self, code: str, **fields: Any) -> None:
        """Stage a change of a vendor."""
        given = ", ".join(f"{name} = %s" for name in fields)
        self.query(
            f"update spectrum.vendors set {given}, _changed_at = clock_timestamp() where vendor_code = %s",  # noqa: S608
            *fields.values(), code,
        )  # fmt: skip

    # Procore

    def company(self, name: str, **fields: Any) -> int:
        """A company of the directory that somebody has entered there."""
        origin = fields.pop("origin_id", None)
        made = self.procore.client.post(
            "/rest/v1.0/vendors", {"company_id": COMPANY, "vendor": {"name": name, **fields}}
        )
        if origin:
            with psycopg.connect(self.procore.url, autocommit=True) as connection:
                connection.execute("UPDATE procore.records SET origin_id = %s WHERE id = %s", [origin, made["id"]])
        return int(made["id"])

    def marked(self, record: int, origin_id: str, origin_code: str | None = None, **fields: Any) -> int:
        """A record that another integration has marked: `origin_fixed`, `erp_locked` say what Procore keeps of it."""
        values = {"integration": "procore_connector", **fields}
        with psycopg.connect(self.procore.url, autocommit=True) as connection:
            connection.execute(
                "UPDATE procore.records SET origin_id = %s, origin_code = %s, fields = fields || %s,"
                " updated_at = clock_timestamp() WHERE id = %s",
                [origin_id, origin_code, psycopg.types.json.Jsonb(values), record],
            )
        return record

    def an_hour_passes(self) -> None:
        """Since somebody has confirmed that the other integration is switched off."""
        self.query(
            "update procore.takeovers set first_look_at = first_look_at - interval '1 hour',"
            " second_look_due = second_look_due - interval '1 hour' where ended_at is null"
        )

    def companies(self) -> list[dict[str, Any]]:
        """All companies that Procore has, past its API."""
        found = (
            self._connected(self.procore.url)
            .execute(
                "SELECT id, origin_id, origin_code, fields FROM procore.records WHERE kind = %s ORDER BY id",
                [self.kind],
            )
            .fetchall()
        )
        return [{"id": id, "origin_id": origin, "origin_code": code, **fields} for id, origin, code, fields in found]

    def mark(self, record: int, origin_id: str, origin_code: str) -> None:
        """An export marks a record as synced."""
        self._connected(self.procore.url).execute(
            "UPDATE procore.records SET origin_id = %s, origin_code = %s, updated_at = clock_timestamp()"
            " WHERE id = %s AND origin_id IS DISTINCT FROM %s",
            [origin_id, origin_code, record, origin_id],
        )

    def named(self, name: str) -> dict[str, Any]:
        """The one company of this name."""
        [found] = [each for each in self.companies() if each["name"] == name]
        return found

    def calls(self, *methods: str) -> int:
        """How many calls of the API were made, of these methods."""
        made = [call["service"] for call in self.procore.server.calls.report()["calls"] if "/rest/" in call["service"]]
        return sum(1 for service in made if not methods or service.split()[0] in methods)

    # The import

    def systems(self, client: ProcoreClient | None = None) -> Systems:
        """Made anew for every task, as tasks do."""
        run = Run(self.obj.dag_id, f"run {self.runs}")
        return Systems(self.url, self.settings, self.settings.companies[0], client or self.client, run)

    def plan(
        self, *keys: str, dry_run: bool = False, look_again: bool = True, switched_off_by: str | None = None
    ) -> Made:
        """A run plans."""
        self.runs += 1
        narrowed = Narrowed(keys) if keys else ALL
        return make_plan(
            self.systems(), self.obj, narrowed, dry_run=dry_run, look_again=look_again, switched_off_by=switched_off_by
        )

    def take_over(self, *keys: str) -> Made:
        """Somebody confirms that the other integration is switched off; an hour later Procore is looked at again."""
        self.plan(*keys, switched_off_by=BOSS.name)
        self.an_hour_passes()
        return self.plan(*keys, look_again=False)

    def rows(self, plan_id: int | None = None) -> dict[str, PlanRow]:
        """The rows of the open plan, or of another, by key."""
        connection = self._connected(self.url)
        plan = plans.open_plan(connection, self.obj, "1")
        number = plan_id or (plan.plan_id if plan else None)
        return {row.spectrum_key: row for row in plans.rows(connection, number)} if number else {}

    def standing(self) -> dict[str, tuple[str, str]]:
        """Kind and state by key."""
        return {key: (row.kind, row.state) for key, row in self.rows().items()}

    def decide(
        self, *keys: str, verb: Verb = "accept", record: str | int | None = None, by: Decider = BOSS
    ) -> list[str | None]:
        """Decide about these rows, or all that can be accepted; why not, for each."""
        rows = self.rows()
        chosen = [rows[key] for key in keys] or [row for row in rows.values() if row.state in ("ready", "suggested")]
        given = None if record is None else str(record)
        decisions = [Decision(row.row_id, row.row_hash, verb, given) for row in chosen]
        return list(decide(self.systems(), self.obj, decisions, by).values())

    def apply(self) -> Applied:
        """A task applies."""
        return apply(self.systems(), self.obj)

    def compare(self) -> Compared:
        """A task reads back."""
        return compare(self.systems(), self.obj)

    def run(self, *keys: str) -> None:
        """Plan, accept all or these, apply, read back."""
        self.plan()
        self.decide(*keys)
        self.apply()
        assert self.compare().differing == []

    def links(self) -> dict[str, int]:
        """Company by vendor code."""
        found = self.query("select spectrum_key, record_id from export.links where unlinked_at is null")
        return {key: int(record) for key, record in found}

    def standin(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database of the stand-in Procore, past its API."""
        return self._connected(self.procore.url).execute(statement.encode(), values or None).fetchall()

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the warehouse, past everything."""
        cursor = self._connected(self.url).execute(statement.encode(), values or None)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def warehouse_and_procore(
    postgres: EmbeddedPostgres, request: pytest.FixtureRequest, table: Table
) -> Iterator[tuple[str, StandIn]]:
    """A warehouse that has the staged table, and a stand-in Procore, for the tests of one module."""
    name = request.module.__name__.rpartition(".")[2][:40]
    url, procore = postgres.create_database(f"{name}_wh"), postgres.create_database(f"{name}_procore")
    with psycopg.connect(url, autocommit=True) as connection:
        migrate(connection)
        ensure_table(connection, table)
    with standing_in(procore) as made:
        yield url, made
    postgres.drop_database(f"{name}_wh")
    postgres.drop_database(f"{name}_procore")


@contextmanager
def killed_after(steps: int | None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Kill at the so-manieth end of a transaction: just before or just after its commit. None: never.

    Only what this thread does counts: the stand-in Procore works in threads of the same process.
    """
    left = [-1 if steps is None else steps]
    original, own = psycopg.Connection.transaction, threading.get_ident()

    def tick() -> None:
        if threading.get_ident() != own:
            return
        left[0] -= 1
        if left[0] == 0:
            raise Kill

    @contextmanager
    def transaction(self: psycopg.Connection, *args: Any, **kwargs: Any) -> Iterator[Any]:
        with original(self, *args, **kwargs) as inner:
            yield inner
            tick()
        tick()

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Connection, "transaction", transaction)
        yield
