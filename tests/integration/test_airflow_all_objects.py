"""Objects staged by real Airflow runs; then what a second, a narrowed and a repeated run do.

`make test` stages a few of each kind, `make test-all` all of them. What differs between objects is data of their specs:
that each is staged as its source holds it is shown without Airflow in `tests/staging/conformance`, what verification
finds in `test_verify.py` there, and that each has a DAG of the one form in `tests/dags`; all of it in `make test`.
"""

from __future__ import annotations

import json

import pytest

from spectrum_etl.staging.objects import OBJECTS
from stack.errors import StackError
from stack.stage_runs import STAGE_DAGS
from tests.airflow_stack import COMPANIES, AirflowStack

pytestmark = pytest.mark.airflow

TABLES = {f"stage_{name}": [table.name for table in obj.tables] for name, obj in OBJECTS.items()}
TRANSACTIONS = ("job_cost_transactions", "job_cost_totals")
#: Airflow's own: a deprecated pattern it uses in every task, and a variable's `{}` that is too short to be masked.
EXPECTED_WARNINGS = ("GitWildMatchPattern", "Skipping masking for a secret as it's too short")


def test_all_runs_succeed_and_the_tables_equal_the_source(staged, oracle):
    oracle.assert_equal(*(dag_id.removeprefix("stage_") for dag_id in staged))


@pytest.mark.slow
def test_every_object_is_staged(staged):
    assert set(staged) == set(STAGE_DAGS)


def test_m5_the_run_history_has_a_row_for_every_table_and_company_with_the_airflow_run(staged, oracle):
    for dag_id, run in staged.items():
        assert oracle.runs(run) == {(table, code): "published" for table in TABLES[dag_id] for code in COMPANIES}


def test_m5_every_table_and_company_has_an_asset_event_with_the_counts_of_its_run(airflow_stack, staged):
    for dag_id, run in staged.items():
        events = airflow_stack.api().call(
            "GET", "assets/events", source_dag_id=dag_id, source_run_id=run.run_id, limit=100
        )["asset_events"]
        told = {(event["name"], event["extra"]["company_code"]): event["extra"] for event in events}
        assert len(events) == len(told)
        for table in TABLES[dag_id]:
            for code in COMPANIES:
                extra = told.pop((f"spectrum.{table}", code))
                counted = airflow_stack.ask(
                    "select landing_id, source_rows, new_rows, rejected_rows, staged_rows from sync.runs"
                    " where run_id = %s and table_name = %s and company_code = %s",
                    run.run_id,
                    table,
                    code,
                )
                assert counted == [tuple(extra[k] for k in ("landing_id", "source", "new", "rejected", "staged"))]
                assert extra["source"] == extra["staged"] + extra["rejected"]
        assert told == {}


def test_a1_companies_are_named_in_the_grid(airflow_stack, staged):
    for run in staged.values():
        instances = airflow_stack.instances(run)
        for task in ("land", "check", "publish", "drop_landing"):
            names = [i["rendered_map_index"] for i in instances if i["task_id"] == f"company.{task}"]
            assert names == [f"{code} {name}" for code, name in COMPANIES.items()]


def test_a_good_run_logs_what_it_did_and_no_noise(airflow_stack, staged):
    for run in staged.values():
        # Task, map index and try: a file each. Over the API they are the same, and take half a minute.
        files = sorted((airflow_stack.airflow.home / "logs" / f"dag_id={run.dag_id}").rglob("*.log"))
        files = [file for file in files if f"run_id={run.run_id}" in file.parts]
        assert len(files) == len(airflow_stack.instances(run))
        for file in files:
            events = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            noise = [
                event
                for event in events
                if "great_expectations" in event.get("logger", "")
                or event.get("level") == "error"
                or (
                    event.get("level") == "warning"
                    and not event["event"].startswith(EXPECTED_WARNINGS)
                    and event.get("logger") != "spectrum_etl.staging.checks.run"  # a check that is not met
                )
            ]
            assert events
            assert noise == [], f"{file}"
    published = airflow_stack.log(airflow_stack.instances(staged["stage_vendors"], "company.publish")[0])
    assert "vendors of company 1: published; " in published


def test_a5_the_trigger_form_refuses_a_company_that_is_not_configured(airflow_stack, staged):
    with pytest.raises(StackError, match="400"):
        airflow_stack.api().trigger("stage_vendors", {"companies": ["9"]})


def test_a_run_that_finds_nothing_changed_writes_nothing(airflow_stack, oracle):
    before = oracle.marks(*TRANSACTIONS)
    run = airflow_stack.run("stage_job_costs")
    assert oracle.runs(run) == {(table, code): "unchanged" for table in TRANSACTIONS for code in COMPANIES}
    assert oracle.marks(*TRANSACTIONS) == before


def test_a_run_that_finds_nothing_changed_takes_one_task_a_company_and_updates_the_assets(airflow_stack, staged):
    airflow_stack.run("stage_vendors")
    run = airflow_stack.run("stage_vendors")
    states = {(i["task_id"], i["map_index"]): i["state"] for i in airflow_stack.instances(run)}
    assert {state for (task, _), state in states.items() if task in ("plan", "company.land")} == {"success"}
    # One that Airflow had not expanded before the skipping runs, and finds nothing to do.
    rest = [state for (task, _), state in states.items() if task not in ("plan", "company.land")]
    assert "skipped" in rest
    assert set(rest) <= {"skipped", "success"}
    events = airflow_stack.api().call(
        "GET", "assets/events", source_dag_id=run.dag_id, source_run_id=run.run_id, limit=100
    )["asset_events"]
    assert {(event["name"], event["extra"]["company_code"]) for event in events} == {
        ("spectrum.vendors", code) for code in COMPANIES
    }
    assert all(event["extra"]["changed"] == 0 and event["extra"]["staged"] > 0 for event in events)
    left = "select count(*) from pg_tables where schemaname = 'landing'"
    assert airflow_stack.ask(left) == [(0,)]


@pytest.mark.slow
def test_a5_a_run_of_one_company_and_job_touches_only_that(airflow_stack, oracle):
    jobs = airflow_stack.ask(
        "select job_number from spectrum.job_cost_transactions where company_code = '1' group by 1 order by 1 limit 2"
    )
    chosen, other = (job for (job,) in jobs)
    for company, job in (("1", chosen), ("1", other)):
        assert add_a_cent(airflow_stack, company, job) > 0
    run = airflow_stack.run("stage_job_costs", companies=["1"], jobs=[f" {chosen} "])
    assert {key: state for key, state in oracle.runs(run).items()} == {(t, "1"): "published" for t in TRANSACTIONS}
    touched = airflow_stack.ask(
        "select distinct company_code, job_number from spectrum.job_cost_transactions where _run_id = %s", run.run_id
    )
    assert touched == [("1", chosen)]
    with pytest.raises(AssertionError, match="job_cost_transactions: lost"):
        oracle.assert_equal("job_costs")
    airflow_stack.run("stage_job_costs", companies=["1"])  # the next run finds what this one was not to touch
    oracle.assert_equal("job_costs")


@pytest.mark.slow
def test_after_a_month_of_business_everything_equals_the_source_again_and_is_verified(airflow_stack, oracle):
    airflow_stack.run_sandbox("month")
    airflow_stack.wait([airflow_stack.trigger(dag_id) for dag_id in STAGE_DAGS])
    oracle.assert_equal()
    run = airflow_stack.run("verify_staging")
    names = {instance["rendered_map_index"] for instance in airflow_stack.instances(run, "verify")}
    assert names == {f"{name} of {code}" for name in OBJECTS for code in COMPANIES}


@pytest.mark.slow
def test_verify_staging_finds_a_row_that_somebody_deleted_and_the_next_sync_restores_it(airflow_stack, oracle):
    [(before,)] = airflow_stack.ask("select count(*) from spectrum.vendors where company_code = '1'")
    airflow_stack.ask(
        "delete from spectrum.vendors where ctid = (select min(ctid) from spectrum.vendors"
        " where company_code = '1' and _deleted_at is null and _rejected_at is null)"
    )
    run = airflow_stack.run("verify_staging", state="failed")
    failed = [i for i in airflow_stack.instances(run, "verify") if i["state"] != "success"]
    assert [(i["rendered_map_index"], i["state"], i["try_number"]) for i in failed] == [("vendors of 1", "failed", 1)]
    [(theirs,)] = airflow_stack.ask(
        "select (select count(*) from spectrum.vendors where company_code = '1' and _deleted_at is null"
        " and _rejected_at is null) + 1 + (select count(*) from sync.rejected_rows where table_name = 'vendors'"
        " and company_code = '1' and resolved_at is null)"
    )
    log = airflow_stack.log(failed[0])
    assert f"rows {theirs} in Spectrum, {theirs - 1} staged and rejected" in log
    assert "What to do: trigger stage_vendors and then verify_staging again" in log
    airflow_stack.run("stage_vendors", companies=["1"])
    oracle.assert_equal("vendors")
    assert airflow_stack.ask("select count(*) from spectrum.vendors where company_code = '1'") == [(before,)]


def add_a_cent(stack: AirflowStack, company: str, job: str, month: str = "") -> int:
    """Change one posting of a job at the source; how many rows that was."""
    return stack.change(
        'update "JC_TRANSACTION_HISTORY_MC" set "Tran_Amount" = "Tran_Amount" + 0.01 where ctid = (select min(ctid)'
        ' from "JC_TRANSACTION_HISTORY_MC" where btrim("Company_Code") = %s and btrim("Job_Number") = %s'
        ' and "Tran_Date_Text" like %s)',
        company,
        job,
        f"{month}%",
    )
