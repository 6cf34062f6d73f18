"""A1: of two records with one number one is linked and the other asked again, whatever happens to the warehouse.

Its connections are cut during a call, its server is killed and comes back, it is restored from a backup: claims are
rows, and outlive all of it. What a backup does not know any more is waited for.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from spectrum_etl.errors import RetryLater
from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.records.settling import Unsettled
from spectrum_etl.exports.records.states import Outcome
from spectrum_etl.exports.steps.send import send_record
from spectrum_etl.model.run import Instance
from spectrum_etl.warehouse import continuity
from stack.postgres import NO_DURABILITY, EmbeddedPostgres
from stack.postgres_files import wheel_programs
from tests.clusters import cluster_folder
from tests.exports.endtoend.cases import journal_of, writes_of
from tests.exports.endtoend.pair_records import PAIRS, Pair, Side
from tests.exports.endtoend.pairs import (
    Table,
    answered,
    asked,
    both_asked,
    refused_well,
    sent,
    table,
)
from tests.exports.endtoend.stage import Stage, open_stage

#: Seconds until Spectrum executes the call during which it strikes: longer than a server or a backup takes to be there.
SECONDS = 4
LINES, ONE_CALL = "commitment_change_orders and prime_contract_change_orders", "vendors and vendors"


def few(quick: str) -> list[object]:
    """Every combination: `make test` plays the quick one, `make test-all` all."""
    return [
        pytest.param(pair, id=pair.title, marks=() if pair.title.endswith(quick) else pytest.mark.slow)
        for pair in PAIRS
    ]


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Stage, EmbeddedPostgres]]:
    """A stage whose warehouse has a server of its own, and that server."""
    with cluster_folder("pairs") as folder:
        source, warehouse = (
            EmbeddedPostgres(folder / name, settings={**NO_DURABILITY, "shared_buffers": "64MB"})
            for name in ("source", "warehouse")
        )
        try:
            source.start()
            warehouse.start()
            with open_stage(source, "pairs", warehouse) as stage:
                yield stage, warehouse
        finally:
            source.stop(checkpoint=False)
            warehouse.stop(checkpoint=False)


@pytest.fixture(scope="module")
def on(servers: tuple[Stage, EmbeddedPostgres]) -> Iterator[Table]:
    """Where pairs are played."""
    with table(servers[0]) as on:
        yield on


@pytest.mark.parametrize("pair", few(LINES))
def test_a1_the_senders_connection_is_cut_during_the_call(on: Table, pair: Pair) -> None:
    def cut() -> None:
        ours = "datname = current_database() and pid <> pg_backend_pid() and application_name = 'spectrum_etl'"
        ended = on.stage.warehouse(f"select pg_terminate_backend(pid) from pg_stat_activity where {ours}")  # noqa: S608
        assert len(ended) >= 2, "the sender's connection and that of its lock"

    assert struck(on, pair, cut) == ["lost its warehouse"]


@pytest.mark.parametrize("pair", few(ONE_CALL))
def test_a1_the_warehouse_fails_over_during_the_call(
    on: Table, servers: tuple[Stage, EmbeddedPostgres], pair: Pair
) -> None:
    """Its server is killed, and there is one again that has what was committed."""

    def fail_over() -> None:
        stage, server = servers
        server.kill()
        server.start()
        stage.reopen()

    assert struck(on, pair, fail_over) == ["lost its warehouse"]


@pytest.mark.parametrize("pair", few(ONE_CALL))
@pytest.mark.slow
def test_a1_the_warehouse_is_restored_during_the_call_from_a_backup_made_just_then(
    on: Table, servers: tuple[Stage, EmbeddedPostgres], pair: Pair
) -> None:
    def restore() -> None:
        with backed_up(on.stage, servers[1]) as restore_it:
            restore_it()

    assert struck(on, pair, restore) == ["lost its warehouse"]


def quietly_asked(on: Table, pair: Pair) -> tuple[tuple[Side, Side], list[Instance]]:
    """Both are asked, and the warehouse was never away."""
    found = both_asked(on, pair, alike=True)
    continuity.since(on.stage.warehouse_link, on.stage.now())
    on.stage.warehouse("update export.continuity set noticed_at = null")
    return found


def struck(on: Table, pair: Pair, strike: Callable[[], None]) -> list[str]:
    """One is accepted and being sent when it strikes, and the other is accepted just then; what came of the try."""
    stage = on.stage
    (first, second), (asks, also_asks) = quietly_asked(on, pair)
    assert answered(stage, stage.systems(), first, asks, first.typed).state == "sending"
    document = stage.document(first.name, first.id)
    came: list[str] = []
    with sending(on, first, asks, came):
        strike()
        outcome = answered(stage, stage.systems(), second, also_asks, second.typed)
    refused_well(stage, first, second, outcome)
    stage.no_faults()
    assert sent(stage, first, on.lines[0], asks.run_id).state == "linked"
    stage.quiet()
    assert journal_of(stage) == writes_of(document), "merged, lost or twice"
    if not pair.once:
        again = asked(stage, second)
        assert answered(stage, stage.systems(), second, again, second.other).state == "sending"
        assert sent(stage, second, on.lines[1], again.run_id).state == "linked"
        assert journal_of(stage) == writes_of(document) + writes_of(stage.document(second.name, second.id))
    return came


@contextmanager
def sending(on: Table, side: Side, asks: Instance, came: list[str]) -> Iterator[None]:
    """Inside, a call of the record is under way, which Spectrum executes later; afterwards the try has ended."""
    stage = on.stage

    def run() -> None:
        try:
            outcome = send_record(stage.systems(on.lines[0]), EXPORTS[side.name], side.id, asks.run_id)
            came.append(str(outcome.state))
        except Unsettled:
            came.append("waits")
        except RetryLater:
            came.append("lost its warehouse")

    stage.fault(f"write_late={SECONDS}:1")
    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 60
    while not any(_is_a_write_under_way(call) for call in stage.sdx.calls.report()["calls"]):
        assert thread.is_alive(), came
        assert time.monotonic() < deadline, "no call is under way"
        time.sleep(0.005)
    yield
    thread.join(120)
    assert not thread.is_alive()


def _is_a_write_under_way(call: dict[str, Any]) -> bool:
    """Not one of the reads before it (GetPhase of a forecast): its intent is in no backup that is made then."""
    return bool(call["parameters"]) and "seconds" not in call and not call["service"].startswith("Get")


@contextmanager
def backed_up(stage: Stage, server: EmbeddedPostgres) -> Iterator[Callable[[], None]]:
    """Back the warehouse up; what is given restores it: the database is gone with all that came after, and new."""
    tools, url = wheel_programs(), stage.places.warehouse
    backup = subprocess.run([tools / "pg_dump", "--format=custom", url], check=True, capture_output=True).stdout

    def restore() -> None:
        name = str(conninfo_to_dict(url)["dbname"])
        stage.warehouse_link.close()
        server.drop_database(name)
        server.create_database(name)
        subprocess.run([tools / "pg_restore", "--dbname", url], input=backup, check=True, capture_output=True)
        stage.reopen()

    yield restore


@pytest.mark.parametrize("pair", few(LINES))
def test_a1_a_restored_warehouse_that_knows_nothing_of_a_call_that_still_runs_waits_for_it(
    on: Table, servers: tuple[Stage, EmbeddedPostgres], pair: Pair
) -> None:
    """The backup is from before the first one's yes. Its call is executed after the second one has been accepted."""
    stage = on.stage
    (first, second), (asks, also_asks) = quietly_asked(on, pair)
    came: list[str] = []
    with backed_up(stage, servers[1]) as restore:
        assert answered(stage, stage.systems(), first, asks, first.typed).state == "sending"
        document = stage.document(first.name, first.id)
        with sending(on, first, asks, came):
            restore()
            outcome: Outcome = answered(stage, stage.systems(), second, also_asks, second.typed)
            assert outcome.state == "sending", "nobody can know yet whose it is"
            with pytest.raises(Unsettled, match="restarted, restored or taken over"):
                send_record(stage.systems(on.lines[1]), EXPORTS[second.name], second.id, also_asks.run_id)
    assert came == ["lost its warehouse"]
    stage.no_faults()
    outcome = sent(stage, second, on.lines[1], also_asks.run_id)
    stage.quiet()
    assert (outcome.state, outcome.ask_again) == ("ready", True) or outcome.state in ("not_ready", "linked"), outcome
    if outcome.state == "linked":
        # What overwrites: the second one's calls are those of the first, which wrote the same places before.
        assert not any(call.adds for call in document.calls)
        return
    assert set(journal_of(stage)) <= set(writes_of(document)), "a line of the second one was added to it"
    if not pair.once:
        again = asked(stage, second)
        assert answered(stage, stage.systems(), second, again, second.other).state == "sending"
        assert sent(stage, second, on.lines[1], again.run_id).state == "linked"


def test_a_warehouse_that_was_never_away_keeps_nobody_waiting(on: Table) -> None:
    (first, _), (asks, _) = quietly_asked(on, PAIRS[0])
    assert answered(on.stage, on.stage.systems(), first, asks, first.typed).state == "sending"
    outcome = send_record(on.stage.systems(on.lines[0]), EXPORTS[first.name], first.id, asks.run_id)
    assert outcome.state == "linked"
    assert on.stage.warehouse("select noticed_at from export.continuity") == [(None,)]
