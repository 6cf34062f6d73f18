"""Operating it, in real Airflow: connections checked, people told by webhook, late syncs noticed, the rest removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
import yaml

from tests.airflow_stack import AirflowStack, until
from tests.receivers import Webhook, webhook

pytestmark = pytest.mark.airflow


@pytest.fixture(scope="module")
def told(airflow_stack: AirflowStack) -> Iterator[Webhook]:
    """Everything that is told, as a webhook on this machine receives it; a sync is late after a minute."""
    before = airflow_stack.settings_file.read_text(encoding="utf-8")
    settings = yaml.safe_load(before)
    with webhook() as hook:
        airflow_stack.api().put(
            "connections", [{"connection_id": "notify_slack", "conn_type": "http", "password": hook.url}]
        )
        settings["notifications"] = {"channels": ["slack"], "late_after_minutes": 1}
        airflow_stack.settings_file.write_text(yaml.safe_dump(settings), encoding="utf-8")
        yield hook
    airflow_stack.settings_file.write_text(before, encoding="utf-8")


def _heard(hook: Webhook, *words: str, seconds: float = 60) -> str:
    """The last message that holds these words; a DAG that is unpaused may also have run by its schedule."""

    def matching() -> list[str]:
        return [post["text"] for post in hook.posts if all(word in post["text"] for word in words)]

    return str(until(matching, seconds)[-1])


@pytest.mark.slow
def test_a3_every_connection_is_checked_although_one_fails(airflow_stack: AirflowStack, told: Webhook) -> None:
    airflow_stack.run("check_connections")
    connected = airflow_stack.ask("select distinct kind, status from sync.connections order by kind")
    assert connected == [(kind, "Connected") for kind in ("Info-Link", "Procore", "warehouse", "web services")]
    airflow_stack.connect(spectrum_sdx={"password": "Wrong-Geheim-98"})
    try:
        run = airflow_stack.run("check_connections", "failed", companies=["1"])
    finally:
        airflow_stack.connect()
    states = {i["task_id"]: i["state"] for i in airflow_stack.instances(run)}
    assert states.pop("summary") == "failed"
    assert set(states.values()) == {"success"}
    rows = airflow_stack.ask(
        "select kind, status, cause from sync.connections where company_code = '1' and run_id = %s order by kind",
        run.run_id,
    )
    assert rows == [
        ("Info-Link", "Connected", ""),
        ("Procore", "Connected", ""),
        ("warehouse", "Connected", ""),
        ("web services", "Not connected", "wrong credentials"),
    ]
    link = f"/dags/check_connections/runs/{quote(run.run_id, safe='')}"
    message = _heard(told, "check_connections of company 1: the run failed", link)
    assert "web services (spectrum_sdx): wrong credentials" in message
    assert "Geheim" not in message
    assert sum(link in post["text"] for post in told.posts) == 1


def test_a_failed_sync_and_a_partial_one_are_told_once_each(airflow_stack: AirflowStack, told: Webhook) -> None:
    """A row that is newly rejected is told, by the run that finds it; one that was known before is not told again."""
    airflow_stack.run("stage_vendors", companies=["1"])
    flawed = """update dbo."VN_VENDOR_MASTER_MC" set "Vendor_Name" = %s where "Vendor_Code" = (
        select min("Vendor_Code") from dbo."VN_VENDOR_MASTER_MC" where btrim("Company_Code") = '1')
        and btrim("Company_Code") = '1' and "Vendor_Name" = %s"""
    [(name,)] = airflow_stack.source(
        """select "Vendor_Name" from dbo."VN_VENDOR_MASTER_MC" where btrim("Company_Code") = '1'
        order by "Vendor_Code" limit 1"""
    )
    assert airflow_stack.change(flawed, "", name) == 1
    try:
        found, known = (airflow_stack.run("stage_vendors", companies=["1"]) for _ in range(2))
    finally:
        airflow_stack.change(flawed, name, "")
    airflow_stack.connect(spectrum_infolink={"password": "Wrong-Geheim-97"})
    try:
        airflow_stack.run("stage_vendors", "failed", companies=["1"])
    finally:
        airflow_stack.connect()
    message = _heard(told, "stage_vendors of company 1: the run failed")
    assert "vendors of company 1: failed" in message
    assert "refused the login" in message
    partial = [post["text"] for post in told.posts if "published, but not every row" in post["text"]]
    assert sum(quote(found.run_id, safe="") in text for text in partial) == 1
    assert not any(quote(known.run_id, safe="") in text for text in partial)


@pytest.mark.slow
def test_a_channel_is_tried_from_the_trigger_form(airflow_stack: AirflowStack, told: Webhook) -> None:
    airflow_stack.run("daily_digest", test=True)
    assert "This message went to: slack." in _heard(told, "a test of the channels")


def test_the_digest_is_sent_and_the_rest_is_cleaned_up(airflow_stack: AirflowStack, told: Webhook) -> None:
    airflow_stack.run("daily_digest")
    airflow_stack.run("clean_up")
    if airflow_stack.ask("select 1 from sync.rejected_rows where resolved_at is null"):
        assert "Rejected rows:" in _heard(told, "Daily digest:")


@pytest.mark.slow
def test_a_sync_that_is_at_work_for_too_long_is_told(airflow_stack: AirflowStack, told: Webhook) -> None:
    """It waits for a lock as one does that reads a slow Spectrum; the watch does not wait behind it."""
    api = airflow_stack.api()
    airflow_stack.run("stage_vendors", companies=["1"])
    # Without a change it would be done with its first task, and wait for nothing.
    changed = 'update "VN_VENDOR_MASTER_MC" set "Phone" = \'5550177\' where btrim("Company_Code") = \'1\''
    assert airflow_stack.change(changed) > 0
    pool = {"name": "warehouse", "slots": 0}
    try:
        api.put("pools", [pool])
        run = airflow_stack.trigger("stage_vendors", companies=["1"])
        until(lambda: _landed(airflow_stack, run.run_id))
        airflow_stack.ask(
            "update sync.landings set started_at = started_at - interval '2 minutes' where run_id = %s", run.run_id
        )
        airflow_stack.run("watch_syncs")
        message = _heard(told, "stage_vendors", "late")
        assert re.search(r"stage_vendors of company 1: running since .* UTC, run " + re.escape(run.run_id), message)
        airflow_stack.run("watch_syncs")
        assert sum(run.run_id in post["text"] for post in told.posts) == 1
    finally:
        api.put("pools", [{**pool, "slots": 4}])
    airflow_stack.wait([run])


def _landed(stack: AirflowStack, run_id: str) -> bool:
    return bool(stack.ask("select 1 from sync.landings where run_id = %s and state = 'landed'", run_id))


@pytest.mark.slow
def test_o2_a_sync_in_quiet_hours_waits_without_a_slot_and_goes_on_at_their_end(airflow_stack: AirflowStack) -> None:
    before = airflow_stack.settings_file.read_text(encoding="utf-8")
    now = datetime.now(UTC)
    end = (now + timedelta(minutes=2)).replace(second=0, microsecond=0)
    window = f"{now - timedelta(minutes=1):%H:%M}-{end:%H:%M}"
    settings = yaml.safe_load(before) | {"quiet_hours": [window], "timezone": "UTC"}
    airflow_stack.settings_file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    try:
        run = airflow_stack.trigger("stage_vendors", companies=["1"])
        until(lambda: [i["state"] for i in airflow_stack.instances(run, "company.land")] == ["up_for_reschedule"])
        pool = airflow_stack.api().call("GET", "pools/spectrum_infolink")
        assert pool["occupied_slots"] == 0
        airflow_stack.wait([run])
    finally:
        airflow_stack.settings_file.write_text(before, encoding="utf-8")
    [(started,)] = airflow_stack.ask("select started_at from sync.landings where run_id = %s", run.run_id)
    assert started >= end
