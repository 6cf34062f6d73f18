"""SIGKILL of the process that sends, anywhere around a call, then sent again: once, as approved, linked (M7)."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext, ForkServerProcess

import pytest

from spectrum_etl.model.record import RecordId
from tests.exports.endtoend import child
from tests.exports.endtoend.cases import accepted, assert_done, thinned
from tests.exports.endtoend.stage import Stage

DURING = "during the call"
WHERE = (child.BEFORE, DURING, child.AFTER, child.SETTLED, child.MARKED)


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that have imported everything already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.exports.endtoend.child"])
    return context


@pytest.mark.parametrize(("name", "where"), thinned(WHERE))
def test_killed_then_sent_again(stage: Stage, processes: ForkServerContext, name: str, where: str) -> None:
    """Before the call, during it, after it and before the ledger's commit, after that, and before the link."""
    id, document = accepted(stage, name)
    services = [call.service for call in document.calls]
    number = min(2, len(services))
    if where == DURING:
        # The fault strikes the first call of a service.
        number = 2 if number == 2 and services[0] != services[1] else 1
        stage.fault(f"write_slow={services[number - 1]}/2")
    with sending(stage, processes, name, id, where, number) as process:
        if where == DURING:
            wait_for(stage, number)
        process.kill()
        process.join(10)
        assert process.exitcode == -9
    assert stage.state(name, id) == ("confirmed" if where == child.MARKED else "sending")
    stage.no_faults()
    stage.finish(name, id)
    stage.quiet()
    assert_done(stage, name, id, document)


@contextmanager
def sending(
    stage: Stage, processes: ForkServerContext, name: str, id: RecordId, where: str, number: int
) -> Iterator[ForkServerProcess]:
    """A process that sends, at the place where it is to be killed."""
    ours, theirs = processes.Pipe()
    place = "" if where == DURING else where
    process = processes.Process(target=child.send, args=(stage.places, name, id, place, number, theirs))
    process.start()
    try:
        if where != DURING:
            assert ours.poll(30), "it never came to the place"
            assert ours.recv() == child.HERE
        yield process
    finally:
        process.kill()
        process.join(10)
        ours.close()


def wait_for(stage: Stage, number: int) -> None:
    """Wait until Spectrum has done a call that it will answer late."""
    deadline = time.monotonic() + 30
    while not (stage.sdx.calls.report()["running"] and len(stage.journal()) >= number):
        assert time.monotonic() < deadline, "no call is being answered"
        time.sleep(0.01)
