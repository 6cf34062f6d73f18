"""Commitment change orders that become Spectrum change requests (H1-H3).

One ARChangeRequest a line. It changes the subcontract by `Sub_Amount`; the estimate's own amount is 0, since a change
of the budget comes by its own export, as budget change or prime contract change order, and would count twice. The
subcontract's side is proposed (P): Spectrum takes executed (E) only with a change order number that the job has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from spectrum_etl.exports.document import Call, Document
from spectrum_etl.exports.form_field import FormField
from spectrum_etl.exports.objects import change_requests, contracts, spelled
from spectrum_etl.exports.objects.facts import WbsCodes, called, found, line_facts, money, of_each, project_facts, text
from spectrum_etl.exports.objects.texts import text_of
from spectrum_etl.exports.rules import change_requests as requests
from spectrum_etl.exports.rules import commitment_change_orders as rules
from spectrum_etl.exports.rules import common
from spectrum_etl.exports.rules import contracts as vendors
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

_SERVICE = change_requests.SERVICE
_DESCRIPTION = SERVICES[_SERVICE].elements["Sub_Description"].length


def collect(client: ProcoreClient, company: Company, only: RecordFilter) -> Iterator[Candidate | Skipped]:
    """Approved change orders of commitments that are not linked; one that the form names is shown whatever it is."""
    codes, companies = contracts.ProjectCodes(client), contracts.Vendors(client)

    def of(project: Mapping[str, Any]) -> Iterator[Candidate]:
        id = text(project["id"])
        listed = resources.change_order_packages(client, id)
        packages = [each for each in listed if contracts.is_collected(each, only, (requests.APPROVED,), company)]
        known = _commitments(client, id) if packages else {}
        for package in packages:
            # The list tells no type; a change order of another contract is the prime contract's.
            contract = known.get(text(package.get("contract_id")))
            if contract is None and not only.records:
                continue
            whole = found(resources.change_order_package, client, id, text(package["id"]))
            if whole is not None:
                yield _candidate(company, project, whole, contract, codes.of(id), companies)

    yield from of_each(client, contracts.projects(client, only), of)


def read(client: ProcoreClient, company: Company, id: RecordId) -> Candidate | None:
    """One change order again."""
    project = found(resources.project, client, id.project)
    package = found(resources.change_order_package, client, id.project, id.record)
    if project is None or package is None:
        return None
    contract = contracts.commitment(client, id.project, text(package.get("contract_id")))
    codes, companies = contracts.ProjectCodes(client).of(id.project), contracts.Vendors(client)
    return _candidate(company, project, package, contract[1] if contract else None, codes, companies)


def form(candidate: Candidate, context: Context) -> tuple[FormField, ...]:
    """The change request's id (H2)."""
    long = [line["name"] for line in candidate.content["lines"] if len(line["description"]) > _DESCRIPTION]
    said = f"Descriptions of more than {_DESCRIPTION} characters are not sent: {', '.join(long)}." if long else ""
    taxed = "Amounts are without tax." if candidate.content["taxed"] else ""
    return (change_requests.number_field(candidate, context, f"{said} {taxed}".strip()),)


def document(candidate: Candidate, answers: Answers, context: Context) -> Document:
    """One call a line."""
    description = candidate.content["description"]
    header = change_requests.header(candidate, answers, context, "commitment_change_order", description)
    vendor, number = rules.subcontract_of(candidate, context) or ("", "")
    subcontract = {
        "Subcontractor_Code": contracts.known(vendor, "subcontract of the contract", candidate),
        "Subcontract_Number": number,
        "Sub_Status": "P",
    }
    calls = tuple(_line(candidate, {**header, **subcontract}, line) for line in candidate.content["lines"])
    return Document(change_requests.key_of(header), calls)


def mark(client: ProcoreClient, company: Company, id: RecordId, key: str) -> None:
    """The change order's ERP id becomes the change request's; its hidden origin id names company and job, too."""
    number = key.rpartition("/")[2]
    marks.mark_change_order_package(client, id.project, id.record, f"{company.code}:{key}", number)


def creator(client: ProcoreClient, company: Company, id: RecordId) -> Mapping[str, Any] | None:
    """Who made the change order (Show Change Order Package)."""
    package = found(resources.change_order_package, client, id.project, id.record)
    return package.get("creator") if package else None


def unmark(client: ProcoreClient, company: Company, id: RecordId) -> None:
    """Takes the ERP id out again; a change order that is gone has none."""
    if found(resources.change_order_package, client, id.project, id.record) is not None:
        marks.unmark_change_order_package(client, id.project, id.record)


def _line(candidate: Candidate, values: Mapping[str, str], line: Mapping[str, str]) -> Call:
    own = {
        "CR_Phase_Code": line["phase"],
        "CR_Cost_Type": line["cost_type"],
        "Change_Request_Hours": "0",
        "Change_Request_Amount": "0",
        "Sub_Amount": line["amount"],
        "Sub_Description": contracts.fitting(line["description"], _DESCRIPTION),
    }
    return call(_SERVICE, {**values, **own}, adds=True, record=candidate.title)


def _commitments(client: ProcoreClient, project: str) -> dict[str, Mapping[str, Any]]:
    lists = (resources.work_order_contracts, resources.purchase_order_contracts)
    return {text(contract["id"]): contract for listed in lists for contract in listed(client, project)}


def _candidate(
    company: Company,
    project: Mapping[str, Any],
    package: Mapping[str, Any],
    contract: Mapping[str, Any] | None,
    codes: WbsCodes,
    companies: contracts.Vendors,
) -> Candidate:
    facts, changed = project_facts(project), contracts.contract_facts(contract)
    vendor, lines = companies.facts((contract or {}).get("vendor")), package.get("line_items") or ()
    number, name = text(package.get("number")), text_of("change_order", package, "title")
    content = {
        "project": facts,
        "type": text(package.get("type")),
        "number": number,
        "description": name or number,
        "status": text(package.get("status")),
        "total": money(package.get("grand_total")),
        "contract": changed,
        "vendor": vendor,
        "taxed": any(line.get("tax_code_id") for line in lines),
        "linked_elsewhere": contracts.linked_elsewhere(package, company),
        "lines": [line_facts(line, codes, n, contracts.line_amount(line)) for n, line in enumerate(lines, 1)],
    }
    own = called(package, "change_order", text(package["id"]))
    title = f"Change order {own} of {changed['name'] or 'no commitment'} ({facts['name']})"
    return Candidate(RecordId(company.code, facts["id"], text(package["id"])), title, content)


OBJECT = ExportObject(
    name="commitment_change_orders",
    title="commitment change order",
    services=(_SERVICE,),
    collect=collect,
    read=read,
    rules=(
        Rule("H1", rules.is_of_a_commitment),
        Rule("H1", vendors.company_is_linked),
        Rule("H1", common.project_is_synced),
        Rule("H1", rules.commitment_is_synced),
        Rule("H1", requests.is_approved),
        Rule("H1", common.has_a_line),
        Rule("H1", common.codes_are_synced),
        Rule("H1", common.has_one_cost_type),
        Rule("H1", common.codes_are_distinct),
        Rule("H1", partial(common.amounts_fit, service=_SERVICE, element="Sub_Amount")),
        Rule("H1", rules.lines_add_up),
        Rule("H1", requests.description_fits),
        Rule("H1", requests.customer_is_known),
        Rule("H1", partial(requests.status_code_is_set, kind="commitment_change_order")),
        Rule("H1", vendors.is_not_linked_elsewhere),
        Rule("B4", common.no_custom_segments),
    ),
    form=form,
    form_rules=(Rule("H2", requests.number_is_free),),
    document=document,
    mark=mark,
    unmark=unmark,
    holds=spelled.change_request,
    space="change request",
    mapping=(
        *change_requests.HEADER_MAPPING,
        FieldMapping(
            "title", f"{_SERVICE}.CR_Description", "as it is; the number where there is no title; at most 250"
        ),
        FieldMapping("line cost_code", f"{_SERVICE}.CR_Phase_Code", "without separators; each once with its type"),
        FieldMapping("line line_item_type", f"{_SERVICE}.CR_Cost_Type", "one for all lines"),
        FieldMapping("always 0", f"{_SERVICE}.Change_Request_Hours", "flagged required; only amounts are exported"),
        FieldMapping("always 0", f"{_SERVICE}.Change_Request_Amount", "budgets change by their own exports"),
        FieldMapping("contract company", f"{_SERVICE}.Subcontractor_Code", "of the synced subcontract"),
        FieldMapping("contract", f"{_SERVICE}.Subcontract_Number", "of the synced subcontract"),
        FieldMapping("line amount", f"{_SERVICE}.Sub_Amount", "without tax"),
        FieldMapping("always P", f"{_SERVICE}.Sub_Status", "proposed; executed needs a change order of the job"),
        FieldMapping(
            "line description", f"{_SERVICE}.Sub_Description", "without markup; not sent where longer than 30"
        ),
    ),
    frozen=("status", "lines"),
    creator=creator,
)
