"""A1, N11: a warehouse that may have forgotten something is told from one that was only restarted."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from spectrum_etl.warehouse import continuity
from spectrum_etl.warehouse.migrate import migrate
from stack.postgres import NO_DURABILITY, EmbeddedPostgres
from stack.postgres_files import wheel_programs
from tests.clusters import cluster_folder

NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """A server of its own, with a warehouse."""
    with cluster_folder("continuity") as folder:
        server = EmbeddedPostgres(folder / "warehouse", settings={**NO_DURABILITY, "shared_buffers": "32MB"})
        try:
            server.start()
            server.create_database("warehouse")
            with psycopg.connect(server.url("warehouse"), autocommit=True) as connection:
                migrate(connection)
            yield server
        finally:
            server.stop(checkpoint=False)


def noticed(server: EmbeddedPostgres) -> tuple[bool, bool]:
    """Whether a gap is noticed, and whether it is a restored warehouse; then nothing was noticed any more."""
    with psycopg.connect(server.url("warehouse"), autocommit=True) as connection:
        found = continuity.since(connection, NOW) is not None, continuity.restored(connection) is not None
        connection.execute("update export.continuity set noticed_at = null, restored_at = null")
        assert (continuity.since(connection, NOW), continuity.restored(connection)) == (None, None), "once"
    return found


def dumped(server: EmbeddedPostgres) -> bytes:
    """A dump of the warehouse."""
    command = [str(wheel_programs() / "pg_dump"), "--format=custom", server.url("warehouse")]
    return subprocess.run(command, check=True, capture_output=True).stdout


def restore(server: EmbeddedPostgres, dump: bytes, *how: str) -> None:
    """Restore a dump into the warehouse."""
    command = [str(wheel_programs() / "pg_restore"), *how, "--dbname", server.url("warehouse")]
    subprocess.run(command, check=True, capture_output=True, input=dump)


def test_a_new_warehouse_has_no_gap(server: EmbeddedPostgres) -> None:
    assert noticed(server) == (False, False)


def test_a_restarted_server_is_noticed_and_has_everything(server: EmbeddedPostgres) -> None:
    server.stop()
    server.start()
    assert noticed(server) == (True, False)


def test_a_killed_server_has_everything_that_was_committed(server: EmbeddedPostgres) -> None:
    server.kill()
    server.start()
    assert noticed(server) == (True, False)


def test_a_dump_restored_into_the_same_database_is_noticed(server: EmbeddedPostgres) -> None:
    restore(server, dumped(server), "--clean", "--if-exists")
    assert noticed(server) == (True, True)


def test_a_dump_restored_into_emptied_tables_is_noticed(server: EmbeddedPostgres) -> None:
    dump = dumped(server)
    with psycopg.connect(server.url("warehouse"), autocommit=True) as connection:
        connection.execute("truncate export.continuity")
    restore(server, dump, "--data-only", "--table=continuity")
    assert noticed(server) == (True, True)


def test_a_dump_restored_into_a_new_database_is_noticed(server: EmbeddedPostgres) -> None:
    dump = dumped(server)
    server.drop_database("warehouse")
    server.create_database("warehouse")
    restore(server, dump)
    assert noticed(server) == (True, True)


def test_a_standby_that_took_over_is_noticed(server: EmbeddedPostgres) -> None:
    server.stop()
    (server.data_dir / "standby.signal").touch()
    server.start()
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("select pg_promote()")
    assert noticed(server) == (True, True)
