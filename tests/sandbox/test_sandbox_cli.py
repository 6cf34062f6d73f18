"""The sandbox as a process of its own: serves both protocols, says when it is ready, stops cleanly, takes switches."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pymssql
import pytest
import requests

from sandbox.cli import main

ROOT = Path(__file__).resolve().parents[2]


def start(database: str, ready: Path, *options: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SANDBOX_")}
    environment |= {"SANDBOX_DB_URL": database, "SANDBOX_AUTHORIZATION_ID": "FROM-ENVIRONMENT", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "sandbox", "serve", "--ready-file", str(ready), *options]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    )
    deadline = time.monotonic() + 40
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"the sandbox did not get ready: {process.communicate()[0]}")
        time.sleep(0.05)
    return process


def test_serve_loads_answers_and_stops(sandbox_database: str, tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    size = ["--jobs", "12", "--transactions", "300", "--fault", "sdx_http_500:1"]
    process = start(sandbox_database, ready, *size)
    try:
        told = json.loads(ready.read_text(encoding="utf-8"))
        assert stat.S_IMODE(ready.stat().st_mode) == 0o600
        assert told["authorization_id"] == "FROM-ENVIRONMENT"
        wsdl = requests.get(f"{told['sdx_url']}/wsdls/GetJob.jws", timeout=10)
        assert wsdl.status_code == 200
        login = ("1", told["authorization_id"])
        statuses = [requests.get(f"{told['sdx_url']}/vendors/1", auth=login, timeout=10).status_code for _ in range(2)]
        assert statuses == [500, 200], "the fault of the command line happens once"
        with (
            pymssql.connect(
                told["infolink_host"], "infolink", told["infolink_password"], "Spectrum", port=told["infolink_port"]
            ) as link,
            link.cursor() as cursor,
        ):
            cursor.execute("SELECT COUNT(*) FROM dbo.JC_JOB_MASTER_MC")
            assert cursor.fetchone() == (13,)
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
    assert process.returncode == 0, output
    assert told["infolink_password"] not in output
    assert "FROM-ENVIRONMENT" not in output
    assert not ready.exists()
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(told["sdx_url"], timeout=5)


def test_taken_port_is_told(sandbox_database: str, tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    process = start(sandbox_database, ready, "--jobs", "12", "--transactions", "10")
    try:
        port = json.loads(ready.read_text(encoding="utf-8"))["sdx_url"].rpartition(":")[2]
        with pytest.raises(SystemExit, match=f"cannot listen on 127.0.0.1:{port}"):
            main(["serve", "--database", sandbox_database, "--sdx-port", port])
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 0


def test_faults_are_listed_set_and_cleared(sandbox_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fault", "set", "sdx_row_cap=7", "sdx_http_500:2", "--database", sandbox_database]) == 0
    listed = capsys.readouterr().out
    assert "on (2 calls)" in listed
    assert main(["fault", "clear", "--database", sandbox_database]) == 0
    assert "calls)" not in capsys.readouterr().out
    with pytest.raises(SystemExit, match="no fault named 'sdx_nonsense'"):
        main(["fault", "set", "sdx_nonsense", "--database", sandbox_database])


def test_drift_changes_columns(sandbox_database: str) -> None:
    """M4: the source can lose, gain and change columns."""
    main(["load", "--jobs", "12", "--transactions", "10", "--database", sandbox_database])
    main(["drift", "drop", "JC_JOB_MASTER_MC", "WO_Site", "--database", sandbox_database])
    main(["drift", "add", "JC_JOB_MASTER_MC", "Region", "text(5)", "--database", sandbox_database])
    with psycopg.connect(sandbox_database) as connection:
        names = {
            row[0]
            for row in connection.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = 'JC_JOB_MASTER_MC'"
            )
        }
    assert "WO_Site" not in names
    assert "Region" in names
    with pytest.raises(SystemExit, match="needs a type"):
        main(["drift", "add", "JC_JOB_MASTER_MC", "Other", "--database", sandbox_database])


def test_overlong_authorization_id_is_refused_without_showing_it(
    sandbox_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_AUTHORIZATION_ID", "secret-" * 4)
    with pytest.raises(SystemExit, match="28 characters") as refused:
        main(["serve", "--database", sandbox_database])
    assert "secret-" not in str(refused.value)
