"""A complete Airflow on this machine: scheduler, DAG processor, triggerer and API server, without Docker.

The components are started one by one rather than by `airflow standalone`: that one adds log servers which listen on all
interfaces, and one log for everything.
"""

import contextlib
import hashlib
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from stack import processes
from stack.airflow_api import AirflowApi, JsonObject
from stack.airflow_environment import configuration, passwords_file
from stack.errors import StackError, log_tail
from stack.paths import write_private
from stack.ports import next_free_port
from stack.secret_values import Secrets

PREFERRED_PORT = 8080
_HEALTHY_SECONDS = 180
# LocalExecutor forks its tasks from the scheduler: what that one has imported, no task imports again. Great
# Expectations alone takes three seconds of processor time, in every check of every company; the library a quarter of a
# second, in every task.
_LIBRARIES = (
    "airflow.dag_processing.dagbag",
    "airflow.providers.standard.decorators.python",
    "airflow.providers.standard.operators.hitl",
    "great_expectations.expectations",
    "lxml.etree",
    "psycopg",
    "requests",
    "sqlalchemy.dialects.mssql.pymssql",
)
#: What the project's own tasks import.
TASKS = (
    "spectrum_etl.exports.steps.answer",
    "spectrum_etl.exports.spectrum",
    "spectrum_etl.exports.steps.collect",
    "spectrum_etl.orchestration.export_dag",
    "spectrum_etl.exports.objects.registry",
    "spectrum_etl.exports.steps.ask",
    "spectrum_etl.exports.systems",
    "spectrum_etl.marts.publish",
    "spectrum_etl.sources.sdx.write",
    "spectrum_etl.staging.check",
    "spectrum_etl.orchestration.staging_dag",
    "spectrum_etl.staging.land",
    "spectrum_etl.staging.publish",
    "spectrum_etl.sources.company",
)
_WITH_LIBRARIES = """
import importlib, logging, sys
logging.getLogger("great_expectations").setLevel(logging.WARNING)
import airflow
for name in sys.argv.pop(1).split(","):
    importlib.import_module(name)
from airflow.__main__ import main
main()
"""
#: The `airflow` command of this environment.
AIRFLOW = Path(sys.executable).with_name("airflow")
_COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")
_WATCHED = ("metadatabase", "scheduler", "triggerer", "dag_processor")


@dataclass
class LocalAirflow:
    """One Airflow with its metadata in a PostgreSQL.

    Args:
        home: AIRFLOW_HOME, private to this Airflow.
        logs: folder for one log file per component.
        database_url: `postgresql://` URL of an Airflow metadata database, empty or of an earlier start.
        dags: folder of DAG files.
        plugins: folder of plugins and libraries, on the tasks' module path.
        secrets: keys and user passwords; they have to stay the same for one database.
        first_port: the API's port, if it is free; else the next free one.
        preloaded: modules below `plugins` that the scheduler imports once for all tasks.
        extra: further environment variables of all components.
    """

    home: Path
    logs: Path
    database_url: str
    dags: Path
    plugins: Path
    secrets: Secrets
    first_port: int = PREFERRED_PORT
    preloaded: Sequence[str] = TASKS
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address for people and the REST API."""
        return f"http://localhost:{self._port()}"

    def api(self, user: str = "admin") -> AirflowApi:
        """Return a REST client that acts as one of the users admin, ops, vera and accounting."""
        return AirflowApi(f"http://127.0.0.1:{self._port()}", user, self.secrets.users[user])

    def start(self, say: Callable[[str], None]) -> bool:
        """Start Airflow and wait until it is healthy; keep one that runs already with the same configuration and code.

        Args:
            say: told what is happening, in one line each.

        Returns:
            Whether it had to be started.

        Raises:
            StackError: a component dies or is not healthy in time, with the reason and its log's path.
        """
        if self.running():
            say(f"Airflow is running already at {self.url}")
            return False
        self.stop()
        port = next_free_port(self.first_port)
        if port != self.first_port:
            say(f"port {self.first_port} is taken by another program: Airflow uses {port}")
        self._port_file().write_text(str(port), encoding="ascii")
        write_private(passwords_file(self.home), json.dumps(self.secrets.users) + "\n")
        say("creating or upgrading Airflow's tables")
        self._migrate()
        say("starting scheduler, DAG processor, triggerer and API server")
        started = datetime.now(UTC)
        running = {name: self.spawn(name, self._command(name)) for name in _COMPONENTS}
        self._wait_until_healthy(running, started)
        self.api().wait_for_tasks_api()  # while the DAG processor works, so that the first task need not wait
        self._fingerprint_file().write_text(self._fingerprint(), encoding="ascii")
        return True

    def stop(self) -> None:
        """Stop every process of this Airflow, tasks too.

        Raises:
            StackError: a process cannot be stopped.
        """
        self._fingerprint_file().unlink(missing_ok=True)
        processes.stop(self._mark)

    def running(self) -> bool:
        """Return whether all components are alive and healthy, with this configuration and this library code."""
        if not self._fingerprint_file().exists() or self._fingerprint_file().read_text() != self._fingerprint():
            return False
        if any(not self.find(name) for name in _COMPONENTS):
            return False
        try:
            return not _unhealthy(self.api().health(), since=None)
        except (StackError, ValueError):  # nobody, or another program, answers on the port
            return False

    def spawn(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        home: Path | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> psutil.Process:
        """Start a program of this Airflow, such as one more worker; `stop` stops it too.

        Args:
            name: names its log, and is what `find` takes.
            command: program and arguments.
            home: its working folder; default: AIRFLOW_HOME.
            extra: environment variables in which it differs from the components.
        """
        env = {**self.environment(), **(extra or {})}
        return processes.spawn(f"{self._mark}/{name}", command, log=self._log(name), env=env, cwd=home or self.home)

    def find(self, name: str) -> list[psutil.Process]:
        """Return the living processes of a component or another program, its tasks too."""
        return processes.find(f"{self._mark}/{name}")

    def environment(self) -> dict[str, str]:
        """Return the components' whole environment, for `airflow` commands too."""
        configured = configuration(
            home=self.home,
            database_url=self.database_url,
            dags=self.dags,
            plugins=self.plugins,
            secrets=self.secrets,
            port=self._port(),
        )
        return processes.clean_environment({**configured, **self.extra})

    def _command(self, component: str) -> list[str | Path]:
        if component == "scheduler":
            modules = ",".join((*_LIBRARIES, *self.preloaded))
            return [sys.executable, "-P", "-c", _WITH_LIBRARIES, modules, component, "--skip-serve-logs"]
        return [AIRFLOW, component, *(["--skip-serve-logs"] if component == "triggerer" else [])]

    @property
    def _mark(self) -> str:
        return f"{self.home}:airflow"

    def _migrate(self) -> None:
        process = self.spawn("migrate", [AIRFLOW, "db", "migrate"])
        code = process.wait(timeout=_HEALTHY_SECONDS)
        if code:
            raise StackError(
                f"airflow db migrate failed: {log_tail(self._log('migrate'))}\nlog: {self._log('migrate')}"
            )

    def _wait_until_healthy(self, running: Mapping[str, psutil.Process], started: datetime) -> None:
        deadline = time.monotonic() + _HEALTHY_SECONDS
        reason = "the API server does not answer"
        while True:
            for name, process in running.items():
                if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                    raise StackError(f"Airflow's {name} died: {log_tail(self._log(name))}\nlog: {self._log(name)}")
            with contextlib.suppress(StackError, ValueError):  # nobody answers yet
                reason = _unhealthy(self.api().health(), since=started)
            if not reason:
                return
            if time.monotonic() > deadline:
                raise StackError(f"Airflow is not healthy after {_HEALTHY_SECONDS} s: {reason}\nlogs: {self.logs}")
            time.sleep(0.25)

    def _fingerprint(self) -> str:
        """Return what a running Airflow was started with: its environment, and the library code it has imported."""
        digest = hashlib.sha256(json.dumps(sorted(self.environment().items())).encode())
        for path in sorted(self.plugins.rglob("*.py")):
            digest.update(f"{path}{path.stat().st_mtime_ns}".encode())
        return digest.hexdigest()

    def _port(self) -> int:
        return int(self._port_file().read_text()) if self._port_file().exists() else self.first_port

    def _port_file(self) -> Path:
        return self.home / "port"

    def _fingerprint_file(self) -> Path:
        return self.home / "fingerprint"

    def _log(self, name: str) -> Path:
        return self.logs / f"airflow-{name}.log"


def _unhealthy(health: JsonObject, since: datetime | None) -> str:
    """Return which component is not healthy, or nothing; heartbeats from before `since` are another process's."""
    for name in _WATCHED:
        part = health.get(name) or {}
        if part.get("status") != "healthy":
            return f"{name} is {part.get('status')}"
        beat = part.get(f"latest_{name}_heartbeat")
        if since and beat and datetime.fromisoformat(beat) < since:
            return f"{name} has not reported yet"
    return ""
