"""What Info-Link holds of a change request: its header and, of one line, cost, subcontract and revenue side.

One call of ARChangeRequest repeats the header with each line; which sides a line has is what its key names. Tables and
columns of the subcontract and revenue sides are assumed: a side that a site does not show is not compared, and keeps
nothing else from being.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from spectrum_etl.exports.spectrum import tables
from spectrum_etl.exports.spectrum.found import elements, only, part
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.sources.infolink.lookup import Lookup, lacking, look_up
from spectrum_etl.sources.infolink.reader import InfoLinkReader

_SERVICE = "ARChangeRequest"
_COST = ("CR_Phase_Code", "CR_Cost_Type")
_SUBCONTRACT = ("Subcontractor_Code", "Subcontract_Number")
_BILLING = ("CR_Billing_Item_Code",)


def current_values(reader: InfoLinkReader, key: Mapping[str, str]) -> dict[str, str] | None:
    """What there is under the key of a call of ARChangeRequest.

    Args:
        reader: inside its `with`.
        key: company, job, customer and number; for a line also its phase and cost type, with its subcontractor and
            subcontract, or its billing item.

    Returns:
        Header and line, comparable. None where a line is named and no side of it is there, or no header where none
        is named. Where some of a line's sides are there and others are not, those are blank: unequal to anything sent.
        A side that the site does not show is left out.
    """
    request = part(key, SERVICES[_SERVICE].document_key)
    line = part(key, SERVICES[_SERVICE].line_key)
    header = _one(reader, tables.CHANGE_REQUESTS, request)
    if not line:
        return header
    shown = [(lookup, codes) for lookup, codes in _sides(request, line) if not lacking(reader, lookup)]
    sides = [(lookup, _one(reader, lookup, codes)) for lookup, codes in shown]
    if not any(side is not None for _, side in sides):
        return None
    # The subcontract's own header is shared by its lines, so it does not tell whether this line is there.
    lookup = tables.CHANGE_REQUEST_SUBCONTRACTS
    if part(line, _SUBCONTRACT) and not lacking(reader, lookup):
        sides.append((lookup, _one(reader, lookup, _without_customer(request) | part(line, _SUBCONTRACT))))
    found: dict[str, str] = {}
    for lookup, side in [(tables.CHANGE_REQUESTS, header), *sides]:
        found |= side if side is not None else _blank(reader, lookup)
    return found


def is_shown(reader: InfoLinkReader, key: Mapping[str, str]) -> bool:
    """Whether the site shows any side of the line that a key names; the header of a request is shown by every site."""
    line = part(key, SERVICES[_SERVICE].line_key)
    return not line or any(not lacking(reader, lookup) for lookup, _ in _sides({}, line))


def unread(reader: InfoLinkReader, key: Mapping[str, str], sent: Iterable[str]) -> set[str]:
    """Which of the elements that are sent this site does not show.

    Args:
        reader: inside its `with`.
        key: of the call.
        sent: names of elements.
    """
    line = part(key, SERVICES[_SERVICE].line_key)
    lookups = [tables.CHANGE_REQUESTS, *(lookup for lookup, _ in _sides({}, line))]
    if part(line, _SUBCONTRACT):
        lookups.append(tables.CHANGE_REQUEST_SUBCONTRACTS)
    hidden: set[str] = set()
    for lookup in lookups:
        elements_of = set(lookup.columns) - set(SERVICES[_SERVICE].key)
        hidden |= elements_of if lacking(reader, lookup) else set(lacking(reader, lookup, elements_of))
    return hidden & set(sent)


def numbers(reader: InfoLinkReader, company: str, job: str) -> set[str]:
    """The numbers taken by the change requests of a job: owner's and subcontractors' share one space (H2).

    Where the site does not show the subcontractors' side, those of the headers, which every request has.
    """
    codes = {"Company_Code": company, "Job_Number": job}
    wanted = ("Company_Code", "Job_Number", "Change_Request_Number")
    both = [tables.CHANGE_REQUESTS]
    if not lacking(reader, tables.CHANGE_REQUEST_SUBCONTRACTS, wanted):
        both.append(replace(tables.CHANGE_REQUEST_SUBCONTRACTS, required=frozenset(wanted)))
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


def _blank(reader: InfoLinkReader, lookup: Lookup) -> dict[str, str]:
    layout = SERVICES[_SERVICE]
    names = [name for name in lookup.columns if name in layout.elements and name not in layout.key]
    hidden = lacking(reader, lookup, names)
    return {name: "" for name in names if name not in hidden}
