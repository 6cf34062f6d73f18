"""What the local Airflow's scheduler imports before it forks tasks. Used by `stack.airflow`.

LocalExecutor forks its tasks from the scheduler: what that one has imported, no task imports again. Great Expectations
alone takes three seconds of processor time, in every check of every company; the library a quarter of a second, in
every task.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

_LIBRARIES = (
    "airflow.dag_processing.dagbag",
    "airflow.providers.standard.decorators.python",
    "airflow.providers.standard.operators.hitl",
    "great_expectations.expectations",
    "lxml.etree",
    "psycopg",
    "requests",
    "sqlalchemy.dialects.mssql.pymssql",
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
    """Return the command of a scheduler that has imported these modules, and the libraries.

    Args:
        preloaded: modules below `plugins`.
    """
    modules = ",".join((*_LIBRARIES, *preloaded))
    return [sys.executable, "-P", "-c", _WITH_LIBRARIES, modules, "scheduler", "--skip-serve-logs"]
