"""The probes that only read: each looks at a few records and says what they show, or that they show nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from spectrum_etl.connections.probes import Found
from spectrum_etl.connections.procore_lists import Lists, read_each
from spectrum_etl.errors import RetryLater, SpectrumEtlError
from spectrum_etl.sources.faults import NotAllowed
from spectrum_etl.sources.procore import directory, resources, trials
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.marks import PROBE_MARK
from spectrum_etl.sources.procore.tools import project_tools

Record = dict[str, Any]
#: So many projects are asked about one by one.
_PROJECTS = 5


def ask(lists: Lists) -> Iterator[tuple[str, Found]]:
    """Ask all of them; after a passing fault the rest is not asked.

    Args:
        lists: of the Procore company.
    """
    client = lists.client
    late: RetryLater | None = None
    asked: tuple[tuple[str, Callable[[], Found]], ...] = (
        ("names_repeat", lambda: names_repeat(lists.companies)),
        ("inactive_listed", lambda: inactive_listed(client)),
        ("case_ignored", lambda: case_ignored(client, lists.companies)),
        ("prime_origin_filter", lambda: prime_origin_filter(client, lists.projects[:_PROJECTS])),
        ("direct_costs_refused_where_off", lambda: direct_costs_refused_where_off(client, lists.projects[:_PROJECTS])),
    )
    for name, answer in asked:
        if late is not None:
            yield name, Found("not known", late.message)
            continue
        try:
            yield name, answer()
        except SpectrumEtlError as error:
            yield name, Found("not known", error.message)
            late = error if isinstance(error, RetryLater) else None


def names_repeat(companies: Sequence[Record]) -> Found:
    """Two of the same name prove that they may repeat; that there are none proves nothing."""
    counted = Counter(str(company.get("name") or "") for company in companies)
    twice = next((name for name, count in counted.items() if name and count > 1), None)
    if twice is None:
        return Found("not known", f"none of {len(companies)} companies has the name of another one")
    return Found("yes", f"{counted[twice]} companies are called {twice}")


def inactive_listed(client: ProcoreClient) -> Found:
    """Compared with the list of inactive ones."""
    inactive = {company["id"] for company in directory.inactive_companies(client)}
    if not inactive:
        return Found("not known", "there is no inactive company")
    listed = sum(1 for company in resources.vendors(client) if company["id"] in inactive)
    return Found("yes" if listed else "no", f"the list shows {listed} of {len(inactive)} inactive companies")


def case_ignored(client: ProcoreClient, companies: Sequence[Record]) -> Found:
    """An origin id with letters is looked up in the other case."""
    held = {str(company["origin_id"]) for company in companies if company.get("origin_id")}
    origin = next((origin for origin in sorted(held) if origin.swapcase() not in held), None)
    if origin is None:
        return Found("not known", "no company has an origin id with letters")
    found = {str(record.get("origin_id")) for record in resources.vendors(client, origin_id=origin.swapcase())}
    if found - {origin}:
        return Found("not known", "the list of companies does not honour the filter")
    return Found("yes" if found else "no", f"one company was looked up in the other case and {_was(found)} found")


def prime_origin_filter(client: ProcoreClient, projects: Sequence[Record]) -> Found:
    """Prime contracts are asked for by an origin id that none has."""
    read = read_each(projects, lambda project: list(resources.prime_contracts(client, project["id"])))
    for project, contracts in read:
        if contracts:
            left = sum(1 for _ in trials.prime_contracts_by_origin(client, project["id"], f"{PROBE_MARK}none"))
            return Found(
                "no" if left else "yes",
                f"of {len(contracts)} prime contracts of a project, {left} were shown for an id that none has",
            )
    return Found("not known", f"none of {len(projects)} projects has a prime contract")


def direct_costs_refused_where_off(client: ProcoreClient, projects: Sequence[Record]) -> Found:
    """Direct costs are read in a project whose tool is off."""
    for project, tools in read_each(projects, lambda project: project_tools(client, project["id"])):
        if tools.is_off("direct_costs"):
            try:
                shown = sum(1 for _ in trials.direct_costs(client, project["id"]))
            except NotAllowed:
                return Found("yes", "a project whose tool is off refused to show them")
            return Found("no", f"a project whose tool is off showed {shown} of them")
    return Found("not known", f"none of {len(projects)} projects has the tool switched off")


def _was(found: set[str]) -> str:
    return "was" if found else "was not"
