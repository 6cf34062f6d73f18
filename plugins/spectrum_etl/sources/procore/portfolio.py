"""Projects of a Procore company as imports read and write them, with what they are made from.

Sources: developers.procore.com/reference/rest (projects, tools, permissions). Which
call takes which field differs: the list of standard codes is set by `change_project` alone, origin codes are not taken
by its sync action, a template counts at creation only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict, cast

from spectrum_etl.sources.faults import NotAllowed, NotFound, NotVisible, Refused
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.faults import ApiCall
from spectrum_etl.sources.procore.ids import Id, company_scope, path_id
from spectrum_etl.sources.procore.rows import RowResult, one_by_one

Record = dict[str, Any]
_PATH = "/rest/v1.0/projects"
#: Only version 1.1 shows the list of standard codes.
_PATH_1_1 = "/rest/v1.1/projects"
_PROJECTS_A_PAGE = 300
_LIST = "standard_cost_code_list_id"
#: Statuses of an account without permission, and of one that is not told that there is a project.
_UNSEEN = frozenset({403, 404})


class _ProjectFields(TypedDict, total=False):
    name: str
    project_number: str | None
    address: str | None
    city: str | None
    state_code: str | None
    zip: str | None
    country_code: str | None
    description: str | None
    start_date: str | None
    completion_date: str | None
    total_value: str | None
    active: bool
    department_ids: list[int]
    origin_id: str | None
    origin_data: str | None


class NewProject(_ProjectFields, total=False):
    """What a new project is created with; days as `2026-08-03`: those of another form are stored as none, unsaid."""

    origin_code: str | None
    project_template_id: int
    enable_copy_of_standard_cost_codes: bool


class ProjectChange(_ProjectFields, total=False):
    """What is changed of a project: a field that is left out stays, None empties it."""

    origin_code: str | None
    standard_cost_code_list_id: int


def all_projects(client: ProcoreClient) -> Iterator[Record]:
    """All projects that the service account may see, inactive ones too, with their origin fields."""
    return client.pages(_PATH_1_1, {**_scope(client), "view": "extended"})


def changed_projects(client: ProcoreClient, since: datetime | None, until: datetime) -> Iterator[Record]:
    """Projects that were changed in a window; see `ProcoreClient.updated`."""
    return client.updated(_PATH_1_1, {**_scope(client), "view": "extended"}, since, until)


def projects_by_origin(client: ProcoreClient, origin_id: str) -> list[Record]:
    """The projects that carry an origin id, exactly so: one, or none that this account may see.

    What the filter lets through is compared again: a list that ignores it would give all.
    """
    found = client.pages(_PATH_1_1, {**_scope(client), "filters[origin_id]": origin_id})
    return [record for record in found if record.get("origin_id") == origin_id]


def create_project(client: ProcoreClient, fields: NewProject, *, run_validations: bool = False) -> Record:
    """Create a project, sent once.

    Args:
        client: of the Procore company.
        fields: with `name`, and an `origin_id`: it keeps a second project from being created after a lost answer, since
            a new project may not be visible to the account that created it.
        run_validations: as for `sync_companies`.

    Returns:
        The project as Procore holds it now.

    Raises:
        OutcomeUnknown: no usable answer; it may be there.
        Refused: `fields` says why; a taken `origin_id` may be this project's own, created before.
        Others as `ProcoreClient.post`.
    """
    params = {"run_configurable_validations": run_validations}
    record: Record = client.post(_PATH, {**company_scope(client), "project": dict(fields)}, params)
    return record


def change_project(
    client: ProcoreClient, project_id: Id, fields: ProjectChange, *, run_validations: bool = False
) -> Record:
    """Set fields of a project, and return it as it is now; repeating it does no harm.

    Raises:
        Refused: `fields` says why.
        NotFound, NotAllowed: it is gone, or this account may not see it.
    """
    body = {**company_scope(client), "project": dict(fields)}
    params = {"run_configurable_validations": run_validations}
    record: Record = client.patch(f"{_PATH}/{path_id(project_id)}", body, params)
    return record


def put_projects(
    client: ProcoreClient, updates: Sequence[Mapping[str, Any]], *, run_validations: bool = False
) -> Iterator[RowResult]:
    """Create projects, those without `id`, or change them, one a call; see `one_by_one`.

    A new one that is there already, by its `origin_id`, is brought to what is asked for. Where this account may not see
    it, its row has NotVisible as fault: it is there, and not created again. The list of standard cost codes is set of a
    project that is there: a new one takes none, and has that of its template, or the company's default.
    """

    def write(update: Mapping[str, Any]) -> Record:
        fields = {name: value for name, value in update.items() if name != "id"}
        if "id" in update:
            return _change(client, update["id"], fields, run_validations)
        new = {name: value for name, value in fields.items() if name != _LIST}
        try:
            made = create_project(client, cast(NewProject, new), run_validations=run_validations)
        except Refused as refused:
            if all(said.field != "origin_id" for said in refused.fields):
                raise
            found = projects_by_origin(client, str(fields["origin_id"]))
            if not found:
                raise _not_visible(f"a project with the origin id {fields['origin_id']} is there") from refused
        else:
            if fields.get(_LIST) in (None, made.get(_LIST)):
                return made
            return _change(client, made["id"], {_LIST: fields[_LIST]}, run_validations)
        # A template counts at creation only.
        fields.pop("project_template_id", None)
        return _change(client, found[0]["id"], fields, run_validations)

    return one_by_one(ApiCall("POST", _PATH, str(client.company_id)), updates, write)


def _change(client: ProcoreClient, project_id: Id, fields: Mapping[str, Any], run_validations: bool) -> Record:
    try:
        return change_project(client, project_id, cast(ProjectChange, dict(fields)), run_validations=run_validations)
    except (NotAllowed, NotFound) as fault:
        if fault.status not in _UNSEEN or may_see(client, project_id):
            raise
        raise _not_visible(f"project {project_id} is there") from fault


def _not_visible(what: str) -> NotVisible:
    return NotVisible(
        f"waiting for permission: {what}, and the service account may not see it yet",
        object="projects",
        remedy="add the service account to the project in Procore; the next run goes on",
    )


def project(client: ProcoreClient, project_id: Id) -> Record | None:
    """One project; None where it is gone, or this account may not see it."""
    try:
        record: Record = client.get(f"{_PATH}/{path_id(project_id)}", company_scope(client))
    except (NotAllowed, NotFound) as fault:
        if fault.status not in _UNSEEN:
            raise
        return None
    return record


def may_see(client: ProcoreClient, project_id: Id) -> bool:
    """Whether this account may see a project: it may not before somebody permitted it, though it created it."""
    return project(client, project_id) is not None


def project_tools(client: ProcoreClient, project_id: Id) -> Iterator[Record]:
    """The tools of a project: engine_name, title, is_active."""
    return client.pages(f"{_PATH}/{path_id(project_id)}/tools")


def access_levels(client: ProcoreClient, project_id: Id | None = None) -> dict[str, str]:
    """The service account's level by name of the tool, of the company or of a project, as Procore names them."""
    scope = company_scope(client) if project_id is None else {"project_id": path_id(project_id)}
    manifest = client.get("/rest/v1.0/settings/permissions", scope)
    return {str(tool["name"]): str(tool["user_access_level"]["name"]) for tool in manifest["tools"]}


def _scope(client: ProcoreClient) -> Record:
    return {**company_scope(client), "per_page": _PROJECTS_A_PAGE, "filters[by_status]": "All"}
