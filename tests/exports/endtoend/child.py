"""The process that a test kills: one try to send, which says where it is and then stands still."""

from __future__ import annotations

import os
import time
from multiprocessing.connection import Connection
from typing import Any
from unittest import mock

from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.records import ledger
from spectrum_etl.exports.steps.send import send_record
from spectrum_etl.links import pairs as links
from spectrum_etl.model.record import RecordId
from spectrum_etl.sources.sdx.write import SpectrumWriter
from tests.exports.endtoend.places import Places

#: Where it can be told to stand still. `during` is no place of this process: the call just takes long.
BEFORE, AFTER, SETTLED, MARKED = "before the call", "after the call", "after the outcome", "before the link"
HERE = "here"


def send(places: Places, name: str, id: RecordId, where: str, number: int, say: Connection) -> None:
    """Send a record; at the so-manieth call, say so and stand still until killed.

    Args:
        places: where everything is.
        name: exportable object.
        id: the record.
        where: one of the places above, or empty.
        number: of the call, from 1.
        say: told `HERE`, or what became of the record.
    """
    os.environ["SPECTRUM_ETL_SETTINGS"] = places.settings
    calls = 0

    def stop() -> None:
        say.send(HERE)
        time.sleep(600)

    original, settle, write_link = SpectrumWriter.write, ledger.settle, links.write

    def write(self: SpectrumWriter, service: str, parameters: Any) -> Any:
        nonlocal calls
        calls += 1
        if where == BEFORE and calls == number:
            stop()
        answer = original(self, service, parameters)
        if where == AFTER and calls == number:
            stop()
        return answer

    def settled(*args: Any, **options: Any) -> None:
        settle(*args, **options)
        if where == SETTLED and calls == number:
            stop()

    def linked(*args: Any, **options: Any) -> None:
        if where == MARKED:
            stop()
        write_link(*args, **options)

    with (
        mock.patch.object(SpectrumWriter, "write", write),
        mock.patch.object(ledger, "settle", settled),
        mock.patch.object(links, "write", linked),
        places.lines(answer_seconds=30) as lines,
    ):
        outcome = send_record(places.systems(lines), EXPORTS[name], id, "run of the child")
    say.send(outcome.state)
