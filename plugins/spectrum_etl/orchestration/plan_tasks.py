"""The tasks that the DAGs of plans into Procore have in common: ask, apply what was accepted, read back, report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.sdk import chain, get_current_context, task, task_group

from spectrum_etl.orchestration.approval import WAITS_WITHOUT_END
from spectrum_etl.orchestration.grid import OF_COMPANY
from spectrum_etl.orchestration.plan_approval import ApprovePlan


def tasks_of_plans(planning: Sequence[Any], object_name: str = "") -> None:
    """Make the tasks of a DAG; for each company, after those that plan.

    Args:
        planning: the tasks of one company before somebody is asked, in their order.
        object_name: object that is imported; blank: the one that the trigger form names, whose import is undone.
    """

    def planned() -> str:
        return object_name or get_current_context()["params"]["object"]

    @task
    def plan() -> list[dict[str, str]]:
        """The companies of the trigger form."""
        from spectrum_etl.orchestration.import_tasks import companies_of

        return companies_of(get_current_context())

    @task(pool="procore", map_index_template=OF_COMPANY)
    def apply(company: dict[str, str]) -> dict[str, int]:
        """Apply what was accepted in this run's question."""
        from spectrum_etl.orchestration.import_tasks import apply_company

        return apply_company(planned(), get_current_context(), company["company"])

    # Whatever became of the others: what was written is read back.
    @task(pool="procore", map_index_template=OF_COMPANY, trigger_rule="all_done")
    def compare(company: dict[str, str]) -> int:
        """Read back what was written; how many records hold what was sent."""
        from spectrum_etl.orchestration.import_tasks import compare_company

        return compare_company(planned(), get_current_context(), company["company"])

    # It runs whatever became of the others, and decides by itself: a skipped task would let the run end well.
    @task(pool="warehouse", trigger_rule="all_done")
    def report(companies: list[dict[str, str]] | None) -> dict[str, int]:
        """Say what became of every row; fail where a person must look."""
        from spectrum_etl.orchestration.import_tasks import report_companies

        return report_companies(planned(), get_current_context(), companies, undo=not object_name)

    companies: Any = plan()

    @task_group
    def company(company: dict[str, str]) -> None:
        """One company: plan, ask, apply, read back."""
        asked = ApprovePlan(
            task_id="approve",
            object_name=object_name,
            company=company,
            undo=not object_name,
            pool="procore",
            map_index_template="{{ task.company['name'] }}",
            **WAITS_WITHOUT_END,
        )
        chain(*(each(company) for each in planning), asked, apply(company), compare(company))

    company.expand(company=companies) >> report(companies)
