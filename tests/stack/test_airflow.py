"""A real Airflow: healthy, private to this machine, and gone without a trace after it was stopped."""

import socket
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from stack import airflow as airflow_module
from stack import patience, processes
from stack.airflow import LocalAirflow
from stack.airflow_settings import apply_settings
from stack.errors import StackError
from stack.ports import next_free_port
from stack.postgres import EmbeddedPostgres
from stack.progress import Board, Progress
from stack.secret_values import Secrets, load_secrets
from stack.stage_runs import FollowedRun, failure, follow, start_runs, wait_until_parsed
from tests.stack.foreign import Foreign, foreign_server

pytestmark = [pytest.mark.airflow, pytest.mark.slow]

_DAG = """
from datetime import datetime, timezone
from airflow.sdk import dag, task

@dag(schedule="0 0 1 1 *", start_date=datetime(2025, 1, 1, tzinfo=timezone.utc), catchup=False)
def good():
    @task
    def greet():
        return 1
    greet()

@dag(schedule=None)
def bad():
    @task
    def stumble():
        raise ValueError("job 17: field Phase_Code is longer than 20")
    stumble()

good()
bad()
"""
# A file that takes more than ten seconds is given up on, and tried again soon.
_QUICK = {"AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "10", "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "5"}
_SETTINGS = Path(__file__).resolve().parents[2] / "airflow_settings.yaml"


@dataclass(frozen=True)
class Started:
    """An Airflow, what its start said, and the program that took the port it had found."""

    airflow: LocalAirflow
    said: list[str]
    thief: Foreign


@pytest.fixture(scope="module")
def started(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """An Airflow with two small DAGs. Its preferred port is taken by another program, and so is, right after it was
    found to be free, the first one that it chooses instead.
    """
    home = tmp_path_factory.mktemp("airflow")
    for folder in ("dags", "plugins"):
        (home / folder).mkdir()
    (home / "dags" / "two.py").write_text(_DAG)
    secrets, _ = load_secrets(home / "secrets.json")
    url = postgres.create_database("airflow_of_stack_tests")
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        foreign_server() as thief,
        pytest.MonkeyPatch.context() as patch,
    ):
        found = iter([thief.port])
        patch.setattr(airflow_module, "next_free_port", lambda first: next(found, 0) or next_free_port(first))
        ours = LocalAirflow(
            home, home, url, home / "dags", home / "plugins", secrets, first_port=taken.getsockname()[1], preloaded=(),
            extra=_QUICK,
        )  # fmt: skip
        said: list[str] = []
        try:
            assert ours.start(said.append)
            yield Started(ours, said, thief)
        finally:
            ours.stop()


@pytest.fixture
def airflow(started: Started) -> LocalAirflow:
    """See `started`."""
    return started.airflow


def test_d21_one_that_lost_its_port_takes_another_and_shows_nobody_its_passwords(started: Started) -> None:
    assert started.airflow.api().dags().keys() <= {"good", "bad"}
    assert not started.airflow.url.endswith(f":{started.thief.port}")
    assert any(f"taken port {started.thief.port}" in line for line in started.said)
    assert not started.thief.asked("/auth/token")


def test_it_listens_on_loopback_only_and_avoids_a_taken_port(airflow: LocalAirflow) -> None:
    listening = set()
    for process in processes.find(str(airflow.home)):
        with suppress(psutil.NoSuchProcess):  # the processes of DAG files come and go
            connections = process.net_connections("inet")
            listening |= {found.laddr for found in connections if found.status == psutil.CONN_LISTEN}
    assert {address.ip for address in listening} == {"127.0.0.1"}
    assert airflow.url == f"http://localhost:{listening.pop().port}"
    assert not airflow.url.endswith(f":{airflow.first_port}")


def test_four_users_with_their_own_passwords(airflow: LocalAirflow) -> None:
    assert len(set(airflow.secrets.users.values())) == 4
    for user in ("admin", "ops", "vera", "accounting"):
        assert {"good", "bad"} >= airflow.api(user).dags().keys()
    with pytest.raises(StackError, match="403"):
        airflow.api("vera").trigger("bad")
    airflow.secrets.users["nobody"] = "guess"
    with pytest.raises(StackError, match="refuses user 'nobody'"):
        airflow.api("nobody").dags()


def test_settings_are_applied_and_what_people_changed_is_kept(airflow: LocalAirflow) -> None:
    api = airflow.api()
    apply_settings(api, _SETTINGS, {"warehouse": {"host": "127.0.0.1", "port": 5001, "password": "hidden"}})
    api.put("pools", [{"name": "procore", "slots": 7, "include_deferred": False}])
    apply_settings(api, _SETTINGS, {"warehouse": {"host": "127.0.0.1", "port": 5002, "password": "hidden"}})
    found = {entry["connection_id"]: entry for entry in api.call("GET", "connections", limit=100)["connections"]}
    assert {"spectrum_sdx", "spectrum_infolink", "procore", "warehouse"} <= found.keys()
    assert (found["warehouse"]["host"], found["warehouse"]["port"]) == ("127.0.0.1", 5002)
    pools = {pool["name"]: pool["slots"] for pool in api.call("GET", "pools", limit=100)["pools"]}
    assert (pools["spectrum_sdx"], pools["procore"]) == (3, 7)
    assert api.call("GET", "variables/spectrum_schedules")["value"] == "{}"


def test_runs_are_followed_and_a_failure_names_task_reason_and_log(airflow: LocalAirflow, progress: Progress) -> None:
    api = airflow.api()
    wait_until_parsed(airflow, ["good", "bad"])
    runs = start_runs(api, ["good", "bad"], print)
    assert follow(api, runs, Board(progress, None)) == [runs[1]]
    assert len(api.runs("good")) == 1, "the run that unpausing starts is followed, not doubled"
    message = failure(api, runs[1], airflow.home)
    assert "bad, task stumble" in message
    assert "job 17: field Phase_Code is longer than 20" in message
    assert Path(message.rsplit("log: ", 1)[1]).exists()


def test_a_running_one_is_kept_until_the_library_changes(airflow: LocalAirflow) -> None:
    sql = airflow.plugins.parent / "include" / "sql" / "page.sql"
    sql.parent.mkdir(parents=True)
    for read_once in (airflow.plugins / "new.py", airflow.plugins / "page.js", sql):
        assert airflow.running()
        read_once.write_text("")
        assert not airflow.running()
        read_once.unlink()
    assert airflow.running()


def test_secrets_are_private_and_not_in_arguments(airflow: LocalAirflow) -> None:
    for file in (airflow.home / "secrets.json", airflow.home / "passwords.json"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    arguments = " ".join(" ".join(process.cmdline()) for process in processes.find(str(airflow.home)))
    secrets = airflow.secrets
    for secret in (secrets.fernet_key, secrets.jwt_secret, secrets.users["admin"], airflow.database_url):
        assert secret not in arguments


def test_d21_a_dag_that_took_too_long_to_import_is_waited_for_and_a_broken_one_is_one_line(
    airflow: LocalAirflow,
) -> None:
    """The first import of this file outlives Airflow's limit, as any does on a machine that is busy enough."""
    (airflow.dags / "late.py").write_text(
        "import pathlib, time\n"
        f"been = pathlib.Path({str(airflow.home / 'been')!r})\n"
        "if not been.exists():\n    been.touch()\n    time.sleep(60)\n"
        "from airflow.sdk import DAG\ndag = DAG('late', schedule=None)\n"
    )
    wait_until_parsed(airflow, ["late"])
    assert (airflow.home / "been").exists()
    (airflow.dags / "broken.py").write_text("from airflow.sdk import DAG\nraise ValueError('job 17 is wrong')\n")
    with pytest.raises(StackError) as caught:
        wait_until_parsed(airflow, ["never"])
    assert str(caught.value) == "Airflow cannot import these DAG files:\n  broken.py: ValueError: job 17 is wrong"
    (airflow.dags / "broken.py").unlink()
    deadline = time.monotonic() + 60
    while errors := airflow.api().import_errors():
        assert time.monotonic() < deadline, errors
        time.sleep(0.2)


def test_stop_leaves_no_process_even_with_a_task_at_work(airflow: LocalAirflow) -> None:
    (airflow.dags / "slow.py").write_text(
        "from airflow.sdk import dag, task\n@dag(schedule=None)\ndef slow():\n    @task\n    def nap():\n"
        "        import subprocess\n        subprocess.run(['sleep', '120'])\n    nap()\nslow()\n"
    )
    api = airflow.api()
    wait_until_parsed(airflow, ["slow"])
    api.set_paused("slow", False)
    run = FollowedRun("slow", api.trigger("slow"))
    deadline = time.monotonic() + 60
    while not any("sleep" in process.name() for process in processes.find(str(airflow.home))):
        assert time.monotonic() < deadline, api.task_instances(run.dag_id, run.run_id)
        time.sleep(0.2)
    airflow.stop()
    assert processes.find(str(airflow.home)) == []
    assert not airflow.running()


def test_d21_whoever_takes_its_port_after_it_stopped_is_sent_nothing(airflow: LocalAirflow) -> None:
    airflow.stop()
    with foreign_server(int(airflow.url.rpartition(":")[2])) as foreign:
        assert not airflow.running()
        with pytest.raises(StackError, match="another program has taken the port"):
            airflow.api().dags()
        assert foreign.received == []
    assert processes.find(str(airflow.home)) == []


def test_d21_a_command_that_does_nothing_is_given_up_on(
    postgres: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = tmp_path / "idle"
    idle.write_text("#!/bin/sh\nexec sleep 600\n")
    idle.chmod(0o700)
    monkeypatch.setattr(airflow_module, "AIRFLOW", idle)
    monkeypatch.setattr(patience, "STILL_SECONDS", 1)
    stuck = LocalAirflow(tmp_path, tmp_path, postgres.url(), tmp_path, tmp_path, Secrets(), first_port=18090)
    try:
        with pytest.raises(StackError, match=r"airflow db migrate does not end: migrate has done nothing for \d+ s"):
            stuck.start(print)
    finally:
        stuck.stop()


def test_a_component_that_dies_is_reported_with_its_log(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    broken = LocalAirflow(
        tmp_path,
        tmp_path,
        "postgresql://nobody:wrong@127.0.0.1:1/none",
        tmp_path,
        tmp_path,
        Secrets(),
        first_port=18090,
    )
    with pytest.raises(StackError, match="db migrate failed") as caught:
        broken.start(print)
    assert str(tmp_path / "airflow-migrate.log") in str(caught.value)
    assert "wrong" not in str(caught.value)
    assert processes.find(str(tmp_path)) == []
