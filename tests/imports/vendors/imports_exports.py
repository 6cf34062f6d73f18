"""What exports of the same records do while they are imported, in random sequences: asked, sent, linked, refused."""

from __future__ import annotations

import random
import threading
from abc import ABC, abstractmethod
from collections import Counter
from typing import Any

import psycopg

from spectrum_etl.links import claims, pairs
from spectrum_etl.links.claims import Owner, Taken
from spectrum_etl.links.keys import Key
from spectrum_etl.model.record import RecordId
from tests.imports.vendors.imports_world import World

#: Of what Spectrum has: its keys are V0, V1, and so on.
NAMES = ("Akron Paving", "Bolt Electric", "Cedar Roofing", "Delta Steel", "Elm Plumbing", "Fargo Glass")
#: What exports give to records that Spectrum did not have.
NEW = ("NEW1", "NEW2")
#: States of an export in which an approver is asked, or its document is on its way.
UNDER_WAY = ("waiting", "sending", "unknown", "sent", "confirmed")


class ExportsMeanwhile(ABC):
    """The part of a sequence that exports play.

    Args:
        world: of the imports.
        seed: decides what happens.
    """

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.counted: Counter[str] = Counter()
        #: Keys that exports have brought to Spectrum.
        self.brought: set[str] = set()

    @abstractmethod
    def say_yes(self, *keys: str) -> bool:
        """Accept these rows; whether any was."""

    @abstractmethod
    def stage(self, key: str, name: str) -> None:
        """Stage a record that an export has brought to Spectrum."""

    def _export(self) -> None:
        """An export asks an approver about a record, or the approver says yes, under a key of Spectrum or a new one."""
        active = [each for each in self.world.companies() if each.get("is_active", each.get("active")) is not False]
        free = [key for key in NEW if key not in self.brought]
        if not active:
            return
        found = self.random.choice(active)
        key = self.random.choice([f"V{self.random.randrange(len(NAMES))}", *free])
        with psycopg.connect(self.world.url, autocommit=True) as connection:
            linked = connection.execute(
                "select count(*) from export.links where unlinked_at is null"
                " and (record_id = %s or lower(spectrum_key) = lower(%s))",
                [str(found["id"]), key],
            ).fetchone()
            if linked != (0,):
                return
            state = self.random.choice(UNDER_WAY)
            if state != "waiting" and not self._claim(connection, self._owner(found), key):
                return
            connection.execute(
                "insert into export.queue (object_name, company_code, project_id, record_id, title, state, fingerprint,"
                " run_id, asks_run_id) values (%(object)s, '1', '', %(record)s, %(title)s, %(state)s::export.state, '',"
                " 'run', case when %(state)s::text = 'waiting' then 'run' end) on conflict (object_name, company_code,"
                " project_id, record_id) do update set state = excluded.state, asks_run_id = excluded.asks_run_id",
                {"object": self.world.obj.name, "record": str(found["id"]), "title": found["name"], "state": state},
            )
            self.counted[f"export {state}"] += 1

    def _claim(self, connection: psycopg.Connection, owner: Owner, key: str) -> bool:
        try:
            claims.claim(
                connection, owner, [Key(self.world.obj.space, key)], attempt_id=None, by="ann", by_name="Ann",  # type: ignore[arg-type]
                at=self._now(connection),
            )  # fmt: skip
        except Taken:
            self.counted["export gave way"] += 1
            return False
        return True

    def _owner(self, record: dict[str, Any]) -> Owner:
        return Owner(self.world.obj.name, "1", "", str(record["id"]), record["name"])

    def _export_goes_on(self) -> None:
        """An export comes to its next state, or to its end: refused, taken out, or linked and staged."""
        going = self.exports_under_way()
        if not going:
            return
        record, state, key = self.random.choice(going)
        ending = self.random.choice(["next", "refused", "linked"])
        with psycopg.connect(self.world.url, autocommit=True) as connection, connection.transaction():
            if ending == "linked" and key in NEW and key not in self.brought:
                self._link(connection, record, key)
                self.counted["export linked"] += 1
            elif ending == "refused" or state in ("waiting", UNDER_WAY[-1]):
                self._retrieve(connection, record)
                self.counted["export refused"] += 1
            else:
                self._set(connection, record, UNDER_WAY[UNDER_WAY.index(state) + 1])
                self.counted["export went on"] += 1

    def exports_under_way(self) -> list[tuple[Any, ...]]:
        """Record, state and key of the exports that have not ended."""
        return self.world.query(
            "select q.record_id, q.state, c.key from export.queue as q left join export.claims as c"
            " on c.object_name = q.object_name and c.record_id = q.record_id and c.plan_row_id is null and not c.linked"
            " where q.state = any(%s) order by 1",
            list(UNDER_WAY),
        )

    def _link(self, connection: psycopg.Connection, record: str, key: str) -> None:
        """The end of an export that worked: linked, marked in Procore, and staged by the next sync."""
        [found] = [each for each in self.world.companies() if str(each["id"]) == record]
        owner = self._owner(found)
        pairs.write_by_hand(connection, self.world.obj.name, RecordId("1", "", record), key, "ann")
        claims.keep(connection, owner, Key(self.world.obj.space, key), attempt_id=None, by="ann")
        self._set(connection, record, "linked")
        self.world.mark(int(record), f"1:{key}", key)
        self.stage(key, found["name"])
        self.brought.add(key)

    def _retrieve(self, connection: psycopg.Connection, record: str) -> None:
        claims.release(connection, Owner(self.world.obj.name, "1", "", record, ""))
        self._set(connection, record, "retrieved")

    @staticmethod
    def _set(connection: psycopg.Connection, record: str, state: str) -> None:
        connection.execute(
            "update export.queue set state = %s, asks_run_id = case when %s::text = 'waiting' then 'run' end"
            " where record_id = %s",
            [state, state, record],
        )

    def _end_exports(self) -> None:
        """What is still on its way is taken out."""
        with psycopg.connect(self.world.url, autocommit=True) as connection:
            for (record,) in self.world.query(
                "select record_id from export.queue where state = any(%s)", list(UNDER_WAY)
            ):
                self._retrieve(connection, record)
            connection.execute("delete from export.claims where not linked and plan_row_id is null")

    def _accept_both(self) -> None:
        """Approvers of both directions say yes about one record in the same moment: one of them is first."""
        rows = [row for row in self.world.rows().values() if row.state in ("ready", "suggested")]
        making = [row for row in rows if row.kind in ("create", "link")]
        if not making:
            return
        row = self.random.choice(making)
        record = row.record_id or str(self.random.choice(self.world.companies() or [{"id": 0}])["id"])
        owner, key = (
            Owner(self.world.obj.name, "1", "", record, "Record"),
            self.random.choice([row.spectrum_key, NEW[0]]),
        )
        start, got = threading.Barrier(2), {}

        def export() -> None:
            with psycopg.connect(self.world.url, autocommit=True) as connection:
                start.wait()
                got["export"] = self._claim(connection, owner, key)

        other = threading.Thread(target=export)
        other.start()
        start.wait()
        try:
            got["import"] = self.say_yes(row.spectrum_key)
        finally:
            other.join()
        same = key == row.spectrum_key or record == row.record_id
        assert "export" in got, "the other one failed"
        if same:
            assert not (got["export"] and got["import"]), "the two have one record, or one key"
            self.counted["both accepted at once"] += 1

    @staticmethod
    def _now(connection: psycopg.Connection):  # type: ignore[no-untyped-def]
        return connection.execute("select clock_timestamp()").fetchone()[0]  # type: ignore[index]
