"""Fixtures of the Info-Link tests: a database with a few awkward rows, a server in front of it, a pymssql cursor."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pymssql
import pytest

from sandbox.faults import Faults
from sandbox.infolink.server import InfoLinkServer
from stack.postgres import EmbeddedPostgres

PASSWORD = "Not-a-secret-1"
ROWS = [
    ("  1", "      J-1 ", "  L", 12.5, "20260901", "Müller & Söhne"),
    ("  1", "      j-1", "  L ", -0.5, "20260902", "müller & söhne  "),
    ("  1", "      J-2", "  M", 100, "20261001", None),
    ("  2", "J-1", "  M", 7, "", ""),
]


@pytest.fixture(scope="module")
def database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A sandbox database with one small table of awkward codes and one of many rows."""
    url = postgres.create_database("infolink_tests")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER DATABASE infolink_tests SET search_path = dbo, public")
        connection.execute("CREATE SCHEMA dbo")
        connection.execute(
            'CREATE TABLE dbo."JC_COST" ("Company_Code" varchar(3), "Job_Number" varchar(10), "Cost_Type" varchar(4), '
            '"Tran_Amount" numeric(14,2), "Tran_Date_Text" varchar(8), "Name" varchar(30), '
            '"Start_Date" timestamp(0) DEFAULT \'2026-09-03 14:05:06\', "Sequence" integer DEFAULT 7)'
        )
        insert = 'INSERT INTO dbo."JC_COST" VALUES (%s, %s, %s, %s, %s, %s)'
        connection.cursor().executemany(insert, ROWS)
        connection.execute(
            'CREATE TABLE dbo."MANY" AS SELECT n AS "Number", repeat(\'x\', 100)::varchar(100) AS "Text" '
            "FROM generate_series(1, 50000) AS n"
        )
    yield url
    postgres.drop_database("infolink_tests")


@pytest.fixture(scope="module")
def server(database_url: str) -> Iterator[InfoLinkServer]:
    """The server, running."""
    with InfoLinkServer(database_url, password=PASSWORD) as running:
        yield running


@pytest.fixture(scope="module")
def connect(server: InfoLinkServer) -> Callable[..., Any]:
    """Opens a connection of the production driver; keyword arguments override the right ones."""

    def opened(**changed: Any) -> Any:
        wanted = {"user": "infolink", "password": PASSWORD, "database": "Spectrum", "encryption": "require", **changed}
        return pymssql.connect("127.0.0.1", port=str(server.port), login_timeout=10, **wanted)

    return opened


@pytest.fixture(scope="module")
def connection(connect: Callable[..., Any]) -> Iterator[Any]:
    """One connection for the tests of translation."""
    opened = connect(autocommit=True)
    yield opened
    opened.close()


@pytest.fixture
def ask(connection: Any) -> Callable[[str], list[tuple]]:
    """Runs T-SQL and gives all rows."""

    def asked(sql: str) -> list[tuple]:
        cursor = connection.cursor()
        cursor.execute(sql)
        return cursor.fetchall()

    return asked


@pytest.fixture
def faults(database_url: str) -> Iterator[Faults]:
    """The switches, all off before and after."""
    switches = Faults(database_url)
    switches.clear()
    yield switches
    switches.clear()
    switches.close()
