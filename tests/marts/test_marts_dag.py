"""The DAG `publish_marts`: what starts it, and that its spec and its SQL speak of the same tables."""

import importlib.util
import re
from pathlib import Path

from spectrum_etl.marts.spec import MARTS, SOURCES
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.templates import render

ROOT = Path(__file__).resolve().parents[2]


def _dag():
    spec = importlib.util.spec_from_file_location("publish_marts", ROOT / "dags" / "publish_marts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.dag


def test_any_change_of_a_staged_table_that_a_mart_reads_starts_it_and_one_run_at_a_time():
    dag = _dag()
    names = {asset.name for asset in dag.schedule.objects}
    assert type(dag.schedule).__name__ == "AssetAny"
    assert names == {f"spectrum.{table}" for table in SOURCES}
    published = {asset.name for obj in OBJECTS.values() for asset in _outlets(obj.dag_id)}
    assert names <= published, "somebody updates each of them"
    assert dag.max_active_runs == 1


def test_it_updates_an_asset_a_mart():
    task = _dag().get_task("publish")
    assert {asset.name for asset in task.outlets} == {mart.relation for mart in MARTS}


def test_the_sql_of_the_marts_reads_exactly_the_staged_tables_that_start_it():
    context = {
        **{"whole": True, "mart": "marts.m", "fresh": "_m", "key": ("k",), "columns": ("c",)},
        # Rows of any table may be rejected: whichever table's asset comes next takes them in.
        **{"amounts": [], "partitioned": ()},
    }
    files = {path.stem for path in (ROOT / "include" / "sql" / "marts").glob("*.sql")}
    text = {name: render(f"marts/{name}.sql", **context).as_string() for name in files}
    always_whole = {mart.name for mart in MARTS if mart.always_whole}
    assert _read(text.values()) == set(SOURCES)
    asked = set(re.findall(r"%\(since_([a-z_]+)\)s", " ".join(text.values())))
    assert asked == _read(text[name] for name in files - always_whole), "a table whose changes nobody asks for"


def _read(texts):
    return set(re.findall(r"\bspectrum\.\"?([a-z_]+)", " ".join(texts)))


def _outlets(dag_id):
    from spectrum_etl.orchestration.staging_dag import asset_of

    return [asset_of(table) for obj in OBJECTS.values() if obj.dag_id == dag_id for table in obj.tables]
