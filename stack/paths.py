"""Where the local stack keeps its files."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError
from stack.postgres_files import own_dir, state_dir


@dataclass(frozen=True)
class Paths:
    """The folders and files of one installation.

    Args:
        project: the checkout's root.
    """

    project: Path

    @property
    def run(self) -> Path:
        """Everything the stack writes, but root's database: readable by its owner alone."""
        return self.project / ".run"

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return self.run / "logs"

    @property
    def secrets(self) -> Path:
        """The generated passwords and keys of this installation."""
        return self.run / "secrets.json"

    @property
    def env(self) -> Path:
        """Addresses and passwords as shell lines, for scripts."""
        return self.run / "env"

    @property
    def airflow_home(self) -> Path:
        """AIRFLOW_HOME."""
        return self.run / "airflow"

    @property
    def airflow_settings(self) -> Path:
        """Connections, pools and variables in the Astro CLI's format."""
        return self.project / "airflow_settings.yaml"

    @property
    def postgres_data(self) -> Path:
        """The data folder of the embedded PostgreSQL."""
        return state_dir(self.project) / "postgres"

    def create(self) -> None:
        """Create the folders that are missing.

        Raises:
            StackError: `.run` belongs to another account.
        """
        own_dir(self.run, 0o700)
        for folder in (self.logs, self.airflow_home):
            folder.mkdir(exist_ok=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the installation's lock, so that two commands do not start or stop the same processes.

        Raises:
            StackError: another command holds it.
        """
        with open(self.run / "lock", "w", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StackError(f"another make demo or make down is at work in {self.project}: wait for it") from error
            yield


def project_paths() -> Paths:
    """Return the paths of the checkout this file is in."""
    return Paths(Path(__file__).resolve().parents[1])


def write_private(path: Path, text: str) -> None:
    """Replace a file whole, readable by its owner alone from its first byte on.

    Args:
        path: the file.
        text: its content.
    """
    partial = path.with_name(f"{path.name}.new")
    partial.unlink(missing_ok=True)
    with open(partial, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
    partial.replace(path)
