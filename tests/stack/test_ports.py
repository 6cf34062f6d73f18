"""D21: two of them on one machine: whoever loses the race for a port takes another, and shows nobody a password.

Of Airflow itself: `test_airflow.py`.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from itertools import chain, repeat
from pathlib import Path

import psycopg
import pytest

from stack import processes
from stack import sandbox as sandbox_module
from stack.airflow_api import AirflowApi
from stack.errors import StackError
from stack.ports import free_port, is_answered
from stack.postgres import EmbeddedPostgres
from stack.sandbox import LocalSandbox
from tests.stack.foreign import foreign_postgres, foreign_server

_PROJECT = Path(__file__).resolve().parents[2]


def finds(*ports: int) -> Callable[[int], int]:
    """A search for a free port that gives these first, as it does when they are taken right after; then free ones."""
    found = chain(ports, (free_port() for _ in repeat(None)))
    return lambda _first: next(found)


def test_d21_a_sandbox_that_lost_a_port_takes_another_and_leads_no_connection_there(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = LocalSandbox(_PROJECT, tmp_path, tmp_path, database, "AUTHORIZATION", "infolink", "client", 10, 200)
    try:
        with foreign_server() as foreign:
            monkeypatch.setattr(sandbox_module, "next_free_port", finds(free_port(), foreign.port))
            sandbox.start(print)
            ports = {fields["port"] for fields in sandbox.connections().values()}
            assert ports <= processes.listening(str(tmp_path))
            assert foreign.port not in ports
        sandbox.stop()
        with foreign_server(sandbox.connections()["spectrum_sdx"]["port"]):
            assert not sandbox.running()
    finally:
        sandbox.stop()


def test_a_port_is_answered_only_where_somebody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert is_answered(port)
    assert not is_answered(port)
    assert not is_answered(0)


def test_d21_connections_go_to_nobody_who_took_the_port_after_the_login() -> None:
    """They hold the passwords of Spectrum, Procore and the warehouse."""
    ours = [True]

    def prove() -> None:
        if not ours[0]:
            raise StackError("another program has taken the port")

    with foreign_server() as foreign:
        api = AirflowApi(f"http://127.0.0.1:{foreign.port}", "admin", "secret", prove)
        with pytest.raises(StackError, match="401 to PATCH connections"):
            api.put("connections", [{"connection_id": "warehouse", "password": "before"}])
        assert any("before" in text for text in foreign.received), "while it is ours it gets them"
        ours[0] = False
        with pytest.raises(StackError, match="another program has taken the port"):
            api.put("connections", [{"connection_id": "warehouse", "password": "after"}])
        assert not any("after" in text for text in foreign.received)


def test_d21_another_postgresql_on_the_port_sees_no_password(tmp_path: Path) -> None:
    cluster = EmbeddedPostgres(tmp_path / "postgres")
    with foreign_postgres() as foreign:
        cluster.port = foreign.port
        with pytest.raises(psycopg.OperationalError):
            cluster.has_role("analyst")
    assert foreign.received == [""], "it asked, and was left without an answer"
