"""A3: what can go wrong on the way to Info-Link is told apart by its remedy, and no secret is in a message."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pymssql
import pytest
from airflow.sdk import Connection

from sandbox.infolink.server import InfoLinkServer
from spectrum_etl.errors import FixConfiguration, Reauthenticate, RetryLater, SpectrumEtlError, StopSync
from spectrum_etl.model.selection import Selection
from spectrum_etl.sources.infolink.binds import Statement
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.sources.infolink.faults import explain
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.staging.objects import OBJECTS

SECRET = "s3cret-of-the-test"
JOBS = OBJECTS["jobs"].table("jobs")
TRANSACTIONS = OBJECTS["job_costs"].table("job_cost_transactions")


def target(**changes) -> InfoLinkConnection:
    values = {"host": "127.0.0.1", "database": "Spectrum", "user": "INFO0003", "password": SECRET, "login_timeout": 2}
    return InfoLinkConnection(**{**values, **changes})


def failure(connection: InfoLinkConnection) -> SpectrumEtlError:
    with pytest.raises(SpectrumEtlError) as caught, InfoLinkReader(connection):
        pass
    assert SECRET not in str(caught.value)
    return caught.value


@contextlib.contextmanager
def listener(handle) -> Iterator[int]:
    """A TCP server that hands every client to `handle`; yields its port."""
    server = socket.create_server(("127.0.0.1", 0))
    clients: list[socket.socket] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                clients.append(server.accept()[0])
                threading.Thread(target=handle, args=[clients[-1]], daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        server.close()
        for client in clients:
            client.close()


def test_unknown_host():
    error = failure(target(host="no-such-host.invalid"))
    assert isinstance(error, FixConfiguration)
    assert "there is no host of this name" in str(error)


def test_refused_connection():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = failure(target(port=port))
    assert isinstance(error, RetryLater)
    assert "refused the connection" in str(error)
    assert "IP address" in str(error)


def test_closed_connection():
    """What a gateway does with an address that is not allowed."""
    with listener(lambda client: client.close()) as port:
        error = failure(target(port=port))
    assert isinstance(error, RetryLater)
    assert "before the login" in str(error)
    assert "IP address allowed" in str(error)


def test_silent_server():
    """What a firewall does that swallows packets."""
    with listener(lambda client: None) as port:
        error = failure(target(port=port, login_timeout=1))
    assert isinstance(error, RetryLater)
    assert "did not answer in time" in str(error)


def test_wrong_password(site):
    error = failure(site.connection(password="wrong-" + SECRET))
    assert isinstance(error, Reauthenticate)
    assert "refused the login" in str(error)


def test_wrong_database(site):
    """SQL Server answers it as it answers a wrong password; a login without a database tells."""
    error = failure(site.connection(database="Spektrum"))
    assert isinstance(error, FixConfiguration)
    assert "cannot open the database" in str(error)
    assert "Spektrum" not in str(error)


def test_kinds_do_not_mix_in_one_process(site):
    """The driver keeps the number of an earlier failure; we do not take it for the new one's."""
    assert isinstance(failure(site.connection(password="wrong")), Reauthenticate)
    test_unknown_host()
    test_refused_connection()
    test_closed_connection()
    assert isinstance(failure(site.connection(password="wrong")), Reauthenticate)
    assert isinstance(failure(site.connection(database="Spektrum")), FixConfiguration)
    with site.reader() as reader:
        assert reader.table("JC_JOB_MASTER_MC").columns


def test_server_without_encryption(infolink_server):
    """Encryption is required by default and switched off by name only."""
    url, _ = infolink_server
    server = InfoLinkServer(url, password=SECRET, tls=False)
    server.start()
    try:
        plain = target(port=server.port, user="infolink")
        error = failure(plain)
        assert "encryption" in str(error)
        for encryption in ("request", "off"):
            with InfoLinkReader(target(port=server.port, user="infolink", encryption=encryption)) as reader:
                assert reader.table("JC_JOB_MASTER_MC").columns
    finally:
        server.stop()


def test_lost_connection_is_never_a_short_answer(site):
    """A connection that is cut in the middle of the rows is an error to try again, not the end of the rows."""
    site.execute(
        """insert into dbo."JC_TRANSACTION_HISTORY_MC" ("Company_Code", "Job_Number", "Tran_Date_Text", "Tran_Amount")
        select '  1', n % 10, '20260701', n from generate_series(1, 50000) n"""
    )

    def relay(client: socket.socket) -> None:
        upstream = socket.create_connection(("127.0.0.1", site.server.port))
        threading.Thread(target=pump, args=[client, upstream, None], daemon=True).start()
        pump(upstream, client, 600_000)

    def pump(source: socket.socket, sink: socket.socket, limit: int | None) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while (data := source.recv(8192)) and (limit is None or passed < limit):
                sink.sendall(data)
                passed += len(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    seen: list[int] = []
    with listener(relay) as port, site.reader(port=port, query_timeout=20) as reader:
        batches = reader.read(TRANSACTIONS, Selection("1"), batch_rows=1000)
        with pytest.raises(RetryLater, match="lost"):
            seen.extend(len(batch) for batch in batches)
    assert 0 < sum(seen) < 50_000


def test_error_amid_the_rows_is_an_error(site):
    """A value that cannot be converted after thousands of good rows stops the read, with the server's words."""
    site.execute(
        """insert into dbo."JC_JOB_MASTER_MC" ("Company_Code", "Contract_Number")
        select '  1', case n when 20000 then 'twelve' else n::text end from generate_series(1, 20000) n"""
    )
    query = Statement("SELECT CAST(j.Contract_Number AS int) AS n FROM dbo.JC_JOB_MASTER_MC AS j", {})
    with site.reader() as reader, pytest.raises(StopSync, match=r"JC_JOB_MASTER_MC.*twelve"):
        list(reader._batches(query, 1000, "JC_JOB_MASTER_MC", "1"))


def test_query_that_takes_too_long(site):
    """A server that does not answer a query in time is tried again."""
    with site.reader(query_timeout=1) as reader:
        reader.plan(JOBS, "1")
        with site.database.transaction():
            site.execute('lock table dbo."JC_JOB_MASTER_MC" in access exclusive mode')
            with pytest.raises(RetryLater, match=r"JC_JOB_MASTER_MC.*in time"):
                list(reader.read(JOBS, Selection("1")))


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (229, FixConfiguration, "table security"),
        (230, FixConfiguration, "table security"),
        (208, FixConfiguration, "shows no table dbo.JC_JOB_MASTER_MC"),
        (207, StopSync, "column"),
        (245, StopSync, "does not hold what it should"),
        (8114, StopSync, "does not hold what it should"),
        (1205, RetryLater, "run it again"),
        (1222, RetryLater, "run it again"),
        (40613, RetryLater, "run it again"),
        (927, RetryLater, "run it again"),
        (942, RetryLater, "run it again"),
        (983, RetryLater, "run it again"),
        (3952, FixConfiguration, "snapshot"),
        (911, FixConfiguration, "cannot open the database"),
        (916, FixConfiguration, "leads to another database"),
        (257, StopSync, "does not hold what it should"),
        (468, StopSync, "does not hold what it should"),
        (18456, Reauthenticate, "password"),
        (18486, Reauthenticate, "unlock"),
        (50000, StopSync, "50000"),
    ],
)
def test_errors_of_the_server(number, kind, words):
    """Each number of SQL Server leads to its remedy; the driver's own words are left out, and so is the password."""
    said = f"It says so about {SECRET}."
    driver = "DB-Lib error message 20018, severity 16:\nGeneral SQL Server error: Check messages from the SQL Server\n"
    raised = pymssql.OperationalError(number, (said + driver).encode())
    error = explain(raised, target(), table="JC_JOB_MASTER_MC", company="1")
    assert type(error) is kind
    assert words in str(error)
    assert SECRET not in str(error)
    assert "DB-Lib" not in str(error)


def airflow(**changes) -> Connection:
    values = {"host": "sql.example", "port": None, "schema": "Spectrum", "login": "INFO0003", "password": SECRET}
    return Connection(**{"conn_id": "spectrum_infolink", "conn_type": "mssql", **values, **changes})


def test_from_airflow():
    """Secure by default; the extra changes it by name."""
    made = InfoLinkConnection.from_airflow(airflow())
    assert (made.host, made.port, made.database, made.user, made.password) == (
        "sql.example",
        1433,
        "Spectrum",
        "INFO0003",
        SECRET,
    )
    assert (made.encryption, made.isolation) == ("require", "read committed")
    extra = '{"encryption": "off", "login_timeout": "5", "query_timeout": 60, "isolation": "snapshot"}'
    made = InfoLinkConnection.from_airflow(airflow(port=1533, extra=extra))
    assert (made.port, made.encryption, made.login_timeout, made.query_timeout, made.isolation) == (
        1533,
        "off",
        5,
        60,
        "snapshot",
    )
    assert SECRET not in repr(made)


@pytest.mark.parametrize("extra", ["{}", '{"login_timeout": 5, "query_timeout": 60}'])
def test_a3_what_goes_wrong_names_the_airflow_connection(site, extra):
    """A company's own one, not the default's name: that is where the password has to be corrected."""
    place = {"host": "127.0.0.1", "port": site.connection().port}
    extra = extra.replace("{", '{"encryption": "off"' + (", " if len(extra) > 2 else ""))
    made = InfoLinkConnection.from_airflow(airflow(conn_id="infolink_of_2", extra=extra, **place))
    assert made.name == "infolink_of_2"
    assert "of the Airflow connection infolink_of_2" in str(failure(made))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"host": None}, "host is missing"),
        ({"schema": ""}, "schema is missing"),
        ({"login": None}, "login is missing"),
        ({"password": None}, "password is missing"),
        ({"port": 70000}, "port is not allowed.*65535"),
        ({"extra": "[]"}, "extra is not a JSON object"),
        ({"extra": "{"}, "extra is not a JSON object"),
        ({"extra": '{"encryption": "maybe"}'}, "encryption is not allowed.*require, request, off"),
        ({"extra": '{"isolation": "read uncommitted"}'}, "isolation is not allowed.*snapshot"),
        ({"extra": '{"query_timeout": "soon"}'}, "query_timeout is not a number.*whole seconds"),
        ({"extra": '{"login_timeout": 0}'}, "login_timeout is not allowed.*from 1"),
        ({"extra": '{"encrypt": "off"}'}, "there is no extra encrypt.*encryption, isolation"),
    ],
)
def test_wrong_connection(changes, words):
    """Each wrong value is named with what is allowed."""
    with pytest.raises(FixConfiguration, match=words) as caught:
        InfoLinkConnection.from_airflow(airflow(**changes))
    assert SECRET not in str(caught.value)
