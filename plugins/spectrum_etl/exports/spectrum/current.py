"""What Spectrum holds under the key of a call, service by service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from spectrum_etl.errors import StopSync
from spectrum_etl.exports.spectrum import change_requests, projected, projections, tables
from spectrum_etl.exports.spectrum.found import elements, only, part
from spectrum_etl.exports.spectrum.rows import Rows, same
from spectrum_etl.sources.infolink.lookup import Found, Lookup

Key = Mapping[str, str]
CurrentValues = dict[str, str] | None

#: What the web services can read back, where there is no Info-Link.
BY_WEB_SERVICE = frozenset({"AddVendor", "UpdateVendor", "AddJob", "UpdateJob", "AddPhase", projections.SERVICE})
#: Where Info-Link holds what a service writes, of those that write one row.
_ROWS: Mapping[str, Lookup] = {
    "AddVendor": tables.NEW_VENDORS,
    "UpdateVendor": tables.VENDORS,
    "AddJob": tables.JOBS,
    "UpdateJob": tables.JOBS,
    "AddPhase": tables.PHASES,
    "UpdateSubcontract": tables.SUBCONTRACTS,
    "UpdateSubcontractPhases": tables.SUBCONTRACT_LINES,
}


def is_shown(spectrum: Rows, service: str, key: Key) -> bool:
    """Whether the company's connections show what stands under a key, with the tables and columns of this site.

    What is certain of Info-Link counts as shown: where it is missing, that is said when it is looked up.
    """
    if not spectrum.has_infolink:
        return service in BY_WEB_SERVICE
    if service == projections.SERVICE:
        return spectrum.has_sdx or bool(spectrum.entry_names())
    if service == "ARChangeRequest" and key:
        return change_requests.is_shown(spectrum.infolink, key)
    return service in READERS


def unread(spectrum: Rows, service: str, key: Key, sent: Iterable[str]) -> set[str]:
    """Which of the elements that are sent this site's Info-Link does not show, though others' do."""
    if not spectrum.has_infolink:
        return set()
    if service == "ARChangeRequest":
        return change_requests.unread(spectrum.infolink, key, sent)
    lookup = _ROWS.get(service)
    return set() if lookup is None else set(spectrum.lacking(lookup, set(lookup.columns) & set(sent)))


def _vendor(spectrum: Rows, service: str, key: Key) -> CurrentValues:
    return _elements(service, spectrum.vendor_row(service, key["Vendor_Code"]))


def _job(spectrum: Rows, service: str, key: Key) -> CurrentValues:
    return _elements(service, spectrum.job_row(key["Job_Number"]))


def _phase(spectrum: Rows, service: str, key: Key) -> CurrentValues:
    return _elements(service, spectrum.phase_row(key["Job_Number"], key["Phase_Code"], key["Cost_Type"]))


def phases_of(spectrum: Rows, keys: Sequence[Key]) -> list[CurrentValues]:
    """As `HELD` for each of these keys of AddPhase; without Info-Link with one look a job instead of one a key."""
    jobs = () if spectrum.has_infolink else {key["Job_Number"] for key in keys}
    rows = {job: spectrum.phase_rows(job) for job in jobs}
    return [
        _elements(
            "AddPhase",
            spectrum.phase_row(key["Job_Number"], key["Phase_Code"], key["Cost_Type"], rows.get(key["Job_Number"])),
        )
        for key in keys
    ]


def _subcontract(spectrum: Rows, service: str, key: Key) -> CurrentValues:
    codes = part(key, ("Vendor_Code", "Subcontract_Number"))
    return _elements(service, spectrum.one(service, tables.SUBCONTRACTS, codes))


def _subcontract_line(spectrum: Rows, service: str, key: Key) -> CurrentValues:
    codes = part(key, ("Vendor_Code", "Subcontract_Number", "Phase_Code", "Cost_Type"))
    rows = spectrum.rows(tables.SUBCONTRACT_LINES, codes)
    item = key.get("Bid_Item_Number", "")
    if rows and "Bid_Item_Number" in rows[0]:
        named = [row for row in rows if same(row["Bid_Item_Number"], item)]
        if item or named:
            rows = named
        elif len(rows) > 1:
            # Where no billing item is sent, Spectrum takes the phase's, which is not known here.
            raise StopSync(
                f"Spectrum holds {len(rows)} lines of this phase and cost type, with different billing items",
                object=service,
                company=spectrum.company,
                record=" ".join(f"{name}={code}" for name, code in codes.items()),
                field="Bid_Item_Number",
                remedy="look at the subcontract in Spectrum; lines this export did not make are settled there by hand",
            )
    return _elements(service, only(rows, codes, service, spectrum.company))


def _change_request(spectrum: Rows, service: str, key: Key) -> CurrentValues:
    return change_requests.current_values(spectrum.infolink, key)


def _elements(service: str, row: Found | None) -> CurrentValues:
    return None if row is None else elements(service, row)


#: Services of which many keys are looked up with fewer questions than one by one.
BATCH_READERS: Mapping[str, Callable[[Rows, Sequence[Key]], list[CurrentValues]]] = {
    "AddPhase": phases_of,
    projections.SERVICE: projected.all_current_values,
}
READERS: dict[str, Callable[[Rows, str, Key], CurrentValues]] = {
    "AddVendor": _vendor,
    "UpdateVendor": _vendor,
    "AddJob": _job,
    "UpdateJob": _job,
    "AddPhase": _phase,
    projections.SERVICE: projected.current_values,
    "UpdateSubcontract": _subcontract,
    "UpdateSubcontractPhases": _subcontract_line,
    "ARChangeRequest": _change_request,
}
