"""Budgets that become the original estimate of their jobs (E1-E4, B2, B4).

One record a project; AddPhase sets the original estimate of each line's phase and cost type, which the job has already
(`export_jobs`). Amounts only: no units, no quantities (E3). AddPhase renames all of a phase, and might reactivate it or
change its pricing where an element is blank, so Spectrum's own description, status and price method go along (B2).

Procore has no field for the link of a budget: it is only in the ledger. Once it is there, importing the job's
estimate into the Procore budget is refused for good (E2): whatever would import one asks
`links.spectrum_key("budgets", company, project)` first. Spectrum's estimate is the project's from then on, and what
is changed in Procore's budget all the same is reported (`budget_drift`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from spectrum_etl.exports.document import Document
from spectrum_etl.exports.form_field import FormField
from spectrum_etl.exports.objects import budget_drift, spelled
from spectrum_etl.exports.objects.claimed import phases
from spectrum_etl.exports.objects.facts import WbsCodes, found, line_facts, named_projects, of_each, project_facts, text
from spectrum_etl.exports.rules import budgets as rules
from spectrum_etl.exports.rules import common
from spectrum_etl.exports.rules.common import job_of, lines_of
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
from spectrum_etl.exports.spectrum import Spectrum
from spectrum_etl.exports.spectrum.values import Unchanged, call
from spectrum_etl.model.record import RecordId
from spectrum_etl.settings import Company
from spectrum_etl.sources.procore import resources
from spectrum_etl.sources.procore.client import ProcoreClient


def collect(client: ProcoreClient, company: Company, only: RecordFilter) -> Iterator[Candidate | Skipped]:
    """The budgets of all active projects that have one, or of the projects that the form names."""
    named = named_projects(only)

    def of(project: Mapping[str, Any]) -> Iterator[Candidate]:
        id = text(project["id"])
        candidate = read(client, company, RecordId(company.code, id, id))
        if candidate is not None and (named or lines_of(candidate)):
            yield candidate

    yield from of_each(client, named or resources.projects(client), of)


def read(client: ProcoreClient, company: Company, id: RecordId) -> Candidate | None:
    """The budget of one project again."""
    project = found(resources.project, client, id.project)
    if project is None:
        return None
    facts = project_facts(project)
    wbs = WbsCodes(resources.wbs_codes(client, id.project))
    content = {"project": facts, **read_budget(client, id.project, wbs)}
    return Candidate(id, f"Budget of {facts['name'] or id.project}", content)


def read_budget(client: ProcoreClient, project: str, wbs: WbsCodes) -> dict[str, Any]:
    """Lock and lines of a project's budget, in the order of their codes.

    Every view has the original amount of every budget line, so the first one does.

    Args:
        client: of Procore.
        project: its Procore id.
        wbs: its budget codes.
    """
    views = sorted(resources.budget_views(client, project), key=lambda view: int(view["id"]))
    rows = resources.budget_detail_rows(client, text(views[0]["id"]), project) if views else ()
    lines = [_line(row, wbs) for row in rows if not row.get("unbudgeted_reason")]
    lines.sort(key=lambda line: (line["phase"], line["cost_type"], line["id"]))
    return {"locked": bool(resources.budget(client, project).get("locked")), "lines": lines}


def form(candidate: Candidate, context: Context) -> tuple[FormField, ...]:
    """Nothing: the approver accepts or rejects."""
    return ()


def document(candidate: Candidate, answers: Answers, context: Context) -> Document:
    """One call of AddPhase a line."""
    job = job_of(candidate, context) or ""
    phases = context.spectrum.phases(job)
    calls = []
    for line in lines_of(candidate):
        current = phases[line["phase"], line["cost_type"]]
        values = {
            "Company_Code": context.company.code,
            "Job_Number": job,
            "Phase_Code": line["phase"],
            "Cost_Type": line["cost_type"],
            "Description": Unchanged(current["Description"]),
            "Original_Est_Cost": line["amount"],
            "Price_Method_Code": current.get("Price_Method_Code", "").strip() or "J",
            "Status_Code": current.get("Status_Code", ""),
        }
        calls.append(call("AddPhase", values, adds=False, record=candidate.title))
    return Document(job, tuple(calls))


def holds(spectrum: Spectrum, key: str) -> str | None:
    """The job's number, where any of its phases still has an original estimate."""
    estimated = any(_nonzero(row.get("Original_Est_Cost", "")) for row in spectrum.phases(key).values())
    return spelled.job(spectrum, key) if estimated else None


def _line(row: Mapping[str, Any], wbs: WbsCodes) -> dict[str, Any]:
    # The row's own `cost_code` and `category` are texts for people.
    own = {"id": row.get("id"), "wbs_code_id": row.get("wbs_code_id")}
    line = line_facts(own, wbs, 1, row.get("original_budget_amount"))
    return {**line, "name": f"budget line {line['code'] or line['id']}", "description": ""}


def _nonzero(amount: str) -> bool:
    try:
        return Decimal(amount.strip() or "0") != 0
    except InvalidOperation:
        return True


OBJECT = ExportObject(
    name="budgets",
    title="budget",
    services=("AddPhase",),
    collect=collect,
    read=read,
    rules=(
        Rule("E1", common.project_is_synced),
        Rule("E1", common.has_a_line, "The budget has a line; one with the amount 0 is enough (E4)."),
        Rule("E1", rules.is_locked),
        Rule(
            "E1",
            partial(common.codes_are_synced, complete_too=True),
            "Every line has a phase and cost type that the job has in Spectrum; a complete phase keeps its status.",
        ),
        Rule("B4", common.no_custom_segments),
        Rule("E1", partial(common.codes_are_distinct, within="the estimate of a job")),
        Rule(
            "E3",
            partial(common.amounts_fit, service="AddPhase", element="Original_Est_Cost"),
            "Every line has an amount that fits; 0 does (E4). Units and quantities are not exchanged.",
        ),
        Rule("E2", rules.is_not_exported),
    ),
    form=form,
    form_rules=(),
    document=document,
    mark=None,
    unmark=None,
    holds=holds,
    space="budget",
    frozen=("locked", "lines"),
    changed=budget_drift.changed,
    belongs_to="itself",
    claims=phases,
    mapping=(
        FieldMapping("job of the project", "AddPhase.Job_Number"),
        FieldMapping("cost code of the line", "AddPhase.Phase_Code", "without separators; a phase of the job"),
        FieldMapping("cost type of the line", "AddPhase.Cost_Type"),
        FieldMapping("original budget amount", "AddPhase.Original_Est_Cost", "at most 12 characters; 0 is sent"),
        FieldMapping("Spectrum's own", "AddPhase.Description", "sent unchanged, since a new one renames the phase"),
        FieldMapping("Spectrum's own", "AddPhase.Price_Method_Code", "J (of the job) where the phase has none"),
        FieldMapping("Spectrum's own", "AddPhase.Status_Code", "unchanged: a blank one is documented as active"),
    ),
)
