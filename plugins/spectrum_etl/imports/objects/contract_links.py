"""Commitments, change orders and prime contracts that another integration has synced: linked in bulk (N12).

Nothing of them is written in Procore. Each is linked to what it is in Spectrum, so that the next change order on an old
commitment can be exported.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from spectrum_etl.imports.spec import Field, ImportObject, Json, Narrowing
from spectrum_etl.settings import Company, Settings
from spectrum_etl.settings.imports import ObjectImports
from spectrum_etl.sources.faults import NotAllowed, NotFound
from spectrum_etl.sources.procore import portfolio, resources
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.marks import PROBE_MARK
from spectrum_etl.staging.objects.prime_contracts import OBJECT as PRIME_CONTRACTS
from spectrum_etl.staging.objects.subcontracts import OBJECT as SUBCONTRACTS
from spectrum_etl.staging.objects.subcontracts import SUBCONTRACTS as TABLE

log = logging.getLogger(__name__)

Record = dict[str, Any]
#: A person decides, and nothing runs by itself: it is done once.
_OPTIONS = ObjectImports()
_READ: tuple[tuple[str, Callable[[ProcoreClient, str], Iterable[Mapping[str, Any]]]], ...] = (
    ("commitment", resources.work_order_contracts),
    ("commitment", resources.purchase_order_contracts),
    ("change order", resources.change_order_packages),
    ("prime contract", resources.prime_contracts),
)


def read_all(client: ProcoreClient) -> Iterator[Record]:
    """The contracts and change orders of every project that is synced, and that the account may see.

    A project whose tool is switched off, or kept from the account, has none.
    """
    for project in portfolio.all_projects(client):
        if not project.get("origin_id"):
            continue
        for kind, read in _READ:
            try:
                for record in read(client, str(project["id"])):
                    origin_id = str(record.get("origin_id") or "")
                    if origin_id and not origin_id.startswith(PROBE_MARK) and not record.get("deleted_at"):
                        yield _facts(kind, str(project["id"]), record)
            except (NotAllowed, NotFound) as fault:
                log.warning("project %s, %ss: %s", project["id"], kind, fault.message)


def _facts(kind: str, project: str, record: Mapping[str, Any]) -> Record:
    """Ids of contracts and of change orders are of sequences of their own."""
    number, title = str(record.get("number") or ""), str(record.get("title") or "")
    return {
        "id": f"{kind} {record['id']}",
        "name": " ".join(filter(None, (number, title))) or f"{kind} {record['id']}",
        "origin_id": record["origin_id"],
        "origin_code": record.get("origin_code"),
        "record": record["id"],
        "kind": kind,
        "project_id": project,
        "number": number,
        "status": record.get("status"),
        "amount": record.get("grand_total"),
        "vendor_id": (record.get("vendor") or {}).get("id"),
        "contract_id": record.get("contract_id"),
    }


def _nothing_changed(client: ProcoreClient, since: datetime, until: datetime) -> Iterator[Record]:
    """Contracts are read whole, or not at all."""
    return iter(())


def _parameters(settings: Settings, company: Company) -> Json:
    return {}


OBJECT = ImportObject(
    name="contract_links",
    title="contract or change order",
    procore_title="contract or change order",
    key_column="subcontract_number",
    name_column="subcontract_number",
    rule="N12",
    exact_words="ERP id and amount",
    space="subcontract",
    table=TABLE,
    desired="imports/contract_links.sql",
    fields=(
        Field("record", "", "Procore id"),
        Field("kind", "", "commitment, change order, prime contract"),
        Field("project_id", ""),
        Field("number", ""),
        Field("status", ""),
        Field("amount", ""),
        Field("vendor_id", ""),
        Field("contract_id", ""),
    ),
    options=lambda settings: _OPTIONS,
    parameters=_parameters,
    narrowings=(
        Narrowing(
            "jobs",
            "Jobs",
            "Only contracts of the projects of these jobs, one a line. Empty means all. The others stay as they are in"
            " the plan.",
        ),
    ),
    keys_of="imports/contract_links.sql",
    read_all=read_all,
    read_changed=_nothing_changed,
    also_staged=tuple(table for table in (*SUBCONTRACTS.tables, *PRIME_CONTRACTS.tables) if table is not TABLE),
)
