"""The files and the server process of one PostgreSQL cluster."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from stack import postgres_files
from stack.errors import StackError, log_tail

# Line numbers in postmaster.pid from 0, https://www.postgresql.org/docs/18/storage-file-layout.html
_LOCK_PROCESS, _LOCK_PORT, _LOCK_STATUS = 0, 3, 7


class Cluster:
    """A data folder, the programs that work on it, and its lock file.

    Args:
        data_dir: the data folder; need not exist yet.
        log: file that the programs' and the server's output is appended to.
    """

    def __init__(self, data_dir: Path, log: Path) -> None:
        self.data_dir = data_dir
        self.log = log
        self._account = postgres_files.server_account()
        self._programs: Path | None = None
        self._lock = data_dir / "postmaster.pid"

    def create(self, superuser: str, password: str, *, durable: bool) -> None:
        """Run initdb unless the cluster is there.

        Args:
            superuser: name of the first role.
            password: its password; asked for on every connection.
            durable: whether to wait until the files are on disk.

        Raises:
            StackError: initdb fails, or the folder is of another version of PostgreSQL.
        """
        version = self.data_dir / "PG_VERSION"
        if version.exists():
            if (found := version.read_text().strip()) != postgres_files.MAJOR_VERSION:
                raise StackError(
                    f"{self.data_dir} holds PostgreSQL {found}, the wheel {postgres_files.MAJOR_VERSION}: move it away"
                )
            return
        partial = self.data_dir.with_name(f"{self.data_dir.name}.new")  # an interrupted initdb leaves no half cluster
        password_file = self.data_dir.with_name(f"{self.data_dir.name}.pwfile")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        self._account.give(partial)
        try:
            password_file.unlink(missing_ok=True)
            with open(password_file, "x", opener=open_private, encoding="ascii") as file:
                file.write(password)
            self._account.give(password_file)
            flags = [] if durable else ["--no-sync"]
            where = ["-D", partial, "-U", superuser, "--auth=scram-sha-256", f"--pwfile={password_file}"]
            code = self.run("initdb", *where, "--encoding=UTF8", "--locale=C", *flags)
        finally:
            password_file.unlink(missing_ok=True)
        if code:
            raise StackError(f"initdb failed in {partial}: {log_tail(self.log)}\nlog: {self.log}")
        partial.rename(self.data_dir)

    def run(self, program: str, *arguments: object) -> int:
        """Run one of PostgreSQL's programs as the server's account and return its exit code.

        Args:
            program: for example `pg_ctl`.
            arguments: its arguments.
        """
        if self._programs is None:
            self._programs = postgres_files.programs(self.data_dir.parent, self._account)
        clean = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LC_ALL": "C",
            "TZ": "UTC",
            "HOME": "/",
        }  # no PG* of the caller
        with open(self.log, "ab", opener=open_private) as log:
            done = subprocess.run(
                [str(self._programs / program), *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
                cwd="/",
                env=clean,
                umask=0o077,
                **self._account.popen_options(),
            )
        return done.returncode

    def postmaster(self) -> psutil.Process | None:
        """Return the living server; None for a lock file whose process is gone or is another program's by now."""
        try:
            process = psutil.Process(int(self._lock_line(_LOCK_PROCESS)))
            is_ours = str(self.data_dir) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
        except (ValueError, psutil.NoSuchProcess):
            return None
        return process if is_ours else None

    def port(self) -> int | None:
        """Return the port of a server that takes connections, else None."""
        if self.postmaster() is None or self._lock_line(_LOCK_STATUS) != "ready":
            return None
        return int(self._lock_line(_LOCK_PORT))

    def remove_stale_lock(self, patience: float) -> None:
        """Remove the lock of a server that was killed: its process id may meanwhile be that of another program.

        Args:
            patience: seconds to wait for a server that is just starting, stopping or recovering.

        Raises:
            StackError: it still does.
        """
        deadline = time.monotonic() + patience
        while self.postmaster() is not None:
            if self.port() is not None:
                return
            if time.monotonic() > deadline:
                raise StackError(f"PostgreSQL on {self.data_dir} neither starts nor stops\nlog: {self.log}")
            time.sleep(0.1)
        self._lock.unlink(missing_ok=True)

    def _lock_line(self, number: int) -> str:
        """Return a line of the lock file; nothing where there is no file or it is still being written."""
        try:
            lines = self._lock.read_text().splitlines()
        except FileNotFoundError:
            return ""
        return lines[number].strip() if number < len(lines) else ""


def open_private(path: str, flags: int) -> int:
    """Open a file for its owner alone; an `opener` of `open`."""
    return os.open(path, flags, 0o600)
