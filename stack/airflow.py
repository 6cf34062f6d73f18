"""A complete Airflow on this machine: scheduler, DAG processor, triggerer and API server, without Docker.

The components are started one by one rather than by `airflow standalone`: that one adds log servers which listen on all
interfaces, and one log for everything.
"""

import contextlib
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
from stack.airflow_preload import DAGS, TASKS, dag_processor_command, scheduler_command
from stack.errors import StackError, log_tail
from stack.fingerprint import fingerprint
from stack.paths import write_private
from stack.patience import Patience
from stack.ports import is_answered, next_free_port
from stack.secret_values import Secrets

PREFERRED_PORT = 8080
_PORT_TRIES = 5
_SAY_SECONDS = 60
#: The `airflow` command of this environment.
AIRFLOW = Path(sys.executable).with_name("airflow")
_API_SERVER = "api-server"
_COMPONENTS = (_API_SERVER, "scheduler", "dag-processor", "triggerer")
#: The parts whose health the API server tells, by the component that each is waited for.
_WATCHED = {
    "metadatabase": _API_SERVER,
    "scheduler": "scheduler",
    "triggerer": "triggerer",
    "dag_processor": "dag-processor",
}


class _PortLostError(Exception):
    """Another program listens on the port that was free a moment ago."""


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
        preloaded: modules below `plugins` that the scheduler imports once for all tasks; none where these are not the
            project's own plugins, and the DAG processor imports none either.
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
        """Return a REST client that acts as one of the users admin, ops, vera and accounting.

        It shows its password to this Airflow only, not to another program that has taken the port.
        """
        return AirflowApi(f"http://127.0.0.1:{self._port()}", user, self.secrets.users[user], self._prove_ours)

    def start(self, say: Callable[[str], None]) -> bool:
        """Start Airflow and wait until it is healthy; keep one that runs already with the same configuration and code.

        Args:
            say: told what is happening, in one line each.

        Returns:
            Whether it had to be started.

        Raises:
            StackError: a component dies, or does nothing and is not healthy, with the reason and its log's path.
        """
        if self.running():
            say(f"Airflow is running already at {self.url}")
            return False
        self.stop()
        write_private(passwords_file(self.home), json.dumps(self.secrets.users) + "\n")
        self._choose_port(say)
        say("creating or upgrading Airflow's tables")
        self._migrate()
        for _ in range(_PORT_TRIES):
            try:
                say("starting scheduler, DAG processor, triggerer and API server")
                self._start_components(say)
                break
            except _PortLostError:
                say(f"another program was faster and has taken port {self._port()}")
                self.stop()
                self._choose_port(say)
        else:
            raise StackError(f"Airflow lost its port to other programs {_PORT_TRIES} times: start it again")
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
        if any(not self.find(name) for name in _COMPONENTS) or not self._has_port():
            return False
        try:
            return _unhealthy(self.api().health(), since=None) is None
        except (StackError, ValueError):  # nobody answers
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

    def work(self, name: str) -> float:
        """Return the processor time in seconds that a component or another program has taken."""
        return processes.work(f"{self._mark}/{name}")

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
            return scheduler_command(self.preloaded)
        if component == "dag-processor":
            return dag_processor_command(DAGS if self.preloaded else ())
        return [AIRFLOW, component, *(["--skip-serve-logs"] if component == "triggerer" else [])]

    @property
    def _mark(self) -> str:
        return f"{self.home}:airflow"

    def _choose_port(self, say: Callable[[str], None]) -> None:
        port = next_free_port(self.first_port)
        if port != self.first_port:
            say(f"port {self.first_port} is taken by another program: Airflow uses {port}")
        self._port_file().write_text(str(port), encoding="ascii")

    def _has_port(self) -> bool:
        """Return whether it is this Airflow that listens on its port."""
        return self._port() in processes.listening(f"{self.home}:")

    def _prove_ours(self) -> None:
        if not self._has_port():
            raise StackError(
                f"port {self._port()} is not this Airflow's: it was stopped, or another program has taken the port."
                " No password was sent; start it again"
            )

    def _migrate(self) -> None:
        process = self.spawn("migrate", [AIRFLOW, "db", "migrate"])
        patience = Patience(self.work)
        while (code := _exit_code(process)) is None:
            if stuck := patience.over("migrate"):
                raise StackError(f"airflow db migrate does not end: {stuck}\nlog: {self._log('migrate')}")
        if code:
            raise StackError(
                f"airflow db migrate failed: {log_tail(self._log('migrate'))}\nlog: {self._log('migrate')}"
            )

    def _start_components(self, say: Callable[[str], None]) -> None:
        """Start them, and wait until all are healthy.

        Raises:
            _PortLostError: another program has taken the port meanwhile.
            StackError: a component dies, or does nothing.
        """
        started, patience = datetime.now(UTC), Patience(self.work)
        running = {name: self.spawn(name, self._command(name)) for name in _COMPONENTS}
        told = time.monotonic()
        while True:
            # In this order: who answers before ours listens is another program.
            if is_answered(self._port()) and not self._has_port():
                raise _PortLostError
            for name, process in running.items():
                if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                    raise StackError(f"Airflow's {name} died: {log_tail(self._log(name))}\nlog: {self._log(name)}")
            awaited, reason = _API_SERVER, "the API server does not answer"
            if self._has_port():
                with contextlib.suppress(StackError, ValueError):  # it does not answer yet
                    unhealthy = _unhealthy(self.api().health(), since=started)
                    if unhealthy is None:
                        return
                    awaited, reason = unhealthy
            if stuck := patience.over(awaited):
                raise StackError(f"Airflow is not healthy: {reason}, and {stuck}\nlogs: {self.logs}")
            if time.monotonic() - told > _SAY_SECONDS:
                say(f"still waiting: {reason}")
                told = time.monotonic()
            time.sleep(0.25)

    def _fingerprint(self) -> str:
        """Return what a running Airflow was started with: its environment, and the code that it has read."""
        return fingerprint(self.environment(), self.plugins, self.plugins.parent / "include" / "sql")

    def _port(self) -> int:
        return int(self._port_file().read_text()) if self._port_file().exists() else self.first_port

    def _port_file(self) -> Path:
        return self.home / "port"

    def _fingerprint_file(self) -> Path:
        return self.home / "fingerprint"

    def _log(self, name: str) -> Path:
        return self.logs / f"airflow-{name}.log"


def _unhealthy(health: JsonObject, since: datetime | None) -> tuple[str, str] | None:
    """Return the component that is to be waited for, and why; heartbeats from before `since` are another process's."""
    for name, component in _WATCHED.items():
        part = health.get(name) or {}
        if part.get("status") != "healthy":
            return component, f"{name} is {part.get('status')}"
        beat = part.get(f"latest_{name}_heartbeat")
        if since and beat and datetime.fromisoformat(beat) < since:
            return component, f"{name} has not reported yet"
    return None


def _exit_code(process: psutil.Process) -> int | None:
    """Return how a process ended, or None where it is still running after a second."""
    try:
        return int(process.wait(timeout=1) or 0)
    except psutil.TimeoutExpired:
        return None
