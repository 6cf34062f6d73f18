"""Subcontracts and purchase orders of Procore: collected, read again and marked. Used by `commitments`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports.objects import contracts
from spectrum_etl.exports.objects.facts import WbsCodes, found, line_facts, money, of_each, project_facts, text
from spectrum_etl.exports.objects.texts import text_of
from spectrum_etl.exports.rules.commitments import READY_STATUSES
from spectrum_etl.exports.spec import Candidate, RecordId, Scope, Skipped
from spectrum_etl.settings import Company
from spectrum_etl.sources.procore import marks, resources
from spectrum_etl.sources.procore.client import ProcoreClient

_LISTS = {
    "subcontract": resources.work_order_contracts,
    "purchase order": resources.purchase_order_contracts,
}


def collect(client: ProcoreClient, company: Company, scope: Scope) -> Iterator[Candidate | Skipped]:
    """Approved contracts without a subcontract; a contract that the form names is shown whatever it is."""
    codes, vendors = contracts.ProjectCodes(client), contracts.Vendors(client)

    def of(project: Mapping[str, Any]) -> Iterator[Candidate]:
        id = text(project["id"])
        for kind, listed in _LISTS.items():
            statuses = READY_STATUSES[kind]
            read = listed(client, id, status=() if scope.records else statuses)
            # By id: Procore is asked for one status after the other, and a contract may go from one to the next.
            found = {
                text(contract["id"]): contract
                for contract in read
                if contracts.wanted(contract, scope, statuses, company)
            }
            for contract in found.values():
                yield _candidate(client, company, project, kind, contract, codes.of(id), vendors)

    yield from of_each(client, contracts.projects(client, scope), of)


def read(client: ProcoreClient, company: Company, id: RecordId) -> Candidate | None:
    """One contract again."""
    project = found(resources.project, client, id.project)
    contract = contracts.commitment(client, id.project, id.record)
    if project is None or contract is None:
        return None
    codes, vendors = contracts.ProjectCodes(client).of(id.project), contracts.Vendors(client)
    return _candidate(client, company, project, *contract, codes, vendors)


def mark(client: ProcoreClient, company: Company, id: RecordId, key: str) -> None:
    """The contract's ERP id becomes the subcontract's; its hidden origin id names company and vendor, too."""
    kind = _kind(client, id)
    if kind is None:
        raise FixRecord(
            "the contract is gone from Procore, so it cannot be marked as synced",
            object="commitments",
            company=company.code,
            record=f"contract {id.record} of project {id.project}",
            remedy=f"restore it in Procore, or delete subcontract {key} in Spectrum and unlink it with unlink_export",
        )
    number = key.partition("/")[2]
    marks.mark_commitment(client, kind, id.project, id.record, f"{company.code}:{key}", number)


def unmark(client: ProcoreClient, company: Company, id: RecordId) -> None:
    """Takes the ERP id out again; a contract that is gone has none."""
    kind = _kind(client, id)
    if kind is not None:
        marks.unmark_commitment(client, kind, id.project, id.record)


def _kind(client: ProcoreClient, id: RecordId) -> resources.Commitment | None:
    found = contracts.commitment(client, id.project, id.record)
    return contracts.KINDS[found[0]] if found else None


def _candidate(
    client: ProcoreClient,
    company: Company,
    project: Mapping[str, Any],
    kind: str,
    contract: Mapping[str, Any],
    codes: WbsCodes,
    vendors: contracts.Vendors,
) -> Candidate:
    id, facts, vendor = text(contract["id"]), project_facts(project), vendors.facts(contract.get("vendor"))
    lines = resources.commitment_line_items(client, contracts.KINDS[kind], facts["id"], id)
    content = {
        "project": facts,
        "kind": kind,
        "number": text(contract.get("number")),
        "status": text(contract.get("status")),
        "retainage": money(contract.get("retainage_percent")),
        "company": vendor["id"],
        "vendor": vendor,
        "linked_elsewhere": contracts.linked_elsewhere(contract, company),
        "lines": [
            {**line_facts(line, codes, position, line.get("amount")), "tax_code": text(line.get("tax_code_id"))}
            for position, line in enumerate(lines, 1)
        ],
    }
    named = " ".join(filter(None, (content["number"], text_of("contract", contract, "title"))))
    title = f"{kind.capitalize()} {named or id}, {vendor['name'] or 'no company'} ({facts['name']})"
    return Candidate(RecordId(company.code, facts["id"], id), title, content)
