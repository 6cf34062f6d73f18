"""What a Procore company is like before anything is imported into it: whose ids it carries, what the account may do.

Nothing is written. What needs somebody is a finding, what is only good to know a fact. Whatever Procore does not tell
is said to be not known, and why: the connection works all the same. Only some projects are asked about one by one;
counts say of how many. What is assumed about Procore is called so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from spectrum_etl.connections.probes import Answers
from spectrum_etl.connections.procore_lists import Lists, read_each
from spectrum_etl.connections.procore_needs import Rights, company_rights, foreign, project_rights
from spectrum_etl.connections.result import Fact, Finding
from spectrum_etl.errors import RetryLater, SpectrumEtlError
from spectrum_etl.exports.objects.facts import COST_CODE, COST_TYPE
from spectrum_etl.exports.rules.common import own_key
from spectrum_etl.model.characters import escaped
from spectrum_etl.model.display import visible
from spectrum_etl.sources.procore import portfolio, resources
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.marks import PROBE_MARK
from spectrum_etl.sources.procore.tools import access_levels, project_tools

Record = Mapping[str, Any]
_Read = TypeVar("_Read")
#: So many projects are asked about one by one; so many records are named.
_PROJECTS, _NAMED = 3, 3
#: And so many are tried at most, where some do not show what is asked.
_PROJECTS_ASKED = 10
_ERP_ASKED, _UNSEEN_ASKED = 20, 20
#: Types of segments that every company has, or that have a rule of their own (sub jobs; what that type is called is
#: assumed).
_OWN_SEGMENTS = frozenset({COST_CODE, COST_TYPE, "sub_job"})


@dataclass(frozen=True)
class Known:
    """What the settings and the warehouse say of a Procore company.

    Args:
        codes: the Spectrum companies that it belongs to.
        linked: the projects that are linked: Procore id and job.
        in_use: names of the imports that the settings schedule, or that have planned already: what stops one of them is
            shown in red.
        answers: what probes found out before.
        probe_again: whether probes that write are made although their answers are known.
        test_project: Procore id of the project in which probes may write; None: nowhere.
        foreign_company: Procore id of the company on which it may be tried to replace an id of another integration.
    """

    codes: tuple[str, ...]
    linked: Mapping[str, str] = field(default_factory=dict)
    in_use: frozenset[str] = frozenset()
    answers: Answers = field(default_factory=dict)
    probe_again: bool = False
    test_project: int | None = None
    foreign_company: int | None = None


@dataclass
class Learned:
    """What is there, and what has to be done."""

    facts: list[Fact] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class _Answer:
    """What one question came to.

    Args:
        fact: in words.
        findings: what has to be done about it.
    """

    fact: str
    findings: tuple[Finding, ...] = ()


def learn(lists: Lists, known: Known) -> Learned:
    """Answer every question about the company.

    Args:
        lists: of the Procore company.
        known: what the settings and the warehouse say of it.
    """
    learned = Learned()
    late: RetryLater | None = None
    for subject, item, ask in _Company(lists, known).questions():
        try:
            # After a passing fault the rest is not asked: each further call would wait as long.
            answer = _Answer(f"not known: {late.message}") if late is not None else ask()
        except SpectrumEtlError as error:
            answer = _Answer(f"not known: {error.message}")
            late = error if isinstance(error, RetryLater) else None
        learned.facts.append(Fact(subject, item, storable(answer.fact)))
        learned.findings += answer.findings
    return learned


def storable(text: str) -> str:
    """Text that holds words of Procore's users, as it may be kept and shown."""
    return escaped(visible(text))


class _Company:
    """The questions."""

    def __init__(self, lists: Lists, known: Known) -> None:
        self._lists, self._client = lists, lists.client
        self._known = known

    def questions(self) -> Iterator[tuple[str, str, Callable[[], _Answer]]]:
        """Subject, item, and what answers it."""
        yield "companies", "origin ids", lambda: self._owners("companies", self._lists.companies)
        yield "projects", "origin ids", lambda: self._owners("projects", self._lists.projects)
        yield (
            "standard cost codes",
            "origin ids",
            lambda: self._owners("standard cost codes", self._standard_codes()),
        )
        for subject, read in (
            ("cost types", resources.line_item_types),
            ("cost codes", resources.cost_codes),
            ("subcontracts", resources.work_order_contracts),
            ("purchase orders", resources.purchase_order_contracts),
            ("prime contracts", resources.prime_contracts),
        ):
            yield (
                subject,
                "origin ids",
                lambda subject=subject, read=read: self._owners_in_projects(subject, read),  # type: ignore[misc]
            )
        yield "projects", "ERP integration", self._erp_integrated
        yield "company", "rights", self._company_rights
        yield "projects", "rights", self._project_rights
        yield "projects", "not visible", self._unseen
        yield "company", "custom segments", self._custom_segments

    def _of_some_projects(self, read: Callable[[Record], _Read]) -> list[tuple[Record, _Read]]:
        """What some projects show of themselves: active ones first."""
        first = sorted(self._lists.projects, key=lambda project: project.get("active") is False)[:_PROJECTS_ASKED]
        return list(islice(read_each(first, read), _PROJECTS))

    def _standard_codes(self) -> Iterator[Record]:
        for each in resources.standard_cost_code_lists(self._client):
            yield from resources.standard_cost_codes(self._client, each["id"])

    def _owners_in_projects(self, subject: str, read: Callable[[ProcoreClient, Any], Iterable[Record]]) -> _Answer:
        shown = self._of_some_projects(lambda project: list(read(self._client, project["id"])))
        if not shown:
            return _Answer("not known: the service account sees no project")
        found = {record["id"]: record for _, records in shown for record in records}
        return self._owners(subject, found.values(), f"in {len(shown)} of {len(self._lists.projects)} projects: ")

    def _owners(self, subject: str, records: Iterable[Record], where: str = "") -> _Answer:
        ours = none = 0
        others: list[str] = []
        for record in records:
            origin = str(record.get("origin_id") or "").strip()
            if not origin:
                none += 1
            elif origin.startswith(PROBE_MARK) or any(own_key(origin, code) for code in self._known.codes):
                ours += 1
            else:
                others.append(_named(record))
        if not others:
            return _Answer(f"{where}{ours} ours, 0 of another integration, {none} without one")
        fact = f"{where}{ours} ours, {len(others)} of another integration ({_some(others)}), {none} without one"
        detail = f"{where}{len(others)} carry the id of another integration ({_some(others)})"
        replaced = self._known.answers.get("foreign_id_replaced")
        refused = replaced is not None and replaced.is_known and not replaced.is_yes
        return _Answer(fact, (foreign(subject, storable(detail), self._known.in_use, refused=refused),))

    def _erp_integrated(self) -> _Answer:
        on: list[str] = []
        asked = seen = 0
        for project in self._lists.projects:
            if "is_erp_integrated" not in project:  # the list need not show it; the project itself does
                if asked == _ERP_ASKED:
                    continue
                asked += 1
                one = portfolio.project(self._client, project["id"])
                if one is None:  # listed, and not shown to the account
                    continue
                project = one
            seen += 1
            if project.get("is_erp_integrated"):
                on.append(_named(project))
        said = f"is_erp_integrated is on for {len(on)} of {seen} projects"
        if seen < len(self._lists.projects):
            said += f" checked; the company has {len(self._lists.projects)} in all"
        if not on:
            return _Answer(said)
        said = f"{said} ({_some(on)})"
        return _Answer(
            said,
            (
                Finding(
                    "projects",
                    "ERP integration",
                    "switch off",
                    False,
                    storable(said),
                    "imports into these projects: it is assumed that they can be written all the same",
                    remedy="where Procore's own connector is still connected, ask Procore to disconnect it before the "
                    "first import (docs/switching.md)",
                ),
            ),
        )

    def _company_rights(self) -> _Answer:
        return _rights(company_rights(access_levels(self._client), self._known.in_use))

    def _project_rights(self) -> _Answer:
        asked = self._of_some_projects(
            lambda project: (access_levels(self._client, project["id"]), project_tools(self._client, project["id"]))
        )
        if not asked:
            return _Answer("not known: the service account sees no project")
        projects = [
            (storable(_named(project)), levels, sorted(tools.off.values())) for project, (levels, tools) in asked
        ]
        return _rights(project_rights(projects))

    def _unseen(self) -> _Answer:
        seen = {str(project["id"]) for project in self._lists.projects}
        linked = self._known.linked
        hidden = [(record, job) for record, job in sorted(linked.items()) if record not in seen]
        unseen = [
            f"job {job} (id {record})"
            for place, (record, job) in enumerate(hidden)
            if place >= _UNSEEN_ASKED or not portfolio.may_see(self._client, record)
        ]
        rest = f"{len(seen)} projects are visible; Procore does not tell which others there are"
        if not unseen:
            return _Answer(f"0 of {len(linked)} linked projects; {rest}")
        said = f"{len(unseen)} of {len(linked)} linked projects ({_some(unseen)})"
        return _Answer(
            f"{said}; {rest}",
            (
                Finding(
                    "projects",
                    "not visible",
                    "permit",
                    False,
                    storable(f"the service account does not see {said}"),
                    "imports into these projects, which wait, and exports from them",
                    remedy="add them to the permitted projects of the service account in Procore",
                ),
            ),
        )

    def _custom_segments(self) -> _Answer:
        found = [
            str(segment.get("name") or segment["id"])
            for segment in resources.wbs_segments(self._client)
            if segment.get("type") not in _OWN_SEGMENTS
        ]
        if not found:
            return _Answer("none")
        return _Answer(
            ", ".join(found),
            (
                Finding(
                    "company",
                    "custom segments",
                    "leave out",
                    False,
                    storable(f"the company has the segments {', '.join(found)} beside cost code and cost type"),
                    "records that use one: they are neither imported nor exported (B4)",
                    remedy="leave these segments out of the projects that are imported",
                ),
            ),
        )


def _rights(rights: Rights) -> _Answer:
    return _Answer(rights.fact, rights.findings)


def _named(record: Record) -> str:
    title = next((str(record[name]) for name in ("name", "title", "number") if record.get(name)), "without a name")
    return f"{title} (id {record['id']})"


def _some(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
