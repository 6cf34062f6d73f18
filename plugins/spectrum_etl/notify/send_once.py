"""Reports what became of a run, and remembers what was reported, so that what lasts is reported once.

What was reported is kept in the warehouse, beside what it is about: `told_at` of `sync.drift`, `sync.deferred` and
`sync.connection_findings`, and `sync.told_failures`. It counts as reported when people got the message, not before.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.notify.deliver import deliver, reached
from spectrum_etl.notify.facts import Facts, facts_of
from spectrum_etl.notify.runs import message_of
from spectrum_etl.settings.notifications import Notifications
from spectrum_etl.warehouse import connect as warehouse
from spectrum_etl.warehouse.locks import take
from spectrum_etl.warehouse.templates import render

log = logging.getLogger(__name__)

#: First part of the advisory lock of whoever reports about one object; the second is a hash of its name.
TELL_LOCK = 7_268


@dataclass(frozen=True)
class EndedRun:
    """A run that has ended.

    Args:
        dag_id, run_id: its names.
        failed: whether Airflow calls it failed.
        reason: Airflow's own words for that.
        by_hand: somebody triggered it and wants to know, whatever was reported before.
        only_lasting: rows that it rejects are left to the digest.
        airflow_url: where Airflow's UI is, for the message's link; blank where Airflow does not know.
    """

    dag_id: str
    run_id: str
    failed: bool
    reason: str = ""
    by_hand: bool = False
    only_lasting: bool = False
    airflow_url: str = ""


@dataclass(frozen=True)
class _Failure:
    """What is known of a failure.

    Args:
        message_hash: tells it from others of the DAG.
        since: since when the DAG fails; blank where no failure was reported before.
        lately: this one was reported less than a day ago.
    """

    message_hash: str
    since: str = ""
    lately: bool = False


def report_run(ended: EndedRun, settings: Notifications) -> None:
    """Report what there is to report of a run, unless it was reported before.

    A warehouse that cannot be asked keeps no failure from being reported: it may be why the run failed.

    Args:
        ended: the run.
        settings: channels, events, addresses.
    """
    tried = False
    try:
        with _alone(ended.dag_id) as connection:
            facts = facts_of(connection, ended.dag_id, ended.run_id)
            failure = _failure(connection, ended, facts)
            message = message_of(
                ended.dag_id,
                ended.run_id,
                facts.lasting if ended.only_lasting else facts,
                failed=ended.failed,
                reason=ended.reason,
                since=failure.since if failure else "",
                airflow_url=ended.airflow_url,
            )
            known = failure is not None and failure.lately
            if message is not None and not (known and message.events == ("failure",)):
                tried = True
                if reached(deliver(message, settings), settings):
                    _remember(connection, ended.dag_id, facts, failure)
            if not ended.failed:
                connection.execute(render("notify/forget_failures.sql"), {"dag_id": ended.dag_id})
    except SpectrumEtlError as error:
        doing = "keep what was reported" if tried else "be asked"
        log.warning("%s, run %s: the warehouse could not %s: %s", ended.dag_id, ended.run_id, doing, error)
        if tried:
            return
        message = message_of(
            ended.dag_id,
            ended.run_id,
            Facts(),
            failed=ended.failed,
            reason=ended.reason,
            airflow_url=ended.airflow_url,
        )
        if message is not None:
            deliver(message, settings)


@contextmanager
def _alone(dag_id: str) -> Iterator[psycopg.Connection]:
    """The warehouse, in a transaction in which nobody else tells about the same object: runs may end at once.

    The object is what a DAG's name ends with: `stage_job_costs` and `backfill_job_costs` are about one.
    """
    with warehouse.connect(warehouse.warehouse_url()) as connection:
        name = dag_id.partition("_")[2]
        take(connection, TELL_LOCK, name, what=f"the report about {name}")
        yield connection


def _failure(connection: psycopg.Connection, ended: EndedRun, facts: Facts) -> _Failure | None:
    """What is known of the failure of a run; None where it has not failed, or is reported in any case."""
    if not ended.failed or ended.by_hand:
        return None
    message_hash = hash_of(facts, ended.reason)
    row = connection.execute(
        render("notify/failures.sql"), {"dag_id": ended.dag_id, "message_hash": message_hash}
    ).fetchone()
    assert row is not None
    since, lately = row
    return _Failure(message_hash, f"{since:%Y-%m-%d %H:%M} UTC" if since else "", lately)


def hash_of(facts: Facts, reason: str) -> str:
    """What tells a failure from another: what failed and why, by causes and subjects, whatever the words.

    Args:
        facts: of the run.
        reason: Airflow's own words, which count where the warehouse has none.
    """
    causes: list[tuple[str | None, ...]] = [
        (row["table_name"], row["company_code"], row["state"], row["cause"], row["connection"], row["subject"])
        for row in facts.runs
        if row["state"] in ("stopped", "failed")
    ]
    causes += [
        (row["table_name"], row["company_code"], row["cause"], *row["column_names"]) for row in facts.verification
    ]
    causes += [(row["connection"], row["company_code"], row["kind"], row["cause"]) for row in facts.connections]
    # Each record that failed is news, though another of the same export failed an hour ago.
    causes += [
        (row["record_id"], row["company_code"], row["state"], row["cause"], row["subject"])
        for row in facts.export_reasons
    ]
    causes += [
        (
            row["object_name"],
            row["spectrum_key"],
            row["company_code"],
            row["state"],
            row["field"],
            *(row["differing"] or ()),
        )
        for row in facts.import_reasons
    ]
    return hashlib.sha256(repr(sorted(causes, key=repr) or reason).encode()).hexdigest()


def _remember(connection: psycopg.Connection, dag_id: str, facts: Facts, failure: _Failure | None) -> None:
    if failure is not None:
        values = {"dag_id": dag_id, "message_hash": failure.message_hash}
        connection.execute(render("notify/told_failure.sql"), values)
    for name, number, rows in (
        ("drift", "drift_id", facts.drift),
        ("deferred", "deferred_id", facts.deferred),
        ("findings", "finding_id", facts.findings),
    ):
        if rows:
            connection.execute(render(f"notify/told_{name}.sql"), {f"{name}_ids": [row[number] for row in rows]})
