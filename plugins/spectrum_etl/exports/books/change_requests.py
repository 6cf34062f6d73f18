"""What Info-Link holds of a change request: its header and, of one line, cost, subcontract and revenue side.

Used by `spectrum`. One call of ARChangeRequest repeats the header with each line; which sides a line has is what its
key names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spectrum_etl.exports.books import tables
from spectrum_etl.exports.books.found import elements, only, part
from spectrum_etl.exports.services import SERVICES
from spectrum_etl.sources.infolink.lookup import Lookup, look_up
from spectrum_etl.sources.infolink.reader import InfoLinkReader

_SERVICE = "ARChangeRequest"
_COST = ("CR_Phase_Code", "CR_Cost_Type")
_SUBCONTRACT = ("Subcontractor_Code", "Subcontract_Number")
_BILLING = ("CR_Billing_Item_Code",)


def held(reader: InfoLinkReader, key: Mapping[str, str]) -> dict[str, str] | None:
    """What there is under the key of a call of ARChangeRequest.

    Args:
        reader: inside its `with`.
        key: company, job, customer and number; for a line also its phase and cost type, with its subcontractor and
            subcontract, or its billing item.

    Returns:
        Header and line, comparable. None where a line is named and no side of it is there, or no header where none
        is named. Where some of a line's sides are there and others are not, those are blank: unequal to anything sent.
    """
    request = part(key, SERVICES[_SERVICE].document_key)
    line = part(key, SERVICES[_SERVICE].line_key)
    header = _one(reader, tables.CHANGE_REQUESTS, request)
    if not line:
        return header
    sides = [(lookup, _one(reader, lookup, codes)) for lookup, codes in _sides(request, line)]
    if not any(side is not None for _, side in sides):
        return None
    if part(line, _SUBCONTRACT):
        # The subcontract's own header is shared by its lines, so it does not tell whether this line is there.
        lookup = tables.CHANGE_REQUEST_SUBCONTRACTS
        sides.append((lookup, _one(reader, lookup, _without_customer(request) | part(line, _SUBCONTRACT))))
    found: dict[str, str] = {}
    for lookup, side in [(tables.CHANGE_REQUESTS, header), *sides]:
        found |= side if side is not None else _blank(lookup)
    return found


def numbers(reader: InfoLinkReader, company: str, job: str) -> set[str]:
    """The numbers taken by the change requests of a job: owner's and subcontractors' share one space (H2)."""
    codes = {"Company_Code": company, "Job_Number": job}
    both = (tables.CHANGE_REQUESTS, tables.CHANGE_REQUEST_SUBCONTRACTS)
    found = {(row["Change_Request_Number"] or "").strip() for lookup in both for row in look_up(reader, lookup, codes)}
    return found - {""}


def _sides(request: Mapping[str, str], line: Mapping[str, str]) -> Iterator[tuple[Lookup, dict[str, str]]]:
    """Where to look for each side that the key of a line names, and with which codes."""
    cost, subcontract, billing = (part(line, names) for names in (_COST, _SUBCONTRACT, _BILLING))
    if cost:
        yield tables.CHANGE_REQUEST_COSTS, {**request, **cost}
    if subcontract:
        yield tables.CHANGE_REQUEST_SUBCONTRACT_LINES, {**_without_customer(request), **subcontract, **cost}
    if billing:
        yield tables.CHANGE_REQUEST_REVENUES, {**request, **billing}


def _without_customer(request: Mapping[str, str]) -> dict[str, str]:
    """The tables of the subcontract side name no customer: a number is one change request of a job."""
    return {name: code for name, code in request.items() if name != "Customer_Code"}


def _one(reader: InfoLinkReader, lookup: Lookup, codes: Mapping[str, str]) -> dict[str, str] | None:
    row = only(look_up(reader, lookup, codes), codes, _SERVICE, codes["Company_Code"])
    return None if row is None else elements(_SERVICE, row)


def _blank(lookup: Lookup) -> dict[str, str]:
    layout = SERVICES[_SERVICE]
    return {name: "" for name in lookup.columns if name in layout.elements and name not in layout.key}
