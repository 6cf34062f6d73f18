"""What somebody who may sign in can do to the page, and what it does about it: real API server, real warehouse."""

from __future__ import annotations

import csv
import io
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import pytest
import requests
import yaml

from spectrum_etl.page.downloads import cell
from spectrum_etl.warehouse.migrate import migrate
from tests.airflow_stack import until
from tests.page.page_airflow import HEADER, PageAirflow, open_page_airflow
from tests.page.page_data import fill
from tests.page.test_page_api import ROUTES as API_ROUTES

pytestmark = pytest.mark.slow  # a server of its own

UNREAD, DOWNLOADS = 2, 2
OVERRIDE = "\u202e"


@pytest.fixture(scope="module")
def attacked(postgres: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageAirflow]:
    """A page of its own, over 60,000 postings of a job: two downloads at a time, ended after two seconds unread; with a
    login that may only read, as docs/setup.md makes it.
    """
    folder = tmp_path_factory.mktemp("attacked")
    served = open_page_airflow(postgres, folder, name="attacked")
    file = folder / "settings.yaml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    settings["page"] = {"conn_id": "warehouse_page", "max_downloads": DOWNLOADS, "unread_seconds": UNREAD}
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    with psycopg.connect(served.warehouse_url, autocommit=True) as administrator:
        for role in ("spectrum_analyst", "spectrum_approver", "spectrum_page"):
            if not administrator.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                administrator.execute(f"create role {role} nologin".encode())
        administrator.execute("grant spectrum_analyst, spectrum_approver to spectrum_page")
    postgres.create_role("airflow_page", "page-word")
    fill(served.warehouse_url)
    with psycopg.connect(served.warehouse_url) as connection:
        connection.execute("grant spectrum_page to airflow_page")
        connection.execute(
            "insert into spectrum.job_cost_transactions (company_code, job_number, phase_code, cost_type, tran_date,"
            " tran_type_code, tran_amount, description, _month, _row_hash, _run_id, _read_at, _changed_at)"
            " select '1', '24-0001', '01000', 'L', '2026-01-05', 'JC', n, repeat('words ', 20), '202601',"
            " gen_random_uuid(), 'big', now(), now() from generate_series(1, 60000) as n"
        )
    try:
        served.start()
        parts = psycopg.conninfo.conninfo_to_dict(served.warehouse_url)
        login = {"login": "airflow_page", "password": "page-word", "schema": parts["dbname"]}
        place = {"host": parts["host"], "port": int(str(parts["port"])), "conn_type": "postgres"}
        served.airflow.api("admin").put("connections", [{"connection_id": "warehouse_page", **login, **place}])
        yield served
    finally:
        served.stop()


@pytest.mark.parametrize("route", [route for route in API_ROUTES if route.startswith("api/")])
def test_c16_every_route_reads_with_a_login_that_may_only_read(attacked: PageAirflow, route: str) -> None:
    answer = attacked.get("vera", route)
    assert answer.status_code == 200, answer.text
    assert "may not read" not in answer.text
    with psycopg.connect(attacked.warehouse_url) as connection:
        may = "select has_database_privilege('airflow_page', current_database(), 'create'),"
        may += " has_table_privilege('airflow_page', 'export.queue', 'update')"
        assert connection.execute(may.encode()).fetchone() == (False, False)


def test_c16_what_the_pages_login_lacks_is_told_with_what_to_grant(attacked: PageAirflow) -> None:
    with psycopg.connect(attacked.warehouse_url, autocommit=True) as connection:
        connection.execute("revoke select on sync.rejected_rows from spectrum_page")
        try:
            answer = attacked.get("vera", "api/import/rejected").json()
            assert "may not read the warehouse: permission denied for table rejected_rows" in answer["detail"]
            assert "spectrum_page" in answer["remedy"]
            migrate(connection)
            may = connection.execute("select has_table_privilege('spectrum_page', 'sync.rejected_rows', 'select')")
            assert may.fetchone() == (True,), "the next run of any DAG gives it back"
        finally:
            connection.execute("grant select on sync.rejected_rows to spectrum_page")
    assert attacked.get("vera", "api/import/rejected").status_code == 200


POSTINGS = "api/transactions.csv?company=1&job=24-0001"


def _opened(page: PageAirflow, user: str = "vera") -> socket.socket:
    """A download whose reader takes its first bytes and nothing more."""
    place = urlsplit(page.url)
    token = page.session(user).headers["Authorization"]
    # A small window: the server has sent all that it can without somebody reading.
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect(("127.0.0.1", place.port or 80))
    request = f"GET {place.path}/{POSTINGS} HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: {token!s}\r\n\r\n"
    reader.sendall(request.encode())
    assert reader.recv(15).startswith(b"HTTP/1.1 ")
    return reader


def _sessions(page: PageAirflow) -> int:
    """Sessions of the page in its warehouse."""
    with psycopg.connect(page.warehouse_url) as connection:
        row = connection.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and application_name = %s",
            ["spectrum_etl"],
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_c15_downloads_that_nobody_reads_are_bounded_and_end(attacked: PageAirflow) -> None:
    readers = [_opened(attacked) for _ in range(DOWNLOADS)]
    try:
        assert _sessions(attacked) == DOWNLOADS
        refused = attacked.get("vera", POSTINGS)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
        assert "2 files are being downloaded" in refused.json()["detail"]
        assert _sessions(attacked) == DOWNLOADS
        until(lambda: _sessions(attacked) == 0, 60)
        assert attacked.get("vera", POSTINGS).status_code == 200, "the places are free, though the readers still wait"
    finally:
        for reader in readers:
            reader.close()


def test_c15_a_reader_who_goes_away_frees_session_and_place_at_once(attacked: PageAirflow) -> None:
    for _ in range(3 * DOWNLOADS):
        reader = _opened(attacked)
        reader.close()
        until(lambda: _sessions(attacked) == 0, 60)
    assert attacked.get("vera", POSTINGS).status_code == 200


def test_c15_a_slow_reader_gets_every_row(attacked: PageAirflow) -> None:
    """As long as something is taken now and then, it is no attack."""
    reader = _opened(attacked)
    received = b""
    try:
        for _ in range(3):
            time.sleep(UNREAD / 2)
            received += reader.recv(65536)
        while piece := reader.recv(1 << 20):
            received += piece
            if received.endswith(b"0\r\n\r\n"):
                break
    finally:
        reader.close()
    assert received.count(b"words words") > 60_000 - 1
    until(lambda: _sessions(attacked) == 0, 60)


def test_c15_a_download_that_cannot_begin_holds_nothing(attacked: PageAirflow) -> None:
    for _ in range(2 * DOWNLOADS):
        assert attacked.get("vera", "api/transactions.csv?company=1&job=%00").status_code == 422
    assert attacked.get("vera", POSTINGS).status_code == 200
    assert _sessions(attacked) == 0


def test_c15_the_server_ends_a_session_that_waits_for_its_reader(attacked: PageAirflow) -> None:
    """Whatever becomes of the API server."""
    reader = _opened(attacked)
    try:
        with psycopg.connect(attacked.warehouse_url) as connection:
            [state] = connection.execute(
                "select state from pg_stat_activity where datname = current_database() and application_name = %s",
                ["spectrum_etl"],
            ).fetchall()
        assert state == ("idle in transaction",)
    finally:
        reader.close()


ROUTES = (
    "", "api/me", "api/overview", "api/import/rejected", "api/import/rejected.csv", "api/jobs", "api/nothing",
    "api/job?company=1&job=nope", "api/export/queue?group=nope", "static/app.js", "static/nope.js",
)  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("user", ["vera", None])
def test_c18_every_answer_is_kept_nowhere_and_runs_nothing(attacked: PageAirflow, user: str | None, route: str) -> None:
    """Data and refusals too: JSON that a browser takes for a page would run what somebody typed into a name."""
    headers = attacked.get(user, route).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    of_the_page = user is not None and route in ("", "static/app.js")
    assert headers["Cache-Control"] == ("private, no-cache" if of_the_page else "no-store")


@pytest.mark.parametrize(
    "path", ["%00", "app.js%00", "a" * 5000, "%ff%fe", "..%2f..%2fapp.py", "vendor", "%2e%2e", "/"]
)
def test_c18_no_path_below_static_ends_in_500(attacked: PageAirflow, path: str) -> None:
    assert attacked.get("vera", f"static/{path}").status_code == 404


BAD = {
    "a NUL": ("%00", "24%000001"),
    "a number that is out of range": ("99999999999999999999999",),
    "half a character": ("%ed%a0%80",),
}
ASKED = (
    "api/jobs?search={}", "api/jobs?after={}", "api/job?company=1&job={}", "api/job.csv?company=1&job={}",
    "api/transactions?company=1&job={}", "api/transactions?company=1&job=24-0001&offset={}",
    "api/transactions.csv?company=1&job={}", "api/commitments?company=1&job={}&phase=1&cost_type=L",
    "api/budget-line?company=1&job=1&phase={}&cost_type=L", "api/import/rejected?search={}",
    "api/import/rejected?after={}", "api/import/rejected.csv?table={}", "api/export/queue?group=ready&search={}",
    "api/export/queue?group=ready&after={}", "api/export/record?object=vendors&company=1&record={}",
    "api/export/counts?project={}", "api/export/complete?search={}", "api/overview?company={}", "api/marts?company={}",
    "api/connections?company={}", "api/import/counts?object={}", "api/jobs?company={}",
    "api/into-procore/rows?group=decide&search={}", "api/into-procore/rows?group=decide&offset={}",
    "api/into-procore/records?object=vendors&company=1&search={}", "api/into-procore/counts?object={}",
)  # fmt: skip


@pytest.mark.parametrize("route", ASKED)
def test_c18_what_a_request_gets_wrong_is_its_own_fault(attacked: PageAirflow, route: str) -> None:
    """Not one of the server, and nothing is told of host and database. A search for a number finds nothing."""
    database = str(psycopg.conninfo.conninfo_to_dict(attacked.warehouse_url)["dbname"])
    for values in BAD.values():
        for value in values:
            answer = attacked.get("vera", route.format(value))
            assert answer.status_code in (200, 404, 422), (route, value, answer.status_code, answer.text)
            assert database not in answer.text
            assert "127.0.0.1" not in answer.text


def test_c18_a_company_that_is_not_configured_is_not_found(attacked: PageAirflow) -> None:
    for route in ("api/overview?company=9", "api/jobs?company=9", "api/job?company=9&job=1", "api/marts?company=9"):
        answer = attacked.get("vera", route)
        assert (answer.status_code, answer.json()["detail"]) == (404, "There is no company '9'; companies: 1, 2.")
    for route, body in (("api/refresh", {"object": "vendors"}), ("api/marts/refresh", {})):
        answer = attacked.post("admin", route, {**body, "companies": ["9"], "resume": True})
        assert answer.status_code == 404, answer.text


def test_c18_bodies_with_characters_that_nothing_holds(attacked: PageAirflow) -> None:
    session = attacked.session("accounting")
    for value in ('"\\u0000"', '"\\ud800"'):
        body = (
            f'{{"object": "vendors", "company": "1", "record": {value}, "decision": "accept", "asks":'
            ' {"asks_dag_id": "d", "asks_run_id": "r", "asks_task_id": "t", "asks_map_index": 0}}'
        )
        answer = session.post(
            f"{attacked.url}/api/export/answer",
            data=body,
            headers={**HEADER, "Content-Type": "application/json"},
            timeout=30,
        )
        assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("  =1+1", "  '=1+1"),
        ("x;=1+1", "x;'=1+1"),
        ("x;\t@SUM(A1)", "x;\t'@SUM(A1)"),
        ("x\n=1+1", "x\n'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠SUM(A1)", "'＠SUM(A1)"),
        ("\tx", "'\tx"),
        ("CONCRETE, -3 DEG; + curing", "CONCRETE, -3 DEG; '+ curing"),
        ("a-b = c", "a-b = c"),
        (f"Acme{OVERRIDE}gpj.exe", "Acme[U+202E]gpj.exe"),
        (-5, "-5"),
        (None, ""),
    ],
)
def test_c18_no_cell_of_a_file_is_a_formula_whatever_separates_cells(value: Any, shown: str) -> None:
    """Where the decimal sign is a comma, spreadsheets separate cells by semicolons; some take wide signs, too."""
    assert cell(value) == shown


def test_c18_names_that_reorder_letters_are_named_in_files(attacked: PageAirflow) -> None:
    with psycopg.connect(attacked.warehouse_url) as connection:
        connection.execute(
            "update spectrum.job_cost_transactions set description = %s where _run_id = 'big' and tran_amount = 7",
            [f"{OVERRIDE}=1+1"],
        )
    answer = attacked.get("vera", f"{POSTINGS}&phase=01000&cost_type=L")
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert "[U+202E]=1+1" in {row["description"] for row in rows}


def test_c18_what_airflow_calls_a_file_cannot_be_led_elsewhere(attacked: PageAirflow) -> None:
    """A job's number becomes a part of the file's name."""
    job = quote('24"\r\nSet-Cookie: a=b')
    answer = requests.get(
        f"{attacked.url}/api/job.csv?company=1&job={job}", headers=dict(attacked.session("vera").headers), timeout=30
    )
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Disposition"] == 'attachment; filename="job_cost_24___Set-Cookie__a_b.csv"'
