"""What the exports of contracts and change orders have in common: which projects, whose company, whose links."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports.objects import facts
from spectrum_etl.exports.objects.facts import Json, WbsCodes, called, origin_facts, text
from spectrum_etl.exports.rules.amounts import by_code
from spectrum_etl.exports.rules.common import own_key
from spectrum_etl.exports.spec import Candidate, RecordFilter
from spectrum_etl.settings import Company
from spectrum_etl.sources.procore import marks, resources
from spectrum_etl.sources.procore.client import ProcoreClient

#: What people call a commitment, and Procore's name of its resource.
KINDS: dict[str, marks.Commitment] = {
    "subcontract": "work_order_contract",
    "purchase order": "purchase_order_contract",
}


def projects(client: ProcoreClient, only: RecordFilter) -> Iterator[Mapping[str, Any]]:
    """The projects that a run looks at: those of its form, else all active ones."""
    if not only.projects:
        yield from resources.projects(client)
    for id in dict.fromkeys(only.projects):
        project = facts.found(resources.project, client, id)
        if project is not None:
            yield project


def is_collected(record: Mapping[str, Any], only: RecordFilter, statuses: Iterable[str], company: Company) -> bool:
    """Whether a record is collected: those that the form names, whatever they are; else the approved, unlinked ones.

    One that carries another system's origin id is among these: it is shown, and why it cannot be exported.
    """
    if record.get("deleted_at"):
        return False
    if only.records:
        return text(record["id"]) in only.records
    is_free = not text(record.get("origin_id")) or bool(linked_elsewhere(record, company))
    return is_free and text(record.get("status")).lower() in {s.lower() for s in statuses}


def linked_elsewhere(record: Mapping[str, Any], company: Company) -> str:
    """The record's origin id where it is not one of this package's; else empty."""
    origin = text(record.get("origin_id"))
    return "" if own_key(origin, company.code) else origin


def commitment(client: ProcoreClient, project: str, contract: str) -> tuple[str, Json] | None:
    """A contract and its kind, of `KINDS`: ids of subcontracts and purchase orders are of one sequence."""
    for kind, resource in KINDS.items():
        record = facts.found(functools.partial(_commitment, resource), client, project, contract) if contract else None
        if record is not None:
            return kind, record
    return None


def _commitment(kind: marks.Commitment, client: ProcoreClient, project: str, contract: str) -> Json:
    return resources.commitment(client, kind, project, contract)


def contract_facts(contract: Mapping[str, Any] | None) -> Json:
    """What a change order's rules need of the contract that it changes; empty texts where there is none."""
    contract = contract or {}
    return {**origin_facts(contract), "name": called(contract, "contract")}


def line_amount(line: Mapping[str, Any]) -> Any:
    """A change order line's amount, without markups where Procore tells them apart: packages' lines have no `amount`.

    The rules compare the sum of all lines with the change order's own total.
    """
    names = ("amount", "extended_amount", "total_amount")
    return next((line[name] for name in names if line.get(name) is not None), None)


class ProjectCodes:
    """The budget codes of projects, read when a record first asks for them."""

    def __init__(self, client: ProcoreClient) -> None:
        self._client, self._project = client, ""
        self._codes = WbsCodes(())

    def of(self, project_id: str) -> WbsCodes:
        """Those of one project; only the latest project is kept."""
        if project_id != self._project:
            self._codes, self._project = WbsCodes(resources.wbs_codes(self._client, project_id)), project_id
        return self._codes


class Vendors:
    """The companies of contracts, each read once a run: a contract names its company, not what that is linked to."""

    def __init__(self, client: ProcoreClient) -> None:
        self._client = client
        self._known: dict[str, Json] = {}

    def facts(self, named: Mapping[str, Any] | None) -> Json:
        """Id, name and origin of a contract's company.

        Args:
            named: the contract's `vendor`; None or without an id where none is chosen.
        """
        id = text((named or {}).get("id"))
        if id and id not in self._known:
            vendor = facts.found(resources.vendor, self._client, id) or named or {}
            name = text(vendor.get("name") or vendor.get("company"))
            self._known[id] = {**origin_facts(vendor), "id": id, "name": name}
        return dict(self._known.get(id) or {**origin_facts({}), "name": ""})


def known(value: str | None, what: str, candidate: Candidate) -> str:
    """A value that the rules have found to be there.

    Raises:
        FixRecord: it is gone since the rules looked.
    """
    if not value:
        raise FixRecord(
            f"the {what} no longer exists",
            record=candidate.title,
            field=what,
            value="",
            remedy="run the export again; it will say what is missing",
        )
    return value


def fitting(value: str, limit: int) -> str:
    """A text that Spectrum has a default for: as it is where it fits, else empty for the default; never cut."""
    return value if len(value) <= limit else ""


def joined_note(lines: Iterable[Mapping[str, str]]) -> str:
    """What the approver is shown about lines that become one in Spectrum; empty where none do."""
    listed = "; ".join(
        f"{len(group)} lines of phase {phase}, cost type {cost_type} ({', '.join(line['name'] for line in group)})"
        for (phase, cost_type), group in by_code(lines).items()
        if len(group) > 1
    )
    return f"Summed into one line each: {listed}." if listed else ""
