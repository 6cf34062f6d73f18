"""Six months of business, a fault in each: what is staged is the source, marts add up, people hear what they must.

Two companies; the readers of jobs, project cost codes, vendors and totals change every month. After each month:
source = staged + listed, row by row and to the cent; the marts are what the staged tables add up to, and what they are
when computed whole; `verify_staging` is green; nothing is red that needs no person, and nothing is green in silence
that needs one. What was compared is printed: `pytest -m slow -s tests/staging/resilience/test_resilience_months.py`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from sandbox.data.month import advance_month
from spectrum_etl.marts.publish import publish_marts
from spectrum_etl.staging.objects import OBJECTS
from tests.marts import mart_oracle
from tests.receivers import Webhook
from tests.staging.resilience.comparison import HEADING, Compared, compare
from tests.staging.resilience.harness import TWO_READERS, World, assert_no_secret
from tests.staging.resilience.operation import (
    COMPANIES,
    Ended,
    stage,
    telling,
    verify_everything,
    write_marts,
)
from tests.staging.resilience.oracle import fingerprint
from tests.staging.resilience.trouble import Ending, Trouble
from tests.staging.resilience.troubles import draw

MONTHS = 6
SEEDS = (1, 2)


class Business:
    """The months of one seed.

    Args:
        world: with both sources.
        seed: decides what happens, and which trouble strikes when.
        hook: what people are told.
        say: prints a line.
    """

    def __init__(self, world: World, seed: int, hook: Webhook, say: Callable[[str], None]) -> None:
        self.plain, self.seed, self.hook, self._print = world, seed, hook, say
        self.chance = random.Random(seed)
        self.past: set[str] = set()
        # Two tables by the web services and two not, which two: another choice a seed. Then all four change.
        first = self.chance.choice(TWO_READERS[1:])
        self.turns = ((TWO_READERS[0], first), tuple(name for name in TWO_READERS[1:] if name != first))
        self.ends: list[Ending] = ["heals", "heals", "heals", "person", "person", "listed"]
        self.chance.shuffle(self.ends)
        self.listed = Counter[tuple[str, str, str]]()
        self.heard = 0

    def begin(self) -> None:
        """Everything is staged once, before anything goes wrong."""
        for name in OBJECTS:
            assert not stage(self.plain, self.hook, name).errors
        assert not write_marts(self.plain, self.hook).errors
        self.listed = self._listed()

    def month(self, number: int) -> None:
        """One month: business, trouble, syncs, what a person does, and what everything must be then."""
        by_sdx = self.turns[number % 2]
        name, trouble = draw(self.chance, self.ends[number - 1], by_sdx, self.past)
        self.past.add(name)
        happened = advance_month(self.plain.source, seed=self.seed * 100 + number)
        world = self.plain.by_sdx(*by_sdx)
        self._print(f"Month {number}, {happened.month}: {trouble.title} ({name}); by the web services: {by_sdx}")
        trouble.begin(world)
        self._with_trouble(trouble.world(world), trouble)
        trouble.repair(world)
        if trouble.ends != "heals":
            self._afterwards(world)
        self._books_are_closed(world)

    def _with_trouble(self, world: World, trouble: Trouble) -> None:
        ended, self.heard = [], 0
        for name in OBJECTS:
            before = fingerprint(world, name)
            run = stage(world, self.hook, name, trouble.tasks)
            ended.append(run)
            self._judge(world, trouble, run)
            if set(run.errors) == set(COMPANIES):
                assert fingerprint(world, name) == before, f"{name} is red and was written"
        marts = write_marts(world, self.hook, trouble.tasks)
        assert not marts.errors, marts.errors
        mart_oracle.assert_right(world)
        red = [f"{run.dag_id} of {', '.join(run.errors)}" for run in ended if run.errors]
        tries = sum(run.tries for run in ended) + marts.tries
        told = sum(len(run.told) for run in ended)
        self._print(f"  red: {'; '.join(red) or 'nothing'}; tries that failed: {tries}; messages: {told}")
        assert (trouble.ends == "person") == bool(red), "red, and nobody is needed; or green, and somebody is"
        assert self.heard or trouble.ends != "listed" or not trouble.must_tell, "what is wrong is listed nowhere"

    def _judge(self, world: World, trouble: Trouble, run: Ended) -> None:
        """One run: why it is red, whether it is right if it is green, and what people were told of it."""
        text = "\n".join(run.told)
        assert_no_secret(text)
        for company, error in run.errors.items():
            assert trouble.ends == "person", f"{run.dag_id} is red, and nobody is needed: {error}"
            assert isinstance(error, trouble.errors), f"{type(error).__name__}: {error}"
            for word in (*trouble.words, "What to do:", f"company {company}"):
                assert word in str(error), f"{word!r} is not in: {error}"
            assert str(error) in text, f"nobody was told: {error}"
            books = world.ask(
                "select distinct state from sync.runs where run_id = %s and company_code = %s", run.run_id, company
            )
            assert books in ([("failed",)], [("stopped",)])
        for company in COMPANIES:
            if company not in run.errors:
                compare(world, company, [run.name])
        newly = self._newly_listed()
        self.heard += len(newly)
        for table, company in newly:
            assert f"{table} of company {company}" in text, f"{table} of {company} newly lists rows, and nobody is told"

    def _newly_listed(self) -> list[tuple[str, str]]:
        """Tables and companies in which something is listed or held back that was not at the last look."""
        before, self.listed = self.listed, self._listed()
        return sorted({(table, company) for table, company, _ in self.listed - before})

    def _listed(self) -> Counter[tuple[str, str, str]]:
        rows = self.plain.ask(
            "select table_name, company_code, source_row::text from sync.rejected_rows where resolved_at is null"
            " union all select table_name, company_code, job_number || partition_month from sync.deferred"
        )
        return Counter((table, company, what) for table, company, what in rows)

    def _afterwards(self, world: World) -> None:
        """Somebody has acted, or the source is as it should be: the next runs are green."""
        for name in OBJECTS:
            run = stage(world, self.hook, name)
            assert not run.errors, f"{name} is still red: {run.errors}"
            self._newly_listed()

    def _books_are_closed(self, world: World) -> None:
        """Nothing is wrong any more: everything is equal, and everything can be computed again."""
        assert world.ask("select job_number, partition_month from sync.deferred") == []
        assert not write_marts(world, self.hook).errors
        mart_oracle.assert_right(world)
        marts = mart_oracle.contents(world)
        for company in COMPANIES:
            self._print_compared(compare(world, company))
        verified, found = verify_everything(world, self.hook)
        assert not verified.errors, verified.errors
        assert verified.told == []
        rewritten = {
            f"{name} of company {company}": written.rows
            for company in COMPANIES
            for name, written in publish_marts(world.warehouse, company, whole=True).items()
        }
        assert set(rewritten.values()) == {0}, f"computed whole, the marts are others: {rewritten}"
        assert mart_oracle.contents(world) == marts
        rows = ", ".join(f"{name} {rows.total()}" for name, rows in sorted(marts.items()))
        self._print(f"  marts, equal to those computed whole: {rows}")
        self._print(f"  verify_staging: {', '.join(f'{count} {status}' for status, count in sorted(found.items()))}")

    def _print_compared(self, tables: list[Compared]) -> None:
        self._print(f"  {HEADING}")
        for table in tables:
            for line in table.lines():
                self._print(f"  {line}")


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", SEEDS)
def test_six_months_of_business_with_a_fault_in_each(
    both: World, seed: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """See the module."""

    def say(line: str) -> None:
        with capsys.disabled():
            print(line.rstrip(), flush=True)

    say(f"\nSeed {seed}")
    with telling(both, monkeypatch) as hook:
        business = Business(both, seed, hook, say)
        business.begin()
        for number in range(1, MONTHS + 1):
            business.month(number)
