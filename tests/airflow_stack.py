"""A complete Airflow beside a small stand-in Spectrum, as the fixture `airflow_stack` gives it to tests."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psutil  # type: ignore[import-untyped]
import psycopg
import yaml

from sandbox.faults import Faults
from spectrum_etl.staging.objects import OBJECTS
from stack import processes
from stack.airflow import LocalAirflow
from stack.airflow_api import AirflowApi, JsonObject
from stack.airflow_settings import apply_settings
from stack.errors import StackError
from stack.postgres import EmbeddedPostgres
from stack.sandbox import LocalSandbox
from stack.secret_values import Secrets, load_secrets
from stack.stage_runs import FollowedRun, failure, wait_until_parsed

PROJECT = Path(__file__).resolve().parents[1]
COMPANIES = {"1": "Summit Ridge Builders", "2": "Summit Ridge Services"}
PROCORE_COMPANIES = {"1": 4001, "2": 4002}
#: The one object with a schedule of its own in these tests; all others run when a test says so.
SCHEDULED = "jobs"
#: So many jobs that open ones of company 1 are linked with Procore.
JOBS, TRANSACTIONS = 24, 1_500
#: The databases of a stack: whoever opens a second one on the same server drops them first.
DATABASES = ("airflow", "airflow_warehouse", "airflow_source")
_ENDED = ("success", "failed")


@dataclass(frozen=True)
class AirflowStack:
    """The running parts. `airflow.home` holds the logs.

    Args:
        airflow: with the project's own DAGs and library.
        sandbox: the source of both companies.
        warehouse_url: the empty warehouse, with the login of the sync, which is no superuser.
        settings_file: what `SPECTRUM_ETL_SETTINGS` names; tasks read it anew.
        secrets: all passwords.
    """

    airflow: LocalAirflow
    sandbox: LocalSandbox
    warehouse_url: str
    settings_file: Path
    secrets: Secrets

    def start(self) -> None:
        """Start everything, and set connections, pools and variables."""
        self.sandbox.start(print)
        self.airflow.start(print)
        self.connect()
        wait_until_parsed(self.airflow, [path.stem for path in (PROJECT / "dags").glob("*.py")])

    def stop(self) -> None:
        """Stop Airflow with all its tasks, then the sandbox."""
        self.airflow.stop()
        self.sandbox.stop()

    def api(self, user: str = "admin") -> AirflowApi:
        """A REST client that acts as one of the users admin, ops and vera."""
        return self.airflow.api(user)

    def connections(self) -> dict[str, dict[str, Any]]:
        """Fields of the connections that lead to the parts, by connection id."""
        parts = urlsplit(self.warehouse_url)
        warehouse = {
            "host": parts.hostname,
            "port": parts.port,
            "schema": parts.path.lstrip("/"),
            "login": parts.username,
            "password": parts.password,
        }
        return {**self.sandbox.connections(), "warehouse": warehouse}

    def connect(self, **replaced: Mapping[str, Any]) -> None:
        """Set connections, pools and variables as `airflow_settings.yaml` has them, with the addresses of this stack.

        Args:
            replaced: per connection id, fields that a test wants otherwise.
        """
        fields = self.connections()
        api = self.api()
        apply_settings(
            api, PROJECT / "airflow_settings.yaml", {k: {**v, **replaced.get(k, {})} for k, v in fields.items()}
        )
        second = {"connection_id": "spectrum_sdx_2", "conn_type": "http", "login": "2", "extra": "{}"}
        api.put("connections", [{**second, **fields["spectrum_sdx"]}])

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the warehouse; a statement that is no query is committed."""
        with psycopg.connect(self.warehouse_url) as connection:
            cursor = connection.execute(query.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def change(self, statement: str, *values: object) -> int:
        """Change the source; how many rows that was."""
        with psycopg.connect(self.sandbox.database_url, options="-c search_path=dbo,public") as connection:
            return connection.execute(statement.encode(), values or None).rowcount

    def source(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the stand-in Spectrum and Procore."""
        with psycopg.connect(self.sandbox.database_url, options="-c search_path=dbo,public") as connection:
            return connection.execute(query.encode(), values or None).fetchall()

    def run_sandbox(self, *words: str) -> None:
        """Run a command of the sandbox's own command line."""
        command = [sys.executable, "-m", "sandbox", *words, "--database", self.sandbox.database_url]
        subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)

    def faults(self) -> Faults:
        """The switches of the sandbox; close it after use."""
        return Faults(self.sandbox.database_url)

    def trigger(self, dag_id: str, **conf: Any) -> FollowedRun:
        """Start a run with these values of the trigger form."""
        api = self.api()
        api.set_paused(dag_id, False)
        return FollowedRun(dag_id, api.trigger(dag_id, conf))

    def wait(self, runs: Iterable[FollowedRun], state: str = "success", seconds: float = 290) -> None:
        """Wait until runs have ended.

        Raises:
            AssertionError: one ended otherwise, with the failed task's last words, or did not end in time.
        """
        api, waiting = self.api(), list(runs)
        for run in waiting:
            found = until(lambda run=run: _ended(api.run(run.dag_id, run.run_id)), seconds)  # type: ignore[misc]
            if found["state"] != state:
                why = failure(api, run, self.airflow.home) if found["state"] == "failed" else ""
                raise AssertionError(f"{run.dag_id} ended as {found['state']}, not {state}: {why}")

    def run(self, dag_id: str, state: str = "success", **conf: Any) -> FollowedRun:
        """Trigger a run and wait until it ends so."""
        run = self.trigger(dag_id, **conf)
        self.wait([run], state)
        return run

    def instances(self, run: FollowedRun, task: str | None = None) -> list[JsonObject]:
        """The task instances of a run, or those of one task, by map index."""
        found = self.api().task_instances(run.dag_id, run.run_id)
        return sorted((i for i in found if task in (None, i["task_id"])), key=lambda i: i["map_index"])

    def kill(self, run: FollowedRun, task: str, map_index: int | None = None) -> int:
        """Kill the process of a running task as the kernel does when memory runs out; its number."""

        def runs() -> list[JsonObject]:
            found = [i for i in self.instances(run, task) if map_index in (None, i["map_index"])]
            return [i for i in found if i["state"] == "running" and i["pid"]]

        process = psutil.Process(until(runs)[0]["pid"])
        ours = {found.pid for found in processes.find(str(self.airflow.home))}
        assert process.pid in ours, "the process is not one of this Airflow"
        process.kill()
        return int(process.pid)

    def log(self, instance: JsonObject) -> str:
        """What the log of a task instance's last try says."""
        return "\n".join(self.api().log(instance))

    def reparse(self, dag_id: str) -> None:
        """Ask for a file to be parsed now, unless that has been asked for and is still to be done."""
        token = self.api().call("GET", f"dags/{dag_id}")["file_token"]
        try:
            self.api().call("PUT", f"parseDagFile/{quote(token)}")
        except StackError as error:
            if "Airflow answers 409" not in str(error):
                raise


def open_airflow_stack(
    postgres: EmbeddedPostgres, folder: Path, *, jobs: int = JOBS, transactions: int = TRANSACTIONS
) -> AirflowStack:
    """Create the databases and the settings of a stack; nothing is started yet.

    Args:
        postgres: a running server.
        folder: for everything the stack writes, logs too.
        jobs, transactions: of the stand-in Spectrum.
    """
    secrets, _ = load_secrets(folder / "secrets.json")
    postgres.create_role("spectrum_sync", secrets.warehouse, may_create_roles=True)
    postgres.create_role("sandbox", secrets.sandbox)
    postgres.create_database("airflow_warehouse", owner="spectrum_sync")
    postgres.create_database("airflow_source", owner="sandbox")
    settings_file = folder / "settings.yaml"
    settings_file.write_text(yaml.safe_dump(_settings()), encoding="utf-8")
    sandbox = LocalSandbox(
        project=PROJECT,
        run=folder,
        logs=folder,
        database_url=postgres.url("airflow_source", "sandbox", secrets.sandbox),
        authorization_id=secrets.authorization_id,
        infolink_password=secrets.infolink,
        client_secret=secrets.client_secret,
        jobs=jobs,
        transactions=transactions,
    )
    airflow = LocalAirflow(
        home=folder,
        logs=folder,
        database_url=postgres.create_database("airflow"),
        dags=PROJECT / "dags",
        plugins=PROJECT / "plugins",
        secrets=secrets,
        first_port=18080,  # not the demo's, which may be up
        extra={
            "SPECTRUM_ETL_SETTINGS": str(settings_file),
            # Seconds. To parse every file each minute costs a seventh of a core; a test that changes one asks for it.
            "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "3600",
        },
    )
    warehouse = postgres.url("airflow_warehouse", "spectrum_sync", secrets.warehouse)
    return AirflowStack(airflow, sandbox, warehouse, settings_file, secrets)


def until(condition: Callable[[], Any], seconds: float = 120) -> Any:
    """Wait until a condition gives something, and return that.

    Raises:
        AssertionError: it does not in time.
    """
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not so after {seconds} s"
        time.sleep(0.3)
    return found


def _ended(run: JsonObject) -> JsonObject | None:
    return run if run["state"] in _ENDED else None


def _settings() -> dict[str, Any]:
    """Those of the project, with two companies, quick retries, and schedules that start nothing during the tests."""
    settings: dict[str, Any] = yaml.safe_load((PROJECT / "include" / "settings.yaml").read_text(encoding="utf-8"))
    first = settings["companies"][0]
    settings["companies"] = [
        {
            **first,
            "code": code,
            "name": name,
            "sdx_conn_id": "spectrum_sdx" if code == "1" else "spectrum_sdx_2",
            "procore_company_id": PROCORE_COMPANIES[code],
        }
        for code, name in COMPANIES.items()
    ]
    settings["schedules"] = {**dict.fromkeys(OBJECTS, "never"), SCHEDULED: "daily"}
    # Two hours ago: due as soon as it is unpaused, and then not before tomorrow, whenever the tests run.
    settings["daily_at"] = f"{datetime.now(UTC) - timedelta(hours=2):%H:%M}"
    settings["readers"] = {**settings["readers"], "job_cost_totals": "transactions"}
    settings["retry_delay"] = 1
    settings["exports"]["server_time_limit"] = 1
    return settings
