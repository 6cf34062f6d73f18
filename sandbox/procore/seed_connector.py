"""Seeds a Procore company that ran Procore's own connector for years, and is to be taken over from it.

Every company, project, code, contract and commitment carries an origin id that is not ours, and the ERP code of what it
is in Spectrum where Procore shows one. Assumed: what such ids look like (here they say nothing), that some records are
locked, and that Procore keeps some ids from being replaced. Certain: that one integration's ids are all there is room
for, and that cost codes, cost types and prime contracts have no ERP code.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from sandbox.data.rows import money
from sandbox.procore.seed_company import ERP_LIST, CompanySeed, display, vendor_fields
from sandbox.procore.seed_contracts import Line, Site
from sandbox.procore.seed_past import Past, read_past
from sandbox.procore.seed_projects import Pair, ProjectSeed, add_codes, add_structure, project_fields
from sandbox.procore.seed_records import Records
from sandbox.procore.seed_spectrum import Job, Row, amount
from sandbox.procore.store import Record, Store

#: The Procore company, and the Spectrum company that its connector was connected to.
CONNECTOR_COMPANY, CONNECTED_TO = 4801, "1"
_INTEGRATION = "procore_connector"
# One record in so many: its id cannot be replaced; it is locked.
_FIXED_EVERY, _LOCKED_EVERY = 12, 17


@dataclass(frozen=True)
class Size:
    """How much of each there is at most; Spectrum may have less."""

    projects: int = 6
    companies: int = 40
    commitments: int = 60


class _Foreign:
    """The connector's marks: an id for each record, and some that stay."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._count = 0

    def origin(self, kind: str, key: str, code: str | None = None) -> tuple[str, str | None]:
        """Return the origin id of a record and its ERP code."""
        return foreign_id(kind, key), code

    def mark(self, record_id: int, *, free: bool = False) -> int:
        """Note whose a record's origin id is, and whether it stays; `free`: it can be replaced."""
        self._count += 1
        self._records.change(
            record_id,
            {
                "integration": _INTEGRATION,
                "origin_fixed": not free and self._count % _FIXED_EVERY == 0,
                "erp_locked": not free and self._count % _LOCKED_EVERY == 0,
            },
        )
        return record_id


def seed_connector(
    records: Records, connection: Connection[Any], size: Size, company_id: int = CONNECTOR_COMPANY
) -> None:
    """Add the whole company.

    Args:
        records: added to.
        connection: the sandbox database with the Spectrum that it was connected to.
        size: how much of it.
        company_id: its id in Procore.
    """
    past = read_past(connection, CONNECTED_TO, size.projects, size.companies)
    foreign = _Foreign(records)
    company = _seed_company(records, foreign, past, company_id)
    left = size.commitments
    for place, job in enumerate(past.jobs):
        project = _seed_project(records, foreign, past, company, place, job)
        site = Site(records, company, project)
        _seed_prime(site, foreign)
        left -= _seed_commitments(site, foreign, left)


def link_more(store: Store, count: int) -> list[Record]:
    """Let the connector link companies that have no origin id, as one does that was not switched off.

    Args:
        store: the records; the caller commits.
        count: how many at most.

    Returns:
        Those that are linked now.
    """
    free = [each for each in store.all("vendor", CONNECTOR_COMPANY) if each.origin_id is None][:count]
    linked = []
    for each in free:
        origin_id, code = foreign_id("vendor", f"late/{each.id}"), f"LATE{each.id % 1_000_000}"
        values = {"origin_id": origin_id, "origin_code": code, "integration": _INTEGRATION}
        linked.append(store.update(each, values))
    return linked


def foreign_id(kind: str, key: str) -> str:
    """Return an origin id of the connector's, which says nothing of what it is for."""
    digest = hashlib.sha256(f"{_INTEGRATION}/{kind}/{key}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:24]}"


def _seed_company(records: Records, foreign: _Foreign, past: Past, company_id: int) -> CompanySeed:
    seed = CompanySeed(company_id, past.code)
    records.add("company", company_id, {"name": "Summit Ridge Builders (connected)"}, record_id=company_id)
    seed.erp_list = records.add("standard_cost_code_list", company_id, {"name": ERP_LIST, "is_erp_list": True})
    for row in past.cost_types:
        code = row["Cost_Type"]
        fields = {"name": row["Description"], "csv_import_code": code, "base_type": "other"}
        origin = foreign.origin("cost type", code)
        seed.types[code] = foreign.mark(records.add("line_item_type", company_id, fields, origin=origin))
    for row in past.standard:
        phase = row["Phase_Code"]
        fields = {"name": row["Description"], "code": display(phase)}
        origin = foreign.origin("standard code", phase)
        added = records.add("standard_cost_code", company_id, fields, parent=seed.erp_list, origin=origin)
        seed.standard[phase] = foreign.mark(added)
    for place, (title, kind) in enumerate((("Cost Code", "cost_code"), ("Cost Type", "line_item_type")), start=1):
        seed.segments[kind] = records.add("segment", company_id, {"name": title, "type": kind}, position=place)
    fields = {"name": "Procore Standard Budget", "description": "", "columns": ["Original Budget Amount"]}
    records.add("budget_view", company_id, fields)
    for place, row in enumerate(past.vendors):
        added = records.add("vendor", company_id, _vendor(place, row), origin=_vendor_origin(foreign, place, row))
        seed.vendors[row["Vendor_Code"]] = foreign.mark(added)
    for name in ("Entered by Hand Electric", "Entered by Hand Drywall"):
        records.add("vendor", company_id, vendor_fields(past.vendors[0]) | {"name": name, "email_address": None})
    return seed


def _vendor(place: int, row: Row) -> dict[str, Any]:
    """A company as years of use have left it."""
    fields = vendor_fields(row)
    if place % 10 == 3:
        fields["name"] = f"{fields['name']}, Inc."
    if place % 25 == 11:
        fields["is_active"] = False
    return fields


def _vendor_origin(foreign: _Foreign, place: int, row: Row) -> tuple[str, str | None]:
    """The ERP code of a company: as it is in Spectrum, but for a few."""
    code = row["Vendor_Code"]
    shown = {7: code.lower(), 13: f"{code:<10}", 21: None, 29: f"GONE{place}"}.get(place % 40, code)
    return foreign.origin("vendor", code, shown)


def _seed_project(
    records: Records, foreign: _Foreign, past: Past, company: CompanySeed, place: int, job: Job
) -> ProjectSeed:
    row = job.row
    fields = project_fields(row["Job_Description"], job.number, company.erp_list) | {
        "address": row["Address_1"],
        "city": row["City"],
        "state_code": row["State"],
        "zip": row["Zip_Code"],
        "erp_integrated": True,
        "active": row["Status_Code"] != "C" or place % 3 != 2,
        "permitted": place % 15 != 5,
    }
    if place % 12 == 4:
        fields["name"] = f"{fields['name']} (renamed)"
    origin = foreign.origin("job", job.number, None if place % 30 == 3 else job.number)
    added = records.add("project", company.id, fields, origin=origin)
    project = ProjectSeed(foreign.mark(added, free=place == 0), fields["name"], job)
    names, pairs = job.descriptions(), [(phase["Phase_Code"], phase["Cost_Type"]) for phase in job.phases]

    def code_origin(phase: str) -> tuple[str, str | None]:
        return foreign.origin("code", f"{job.number}/{phase}")

    add_codes(records, company, project, names, pairs, set(names), origin_of=code_origin)
    for code in project.codes.values():
        foreign.mark(code)
    add_structure(records, company, project, names, pairs)
    return project


def _seed_prime(site: Site, foreign: _Foreign) -> None:
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


def _seed_commitments(site: Site, foreign: _Foreign, most: int) -> int:
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


def _seed_changes(site: Site, foreign: _Foreign, contract: int, changes: Mapping[str, list[Row]]) -> None:
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


def _mark_all(site: Site, foreign: _Foreign, document: int, *, free: bool = False) -> None:
    """Mark a document and its lines; the lines of one stay or go together."""
    foreign.mark(document, free=free)
    for line in site.lines.get(document, ()):
        site.records.change(line, {"integration": _INTEGRATION})
