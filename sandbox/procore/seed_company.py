"""Seeds what a company of the stand-in Procore has: cost types, code lists, segments, budget views, its directory."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.procore.seed_records import Records
from sandbox.procore.seed_spectrum import Company, Row

ERP_LIST = "Spectrum Standard Cost Codes"
OTHER_LIST = "Standard Cost Codes 1995"
#: A cost type that Spectrum does not have.
UNKNOWN_TYPE = "X"
FORECAST_VIEW = "Procore Standard Forecast View"
FORECAST_COLUMNS = (
    "Original Budget Amount",
    "Forecast To Complete",
    "Estimated Cost at Completion",
    "Projected over Under",
)
_BASE_TYPES = {"L": "labor", "M": "materials", "E": "equipment", "S": "commitment", "O": "other"}
_MOST_VENDORS = 300

# Companies that are in Procore alone: name, and what differs from a company that can be exported. The remarks say
# which rule a company breaks.
NEW_VENDORS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Peña & Søn Drywall", {}),
    ("Müller Betonbau GmbH", {"country_code": "DE", "state_code": "", "zip": "80331", "city": "München"}),
    ("O'Leary Electric, Inc.", {"fax_number": "(614) 555-0199"}),
    ("Blue Heron Glazing", {"business_phone": "+1 614.555.0133 ext. 7"}),
    ("Łódź Masonry", {"address": "1 Żeromskiego St.\nBuilding B"}),  # not in Spectrum's code page
    ("Ready Roofing LLC", {}),
    ("Steel & Sons", {"zip": ""}),
    ("Quiet Paving", {"website": "https://quiet-paving.example"}),
    ("Inactive Interiors", {"is_active": False}),  # only active companies are exported
    ("Very Long Named Mechanical Contractors of Ohio", {}),  # Spectrum: at most 30
    ("Overlong Address Supply", {"address": "12345 North Industrial Parkway Boulevard East, Dock 7"}),
)


@dataclass
class CompanySeed:
    """Ids of what a company's projects refer to."""

    id: int
    code: str
    erp_list: int = 0
    other_list: int = 0
    types: dict[str, int] = field(default_factory=dict)
    standard: dict[str, int] = field(default_factory=dict)
    vendors: dict[str, int] = field(default_factory=dict)
    new_vendors: list[int] = field(default_factory=list)
    segments: dict[str, int] = field(default_factory=dict)
    zone: int = 0


def display(phase: str) -> str:
    """A phase code as Procore shows it: with the dashes that Spectrum does not store, 033000 is 03-3000."""
    return f"{phase[:2]}-{phase[2:]}" if len(phase) == 6 and phase.isdecimal() else phase


def seed_company(records: Records, spectrum: Company, company_id: int) -> CompanySeed:
    """Add the company's own records.

    Args:
        records: added to.
        spectrum: the Spectrum company that it is linked to.
        company_id: its id in Procore.
    """
    seed = CompanySeed(company_id, spectrum.code)
    name = "Summit Ridge Builders" if spectrum.code == "1" else f"Summit Ridge Services {spectrum.code}"
    records.add("company", company_id, {"name": name}, record_id=company_id)
    for row in spectrum.cost_types:
        code = row["Cost_Type"]
        fields = {"name": row["Description"], "csv_import_code": code, "base_type": _BASE_TYPES.get(code, "other")}
        origin = (f"{spectrum.code}:{code}", None)
        seed.types[code] = records.add("line_item_type", company_id, fields, origin=origin)
    unknown = {"name": "Owner Cost", "csv_import_code": UNKNOWN_TYPE, "base_type": "owner_cost"}
    seed.types[UNKNOWN_TYPE] = records.add("line_item_type", company_id, unknown)
    seed.erp_list = records.add("standard_cost_code_list", company_id, {"name": ERP_LIST, "is_erp_list": True})
    seed.other_list = records.add(
        "standard_cost_code_list", company_id, {"name": OTHER_LIST, "is_erp_list": False, "is_default": True}
    )
    for row in spectrum.standard:
        fields = {"name": row["Description"], "code": display(row["Phase_Code"])}
        origin = (f"{spectrum.code}:STD:{row['Phase_Code']}", None)
        added = records.add("standard_cost_code", company_id, fields, parent=seed.erp_list, origin=origin)
        seed.standard[row["Phase_Code"]] = added
    segments = (("Cost Code", "cost_code"), ("Cost Type", "line_item_type"), ("Zone", "custom"))
    for place, (title, kind) in enumerate(segments, start=1):
        seed.segments[kind] = records.add("segment", company_id, {"name": title, "type": kind}, position=place)
    zone = {"code": "N", "name": "North Zone"}
    seed.zone = records.add("segment_item", company_id, zone, parent=seed.segments["custom"])
    views: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("Procore Standard Budget", FORECAST_COLUMNS[:1]),
        (FORECAST_VIEW, FORECAST_COLUMNS),
    )
    for title, columns in views:
        fields = {"name": title, "description": "", "columns": list(columns)}
        records.add("budget_view", company_id, fields)
    _seed_vendors(records, spectrum, seed)
    return seed


def _seed_vendors(records: Records, spectrum: Company, seed: CompanySeed) -> None:
    """Two of three Spectrum vendors are linked, and those with subcontracts on linked jobs."""
    busy = {subcontract["Vendor_Code"] for job in spectrum.jobs for subcontract in job.subcontracts}
    unlinked: list[Row] = []
    for place, row in enumerate(spectrum.vendors):
        code = row["Vendor_Code"]
        if code not in busy and (place % 3 == 2 or len(seed.vendors) >= _MOST_VENDORS):
            unlinked.append(row)
            continue
        origin = (f"{spectrum.code}:{code}", code)
        seed.vendors[code] = records.add("vendor", seed.id, vendor_fields(row), origin=origin)
    for name, differs in NEW_VENDORS:
        fields = new_vendor(name, len(seed.new_vendors)) | differs
        seed.new_vendors.append(records.add("vendor", seed.id, fields))
    # C5: the same companies as vendors that Spectrum has, but not linked: once by name alone, once in capitals.
    for row, name in [(row, row["Vendor_Name"]) for row in unlinked[:1]] + [
        (row, row["Vendor_Name"].upper()) for row in unlinked[1:2]
    ]:
        records.add("vendor", seed.id, vendor_fields(row) | {"name": name})


def vendor_fields(row: Row) -> dict[str, Any]:
    """A company of the directory as it comes from Spectrum's vendor."""
    return _vendor(row["Vendor_Name"] or "Unnamed") | {
        "address": row["Address_1"],
        "city": row["Address_3"],
        "state_code": row["State"],
        "zip": row["Zip_Code"],
        "business_phone": row["Phone"],
        "fax_number": row["Fax_Phone"],
        "email_address": row["Vendor_Email"],
        "is_active": row["Status"] != "I",
    }


def new_vendor(name: str, number: int) -> dict[str, Any]:
    """A company that is in Procore alone and that nothing keeps from being exported."""
    return _vendor(name) | {
        "address": f"{100 + number} Mill Creek Ln.",
        "city": "Dayton",
        "state_code": "OH",
        "zip": "45402",
        "business_phone": f"(937) 555-{number % 10_000:04d}",
        "fax_number": None,
        "email_address": f"office{number}@vendor.example",
    }


def _vendor(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "legal_name": name,
        "abbreviated_name": name[:10],
        "country_code": "US",
        "is_active": True,
        "authorized_bidder": True,
        "prequalified": False,
        "union_member": False,
    }
