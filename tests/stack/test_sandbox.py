"""The sandbox as a background process of the demo."""

import shutil
from pathlib import Path

import psycopg
import pytest

from stack import patience, processes
from stack.errors import StackError
from stack.sandbox import LocalSandbox

_PROJECT = Path(__file__).resolve().parents[2]


def _sandbox(folder: Path, url: str) -> LocalSandbox:
    return LocalSandbox(_PROJECT, folder, folder, url, "AUTHORIZATION", "infolink-secret", "client-secret")


def test_it_loads_itself_serves_both_ports_and_leaves_nothing(tmp_path: Path, database: str) -> None:
    sandbox = _sandbox(tmp_path, database)
    try:
        sandbox.start(print)
        assert sandbox.running()
        with psycopg.connect(database) as connection:
            assert connection.execute('SELECT count(*) > 0 FROM dbo."JC_JOB_MASTER_MC"').fetchone() == (True,)
        log = (tmp_path / "sandbox.log").read_text()
        assert "secret" not in log
        assert "AUTHORIZATION" not in log
    finally:
        sandbox.stop()
    assert processes.find(str(tmp_path)) == []
    assert not sandbox.running()


def test_one_that_dies_tells_why_and_where_its_log_is(tmp_path: Path) -> None:
    sandbox = _sandbox(tmp_path, "postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StackError, match="the sandbox died") as caught:
        sandbox.start(print)
    assert str(tmp_path / "sandbox.log") in str(caught.value)


@pytest.mark.slow
def test_d21_after_an_upgrade_the_old_one_is_not_kept(tmp_path: Path, database: str) -> None:
    shutil.copytree(_PROJECT / "sandbox", tmp_path / "sandbox", ignore=shutil.ignore_patterns("__pycache__"))
    run = tmp_path / "run"
    run.mkdir()
    sandbox = LocalSandbox(tmp_path, run, run, database, "AUTHORIZATION", "infolink-secret", "client-secret", 10, 200)
    try:
        sandbox.start(print)
        before = {process.pid for process in processes.find(str(run))}
        sandbox.start(print)
        assert {process.pid for process in processes.find(str(run))} == before, "the same code: it is kept"
        changed = tmp_path / "sandbox" / "sdx" / "__init__.py"
        changed.write_text(changed.read_text() + "# newer\n")
        assert not sandbox.running()
        sandbox.start(print)
        assert before.isdisjoint(process.pid for process in processes.find(str(run)))
        sandbox.authorization_id = "ANOTHER"
        assert not sandbox.running(), "it asks for another Authorization ID than the connection will give"
    finally:
        sandbox.stop()


# Takes three seconds of processor time, then listens as the sandbox does.
_SLOW = """
import socket, sys, time
while time.process_time() < 3:
    pass
ports = [int(word.partition("=")[2]) for word in sys.argv if "-port=" in word]
servers = [socket.create_server(("127.0.0.1", port)) for port in ports]
time.sleep(600)
"""


@pytest.mark.slow
def test_d21_it_is_waited_for_while_it_works_and_given_up_on_when_it_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "STILL_SECONDS", 2)
    (tmp_path / "sandbox").mkdir()
    sandbox = LocalSandbox(tmp_path, tmp_path, tmp_path, "postgresql://none", "AUTHORIZATION", "infolink", "client")
    try:
        (tmp_path / "sandbox" / "__main__.py").write_text(_SLOW)
        sandbox.start(print)
        assert sandbox.running()
        (tmp_path / "sandbox" / "__main__.py").write_text("import time\ntime.sleep(600)\n")
        with pytest.raises(StackError, match=r"takes no connections: it has done nothing for \d+ s"):
            sandbox.start(print)
    finally:
        sandbox.stop()
