"""The DAG that compares staged tables with the source."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, Variable, get_current_context, task

from spectrum_etl.model import dag_ids
from spectrum_etl.orchestration.dag_defaults import daily, make_dag, refuse_unknown_fields
from spectrum_etl.orchestration.quiet import wait_for_quiet_hours
from spectrum_etl.orchestration.staging_dag import TAGS
from spectrum_etl.orchestration.turns import POOL, turn_at_infolink
from spectrum_etl.settings import SCHEDULES_VARIABLE, in_force
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.staging.objects import OBJECTS


def verify_dag(doc: str | None) -> DAG:
    """Make the DAG `verify_staging`.

    Args:
        doc: documentation for the operator: the DAG file's docstring.
    """
    settings = load_settings()
    with make_dag(
        dag_ids.VERIFY_STAGING,
        "Staged tables compared with Spectrum: rows and amounts",
        doc,
        settings,
        schedule=daily(settings, 1),
        tags=[*TAGS, "verification"],
    ) as dag:

        @task
        def plan() -> list[dict[str, str]]:
            """Every object of every company."""
            refuse_unknown_fields(get_current_context())
            return [
                {"company_code": company.code, "object_name": name}
                for company in load_settings().companies
                for name in OBJECTS
            ]

        @task(pool=POOL, map_index_template="{{ subject }}")
        def verify(what: dict[str, str]) -> list[dict[str, Any]]:
            """Compare one object of one company."""
            from spectrum_etl.model.run import Run
            from spectrum_etl.sources.company import Sources
            from spectrum_etl.staging.verify import verify as verify_object
            from spectrum_etl.warehouse.connect import warehouse_url

            context = get_current_context()
            context["subject"] = f"{what['object_name']} of {what['company_code']}"  # type: ignore[typeddict-unknown-key]
            instance = context["ti"]
            run = Run(instance.dag_id, instance.run_id, instance.try_number)
            now = in_force(load_settings(), Variable.get(SCHEDULES_VARIABLE, default=None), OBJECTS.values())
            wait_for_quiet_hours(now)
            company = now.company(what["company_code"])
            with (
                Sources.from_airflow(company.code, now) as sources,
                turn_at_infolink(sources.infolink_server, now),
            ):
                results = verify_object(warehouse_url(), OBJECTS[what["object_name"]], run, sources, now)
            return [{"rows": r.rows_checked, "status": r.status} for r in results]

        verify.expand(what=plan())
    return dag
