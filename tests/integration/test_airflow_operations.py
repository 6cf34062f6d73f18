"""What an operator does: clears a run, backfills months, changes schedules."""

from __future__ import annotations

import json

import pytest

from stack.stage_runs import FollowedRun
from tests.airflow_stack import AirflowStack, until

pytestmark = pytest.mark.airflow


@pytest.fixture(scope="module")
def backfilled() -> dict[str, list[FollowedRun]]:
    """Runs of the backfill by months, to be repeated: Airflow takes half a minute to see that one has ended."""
    return {}


def test_m2_a_backfill_of_three_months_stages_them_again(airflow_stack, oracle, backfilled):
    oracle.assert_equal("job_costs")
    months = busy_months(airflow_stack)
    for month in months:
        assert airflow_stack.change(
            'update "JC_TRANSACTION_HISTORY_MC" set "Description" = %s where ctid in (select ctid'
            ' from "JC_TRANSACTION_HISTORY_MC" where "Tran_Date_Text" like %s'
            " and btrim(\"Company_Code\") = '1' limit 3)",
            f"corrected {month}",
            f"{month}%",
        )
    with pytest.raises(AssertionError, match="lost"):
        oracle.assert_equal("job_costs")
    airflow_stack.api().set_paused("backfill_job_costs", False)
    runs = backfill(airflow_stack, months, "none")
    assert len(runs) == len(months)
    oracle.assert_equal("job_costs")
    changed = airflow_stack.ask(
        "select distinct to_char(tran_date, 'YYYYMM') from spectrum.job_cost_transactions where _run_id = any(%s)",
        [run.run_id for run in runs],
    )
    assert sorted(month for (month,) in changed) == months
    backfilled[" ".join(months)] = runs


def test_clearing_a_run_lands_again_and_duplicates_nothing(airflow_stack, oracle):
    run = airflow_stack.run("stage_standard_cost_codes", companies=["1"])
    before = landings(airflow_stack, run)
    marks = oracle.marks("standard_cost_codes", "standard_cost_types")
    body = {"dry_run": False, "only_failed": False, "dag_run_id": run.run_id}
    airflow_stack.api().call("POST", f"dags/{run.dag_id}/clearTaskInstances", body)
    airflow_stack.wait([run])
    after = landings(airflow_stack, run)
    assert (len(before), len(after)) == (1, 2)
    assert set(before) < set(after)
    assert set(oracle.runs(run).values()) == {"unchanged"}
    assert oracle.marks("standard_cost_codes", "standard_cost_types") == marks
    oracle.assert_equal("standard_cost_codes")


@pytest.mark.slow
def test_a_failed_run_of_a_scheduled_sync_is_cleared_over_rest_and_goes_on(airflow_stack, oracle):
    """What docs/running.md tells an operator to do: correct the password, then clear what failed."""
    airflow_stack.connect(spectrum_sdx={"password": "Wrong-Geheim-96"})
    try:
        run = airflow_stack.run("stage_jobs", "failed", companies=["1"])
    finally:
        airflow_stack.connect()
    assert schedule(airflow_stack) is not None, "a sync on demand alone would prove nothing"
    body = {"dry_run": False, "only_failed": True, "dag_run_id": run.run_id}
    cleared = airflow_stack.api().call("POST", f"dags/{run.dag_id}/clearTaskInstances", body)
    assert cleared["total_entries"] > 0
    airflow_stack.wait([run])
    assert oracle.runs(run)["jobs", "1"] in ("published", "unchanged")
    oracle.assert_equal("jobs")


@pytest.mark.slow
def test_a4_the_variable_changes_schedules_and_a_wrong_entry_leaves_those_of_the_file(airflow_stack, staged):
    """One wrong word took all syncs away; check_connections says what is wrong, and what is allowed."""
    api = airflow_stack.api()
    before = schedule(airflow_stack)
    assert before is not None
    try:
        set_schedules(airflow_stack, {"jobs": "never"})
        until(lambda: schedule(airflow_stack) is None, 90)
        set_schedules(airflow_stack, {"jobs": "weekly"})
        until(lambda: schedule(airflow_stack) == before, 90)
        assert api.import_errors() == []
        run = airflow_stack.run("check_connections", "failed")
        [summary] = airflow_stack.instances(run, "summary")
        told = airflow_stack.log(summary)
        assert "the Airflow Variable spectrum_schedules schedules jobs as 'weekly'" in told
        assert "What to do: use one of never, daily, 4h, 2h, hourly" in told
    finally:
        set_schedules(airflow_stack, {})


@pytest.mark.slow
def test_m2_a_backfill_that_is_repeated_writes_nothing(airflow_stack, oracle, backfilled):
    if not backfilled:  # chosen without the test above
        airflow_stack.api().set_paused("backfill_job_costs", False)
        chosen = busy_months(airflow_stack)
        backfilled[" ".join(chosen)] = backfill(airflow_stack, chosen, "none")
    [(months, runs)] = backfilled.items()
    marks = oracle.marks("job_cost_transactions", "job_cost_totals")
    assert backfill(airflow_stack, months.split(), "completed") == runs
    assert oracle.marks("job_cost_transactions", "job_cost_totals") == marks
    oracle.assert_equal("job_costs")


def busy_months(stack: AirflowStack) -> list[str]:
    """The last three months (YYYYMM) in a row of which postings are staged."""
    rows = stack.ask(
        "select distinct to_char(tran_date, 'YYYYMM') from spectrum.job_cost_transactions where company_code = '1'"
    )
    staged = {month for (month,) in rows}
    for year, month in ((year, month) for year in range(2026, 2015, -1) for month in range(12, 2, -1)):
        found = [f"{year}{month - back:02d}" for back in (2, 1, 0)]
        if staged.issuperset(found):
            return found
    raise AssertionError(f"no three months in a row: {sorted(staged)}")


def backfill(stack: AirflowStack, months: list[str], reprocess: str) -> list[FollowedRun]:
    """Backfill months of one company, two at once; its runs, all of which have succeeded."""
    body = {
        "dag_id": "backfill_job_costs",
        "from_date": f"{months[0][:4]}-{months[0][4:]}-01T00:00:00Z",
        "to_date": f"{months[-1][:4]}-{months[-1][4:]}-01T00:00:00Z",
        "max_active_runs": 2,
        "reprocess_behavior": reprocess,
        "dag_run_conf": {"companies": ["1"]},
    }
    api = stack.api()

    # One backfill of a DAG at a time; Airflow looks every half minute whether one has ended.
    def all_ended() -> bool:
        return all(found["completed_at"] for found in api.call("GET", "backfills", dag_id=body["dag_id"])["backfills"])

    until(all_ended)
    api.call("POST", "backfills", body)
    found = api.runs("backfill_job_costs", run_type="backfill", order_by="run_after")
    runs = [FollowedRun(run["dag_id"], run["dag_run_id"]) for run in found]
    stack.wait(runs)
    return runs


def landings(stack: AirflowStack, run: FollowedRun) -> list[int]:
    """Numbers of the landings of a run."""
    rows = stack.ask("select landing_id from sync.landings where dag_id = %s and run_id = %s", run.dag_id, run.run_id)
    return [number for (number,) in rows]


def schedule(stack: AirflowStack) -> str | None:
    """The schedule of the jobs, as Airflow shows it."""
    found: str | None = stack.api().call("GET", "dags/stage_jobs")["timetable_summary"]
    return found


def set_schedules(stack: AirflowStack, schedules: dict[str, str]) -> None:
    """Set the variable as an operator does in the UI, and have the files parsed."""
    stack.api().put("variables", [{"key": "spectrum_schedules", "value": json.dumps(schedules)}])
    stack.reparse("stage_jobs")
