"""N11, A1: random sequences of what people, tasks and machines do, the same for every object that is imported.

Answers lost after the work, 429, 5xx, pages cut, processes killed in plan, apply and compare, Procore edited meanwhile,
an export of the same record accepted meanwhile, the warehouse restored from an older dump. In half of them another
integration has marked some records, somebody confirms that it is switched off, and it may write all the same (N12). An
object says what it stages and enters.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.imports.steps.undo import plan_undo
from spectrum_etl.links import claims
from spectrum_etl.links.claims import Owner, Taken
from spectrum_etl.links.keys import Key
from tests.imports.vendors.imports_world import Kill, World, killed_after

NAMES = ("Akron Paving", "Bolt Electric", "Cedar Roofing", "Delta Steel", "Elm Plumbing", "Fargo Glass")
FAULTS: tuple[tuple[str, str | None, int | None], ...] = (
    ("procore_lost_answer", None, 2),
    ("procore_500_after", None, 2),
    ("procore_500", None, 2),
    ("procore_503", "1", 2),
    ("procore_rate_limit", "1", 2),
    ("procore_sync_stops", "1", 1),
    ("procore_most_updates", "2", 2),
    ("procore_random_400", None, 1),
    ("procore_page_cut", None, 1),
)


class Sequence(ABC):
    """One random sequence of what people, tasks and machines do.

    Args:
        world: empty.
        seed: decides all of it.
    """

    def __init__(self, world: World, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.random, self.monkeypatch = world, random.Random(seed), monkeypatch
        self.counted: Counter[str] = Counter()
        self.exported: dict[str, int] = {}
        self.begin(self.random.choice(["always", "changes", "never"]))
        if self.random.random() < 0.5:
            for each in world.companies():
                if each.get("is_active", True) and self.random.random() < 0.7:
                    self._mark(each)
        self.entered = {each["id"] for each in world.companies()}

    @abstractmethod
    def begin(self, ask: str) -> None:
        """Stage what there is, and enter some of it in Procore."""

    @abstractmethod
    def change_spectrum(self) -> None:
        """Something changes in Spectrum."""

    @abstractmethod
    def change_procore(self) -> None:
        """Somebody changes something in Procore."""

    @abstractmethod
    def put_right(self) -> None:
        """Whatever a person has to do at the end."""

    @abstractmethod
    def check_one(self, key: str, record: dict[str, Any]) -> None:
        """What holds of a linked record besides."""

    def play(self, steps: int) -> None:
        """So many steps, then everything is put right and comes to its end."""
        doing: list[Callable[[], object]] = [
            self.world.plan, self.world.plan, self._decide, self._decide, self._apply, self._apply, self._apply,
            self.world.compare, self.change_spectrum, self.change_procore, self._export, self._take_back,
            self._lose_the_books, self._undo, self._confirm, self._an_hour_passes, self._connector_writes,
        ]  # fmt: skip
        for _ in range(steps):
            step = self.random.choice(doing)
            kill = self.random.randint(1, 14) if self.random.random() < 0.3 else None
            if self.random.random() < 0.4:
                name, value, count = self.random.choice(FAULTS)
                self.world.procore.fault(name, value, count)
                self.counted[name] += 1
            with killed_after(kill, self.monkeypatch):
                try:
                    step()
                except Kill:
                    self.counted["killed"] += 1
                except SpectrumEtlError as error:
                    self.counted[type(error).__name__] += 1
            for name, _, _ in FAULTS:
                self.world.procore.server.switches.clear(name)
        self.world.query("delete from export.claims where not linked and plan_row_id is null")
        self.put_right()
        self.world.plan(switched_off_by="ann")
        self.world.an_hour_passes()
        for _ in range(6):
            self.world.plan()
            self._accept_all()
            self.world.apply()
            self.world.compare()

    def _accept_all(self) -> None:
        for key, row in self.world.rows().items():
            if row.state in ("ready", "suggested"):
                self.world.decide(key)
            elif row.state == "left out":
                self.world.decide(key, verb="include")

    def _decide(self) -> None:
        keys = [key for key, row in self.world.rows().items() if row.state in ("ready", "suggested")]
        if keys:
            self.world.decide(*self.random.sample(keys, self.random.randint(1, len(keys))))

    def _mark(self, record: dict[str, Any]) -> None:
        """Another integration marks a record that is nobody's, with the code of its name, or with none."""
        key = f"V{NAMES.index(record['name'])}" if record["name"] in NAMES else None
        self.world.marked(record["id"], f"foreign-{record['id']}", key if self.random.random() < 0.7 else None)
        self.counted["marked by another integration"] += 1

    def _confirm(self) -> None:
        self.world.plan(switched_off_by="ann")
        self.counted["confirmed"] += 1

    def _an_hour_passes(self) -> None:
        self.world.an_hour_passes()

    def _connector_writes(self) -> None:
        """It was not switched off."""
        free = [
            each for each in self.world.companies()
            if each["id"] in self.entered and not each["origin_id"] and each.get("is_active", True)
        ]  # fmt: skip
        if free and self.random.random() < 0.3:
            self._mark(self.random.choice(free))

    def _take_back(self) -> None:
        keys = [key for key, row in self.world.rows().items() if row.state == "accepted"]
        if keys:
            self.world.decide(self.random.choice(keys), verb="take back")

    def _apply(self) -> None:
        self.counted["applied"] += self.world.apply().counts["applied"]

    def _undo(self) -> None:
        runs = self.world.query("select distinct run_id from procore.calls where state = 'applied' order by 1")
        if runs:
            plan_undo(self.world.systems(), self.world.obj, self.random.choice(runs)[0])
            self.counted["undo planned"] += 1

    def _export(self) -> None:
        """An approver of exports says yes to a record of Procore, under a key of Spectrum or a new one."""
        found = self.random.choice(self.world.companies() or [{"id": 0}])
        key = self.random.choice([f"V{self.random.randrange(len(NAMES))}", "NEW1", "NEW2"])
        owner = Owner(self.world.obj.name, "1", "", str(found["id"]), "Record")
        with psycopg.connect(self.world.url, autocommit=True) as connection:
            linked = connection.execute(
                "select count(*) from export.links where record_id = %s and unlinked_at is null", [str(found["id"])]
            ).fetchone()
            if linked != (0,):
                return
            try:
                claims.claim(
                    connection, owner, [Key(self.world.obj.space, key)], attempt_id=None, by="ann", by_name="Ann",  # type: ignore[arg-type]
                    at=self._now(connection),
                )  # fmt: skip
            except Taken:
                self.counted["export gave way"] += 1
            else:
                self.counted["exported"] += 1

    @staticmethod
    def _now(connection: psycopg.Connection):  # type: ignore[no-untyped-def]
        return connection.execute("select clock_timestamp()").fetchone()[0]  # type: ignore[index]

    def _lose_the_books(self) -> None:
        """The warehouse is that of yesterday: nothing of the imports is known."""
        if self.random.random() < 0.2:
            self.counted["restored"] += 1
            self.world.query(
                "truncate procore.plan_rows, procore.plans, procore.calls, procore.looks, procore.records,"
                " export.links, export.claims"
            )

    def check(self) -> None:
        """Each record is one of Procore, which is linked to it and to nothing else."""
        companies, links = self.world.companies(), self.world.links()
        origins = Counter(each["origin_id"] for each in companies if each["origin_id"])
        assert max(origins.values()) == 1, origins
        assert sorted(links) == [f"V{number}" for number in range(len(NAMES))], "nothing is lost"
        assert len(set(links.values())) == len(links), "two never link to one"
        of = {each["id"]: each for each in companies}
        for key, record in links.items():
            assert of[record]["origin_id"] == f"spectrum:1:{key}"
            self.check_one(key, of[record])
        made = {each["id"] for each in companies} - self.entered
        assert made <= set(links.values()), "what was created is linked"
        stuck = self.world.query(
            "select spectrum_key, r.state, reason from procore.plan_rows as r join procore.plans as p using (plan_id)"
            " where p.state = 'open' and r.state not in ('applied', 'put back')"
            " and not (r.kind = 'refused' and r.spectrum_key = 'Procore ' || r.record_id)"
        )
        assert stuck == [], "nothing is stuck"
        assert self.world.query("select count(*) from export.claims where not linked") == [(0,)]


def play(sequence: Sequence) -> Counter[str]:
    """Play a sequence to its end; what happened in it."""
    sequence.play(12)
    sequence.check()
    return sequence.counted
