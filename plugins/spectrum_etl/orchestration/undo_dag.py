"""The DAG that takes an import back: a plan that is looked at, accepted and applied like any other."""

from __future__ import annotations

from airflow.sdk import DAG, Param, get_current_context, task

from spectrum_etl.imports.objects import IMPORTS
from spectrum_etl.model import dag_ids
from spectrum_etl.orchestration.dag_defaults import companies_param, make_dag
from spectrum_etl.orchestration.grid import OF_COMPANY
from spectrum_etl.orchestration.import_dag import MAX_ACTIVE_RUNS, TAGS
from spectrum_etl.orchestration.plan_tasks import tasks_of_plans
from spectrum_etl.staging.configured import load_settings


def undo_dag(doc: str | None) -> DAG:
    """Make the DAG `undo_import`.

    Args:
        doc: documentation for the operator: the DAG file's docstring.

    Raises:
        FixConfiguration: the settings hold something that is not allowed.
    """
    settings = load_settings()
    imported = [company.code for company in settings.companies if company.procore_company_id is not None]
    with make_dag(
        dag_ids.UNDO_IMPORT,
        "Takes an import into Procore back",
        doc,
        settings,
        tags=TAGS,
        params={
            "object": Param(next(iter(IMPORTS)), type="string", enum=list(IMPORTS), title="Object"),
            "companies": companies_param(settings, "Spectrum company codes: those of the run.", imported),
            "run_id": Param(
                "",
                type="string",
                title="Run",
                description="Run id of the import to take back, as the grid of its DAG and `procore.calls` have it",
            ),
            "dry_run": Param(
                False,
                type="boolean",
                title="Dry run",
                description="Only make a plan, and show it in the log of `make_plan`. Nobody is asked.",
            ),
        },
        max_active_runs=MAX_ACTIVE_RUNS,
    ) as dag:
        _tasks()
    return dag


def _tasks() -> None:
    @task(pool="procore", map_index_template=OF_COMPANY)
    def make_plan(company: dict[str, str]) -> dict[str, int]:
        """Look at what the run has done and what Procore holds now, and write the plan."""
        from spectrum_etl.orchestration.import_tasks import plan_undo_company

        context = get_current_context()
        return plan_undo_company(context["params"]["object"], context, company["company"])

    tasks_of_plans((make_plan,))
