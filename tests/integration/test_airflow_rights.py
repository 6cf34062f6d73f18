"""C20: Airflow lets whoever may answer approvals start every DAG; what only operators may do looks who started it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from stack.stage_runs import FollowedRun
from tests.airflow_stack import AirflowStack, until
from tests.integration.test_airflow_failures import visible_end

pytestmark = pytest.mark.airflow

APPROVER = "accounting"


def test_an_approver_can_neither_end_nor_make_links_nor_clean_up_nor_delete(airflow_stack, staged):
    refused = {
        "unlink_export": ("plan", "end links", {"object": "vendors", "company": "1", "records": ["1"]}),
        "link_export": ("plan", "link records", {"object": "vendors", "company": "1", "pairs": ["1 = ACME"]}),
        "clean_up": ("remove", "clean up by hand", {}),
        "stage_vendors": ("plan", "delete any number of rows", {"companies": ["1"], "allow_mass_delete": True}),
    }
    runs = {dag_id: start(airflow_stack, APPROVER, dag_id, conf) for dag_id, (*_, conf) in refused.items()}
    airflow_stack.wait(runs.values(), "failed")
    for dag_id, (task, what, _) in refused.items():
        [instance] = airflow_stack.instances(runs[dag_id], task)
        assert (instance["state"], instance["try_number"]) == ("failed", 1)
        said = visible_end(airflow_stack, instance)
        assert f"a run that was started by {APPROVER} may not {what} (allowed: admin, ops). What to do:" in said, said
    before = airflow_stack.ask("select count(*) from sync.runs")
    airflow_stack.wait([start(airflow_stack, APPROVER, "stage_vendors", {"companies": ["1"]})])
    assert airflow_stack.ask("select count(*) from sync.runs") > before, "to refresh is everybody's"


def test_an_operator_can(airflow_stack, staged):
    runs = [
        start(airflow_stack, "ops", "stage_vendors", {"companies": ["1"], "allow_mass_delete": True}),
        start(airflow_stack, "ops", "clean_up", {}),
    ]
    airflow_stack.wait(runs)


@pytest.mark.slow
def test_what_walks_between_the_tasks_gives_an_approver_no_more(airflow_stack, staged):
    """The scope is changed after it was planned: Airflow lets the role User write what a task has returned."""
    api, user = airflow_stack.api(), airflow_stack.api(APPROVER)
    pool = {"name": "spectrum_infolink", "slots": 0}
    try:
        api.put("pools", [pool])
        run = start(airflow_stack, APPROVER, "stage_vendors", {"companies": ["1"]})
        path = f"dags/{run.dag_id}/dagRuns/{quote(run.run_id)}/taskInstances/plan/xcomEntries/return_value"
        until(lambda: [i for i in airflow_stack.instances(run, "company.land") if i["state"] == "scheduled"])
        [scope] = api.call("GET", path)["value"]
        user.call("PATCH", path, {"value": [{**scope, "allow_mass_delete": True}]})
    finally:
        api.put("pools", [{**pool, "slots": 3}])
    airflow_stack.wait([run], "failed")
    [land] = airflow_stack.instances(run, "company.land")
    assert f"started by {APPROVER} may not delete any number of rows" in visible_end(airflow_stack, land)


def start(stack: AirflowStack, user: str, dag_id: str, conf: dict[str, Any]) -> FollowedRun:
    """Trigger a DAG as this user."""
    stack.api().set_paused(dag_id, False)
    return FollowedRun(dag_id, stack.api(user).trigger(dag_id, conf))
