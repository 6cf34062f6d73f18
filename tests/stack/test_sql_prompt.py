"""D22: `make sql` opens as an analyst, who reads what analysts read and can break nothing; ROLE=owner asks more."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.ddl import ensure_table
from spectrum_etl.warehouse.migrate import migrate
from stack import postgres_files, sql_prompt
from stack.demo import WAREHOUSE_ROLE
from stack.errors import StackError
from stack.postgres import NO_DURABILITY, EmbeddedPostgres
from stack.secret_values import Secrets, load_secrets
from tests.clusters import cluster_folder

_ROOT = Path(__file__).resolve().parents[2]
Prompt = Callable[[str, str], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """A server of its own, since roles are the whole server's, with the warehouse as the demo makes it: still empty."""
    with cluster_folder() as folder:
        own = EmbeddedPostgres(folder / "postgres", settings=NO_DURABILITY)
        try:
            own.start()
            own.create_role(WAREHOUSE_ROLE, Secrets().warehouse, may_create_roles=True)
            own.create_database("warehouse", owner=WAREHOUSE_ROLE)
            yield own
        finally:
            own.stop(checkpoint=False)


@pytest.fixture(scope="module")
def prompt(server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Prompt:
    """What psql says to a query when it is opened as the prompt opens it; a sync has been there."""
    secrets, _ = load_secrets(tmp_path_factory.mktemp("prompt") / "secrets.json")
    with pytest.raises(StackError, match=r"nothing has been staged yet.*make demo"):
        sql_prompt.login(server, secrets, "analyst")
    server.create_role(WAREHOUSE_ROLE, secrets.warehouse, may_create_roles=True)
    with connect(server.url("warehouse", WAREHOUSE_ROLE, secrets.warehouse)) as connection:
        connection.autocommit = True
        migrate(connection)
        for table in (table for entry in OBJECTS.values() for table in entry.tables):
            ensure_table(connection, table)

    def ask(role: str, query: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **sql_prompt.login(server, secrets, role)}
        command = [str(postgres_files.wheel_programs() / "psql"), "-X", "-A", "-t", "-c", query]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return ask


def test_an_analyst_reads_what_analysts_read(prompt: Prompt) -> None:
    for query in ("select count(*) from jobs", "select count(*) from freshness", "select count(*) from sync.runs"):
        answer = prompt("analyst", query)
        assert (answer.stdout, answer.returncode) == ("0\n", 0), answer.stderr
    assert prompt("analyst", "select current_user").stdout == "analyst\n"


@pytest.mark.parametrize(
    "query",
    [
        "delete from spectrum.jobs",
        "drop table spectrum.jobs",
        "update sync.runs set state = 'published'",
        "select * from export.queue",
        "create table spectrum.mine (a int)",
        "set role spectrum_sync",
    ],
)
def test_an_analyst_breaks_nothing_and_sees_no_export(prompt: Prompt, query: str) -> None:
    answer = prompt("analyst", query)
    assert answer.returncode != 0
    assert "permission denied" in answer.stderr or "must be owner" in answer.stderr


def test_the_owner_is_asked_for_by_name(prompt: Prompt) -> None:
    assert prompt("owner", "select current_user").stdout == f"{WAREHOUSE_ROLE}\n"
    assert prompt("owner", "select count(*) from export.queue").stdout == "0\n"


def test_another_role_is_refused_with_those_that_there_are(server: EmbeddedPostgres) -> None:
    with pytest.raises(StackError, match="no role admin: make sql opens as the analyst, make sql ROLE=owner as"):
        sql_prompt.login(server, Secrets(), "admin")


@pytest.mark.parametrize(("words", "role"), [([], "analyst"), (["ROLE=owner"], "owner")])
def test_make_hands_the_role_on(words: list[str], role: str) -> None:
    said = subprocess.run(
        ["make", "--dry-run", "--assume-old=.venv/.installed", "sql", *words],
        cwd=_ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert f"stack.sql_prompt --role='{role}'" in said.stdout
