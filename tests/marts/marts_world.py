"""A loaded source, a warehouse in which everything is staged, and copies of both."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from sandbox.data.generate import load
from sandbox.infolink.server import InfoLinkServer
from spectrum_etl.marts.publish import publish_marts
from spectrum_etl.marts.spec import MARTS
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.staging import check as checking
from spectrum_etl.staging.objects import OBJECTS
from stack.postgres import EmbeddedPostgres
from tests.staging.resilience.harness import PASSWORD, World

COMPANIES = ("1", "2")
_SOURCE, _PRISTINE, _STAGED = "marts_source", "marts_pristine", "marts_staged"
_numbers = itertools.count(1)


@contextmanager
def open_stage(postgres: EmbeddedPostgres) -> Iterator[int]:
    """Make the templates that `fresh_world` copies; gives the port of an Info-Link over the current copy."""
    source = postgres.create_database(_SOURCE)
    load(source, jobs=8, transactions=1200)
    with InfoLinkServer(source, password=PASSWORD, tls=False) as server:
        world = World(postgres.create_database(_STAGED), source, _infolink(server.port))
        with pytest.MonkeyPatch.context() as patch:
            _leave_checks_out(patch)
            for name, company in itertools.product(OBJECTS, COMPANIES):
                world.sync(name, company=company)
        postgres.create_database(_PRISTINE, template=_SOURCE)
        yield server.port
    for name in (_SOURCE, _PRISTINE, _STAGED):
        postgres.drop_database(name)


@contextmanager
def fresh_world(postgres: EmbeddedPostgres, port: int) -> Iterator[World]:
    """A fresh copy of the source and of the warehouse; syncs go without Great Expectations, which is slow."""
    postgres.drop_database(_SOURCE)
    source = postgres.create_database(_SOURCE, template=_PRISTINE)
    warehouse = f"marts_{next(_numbers)}"
    with pytest.MonkeyPatch.context() as patch:
        _leave_checks_out(patch)
        yield World(postgres.create_database(warehouse, template=_STAGED), source, _infolink(port))
    postgres.drop_database(warehouse)


def _leave_checks_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(checking, "run_checks", lambda *_args, **_options: [])


def _infolink(port: int) -> InfoLinkConnection:
    return InfoLinkConnection("127.0.0.1", "Spectrum", "infolink", PASSWORD, port, "off", 5, 5)


def publish(world: World, *, whole: bool = False) -> int:
    """Both companies; how many rows were written."""
    found = [publish_marts(world.warehouse, company, whole=whole) for company in COMPANIES]
    return sum(written.rows for marts in found for written in marts.values())


def wipe(world: World) -> None:
    """As if the marts had never been written."""
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("truncate sync.marts, sync.mart_runs")
        for mart in MARTS:
            connection.execute(f"truncate {mart.relation}".encode())
