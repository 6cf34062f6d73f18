"""The DAG that keeps the marts up to date."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, Asset, AssetAny, Param, get_current_context, task

from spectrum_etl.marts.spec import MARTS, SOURCES
from spectrum_etl.model import dag_ids
from spectrum_etl.orchestration.dag_defaults import companies_of_form, companies_param, make_dag
from spectrum_etl.orchestration.grid import OF_COMPANY, name_company
from spectrum_etl.orchestration.staging_dag import TAGS, asset_of
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.staging.objects import OBJECTS


def marts_dag(doc: str | None) -> DAG:
    """Make the DAG `publish_marts`.

    Args:
        doc: documentation for the operator: the DAG file's docstring.
    """
    settings = load_settings()
    staged = [asset_of(table) for obj in OBJECTS.values() for table in obj.tables if table.name in SOURCES]
    with make_dag(
        dag_ids.PUBLISH_MARTS,
        "Tables for analysts, brought up to what is staged",
        doc,
        settings,
        schedule=AssetAny(*staged),
        tags=[*TAGS, "marts"],
        params={
            "companies": companies_param(
                settings, "Spectrum company codes. All configured ones unless you take some away."
            ),
            "full_rebuild": Param(
                False,
                type="boolean",
                title="Full rebuild",
                description="Compute everything again, whatever has changed; only differences are written",
            ),
        },
    ) as dag:
        _tasks()
    return dag


def _tasks() -> None:
    marts = {mart.name: Asset(name=mart.relation, group="marts") for mart in MARTS}

    @task
    def plan() -> list[str]:
        """The companies of the trigger form."""
        return [company.code for company in companies_of_form(get_current_context())]

    @task(pool="warehouse", outlets=list(marts.values()), map_index_template=OF_COMPANY)
    def publish(company_code: str) -> dict[str, dict[str, Any]]:
        """Write the rows of one company that changed, in one transaction."""
        from spectrum_etl.marts.publish import publish_marts
        from spectrum_etl.warehouse.connect import warehouse_url

        context = get_current_context()
        now = load_settings()
        company = now.company(company_code)
        name_company(context, company)
        written = publish_marts(
            warehouse_url(),
            company.code,
            whole=context["params"]["full_rebuild"],
            closing=now.closing(company.code),
            zone=now.timezone,
            change_types=now.estimate_change_types,
        )
        results = {name: result.to_dict() for name, result in written.items()}
        for name, result in results.items():
            context["outlet_events"][marts[name]].extra = {"company_code": company.code, **result}
        return results

    publish.expand(company_code=plan())
