"""What a Procore company is like before anything is imported into it: whose ids it carries, what the account may do.

Nothing is written. Whatever Procore does not tell is said to be not known, and why: the connection works all the same.
Only some projects are asked about one by one; counts say of how many. What is assumed about Procore is called so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from spectrum_etl.connections.result import Fact
from spectrum_etl.errors import RetryLater, SpectrumEtlError
from spectrum_etl.exports.objects.facts import COST_CODE, COST_TYPE
from spectrum_etl.exports.rules.common import own_key
from spectrum_etl.model.characters import escaped
from spectrum_etl.model.display import visible
from spectrum_etl.settings import Company
from spectrum_etl.sources.procore import directory, portfolio, resources
from spectrum_etl.sources.procore.client import ProcoreClient

Record = Mapping[str, Any]
#: So many projects are asked about one by one; so many records are named.
_PROJECTS, _NAMED = 3, 3
_ERP_ASKED, _UNSEEN_ASKED = 20, 20
_LEVELS = ("none", "read_only", "standard", "admin")
#: What imports need of the company's tools (Procore's documentation of vendors/sync names this one).
_COMPANY_NEEDS = {"directory": "admin"}
#: And of a project's tools: assumed, since no publication names the level that each call needs.
_PROJECT_NEEDS = {"budget": "standard", "prime_contracts": "standard", "direct_costs": "standard"}
#: Types of segments that every company has, or that have a rule of their own (sub jobs; what that type is called is
#: assumed).
_OWN_SEGMENTS = frozenset({COST_CODE, COST_TYPE, "sub_job"})


def facts(client: ProcoreClient, company: Company, linked: Mapping[str, str]) -> Iterator[Fact]:
    """Answer every question about the company.

    Args:
        client: of the Procore company.
        company: whose Procore company it is.
        linked: the projects that are linked: Procore id and job.
    """
    asked = _Company(client, company, linked)
    late: RetryLater | None = None
    for subject, item, answer in asked.questions():
        try:
            # After a passing fault the rest is not asked: each further call would wait as long.
            told = f"not known: {late.message}" if late is not None else answer()
        except SpectrumEtlError as error:
            told = f"not known: {error.message}"
            late = error if isinstance(error, RetryLater) else None
        yield Fact(subject, item, escaped(visible(told)))


class _Company:
    """The questions; what several of them need is read once."""

    def __init__(self, client: ProcoreClient, company: Company, linked: Mapping[str, str]) -> None:
        self._client = client
        self._company = company
        self._linked = linked
        self._read: list[Record] | None = None

    def questions(self) -> Iterator[tuple[str, str, Callable[[], str]]]:
        """Subject, item, and what answers it."""
        yield "companies", "origin ids", lambda: self._owners(directory.companies(self._client))
        yield "projects", "origin ids", lambda: self._owners(self._projects())
        yield "standard cost codes", "origin ids", lambda: self._owners(self._standard_codes())
        for subject, read in (
            ("cost types", resources.line_item_types),
            ("cost codes", resources.cost_codes),
            ("subcontracts", resources.work_order_contracts),
            ("purchase orders", resources.purchase_order_contracts),
            ("prime contracts", resources.prime_contracts),
        ):
            yield subject, "origin ids", lambda read=read: self._owners_in_projects(read)  # type: ignore[misc]
        yield "projects", "ERP integration", self._erp_integrated
        yield "company", "rights", self._company_rights
        yield "projects", "rights", self._project_rights
        yield "projects", "not visible", self._unseen
        yield "company", "custom segments", self._custom_segments

    def _projects(self) -> list[Record]:
        if self._read is None:
            self._read = list(portfolio.all_projects(self._client))
        return self._read

    def _some_projects(self) -> list[Record]:
        """Those that are asked about one by one: active ones first."""
        return sorted(self._projects(), key=lambda project: project.get("active") is False)[:_PROJECTS]

    def _standard_codes(self) -> Iterator[Record]:
        for each in resources.standard_cost_code_lists(self._client):
            yield from resources.standard_cost_codes(self._client, each["id"])

    def _owners_in_projects(self, read: Callable[[ProcoreClient, Any], Iterable[Record]]) -> str:
        projects = self._some_projects()
        if not projects:
            return "not known: the service account sees no project"
        found = {record["id"]: record for project in projects for record in read(self._client, project["id"])}
        return f"in {len(projects)} of {len(self._projects())} projects: {self._owners(found.values())}"

    def _owners(self, records: Iterable[Record]) -> str:
        ours = none = 0
        foreign: list[str] = []
        for record in records:
            origin = str(record.get("origin_id") or "").strip()
            if not origin:
                none += 1
            elif own_key(origin, self._company.code):
                ours += 1
            else:
                foreign.append(_named(record))
        if not foreign:
            return f"{ours} ours, 0 of another integration, {none} without one"
        return (
            f"{ours} ours, {len(foreign)} of another integration ({_some(foreign)}), {none} without one; nothing is "
            "imported before they are taken over (assumed: that Procore lets their ids be replaced)"
        )

    def _erp_integrated(self) -> str:
        on: list[str] = []
        asked = shown = 0
        for project in self._projects():
            if "is_erp_integrated" not in project:  # the list need not show it; the project itself does
                if asked == _ERP_ASKED:
                    continue
                asked += 1
                project = resources.project(self._client, project["id"])
            shown += 1
            if project.get("is_erp_integrated"):
                on.append(_named(project))
        told = f"is_erp_integrated is on for {len(on)} of {shown} projects"
        if shown < len(self._projects()):
            told += f" that were asked, of {len(self._projects())}"
        if not on:
            return told
        return f"{told} ({_some(on)}); assumed: that they can be written while another integration is switched on"

    def _company_rights(self) -> str:
        return _rights(portfolio.access_levels(self._client), _COMPANY_NEEDS, "companies cannot be imported without it")

    def _project_rights(self) -> str:
        told = []
        for project in self._some_projects():
            levels = portfolio.access_levels(self._client, project["id"])
            off = [
                tool["title"] for tool in portfolio.project_tools(self._client, project["id"]) if not tool["is_active"]
            ]
            said = _rights(levels, _PROJECT_NEEDS, "assumed", missing_is_off=True)
            told.append(f"{_named(project)}: {said}" + (f"; switched off: {', '.join(sorted(off))}" if off else ""))
        return ". ".join(told) or "not known: the service account sees no project"

    def _unseen(self) -> str:
        seen = {str(project["id"]) for project in self._projects()}
        hidden = [(record, job) for record, job in sorted(self._linked.items()) if record not in seen]
        unseen = [
            f"job {job} (id {record})"
            for place, (record, job) in enumerate(hidden)
            if place >= _UNSEEN_ASKED or not portfolio.may_see(self._client, record)
        ]
        rest = f"{len(seen)} projects are visible; Procore does not tell which others there are"
        if not unseen:
            return f"0 of {len(self._linked)} linked projects; {rest}"
        return (
            f"{len(unseen)} of {len(self._linked)} linked projects ({_some(unseen)}): add them to the permitted "
            f"projects of the service account; {rest}"
        )

    def _custom_segments(self) -> str:
        found = [
            str(segment.get("name") or segment["id"])
            for segment in resources.wbs_segments(self._client)
            if segment.get("type") not in _OWN_SEGMENTS
        ]
        if not found:
            return "none"
        return f"{', '.join(found)}: records that use one are neither imported nor exported (B4)"


def _rights(levels: Mapping[str, str], needs: Mapping[str, str], what: str, *, missing_is_off: bool = False) -> str:
    """The levels of all tools, and which are too low.

    Args:
        levels: by tool.
        needs: the level that imports need, by tool.
        what: what that rests on, or follows from it.
        missing_is_off: whether a tool that is not shown is no missing right, but switched off.
    """
    low = [
        f"{tool} needs {level}, has {levels.get(tool, 'none')}"
        for tool, level in needs.items()
        if not _suffices(levels.get(tool), level, missing_is_off)
    ]
    told = ", ".join(f"{tool} {level}" for tool, level in sorted(levels.items())) or "no tool is shown"
    return f"too low: {'; '.join(low)} ({what}). All: {told}" if low else told


def _suffices(held: str | None, needed: str, missing_is_off: bool) -> bool:
    if held is None:
        return missing_is_off
    return held not in _LEVELS or _LEVELS.index(held) >= _LEVELS.index(needed)


def _named(record: Record) -> str:
    title = next((str(record[name]) for name in ("name", "title", "number") if record.get(name)), "without a name")
    return f"{title} (id {record['id']})"


def _some(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
