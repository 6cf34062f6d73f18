"""What the warehouse records of one run. `runs` makes a message of it, `send_once` remembers what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from spectrum_etl.model import dag_ids
from spectrum_etl.warehouse.templates import render

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Facts:
    """What is recorded of a run: each field is what the file of its name in `include/sql/notify` finds.

    Empty lists where the warehouse could not be asked, and where a fact is not about such a run.
    """

    runs: Rows = field(default_factory=list)
    volume: Rows = field(default_factory=list)
    drift: Rows = field(default_factory=list)
    deferred: Rows = field(default_factory=list)
    verification: Rows = field(default_factory=list)
    connections: Rows = field(default_factory=list)
    findings: Rows = field(default_factory=list)
    marts: Rows = field(default_factory=list)
    exports: Rows = field(default_factory=list)
    export_reasons: Rows = field(default_factory=list)
    imports: Rows = field(default_factory=list)
    import_reasons: Rows = field(default_factory=list)

    @property
    def lasting(self) -> Facts:
        """Only those that last beyond the run, and that no other message would report as soon."""
        return Facts(drift=self.drift, deferred=self.deferred)


def facts_of(connection: psycopg.Connection, dag_id: str, run_id: str) -> Facts:
    """Read what a run left in the warehouse.

    Args:
        connection: the warehouse.
        dag_id: its DAG.
        run_id: the Airflow run.
    """
    values = {"dag_id": dag_id, "run_id": run_id, "object_name": dag_id.removeprefix(dag_ids.EXPORT)}
    return Facts(**read_files(connection, _names(dag_id), values))


def read_files(connection: psycopg.Connection, names: Iterable[str], values: Mapping[str, object]) -> dict[str, Rows]:
    """What files of `include/sql/notify` find, by their names.

    Args:
        connection: the warehouse.
        names: of the files, without their ending.
        values: what they bind.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        return {name: cursor.execute(render(f"notify/{name}.sql"), values).fetchall() for name in names}


def is_import(dag_id: str) -> bool:
    """Whether a DAG writes into Procore by plans."""
    return dag_id.startswith(dag_ids.IMPORT) or dag_id == dag_ids.UNDO_IMPORT


def _names(dag_id: str) -> tuple[str, ...]:
    if dag_id.startswith(dag_ids.EXPORT):
        return ("exports", "export_reasons")
    if is_import(dag_id):
        return ("imports", "import_reasons")
    own = {
        dag_ids.VERIFY_STAGING: ("verification",),
        dag_ids.CHECK_CONNECTIONS: ("connections", "findings"),
        dag_ids.PUBLISH_MARTS: ("marts",),
    }
    return own.get(dag_id, ("runs", "volume", "drift", "deferred"))
