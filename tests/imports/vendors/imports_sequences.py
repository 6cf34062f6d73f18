"""N11, A1: random sequences of what people, tasks and machines do, the same for every object that is imported.

Answers lost after the work, time-outs, 429, 5xx, 413, pages cut, tasks killed in plan, apply and compare, processes
that get a SIGKILL, two runs at once, Procore edited meanwhile, an export of the same record in every state, accepted in
the same second, undo, the warehouse restored from an older dump. In half of them another integration has marked some
records, somebody confirms that it is switched off, and it may write all the same (N12). An object says what it stages
and enters.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.imports.steps.undo import plan_undo
from spectrum_etl.sources.procore import ProcoreClient
from tests.imports.vendors.imports_decisions import DecisionsKept
from tests.imports.vendors.imports_dump import Dump
from tests.imports.vendors.imports_exports import NAMES, NEW, ExportsMeanwhile
from tests.imports.vendors.imports_world import Kill, World, killed_after

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
    ("procore_token_expired", None, 1),
)
_TOO_LARGE = 413
#: Those that only calls meet which write many records at once.
OF_BATCHES = frozenset({"procore_sync_stops", "procore_most_updates", "procore_random_400"})
#: What hundreds of sequences are made of, as they are counted: a kind that is missing was never tried.
KINDS = (
    *(name for name, _, _ in FAULTS), "timed out", "killed in plan", "killed in apply", "killed in compare",
    "SIGKILL in plan", "SIGKILL in apply", "SIGKILL in compare", "two at once", "edited in Procore", "export waiting",
    "export sending",
    "export unknown", "export sent", "export confirmed", "export linked", "export refused", "export gave way",
    "both accepted at once", "taken back", "left out", "included", "undo planned", "dumped", "restored",
    "restored to nothing", "applied",
    "content compared", "marked by another integration", "confirmed",
)  # fmt: skip


class Sequence(DecisionsKept, ExportsMeanwhile):
    """One random sequence of what people, tasks and machines do.

    Args:
        world: empty.
        seed: decides all of it, but for where a process is hit by a SIGKILL and who of two at once is first.
    """

    def __init__(self, world: World, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(world, seed)
        self.monkeypatch = monkeypatch
        self.dump: Dump | None = None
        self._too_large = 0
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
    def wanted(self, key: str) -> str | None:
        """What Spectrum holds of the one field that is changed in it."""

    @abstractmethod
    def held(self, record: dict[str, Any]) -> str | None:
        """What Procore holds of that field."""

    @abstractmethod
    def check_one(self, key: str, record: dict[str, Any]) -> None:
        """What holds of a linked record besides."""

    def play(self, steps: int) -> None:
        """So many steps, then everything is put right and comes to its end."""
        for _ in range(steps):
            step = self.random.choice(self._doing())
            calls = step in (self._apply, self._two_at_once)
            kill = self.random.randint(1, 14) if self.random.random() < (0.4 if calls else 0.2) else None
            fault = self.random.choice(FAULTS) if self.random.random() < (0.6 if calls else 0.2) else None
            if fault is not None:
                self.world.procore.fault(*fault)
            times_out = self.random.random() < 0.1
            with killed_after(kill, self.monkeypatch), self._timing_out(times_out):
                try:
                    step()
                except Kill:
                    self.counted[f"killed in {step.__name__.strip('_')}"] += 1
                except SpectrumEtlError as error:
                    self.counted[type(error).__name__] += 1
            if fault is not None:
                self._count_fault(fault)
            self.check_decisions()
        self._end_exports()
        self.put_right()
        self.world.plan(switched_off_by="ann")
        self.world.an_hour_passes()
        for _ in range(6):
            self.world.plan()
            self._accept_all()
            self.world.apply()
            self.check_decisions()
            self.world.compare()
            if not self._open():
                break

    def _doing(self) -> list[Callable[[], object]]:
        """What can be done now, the more often the more it does: what nothing comes of is no step."""
        states = Counter(row.state for row in self.world.rows().values())
        doing: list[Callable[[], object]] = [
            self.world.plan, self.world.plan, self.change_spectrum, self._edit_procore, self._export,
            self._dump_or_restore, self._kill_process, self._two_at_once, self._connector_writes,
        ]  # fmt: skip
        if states["ready"] + states["suggested"]:
            doing += [self._decide] * 4 + [self._leave_out, self._accept_both]
        if states["accepted"] + states["applying"] + states["unknown"] + states["waiting for permission"]:
            doing += [self._apply] * 5 + [self._kill_process, self._two_at_once, self._dump_or_restore]
        if states["accepted"]:
            doing += [self._take_back] * 2
        if states["left out"]:
            doing += [self._include]
        if self._written():
            doing += [self._undo, self._undo, self._dump_or_restore]
        if self._unread():
            doing += [self.world.compare] * 2
        if self.exports_under_way():
            doing += [self._export_goes_on] * 2
        if any(str(each["origin_id"]).startswith("foreign") for each in self.world.companies()):
            doing += [self._confirm, self._an_hour_passes] * 3
        return doing

    def _written(self) -> list[str]:
        """Runs that have written something."""
        found = self.world.query("select distinct run_id from procore.calls where state = 'applied' order by 1")
        return [run for (run,) in found]

    def _unread(self) -> bool:
        """Whether something was written and not read back."""
        return bool(
            self.world.query("select 1 from procore.calls where state = 'applied' and compared_at is null limit 1")
        )

    def _open(self) -> bool:
        """Whether another round has something to do."""
        if self.world.plan().is_new:
            return True
        return any(row.state not in ("applied", "put back") for row in self.world.rows().values())

    def _count_fault(self, fault: tuple[str, str | None, int | None]) -> None:
        """Only what has met a call was tried."""
        name, _, count = fault
        left = self.world.standin("SELECT remaining FROM sandbox.faults WHERE name = %s", name)
        refused = sum(call["status"] == _TOO_LARGE for call in self.world.procore.server.calls.report()["calls"])
        # The limit of updates is no count of calls: they are refused by it.
        met = refused > self._too_large if name == "procore_most_updates" else left != [(count,)]
        self._too_large = refused
        self.counted[name] += met
        self.world.procore.server.switches.clear(name)

    # People

    def _accept_all(self) -> None:
        for key, row in self.world.rows().items():
            if row.state in ("ready", "suggested"):
                self.say_yes(key)
            elif row.state == "left out":
                self.say_included(key)

    def _decide(self) -> None:
        keys = [key for key, row in self.world.rows().items() if row.state in ("ready", "suggested")]
        if keys:
            self.say_yes(*self.random.sample(keys, self.random.randint(1, len(keys))))

    def _leave_out(self) -> None:
        rows = self.world.rows().values()
        keys = [row.spectrum_key for row in rows if row.state in ("ready", "suggested") and row.kind != "undo"]
        if keys:
            self.counted["left out"] += self.say_no(self.random.choice(keys), "leave out")

    def _include(self) -> None:
        keys = [key for key, row in self.world.rows().items() if row.state == "left out"]
        if keys:
            self.counted["included"] += self.say_included(self.random.choice(keys))

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
            self.counted["taken back"] += self.say_no(self.random.choice(keys), "take back")

    def _undo(self) -> None:
        plan_undo(self.world.systems(), self.world.obj, self.random.choice(self._written()))
        self.counted["undo planned"] += 1

    def _edit_procore(self) -> None:
        self.change_procore()
        self.counted["edited in Procore"] += 1

    # Tasks and machines

    def _apply(self) -> None:
        self.counted["applied"] += self.world.apply().counts["applied"]

    @contextmanager
    def _timing_out(self, times_out: bool) -> Iterator[None]:
        """Let the next call be executed, and its answer never come."""
        left, send = [1 if times_out else 0], requests.Session.send

        def late(session: requests.Session, request: Any, **kwargs: Any) -> Any:
            answer = send(session, request, **kwargs)
            if left[0]:
                left[0] -= 1
                self.counted["timed out"] += 1
                raise requests.exceptions.ReadTimeout("no answer in time")
            return answer

        with self.monkeypatch.context() as patch:
            patch.setattr(requests.Session, "send", late)
            yield

    def _process(self, work: Callable[[], object]) -> int:
        """Let another process do it, as Airflow's tasks are processes; its id."""
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            work()
            code = 0
        except (SpectrumEtlError, Kill):
            code = 0
        except BaseException:  # noqa: BLE001 - whatever it is, the other process must end here
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(code)

    def _as_a_task(self) -> World:
        """The world as another process sees it: with connections of its own."""
        world = self.world.elsewhere()
        client = self.world.procore.client
        own = ProcoreClient(client.connection, client.company_id, sleep=lambda _: None, jitter=lambda _: 0.0)
        world.client = own
        return world

    def _kill_process(self) -> None:
        """A process is killed by the kernel wherever it is: in its own code, in a call, between them."""
        compares = ["compare"] * (2 if self._unread() else 0)
        name = self.random.choice(["plan", "apply", "apply", "apply", *compares])
        child = self._process(lambda: getattr(self._as_a_task(), name)())
        time.sleep(self.random.random() * 0.12)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "it failed with an error of its own"
        self.counted[f"SIGKILL in {name}" if os.WIFSIGNALED(status) else "ended before its SIGKILL"] += 1

    def _two_at_once(self) -> None:
        """Two runs at once, or one that was taken for dead."""
        first, second = self.random.choice(
            [("apply", "apply"), ("plan", "apply"), ("apply", "plan"), ("plan", "plan"), ("apply", "decide")]
        )
        child = self._process(lambda: getattr(self._as_a_task(), first)())
        try:
            getattr(self.world, second)()
        finally:
            _, status = os.waitpid(child, 0)
            assert os.WIFEXITED(status), "it was killed by nobody"
            assert os.WEXITSTATUS(status) == 0, "it failed with an error of its own"
            self.counted["two at once"] += 1
            if second == "decide":
                self.decided()

    def _dump_or_restore(self) -> None:
        """A dump is made; or the warehouse becomes what it was at the last one, or before the first plan."""
        if self.random.random() < (0.4 if self.dump else 0.8):
            self.dump = Dump.of(self.world)
            self.counted["dumped"] += 1
        else:
            (self.dump or Dump.empty(self.world)).restore(self.world)
            self.was_restored()
            self.counted["restored" if self.dump else "restored to nothing"] += 1

    # The end

    def check(self) -> None:
        """Each record is one of Procore, which is linked to it and to nothing else."""
        companies, links = self.world.companies(), self.world.links()
        origins = Counter(each["origin_id"] for each in companies if each["origin_id"])
        assert max(origins.values()) == 1, origins
        staged = [f"V{number}" for number in range(len(NAMES))]
        assert sorted(links) == sorted([*self.brought, *staged]), "nothing is lost"
        assert len(set(links.values())) == len(links), "two never link to one"
        of = {each["id"]: each for each in companies}
        for key, record in links.items():
            assert of[record]["origin_id"] in {f"spectrum:1:{key}", f"1:{key}" if key in NEW else ""}
            if key not in NEW:
                self.check_one(key, of[record])
        made = {each["id"] for each in companies} - self.entered
        assert made <= set(links.values()), "what was created is linked"
        self._check_content(made, links, of)
        stuck = self.world.query(
            "select spectrum_key, r.state, reason from procore.plan_rows as r join procore.plans as p using (plan_id)"
            " where (p.state = 'open' and r.state not in ('applied', 'put back')"
            " and not (r.kind = 'refused' and r.spectrum_key = 'Procore ' || r.record_id))"
            " or r.state in ('accepted', 'applying', 'unknown', 'waiting for permission')"
        )
        assert stuck == [], "nothing is stuck, in no plan"
        assert self.world.query("select row_id from procore.calls where state = 'intent'") == []
        claims = self.world.query("select key, record_id, linked, plan_row_id from export.claims")
        assert sorted(claims) == sorted((key, str(record), True, None) for key, record in links.items())

    def _check_content(self, made: set[int], links: dict[str, int], of: dict[int, dict[str, Any]]) -> None:
        """What was created here, and touched by nobody else, holds what Spectrum does (N4, N11).

        What differed at a link stays: after an undo, or where a link was forgotten by a restored warehouse.
        """
        if self.restored:
            return
        undone = {int(id) for (id,) in self.world.query("select record_id from procore.calls where kind = 'undo'")}
        for key, record in links.items():
            if record in made - undone - self.edited and key not in NEW:
                assert self.held(of[record]) == self.wanted(key), (key, of[record])
                self.counted["content compared"] += 1


def undrawn(counted: Counter[str], but: Collection[str] = ()) -> list[str]:
    """Kinds of which nothing has happened.

    Args:
        but: those that cannot happen.
    """
    return [kind for kind in KINDS if not counted[kind] and kind not in but]


def play(sequence: Sequence, steps: int = 16) -> Counter[str]:
    """Play a sequence of so many steps to its end; what happened in it."""
    sequence.play(steps)
    sequence.check()
    return sequence.counted
