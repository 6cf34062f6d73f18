"""What every DAG file must keep to, with the file that does not."""

import ast
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from airflow.dag_processing.dagbag import DagBag

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.exports.objects.registry import NAMES as EXPORT_NAMES
from spectrum_etl.imports.objects import IMPORTS as IMPORTED
from spectrum_etl.orchestration.callbacks import end_the_log
from spectrum_etl.orchestration.dag_defaults import refuse_unknown_fields
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.staging.objects import OBJECTS

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "dags").glob("*.py"))
STAGING = {obj.dag_id for obj in OBJECTS.values()}
EXPORTS = {*(f"export_{name}" for name in EXPORT_NAMES), "link_export", "unlink_export"}
IMPORTS = {*(obj.dag_id for obj in IMPORTED.values()), "undo_import"}
OTHERS = {"backfill_job_costs", "verify_staging", "publish_marts", "check_connections", "clean_up", "daily_digest"}
#: Tells which syncs are late: it must not wait in the pools that those fill.
WATCH = "watch_syncs"
#: Ask a person: there is no end to that wait, and a retried question would show the old record.
APPROVAL, PLAN_APPROVAL = "record.approve", "company.approve"


@pytest.fixture(scope="module")
def dags():
    bag = DagBag(str(ROOT / "dags"))
    assert bag.import_errors == {}
    return bag.dags


def test_the_dag_ids_are_those_that_others_rely_on(dags):
    assert set(dags) == STAGING | EXPORTS | IMPORTS | OTHERS | {WATCH}


def test_every_dag_documents_itself_for_an_operator(dags):
    for dag in dags.values():
        for part in ("What it moves", "How often", "When it fails", "May it be run again"):
            assert part in (dag.doc_md or ""), f"{dag.dag_id}: its docstring does not say: {part}"


def test_every_dag_refuses_a_key_that_its_form_does_not_have(dags, monkeypatch):
    """B11. `company` for `companies` would run over everything: no task that begins a run goes on with it."""
    for dag in dags.values():
        assert dag.roots, dag.dag_id
        for task in dag.roots:
            context = {
                "dag": dag,
                "dag_run": SimpleNamespace(conf={"company": "1", "allow_mass_delete ": True}),
                "params": dag.params.dump(),
                "run_id": "manual__1",
            }
            monkeypatch.setitem(
                task.python_callable.__globals__, "get_current_context", lambda context=context: context
            )
            with pytest.raises(FixConfiguration) as caught:
                task.python_callable()
            text = str(caught.value)
            assert "the form of " + dag.dag_id + " does not have: " in text, f"{dag.dag_id}.{task.task_id}"
            for field in dag.params:
                assert field in text, f"{dag.dag_id}: the message does not name {field}"


def test_the_fields_of_a_form_are_no_unknown_keys(dags):
    for dag in dags.values():
        refuse_unknown_fields({"dag": dag, "dag_run": SimpleNamespace(conf=dag.params.dump())})
        refuse_unknown_fields({"dag": dag, "dag_run": SimpleNamespace(conf=None)})


def test_every_dag_has_an_owner_tags_and_no_catch_up(dags):
    for dag in dags.values():
        assert dag.owner == "spectrum", dag.dag_id
        assert "spectrum" in dag.tags, dag.dag_id
        assert {"staging", "export", "import", "marts", "operations"} & set(dag.tags), dag.dag_id
        assert dag.catchup is False, dag.dag_id


def test_whoever_operates_it_hears_of_every_failure(dags):
    for dag in dags.values():
        assert dag.on_failure_callback, f"{dag.dag_id}: nobody is told when it fails"
        told = dag.dag_id in EXPORTS or dag.on_success_callback
        assert told, f"{dag.dag_id}: what fails after a success would count as known"
    # A late sync is told by a DAG of its own: a failed run of one with a deadline could not be cleared.
    assert dags[WATCH].schedule
    assert not any(dag.deadline for dag in dags.values())


def test_every_task_is_retried_only_where_that_helps_and_ends_at_last(dags):
    for dag in dags.values():
        for task in (task for task in dag.tasks if task.task_id not in (APPROVAL, PLAN_APPROVAL)):
            assert task.retries >= 1, f"{dag.dag_id}.{task.task_id}: no retry"
            assert task.execution_timeout, f"{dag.dag_id}.{task.task_id}: it could hang for ever"
            assert task.retry_policy, f"{dag.dag_id}.{task.task_id}: it would retry what a person must mend"


def test_the_log_of_every_task_ends_with_what_is_wrong(dags):
    for dag in dags.values():
        for task in dag.tasks:
            for called in (task.on_failure_callback, task.on_retry_callback):
                found = called if isinstance(called, list | tuple) else [called]
                assert list(found) == [end_the_log], f"{dag.dag_id}.{task.task_id}: its log ends with a traceback"


def test_a_question_is_never_retried_and_waits_without_end(dags):
    for dag_id in EXPORTS - {"link_export", "unlink_export"}:
        task = dags[dag_id].get_task(APPROVAL)
        assert (task.retries, task.execution_timeout) == (0, None), dag_id
    for dag_id in IMPORTS:
        task = dags[dag_id].get_task(PLAN_APPROVAL)
        assert (task.retries, task.execution_timeout) == (0, None), dag_id


def test_every_export_is_triggered_by_hand(dags):
    for dag_id in EXPORTS:
        assert dags[dag_id].schedule is None, dag_id


@pytest.mark.parametrize(("word", "schedule"), [("never", None), ("4h", "0 */4 * * *"), ("after_sync", ["vendors"])])
def test_an_import_runs_as_its_setting_says_and_by_default_when_somebody_triggers_it(monkeypatch, word, schedule):
    from spectrum_etl.orchestration import import_dag as module

    settings = load_settings()
    vendors = settings.imports.vendors.model_copy(update={"schedule": word})
    imports = settings.imports.model_copy(update={"vendors": vendors})
    monkeypatch.setattr(module, "load_settings", lambda: settings.model_copy(update={"imports": imports}))
    found = module._schedule(IMPORTED["vendors"], module.load_settings())
    assert ([asset.name.removeprefix("spectrum.") for asset in found] if word == "after_sync" else found) == schedule


def test_every_task_that_reads_or_writes_waits_in_the_pool_of_its_system(dags):
    pools = {"spectrum_sdx", "spectrum_infolink", "procore", "warehouse"}
    assert {task.pool for task in dags[WATCH].tasks} == {"default_pool"}
    for dag in (dag for dag in dags.values() if dag.dag_id != WATCH):
        for task in dag.tasks:
            if task.task_id != "plan":
                assert task.pool in pools, f"{dag.dag_id}.{task.task_id}: pool {task.pool}"


def test_landing_tables_are_dropped_after_a_failure_too(dags):
    for dag_id in STAGING | {"backfill_job_costs"}:
        teardown = dags[dag_id].get_task("company.drop_landing")
        assert teardown.is_teardown
        assert dags[dag_id].get_task("company.land").is_setup


def test_a4_never_has_no_schedule_and_the_others_are_cron(monkeypatch):
    from airflow.sdk import Variable

    from spectrum_etl.orchestration.staging_dag import staging_dag

    monkeypatch.setattr(Variable, "get", classmethod(lambda *a, **k: '{"jobs": "never", "vendors": "2h"}'))
    assert staging_dag(OBJECTS["jobs"], "").schedule is None
    assert staging_dag(OBJECTS["vendors"], "").schedule == "0 */2 * * *"


@pytest.mark.parametrize("value", ['{"jobs": "weekly"}', '{"job": "daily"}', "weekly", '["daily"]'])
def test_a4_a_wrong_word_in_the_variable_takes_no_dag_away(monkeypatch, value):
    """It would take all of them: each of their files reads the Variable. The schedules of the file hold."""
    from airflow.sdk import Variable

    monkeypatch.setattr(Variable, "get", classmethod(lambda *a, **k: value))
    bag = DagBag(str(ROOT / "dags"))
    assert bag.import_errors == {}
    settings = load_settings()
    for obj in OBJECTS.values():
        assert bag.dags[obj.dag_id].schedule == settings.cron(obj)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_dag_file_is_documentation_a_spec_and_one_call(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 60, f"{path.name} does not read in a minute"
    kinds = [type(node) for node in tree.body]
    assert kinds[0] is ast.Expr, f"{path.name} has no docstring"
    assert kinds[-1] is ast.Assign, f"{path.name} does not end with its one call"
    assert set(kinds[1:-1]) <= {ast.Import, ast.ImportFrom}, f"{path.name} does more than one call"


def test_parsing_needs_nothing_and_imports_neither_gx_nor_pandas(tmp_path):
    """No connection, variable, environment or network; and nothing heavy."""
    script = (
        "import sys, socket\n"
        "from airflow.dag_processing.dagbag import DagBag\n"
        "heavy = {'great_expectations', 'pandas', 'pymssql', 'lxml'} & set(sys.modules)\n"
        "def refuse(*a, **k): raise AssertionError('a DAG file opened a network connection')\n"
        "socket.socket.connect = refuse\n"
        f"bag = DagBag({str(ROOT / 'dags')!r})\n"
        "assert not bag.import_errors, bag.import_errors\n"
        f"assert len(bag.dags) == {len(FILES)}, sorted(bag.dags)\n"
        "found = ({'great_expectations', 'pandas', 'pymssql', 'lxml'} & set(sys.modules)) - heavy\n"
        "assert not found, found\n"
    )
    environment = {
        "PYTHONPATH": str(ROOT / "plugins"),
        "HOME": str(tmp_path),
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
    }
    environment |= {"AIRFLOW__CORE__LOAD_EXAMPLES": "False", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
