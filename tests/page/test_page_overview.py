"""The overview and the marts in a real API server: what is not known is said to be so and never reads as 0 (M5, A3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from spectrum_etl.notify.stale import stale_lines
from spectrum_etl.page.object_row import object_row
from spectrum_etl.settings import Company, Settings
from spectrum_etl.settings.notifications import Notifications
from spectrum_etl.staging.objects import OBJECTS
from stack.postgres import EmbeddedPostgres
from tests.page.page_airflow import PageAirflow
from tests.page.page_data import fill


@pytest.fixture
def down(page: PageAirflow) -> Iterator[PageAirflow]:
    """The page while its warehouse does not answer."""
    page.use_warehouse(psycopg.conninfo.make_conninfo(page.warehouse_url, port=9))
    try:
        yield page
    finally:
        page.use_warehouse(page.warehouse_url)


def test_a_warehouse_that_does_not_answer_is_shown_without_its_password(down: PageAirflow) -> None:
    answer = down.get("vera", "api/overview")
    assert answer.status_code == 200
    cards = {card["kind"]: card for card in answer.json()["connections"]}
    assert cards["warehouse"]["connected"] is False
    assert "cannot be reached" in cards["warehouse"]["reason"]
    assert "What to do" not in cards["warehouse"]["reason"]
    assert cards["warehouse"]["remedy"].startswith("Try again in a moment; ")
    others = [card for kind, card in cards.items() if kind != "warehouse"]
    unknown = (None, "Not known while the warehouse is down.")
    assert [(card["connected"], card["reason"]) for card in others] == [unknown] * 3
    refused = down.get("vera", "api/import/rejected")
    assert refused.status_code == 503
    password = str(psycopg.conninfo.conninfo_to_dict(down.warehouse_url)["password"])
    assert password not in answer.text + refused.text


def test_nothing_is_stated_of_objects_while_the_warehouse_is_down(down: PageAirflow) -> None:
    found = down.get("vera", "api/overview").json()
    for row in found["objects"]:
        counts = {value for key, value in row.items() if key.endswith(("_rows", "_columns")) or "checks" in key}
        assert counts == {None}, row["name"]
        assert (row["known"], row["state"], row["last_sync"]) == (False, None, None)
    marts = found["marts"]
    assert (marts["known"], marts["computed_at"], marts["waiting"]) == (False, None, None)


def test_an_error_says_once_what_to_do_and_to_a_person(down: PageAirflow) -> None:
    told = down.get("vera", "api/jobs").json()
    assert "cannot be reached" in told["detail"]
    assert "What to do" not in told["detail"]
    what = "check that the database server runs, and host and port in the Airflow connection warehouse"
    assert told["remedy"] == f"Try again in a moment; {what}."


def test_nothing_is_stated_of_an_object_that_was_never_synced(page: PageAirflow) -> None:
    row = page.get("vera", "api/overview", company="2").json()["objects"][0]
    assert (row["known"], row["state"], row["last_sync"]) == (True, None, None)
    assert (row["staged_rows"], row["new_rows"], row["checks_passed"]) == (None, None, None)


def test_a_failed_sync_tells_its_reason_and_takes_no_standing_warning_back(page: PageAirflow) -> None:
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute(
            "insert into sync.landings (object_name, company_code, dag_id, run_id, try_number, scope, read_at, state)"
            " values ('vendors', '1', 'stage_vendors', 'failed__1', 1, '{}', now(), 'failed')"
        )
        connection.execute(
            "insert into sync.runs (landing_id, object_name, table_name, company_code, dag_id, run_id, reader, state,"
            " narrowed, started_at, read_at, seconds, message) select landing_id, 'vendors', 'vendors', '1',"
            " 'stage_vendors', run_id, 'infolink', 'failed', false, now(), now(), 1, 'no answer from Spectrum'"
            " from sync.landings where run_id = 'failed__1'"
        )
    try:
        vendors = next(row for row in page.get("vera", "api/overview").json()["objects"] if row["name"] == "vendors")
        assert (vendors["state"], vendors["message"]) == ("failed", "No answer from Spectrum.")
        assert (vendors["checks_passed"], vendors["checks_warned"]) == (8, 1)
        assert vendors["changed_columns"] == 1
    finally:
        with psycopg.connect(page.warehouse_url) as connection:
            connection.execute("delete from sync.landings where run_id = 'failed__1'")


def test_a_run_that_failed_before_it_read_anything_is_a_failed_sync(page: PageAirflow) -> None:
    api = page.airflow.api("admin")
    api.call("POST", "dags/stage_subcontracts/dagRuns", {"dag_run_id": "failed__2", "logical_date": None})
    page.metadata(
        "update dag_run set state = 'failed', end_date = now() where dag_id = 'stage_subcontracts'"
        " and run_id = 'failed__2'"
    )
    try:
        rows = page.get("vera", "api/overview").json()["objects"]
        found = next(row for row in rows if row["name"] == "subcontracts")
        assert found["state"] == "failed"
        assert "log in Airflow" in found["message"]
    finally:
        api.call("DELETE", "dags/stage_subcontracts/dagRuns/failed__2")


def test_services_that_are_not_enabled_are_named_on_the_card_and_all_are_listed(page: PageAirflow) -> None:
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute(
            "insert into sync.connections values ('1', 'spectrum_sdx', 'web services', 'Not connected',"
            " 'service not enabled', 'GetPhase: not authorized (the service GetJob works)', 'enable it', now(), 'run')"
        )
        connection.execute(
            "insert into sync.connection_services (company_code, connection, service, direction, needed, used_by,"
            " status, reason, remedy, checked_at) values"
            " ('1', 'spectrum_sdx', 'GetJob', 'reads', true, 'jobs', 'Enabled', '', '', now()),"
            " ('1', 'spectrum_sdx', 'GetPhase', 'reads', true, 'job_cost_totals', 'Not enabled', 'not authorized',"
            " 'enable it; run the task again', now()),"
            " ('1', 'spectrum_sdx', 'AddVendor', 'writes', true, 'export_vendors', 'Declared', '', '', now())"
        )
    try:
        cards = page.get("vera", "api/overview", company="1").json()["connections"]
        card = next(row for row in cards if row["kind"] == "web services")
        assert (card["connected"], card["cause"]) == (False, "GetPhase is not enabled")
        assert (card["services"], card["services_off"], card["remedy"]) == (3, 1, "Enable it.")
        services = page.get("vera", "api/connections", company="1").json()["services"]
        assert [(row["service"], row["status"], row["why"]) for row in services] == [
            ("GetPhase", "Not enabled", "Not authorized. Enable it; try again."),
            ("GetJob", "Enabled", None),
            ("AddVendor", "Declared", None),
        ]
    finally:
        with psycopg.connect(page.warehouse_url) as connection:
            connection.execute("delete from sync.connection_services")
            connection.execute("delete from sync.connections")


def test_the_marts_tell_how_new_they_are_and_are_computed_on_demand(page: PageAirflow) -> None:
    known = page.get("vera", "api/marts", company="1").json()
    assert (known["known"], known["missing"], known["waiting"]) == (True, [], 0)
    assert known["computed_at"] is not None
    assert (known["paused"], known["running"], known["may_refresh"]) == (True, None, False)
    assert page.get("vera", "api/overview", company="1").json()["marts"] == known
    never = page.get("vera", "api/marts", company="2").json()
    assert (never["computed_at"], never["missing"]) == (None, ["2"])
    assert page.post("vera", "api/marts/refresh", {}).status_code == 403
    refused = page.post("ops", "api/marts/refresh", {})
    assert (refused.status_code, refused.json()["detail"]["paused"]) == (409, True)
    started = page.post("ops", "api/marts/refresh", {"companies": ["1"], "resume": True})
    assert started.status_code == 200, started.text
    try:
        assert page.get("ops", "api/marts").json()["running"]["run_id"] == started.json()["run_id"]
    finally:
        api = page.airflow.api("admin")
        api.call("DELETE", f"dags/publish_marts/dagRuns/{quote(started.json()['run_id'], safe='')}")
        api.set_paused("publish_marts", True)


def test_syncs_that_are_not_in_the_marts_are_counted(page: PageAirflow) -> None:
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute("delete from sync.mart_runs where table_name in ('budgets', 'vendors')")
    try:
        assert page.get("vera", "api/marts", company="1").json()["waiting"] == 1, "the one of budgets was stopped"
    finally:
        with psycopg.connect(page.warehouse_url) as connection:
            connection.execute(
                "insert into sync.mart_runs select landing_id, table_name, company_code, finished_at from sync.runs"
                " on conflict do nothing"
            )


def test_job_cost_that_was_never_computed_is_not_known(page: PageAirflow, postgres: EmbeddedPostgres) -> None:
    url = postgres.create_database("page_without_marts")
    fill(url, jobs=3, postings=2, rejected=1)
    with psycopg.connect(url) as connection:
        connection.execute("truncate marts.job_cost_summary, marts.job_cost_by_month, sync.marts")
    page.use_warehouse(url)
    try:
        row = page.get("vera", "api/jobs").json()["rows"][0]
        assert {row[key] for key in ("current_estimate", "actual_cost", "projected_cost", "variance")} == {None}
        found = page.get("vera", "api/job", company="1", job="24-0001").json()
        assert found["job"]["computed_at"] is None
        assert page.get("vera", "api/marts", company="1").json()["computed_at"] is None
    finally:
        page.use_warehouse(page.warehouse_url)
        postgres.drop_database("page_without_marts")


def _row(settings: Settings, age: timedelta, *, errors: bool = False, next_run: str | None = None) -> dict[str, Any]:
    """How the jobs stand whose rows were read so long ago."""
    now = datetime.now(UTC)
    synced = {"object_name": "jobs", "finished_at": now, "state": "published", "run_id": "r", "message": None}
    names = ("new_rows", "changed_rows", "deleted_rows", "rejected_rows", "staged_rows", "deferred_rows")
    names += ("checks_passed", "checks_warned", "checks_failed", "changed_columns")
    dag = {"is_paused": False, "next_dagrun_run_after": next_run, "has_import_errors": errors}
    return object_row(OBJECTS["jobs"], [synced | dict.fromkeys(names) | {"read_at": now - age}], settings, dag, [], now)


@pytest.mark.parametrize(
    ("schedule", "intervals", "hours", "late"),
    [("hourly", 2, 1.9, False), ("hourly", 2, 2.1, True), ("hourly", 3, 2.1, False), ("never", 2, 999, False)],
)
def test_data_are_late_when_the_digest_calls_them_stale(
    schedule: str, intervals: float, hours: float, late: bool
) -> None:
    """Both count the intervals of the setting `stale_after_intervals`."""
    settings = Settings(
        companies=(Company(code="1", name="One", phase_category="STD"),),
        schedules={"jobs": schedule},
        notifications=Notifications(stale_after_intervals=intervals),
    )
    age = timedelta(hours=hours)
    assert _row(settings, age)["late"] is late
    read = {
        "object_name": "jobs",
        "company_code": "1",
        "last_read_at": datetime.now(UTC) - age,
        "now": datetime.now(UTC),
    }
    told = [line for line in stale_lines([read], settings) if line.startswith("jobs of ")]
    assert bool(told) is late


@pytest.mark.parametrize(
    ("due", "shown"),
    [
        ("2026-11-28T06:00:00Z", "2026-11-28T06:00:00Z"),
        ("2026-11-28T09:00:00Z", "2026-11-28T17:30:00+00:00"),
        ("2026-11-28T17:30:00Z", "2026-11-28T17:30:00Z"),
        (None, None),
    ],
)
def test_o2_the_next_sync_of_quiet_hours_is_at_their_end(due: str | None, shown: str | None) -> None:
    settings = Settings(companies=(Company(code="1", name="One", phase_category="STD"),), quiet_hours=("07:00-17:30",))
    assert _row(settings, timedelta(0), next_run=due)["next_sync"] == shown


def test_an_object_whose_dag_airflow_cannot_import_is_not_up_to_date() -> None:
    settings = Settings(companies=(Company(code="1", name="One", phase_category="STD"),))
    good, broken = (_row(settings, timedelta(0), errors=errors) for errors in (False, True))
    assert (good["state"], broken["state"]) == ("published", "failed")
    assert "cannot import its DAG" in broken["message"]
