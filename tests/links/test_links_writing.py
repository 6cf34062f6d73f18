"""Who writes into one place of Procore is alone there, imports and exports alike, over processes and machines."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from spectrum_etl.errors import RetryLater
from spectrum_etl.exports.objects.registry import linkable
from spectrum_etl.exports.records.marking import marking
from spectrum_etl.links.writing import COMPANIES, project, writing, writing_apart
from spectrum_etl.model.record import RecordId


@contextmanager
def held(url: str, place: str, procore_company: str = "4001") -> Iterator[None]:
    """Somebody writes there meanwhile: an import."""
    with psycopg.connect(url, autocommit=True) as connection, writing(connection, procore_company, place):
        yield


def waits(url: str, begin: Any) -> bool:
    """Whether a writer of its own has to wait as long as the block lasts that is around this."""
    entered = threading.Event()

    def write() -> None:
        with begin():
            entered.set()

    thread = threading.Thread(target=write)
    thread.start()
    waited = not entered.wait(0.5)
    if not waited:
        thread.join(10)
    else:
        _threads.append(thread)
    return waited


_threads: list[threading.Thread] = []


@pytest.fixture(autouse=True)
def joined() -> Iterator[None]:
    """Every writer that waited has written in the end."""
    _threads.clear()
    yield
    for thread in _threads:
        thread.join(20)
        assert not thread.is_alive()


def _systems(url: str) -> Any:
    return SimpleNamespace(url=url, procore=SimpleNamespace(company_id="4001"))


@pytest.mark.parametrize(
    ("object_name", "id", "place", "elsewhere"),
    [
        ("vendors", RecordId("1", "", "35"), COMPANIES, project("35")),
        ("jobs", RecordId("1", "", "7"), project("7"), COMPANIES),
        ("commitments", RecordId("1", "7", "35"), project("7"), project("35")),
        ("commitment_change_orders", RecordId("1", "7", "36"), project("7"), project("8")),
    ],
)
def test_an_export_that_marks_waits_for_whoever_writes_there(
    warehouse_database: str, object_name: str, id: RecordId, place: str, elsewhere: str
) -> None:
    url, obj = warehouse_database, linkable(object_name)
    with held(url, place):
        assert waits(url, lambda: marking(_systems(url), obj, id))
    with held(url, elsewhere), held(url, place, "4002"):
        assert not waits(url, lambda: marking(_systems(url), obj, id)), "elsewhere, and in another Procore company"


def test_an_import_waits_for_an_export_that_marks(warehouse_database: str) -> None:
    url = warehouse_database
    with marking(_systems(url), linkable("vendors"), RecordId("1", "", "35")):
        assert waits(url, lambda: held(url, COMPANIES))


def test_a_wait_has_an_end_that_names_the_place(warehouse_database: str) -> None:
    url = warehouse_database
    with held(url, project("7")), psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set lock_timeout = '100ms'")
        with (
            pytest.raises(RetryLater, match="writing project 7 of Procore company 4001 did not become free"),
            writing(connection, "4001", project("7")),
        ):
            pass


def test_who_fails_gives_the_place_free(warehouse_database: str) -> None:
    url = warehouse_database
    with pytest.raises(ValueError, match="refused"), writing_apart(url, "4001", COMPANIES):
        raise ValueError("refused")
    began = time.monotonic()
    with writing_apart(url, "4001", COMPANIES):
        pass
    assert time.monotonic() - began < 10
