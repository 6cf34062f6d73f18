"""Names that running installations rely on stay as they are when code moves: see `fixed_names.yaml`.

What is taken out of that list, or renamed in it, breaks somebody's schedule, dashboard or monitoring, and needs a
migration. What is new is added to it. Of an importable object that is not on the list yet, what follows from its spec
may be missing there: its DAG, and its tables in `spectrum` and `history`; they are added once people rely on them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag

from spectrum_etl.model.spec import StagedObject
from spectrum_etl.settings import SCHEDULES_VARIABLE, Company
from spectrum_etl.settings.notifications import Notifications
from spectrum_etl.settings.page import PageSettings
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.ddl import ensure_table
from spectrum_etl.warehouse.migrate import migrate

ROOT = Path(__file__).resolve().parents[2]
FIXED: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("fixed_names.yaml").read_text())


def _new_objects() -> list[StagedObject]:
    return [obj for obj in OBJECTS.values() if obj.dag_id not in FIXED["dags"]]


@pytest.fixture(scope="module")
def dags() -> dict[str, Any]:
    bag = DagBag(str(ROOT / "dags"))
    assert bag.import_errors == {}
    return dict(bag.dags)


def test_dags_and_their_tasks(dags: dict[str, Any]) -> None:
    found = {name: " ".join(sorted(task.task_id for task in dag.tasks)) for name, dag in dags.items()}
    new = {obj.dag_id: FIXED["dags"]["stage_jobs"] for obj in _new_objects()}
    assert found == FIXED["dags"] | new


def test_pools(dags: dict[str, Any]) -> None:
    assert sorted({task.pool for dag in dags.values() for task in dag.tasks}) == FIXED["pools"]


def test_variables_and_connections() -> None:
    assert FIXED["variables"] == [SCHEDULES_VARIABLE]
    models = (Company, Notifications, PageSettings)
    named = {
        str(field.default)
        for model in models
        for name, field in model.model_fields.items()
        if name.endswith("conn_id") and field.default is not None
    }
    assert sorted(named) == FIXED["connections"]


def test_migrations() -> None:
    """One that was released is never renamed, or it would be applied again."""
    assert sorted(path.stem for path in (ROOT / "include/sql/warehouse").glob("[0-9]*.sql")) == FIXED["migrations"]


def test_tables_and_views(database: str) -> None:
    with connect(database) as connection:
        connection.autocommit = True
        migrate(connection)
        for entry in OBJECTS.values():
            for table in entry.tables:
                ensure_table(connection, table)
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "select nspname, string_agg(relname, ' ' order by relname) from pg_class join pg_namespace"
            " on pg_namespace.oid = relnamespace where relkind in ('r', 'v', 'm', 'p') and nspname in"
            " ('landing', 'spectrum', 'history', 'sync', 'export', 'procore', 'marts') group by 1"
        ).fetchall()
    new = {
        f"{table.name}{end}" for obj in _new_objects() for table in obj.tables for end in ("", "_versions", "_changed")
    }
    found = {schema: set(names.split()) for schema, names in rows}
    fixed = {schema: set(names.split()) for schema, names in FIXED["relations"].items()}
    assert set(found) == set(fixed)
    for schema, names in found.items():
        assert names - (new if schema in ("spectrum", "history") else set()) == fixed[schema], schema
