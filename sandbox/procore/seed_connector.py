"""Seeds a Procore company that ran Procore's own connector for years, and is to be taken over from it.

Every company, project, code, contract and commitment carries an origin id that is not ours, and the ERP code of what it
is in Spectrum where Procore shows one. Assumed: what such ids look like (here they say nothing), that some records are
locked, and that Procore keeps some ids from being replaced. Certain: that one integration's ids are all there is room
for, and that cost codes, cost types and prime contracts have no ERP code.
"""

from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from sandbox.procore.seed_company import ERP_LIST, CompanySeed, display, vendor_fields
from sandbox.procore.seed_contracts import Site
from sandbox.procore.seed_foreign import INTEGRATION, Foreign, foreign_id
from sandbox.procore.seed_old_contracts import seed_old_commitments, seed_old_prime
from sandbox.procore.seed_past import Past, read_past
from sandbox.procore.seed_projects import ProjectSeed, add_codes, add_structure, project_fields
from sandbox.procore.seed_records import Records
from sandbox.procore.seed_spectrum import Job, Row
from sandbox.procore.store import Record, Store

#: The Procore company, and the Spectrum company that its connector was connected to.
CONNECTOR_COMPANY, CONNECTED_TO = 4801, "1"


@dataclass(frozen=True)
class Size:
    """How much of each there is at most; Spectrum may have less."""

    projects: int = 6
    companies: int = 24
    commitments: int = 60


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
    foreign = Foreign(records)
    company = _seed_company(records, foreign, past, company_id)
    left = size.commitments
    for place, job in enumerate(past.jobs):
        project = _seed_project(records, foreign, past, company, place, job)
        site = Site(records, company, project)
        seed_old_prime(site, foreign)
        left -= seed_old_commitments(site, foreign, left)


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
        values = {"origin_id": origin_id, "origin_code": code, "integration": INTEGRATION}
        linked.append(store.update(each, values))
    return linked


def _seed_company(records: Records, foreign: Foreign, past: Past, company_id: int) -> CompanySeed:
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


def _vendor_origin(foreign: Foreign, place: int, row: Row) -> tuple[str, str | None]:
    """The ERP code of a company: as it is in Spectrum, but for a few."""
    code = row["Vendor_Code"]
    shown = {7: code.lower(), 13: f"{code:<10}", 17: None, 19: f"GONE{place}"}.get(place % 40, code)
    return foreign.origin("vendor", code, shown)


def _seed_project(
    records: Records, foreign: Foreign, past: Past, company: CompanySeed, place: int, job: Job
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
