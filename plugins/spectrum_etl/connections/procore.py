"""Checks Procore: the service account's credentials, its company, and what imports meet there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from spectrum_etl.connections.probes import PROBES, Found, in_words, reading, writing
from spectrum_etl.connections.procore_company import Known, learn, storable
from spectrum_etl.connections.procore_lists import Lists
from spectrum_etl.connections.reasons import not_connected
from spectrum_etl.connections.result import Checked, Fact, Finding
from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.settings import Company
from spectrum_etl.sources.procore import resources
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.connection import ProcoreConnection

ATTEMPTS = 2
#: A check does not wait for the next hour's calls, in seconds.
LONGEST_WAIT = 20.0


def check_procore(company: Company, connection: ProcoreConnection, known: Known | None = None) -> Checked:
    """Ask who the service account is, for the first company of its directory, and what the Procore company is like.

    The first call proves the credentials; the second that the app may work in this Procore company. Nothing that is
    asked after that makes the connection one that cannot be used.

    Args:
        company: whose; its `procore_company_id` is set.
        connection: where to.
        known: what the settings and the warehouse say of it; None where nothing is known.
    """
    try:
        with ProcoreClient(
            connection, str(company.procore_company_id), attempts=ATTEMPTS, longest_wait=LONGEST_WAIT
        ) as client:
            resources.me(client)
            next(iter(resources.vendors(client)), None)
            known = known or Known((company.code,))
            lists = Lists(client)
            found, left = probe(lists, known)
            learned = learn(lists, replace(known, answers={**known.answers, **_sure(found)}))
    except SpectrumEtlError as error:
        return not_connected(company.code, company.procore_conn_id, "Procore", error)
    told = [
        Fact("probes", PROBES[name].question, in_words(name, each))
        for name, each in {**found, **known.answers, **_sure(found)}.items()
    ]
    return Checked(
        company.code, company.procore_conn_id, "Procore", findings=(*learned.findings, *left),
        facts=(*learned.facts, *told), probes=found, procore_company=int(str(company.procore_company_id)),
    )  # fmt: skip


def probe(lists: Lists, known: Known) -> tuple[dict[str, Found], list[Finding]]:
    """Find out what Procore's documentation leaves open; what is known and takes writing is not asked again.

    Args:
        lists: of the Procore company.
        known: where probes may write, and what is known already.

    Returns:
        What was found out now, and what somebody has to do about the test project.
    """
    wanted = [
        name
        for name, each in PROBES.items()
        if each.how == "writes" and (known.probe_again or name not in known.answers)
    ]
    tried = writing.try_out(
        lists.client,
        writing.Places(known.test_project, known.foreign_company, known.codes, frozenset(known.linked)),
        wanted,
    )
    found = {**dict(reading.ask(lists)), **tried.found}
    return {name: replace(each, said=storable(each.said)) for name, each in found.items()}, tried.findings


def _sure(found: Mapping[str, Found]) -> dict[str, Found]:
    return {name: each for name, each in found.items() if each.is_known}
