"""The DAG that checks every connection."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from airflow.sdk import DAG, Param, Variable, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.model import dag_ids
from spectrum_etl.orchestration.dag_defaults import companies_of_form, companies_param, daily, make_dag
from spectrum_etl.orchestration.grid import OF_COMPANY, name_company
from spectrum_etl.orchestration.quiet import wait_if_scheduled
from spectrum_etl.orchestration.turns import POOL, turn_at_infolink
from spectrum_etl.settings import SCHEDULES_VARIABLE, in_force
from spectrum_etl.settings.schedules import overrides
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.staging.objects import OBJECTS

log = logging.getLogger(__name__)


def connections_dag(doc: str | None) -> DAG:
    """Make the DAG `check_connections`.

    Args:
        doc: documentation for the operator: the DAG file's docstring.
    """
    settings = load_settings()
    with make_dag(
        dag_ids.CHECK_CONNECTIONS,
        "Whether Spectrum, Procore and the warehouse can be used, and where Spectrum differs",
        doc,
        settings,
        # Before the daily syncs, so that what would stop them is known.
        schedule=daily(settings, -1),
        tags=["spectrum", "operations", "connections"],
        params={
            "companies": companies_param(
                settings, "Spectrum company codes. All configured ones unless you take some away."
            ),
            "probe_again": Param(
                False,
                type="boolean",
                title="Try out again",
                description="Ask Procore again what was found out already by writing, in the project that the settings"
                " name for tests (imports.probes): after Procore has changed something.",
            ),
        },
    ) as dag:
        _tasks()
    return dag


def _tasks() -> None:
    @task
    def plan() -> list[str]:
        """The companies of the trigger form."""
        return [company.code for company in companies_of_form(get_current_context())]

    @task(pool="spectrum_sdx", map_index_template=OF_COMPANY)
    def web_services(company_code: str) -> dict[str, Any] | None:
        """Ask every web service of one company; a writing one is looked up, never executed."""
        wait_if_scheduled(get_current_context(), load_settings())
        return _check("web services", company_code)

    @task(pool=POOL, map_index_template=OF_COMPANY)
    def infolink(company_code: str) -> dict[str, Any] | None:
        """Log in to one company's Info-Link, and compare its columns with the specs."""
        from spectrum_etl.sources.company import infolink_connection

        settings = load_settings()
        wait_if_scheduled(get_current_context(), settings)
        with ExitStack() as stack:
            try:
                connection = infolink_connection(settings.company(company_code))
                stack.enter_context(turn_at_infolink(connection.server if connection else None, settings))
            except SpectrumEtlError as error:
                log.warning("Info-Link is checked although others may be querying it: %s", error)
            return _check("Info-Link", company_code)

    @task(pool="procore", map_index_template=OF_COMPANY)
    def procore(company_code: str) -> dict[str, Any] | None:
        """Ask Procore who the service account of one company is."""
        return _check("Procore", company_code)

    @task(pool="warehouse", map_index_template=OF_COMPANY)
    def warehouse(company_code: str) -> dict[str, Any] | None:
        """Log in to the warehouse."""
        return _check("warehouse", company_code)

    @task(pool="warehouse", trigger_rule="all_done")
    def summary(companies: list[str] | None, found: list[Any]) -> list[dict[str, Any]]:
        """Tell everything that was found; fail where something is not connected or could not be checked."""
        return _summary(companies or (), [one for results in found for one in results or () if one])

    companies: Any = plan()
    checks = [check.expand(company_code=companies) for check in (web_services, infolink, procore, warehouse)]
    summary(companies, checks)  # type: ignore[arg-type]  # their results


def _summary(companies: Sequence[str], results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from spectrum_etl.connections.result import summary

    log.info("\n%s", summary(results))
    bad = [one for one in results if one["status"] != "Connected"]
    # Called by tasks only.
    _, wrong = overrides(Variable.get(SCHEDULES_VARIABLE, default=None), OBJECTS)  # noqa: AIR003
    for error in wrong:
        log.error("%s", error)
    # Every company has a warehouse: one that is missing was not checked.
    unchecked = len(companies) - sum(one["kind"] == "warehouse" for one in results)
    if bad or unchecked or not companies:
        rest = "\nNot everything could be checked: see the failed tasks." if unchecked or not companies else ""
        raise AirflowFailException(f"not connected:\n{summary(bad)}{rest}")
    stopped = [one for one in results if one["stops"]]
    if stopped:
        raise AirflowFailException(
            f"everything is connected, but something that is in use cannot run:\n{summary(stopped)}\nWhat to do about"
            " each is in the log of the connection's task and on the page, under Connections"
        )
    if wrong:
        raise AirflowFailException("every connection works, but " + "; ".join(map(str, wrong)))
    return results


def _check(kind: Any, company_code: str) -> dict[str, Any] | None:
    from spectrum_etl.connections.describe import site_description
    from spectrum_etl.connections.run import check

    context = get_current_context()
    # Called by tasks only.
    variable = Variable.get(SCHEDULES_VARIABLE, default=None)  # noqa: AIR003
    settings = in_force(load_settings(), variable, OBJECTS.values())
    company = settings.company(company_code)
    name_company(context, company)
    found = check(kind, company, settings, str(context["run_id"]), probe_again=context["params"]["probe_again"])
    if found is None:
        log.info("company %s has no connection of this kind", company.code)
        return None
    log.info("%s%s", found.status, f": {found.reason} What to do: {found.remedy}" if found.cause else "")
    for finding in found.findings or ():
        log.warning(
            "%s %s: %s, %s. Affects %s%s",
            finding.subject,
            finding.item,
            finding.difference,
            finding.detail,
            finding.affects,
            f". What to do: {finding.remedy}" if finding.remedy else "",
        )
    for fact in found.facts:
        log.info("%s: %s: %s", fact.subject, fact.item, fact.fact)
    if found.tables is not None:
        # The whole comparison, without data in it: what the command describe_site writes, but for other tables.
        log.info("%s", site_description(settings, [found], others=False))
    return found.to_dict()
