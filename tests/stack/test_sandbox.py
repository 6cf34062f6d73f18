"""The sandbox as a background process of the demo."""

from pathlib import Path

import psycopg
import pytest

from stack import processes
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
