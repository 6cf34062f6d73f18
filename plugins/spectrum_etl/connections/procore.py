"""Checks Procore: the service account's credentials, its company, and what imports meet there."""

from __future__ import annotations

from collections.abc import Mapping

from spectrum_etl.connections.procore_company import facts
from spectrum_etl.connections.reasons import not_connected
from spectrum_etl.connections.result import Checked
from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.settings import Company
from spectrum_etl.sources.procore import resources
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.connection import ProcoreConnection

ATTEMPTS = 2
#: A check does not wait for the next hour's calls, in seconds.
LONGEST_WAIT = 20.0


def check_procore(company: Company, connection: ProcoreConnection, linked: Mapping[str, str] | None = None) -> Checked:
    """Ask who the service account is, for the first company of its directory, and what the Procore company is like.

    The first call proves the credentials; the second that the app may work in this Procore company. Nothing that is
    asked after that makes the connection one that cannot be used.

    Args:
        company: whose; its `procore_company_id` is set.
        connection: where to.
        linked: projects that are linked: Procore id and job; None where they are not known.
    """
    try:
        with ProcoreClient(
            connection, str(company.procore_company_id), attempts=ATTEMPTS, longest_wait=LONGEST_WAIT
        ) as client:
            resources.me(client)
            next(iter(resources.vendors(client)), None)
            learned = tuple(facts(client, company, linked or {}))
    except SpectrumEtlError as error:
        return not_connected(company.code, company.procore_conn_id, "Procore", error)
    return Checked(company.code, company.procore_conn_id, "Procore", findings=(), facts=learned)
