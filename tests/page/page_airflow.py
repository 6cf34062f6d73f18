"""Airflow's API server alone, with the project's DAGs and plugin, as the page's tests use it.

Nothing runs here: what Airflow would have done, a test puts into its tables.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import requests
import yaml

from stack import processes
from stack.airflow import LocalAirflow
from stack.airflow_environment import passwords_file
from stack.paths import write_private
from stack.ports import free_port
from stack.postgres import EmbeddedPostgres
from stack.secret_values import load_secrets
from tests.airflow_stack import COMPANIES, PROJECT, until

HEADER = {"X-ERP-Integrations": "1"}
AIRFLOW = Path(sys.executable).with_name("airflow")


@dataclass
class PageAirflow:
    """A running API server.

    Args:
        airflow: its configuration and users.
        metadata_url: Airflow's database.
        warehouse_url: what its connection `warehouse` names at first.
    """

    airflow: LocalAirflow
    metadata_url: str
    warehouse_url: str

    @property
    def url(self) -> str:
        """The page's address."""
        return f"{self.airflow.url}/erp-integrations"

    def start(self) -> None:
        """Create the tables, read the DAGs, serve, and set the connection."""
        self.migrate()
        self.serve()

    def migrate(self) -> None:
        """Create the tables and read the DAGs."""
        write_private(passwords_file(self.airflow.home), json.dumps(self.airflow.secrets.users) + "\n")
        for command in (["db", "migrate"], ["dags", "reserialize"]):
            subprocess.run(
                [AIRFLOW, *command], env=self.airflow.environment(), cwd=self.airflow.home, check=True,
                stdin=subprocess.DEVNULL, capture_output=True,
            )  # fmt: skip

    def serve(self) -> None:
        """Serve, and set the connection."""
        processes.spawn(
            self._mark, [AIRFLOW, "api-server"], log=self.airflow.logs / "api-server.log",
            env=self.airflow.environment(), cwd=self.airflow.home,
        )  # fmt: skip
        until(self._answers, 120)
        self.use_warehouse(self.warehouse_url)

    def stop(self) -> None:
        """Stop the server."""
        processes.stop(self._mark)

    def use_warehouse(self, url: str) -> None:
        """Let Airflow's connection name another warehouse."""
        parts = psycopg.conninfo.conninfo_to_dict(url)
        entity = {
            "connection_id": "warehouse", "conn_type": "postgres", "host": parts["host"],
            "port": int(str(parts["port"])),
            "schema": parts["dbname"], "login": parts["user"], "password": parts["password"],
        }  # fmt: skip
        self.airflow.api("admin").put("connections", [entity])

    def session(self, user: str | None, *, cookie: bool = False) -> requests.Session:
        """A client that is signed in as a user: by a token, or by the cookie that Airflow's pages set."""
        session = requests.Session()
        session.trust_env = False
        if user:
            body = {"username": user, "password": self.airflow.secrets.users[user]}
            token = requests.post(f"{self.airflow.url}/auth/token", json=body, timeout=30).json()["access_token"]
            if cookie:
                session.cookies.set("_token", token)
            else:
                session.headers["Authorization"] = f"Bearer {token}"
        return session

    def get(self, user: str | None, path: str, **query: Any) -> requests.Response:
        """What a user is answered."""
        return self.session(user).get(f"{self.url}/{path}", params=query, timeout=60)

    def post(self, user: str | None, path: str, body: Mapping[str, Any]) -> requests.Response:
        """What a user is answered who changes something."""
        return self.session(user).post(f"{self.url}/{path}", json=dict(body), headers=HEADER, timeout=60)

    def metadata(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of Airflow's own tables; a statement that is no query is committed."""
        with psycopg.connect(self.metadata_url) as connection:
            cursor = connection.execute(query.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def begin(self, dag_id: str, run_id: str) -> None:
        """Let there be a run of a DAG that goes on."""
        api = self.airflow.api("admin")
        if not [run for run in api.runs(dag_id) if run["dag_run_id"] == run_id]:
            api.call("POST", f"dags/{dag_id}/dagRuns", {"dag_run_id": run_id, "logical_date": None})
            # The scheduler, which does not run here, would make the task instances.
            self._make_instances(dag_id, run_id)

    def waits(
        self,
        dag_id: str,
        run_id: str,
        map_index: int,
        params: Mapping[str, Any],
        *,
        age: float = 60,
        approver: str | tuple[str, ...] = "accounting",
    ) -> None:
        """Let a task instance of an export wait for its approver, as its `approve` leaves it.

        Args:
            params: the form, as `orchestration.approval` makes it.
            age: since when, in seconds.
            approver: the auth manager's id of who may answer, or several.
        """
        approvers = (approver,) if isinstance(approver, str) else approver
        self.begin(dag_id, run_id)
        self.metadata(
            "with waiting as (insert into task_instance select (jsonb_populate_record(null::task_instance,"
            " to_jsonb(ti) || jsonb_build_object('id', gen_random_uuid(), 'map_index', %s::int,"
            " 'state', 'awaiting_input', 'try_number', 1))).* from task_instance as ti"
            " where dag_id = %s and run_id = %s and task_id = 'record.approve' and map_index = -1 returning id)"
            " insert into hitl_detail (ti_id, options, subject, body, multiple, params, assignees, created_at,"
            " params_input) select id, %s, 'A record', '', false, %s, %s, now() - make_interval(secs => %s), '{}'"
            " from waiting",
            map_index, dag_id, run_id, json.dumps(["Accept", "Reject", "Retrieve"]), json.dumps(params),
            json.dumps([{"id": each, "name": "Accounting"} for each in approvers]), age,
        )  # fmt: skip

    def _make_instances(self, dag_id: str, run_id: str) -> None:
        script = (
            "import sys\n"
            "from airflow.utils.session import create_session\n"
            "from airflow.models.dagrun import DagRun\n"
            "from airflow.models.dagbag import DBDagBag\n"
            "with create_session() as session:\n"
            "    run = session.query(DagRun).filter_by(dag_id=sys.argv[1], run_id=sys.argv[2]).one()\n"
            "    run.dag = DBDagBag().get_dag_for_run(run, session=session)\n"
            "    run.verify_integrity(session=session, dag_version_id=run.created_dag_version_id)\n"
        )
        subprocess.run(
            [sys.executable, "-c", script, dag_id, run_id], env=self.airflow.environment(), cwd=self.airflow.home,
            check=True, stdin=subprocess.DEVNULL, capture_output=True,
        )  # fmt: skip

    @property
    def _mark(self) -> str:
        return f"{self.airflow.home}:page"

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.airflow.url}/api/v2/version", timeout=5).ok
        except requests.RequestException:
            return False


def answer_of(page: PageAirflow, record: str, **given: Any) -> dict[str, Any]:
    """What accepts a vendor that waits, as the page would send it, but for what is given."""
    row = page.get("vera", "api/export/queue", group="waiting", object="vendors").json()["rows"]
    found = next(r for r in row if r["record_id"] == record)
    asks = {key: value for key, value in found.items() if key.startswith("asks_")}
    return {"object": "vendors", "company": "1", "record": record, "asks": asks, "decision": "accept", **given}


def open_page_airflow(
    postgres: EmbeddedPostgres,
    folder: Path,
    *,
    name: str = "page",
    approver: str = "accounting",
    extra: Mapping[str, str] | None = None,
) -> PageAirflow:
    """Create the databases and the settings; nothing is started yet.

    Args:
        name: begins the names of the databases.
        approver: the auth manager's id of who may answer.
        extra: further settings of this Airflow, as environment variables.
    """
    secrets, _ = load_secrets(folder / "secrets.json")
    settings = yaml.safe_load((PROJECT / "include" / "settings.yaml").read_text(encoding="utf-8"))
    first = settings["companies"][0]
    settings["companies"] = [{**first, "code": code, "name": name} for code, name in COMPANIES.items()]
    settings["exports"]["approvers"] = [{"id": approver, "name": "Accounting"}]
    settings_file = folder / "settings.yaml"
    settings_file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    metadata = postgres.create_database(f"{name}_metadata")
    airflow = LocalAirflow(
        home=folder,
        logs=folder,
        database_url=metadata,
        dags=PROJECT / "dags",
        plugins=PROJECT / "plugins",
        secrets=secrets,
        first_port=free_port(),
        extra={"SPECTRUM_ETL_SETTINGS": str(settings_file), **(extra or {})},
    )
    return PageAirflow(airflow, metadata, postgres.create_database(f"{name}_warehouse"))
