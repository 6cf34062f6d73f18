"""What Airflow and the operator see when something goes wrong: sources, data, passwords, and killed tasks.

Slow ones beside them have quick counterparts without Airflow: wrong passwords in
`tests/staging/resilience/test_resilience_infolink_faults.py`, killed steps in `test_resilience_kills.py` there;
a task that is killed is tried again by Airflow in `test_airflow_exports.py`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from stack.airflow_api import JsonObject
from stack.stage_runs import FollowedRun
from tests.airflow_stack import AirflowStack, until

pytestmark = pytest.mark.airflow

WRONG = "Wrong-Geheim-99"


def test_m3_m4_what_a_person_must_mend_fails_at_once_says_what_to_do_and_touches_nothing(airflow_stack, oracle):
    tables = ("vendors", "standard_cost_codes", "standard_cost_types")
    before = oracle.marks(*tables)
    with column_gone(airflow_stack, "VN_VENDOR_MASTER_MC", "Vendor_Name"), blank_codes(airflow_stack):
        runs = [airflow_stack.trigger(f"stage_{name}", companies=["1"]) for name in ("vendors", "standard_cost_codes")]
        airflow_stack.wait(runs, "failed")
    dropped, rejected = runs
    assert states(airflow_stack, dropped) == {
        "plan": "success",
        "company.land": "failed",
        "company.check": "upstream_failed",
        "company.publish": "upstream_failed",
        "company.drop_landing": "success",
    }
    assert states(airflow_stack, rejected) == {
        "plan": "success",
        "company.land": "success",
        "company.check": "failed",
        "company.publish": "upstream_failed",
        "company.drop_landing": "success",
    }
    for run, task, words in (
        (dropped, "company.land", ("Vendor_Name", "company 1", "What to do:")),
        (rejected, "company.check", ("max_rejected_rows", "phase_code", "What to do:")),
    ):
        [instance] = airflow_stack.instances(run, task)
        assert instance["try_number"] == 1
        told = visible_end(airflow_stack, instance)
        assert all(word in told for word in words), told
        [kept] = airflow_stack.ask("select distinct message, remedy from sync.runs where run_id = %s", run.run_id)
        assert all(part in told for part in kept)
    assert airflow_stack.ask("select tablename from pg_tables where schemaname = 'landing'") == []
    assert oracle.marks(*tables) == before
    airflow_stack.wait([airflow_stack.trigger(run.dag_id) for run in runs])
    oracle.assert_equal("vendors", "standard_cost_codes")


@pytest.mark.slow
def test_a3_a_wrong_password_fails_at_once_and_is_in_no_log(airflow_stack, staged):
    airflow_stack.connect(spectrum_infolink={"password": WRONG}, spectrum_sdx={"password": WRONG})
    try:
        runs = [airflow_stack.trigger(f"stage_{name}", companies=["1"]) for name in ("vendors", "project_cost_codes")]
        airflow_stack.wait(runs, "failed")
    finally:
        airflow_stack.connect()
    for run, source in zip(runs, ("spectrum_infolink", "Authorization ID"), strict=True):
        [land] = airflow_stack.instances(run, "company.land")
        assert land["try_number"] == 1
        told = visible_end(airflow_stack, land)
        assert source in told
        assert "of the Airflow connection" in told
        assert any("Reauthenticate" in line for line in airflow_stack.api().log(land)), "the traceback stands above it"
    airflow_stack.run("stage_vendors", companies=["1"])


@pytest.mark.slow
def test_tasks_killed_while_landing_and_publishing_are_tried_again_and_nothing_is_lost_or_twice(airflow_stack, oracle):
    airflow_stack.change('update "VN_VENDOR_MASTER_MC" set "Phone" = \'5550100\' where btrim("Company_Code") = \'1\'')
    airflow_stack.change('update "JC_STD_PHASE_DESCRIPTION_MC" set "Description" = \'renamed\'')
    with psycopg.connect(airflow_stack.warehouse_url) as holder:
        holder.execute("lock table spectrum.standard_cost_codes in share mode")
        publishing = airflow_stack.trigger("stage_standard_cost_codes", companies=["1"])
        until(lambda: airflow_stack.ask("select 1 from pg_locks where not granted"))
        killed = airflow_stack.kill(publishing, "company.publish")
        with slow_infolink(airflow_stack, 4000):
            landing = airflow_stack.trigger("stage_vendors", companies=["1"])
            until(lambda: airflow_stack.ask("select 1 from sync.landings where run_id = %s", landing.run_id))
            also_killed = airflow_stack.kill(landing, "company.land")
        assert killed != also_killed
    airflow_stack.wait([publishing, landing])
    for run, task in ((publishing, "company.publish"), (landing, "company.land")):
        [instance] = airflow_stack.instances(run, task)
        assert (instance["state"], instance["try_number"]) == ("success", 2)
    states = [
        state
        for (state,) in airflow_stack.ask(
            "select state from sync.landings where run_id = %s order by landing_id", landing.run_id
        )
    ]
    assert states == ["failed", "published"]
    assert oracle.runs(publishing)["standard_cost_codes", "1"] == "published"
    airflow_stack.run("stage_standard_cost_codes", companies=["2"])
    oracle.assert_equal("vendors", "standard_cost_codes")


def test_a3_no_secret_is_in_any_log(airflow_stack, staged):
    secrets = airflow_stack.secrets
    hidden = [WRONG, secrets.authorization_id, secrets.infolink, secrets.warehouse, secrets.sandbox, secrets.fernet_key]
    hidden += [secrets.client_secret, secrets.jwt_secret, secrets.api_secret_key, *secrets.users.values()]
    logs = [path for path in airflow_stack.airflow.home.rglob("*.log") if path.is_file()]
    assert len(logs) > 50
    for path in logs:
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not any(secret in text for secret in hidden), path


@pytest.mark.slow
def test_a7_a_missing_connection_is_told_at_once_with_what_to_do(airflow_stack, staged):
    """Airflow says `isn't defined` also when its API server is overloaded, and tries again in vain."""
    api = airflow_stack.api()
    api.call("DELETE", "connections/spectrum_infolink")
    try:
        run = airflow_stack.run("stage_vendors", "failed", companies=["1"])
    finally:
        airflow_stack.connect()
    [land] = airflow_stack.instances(run, "company.land")
    assert land["try_number"] == 1
    told = visible_end(airflow_stack, land)
    assert told.startswith("there is no Airflow connection 'spectrum_infolink'. What to do: create it")


def visible_end(stack: AirflowStack, instance: JsonObject) -> str:
    """The last line of a task's log that Airflow's page shows: not within a group, which it folds."""
    depth, shown = 0, ""
    for line in stack.api().log(instance):
        if "::group::" in line:
            depth += 1
        elif "::endgroup::" in line:
            depth = max(depth - 1, 0)
        elif depth == 0:
            shown = line
    return shown


def states(stack: AirflowStack, run: FollowedRun) -> dict[str, str]:
    """State of each task of a run of one company."""
    return {instance["task_id"]: instance["state"] for instance in stack.instances(run)}


@contextmanager
def column_gone(stack: AirflowStack, table: str, column: str) -> Iterator[None]:
    """A column is missing at the source, while the block runs."""
    stack.change(f'alter table "{table}" rename column "{column}" to "{column}_Before"')
    try:
        yield
    finally:
        stack.change(f'alter table "{table}" rename column "{column}_Before" to "{column}"')


@contextmanager
def blank_codes(stack: AirflowStack) -> Iterator[None]:
    """Half of the standard phases have a blank code, while the block runs."""
    stack.change('create table sandbox.kept as table "JC_STD_PHASE_DESCRIPTION_MC"')
    changed = stack.change(
        'update "JC_STD_PHASE_DESCRIPTION_MC" set "Phase_Code" = \'\' where ctid in (select ctid from (select ctid,'
        ' row_number() over () as n from "JC_STD_PHASE_DESCRIPTION_MC") as numbered where n % 2 = 0)'
    )
    assert changed > 40
    try:
        yield
    finally:
        stack.change('truncate "JC_STD_PHASE_DESCRIPTION_MC"')
        stack.change('insert into "JC_STD_PHASE_DESCRIPTION_MC" table sandbox.kept')
        stack.change("drop table sandbox.kept")


@contextmanager
def slow_infolink(stack: AirflowStack, milliseconds: int) -> Iterator[None]:
    """Info-Link waits so long before each answer, while the block runs."""
    faults = stack.faults()
    try:
        faults.set("infolink_slow_ms", str(milliseconds))
        time.sleep(0.25)  # each reader keeps the switches for 0.2 s
        yield
    finally:
        faults.clear("infolink_slow_ms")
        faults.close()
