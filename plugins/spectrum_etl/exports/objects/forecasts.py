"""Forecasts of projects, which become Spectrum's projected costs (L1).

One record a project: the figures of the column `Estimated Cost at Completion` of its budget view. One
JobCostProjections a figure, at completion; 0 clears Spectrum's projection, and a blank figure leaves it as it is.
Spectrum books what a figure differs by, so one that is equal to the current projection books nothing and is confirmed
all the same. A project is offered again once its figures differ from those exported last, so its content holds nothing
else that changes. Procore has no field for the link.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from spectrum_etl.exports.document import Document
from spectrum_etl.exports.form_field import FormField
from spectrum_etl.exports.objects import contracts, spelled
from spectrum_etl.exports.objects.claimed import projections
from spectrum_etl.exports.objects.facts import Json, found, line_facts, named_projects, of_each, project_facts, text
from spectrum_etl.exports.rules import common
from spectrum_etl.exports.rules import forecasts as rules
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
from spectrum_etl.exports.spectrum.values import call
from spectrum_etl.model.record import RecordId
from spectrum_etl.settings import Company
from spectrum_etl.sources.procore import resources
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.staging.configured import load_settings

_SERVICE = "JobCostProjections"


def collect(client: ProcoreClient, company: Company, only: RecordFilter) -> Iterator[Candidate | Skipped]:
    """The projects that the settings enable, or those that the form names."""

    def of(project: Mapping[str, Any]) -> Iterator[Candidate]:
        candidate = read(client, company, RecordId(company.code, project["id"], project["id"]))
        if candidate is not None:
            yield candidate

    enabled = [{"id": project} for project in load_settings().exports.forecast_projects]
    yield from of_each(client, named_projects(only) or enabled, of)


def read(client: ProcoreClient, company: Company, id: RecordId) -> Candidate | None:
    """One project's forecast again."""
    project = found(resources.project, client, id.project)
    if project is None:
        return None
    facts, (missing, lines) = project_facts(project), _figures(client, id.project)
    # Neither name nor number: a renamed project has no new forecast.
    content = {
        "project": {name: facts[name] for name in ("id", "origin_id", "origin_code")},
        "missing": missing,
        "lines": lines,
    }
    return Candidate(id, f"Forecast of {facts['name'] or facts['id']}", content)


def form(candidate: Candidate, context: Context) -> tuple[FormField, ...]:
    """The day that the figures hold for; today is proposed, or the day of a later projection that Spectrum has."""
    today, last = rules.today(context).isoformat(), rules.last_projection(candidate, context)
    taken = f" Not before {last[0]}, the last projection that Spectrum has of these phases." if last else ""
    return (
        FormField(
            rules.DATE,
            "Projection date",
            f"Day that the figures hold for, as YYYY-MM-DD.{taken}",
            proposal=max(today, last[0]) if last else today,
            max_length=10,
            fills=("Transaction_Date",),
            pattern=r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
            pattern_says="a day as YYYY-MM-DD",
        ),
    )


def document(candidate: Candidate, answers: Answers, context: Context) -> Document:
    """One call a figure."""
    job = contracts.known(job_of(candidate, context), "linked job", candidate)
    calls = tuple(
        call(
            _SERVICE,
            {
                "Company_Code": context.company.code,
                "Job_Number": job,
                "Phase_Code": line["phase"],
                "Cost_Type": line["cost_type"],
                "Transaction_Date": answer_of(answers, rules.DATE),
                "Amount": line["amount"],
            },
            adds=False,
            record=candidate.title,
        )
        for line in candidate.content["lines"]
    )
    return Document(job, calls)


def _figures(client: ProcoreClient, project: str) -> tuple[str, list[Json]]:
    """What is missing, and the rows that have a figure."""
    settings = load_settings().exports
    views = resources.budget_views(client, project)
    view = next((view for view in views if text(view.get("name")) == settings.budget_view), None)
    if view is None:
        return "budget view", []
    rows = list(resources.budget_detail_rows(client, view["id"], project, "all"))
    if rows and not any(settings.forecast_column in row for row in rows):
        return "column", []
    filled = [row for row in rows if text(row.get(settings.forecast_column))]
    codes = contracts.ProjectCodes(client).of(project)
    cost_codes = _by_id(resources.cost_codes(client, project))
    cost_types = _by_id(resources.line_item_types(client, project))
    lines = [
        line_facts(_named(row, cost_codes, cost_types), codes, position, row[settings.forecast_column])
        for position, row in enumerate(filled, 1)
    ]
    lines.sort(key=lambda line: (line["phase"], line["cost_type"], line["id"]))
    return "", [{**line, "name": f"{line['phase'] or '?'} {line['cost_type'] or '?'}"} for line in lines]


def _by_id(records: Iterator[resources.Record]) -> dict[str, resources.Record]:
    return {text(record["id"]): record for record in records}


def _named(row: Mapping[str, Any], cost_codes: Mapping[str, Any], cost_types: Mapping[str, Any]) -> Json:
    """A row with the cost code and type that it names by id, as the lines of contracts have them."""
    return {
        "id": row.get("id"),
        "wbs_code_id": row.get("wbs_code_id"),
        "cost_code": cost_codes.get(text(row.get("cost_code_id"))),
        "line_item_type": cost_types.get(text(row.get("category_id"))),
    }


OBJECT = ExportObject(
    name="forecasts",
    title="forecast",
    services=(_SERVICE,),
    collect=collect,
    read=read,
    rules=(
        Rule("L1", rules.project_is_enabled),
        Rule("L1", common.project_is_synced),
        Rule("L1", rules.column_is_there),
        Rule("L1", rules.has_a_figure),
        Rule(
            "L1",
            # JobCostProjections refuses complete phases no more than others, and every job under way has some.
            partial(common.codes_are_synced, complete_too=True),
            "Every row with a figure has a cost code and a cost type, and Spectrum's job has both; complete ones will "
            "do.",
        ),
        Rule("L1", rules.is_projected_by_hand),
        Rule("L1", rules.repeats_no_code),
        Rule("L1", partial(common.amounts_fit, service=_SERVICE, element="Amount"), "Spectrum takes every figure."),
        Rule("B4", common.no_custom_segments),
    ),
    form=form,
    form_rules=(
        Rule("L1", rules.date_is_one),
        Rule("L1", rules.date_is_not_before_the_last),
        Rule("L1", rules.date_has_come),
    ),
    document=document,
    mark=None,
    unmark=None,
    holds=spelled.job,
    space="forecast",
    belongs_to="itself",
    claims=projections,
    mapping=(
        FieldMapping("project", f"{_SERVICE}.Job_Number", "the job that the project is synced with"),
        FieldMapping("row cost_code", f"{_SERVICE}.Phase_Code", "without separators"),
        FieldMapping("row category", f"{_SERVICE}.Cost_Type"),
        FieldMapping(
            "form: projection date",
            f"{_SERVICE}.Transaction_Date",
            "today is proposed; not before Spectrum's last projection",
        ),
        FieldMapping(
            "row Estimated Cost at Completion",
            f"{_SERVICE}.Amount",
            "at completion; 0 clears, blank leaves; the settings name view and column",
        ),
    ),
    again=True,
    unconfirmed="look at the projections of these phases in Spectrum: somebody may have entered another one meanwhile,"
    " a later one may be there, or Spectrum calculates them itself",
)
