"""Projects that become new Spectrum jobs, and new codes of those that have one (D1-D6, B2-B5).

One record a project. While it is not linked, its document is AddJob and an AddPhase for every cost code and type; once
it is, an AddPhase for every code and type that the job lacks. A project without such codes is left out (`offers`).
The division, cost center, customer and price method of a new job are those of the template job (D2). So is its taxable
flag, as far as Info-Link shows it: else the settings propose one; the approver answers. The customer makes Spectrum
create the contract of the job, too (AddJob).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spectrum_etl.exports.document import Call, Document
from spectrum_etl.exports.form_field import FormField
from spectrum_etl.exports.objects import spelled
from spectrum_etl.exports.objects.claimed import phases
from spectrum_etl.exports.objects.days import day_of
from spectrum_etl.exports.objects.facts import (
    code_facts,
    found,
    named_projects,
    of_each,
    phase_code,
    project_facts,
    text,
)
from spectrum_etl.exports.objects.proposals import proposing
from spectrum_etl.exports.objects.texts import text_of
from spectrum_etl.exports.rules import jobs as rules
from spectrum_etl.exports.rules.address import address_elements, address_facts
from spectrum_etl.exports.rules.common import answer_of, job_of, linked_code
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
from spectrum_etl.links.pairs import compared
from spectrum_etl.model.record import RecordId
from spectrum_etl.settings import Company
from spectrum_etl.sources.procore import marks, resources
from spectrum_etl.sources.procore.client import ProcoreClient

_NUMBER_LENGTH = SERVICES["AddJob"].elements["Job_Number"].length


def collect(client: ProcoreClient, company: Company, only: RecordFilter) -> Iterator[Candidate | Skipped]:
    """All active projects, linked or not, with their codes; or those that the form names."""
    lists = _list_names(client)

    def of(project: Mapping[str, Any]) -> Iterator[Candidate]:
        candidate = _read(client, company, text(project["id"]), lists)
        if candidate is not None:
            yield candidate

    yield from of_each(client, named_projects(only) or resources.projects(client), of)


def read(client: ProcoreClient, company: Company, id: RecordId) -> Candidate | None:
    """One project again."""
    return _read(client, company, id.record, _list_names(client))


def offers(candidate: Candidate, context: Context) -> bool:
    """A project without a job, or with codes that its job lacks, or whose job is gone."""
    job = job_of(candidate, context)
    return job is None or context.spectrum.job(job) is None or bool(rules.lacking(candidate, context))


def form(candidate: Candidate, context: Context) -> tuple[FormField, ...]:
    """Job id and taxable flag of a new job; nothing for new codes."""
    if not rules.is_new(candidate, context):
        return ()
    company, exports = context.company.code, context.settings.exports
    flag = (rules.template_of(context) or {}).get("Taxable_Flag", "").strip().upper()
    if flag not in {"Y", "N"}:
        flag = exports.template_taxable.get(company, "")
    number = FormField(
        "job_number",
        "Job id",
        "Number of the new job in Spectrum; it may differ from the project number.",
        max_length=_NUMBER_LENGTH,
        fills=("Job_Number",),
        pattern="(?![Aa][Ll][Ll]$)[A-Za-z0-9.-]+",
        pattern_says="only letters, digits, dashes and dots, and not ALL",
    )
    own = candidate.content["project"]["number"]
    return (
        proposing(number, own, candidate, context, (rules.job_number_is_free,)),
        FormField(
            "taxable",
            "Taxable",
            "Whether the job is taxable, as its template job is.",
            proposal=flag,
            max_length=1,
            choices=("Y", "N"),
            fills=("Taxable_Flag",),
        ),
    )


def document(candidate: Candidate, answers: Answers, context: Context) -> Document:
    """AddJob for a new job, then an AddPhase for every code and type that Spectrum lacks."""
    job, calls = job_of(candidate, context), []
    if job is None:
        job = answer_of(answers, "job_number")
        calls.append(_add_job(candidate, job, answer_of(answers, "taxable"), context))
    linked = job_of(candidate, context)
    for code, cost_type in rules.pairs_to_add(candidate, context):
        values = {
            "Company_Code": context.company.code,
            "Job_Number": job,
            "Phase_Code": code["phase"],
            "Cost_Type": cost_type,
            "Description": rules.description_of(code, context, linked),
            "Price_Method_Code": "J",
        }
        calls.append(call("AddPhase", values, adds=True, record=candidate.title))
    return Document(job, tuple(calls))


def mark(client: ProcoreClient, company: Company, id: RecordId, key: str) -> None:
    """The project's origin code becomes the job number; a project that is linked to that job already stays as it is."""
    project = found(resources.project, client, id.record)
    if project is None or compared(linked_code(project, company.code) or "") != compared(key):
        marks.mark_project(client, id.record, origin_id=f"{company.code}:{key}", origin_code=key)


def unmark(client: ProcoreClient, company: Company, id: RecordId) -> None:
    """Takes the link out of the project again."""
    marks.unmark_project(client, id.record)


def creator(client: ProcoreClient, company: Company, id: RecordId) -> Mapping[str, Any] | None:
    """Who made the project (Show Project): Procore's own connector tells who sent it, and here nobody sends."""
    project = found(resources.project, client, id.record)
    return project.get("created_by") if project else None


def _add_job(candidate: Candidate, job: str, taxable: str, context: Context) -> Call:
    content, template = candidate.content, rules.template_of(context) or {}
    values = {
        "Company_Code": context.company.code,
        "Job_Number": job,
        "Job_Description": content["project"]["name"],
        "Division": template.get("Division", ""),
        **address_elements(content, "City"),
        "Customer_Code": template.get("Customer_Code", ""),
        "Taxable_Flag": taxable,
        "Price_Method_Code": template.get("Price_Method_Code", ""),
        "Cost_Center": template.get("Cost_Center", ""),
    }
    return call("AddJob", values, adds=True, record=candidate.title)


def _list_names(client: ProcoreClient) -> dict[str, str]:
    return {text(entry["id"]): text(entry.get("name")) for entry in resources.standard_cost_code_lists(client)}


def _read(client: ProcoreClient, company: Company, id: str, lists: Mapping[str, str]) -> Candidate | None:
    project = found(resources.project, client, id)
    if project is None:
        return None
    facts = project_facts(project)
    budget_codes = [code_facts(code) for code in resources.wbs_codes(client, id)]
    content = {
        "project": facts,
        "created_on": day_of(project.get("created_at"), project),
        "list": lists.get(text(project.get("standard_cost_code_list_id")), ""),
        **address_facts(project),
        "codes": list(_codes(resources.cost_codes(client, id))),
        "segments": sorted({name for code in budget_codes for name in code["segments"]}),
    }
    # Only where there are any: what other projects hold, and so whether it differs from what was exported, stays.
    if segmented := _segmented(budget_codes):
        content["segmented"] = segmented
    title = f"Project {facts['name'] or facts['id']}"
    return Candidate(RecordId(company.code, facts["id"], facts["id"]), title, content)


def _segmented(budget_codes: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Phase and cost type of the budget codes that the project has with another segment only."""
    plain: set[tuple[str, str]] = set()
    with_segment: set[tuple[str, str]] = set()
    for code in budget_codes:
        (with_segment if code["segments"] else plain).add((code["phase"], code["cost_type"]))
    return [list(pair) for pair in sorted(with_segment - plain) if all(pair)]


def _codes(cost_codes: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The codes that have none below them (those above are divisions, which take no costs), in their order."""
    codes = list(cost_codes)
    above = {text((code.get("parent") or {}).get("id")) for code in codes}
    for code in sorted(codes, key=lambda code: text(code.get("sortable_code") or code.get("full_code"))):
        if text(code["id"]) in above or code.get("deleted_at"):
            continue
        full = text(code.get("full_code") or code.get("code"))
        kinds = {text(kind.get("code")).upper() for kind in code.get("line_item_types") or ()}
        yield {
            "code": full,
            "phase": phase_code(full),
            "description": text_of("cost_code", code, "name"),
            "cost_types": sorted(kinds - {""}),
            "sub_job": code.get("biller_type") == "SubJob",
        }


OBJECT = ExportObject(
    name="jobs",
    title="job",
    services=("AddJob", "AddPhase"),
    collect=collect,
    read=read,
    rules=(
        Rule("D1", rules.began_after_the_connection),
        Rule("D2", rules.template_is_complete),
        Rule("D3", rules.codes_have_cost_types),
        Rule("D4", rules.name_fits),
        Rule("D4", rules.address_fits),
        Rule("D6", rules.uses_the_list),
        Rule("B3", rules.no_sub_jobs),
        Rule("B4", rules.no_custom_segments),
        Rule("B5", rules.job_takes_codes),
        Rule("B2", rules.phases_are_distinct),
        Rule("B2", rules.codes_fit),
    ),
    form=form,
    form_rules=(Rule("D4", rules.job_number_is_free), Rule("D2", rules.taxable_is_answered)),
    document=document,
    mark=mark,
    unmark=unmark,
    holds=spelled.job,
    space="job",
    belongs_to="itself",
    claims=phases,
    mapping=(
        FieldMapping("form: job id", "AddJob.Job_Number", "at most 10, new; the project number is proposed"),
        FieldMapping("name", "AddJob.Job_Description", "at most 25, longer is refused"),
        FieldMapping("address", "AddJob.Address_1", "first line, at most 30"),
        FieldMapping("address", "AddJob.Address_2", "second line, at most 30; a third line is refused"),
        FieldMapping("city", "AddJob.City", "at most 25"),
        FieldMapping("state_code", "AddJob.State", "at most 2"),
        FieldMapping("zip", "AddJob.Zip_Code", "at most 10"),
        FieldMapping("template job", "AddJob.Division"),
        FieldMapping("template job", "AddJob.Cost_Center", "left out where the template has none"),
        FieldMapping("template job", "AddJob.Customer_Code", "Spectrum creates the contract with it"),
        FieldMapping("template job", "AddJob.Price_Method_Code"),
        FieldMapping(
            "form: taxable", "AddJob.Taxable_Flag", "the template job's; by the settings where a site does not show it"
        ),
        FieldMapping("cost code", "AddPhase.Phase_Code", "without separators, at most 20"),
        FieldMapping("cost type of the cost code", "AddPhase.Cost_Type", "one that Spectrum has"),
        FieldMapping("name of the cost code", "AddPhase.Description", "at most 25; Spectrum's own for a known phase"),
        FieldMapping("fixed: J", "AddPhase.Price_Method_Code", "the phase is priced as its job"),
    ),
    offers=offers,
    again=True,
    creator=creator,
)
