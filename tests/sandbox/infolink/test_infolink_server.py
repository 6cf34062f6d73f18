"""Connections: login, encryption, SQLAlchemy's dialect, transactions, cancel, and the faults."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pymssql
import pytest
import sqlalchemy as sa

from sandbox.data import drift
from sandbox.faults import Faults, UnknownFaultError, parse
from sandbox.infolink.server import InfoLinkServer

PASSWORD = "Not-a-secret-1"  # the one the server fixture was given
Connect = Callable[..., Any]


@pytest.mark.parametrize("encryption", ["require", "request", "off"])
def test_every_encryption_level_connects(connect: Connect, encryption: str) -> None:
    connection = connect(encryption=encryption)
    cursor = connection.cursor()
    cursor.execute("SET NOCOUNT ON; SELECT DB_NAME(), SCHEMA_NAME(), @@TRANCOUNT")
    assert cursor.fetchall() == [("Spectrum", "dbo", 1)]
    connection.close()


def login_error(server: InfoLinkServer, **changed: str) -> str:
    """What pymssql says of a login, or "" when it succeeds. pymssql 2.4 keeps the number of a failed login and shows it
    again at the next failure of the same process, so each try has a process of its own."""
    wanted = {"user": "infolink", "password": PASSWORD, "database": "Spectrum", "port": str(server.port), **changed}
    script = "import json, sys, pymssql\ntry: pymssql.connect('127.0.0.1', **json.load(sys.stdin))\n"
    script += "except pymssql.Error as error: print(error)"
    command = [sys.executable, "-c", script]
    return subprocess.run(command, input=json.dumps(wanted), capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("changed", "number"), [({"password": "wrong"}, 18456), ({"user": "sa"}, 18456), ({"database": "Other"}, 4060)]
)
def test_a_refused_login_says_why(server: InfoLinkServer, changed: dict[str, str], number: int) -> None:
    """A3: a wrong password and an unknown database are told apart."""
    told = login_error(server, **changed)
    assert told.startswith(f"({number}, ")
    assert PASSWORD not in told


def test_sqlalchemys_dialect(server: InfoLinkServer) -> None:
    engine = sa.create_engine(f"mssql+pymssql://infolink:{PASSWORD}@127.0.0.1:{server.port}/Spectrum")
    inspector = sa.inspect(engine)
    assert inspector.default_schema_name == "dbo"
    assert inspector.has_table("jc_cost", schema="dbo")
    assert not inspector.has_table("NOPE", schema="dbo")
    columns = {c["name"]: c["type"] for c in inspector.get_columns("JC_COST", schema="dbo")}
    assert isinstance(columns["Company_Code"], sa.VARCHAR)
    assert columns["Company_Code"].length == 3
    assert isinstance(columns["Tran_Amount"], sa.DECIMAL)
    assert (columns["Tran_Amount"].precision, columns["Tran_Amount"].scale) == (14, 2)
    table = sa.Table("JC_COST", sa.MetaData(), sa.Column("Sequence"), sa.Column("Tran_Amount"), schema="dbo")
    with engine.connect() as connection:
        query = sa.select(table.c.Tran_Amount).order_by(table.c.Tran_Amount).offset(1).limit(1)
        assert str(connection.scalar(query)) == "7.00"
        assert connection.scalar(sa.text("SELECT COUNT(*) FROM JC_COST WHERE Name = :n"), {"n": "müller & SÖHNE"}) == 2
    engine.dispose()


def test_a_snapshot_transaction_sees_one_state(server: InfoLinkServer, database_url: str) -> None:
    url = f"mssql+pymssql://infolink:{PASSWORD}@127.0.0.1:{server.port}/Spectrum"
    engine = sa.create_engine(url, isolation_level="SNAPSHOT")
    count = sa.text("SELECT COUNT(*) FROM MANY")
    with engine.connect() as connection, psycopg.connect(database_url, autocommit=True) as owner:
        assert connection.get_isolation_level() == "SNAPSHOT"
        assert connection.scalar(count) == 50000
        owner.execute('DELETE FROM dbo."MANY" WHERE "Number" = 1')
        with pytest.raises(sa.exc.DBAPIError):
            connection.execute(sa.text("SELECT 1 / 0"))
        assert connection.scalar(count) == 50000
        connection.rollback()
        assert connection.scalar(count) == 49999
        connection.rollback()
        owner.execute("""INSERT INTO dbo."MANY" VALUES (1, repeat('x', 100))""")
    engine.dispose()


def test_a_client_that_leaves_stops_its_query(connect: Connect, database_url: str) -> None:
    connection = connect()
    cursor = connection.cursor()
    cursor.execute("SELECT a.Text FROM MANY a CROSS JOIN MANY b")
    assert cursor.fetchone() is not None
    connection.close()
    running = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'infolink' AND query LIKE '%CROSS JOIN%'"
    with psycopg.connect(database_url, autocommit=True) as owner:
        until = time.monotonic() + 10
        while owner.execute(running + " AND state = 'active' AND pid <> pg_backend_pid()").fetchone() != (0,):
            assert time.monotonic() < until, "the query still runs 10 s after its client left"
            time.sleep(0.05)


def test_a_cancelled_answer_leaves_the_connection_usable(connect: Connect) -> None:
    connection = connect(autocommit=True)
    cursor = connection.cursor()
    cursor.execute("SELECT a.Number FROM MANY a CROSS JOIN MANY b")
    assert cursor.fetchone() is not None
    connection._conn.cancel()
    cursor = connection.cursor()
    cursor.execute("SELECT COUNT(*) FROM MANY")
    assert cursor.fetchone() == (50000,)
    connection.close()


def test_all_rows_of_a_long_answer_arrive_in_order(connect: Connect) -> None:
    cursor = connect(autocommit=True).cursor()
    cursor.execute("SELECT Number, Text FROM MANY ORDER BY Number")
    assert [row[0] for row in cursor] == list(range(1, 50001))


def test_the_database_login_cannot_write(connect: Connect, database_url: str) -> None:
    """Read-only twice: writes are refused before translation, and PostgreSQL's session is read-only."""
    cursor = connect().cursor()
    cursor.execute("SELECT 1")
    cursor.fetchall()
    with (
        psycopg.connect(database_url, options="-c default_transaction_read_only=on") as same,
        pytest.raises(psycopg.Error),
    ):
        same.execute('DELETE FROM dbo."MANY"')


def test_faults_of_the_login(server: InfoLinkServer, faults: Faults) -> None:
    faults.set("infolink_refuse_login", count=1)
    assert login_error(server).startswith("(18456, ")
    faults.set("infolink_blocked_ip", count=1)
    told = login_error(server)
    assert told
    assert "18456" not in told
    assert not login_error(server)


def test_faults_of_a_query(connect: Connect, faults: Faults) -> None:
    faults.set_all(["infolink_drop_after_rows=1000:1"])
    cursor = connect().cursor()
    cursor.execute("SELECT * FROM MANY")
    with pytest.raises(pymssql.Error):
        cursor.fetchall()
    faults.set("infolink_deny_table", "jc_cost")
    cursor = connect().cursor()
    with pytest.raises(pymssql.Error, match="SELECT permission was denied on the object 'JC_COST'"):
        cursor.execute("SELECT * FROM JC_COST")
    faults.set("infolink_slow_ms", "300")
    started = time.monotonic()
    connect().cursor().execute("SELECT 1")
    assert time.monotonic() - started > 0.3


def test_faults_are_shared_counted_and_checked(faults: Faults, database_url: str) -> None:
    other = Faults(database_url)
    assert other.get("sdx_row_cap") == "500"
    faults.set("sdx_server_fault", count=2)
    time.sleep(0.25)  # what another process set shows after 0.2 s
    assert [other.take("sdx_server_fault") for _ in range(3)] == ["on", "on", None]
    faults.set("sdx_row_cap", "0")
    assert faults.active() == [("sdx_row_cap", "0", None)]
    other.close()
    assert parse("sdx_slow_ms=250:3") == ("sdx_slow_ms", "250", 3)
    for wrong in ("nope", "sdx_slow_ms=x", "sdx_warning_row=maybe", "sdx_http_500=7", "sdx_slow_ms=1:0"):
        with pytest.raises(UnknownFaultError, match="fault"):
            parse(wrong)


def test_drift_shows_at_once_on_an_open_connection(connect: Connect, database_url: str) -> None:
    """M4: a column that appears, changes type or disappears."""
    cursor = connect().cursor()
    kinds = "SELECT DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'MANY' AND COLUMN_NAME = 'Extra'"
    drift.add_column(database_url, "many", "Extra", "money")
    cursor.execute(kinds)
    assert cursor.fetchall() == [("decimal",)]
    drift.retype_column(database_url, "many", "extra", "text(20)")
    cursor.execute(kinds)
    assert cursor.fetchall() == [("varchar",)]
    drift.drop_column(database_url, "MANY", "extra")
    with pytest.raises(pymssql.Error, match="Invalid column name 'Extra'"):
        cursor.execute("SELECT Extra FROM MANY")
    with pytest.raises(drift.DriftError, match="no column 'Nope'"):
        drift.drop_column(database_url, "MANY", "Nope")
