"""Approved budget changes that become change requests of their jobs (F1, B4, H2).

One call of ARChangeRequest a line, each repeating the header; cost lines only. Procore has no field for the link of a
budget change: it is only in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from spectrum_etl.exports.objects import change_requests, spelled
from spectrum_etl.exports.objects.budgets import read_budget
from spectrum_etl.exports.objects.facts import WbsCodes, found, line_facts, of_each, project_facts, text
from spectrum_etl.exports.objects.texts import text_of
from spectrum_etl.exports.rules import budget_changes as rules
from spectrum_etl.exports.rules import change_requests as requests
from spectrum_etl.exports.rules import common
from spectrum_etl.exports.rules.common import lines_of
from spectrum_etl.exports.spec import (
    Answers,
    Candidate,
    Context,
    Document,
    ExportObject,
    FieldMapping,
    FormField,
    Rule,
    Scope,
    Skipped,
)
from spectrum_etl.exports.spectrum.values import call
from spectrum_etl.model.record import RecordId
from spectrum_etl.settings import Company
from spectrum_etl.sources.procore import resources
from spectrum_etl.sources.procore.client import ProcoreClient


def collect(client: ProcoreClient, company: Company, scope: Scope) -> Iterator[Candidate | Skipped]:
    """The approved budget changes of the projects; a record that the form names is shown whatever its status is."""

    def of(project: Mapping[str, Any]) -> Iterator[Candidate]:
        id = text(project["id"])
        wanted = [
            text(change["id"])
            for change in resources.budget_changes(client, id)
            if (text(change["id"]) in scope.records if scope.records else change.get("status") == "approved")
        ]
        around = _around(client, id) if wanted else None
        for record in wanted if around is not None else ():
            change = found(resources.budget_change, client, id, record)
            if change is not None and around is not None:
                yield _candidate(RecordId(company.code, id, record), change, around)

    projects = [{"id": project} for project in dict.fromkeys(scope.projects)]
    yield from of_each(client, projects or resources.projects(client), of)


def read(client: ProcoreClient, company: Company, id: RecordId) -> Candidate | None:
    """One budget change again."""
    change = found(resources.budget_change, client, id.project, id.record)
    around = _around(client, id.project) if change is not None else None
    return None if change is None or around is None else _candidate(id, change, around)


def form(candidate: Candidate, context: Context) -> tuple[FormField, ...]:
    """The change request id; `BC` and Procore's number are proposed, since change orders take plain numbers."""
    number = candidate.content["number"]
    note = "Commitment, prime contract and budget changes of a job share one range of numbers."
    proposal = f"BC{number}" if number else ""
    field = change_requests.number_field(candidate, context, note, proposal=proposal, what="BC and Procore's number,")
    return (field,)


def document(candidate: Candidate, answers: Answers, context: Context) -> Document:
    """One call of ARChangeRequest a line."""
    description = candidate.content["title"] or f"Budget change {candidate.content['number']}"
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


def _around(client: ProcoreClient, project: str) -> tuple[dict[str, Any], WbsCodes, dict[str, Any]] | None:
    """What all budget changes of a project share: its facts, codes and budget. None where the project is gone."""
    record = found(resources.project, client, project)
    if record is None:
        return None
    wbs = WbsCodes(resources.wbs_codes(client, project))
    budget = read_budget(client, project, wbs)
    amounts = [{name: line[name] for name in ("phase", "cost_type", "amount")} for line in budget["lines"]]
    return project_facts(record), wbs, {"locked": budget["locked"], "lines": amounts}


def _candidate(
    id: RecordId, change: Mapping[str, Any], around: tuple[dict[str, Any], WbsCodes, dict[str, Any]]
) -> Candidate:
    project, wbs, budget = around
    number = text(change.get("number"))
    lines = change.get("adjustment_line_items") or ()
    content = {
        "project": project,
        "number": number,
        "title": text_of("budget_change", change, "title"),
        "status": text(change.get("status")),
        "budget": budget,
        "lines": [line_facts(line, wbs, place, line.get("amount")) for place, line in enumerate(lines, start=1)],
    }
    return Candidate(id, f"Budget change {number} ({project['name'] or id.project})", content)


OBJECT = ExportObject(
    name="budget_changes",
    title="budget change",
    services=("ARChangeRequest",),
    collect=collect,
    read=read,
    rules=(
        Rule("F1", rules.is_approved),
        Rule("F1", rules.is_not_exported),
        Rule("F1", common.project_is_synced),
        Rule("F1", rules.budget_is_locked),
        Rule("F1", rules.budget_is_synced),
        Rule("F1", common.has_a_line),
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
    mark=None,
    unmark=None,
    holds=spelled.change_request,
    space="change request",
    mapping=(
        FieldMapping("job of the project", "ARChangeRequest.Job_Number"),
        FieldMapping("customer of the job", "ARChangeRequest.Customer_Code"),
        FieldMapping("form: change request id", "ARChangeRequest.Change_Request_Number", "at most 8, new in the job"),
        FieldMapping("title", "ARChangeRequest.CR_Description", "at most 250, longer is refused"),
        FieldMapping("setting change_request_status", "ARChangeRequest.CR_Status", "a status code of Spectrum"),
        FieldMapping("cost code of the line", "ARChangeRequest.CR_Phase_Code", "without separators"),
        FieldMapping("cost type of the line", "ARChangeRequest.CR_Cost_Type"),
        FieldMapping("fixed: 0", "ARChangeRequest.Change_Request_Hours", "flagged required; only amounts are exported"),
        FieldMapping("amount of the line", "ARChangeRequest.Change_Request_Amount", "at most 10 digits and 2 decimals"),
    ),
)
