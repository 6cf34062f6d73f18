"""Requirement A3: the connection to Procore is checked when it is made, encrypted by default, and keeps its secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.sources.procore import ProcoreClient, ProcoreConnection


@dataclass
class Conn:
    conn_id: str = "procore_2"
    host: str | None = "api.procore.com"
    port: int | None = None
    schema: str | None = None
    login: str | None = "app"
    password: str | None = "Sesame-Secret"
    extra_dejson: dict[str, Any] = field(default_factory=dict)


def test_made_from_an_airflow_connection(tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    authority.touch()
    extra = {"company_id": 562949953425831, "timeout": [3, 40], "ca_file": str(authority)}
    connection = ProcoreConnection.from_airflow(Conn(extra_dejson=extra))
    assert connection.base_url == "https://api.procore.com"
    assert connection.login_url == "https://login.procore.com"
    assert connection.company_id == "562949953425831"
    assert connection.timeout_seconds == (3.0, 40.0)
    assert connection.verify == str(authority)
    assert connection.name == "procore_2"


@pytest.mark.parametrize(
    ("host", "login"),
    [
        ("sandbox.procore.com", "https://login-sandbox.procore.com"),
        ("api-monthly.procore.com", "https://login-sandbox-monthly.procore.com"),
        ("procore.example", "https://procore.example"),
    ],
)
def test_the_login_host_belongs_to_the_api_host(host: str, login: str) -> None:
    assert ProcoreConnection.from_airflow(Conn(host=host)).login_url == login


def test_port_and_schema_of_a_local_server() -> None:
    connection = ProcoreConnection.from_airflow(Conn(host="127.0.0.1", port=8484, schema="http"))
    assert connection.base_url == connection.login_url == "http://127.0.0.1:8484"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_plain_http_to_this_machine(host: str) -> None:
    assert ProcoreConnection.from_airflow(Conn(host=f"http://{host}:80")).base_url.startswith("http://")


@pytest.mark.parametrize(
    "conn",
    [
        Conn(schema="http"),
        Conn(host="http://10.0.0.5"),
        Conn(host="http://localhost.example.com"),
        Conn(extra_dejson={"login_url": "http://login.procore.com"}),
    ],
)
def test_plain_http_elsewhere_is_refused_unless_it_is_allowed(conn: Conn) -> None:
    with pytest.raises(FixConfiguration, match="unencrypted"):
        ProcoreConnection.from_airflow(conn)
    conn.extra_dejson["allow_plain_http"] = True
    ProcoreConnection.from_airflow(conn)


@pytest.mark.parametrize(
    ("conn", "field_name"),
    [
        (Conn(host=""), "host"),
        (Conn(host="https://api.procore.com/rest"), "host"),
        (Conn(host="https://user:pw@api.procore.com"), "host"),
        (Conn(host="ftp://api.procore.com"), "host"),
        (Conn(login=""), "login"),
        (Conn(password=""), "password"),
        (Conn(password="Sesame-Secret "), "password"),
        (Conn(extra_dejson={"company_id": "acme"}), "company_id"),
        (Conn(extra_dejson={"timeout": 0}), "timeout"),
        (Conn(extra_dejson={"timeout": "soon"}), "timeout"),
        (Conn(extra_dejson={"verify": "no"}), "verify"),
        (Conn(extra_dejson={"ca_file": "/no/such/file"}), "ca_file"),
        (Conn(extra_dejson={"allow_plain_http": "yes"}), "allow_plain_http"),
        (Conn(extra_dejson={"colour": "red"}), "extra"),
    ],
)
def test_a_wrong_value_is_named_without_the_secret(conn: Conn, field_name: str) -> None:
    with pytest.raises(FixConfiguration) as caught:
        ProcoreConnection.from_airflow(conn)
    assert caught.value.field == field_name
    assert caught.value.connection == "procore_2"
    assert "in the Airflow connection procore_2." in str(caught.value)
    assert "Sesame-Secret" not in str(caught.value)
    assert "pw" not in str(caught.value)


def test_the_secret_is_in_no_representation() -> None:
    connection = ProcoreConnection.from_airflow(Conn(extra_dejson={"company_id": "1"}))
    client = ProcoreClient(connection)
    for thing in (connection, client, vars(client)):
        assert "Sesame-Secret" not in repr(thing)


def test_a_client_needs_a_company_and_the_callers_one_wins() -> None:
    connection = ProcoreConnection.from_airflow(Conn())
    with pytest.raises(FixConfiguration, match="no Procore company is configured"):
        ProcoreClient(connection)
    assert ProcoreClient(connection, " 77 ").company_id == "77"
