"""The DAG that takes an import back: a plan that is looked at, accepted and applied like any other."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, Param, get_current_context, task, task_group

from spectrum_etl.imports.objects import IMPORTS
from spectrum_etl.orchestration.callbacks import on_failure, on_success
from spectrum_etl.orchestration.dag_defaults import START, companies_param, task_defaults
from spectrum_etl.orchestration.import_dag import MAX_ACTIVE_RUNS, TAGS
from spectrum_etl.orchestration.plan_approval import ApprovePlan
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
    with DAG(
        dag_id="undo_import",
        description="Takes an import into Procore back",
        doc_md=doc,
        schedule=None,
        start_date=START,
        catchup=False,
        max_active_runs=MAX_ACTIVE_RUNS,
        tags=TAGS,
        on_failure_callback=on_failure,
        on_success_callback=on_success,
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
        default_args=task_defaults(settings),
    ) as dag:
        _tasks()
    return dag


def _tasks() -> None:
    readable = "{{ company }}"

    @task
    def plan() -> list[dict[str, str]]:
        """The companies of the trigger form."""
        from spectrum_etl.orchestration.import_tasks import companies_of

        return companies_of(get_current_context())

    @task(pool="procore", map_index_template=readable)
    def make_plan(company: dict[str, str]) -> dict[str, int]:
        """Look at what the run has done and what Procore holds now, and write the plan."""
        from spectrum_etl.orchestration.import_tasks import plan_undo_company

        context = get_current_context()
        return plan_undo_company(context["params"]["object"], context, company["company"])

    @task(pool="procore", map_index_template=readable)
    def apply(company: dict[str, str]) -> dict[str, int]:
        """Apply what was accepted."""
        from spectrum_etl.orchestration.import_tasks import apply_company

        context = get_current_context()
        return apply_company(context["params"]["object"], context, company["company"])

    @task(pool="procore", map_index_template=readable, trigger_rule="all_done")
    def compare(company: dict[str, str]) -> int:
        """Read back what was written; how many records hold what was sent."""
        from spectrum_etl.orchestration.import_tasks import compare_company

        context = get_current_context()
        return compare_company(context["params"]["object"], context, company["company"])

    @task(pool="warehouse", trigger_rule="all_done")
    def report(companies: list[dict[str, str]] | None) -> dict[str, int]:
        """Say what became of every row; fail where a person must look."""
        from spectrum_etl.orchestration.import_tasks import report_companies

        context = get_current_context()
        return report_companies(context["params"]["object"], context, companies, undo=True)

    companies: Any = plan()

    @task_group
    def company(company: dict[str, str]) -> None:
        """One company: plan, ask, apply, read back."""
        asked = ApprovePlan(
            task_id="approve",
            object_name="",
            company=company,
            undo=True,
            pool="procore",
            map_index_template="{{ task.company['name'] }}",
            retries=0,
            # An execution timeout of this operator would end the wait for the approver, which has no end.
            execution_timeout=None,
        )
        make_plan(company) >> asked >> apply(company) >> compare(company)

    company.expand(company=companies) >> report(companies)
