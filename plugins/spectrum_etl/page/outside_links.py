"""Links out of the page: where a record, its DAG, its run and its log are, in Procore and in Airflow.

Addresses within Airflow are relative to the page, which lies one step below Airflow's own address.
"""

from __future__ import annotations

from typing import Any

from spectrum_etl.model import dag_ids
from spectrum_etl.page.airflow_api import part
from spectrum_etl.page.reads import Row
from spectrum_etl.settings import Settings


def of_record(row: Row, settings: Settings) -> list[dict[str, Any]]:
    """The links of a record of the exports.

    Args:
        row: of `queue_row`.
        settings: the site of Procore, and the Procore company of the record's company.

    Returns:
        Each with `title`, `href`, and `outside`, whether it leaves Airflow.
    """
    dag = f"../dags/{dag_ids.EXPORT}{part(row['object_name'])}"
    links: list[dict[str, Any]] = []
    if href := _procore(row, settings):
        links.append({"title": "Procore", "href": href, "outside": True})
    links.append({"title": "DAG in Airflow", "href": dag, "outside": False})
    if row["asks_run_id"]:
        log = f"{dag}/runs/{part(row['asks_run_id'])}/tasks/{part(row['asks_task_id'])}/mapped/{row['asks_map_index']}"
        links.append({"title": "Log in Airflow", "href": log, "outside": False})
    elif row["run_id"]:
        links.append({"title": "Run in Airflow", "href": f"{dag}/runs/{part(row['run_id'])}", "outside": False})
    return links


def connection_of(kind: str, company: str | None, settings: Settings) -> str | None:
    """The Airflow connection of a kind; None where it is not known which.

    Args:
        kind: web services, Info-Link, Procore or warehouse.
        company: company code; None where the state is that of all companies.
    """
    if kind in ("Procore", "warehouse"):
        return kind.lower()
    companies = [one for one in settings.companies if company in (None, one.code)]
    named = {one.sdx_conn_id if kind == "web services" else one.infolink_conn_id for one in companies}
    return named.pop() if len(named) == 1 else None


def _procore(row: Row, settings: Settings) -> str | None:
    """Where people find the record in Procore: its project, or the company's directory.

    Procore documents no addresses of single records for people; those of a project and of a directory are stable.
    """
    site = settings.page.procore_site
    if row["project_id"]:
        return f"{site}/{part(row['project_id'])}/project/home"
    company = next((one for one in settings.companies if one.code == row["company_code"]), None)
    if company is None or company.procore_company_id is None:
        return None
    return f"{site}/{company.procore_company_id}/company/directory"
