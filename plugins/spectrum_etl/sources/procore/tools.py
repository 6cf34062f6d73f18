"""The tools of a Procore company and of its projects: which are on, and what the service account may do with them.

Sources: developers.procore.com/reference/rest (tools, permissions). Which fields the list of tools has is not published
with it: a tool that says nothing of whether it is on is taken for one that is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spectrum_etl.sources.faults import Unreadable
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.ids import Id, company_scope, path_id


@dataclass(frozen=True)
class Tools:
    """The tools of a project by their names, such as `direct_costs`.

    Args:
        on: those that are on.
        off: those that are shown as switched off, with their titles.
    """

    on: frozenset[str]
    off: Mapping[str, str]

    def is_off(self, name: str) -> bool:
        """Whether a tool is switched off: shown as such, or left out of a list that shows active ones only."""
        return name in self.off or bool(self.on and not self.off and name not in self.on)


def project_tools(client: ProcoreClient, project_id: Id) -> Tools:
    """The tools of a project."""
    on, off = set(), {}
    for tool in client.pages(f"/rest/v1.0/projects/{path_id(project_id)}/tools"):
        title = str(tool.get("title") or tool.get("name") or tool.get("engine_name") or "")
        name = str(tool.get("engine_name") or tool.get("name") or title).lower().replace(" ", "_")
        if tool.get("is_active") is False:
            off[name] = title
        else:
            on.add(name)
    return Tools(frozenset(on), off)


def access_levels(client: ProcoreClient, project_id: Id | None = None) -> dict[str, str]:
    """The service account's level by name of the tool, of the company or of a project, as Procore names them.

    Raises:
        Unreadable: the answer lists no tools.
        Others as `ProcoreClient.get`.
    """
    path = "/rest/v1.0/settings/permissions"
    scope = company_scope(client) if project_id is None else {"project_id": path_id(project_id)}
    manifest = client.get(path, scope)
    tools = manifest.get("tools") if isinstance(manifest, Mapping) else None
    if not isinstance(tools, list) or not all(isinstance(tool, Mapping) for tool in tools):
        raise Unreadable(
            "the response is not a list of records",
            object=f"Procore company {client.company_id}, GET {path}",
            remedy="look in Procore at what the service account may do",
        )
    return {str(tool.get("name") or tool.get("friendly_name")): _level(tool.get("user_access_level")) for tool in tools}


def _level(level: object) -> str:
    """The name of a level; none where the account has none."""
    return str((level.get("name") if isinstance(level, Mapping) else level) or "none")
