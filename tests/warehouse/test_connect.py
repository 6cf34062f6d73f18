"""What the warehouse's connection must be, and what each way to be otherwise is told as, on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from pooler import pooler
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from spectrum_etl import credentials
from spectrum_etl.errors import FixConfiguration, RetryLater, SpectrumEtlError
from spectrum_etl.marts import publish as marts
from spectrum_etl.model.run import Run, Scope
from spectrum_etl.notify import send_once
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse import connect as module
from spectrum_etl.warehouse import locks, runs
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.ddl import ensure_table
from spectrum_etl.warehouse.landings import open_landing
from spectrum_etl.warehouse.migrate import DDL_LOCK, migrate
from stack.postgres import EmbeddedPostgres

JOBS = OBJECTS["jobs"].table("jobs")


def _refusal(url: str) -> SpectrumEtlError:
    with pytest.raises(SpectrumEtlError) as caught:
        _migrate(url)
    assert caught.value.system == "warehouse"
    return caught.value


def _migrate(url: str) -> int:
    with connect(url) as connection:
        connection.autocommit = True
        return migrate(connection)


def _name(url: str) -> str:
    return str(conninfo_to_dict(url)["dbname"])


def test_a7_a_warehouse_that_is_read_only_after_a_fail_over_is_tried_again(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as administrator:
        administrator.execute(f"alter database {_name(database)} set default_transaction_read_only = on")
        error = _refusal(database)
        assert type(error) is RetryLater
        assert (
            "the warehouse does not accept writes now: cannot execute CREATE SCHEMA in a read-only transaction"
            in str(error)
        )
        assert "standby" in (error.remedy or "")
        administrator.execute(f"alter database {_name(database)} reset default_transaction_read_only")
    assert _migrate(database) > 0


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a7_a_warehouse_that_is_not_in_utf_8_is_refused_before_anything_is_written(
    postgres: EmbeddedPostgres, database: str, encoding: str
) -> None:
    name = f"{_name(database)}_{encoding.lower()}"
    with psycopg.connect(database, autocommit=True) as administrator:
        administrator.execute(f"create database {name} encoding '{encoding}' template template0")
    try:
        error = _refusal(postgres.url(name))
    finally:
        postgres.drop_database(name)
    assert type(error) is FixConfiguration
    assert "not in UTF-8" in error.message
    assert "encoding 'UTF8' template template0" in (error.remedy or "")


@pytest.fixture
def through(database: str) -> Callable[[int], str]:
    """The database as it is reached by another port."""

    def url(port: int) -> str:
        return make_conninfo(database, port=port)

    return url


def test_a7_a_pooler_that_takes_no_session_settings_is_told_as_one(database: str, through: Any) -> None:
    with pooler(database, "refuses settings") as port:
        error = _refusal(through(port))
    assert type(error) is FixConfiguration
    assert "goes through a pooler" in error.message
    assert "ignore_startup_parameters in the pooler does not help" in str(error)


def test_a7_a_pooler_that_ignores_session_settings_is_refused(database: str, through: Any) -> None:
    """What `ignore_startup_parameters = options` does, which is found as advice."""
    with pooler(database, "ignores settings") as port:
        error = _refusal(through(port))
    assert type(error) is FixConfiguration
    assert "the setting datestyle was lost" in error.message
    assert _tables(database) == []


def test_a7_a_pooler_of_transactions_is_refused_although_every_setting_holds(database: str, through: Any) -> None:
    """Settings can be given to the role or the database; the locks that exactly-once rests on would still not hold."""
    with psycopg.connect(database, autocommit=True) as administrator:
        for name, value in module._SESSION.items():
            administrator.execute(f"alter database {_name(database)} set {name} = '{value}'")
    with pooler(database, "ignores settings") as port:
        error = _refusal(through(port))
        assert "two sessions are served by one process of the server" in error.message
        with _raw(through(port)) as one, _raw(through(port)) as other:
            lock = "select pg_try_advisory_lock(7)"
            assert (_value(one, lock), _value(other, lock)) == (True, True), "both would send the same record"
    assert _tables(database) == []


def test_a_pool_of_sessions_that_hands_settings_on_is_as_good_as_the_server(database: str, through: Any) -> None:
    with pooler(database, "session") as port:
        assert _migrate(through(port)) > 0


def _raw(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True)


def _value(connection: psycopg.Connection, query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def _tables(url: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute("select tablename from pg_tables where schemaname = 'sync'").fetchall()


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"user": "nobody_of_this_name"}, "Reauthenticate", "refused the login"),
        ({"dbname": "no_such_database"}, "FixConfiguration", "no such database"),
        ({"sslmode": "verify-full", "sslrootcert": "/no/such/file"}, "FixConfiguration", "certificate or sslmode"),
        ({"sslmode": "require"}, "FixConfiguration", "certificate or sslmode"),
        ({"host": "no-such-host.invalid"}, "RetryLater", "cannot be reached"),
        ({"port": 1}, "RetryLater", "cannot be reached"),
    ],
)
def test_a3_ways_not_to_reach_the_warehouse_are_told_apart(
    database: str, change: dict[str, Any], kind: str, words: str
) -> None:
    error = _refusal(make_conninfo(database, **change))
    assert (type(error).__name__, words in error.message) == (kind, True), error
    assert error.remedy


def test_c16_a_login_that_may_not_connect_is_told_what_to_grant(postgres: EmbeddedPostgres, database: str) -> None:
    """What docs/setup.md takes from everybody must be given to the roles that need it."""
    postgres.create_role("passer_by", "word")
    with psycopg.connect(database, autocommit=True) as administrator:
        administrator.execute(f"revoke connect, temporary on database {_name(database)} from public")
    error = _refusal(postgres.url(_name(database), "passer_by", "word"))
    assert type(error) is FixConfiguration
    assert "grant connect" in (error.remedy or "")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, database: str) -> str:
    """A migrated warehouse in which nothing waits for a lock for more than a moment."""
    with connect(database) as connection:
        connection.autocommit = True
        migrate(connection)
        ensure_table(connection, JOBS)
    monkeypatch.setitem(module._SESSION, "lock_timeout", "200ms")
    return database


@pytest.fixture
def stranger(postgres: EmbeddedPostgres, impatient: str) -> Iterator[psycopg.Connection]:
    """A session of a login that is not ours and may read nothing."""
    postgres.create_role("stranger_with_a_lock", "word")
    url = postgres.url(_name(impatient), "stranger_with_a_lock", "word")
    with psycopg.connect(url, autocommit=True, application_name="somebody's tool") as connection:
        yield connection


def _publishes(url: str) -> None:
    with connect(url) as connection:
        landing = open_landing(connection, "jobs", Scope("1"), Run("stage_jobs", "run"))
        connection.commit()
        runs.lock(connection, landing)


def _migrates(url: str) -> None:
    with connect(url) as connection:
        connection.execute("delete from sync.migrations where name like '002%'")
        connection.commit()
        connection.autocommit = True
        migrate(connection)


def _extends(url: str) -> None:
    with connect(url) as connection:
        connection.execute("delete from sync.table_specs")
        connection.commit()
        connection.autocommit = True
        ensure_table(connection, JOBS)


def _tells(url: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(send_once.warehouse, "warehouse_url", lambda: url)
        with send_once._alone("stage_jobs"):
            raise AssertionError("it is not alone")


WAITERS: dict[str, tuple[Callable[[str], Any], tuple[Any, ...], str]] = {
    "publish": (_publishes, (runs.PUBLISH_LOCK, "jobs/1"), "the publish of jobs of company 1"),
    "migrate": (_migrates, (DDL_LOCK,), "the warehouse's own tables"),
    "ddl": (_extends, (DDL_LOCK,), "the warehouse's own tables"),
    "tell": (_tells, (send_once.TELL_LOCK, "jobs"), "the report about jobs"),
    "marts": (lambda url: marts.publish_marts(url, "1"), (marts.MARTS_LOCK, "1"), "the marts of company 1"),
}


@pytest.mark.parametrize("waiter", WAITERS)
def test_c16_every_wait_for_a_lock_ends_and_says_who_holds_it(
    impatient: str, stranger: psycopg.Connection, waiter: str
) -> None:
    """Any login of the warehouse can take these locks, and would stop everything without a word."""
    waits, key, what = WAITERS[waiter]
    keys = "%s, hashtext(%s)" if len(key) == 2 else "%s"
    stranger.execute(f"select pg_advisory_lock({keys})".encode(), key)
    with pytest.raises(RetryLater) as caught:
        waits(impatient)
    pid = stranger.info.backend_pid
    held = f"session {pid} of login stranger_with_a_lock (somebody's tool) holds it"
    assert caught.value.message == f"{what} did not become free within 200ms: {held}"
    assert "pg_terminate_backend" in str(caught.value)


def test_a_lock_that_is_free_again_is_taken_and_ends_with_its_transaction(
    impatient: str, stranger: psycopg.Connection
) -> None:
    with connect(impatient) as connection:
        locks.take(connection, 77, "a", what="a")
        assert "holds it" in locks.holders(connection, 77, "a")
        assert stranger.execute("select pg_try_advisory_lock(77, hashtext('a'))").fetchone() == (False,)
        connection.commit()
        assert stranger.execute("select pg_try_advisory_lock(77, hashtext('a'))").fetchone() == (True,)
        with pytest.raises(RetryLater):
            locks.take(connection, 77, "a", what="a")
        assert connection.execute("select 1").fetchone() == (1,), "the transaction goes on"


def test_c16_a_table_that_somebody_locks_is_told_with_the_session(impatient: str) -> None:
    with psycopg.connect(impatient, application_name="a report") as holder:
        holder.execute("lock table sync.landings in access exclusive mode")
        with pytest.raises(RetryLater) as caught, connect(impatient) as connection:
            connection.execute("select count(*) from sync.landings")
        pid = holder.info.backend_pid
    assert f"session {pid} of login spectrum (a report) holds sync.landings" in caught.value.message


def test_c16_both_sides_look_after_a_silent_other_one(database: str) -> None:
    """A worker that was cut off must not hold its locks until somebody restarts the server."""
    with connect(database) as connection:
        names = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "lock_timeout")
        values = [connection.execute(f"show {name}".encode()).fetchone() for name in names]
        assert values == [("60",), ("10",), ("6",), ("15min",)]
        ours = connection.info.get_parameters()
        assert [ours[name] for name in ("keepalives_idle", "keepalives_interval", "keepalives_count")] == [
            "60",
            "10",
            "6",
        ]


class _Instance:
    dag_id, run_id = "stage_jobs", "run"

    def __init__(self, answers: bool) -> None:
        self.answers = answers

    def get_dagrun_state(self, dag_id: str, run_id: str) -> str:
        if not self.answers:
            raise ConnectionError("nobody answers")
        return "running"


@pytest.mark.parametrize(
    ("context", "kind"),
    [
        pytest.param({"ti": _Instance(True)}, FixConfiguration, id="in a task"),
        pytest.param(None, FixConfiguration, id="on the page"),
        pytest.param({"ti": _Instance(False)}, RetryLater, id="while the API server is overloaded"),
    ],
)
def test_a7_a_missing_connection_needs_a_person_and_a_silent_api_server_does_not(
    monkeypatch: pytest.MonkeyPatch, context: Any, kind: type[SpectrumEtlError]
) -> None:
    """Airflow words both the same."""
    import airflow.sdk
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    def missing(conn_id: str) -> None:
        raise AirflowNotFoundException(f"The conn_id `{conn_id}` isn't defined")

    def current() -> Any:
        if context is None:
            raise RuntimeError("no context")
        return context

    monkeypatch.setattr(BaseHook, "get_connection", missing)
    monkeypatch.setattr(airflow.sdk, "get_current_context", current)
    with pytest.raises(kind) as caught:
        credentials.airflow_connection("spectrum_infolink_7")
    assert type(caught.value) is kind
    assert "spectrum_infolink_7" in caught.value.message
    assert caught.value.remedy


def test_a_connection_that_came_at_the_second_look_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    import airflow.sdk
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    answers = iter([AirflowNotFoundException("not now"), SimpleNamespace(conn_id="found")])

    def get(conn_id: str) -> Any:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(BaseHook, "get_connection", get)
    monkeypatch.setattr(airflow.sdk, "get_current_context", lambda: {"ti": _Instance(True)})
    assert credentials.airflow_connection("x").conn_id == "found"
