"""`make demo`: from a fresh checkout to staged objects, marts and a page to look at. Run as `python -m stack.demo`."""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.markup import escape

from stack import summary
from stack.airflow import LocalAirflow
from stack.airflow_api import AirflowApi
from stack.airflow_settings import apply_settings
from stack.errors import StackError
from stack.paths import Paths, project_paths, write_private
from stack.postgres import EmbeddedPostgres
from stack.progress import Progress
from stack.questions import QUESTIONS_DAG, ask_approvers
from stack.sandbox import LocalSandbox
from stack.secret_values import load_secrets
from stack.stage_runs import (
    MARTS_DAG,
    STAGE_DAGS,
    FollowedRun,
    end_leftovers,
    failure,
    follow,
    start_runs,
    wait_until_parsed,
)

WAREHOUSE_ROLE = "spectrum_sync"
_LOG_WIDTH = 160  # characters; without a terminal nobody tells


@dataclass(frozen=True)
class Stack:
    """The running parts of one installation."""

    postgres: EmbeddedPostgres
    sandbox: LocalSandbox
    airflow: LocalAirflow
    warehouse_url: str


def main() -> int:
    """Bring everything up, stage all objects, compute the marts, and print what came out.

    Returns:
        0 when all of that is there, else 1.
    """
    console = Console()
    if not console.is_terminal:
        console = Console(width=_LOG_WIDTH, soft_wrap=True)
    paths = project_paths()
    progress = Progress(console)
    try:
        paths.create()
        with paths.alone():
            return _run(paths, progress)
    except StackError as error:
        console.print(f"\n[red]make demo failed:[/red] {escape(str(error))}", highlight=False)
        console.print(f"All logs are in {paths.logs}. `make down` stops what is running.")
        return 1
    except KeyboardInterrupt:
        console.print("\nInterrupted. `make down` stops what is running.")
        return 1


def open_stack(paths: Paths, progress: Progress) -> Stack:
    """Start PostgreSQL with its databases and return the parts; sandbox and Airflow are not started yet.

    Args:
        paths: the installation.
        progress: told what is happening.

    Raises:
        StackError: PostgreSQL does not start.
    """
    secrets, are_new = load_secrets(paths.secrets)
    postgres = EmbeddedPostgres(paths.postgres_data, log=paths.logs / "postgres.log")
    progress.say("starting the embedded PostgreSQL")
    postgres.start()
    if are_new:  # Airflow's stored connections are encrypted with a key that is gone
        postgres.drop_database("airflow")
    owners = {"airflow": ("airflow", secrets.airflow_database), "warehouse": (WAREHOUSE_ROLE, secrets.warehouse)}
    owners["sandbox"] = ("sandbox", secrets.sandbox)
    urls = {}
    for database, (role, password) in owners.items():
        postgres.create_role(role, password, may_create_roles=database == "warehouse")
        postgres.create_database(database, owner=role)
        urls[database] = postgres.url(database, role, password)
    sandbox = LocalSandbox(
        project=paths.project,
        run=paths.run,
        logs=paths.logs,
        database_url=urls["sandbox"],
        authorization_id=secrets.authorization_id,
        infolink_password=secrets.infolink,
        client_secret=secrets.client_secret,
    )
    airflow = LocalAirflow(
        home=paths.airflow_home,
        logs=paths.logs,
        database_url=urls["airflow"],
        dags=paths.project / "dags",
        plugins=paths.project / "plugins",
        secrets=secrets,
    )
    return Stack(postgres, sandbox, airflow, urls["warehouse"])


def run_to_end(
    api: AirflowApi, dag_ids: Sequence[str], what: str, paths: Paths, progress: Progress
) -> list[FollowedRun]:
    """Have some DAGs run once, and show them until all have ended.

    Args:
        api: an admin's client.
        dag_ids: the DAGs, which Airflow knows.
        what: they bring, in a word.
        paths: the installation.
        progress: told what is happening.

    Returns:
        The runs.

    Raises:
        StackError: some failed, each with its reason.
    """
    runs = start_runs(api, dag_ids, progress.say)
    with progress.board(what) as board:
        failed = follow(api, runs, board)
    if failed:
        reasons = "\n\n".join(failure(api, run, paths.airflow_home) for run in failed)
        raise StackError(f"{len(failed)} of {len(runs)} DAGs failed\n\n{reasons}")
    return runs


def _run(paths: Paths, progress: Progress) -> int:
    stack = open_stack(paths, progress)
    stack.sandbox.start(progress.say)
    is_fresh = stack.airflow.start(progress.say)
    api = stack.airflow.api()
    dags = (*STAGE_DAGS, MARTS_DAG)
    if is_fresh:
        end_leftovers(api, dags, progress.say)
    apply_settings(api, paths.airflow_settings, {**stack.sandbox.connections(), "warehouse": _warehouse(stack)})
    _write_env(paths, stack)
    wait_until_parsed(stack.airflow, (*dags, QUESTIONS_DAG))
    runs = run_to_end(api, STAGE_DAGS, "staging", paths, progress)
    # Only now: an unpaused publish_marts would run after each of them, and compete with them.
    run_to_end(api, (MARTS_DAG,), "marts", paths, progress)
    summary.show(progress.console, summary.staged_table(stack.warehouse_url, runs))
    question = paths.project / "include" / "sql" / "examples" / "job_to_date_against_budget.sql"
    summary.show(progress.console, summary.answer(stack.warehouse_url, question))
    _farewell(paths, stack, progress, ask_approvers(api, progress))
    return 0


def _warehouse(stack: Stack) -> dict[str, Any]:
    parts = urlsplit(stack.warehouse_url)
    return {
        "host": parts.hostname,
        "port": parts.port,
        "schema": parts.path.lstrip("/"),
        "login": parts.username,
        "password": parts.password,
    }


def _write_env(paths: Paths, stack: Stack) -> None:
    values = {
        "WAREHOUSE_URL": stack.warehouse_url,
        "SANDBOX_DB_URL": stack.sandbox.database_url,
        "SPECTRUM_SDX_URL": stack.sandbox.sdx_url,
        "PROCORE_URL": stack.sandbox.procore_url,
        "AIRFLOW_URL": stack.airflow.url,
        "AIRFLOW_USER": "admin",
        "AIRFLOW_PASSWORD": stack.airflow.secrets.users["admin"],
    }
    write_private(paths.env, "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items()))


def _farewell(paths: Paths, stack: Stack, progress: Progress, questions: int) -> None:
    users = stack.airflow.secrets.users
    progress.console.print(
        f"\nAll {len(STAGE_DAGS)} objects are staged and the marts are computed; it took {progress.seconds:.0f} s."
        f"\n  Airflow    {stack.airflow.url}   user admin, password {users['admin']}"
        f"\n  Page       {stack.airflow.url}/plugin/erp-integrations   syncs, rejected rows, approvals, into Procore,"
        " job cost"
        f"\n  Approvals  {questions} questions wait on the page; answer as accounting, password {users['accounting']}"
        f"\n  Warehouse  make sql"
        f"\n  Addresses  {paths.env}   logs {paths.logs}"
        f"\n  Stop       make down",
        highlight=False,
        markup=False,
    )


if __name__ == "__main__":
    sys.exit(main())
