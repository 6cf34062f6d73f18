"""Subcontracts and purchase orders that become Spectrum subcontracts (G1-G5, B4).

One UpdateSubcontract for the header, then an UpdateSubcontractPhases for every phase and cost type. Amounts only:
units, prices and tax codes stay in Procore (G4). Lines with the same phase and cost type are summed, since Spectrum
would take the second for a change of the first; the approver is shown which. A line's description is sent where it fits
Spectrum's 25 characters and stands for only one line; else Spectrum shows the phase's own. Nothing is cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports.document import Call, Document
from spectrum_etl.exports.form_field import FormField
from spectrum_etl.exports.objects import contracts, spelled
from spectrum_etl.exports.objects.facts import WbsCodes, called, found, line_facts, money, of_each, project_facts, text
from spectrum_etl.exports.objects.proposals import proposing
from spectrum_etl.exports.rules import commitments as rules
from spectrum_etl.exports.rules import common
from spectrum_etl.exports.rules import contracts as vendors
from spectrum_etl.exports.rules.amounts import by_code, sums_fit, total
from spectrum_etl.exports.rules.common import answer_of, job_of
from spectrum_etl.exports.spec import (
    Answers,
    Candidate,
    Context,
    ExportObject,
    FieldMapping,
    RecordFilter,
    Rule,
    Skipped,
)
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.exports.spectrum.values import call
from spectrum_etl.model.record import RecordId
from spectrum_etl.settings import Company
from spectrum_etl.sources.procore import marks, resources
from spectrum_etl.sources.procore.client import ProcoreClient

_LINES, _AMOUNT = "UpdateSubcontractPhases", "Original_Contract_Amount"
_DESCRIPTION = SERVICES[_LINES].elements["Bill_Description"].length
_NUMBER = SERVICES["UpdateSubcontract"].elements["Subcontract_Number"].length
_LISTS = {
    "subcontract": resources.work_order_contracts,
    "purchase order": resources.purchase_order_contracts,
}


def collect(client: ProcoreClient, company: Company, only: RecordFilter) -> Iterator[Candidate | Skipped]:
    """Approved contracts without a subcontract; a contract that the form names is shown whatever it is."""
    codes, companies = contracts.ProjectCodes(client), contracts.Vendors(client)

    def of(project: Mapping[str, Any]) -> Iterator[Candidate]:
        id = text(project["id"])
        for kind, listed in _LISTS.items():
            statuses = rules.READY_STATUSES[kind]
            read = listed(client, id, status=() if only.records else statuses)
            # By id: Procore is asked for one status after the other, and a contract may go from one to the next.
            found = {
                text(contract["id"]): contract
                for contract in read
                if contracts.is_collected(contract, only, statuses, company)
            }
            for contract in found.values():
                yield _candidate(client, company, project, kind, contract, codes.of(id), companies)

    yield from of_each(client, contracts.projects(client, only), of)


def read(client: ProcoreClient, company: Company, id: RecordId) -> Candidate | None:
    """One contract again."""
    project = found(resources.project, client, id.project)
    contract = contracts.commitment(client, id.project, id.record)
    if project is None or contract is None:
        return None
    codes, companies = contracts.ProjectCodes(client).of(id.project), contracts.Vendors(client)
    return _candidate(client, company, project, *contract, codes, companies)


def form(candidate: Candidate, context: Context) -> tuple[FormField, ...]:
    """The subcontract's id, proposed as the settings say (G3)."""
    said = "Id of the new subcontract in Spectrum, one that the vendor does not have yet."
    field = FormField(
        rules.NUMBER,
        "Subcontract id",
        " ".join([said, *_notes(candidate)]),
        max_length=_NUMBER,
        fills=("Subcontract_Number",),
        pattern=r"[^/]+",
        pattern_says="ids without a slash",
    )
    if context.settings.exports.propose_contract_number:
        number = candidate.content["number"].strip()
        field = proposing(field, number, candidate, context, OBJECT.form_rules)
    return (field,)


def document(candidate: Candidate, answers: Answers, context: Context) -> Document:
    """The header, then its lines."""
    vendor = contracts.known(vendors.vendor_of(candidate, context), "linked vendor", candidate)
    number = answer_of(answers, rules.NUMBER)
    key = {"Company_Code": context.company.code, "Vendor_Code": vendor, "Subcontract_Number": number}
    header = {
        **key,
        "Job_Number": contracts.known(job_of(candidate, context), "linked job", candidate),
        "Status_Code": "A",
        "Unit_Price_Flag": "N",
        "GL_Account": context.settings.exports.subcontract_gl_account.get(context.company.code, ""),
        "Retention_Percent": candidate.content["retainage"],
    }
    calls = [call("UpdateSubcontract", header, adds=True, record=candidate.title)]
    calls.extend(_lines(candidate, key))
    return Document(f"{vendor}/{number}", tuple(calls))


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


def creator(client: ProcoreClient, company: Company, id: RecordId) -> Mapping[str, Any] | None:
    """Who made the contract: Procore gives only their id (Show Work Order Contract, Show Purchase Order Contract)."""
    found = contracts.commitment(client, id.project, id.record)
    return {"id": found[1].get("created_by_id")} if found else None


def _lines(candidate: Candidate, key: Mapping[str, str]) -> Iterator[Call]:
    for (phase, cost_type), lines in by_code(candidate.content["lines"]).items():
        values = {
            **key,
            "Phase_Code": phase,
            "Cost_Type": cost_type,
            "Bill_Description": contracts.fitting(lines[0]["description"], _DESCRIPTION) if len(lines) == 1 else "",
            _AMOUNT: total(line["amount"] for line in lines),
        }
        yield call(_LINES, values, adds=True, record=candidate.title)


def _notes(candidate: Candidate) -> list[str]:
    lines = candidate.content["lines"]
    long = [line["name"] for line in lines if len(line["description"]) > _DESCRIPTION]
    taxed = [line["name"] for line in lines if line["tax_code"]]
    notes = [contracts.joined_note(lines)]
    if long:
        notes.append(
            f"Descriptions of more than {_DESCRIPTION} characters are not sent, Spectrum shows the phase's own: "
            f"{', '.join(long)}."
        )
    if taxed:
        notes.append(f"Tax codes are not sent, and amounts are without tax: {', '.join(taxed)}.")
    return [note for note in notes if note]


def _kind(client: ProcoreClient, id: RecordId) -> marks.Commitment | None:
    found = contracts.commitment(client, id.project, id.record)
    return contracts.KINDS[found[0]] if found else None


def _candidate(
    client: ProcoreClient,
    company: Company,
    project: Mapping[str, Any],
    kind: str,
    contract: Mapping[str, Any],
    codes: WbsCodes,
    companies: contracts.Vendors,
) -> Candidate:
    id, facts, vendor = text(contract["id"]), project_facts(project), companies.facts(contract.get("vendor"))
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
    title = (
        f"{kind.capitalize()} {called(contract, 'contract', id)}, {vendor['name'] or 'no company'} ({facts['name']})"
    )
    return Candidate(RecordId(company.code, facts["id"], id), title, content)


OBJECT = ExportObject(
    name="commitments",
    title="commitment",
    services=("UpdateSubcontract", "UpdateSubcontractPhases"),
    collect=collect,
    read=read,
    rules=(
        Rule("G1", vendors.company_is_linked),
        Rule("G1", common.project_is_synced),
        Rule("G1", rules.status_is_approved),
        Rule("G1", common.has_a_line),
        Rule("G1", common.codes_are_synced),
        Rule("G1", common.has_one_cost_type),
        Rule("G1", partial(common.amounts_fit, service=_LINES, element=_AMOUNT)),
        Rule("G1", partial(sums_fit, service=_LINES, element=_AMOUNT)),
        Rule("G1", rules.retainage_fits),
        Rule("G1", vendors.is_not_linked_elsewhere),
        Rule("G2", rules.account_is_set),
        Rule("B4", common.no_custom_segments),
    ),
    form=form,
    form_rules=(Rule("G3", rules.number_fits), Rule("G3", rules.number_is_free)),
    document=document,
    mark=mark,
    unmark=unmark,
    holds=spelled.subcontract,
    space="subcontract",
    mapping=(
        FieldMapping("vendor", "UpdateSubcontract.Vendor_Code", "the vendor that the contract company is linked to"),
        FieldMapping("form: subcontract id", "UpdateSubcontract.Subcontract_Number", "at most 10; ERP id in Procore"),
        FieldMapping("project", "UpdateSubcontract.Job_Number", "the job that the project is synced with"),
        FieldMapping("always A", "UpdateSubcontract.Status_Code", "active"),
        FieldMapping("always N", "UpdateSubcontract.Unit_Price_Flag", "amounts only, also on unit price jobs"),
        FieldMapping("setting subcontract_gl_account", "UpdateSubcontract.GL_Account", "Spectrum requires it"),
        FieldMapping("retainage_percent", "UpdateSubcontract.Retention_Percent", "at most one decimal"),
        FieldMapping("line cost_code", "UpdateSubcontractPhases.Phase_Code", "without separators"),
        FieldMapping("line line_item_type", "UpdateSubcontractPhases.Cost_Type", "one for all lines"),
        FieldMapping(
            "line description",
            "UpdateSubcontractPhases.Bill_Description",
            "without markup; left to Spectrum where longer than 25, and for summed lines",
        ),
        FieldMapping(
            "line amount",
            "UpdateSubcontractPhases.Original_Contract_Amount",
            "summed over lines of the same phase and cost type; without tax",
        ),
    ),
    frozen=("company", "status", "lines"),
    creator=creator,
)
