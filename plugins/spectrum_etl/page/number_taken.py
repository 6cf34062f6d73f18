"""Whether a number that an approver types is taken, as far as the warehouse knows: by another record, or in Spectrum.

The export asks Spectrum itself before it sends; here the answer comes while somebody types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spectrum_etl.exports.display.view import AS_ENTERED
from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.links.keys import Key, Space
from spectrum_etl.page.reads import Row, Warehouse

#: The elements whose values, in this order and with slashes between them, are a key of each space.
_ELEMENTS: Mapping[Space, tuple[str, ...]] = {
    "vendor": ("Vendor_Code",),
    "job": ("Job_Number",),
    "subcontract": ("Vendor_Code", "Subcontract_Number"),
    "change request": ("Job_Number", "Change_Request_Number"),
}
#: What says which numbers Spectrum has, where that is staged.
_STAGED: Mapping[Space, str] = {
    "vendor": "taken_vendors",
    "job": "taken_jobs",
    "subcontract": "taken_subcontracts",
    "change request": "taken_change_requests",
}
#: How the record that has a number is told, by the number's space.
_NAMED: Mapping[Space, str] = {"subcontract": ", on job {}", "change request": ", on subcontract {}"}


@dataclass(frozen=True)
class Wanted:
    """The number that a record would get.

    Args:
        record: its row, with object_name, company_code, project_id and record_id.
        field: the field of the form that holds the number.
        title: what that field is called.
        key: the number.
    """

    record: Row
    field: str
    title: str
    key: Key


@dataclass(frozen=True)
class CheckedNumber:
    """Whether a wanted number is free.

    Args:
        wanted: which.
        compared: the number as numbers are compared: two records that want one have the same.
        taken: whose it is, as a sentence; None where it is free as far as is known.
    """

    wanted: Wanted
    compared: tuple[str, str, str]
    taken: str | None


def requested_numbers(
    warehouse: Warehouse, records: Sequence[Row], answers: Sequence[Mapping[str, str]]
) -> list[Wanted]:
    """The numbers that waiting records would get; records whose form asks for none are left out.

    Args:
        records: rows with object_name, company_code, project_id and record_id.
        answers: of each, by field, what is typed; where nothing is, what its form proposes.
    """
    columns = {"objects": "object_name", "companies": "company_code", "projects": "project_id", "records": "record_id"}
    values = {name: [row[column] for row in records] for name, column in columns.items()}
    found = []
    for shown in warehouse.rows("shown_calls", **values):
        place = shown["place"] - 1
        if one := _wanted(records[place], shown, answers[place]):
            found.append(one)
    return found


def verdicts(warehouse: Warehouse, numbers: Sequence[Wanted]) -> list[CheckedNumber]:
    """Whether each of some numbers is free."""
    if not numbers:
        return []
    companies = [number.record["company_code"] for number in numbers]
    claims = warehouse.rows(
        "taken_claims",
        spaces=[number.key.space for number in numbers],
        keys=[number.key.text for number in numbers],
        companies=companies,
        objects=[number.record["object_name"] for number in numbers],
        records=[number.record["record_id"] for number in numbers],
    )
    staged: dict[int, str] = {}
    for space, query in _STAGED.items():
        places = [place for place, number in enumerate(numbers) if number.key.space == space]
        if not places:
            continue
        keys = [numbers[place].key.text for place in places]
        for row in warehouse.rows(query, keys=keys, companies=[companies[place] for place in places]):
            place = places[row["place"] - 1]
            staged[place] = f"Spectrum had it at the last sync{_of(space, row)}"
    judged = []
    for place, (number, claim) in enumerate(zip(numbers, claims, strict=True)):
        said = _claimed(claim) or staged.get(place)
        compared = (companies[place], number.key.space, claim["compared"])
        judged.append(
            CheckedNumber(number, compared, f"{number.title} is taken: {said}. Choose another." if said else None)
        )
    return judged


def clashes(judged: Sequence[CheckedNumber]) -> dict[int, list[CheckedNumber]]:
    """Which of some verdicts are about a number that others among them want, too: by place, those others."""
    by_number: dict[tuple[str, str, str], list[int]] = {}
    for place, verdict in enumerate(judged):
        by_number.setdefault(verdict.compared, []).append(place)
    return {
        place: [judged[other] for other in places if other != place]
        for places in by_number.values()
        if len(places) > 1
        for place in places
    }


def _wanted(record: Row, shown: Mapping[str, Any], answers: Mapping[str, str]) -> Wanted | None:
    obj = EXPORTS[record["object_name"]]
    elements = _ELEMENTS.get(obj.space)
    if elements is None:
        return None
    proposed = {field["name"]: field for field in shown["proposed"] or ()}
    # The number is the last part of its key; a field of the form fills it.
    field = next((name for name, filled in shown["fills"].items() if elements[-1] in filled), None)
    if field is None or field not in proposed:
        return None
    value = answers.get(field, proposed[field]["value"] or "").strip()
    values = next(
        (
            {**call["key"], **call["fields"]}
            for call in shown["calls"] or ()
            if set(elements) <= {*call["key"], *call["fields"]}
        ),
        None,
    )
    if not value or values is None:
        return None
    parts = [*(values[element].strip() for element in elements[:-1]), value]
    if AS_ENTERED in parts:
        return None
    return Wanted(record, field, f"{proposed[field]['title']} {value}", Key(obj.space, "/".join(parts)))


def _claimed(claim: Row) -> str | None:
    if claim["title"] is None:
        return None
    if claim["linked"]:
        return f"it belongs to {claim['title']}"
    return f"{claim['claimed_by_name']} has accepted it for {claim['title']}"


def _of(space: Space, row: Row) -> str:
    return _NAMED.get(space, ", as {}").format(row["title"]) if row["title"] else ""
