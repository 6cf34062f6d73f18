"""Approved budget changes, and legacy budget modifications, that become change requests of their jobs (F1, B4, H2).

One call of ARChangeRequest a line, each repeating the header; cost lines only. Procore has no field for the link of a
budget change: it is only in the ledger. A modification (`budget_modifications`) has one, while Procore takes writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from spectrum_etl.exports.document import Document
from spectrum_etl.exports.form_field import FormField
from spectrum_etl.exports.objects import budget_modifications as modifications
from spectrum_etl.exports.objects import change_requests, contracts, spelled
from spectrum_etl.exports.objects.budgets import read_budget
from spectrum_etl.exports.objects.facts import Json, WbsCodes, found, line_facts, of_each, project_facts, text
from spectrum_etl.exports.objects.texts import text_of
from spectrum_etl.exports.rules import budget_changes as rules
from spectrum_etl.exports.rules import change_requests as requests
from spectrum_etl.exports.rules import common
from spectrum_etl.exports.rules import contracts as origins
from spectrum_etl.exports.rules.common import lines_of
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
from spectrum_etl.exports.spectrum.values import call
from spectrum_etl.model.record import RecordId
from spectrum_etl.settings import Company
from spectrum_etl.sources.procore import resources
from spectrum_etl.sources.procore.client import ProcoreClient


@dataclass(frozen=True)
class _Around:
    """What all budget changes of a project share: its facts, codes and budget."""

    project: Json
    wbs: WbsCodes
    budget: Json


def collect(client: ProcoreClient, company: Company, only: RecordFilter) -> Iterator[Candidate | Skipped]:
    """The approved budget changes of the projects, and modifications that no budget change has taken the place of.

    A record that the form names is shown whatever it is.
    """

    def of(project: Mapping[str, Any]) -> Iterator[Candidate]:
        id = text(project["id"])
        changes, legacy = list(resources.budget_changes(client, id)), modifications.listed(client, id)
        wanted = [
            text(change["id"])
            for change in changes
            if (text(change["id"]) in only.records if only.records else change.get("status") == "approved")
        ]
        moved = modifications.moved(changes, legacy)
        left = [each for each in legacy if _is_wanted(each, only, company, moved.get(text(each["id"])))]
        around = _around(client, id) if wanted or left else None
        for record in wanted if around is not None else ():
            change = found(resources.budget_change, client, id, record)
            if change is not None and around is not None:
                yield _candidate(RecordId(company.code, id, record), change, legacy, around)
        for each in left if around is not None else ():
            if around is not None:
                yield _modification(client, company, each, moved, around)

    projects = [{"id": project} for project in dict.fromkeys(only.projects)]
    yield from of_each(client, projects or resources.projects(client), of)


def read(client: ProcoreClient, company: Company, id: RecordId) -> Candidate | None:
    """One budget change or modification again."""
    legacy = modifications.procore_id(id.record)
    record = (
        found(resources.budget_change, client, id.project, id.record)
        if legacy is None
        else found(resources.budget_modification, client, id.project, legacy)
    )
    around = _around(client, id.project) if record is not None else None
    if record is None or around is None:
        return None
    if legacy is None:
        return _candidate(id, record, modifications.listed(client, id.project), around)
    moved = modifications.moved(resources.budget_changes(client, id.project), [record])
    return _modification(client, company, record, moved, around)


def form(candidate: Candidate, context: Context) -> tuple[FormField, ...]:
    """The change request id; `BC` and Procore's number are proposed, since change orders take plain numbers.

    A modification has no number: `BM` and its Procore id, where they fit.
    """
    number = candidate.content["number"]
    note = "Commitment, prime contract and budget changes of a job share one range of numbers."
    is_legacy = candidate.content["kind"] == rules.MODIFICATION
    prefix, what = ("BM", "BM and Procore's id,") if is_legacy else ("BC", "BC and Procore's number,")
    proposal = f"{prefix}{number}" if number else ""
    field = change_requests.number_field(candidate, context, note, proposal=proposal, what=what)
    return (field,)


def document(candidate: Candidate, answers: Answers, context: Context) -> Document:
    """One call of ARChangeRequest a line."""
    content = candidate.content
    description = content["title"] or f"{content['kind'].capitalize()} {content['number']}"
    header = change_requests.header(candidate, answers, context, "budget_change", description)
    calls = [
        call(
            change_requests.SERVICE,
            {
                **header,
                "CR_Phase_Code": line["phase"],
                "CR_Cost_Type": line["cost_type"],
                "Change_Request_Hours": 0,
                "Change_Request_Amount": line["amount"],
            },
            adds=True,
            record=candidate.title,
        )
        for line in lines_of(candidate)
    ]
    return Document(change_requests.key_of(header), tuple(calls))


def mark(client: ProcoreClient, company: Company, id: RecordId, key: str) -> str | None:
    """The origin id of a modification; a budget change has no such field."""
    legacy = modifications.procore_id(id.record)
    return None if legacy is None else modifications.mark(client, company, id.project, legacy, key)


def unmark(client: ProcoreClient, company: Company, id: RecordId) -> str | None:
    """Takes the origin id of a modification out again."""
    legacy = modifications.procore_id(id.record)
    return None if legacy is None else modifications.unmark(client, id.project, legacy)


def _is_wanted(each: Mapping[str, Any], only: RecordFilter, company: Company, change: Mapping[str, Any] | None) -> bool:
    """Whether a modification is collected: those that the form names, else those that are not marked and not moved.

    Args:
        change: the budget change that took its place; one of another amount does not hide it.
    """
    if only.records:
        return modifications.record_id(text(each["id"])) in only.records
    is_free = not text(each.get("origin_id")) or bool(contracts.linked_elsewhere(each, company))
    return is_free and not (change is not None and modifications.is_same_sum(change, each))


def _around(client: ProcoreClient, project: str) -> _Around | None:
    """What all budget changes of a project share; None where the project is gone."""
    record = found(resources.project, client, project)
    if record is None:
        return None
    wbs = WbsCodes(resources.wbs_codes(client, project))
    budget = read_budget(client, project, wbs)
    amounts = [{name: line[name] for name in ("phase", "cost_type", "amount")} for line in budget["lines"]]
    return _Around(project_facts(record), wbs, {"locked": budget["locked"], "lines": amounts})


def _candidate(
    id: RecordId, change: Mapping[str, Any], legacy: Sequence[Mapping[str, Any]], around: _Around
) -> Candidate:
    number = text(change.get("number"))
    lines = change.get("adjustment_line_items") or ()
    content = {
        "kind": rules.CHANGE,
        "project": around.project,
        "number": number,
        "title": text_of("budget_change", change, "title"),
        "status": text(change.get("status")),
        "budget": around.budget,
        "lines": [line_facts(line, around.wbs, place, line.get("amount")) for place, line in enumerate(lines, start=1)],
        "missing": [],
        "modification": modifications.named_in(change.get("title"), legacy),
        "moved_to": "",
        "linked_elsewhere": "",
    }
    return _titled(id, content)


def _modification(
    client: ProcoreClient,
    company: Company,
    record: Mapping[str, Any],
    moved: Mapping[str, Mapping[str, Any]],
    around: _Around,
) -> Candidate:
    project, id = around.project["id"], text(record["id"])
    number = text(moved.get(id, {}).get("number"))
    own = modifications.facts(client, project, record, around.wbs, company, number)
    content = {"project": around.project, "budget": around.budget, **own}
    return _titled(RecordId(company.code, project, modifications.record_id(id)), content)


def _titled(id: RecordId, content: Json) -> Candidate:
    name = content["project"]["name"] or id.project
    return Candidate(id, f"{content['kind'].capitalize()} {content['number']} ({name})", content)


OBJECT = ExportObject(
    name="budget_changes",
    title="budget change",
    services=("ARChangeRequest",),
    collect=collect,
    read=read,
    rules=(
        Rule("F1", rules.is_approved),
        Rule("F1", rules.is_not_exported),
        Rule("F1", rules.is_not_moved),
        Rule("F1", origins.is_not_linked_elsewhere),
        Rule("F1", common.project_is_synced),
        Rule("F1", rules.budget_is_locked),
        Rule("F1", rules.budget_is_synced),
        Rule("F1", common.has_a_line),
        Rule("F1", rules.budget_lines_are_there),
        Rule("F1", common.codes_are_synced),
        Rule("B4", common.no_custom_segments),
        Rule("F1", common.codes_are_distinct),
        Rule("F1", partial(common.amounts_fit, service="ARChangeRequest", element="Change_Request_Amount")),
        Rule("F1", rules.title_fits),
        Rule("F1", requests.customer_is_known),
        Rule("F1", partial(requests.status_code_is_set, kind="budget_change")),
    ),
    form=form,
    form_rules=(Rule("H2", requests.number_is_free),),
    document=document,
    mark=mark,
    unmark=unmark,
    marked="a budget modification, while Procore takes writes of them",
    holds=spelled.change_request,
    space="change request",
    mapping=(
        FieldMapping("job of the project", "ARChangeRequest.Job_Number"),
        FieldMapping("customer of the job", "ARChangeRequest.Customer_Code"),
        FieldMapping("form: change request id", "ARChangeRequest.Change_Request_Number", "at most 8, new in the job"),
        FieldMapping(
            "title; of a modification: notes",
            "ARChangeRequest.CR_Description",
            "at most 250, longer is refused; where it is empty, what the record is and its number or id",
        ),
        FieldMapping("setting change_request_status", "ARChangeRequest.CR_Status", "a status code of Spectrum"),
        FieldMapping(
            "cost code of the line",
            "ARChangeRequest.CR_Phase_Code",
            "without separators; of a modification: of its budget lines (from_budget_line_item_id,"
            " to_budget_line_item_id)",
        ),
        FieldMapping("cost type of the line", "ARChangeRequest.CR_Cost_Type"),
        FieldMapping("fixed: 0", "ARChangeRequest.Change_Request_Hours", "flagged required; only amounts are exported"),
        FieldMapping(
            "amount of the line",
            "ARChangeRequest.Change_Request_Amount",
            "at most 10 digits and 2 decimals; of a modification: transfer_amount, with the other sign for the line"
            " that it is taken from",
        ),
    ),
)
