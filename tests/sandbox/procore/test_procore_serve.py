"""The stand-in Procore as part of the sandbox's process, and as the connection that Airflow gets."""

import json
import signal
from pathlib import Path

import pytest
import requests

from sandbox.cli import main
from stack import processes
from stack.sandbox import LocalSandbox
from tests.sandbox.test_sandbox_cli import start

_PROJECT = Path(__file__).resolve().parents[3]


def _companies(url: str, client_id: str, secret: str) -> list[int]:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    token = requests.post(f"{url}/oauth/token", data=form, timeout=10).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Procore-Company-Id": "4001"}
    answer = requests.get(f"{url}/rest/v1.0/companies", headers=headers, timeout=10)
    assert answer.status_code == 200
    return [company["id"] for company in answer.json()]


def test_serve_tells_address_and_credentials(sandbox_database: str, tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    process = start(sandbox_database, ready, "--jobs", "12", "--transactions", "10")
    try:
        told = json.loads(ready.read_text(encoding="utf-8"))
        url = told["procore_url"]
        assert _companies(url, told["procore_client_id"], told["procore_client_secret"]) == [4001]
        port = url.rpartition(":")[2]
        with pytest.raises(SystemExit, match=f"cannot listen on 127.0.0.1:{port}"):
            main(["serve", "--database", sandbox_database, "--procore-port", port])
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
    assert process.returncode == 0, output
    assert told["procore_client_secret"] not in output


def test_the_local_stack_gets_a_connection(tmp_path: Path, database: str) -> None:
    sandbox = LocalSandbox(_PROJECT, tmp_path, tmp_path, database, "AUTHORIZATION", "infolink-secret", "client-secret")
    sandbox.jobs, sandbox.transactions = 12, 10
    try:
        sandbox.start(print)
        connection = sandbox.connections()["procore"]
        assert connection["extra"] == {"company_id": 4001, "login_url": sandbox.procore_url}
        url = f"{connection['schema']}://{connection['host']}:{connection['port']}"
        assert _companies(url, connection["login"], connection["password"]) == [4001]
    finally:
        sandbox.stop()
    assert processes.find(str(tmp_path)) == []
