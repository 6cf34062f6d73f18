"""Seeds the contracts of a project that Procore's own connector synced: prime contract, commitments, change orders."""

from collections.abc import Mapping

from sandbox.data.rows import money
from sandbox.procore.seed_contracts import Line, Site
from sandbox.procore.seed_foreign import INTEGRATION, Foreign
from sandbox.procore.seed_projects import Pair
from sandbox.procore.seed_spectrum import Row, amount


def seed_old_prime(site: Site, foreign: Foreign) -> None:
    """The prime contract: it has no ERP code, its lines have no cost codes."""
    job = site.project.job
    if job is None or job.contract is None:
        return
    lines = [
        Line(
            None,
            money(int(amount(item["Original_Contract"]) * 100)),
            item["Billing_Description"] or "Lump sum",
            key=item["Billing_Item"],
        )
        for item in job.items
    ]
    number = job.contract["Contract_Number"] or "1"
    origin = foreign.origin("prime contract", job.number)
    added = site.contract("prime_contract", number, f"{job.number} Prime Contract", lines, origin=origin)
    _mark_all(site, foreign, added)


def seed_old_commitments(site: Site, foreign: Foreign, most: int) -> int:
    """The job's subcontracts as commitments, with the change orders that were exported.

    On the first two of a project stands a change order that was not: what an export does next.

    Returns:
        How many there are.
    """
    job, company = site.project.job, site.company
    made = 0
    for row in job.subcontracts if job else ():
        code, number = row["Vendor_Code"], row["Subcontract_Number"]
        lines = _lines(site, row["lines"], "Original_Contract_Amount")
        vendor = company.vendors.get(code)
        if job is None or vendor is None or not lines or made == most:
            continue
        if made % 20 == 9:  # changed in Procore by an administrator since it was exported: the amounts differ
            lines[0] = Line(lines[0].pair, money(_cents(lines[0].amount) + 10_000), lines[0].text, key=lines[0].key)
        kind = "purchase_order_contract" if made % 6 == 5 else "work_order_contract"
        shown = f"SC-{made + 1:04d}" if made % 4 == 1 else number
        origin = foreign.origin("commitment", f"{code}/{number}", None if made % 30 == 11 else number)
        title = (row["Comment_1"] or number)[:60]
        added = site.contract(kind, shown, title, lines, vendor=vendor, origin=origin)
        _mark_all(site, foreign, added, free=made < 2)
        _seed_changes(site, foreign, added, row["changes"])
        if made < 2:
            pair = lines[0].pair
            new = [Line(pair, "1250.75", "Added since the connector stopped", contract_line=site.lines[added][0])]
            site.change_order(added, f"CO-{made + 1}", "After the connector", new)
        made += 1
    return made


def _seed_changes(site: Site, foreign: Foreign, contract: int, changes: Mapping[str, list[Row]]) -> None:
    for place, (number, rows) in enumerate(changes.items(), start=1):
        lines = _lines(site, rows, "Sub_Amount")
        if lines:
            origin = foreign.origin("change order", f"{contract}/{number}", number)
            added = site.change_order(contract, f"{place:03d}", f"Change request {number}", lines, origin=origin)
            _mark_all(site, foreign, added)


def _lines(site: Site, rows: list[Row], column: str) -> list[Line]:
    pairs: list[tuple[Pair, Row]] = [((row["Phase_Code"], row["Cost_Type"]), row) for row in rows]
    return [
        Line(pair, money(int(amount(row[column]) * 100)), "As per plans & specs", key=":".join(pair))
        for pair, row in pairs
        if pair in site.project.wbs
    ]


def _cents(text: str) -> int:
    return int(text.replace(".", ""))


def _mark_all(site: Site, foreign: Foreign, document: int, *, free: bool = False) -> None:
    """Mark a document and its lines; the lines of one stay or go together."""
    foreign.mark(document, free=free)
    for line in site.lines.get(document, ()):
        site.records.change(line, {"integration": INTEGRATION})
