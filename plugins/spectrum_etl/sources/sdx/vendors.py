"""Reads the active vendors of a company by the REST service.

Neither the wrapper of the list nor the keys of the payment location are published for certain; what is tolerated is
written down below. Source: help.trimble.com/en/spectrum/spectrum/api-web-services/list-of-web-services/
accounts-payable-services/get-vendors
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from spectrum_etl.errors import FixConfiguration, RetryLater, StopSync
from spectrum_etl.model.character_marks import MARK_INVALID, mark_for_xml
from spectrum_etl.sources.faults import AnswerCut
from spectrum_etl.sources.http import parse_json, pieces
from spectrum_etl.sources.sdx import faults
from spectrum_etl.sources.sdx.faults import ServiceCall
from spectrum_etl.sources.sdx.published import READS
from spectrum_etl.sources.sdx.services import PARAMETER_LENGTHS, is_blank, plain_company
from spectrum_etl.sources.sdx.transport import Transport

log = logging.getLogger(__name__)

SERVICE = "Vendors"
_CANONICAL = {name.casefold(): name for name in READS["vendors"].fields} | faults.ERROR_FIELDS
_KEY = frozenset({"Company_Code", "Vendor_Code"})
#: The fields of an answer that is one error.
_ERROR = frozenset({*faults.ERROR_FIELDS.values(), "desc", "column"})
#: The page prints the payment location's fields under the purchase location's names, after those.
_SECOND = {
    "Purchase_City": "Payment_City",
    "Purchase_State": "Payment_State",
    "Purchase_Zip": "Payment_Zip",
}
_CODE = re.compile(rb'"vendor_code"\s*:\s*"([^"\\]{1,40})"', re.IGNORECASE)
#: Page size that a third-party reference tells of, with the parameters $limit and $skip; the official page has neither.
_DEFAULT_PAGE = 25
_LARGEST_PAGE = 500
#: Fifty thousand vendors, in bytes: the whole list is in memory.
_LONGEST_ANSWER = 50_000_000


class MayBeIncomplete(StopSync):
    """The list of vendors may lack some."""


class _Object(list[tuple[str, Any]]):
    """A JSON object as its pairs, in order, so that a key given twice keeps both values."""


def read_vendors(transport: Transport, company: str) -> Iterator[dict[str, str]]:
    """The active vendors of a company, keys as documented, every value as text, null as the empty text.

    Args:
        transport: asks.
        company: company code.

    Raises:
        StopSync: the list may be incomplete, or cannot be read without a loss.
        SpectrumEtlError: the server refused, or could not be reached.
    """
    company = plain_company(company, SERVICE)
    started = time.monotonic()
    vendors = _ask(transport, company)
    if vendors:
        vendors = _with_further_pages(transport, company, vendors)
    log.info("Company %s: %d vendors by REST, %.1f s", company, len(vendors), time.monotonic() - started)
    yield from vendors


def _ask(transport: Transport, company: str, query: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """The vendors of one answer."""
    call = ServiceCall(SERVICE, {"pCompany_Code": company, **(query or {})})
    try:
        content = transport.retrying(lambda: _read(transport, call, company, query or {}))
    except AnswerCut as error:
        raise StopSync(
            error.message, object=SERVICE, company=company, record=error.record, remedy=error.remedy
        ) from error
    vendors = [_vendor(transport, call, entry) for entry in _list_in(transport, call, content)]
    warned = any(vendor.pop("_warning", "") for vendor in vendors)
    vendors = list(filter(None, vendors))
    if warned:
        raise _incomplete(company, f"{len(vendors)} vendors and a warning")
    return vendors


def _with_further_pages(transport: Transport, company: str, first: list[dict[str, str]]) -> list[dict[str, str]]:
    """All vendors. How long a page is nobody knows for certain, so the first answer never tells: the second page does.

    A server that pages answers with other vendors or, at the end, none. One that knows no pages answers as before, or
    refuses the parameters; then, if the list is as long as a page is said to be, the documented filter by state has to
    give the same vendors, too; also where the server fails over the parameters.
    """
    vendors, known = list(first), _codes(first)
    unclear = len(first) in {_DEFAULT_PAGE, transport.connection.row_cap}
    while True:
        query = {"$limit": str(_LARGEST_PAGE), "$skip": str(len(vendors))}
        try:
            page = _ask(transport, company, query)
        except (FixConfiguration, StopSync) as error:
            refused = not isinstance(error, MayBeIncomplete) and not isinstance(error.__cause__, AnswerCut)
            if not refused or len(vendors) > len(first):
                raise
            log.info("Company %s: the server takes no parameters for pages: %s", company, error)
            page = first
        except RetryLater as error:
            if len(vendors) > len(first):
                raise
            log.warning("Company %s: the server fails when it is asked for a second page: %s", company, error)
            page, unclear = first, True
        codes = _codes(page)
        if codes == known and len(vendors) == len(first):
            if unclear:
                _confirm_by_state(transport, company, first)
            return vendors
        if not codes:
            return vendors
        if codes & known:
            raise _incomplete(company, f"{len(vendors)} vendors, and the next page repeats some of them")
        vendors += page
        known |= codes


def _confirm_by_state(transport: Transport, company: str, vendors: list[dict[str, str]]) -> None:
    """Look whether the list is whole, by the documented filter: in a shorter list a vendor that is hidden shows."""
    known, limit = _codes(vendors), PARAMETER_LENGTHS["pState"]
    states = {vendor.get("State", "").strip() for vendor in vendors} - {""}
    for state in sorted(state for state in states if len(state) <= limit):
        if more := _codes(_ask(transport, company, {"pState": state, "pCostCenter": "ALL"})) - known:
            raise _incomplete(company, f"{len(vendors)} vendors, but of the state {state} also {sorted(more)[0]}")


def _codes(vendors: list[dict[str, str]]) -> set[str]:
    return {vendor.get("Vendor_Code", "").strip() for vendor in vendors}


def _incomplete(company: str, holds: str) -> MayBeIncomplete:
    return MayBeIncomplete(
        f"the list has {holds}, so it may be incomplete",
        object=SERVICE,
        company=company,
        remedy="run the task again; if it persists, use Info-Link: set the reader of vendors to infolink in"
        " include/settings.yaml",
    )


def _read(transport: Transport, call: ServiceCall, company: str, query: Mapping[str, str]) -> Any:
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    path = f"/vendors/{quote(company, safe='')}"
    if query:
        path += "?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    with transport.exchange(call, "GET", path, headers=headers, rest_company=company) as response:
        body = b"".join(pieces(response, _LONGEST_ANSWER))
    try:
        text = body.decode(json.detect_encoding(body), MARK_INVALID)
        # Not strict: control characters may stand in a text as they are.
        return parse_json(
            text, strict=False, object_pairs_hook=_Object, parse_float=str, parse_int=str, parse_constant=str
        )
    except ValueError as error:
        raise AnswerCut(
            f"the answer ({len(body)} bytes) is not complete JSON; it was discarded",
            object=SERVICE,
            company=company,
            record=_place(body, error),
            remedy="run the task again; if it persists, check that the server's REST services are on, or set the "
            "reader of vendors to infolink in include/settings.yaml",
        ) from None


def _place(body: bytes, error: Exception) -> str | None:
    """The last vendor before the place where the answer cannot be read."""
    codes = _CODE.findall(body[: error.pos] if isinstance(error, json.JSONDecodeError) else body)
    return f"after vendor {codes[-1].decode(errors='replace').strip()}" if codes else None


def _list_in(transport: Transport, call: ServiceCall, content: Any) -> list[Any]:
    """The list: a bare array, or the one array of an object, under any name."""
    if isinstance(content, _Object):
        flat = {_CANONICAL.get(key.casefold(), key): value for key, value in content}
        _raise_error(transport, call, {key: _text(call, key, flat[key]) for key in flat if key in _ERROR})
        arrays = [value for _key, value in content if _is_array(value)]
        if len(arrays) == 1:
            return list(arrays[0])
        keys = transport.redact(", ".join(key for key, _value in content)) or "(none)"
        raise _unreadable(call, f"an object with {len(arrays)} arrays, its keys: {keys}")
    if _is_array(content):
        return list(content)
    raise _unreadable(call, f"a {type(content).__name__}")


def _is_array(value: Any) -> bool:
    return isinstance(value, list) and not isinstance(value, _Object)


def _vendor(transport: Transport, call: ServiceCall, entry: Any) -> dict[str, str]:
    if not isinstance(entry, _Object):
        raise _unreadable(call, "an entry that is not an object")
    vendor: dict[str, str] = {}
    for key, value in entry:
        name = _CANONICAL.get(key.casefold(), key)
        text = _text(call, name, value)
        if name in vendor and name in _SECOND:
            name = _SECOND[name]
        if vendor.setdefault(name, text) != text:
            raise _unreadable(call, f"the key {name} twice in one vendor, with different values")
    warned = _raise_error(transport, call, vendor)
    if all(map(is_blank, vendor.values())):
        vendor = {}
    elif not warned and not vendor.keys() & _KEY:
        # A blank code is a flaw of one vendor. An entry of something else would look like a vendor that is another one.
        raise _unreadable(call, f"an entry without Vendor_Code, its keys: {transport.redact(', '.join(vendor))}")
    if warned:
        vendor["_warning"] = "W"
    company = vendor.get("Company_Code", "").strip()
    if company and company != call.company:
        raise _unreadable(call, f"a vendor of company {company}")
    return vendor


def _raise_error(transport: Transport, call: ServiceCall, fields: dict[str, str]) -> bool:
    """Take the error triple off and raise what it says; whether it is a warning."""
    code, text, column = faults.take_triple(fields) or ("", "", "")
    if code in faults.GOOD_CODES:
        return code == "W"
    raise faults.from_record(call, transport.redact(code), transport.redact(text), transport.redact(column))


def _text(call: ServiceCall, name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return mark_for_xml(value)
    raise _unreadable(call, f"a list or an object under {name}")


def _unreadable(call: ServiceCall, what: str) -> StopSync:
    return StopSync(
        f"the answer cannot be read without loss: it holds {what}",
        object=SERVICE,
        company=call.company,
        limit="an array of vendors, bare or as the one array of an object",
        remedy="set the reader of vendors to infolink in include/settings.yaml",
    )
