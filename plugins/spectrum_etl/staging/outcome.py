"""How a landing ends that is not published: why it failed is recorded, and the teardown drops its tables."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from spectrum_etl.errors import Reason, RetryLater, SpectrumEtlError, StopSync
from spectrum_etl.model.counts import Counts
from spectrum_etl.model.run import Landing, Run
from spectrum_etl.model.spec import StagedObject
from spectrum_etl.settings import Settings
from spectrum_etl.warehouse import runs
from spectrum_etl.warehouse.connect import connect, explain
from spectrum_etl.warehouse.landings import OPEN_STATES, drop_landing_tables, find_landing, landings_of, set_state

log = logging.getLogger(__name__)


@contextmanager
def recorded_failure(url: str, landing: Landing, obj: StagedObject, settings: Settings) -> Iterator[None]:
    """Record why a step failed, then let the error go on, as one of ours.

    A lost warehouse cannot be written to: then the teardown closes the landing, and Airflow's log has the reason.
    """
    try:
        yield
    except SpectrumEtlError as error:
        # What a source's client knows is the service or table; people who read the message must know the company too.
        error.object = error.object or obj.name
        error.company = error.company or landing.scope.company_code
        _record_failure(url, landing, obj, settings, error)
        raise
    except psycopg.Error as error:
        explained = explain(error, url, object=obj.name, company=landing.scope.company_code)
        _record_failure(url, landing, obj, settings, explained)
        raise explained from error


def close_run(url: str, obj: StagedObject, run: Run, company_code: str, settings: Settings) -> int:
    """The teardown: drop the landing tables of every try of a run, and note those that died without a word.

    Args:
        url: the warehouse.
        obj: what was staged.
        run: the Airflow run.
        company_code: of which company.
        settings: readers.

    Returns:
        How many tables were dropped.
    """
    with connect(url) as connection:
        connection.autocommit = True
        return close_landings(connection, obj, run, company_code, settings)


def close_landings(
    connection: psycopg.Connection, obj: StagedObject, run: Run, company_code: str, settings: Settings
) -> int:
    """As `close_run`, over a connection that is there."""
    for place, number in enumerate(landings_of(connection, run, obj.name, company_code)):
        landing, state = find_landing(connection, number)
        if state in OPEN_STATES:
            died = RetryLater(
                "the task ended before the landing was published: it was killed, or the warehouse went away",
                object=obj.name,
                company=company_code,
                remedy="look at the task's log in Airflow, then clear the task `land` or wait for the next run",
                cause="task ended",
            )
            # The run history tells what became of the run: its last try.
            _close(connection, landing, obj if place == 0 else None, settings, "failed", died)
    return drop_landing_tables(connection, run, obj.name, company_code)


def _record_failure(url: str, landing: Landing, obj: StagedObject, settings: Settings, error: SpectrumEtlError) -> None:
    state = "stopped" if isinstance(error, StopSync) else "failed"
    try:
        with connect(url) as connection:
            connection.autocommit = True
            _close(connection, landing, obj, settings, state, error)
    except SpectrumEtlError as second:
        log.warning("the failure could not be recorded in the warehouse: %s", second)


def _close(
    connection: psycopg.Connection,
    landing: Landing,
    obj: StagedObject | None,
    settings: Settings,
    state: str,
    error: SpectrumEtlError,
) -> None:
    with connection.transaction():
        set_state(connection, landing, state, str(error))
        for table in obj.tables if obj else ():
            counts = runs.published_counts(connection, landing).get(table.name, Counts())
            reader = settings.reader(table)
            runs.record_run(connection, landing, table.name, reader, state, counts, Reason.of(error), error.system)
