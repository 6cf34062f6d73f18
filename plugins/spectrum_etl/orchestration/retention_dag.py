"""The DAG that removes what need not be kept."""

from __future__ import annotations

from airflow.sdk import DAG, get_current_context, task

from spectrum_etl.model import dag_ids
from spectrum_etl.orchestration.dag_defaults import daily, make_dag, refuse_unknown_fields
from spectrum_etl.orchestration.rights import require_operator
from spectrum_etl.staging.configured import load_settings


def clean_up_dag(doc: str | None) -> DAG:
    """Make the DAG `clean_up`.

    Args:
        doc: documentation for the operator: the DAG file's docstring.
    """
    settings = load_settings()
    with make_dag(
        dag_ids.CLEAN_UP,
        "Removes from the warehouse what is neither current nor young enough to be kept",
        doc,
        settings,
        # After the digest, when the day's syncs are over.
        schedule=daily(settings, 3),
        tags=["spectrum", "operations", "retention"],
    ) as dag:

        @task(pool="warehouse")
        def remove() -> dict[str, int]:
            """Remove what is past the days of the settings; how much that was, by kind."""
            from spectrum_etl.retention.clean import clean_up
            from spectrum_etl.warehouse.connect import warehouse_url

            context, now = get_current_context(), load_settings()
            refuse_unknown_fields(context)
            if context["dag_run"].run_type != "scheduled":
                require_operator(context, now, "clean up by hand")
            return clean_up(warehouse_url(), now.retention)

        remove()
    return dag
