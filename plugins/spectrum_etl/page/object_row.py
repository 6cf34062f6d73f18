"""How one importable object stands, in one row: its syncs, counts and checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from spectrum_etl.model.spec import StagedObject
from spectrum_etl.page.reads import Row
from spectrum_etl.page.runs import active, ended, run_row
from spectrum_etl.page.wording import remedy, sentences
from spectrum_etl.settings import Schedule, Settings

_OF_THE_LAST = ("new_rows", "changed_rows", "deleted_rows")
_OF_ALL = (
    "rejected_rows", "staged_rows", "deferred_rows", "checks_passed", "checks_warned", "checks_failed",
    "changed_columns",
)  # fmt: skip
_BAD = frozenset({"failed", "stopped"})
_RUN_FAILED = "Its last run failed before it read anything: the run's log in Airflow says why."
_NOT_IMPORTED = "Airflow cannot import its DAG, so nothing runs: Airflow's first page says why."


def object_row(
    obj: StagedObject,
    states: list[Row] | None,
    settings: Settings,
    dag: Mapping[str, Any] | None,
    runs: list[Any],
    now: datetime,
) -> Row:
    """How an object stands, over all companies that are looked at. What is not known is null, never 0.

    Args:
        obj: importable object.
        states: of its staged tables and others, as `table_states` gives them; None where the warehouse is down.
        settings: how often it is synced, as it is in force, and how old its data may be.
        dag: its DAG, as Airflow's API gives it; None where Airflow does not know it.
        runs: its runs, the newest first.
        now: the moment.
    """
    tables = [row for row in states or () if row["object_name"] == obj.name]
    tried = [row for row in tables if row["finished_at"]]
    last = max(tried, key=lambda row: row["finished_at"], default=None)
    of_last = [row for row in tried if last and row["run_id"] == last["run_id"]]
    bad = next((row for row in tried if row["state"] in _BAD), None)
    now_running, last_run = active(runs), ended(runs)
    state = (bad or last or {}).get("state")
    message, what_to_do = (bad["message"], bad["remedy"]) if bad else (None, None)
    if last_run and last_run["state"] == "failed" and not bad and _is_new(last_run, last):
        state, message, what_to_do = "failed", _RUN_FAILED, None
    if dag and dag.get("has_import_errors"):
        state, message, what_to_do = "failed", _NOT_IMPORTED, None
    oldest = min((row["read_at"] for row in tables if row["read_at"]), default=None)
    schedule = settings.schedule(obj)
    paused = bool(dag and dag["is_paused"])
    return {
        "name": obj.name,
        "title": obj.title,
        "known": states is not None,
        "schedule": schedule,
        "often": schedule.words.capitalize(),
        "paused": paused,
        "next_sync": _next_sync(dag, settings) if not paused and schedule is not Schedule.NEVER else None,
        "running": run_row(now_running) if now_running else None,
        "last_run_state": last_run["state"] if last_run else None,
        "last_sync": last["finished_at"] if last else None,
        "state": state,
        "message": sentences(message),
        "remedy": remedy(what_to_do),
        "read_at": oldest,
        "late": bool(oldest and settings.is_stale(obj, oldest, now)),
        "tables": tables,
        **{key: _sum(of_last, key) for key in _OF_THE_LAST},
        **{key: _sum(tables, key) for key in _OF_ALL},
    }


def _next_sync(dag: Mapping[str, Any] | None, settings: Settings) -> str | None:
    """When the next run reads; one of quiet hours waits for their end."""
    due: str | None = dag["next_dagrun_run_after"] if dag else None
    until = settings.quiet.until(datetime.fromisoformat(due)) if due else None
    return until.isoformat() if until else due


def _is_new(run: Mapping[str, Any], last: Row | None) -> bool:
    """Whether a run tells more than the last sync that the warehouse knows."""
    ended_at = run.get("end_date")
    return last is None or not ended_at or datetime.fromisoformat(ended_at) > last["finished_at"]


def _sum(rows: Iterable[Row], key: str) -> int | None:
    known = [row[key] for row in rows if row[key] is not None]
    return sum(known) if known else None
