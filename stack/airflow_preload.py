"""What the local Airflow's scheduler and DAG processor import before they fork. Used by `stack.airflow`.

LocalExecutor forks its tasks from the scheduler: what that one has imported, no task imports again. Great Expectations
alone takes two seconds of processor time, in every check of every company; the library a quarter of a second, in
every task. The DAG processor forks a process for every file, every minute: importing took more than half of a core.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

_OF_DAGS = (
    "airflow.dag_processing.dagbag",
    "airflow.providers.standard.decorators.python",
    "airflow.providers.standard.operators.hitl",
)
_OF_TASKS = (
    *_OF_DAGS,
    "lxml.etree",
    "psycopg",
    "requests",
    "pymssql",
)
#: What the project's own DAG files import, and what is called when a run has ended, which the DAG processor does, too.
DAGS = (
    "spectrum_etl.notify.send_once",
    "spectrum_etl.orchestration.by_hand_dag",
    "spectrum_etl.orchestration.connections_dag",
    "spectrum_etl.orchestration.digest_dag",
    "spectrum_etl.orchestration.export_dag",
    "spectrum_etl.orchestration.import_dag",
    "spectrum_etl.orchestration.link_dag",
    "spectrum_etl.orchestration.marts_dag",
    "spectrum_etl.orchestration.retention_dag",
    "spectrum_etl.orchestration.staging_dag",
    "spectrum_etl.orchestration.undo_dag",
    "spectrum_etl.orchestration.unlink_dag",
    "spectrum_etl.orchestration.verify_dag",
    "spectrum_etl.orchestration.watch_dag",
    "spectrum_etl.warehouse.connect",
)
#: What the project's own tasks import.
TASKS = (
    "spectrum_etl.exports.steps.answer",
    "spectrum_etl.exports.spectrum",
    "spectrum_etl.exports.steps.collect",
    "spectrum_etl.orchestration.export_dag",
    "spectrum_etl.orchestration.export_tasks",
    "spectrum_etl.exports.objects.registry",
    "spectrum_etl.exports.steps.ask",
    "spectrum_etl.exports.systems",
    "spectrum_etl.marts.publish",
    "spectrum_etl.sources.sdx.write",
    "spectrum_etl.staging.check",
    "spectrum_etl.staging.checks.expectations",
    "spectrum_etl.orchestration.staging_dag",
    "spectrum_etl.staging.land",
    "spectrum_etl.staging.publish",
    "spectrum_etl.sources.company",
)
_WITH_LIBRARIES = """
import importlib, logging, sys
logging.getLogger("great_expectations").setLevel(logging.WARNING)
import airflow
for name in sys.argv.pop(1).split(","):
    importlib.import_module(name)
from airflow.__main__ import main
main()
"""


def scheduler_command(preloaded: Sequence[str]) -> list[str | Path]:
    """Return the command of a scheduler that has imported what tasks import.

    Args:
        preloaded: modules below `plugins`.
    """
    return _command((*_OF_TASKS, *preloaded), "scheduler", "--skip-serve-logs")


def dag_processor_command(preloaded: Sequence[str]) -> list[str | Path]:
    """Return the command of a DAG processor that has imported what DAG files import.

    Args:
        preloaded: modules below `plugins`.
    """
    return _command((*_OF_DAGS, *preloaded), "dag-processor")


def _command(modules: Sequence[str], *words: str) -> list[str | Path]:
    return [sys.executable, "-P", "-c", _WITH_LIBRARIES, ",".join(modules), *words]
