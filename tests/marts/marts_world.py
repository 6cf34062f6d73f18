"""A loaded source, a warehouse in which everything is staged, and copies of both."""

# ruff: noqa: S608  queries are put together from names in these files

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
from spectrum_etl.settings.closing import ClosedMonths, Closing
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.staging import check as checking
from spectrum_etl.staging.objects import OBJECTS
from stack.postgres import EmbeddedPostgres
from tests.staging.resilience.harness import PASSWORD, World

COMPANIES = ("1", "2")
#: Every month of the sandbox's books is closed: they end before this one.
ALL_CLOSED = Closing(ClosedMonths(day=1), "UTC")
HISTORY = '"JC_TRANSACTION_HISTORY_MC"'
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


def publish(world: World, *, whole: bool = False, closing: Closing | None = None) -> int:
    """Both companies; how many rows were written."""
    found = [publish_marts(world.warehouse, company, whole=whole, closing=closing) for company in COMPANIES]
    return sum(written.rows for marts in found for written in marts.values())


def wipe(world: World) -> None:
    """As if the marts had never been written."""
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("truncate sync.marts, sync.mart_runs")
        for mart in MARTS:
            connection.execute(f"truncate {mart.relation}".encode())


def busiest(world: World) -> tuple[str, str]:
    """A job and month of company 1 with many postings."""
    ((job, month),) = world.ask(
        "select job_number, _month from spectrum.job_cost_transactions where company_code = '1'"
        " group by 1, 2 order by count(*) desc, 1, 2 limit 1"
    )
    return job, month


def change_of(job: str, month: str) -> tuple[str, str, str]:
    """SQL condition on one job and month of company 1 at the source, and its values."""
    return (
        'btrim("Company_Code") = \'1\' and btrim("Job_Number") = %s and left("Tran_Date_Text", 6) = %s',
        job,
        month,
    )


def late_posting(world: World, amount: str = "12.34", reference: str = "LATE") -> tuple[str, str]:
    """Post into the busiest month at the source, like one of its postings; its job and month."""
    job, month = busiest(world)
    where, *values = change_of(job, month)
    assert world.change(
        f"insert into {HISTORY} select (jsonb_populate_record(t, jsonb_build_object('Tran_Amount', %s::numeric,"
        f" 'Reference_1', %s::text))).* from {HISTORY} as t where {where} order by t::text limit 1",
        amount,
        reference,
        *values,
    )
    return job, month
