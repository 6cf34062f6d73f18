"""Jobs, which become projects (N5, N13, B3, D1)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from spectrum_etl.imports.match import Party, Suggestion, suggest_projects
from spectrum_etl.imports.spec import Choice, Field, ImportObject, Json, Narrowing, Writes
from spectrum_etl.settings import Company, Settings
from spectrum_etl.sources.faults import NotAllowed
from spectrum_etl.sources.procore import portfolio, resources
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.rows import RowResult
from spectrum_etl.staging.objects.jobs import JOBS

Record = dict[str, Any]
_DAYS = ("start_date", "completion_date")
_LIST = "standard_cost_code_list_id"
log = logging.getLogger(__name__)


def read_all(client: ProcoreClient) -> Iterator[Record]:
    """All projects that the account may see, inactive ones too."""
    return map(_read, portfolio.all_projects(client))


def read_changed(client: ProcoreClient, since: datetime, until: datetime) -> Iterator[Record]:
    """Those that were changed in a window."""
    return map(_read, portfolio.changed_projects(client, since, until))


def read_one(client: ProcoreClient, record: str) -> Record | None:
    """One project; None where the account may not see it."""
    found = portfolio.project(client, record)
    return None if found is None else _read(found)


def by_origin(client: ProcoreClient, origin_id: str) -> list[Record]:
    """The projects that carry an origin id."""
    return [_read(record) for record in portfolio.projects_by_origin(client, origin_id)]


def write(client: ProcoreClient, updates: Sequence[Record], run_validations: bool) -> Iterator[RowResult]:
    """Create, link or change projects, one a call: Procore asks not to create them by sync."""
    sent = [_sent(update) for update in updates]
    for row in portfolio.put_projects(client, sent, run_validations=run_validations):
        yield row if row.entity is None else replace(row, entity=_read(row.entity))


def party(row: Json) -> Party:
    """A job or a project, as they are compared."""
    fields = row["fields"]
    return Party(
        key=row.get("record_id") or row["spectrum_key"],
        name=row.get("name") or fields["name"] or "",
        code=fields["project_number"],
        active=row.get("is_active", True),
        linked=row.get("is_taken", False),
    )


def parameters(settings: Settings, company: Company) -> Json:
    """Which jobs are offered, and what their projects are made from (N13)."""
    options = settings.imports.jobs
    return {
        "statuses": list(options.statuses),
        "divisions": list(options.divisions),
        "without_division": options.include_without_division,
        "started_from": options.started_from,
        "template": options.project_templates.get(company.code),
        "cost_code_list": settings.exports.standard_cost_code_list,
    }


def facts(client: ProcoreClient, settings: Settings) -> Json:
    """The list of cost codes that new projects use (N5, D6), where Procore shows one of that name."""
    wanted = settings.exports.standard_cost_code_list
    try:
        found = [each["id"] for each in resources.standard_cost_code_lists(client) if each.get("name") == wanted]
    except NotAllowed:
        log.warning("the service account may not read the lists of cost codes of Procore company %s", client.company_id)
        found = []
    return {_LIST: str(found[0]) if found else None}


def chosen(settings: Settings, company: Company, told: Json) -> Settings:
    """The settings with the template that a run was told."""
    if told.get("project_template") is None:
        return settings
    jobs = settings.imports.jobs
    templates = {**jobs.project_templates, company.code: int(told["project_template"])}
    jobs = jobs.model_copy(update={"project_templates": templates})
    return settings.model_copy(update={"imports": settings.imports.model_copy(update={"jobs": jobs})})


def matches(jobs: Iterable[Party], projects: Iterable[Party], settings: Settings) -> Iterator[Suggestion]:
    """Projects of the same number or name."""
    return suggest_projects(jobs, projects)


def _read(record: Mapping[str, Any]) -> Record:
    """A project in the words of every import; its days may be written as the midnights that they begin with."""
    days = {name: str(record[name])[:10] for name in _DAYS if record.get(name)}
    return {**record, **days, "is_active": record.get("active") is not False}


def _sent(update: Record) -> Record:
    """In the words of Procore."""
    sent = dict(update)
    if "is_active" in sent:
        sent["active"] = sent.pop("is_active")
    for name in ("project_template_id", _LIST):
        if sent.get(name) is not None:
            sent[name] = int(sent[name])
    return sent


OBJECT = ImportObject(
    name="jobs",
    title="job",
    procore_title="project",
    key_column="job_number",
    name_column="job_description",
    rule="N5",
    exact_words="exactly the same number and name",
    space="job",
    table=JOBS,
    desired="imports/desired_projects.sql",
    fields=(
        Field("name", "job_description", follows="name"),
        Field("project_number", "job_number", "of new projects"),
        Field("address", "address_1, address_2", "one line", follows="address"),
        Field("city", "city", follows="address"),
        Field("state_code", "state", "left out where Procore does not know it", follows="address"),
        Field("country_code", "state", "US or CA, by the state", follows="address"),
        Field("zip", "zip_code", follows="address"),
        Field(
            "start_date",
            "start_date, est_start_date",
            "the actual start date, otherwise the estimated one",
            follows="dates",
        ),
        Field(
            "completion_date",
            "complete_date, projected_complete_date, est_complete_date",
            "the first that there is",
            follows="dates",
        ),
        Field("project_template_id", "imports.jobs.project_templates", "of new projects", shown=False),
        Field(_LIST, "exports.standard_cost_code_list", "of new projects: the list of this name, set after creation"),
    ),
    options=lambda settings: settings.imports.jobs,
    parameters=parameters,
    narrowings=(
        Narrowing(
            "statuses",
            "Statuses",
            "Only jobs of these statuses (A active, I inactive, C complete), one a line. Empty means all that the"
            " settings offer. The others stay as they are in the plan.",
        ),
        Narrowing("divisions", "Divisions", "Only jobs of these divisions of Spectrum, one a line. Empty means all."),
        Narrowing(
            "without_division",
            "Without a division",
            "Only jobs without a division; where divisions are given as well, these and those.",
            is_switch=True,
        ),
        Narrowing(
            "started_from", "Started from", "Only jobs that started on this day or later. Empty means all.", is_day=True
        ),
    ),
    choices=(
        Choice(
            "project_template",
            "Project template",
            "Id of the template in Procore that the new projects of this run's plan are made from, in place of that of"
            " the settings. Rows that are accepted keep it; a later run offers the others with its own.",
        ),
    ),
    chosen=chosen,
    keys_of="imports/jobs_narrowed.sql",
    read_all=read_all,
    read_changed=read_changed,
    # A project in progress stays as it is: none is made active.
    writes=Writes(
        party=party,
        read_one=read_one,
        by_origin=by_origin,
        write=write,
        rows_a_call=1,
        suggest=matches,
        # A project that has the number or the name by now: somebody has to look before a second one is made.
        doubles=lambda match: True,
        set_afterwards=(_LIST,),
    ),
    may_be_hidden=True,
    is_project=True,
    facts=facts,
)
