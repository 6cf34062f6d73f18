"""Legacy budget modifications of Procore, which `budget_changes` exports beside its own records.

A company that has not moved to budget changes yet keeps modifications: an amount from one budget line to another, or to
one line alone, which changes the budget's total. They have no number, no title and no status: they count at once.

Ids of modifications and budget changes are of two sequences, so a modification's id is written with an `M` before it.
What moving makes of a modification is a budget change with the modification's id in its title: of the two only one is
exported. Sources: developers.procore.com/documentation/tutorial-budget-changes-api and .../reference/rest/
budget-modifications; support.procore.com, process guide "About Change Events" (what becomes of the fields).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spectrum_etl.exports.numbers import number_of
from spectrum_etl.exports.objects import contracts
from spectrum_etl.exports.objects.facts import Json, WbsCodes, found, line_facts, origin_facts, text
from spectrum_etl.exports.objects.texts import text_of
from spectrum_etl.exports.rules.budget_changes import MODIFICATION, PREFIX
from spectrum_etl.settings import Company
from spectrum_etl.sources.faults import NotAllowed, NotFound
from spectrum_etl.sources.procore import marks, resources
from spectrum_etl.sources.procore.client import ProcoreClient

#: HTTP statuses that say that Procore no longer offers a call.
_NOT_OFFERED = frozenset({405, 406})


def record_id(modification: str) -> str:
    """What a modification's record is called here, from Procore's id."""
    return f"{PREFIX}{modification}"


def procore_id(record: str) -> str | None:
    """Procore's id of a modification's record; None where the record is a budget change."""
    return record.removeprefix(PREFIX) if record.startswith(PREFIX) else None


def listed(client: ProcoreClient, project: str) -> list[Json]:
    """The modifications of a project; none where Procore no longer has this resource."""
    try:
        return list(resources.budget_modifications(client, project))
    except NotFound:
        return []
    except NotAllowed as error:
        if error.status in _NOT_OFFERED:
            return []
        raise


def named_in(title: Any, modifications: Iterable[Mapping[str, Any]]) -> str:
    """The id of the modification that a budget change's title names; empty where it names none of these."""
    numbers = re.findall(r"\d+", text(title))
    return next((id for id in (text(each["id"]) for each in modifications) if id in numbers), "")


def moved(changes: Iterable[Mapping[str, Any]], modifications: Sequence[Json]) -> dict[str, Mapping[str, Any]]:
    """The budget changes that took the place of modifications, by the modifications' ids."""
    return {id: change for change in changes if (id := named_in(change.get("title"), modifications))}


def is_same_sum(change: Mapping[str, Any], modification: Mapping[str, Any]) -> bool:
    """Whether a budget change adds to the budget what a modification does: nothing, where that only moves an amount."""
    added = "0" if text(modification.get("from_budget_line_item_id")) else text(modification.get("transfer_amount"))
    return number_of(text(change.get("amount"))) == number_of(added)


def facts(
    client: ProcoreClient,
    project: str,
    modification: Mapping[str, Any],
    wbs: WbsCodes,
    company: Company,
    moved_to: str,
) -> Json:
    """What the rules of the budget changes need of a modification.

    Args:
        client: of Procore.
        project: its Procore id.
        modification: as Procore sends it.
        wbs: the budget codes of the project.
        company: the Spectrum company.
        moved_to: number of the budget change that took its place; empty where none did.
    """
    amount = text(modification.get("transfer_amount"))
    sides = (("from", _negative(amount)), ("to", amount))
    lines: list[Json] = []
    missing: list[Json] = []
    for side, moved in sides:
        id = text(modification.get(f"{side}_budget_line_item_id"))
        line = found(resources.budget_line_item, client, project, id) if id else None
        if line is not None:
            own = {"id": id, "wbs_code": line.get("wbs_code")}
            lines.append({**line_facts(own, wbs, len(lines) + 1, moved), "name": f"{side} line", "description": ""})
        elif id or side == "to":
            missing.append({"side": side, "id": id})
    return {
        "kind": MODIFICATION,
        "number": text(modification["id"]),
        "title": text_of("budget_modification", modification, "notes"),
        "status": "approved",
        "lines": lines,
        "missing": missing,
        "modification": "",
        "moved_to": moved_to,
        **{name: value for name, value in origin_facts(modification).items() if name != "id"},
        "linked_elsewhere": contracts.linked_elsewhere(modification, company),
    }


def mark(client: ProcoreClient, company: Company, project: str, id: str, key: str) -> str | None:
    """Set our origin id on a modification; why it has none, where Procore takes no writes of modifications any more."""
    try:
        marks.mark_budget_modification(client, project, id, f"{company.code}:{key}")
    except NotAllowed as error:
        if error.status not in _NOT_OFFERED:
            raise
        return (
            "Procore takes no changes of budget modifications any more, so it is not marked there: the link is only in"
            " the ledger"
        )
    return None


def unmark(client: ProcoreClient, project: str, id: str) -> str | None:
    """Take our origin id out of a modification again; why it stays, where Procore takes no writes any more."""
    try:
        if found(resources.budget_modification, client, project, id) is not None:
            marks.unmark_budget_modification(client, project, id)
    except NotAllowed as error:
        if error.status not in _NOT_OFFERED:
            raise
        return "Procore takes no changes of budget modifications any more, so its mark stays there"
    return None


def _negative(amount: str) -> str:
    """The amount with the other sign; what is no amount stays, for a rule to report."""
    number = number_of(amount)
    return amount if number is None else f"{number.copy_negate():f}"
