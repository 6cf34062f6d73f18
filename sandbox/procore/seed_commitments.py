"""Seeds commitments and their change orders: ready ones, and one for each rule that can be broken."""

from sandbox.procore.seed_company import UNKNOWN_TYPE
from sandbox.procore.seed_contracts import Line, Site, linked_subcontracts
from sandbox.procore.seed_projects import Pair

_WORK, _PURCHASE = "work_order_contract", "purchase_order_contract"


def buyable(site: Site) -> list[Pair]:
    """Codes of one cost type, subcontract where the project has at least three of them, else what it has most of.

    They are open ones, but for a complete job, which has none.
    """
    job = site.project.job
    pairs = (job.pairs() if job else []) or [pair for pair in site.project.wbs if pair[1] != UNKNOWN_TYPE]
    usable = [pair for pair in pairs if pair in site.project.wbs and pair not in site.project.zoned]
    by_type: dict[str, list[Pair]] = {}
    for pair in usable:
        by_type.setdefault(pair[1], []).append(pair)
    if len(by_type.get("S", ())) >= 3:
        return by_type["S"]
    return max(by_type.values(), key=len, default=[])


def seed_ready(site: Site) -> None:
    """Add commitments that can be exported: both kinds, with cents, a negative line, and lines of 0."""
    pairs, vendors = _cycle(buyable(site), 4), list(site.company.vendors.values())
    for place, vendor in enumerate(vendors[:3]):
        lines = [
            Line(pairs[0], f"{48_250 + place}.17", "Furnish & install – “complete”"),
            Line(pairs[1], "12500.00", "Allowance"),
            Line(pairs[2], "-1999.99", "Credit: value engineering", tax_code=7),
        ]
        status = "Complete" if place == 2 else "Approved"
        site.contract(_WORK, f"SC-{101 + place}", f"Façade & glazing {place + 1}", lines, status=status, vendor=vendor)
    orders = [Line(pairs[0], "7301.55", "Pumps"), Line(pairs[3], "0.00", "Freight included")]
    site.contract(_PURCHASE, "PO-201", "Crémone bolts & pumps", orders, vendor=vendors[-1])
    site.contract(_PURCHASE, "PO-202", "Anchors", [Line(pairs[1], "820.40", '1/2" × 6')], vendor=vendors[0])
    # Taken already: number and vendor of a subcontract that Spectrum holds (G3).
    taken = site.project.job.subcontracts if site.project.job else []
    for row in [each for each in taken if each["Vendor_Code"] in site.company.vendors][:1]:
        vendor = site.company.vendors[row["Vendor_Code"]]
        only = [Line(pairs[0], "5100.00", "Second phase")]
        site.contract(_WORK, row["Subcontract_Number"], "Number taken in Spectrum", only, vendor=vendor)
    long = [Line(pairs[0], "640.00", "Survey")]
    site.contract(_WORK, "SC-2026-000103", "Number of 14 characters", long, vendor=vendors[1])  # G3: at most 10


def seed_broken(site: Site) -> None:
    """Add commitments that break C4, G1 and the rest of what a commitment needs, one each."""
    pairs, vendors = _cycle(buyable(site), 2), list(site.company.vendors.values())
    usable, cost_type = pairs[0], pairs[0][1]
    other = next((pair for pair in site.project.wbs if pair[1] not in (cost_type, UNKNOWN_TYPE)), usable)
    line = Line(usable, "4400.25", "Works")
    add = site.contract
    add(_WORK, "SC-301", "Company not linked", [line], vendor=site.company.new_vendors[0])  # C4, G1
    add(_WORK, "SC-302", "No company", [line])  # G1
    add(_WORK, "SC-303", "Draft", [line], vendor=vendors[0], status="Draft")  # G1
    add(_WORK, "SC-304", "Void", [line], vendor=vendors[0], status="Void")  # G1
    add(_WORK, "SC-305", "No lines", [], vendor=vendors[0])  # G1
    mixed = [line, Line(other, "310.00", "Other cost type")]
    add(_WORK, "SC-306", "Two cost types", mixed, vendor=vendors[0])  # G1
    add(_WORK, "SC-308", "Line without cost code", [Line(None, "75.00", "Fee")], vendor=vendors[0])  # G1
    add(_WORK, "SC-309", "Deleted", [line], vendor=vendors[0], deleted=True)
    add(_PURCHASE, "PO-301", "Received", [line], vendor=vendors[0], status="Received")  # G1: only Approved
    add(_PURCHASE, "PO-302", "Two cost types", mixed, vendor=vendors[0])  # G1


def seed_on(site: Site, pairs: list[Pair], number: str, title: str) -> None:
    """Add an approved commitment whose lines use these codes: unsynced ones break B5, zoned ones B4."""
    lines = [Line(pair, "2750.10", "Works") for pair in pairs]
    vendor = next(iter(site.company.vendors.values()))
    site.contract(_WORK, number, title, lines, vendor=vendor)


def seed_changes(site: Site) -> None:
    """Add commitment change orders on the job's linked subcontracts, and those that break H1 and H2."""
    linked = linked_subcontracts(site)
    pairs = _cycle(buyable(site), 3)
    other = next((pair for pair in site.project.wbs if pair[1] not in (pairs[0][1], UNKNOWN_TYPE)), pairs[0])
    unlinked = site.contract(
        _WORK,
        "SC-401",
        "Not exported yet",
        [Line(pairs[0], "900.00", "Works")],
        vendor=next(iter(site.company.vendors.values())),
        status="Out For Signature",
    )
    line = Line(pairs[0], "1875.33", "RFI 31 – beam pocket")
    site.change_order(unlinked, "001", "Commitment not exported", [line])  # H1
    if not linked:
        return
    first, last = linked[0], linked[-1]
    of = site.lines[first][0]
    added = Line(pairs[0], "4210.75", "Owner’s added doors", contract_line=of)
    site.change_order(first, "001", "Doors & Türen", [added, Line(pairs[1], "-310.40", "Credit")])
    site.change_order(last, "001", "Same number on another commitment", [line])  # H2: clashes with the one above
    site.change_order(last, "002", "Same number as a prime change order", [line])  # H2
    site.change_order(first, "008", "Pending", [line], status="pending")  # H1
    site.change_order(first, "003", "No lines", [])  # H1
    site.change_order(first, "004", "Two cost types", [line, Line(other, "12.00", "Other")])  # H1
    site.change_order(first, "005", "Code twice", [line, Line(pairs[0], "99.99", "Again")])  # H1
    site.change_order(first, "CO-2026-006", "Number of 11 characters", [line])  # H2: at most 8
    requests = site.project.job.requests if site.project.job else []
    if requests:
        site.change_order(first, requests[0], "Number taken in Spectrum", [line])  # H2


def _cycle(pairs: list[Pair], count: int) -> list[Pair]:
    """At least so many codes, repeating them where the project has fewer."""
    return [pairs[place % len(pairs)] for place in range(max(count, len(pairs)))]
