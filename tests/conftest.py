"""Fixtures for every test: an embedded PostgreSQL with fresh databases, and a complete Airflow where one is needed."""

import atexit
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql
from xdist.scheduler import LoadScopeScheduling

# Airflow reads its configuration on import: tests see neither the caller's nor the one in the caller's home.
_AIRFLOW_HOME = Path(tempfile.mkdtemp(prefix="spectrum-etl-airflow-"))
atexit.register(shutil.rmtree, _AIRFLOW_HOME, ignore_errors=True)
for _name in [name for name in os.environ if name.startswith("AIRFLOW")]:
    del os.environ[_name]
os.environ |= {
    "AIRFLOW_HOME": str(_AIRFLOW_HOME),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_FOLDER": str(_AIRFLOW_HOME / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(_AIRFLOW_HOME / "plugins"),
    "GX_ANALYTICS_ENABLED": "false",
    # All servers are here; otherwise every request would look through the whole environment for proxies.
    **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost"),
}

from spectrum_etl.staging.objects import OBJECTS  # noqa: E402
from spectrum_etl.warehouse.connect import connect  # noqa: E402
from spectrum_etl.warehouse.ddl import ensure_table  # noqa: E402
from spectrum_etl.warehouse.migrate import migrate  # noqa: E402
from stack.postgres import NO_DURABILITY, SUPERUSER, EmbeddedPostgres  # noqa: E402
from tests.airflow_stack import AirflowStack, open_airflow_stack  # noqa: E402
from tests.clusters import cluster_folder  # noqa: E402

# What is drawn at random is the same in every run: a change is judged by itself, not by luck.
settings.register_profile("repeatable", derandomize=True, database=None)
settings.load_profile("repeatable")

_numbers = itertools.count(1)
_running: list[AirflowStack] = []


#: Tests in these folders start Airflow, or look for free ports from a fixed one on: two must not do so at once.
_WAITING = ("tests/integration/", "tests/page/test_page_on_airflow", "tests/stack/")
#: These share an API server of their own, on any port.
_PAGE = "tests/page/"

#: Each of these takes a while, and shares nothing with the others.
_LONG = ("tests/exports/endtoend/test_endtoend_hundreds.py", "tests/exports/endtoend/test_endtoend_property.py")
#: The tests of each of these folders share what takes ten seconds to make: a source that is loaded and staged.
_TOGETHER = (
    "tests/staging/resilience/",
    "tests/marts/",
    "tests/connections/",
    "tests/sandbox/sdx/",
    "tests/sandbox/procore/",
)
#: What takes longest, and is begun with, so that no process is left alone with it at the end.
_FIRST = (*_LONG, *_TOGETHER[:2], "tests/staging/conformance/", "tests/exports/endtoend/", "tests/imports/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that wait more than they compute go first, beside the others; those of the shared Airflow before all. Then
    come those that take longest.
    """

    def place(item: pytest.Item) -> int:
        starts = _WAITING, _PAGE, *_FIRST, ""
        return 0 if _uses_airflow(item) else next(n for n, at in enumerate(starts, 1) if item.nodeid.startswith(at))

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Stop the shared Airflow after its last test: even idle it takes a third of a core."""
    yield
    if _uses_airflow(item) and not _uses_airflow(nextitem):
        for stack in _running:
            stack.stop()


def _uses_airflow(item: pytest.Item | None) -> bool:
    return "airflow_stack" in getattr(item, "fixturenames", ())


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Where several processes share the tests, those of a file stay together, and so do all that wait, all of the page,
    and those of some folders; those that take a while each, and share nothing, are dealt out one by one.
    """

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith(_LONG):
                return nodeid
            if nodeid.startswith(_WAITING):
                return "waiting"
            together = (folder for folder in (_PAGE, *_TOGETHER) if nodeid.startswith(folder))
            return next(together, nodeid.partition("::")[0])

    return ByFile(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests counted (`record_property("counted", ...)`), wherever they ran."""
    reports = (report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome))
    lines = [str(value) for report in reports for name, value in report.user_properties if name == "counted"]
    if lines:
        terminalreporter.section("counted")
        terminalreporter.write_line("\n".join(lines))


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """An embedded PostgreSQL server for the whole session, without durability, removed at the end."""
    with cluster_folder() as folder:
        server = EmbeddedPostgres(folder / "postgres", settings={**NO_DURABILITY, "shared_buffers": "128MB"})
        try:
            server.start()
            _log_in_quickly(server)
            yield server
        finally:
            server.stop(checkpoint=False)


def _log_in_quickly(server: EmbeddedPostgres) -> None:
    """Hash the superuser's password once where PostgreSQL hashes it 4096 times: half the time of a connection."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("set scram_iterations = 1")
        names = sql.Identifier(SUPERUSER), sql.Literal(server.password)
        connection.execute(sql.SQL("alter role {} password {}").format(*names))


@pytest.fixture(scope="session")
def warehouse_template(postgres: EmbeddedPostgres) -> str:
    """The name of a database with all migrations and every staged table, to be copied: a fifth of the time to make."""
    name = "warehouse_template"
    with connect(postgres.create_database(name)) as connection:
        connection.autocommit = True
        migrate(connection)
        for entry in OBJECTS.values():
            for table in entry.tables:
                ensure_table(connection, table)
    return name


@pytest.fixture
def warehouse_database(postgres: EmbeddedPostgres, warehouse_template: str) -> Iterator[str]:
    """The URL of a fresh warehouse with all its tables and no row (superuser), dropped after the test."""
    name = f"warehouse_{next(_numbers)}"
    yield postgres.create_database(name, template=warehouse_template)
    postgres.drop_database(name)


@pytest.fixture
def database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The URL of a fresh, empty database (superuser), dropped after the test."""
    name = f"test_{next(_numbers)}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


@pytest.fixture
def sandbox_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The URL of a fresh, empty database whose search path is `dbo, public`, as the sandbox's Info-Link has it."""
    name = f"sandbox_{next(_numbers)}"
    url = postgres.create_database(name)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET search_path = dbo, public")
        connection.execute("CREATE SCHEMA dbo")
    yield url
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def airflow_stack(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AirflowStack]:
    """One Airflow for the whole session, with the project's DAGs (all paused), library, pools and connections, beside
    a stand-in Spectrum of two companies and an empty warehouse. Stopped with all its tasks at the end.
    """
    stack = open_airflow_stack(postgres, tmp_path_factory.mktemp("airflow"))
    try:
        _running.append(stack)
        stack.start()
        yield stack
    finally:
        stack.stop()
