"""Checks one connection of one company with what Airflow knows of it, and keeps the result."""

from __future__ import annotations

import logging
from collections.abc import Callable

from spectrum_etl.connections.probes.kept import answers
from spectrum_etl.connections.procore_company import Known
from spectrum_etl.connections.reasons import not_connected
from spectrum_etl.connections.record import record
from spectrum_etl.connections.result import Checked, Kind
from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.links.pairs import living
from spectrum_etl.settings import Company, Schedule, Settings
from spectrum_etl.warehouse.connect import CONNECTION_ID, connect, warehouse_url
from spectrum_etl.warehouse.migrate import migrate

log = logging.getLogger(__name__)


def check(
    kind: Kind, company: Company, settings: Settings, run_id: str, *, probe_again: bool = False
) -> Checked | None:
    """Check, and write the result into the warehouse.

    A warehouse that cannot be written to is no error of another connection: its own check tells.

    Args:
        kind: which connection.
        company: whose.
        settings: say what is needed of it.
        run_id: Airflow run.
        probe_again: whether probes of Procore that write are made although their answers are known.

    Returns:
        What was found; None where the company has no such connection.
    """
    conn_id = connection_of(kind, company)
    found = _found(kind, company, settings, conn_id, probe_again) if conn_id else None
    try:
        record(warehouse_url(), kind, company.code, found, settings, run_id)
    except SpectrumEtlError as error:
        log.warning("company %s, %s: the result could not be kept in the warehouse: %s", company.code, kind, error)
    return found


def infolink(company: Company, settings: Settings) -> Checked | None:
    """Check a company's Info-Link, and keep nothing.

    Args:
        company: whose.
        settings: say what is needed of it.

    Returns:
        What was found; None where the company has none.
    """
    conn_id = connection_of("Info-Link", company)
    return _found("Info-Link", company, settings, conn_id) if conn_id else None


def connection_of(kind: Kind, company: Company) -> str | None:
    """The id of the Airflow connection; None where the company has none of the kind."""
    return {
        "web services": company.sdx_conn_id,
        "Info-Link": company.infolink_conn_id,
        "Procore": company.procore_conn_id if company.procore_company_id is not None else None,
        "warehouse": CONNECTION_ID,
    }[kind]


def _found(kind: Kind, company: Company, settings: Settings, conn_id: str, probe_again: bool = False) -> Checked:
    checks: dict[Kind, Callable[[], Checked]] = {
        "web services": lambda: _web_services(company, settings, conn_id),
        "Info-Link": lambda: _infolink(company, settings, conn_id),
        "Procore": lambda: _procore(company, settings, conn_id, probe_again),
        "warehouse": lambda: _warehouse(company),
    }
    try:
        return checks[kind]()
    except SpectrumEtlError as error:
        # The Airflow connection is missing, or says something that is not allowed.
        return not_connected(company.code, conn_id, kind, error)


def _web_services(company: Company, settings: Settings, conn_id: str) -> Checked:
    from spectrum_etl.connections.web_services import check_web_services
    from spectrum_etl.credentials import airflow_connection
    from spectrum_etl.sources.sdx.connection import SdxConnection

    return check_web_services(company, SdxConnection.from_airflow(airflow_connection(conn_id)), settings)


def _infolink(company: Company, settings: Settings, conn_id: str) -> Checked:
    from spectrum_etl.connections.infolink import check_infolink
    from spectrum_etl.credentials import airflow_connection
    from spectrum_etl.sources.infolink.connection import InfoLinkConnection

    return check_infolink(company, InfoLinkConnection.from_airflow(airflow_connection(conn_id)), settings)


def _procore(company: Company, settings: Settings, conn_id: str, probe_again: bool) -> Checked:
    from spectrum_etl.connections.procore import check_procore
    from spectrum_etl.credentials import airflow_connection
    from spectrum_etl.sources.procore.connection import ProcoreConnection

    return check_procore(
        company, ProcoreConnection.from_airflow(airflow_connection(conn_id)), _known(company, settings, probe_again)
    )


def _known(company: Company, settings: Settings, probe_again: bool) -> Known:
    """What the settings and the warehouse say of a Procore company; a warehouse that cannot be asked knows nothing."""
    codes = tuple(each.code for each in settings.companies if each.procore_company_id == company.procore_company_id)
    scheduled = frozenset(
        name for name, options in settings.imports.objects.items() if options.schedule != Schedule.NEVER
    )
    try:
        with connect(warehouse_url()) as connection:
            connection.autocommit = True
            migrate(connection)
            linked = {link.id.record: link.spectrum_key for link in living(connection, "jobs", company.code).values()}
            known = answers(connection, company.code, int(str(company.procore_company_id)))
            planned = connection.execute(
                "select distinct object_name from procore.plans where company_code = %s and state <> 'dry run'",
                [company.code],
            ).fetchall()
    except SpectrumEtlError as error:
        log.warning("company %s: links and plans cannot be looked up: %s", company.code, error)
        # Without what is linked nothing says which projects are not for tests.
        return Known(codes, in_use=scheduled)
    probes = settings.imports.probes
    return Known(
        codes,
        linked,
        scheduled | {name for (name,) in planned},
        known,
        probe_again,
        probes.test_projects.get(company.code),
        probes.foreign_companies.get(company.code),
    )


def _warehouse(company: Company) -> Checked:
    from spectrum_etl.connections.warehouse import check_warehouse

    return check_warehouse(company, warehouse_url())
