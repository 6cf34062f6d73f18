"""Seeds projects with their cost codes and work breakdown structure: some linked to Spectrum's jobs, some new."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.procore.seed_company import UNKNOWN_TYPE, CompanySeed, display
from sandbox.procore.seed_records import Records
from sandbox.procore.seed_spectrum import Company, Job

Pair = tuple[str, str]


@dataclass
class ProjectSeed:
    """Ids of one project: its codes by phase, its work breakdown structure by phase and cost type."""

    id: int
    name: str
    job: Job | None = None
    codes: dict[str, int] = field(default_factory=dict)
    wbs: dict[Pair, int] = field(default_factory=dict)
    new_pairs: list[Pair] = field(default_factory=list)
    zoned: set[Pair] = field(default_factory=set)


@dataclass(frozen=True)
class NewProject:
    """A project that no job is linked to, and what differs from one that can be exported.

    Args:
        key: what the rest of the seed calls it.
        name, number: as Procore shows them; a blank number becomes that of an existing job.
        differs: attributes.
        codes: `plain`, `tiered` (divisions above the codes), `untyped` (one code without cost type) or `zoned`.
    """

    key: str
    name: str
    number: str
    differs: dict[str, Any] = field(default_factory=dict)
    codes: str = "plain"


NEW_PROJECTS = (
    NewProject("ready", "Peña Clinic – Café Wing", "26-901"),
    NewProject("tiered", "Brücke Süd Retrofit", "26-902", codes="tiered"),
    NewProject("untyped", "Pool House", "26-903", codes="untyped"),  # D3
    NewProject("long", "Riverside Apartments, Phase II", "26-904"),  # D4: 30 characters
    NewProject("other_list", "Legacy Codes Garage", "26-905", {"other_list": True}),  # D6
    NewProject("zoned", "Two Zone Warehouse", "26-906", codes="zoned"),  # B4
    NewProject("started", "Started Before", ""),  # D1, D4: the number is an existing job's
    NewProject("long_number", "Long Number Annex", "2026-SUMMIT-907"),  # D4: Spectrum's job id holds 10
    NewProject("inactive", "Shelved Tower", "26-908", {"active": False}),
    NewProject("hidden", "Not Permitted", "26-909", {"permitted": False}),
)
_SOME = 6


def seed_linked(records: Records, spectrum: Company, company: CompanySeed, role: str, job: Job) -> ProjectSeed:
    """Add a project that is linked to a job, with the job's codes.

    Args:
        records: added to.
        spectrum: the Spectrum company.
        company: what the project refers to.
        role: `new_codes` adds codes and a cost type that Spectrum does not have yet (B5), `zoned` uses the custom
            segment in two codes (B4), `unlocked` a cost type that Spectrum does not have (G1).
        job: the job.
    """
    row = job.row
    fields = project_fields(row["Job_Description"], job.number, company.erp_list) | {
        "address": row["Address_1"],
        "city": row["City"],
        "state_code": row["State"],
        "zip": row["Zip_Code"],
        "erp_integrated": True,
        "active": True,
    }
    link = (f"{spectrum.code}:{job.number}", job.number)
    project = ProjectSeed(records.add("project", company.id, fields, origin=link), fields["name"], job)
    pairs: list[Pair] = [(phase["Phase_Code"], phase["Cost_Type"]) for phase in job.phases]
    names = job.descriptions()
    if role == "new_codes":
        unused = [each for each in spectrum.standard if each["Phase_Code"] not in names][:2]
        names |= {each["Phase_Code"]: each["Description"] for each in unused}
        project.new_pairs = [(each["Phase_Code"], "S") for each in unused]
        # A cost type that the phase does not have in Spectrum.
        missing = next(((code, "O") for code, _ in pairs if (code, "O") not in pairs), None)
        project.new_pairs += [missing] if missing else []
    add_codes(records, company, project, names, pairs + project.new_pairs, set(job.descriptions()))
    open_pairs = job.pairs() or pairs
    if role == "zoned":
        project.zoned = set(open_pairs[:2])
        records.change(project.id, {"custom_segments": True})
    # A cost type that Spectrum does not have at all, on an existing code.
    unknown = [(open_pairs[0][0], UNKNOWN_TYPE)] if open_pairs and role == "unlocked" else []
    add_structure(records, company, project, names, [*pairs, *project.new_pairs, *unknown])
    return project


def seed_new(records: Records, spectrum: Company, company: CompanySeed, plan: NewProject) -> ProjectSeed:
    """Add a project that no job is linked to.

    Args:
        records: added to.
        spectrum: the Spectrum company.
        company: what the project refers to.
        plan: which one.
    """
    number = plan.number or (spectrum.jobs[-1].number if spectrum.jobs else "26-907")
    fields = project_fields(plan.name, number, company.erp_list) | plan.differs
    if fields.pop("other_list", False):
        fields["standard_cost_code_list_id"] = company.other_list
    project = ProjectSeed(records.add("project", company.id, fields), plan.name)
    standard = spectrum.standard[:: max(1, len(spectrum.standard) // _SOME)][:_SOME]
    names = {row["Phase_Code"]: row["Description"] for row in standard}
    pairs: list[Pair] = [(code, cost_type) for code in names for cost_type in ("L", "S") if cost_type in company.types]
    typed = pairs[:-2] if plan.codes == "untyped" else pairs
    add_codes(records, company, project, names, typed, set(), tiered=plan.codes == "tiered")
    if plan.codes == "zoned":
        project.zoned = set(pairs[:1])
        records.change(project.id, {"custom_segments": True})
    project.new_pairs = typed
    add_structure(records, company, project, names, typed)
    return project


def project_fields(name: str, number: str, code_list: int) -> dict[str, Any]:
    """The attributes that a project has unless something else is said."""
    return {
        "name": name,
        "project_number": number,
        "address": "77 Harbor Blvd.",
        "city": "Fairview",
        "state_code": "OH",
        "zip": "44126",
        "country_code": "US",
        "time_zone": "Eastern Time (US & Canada)",
        "tz_name": "America/New_York",
        "phone": "(614) 555-0142",
        "start_date": "2026-08-03",
        "completion_date": "2027-11-30",
        "active": True,
        "permitted": True,
        "tools_off": [],
        "budget_locked": False,
        "erp_integrated": False,
        "standard_cost_code_list_id": code_list,
    }


def add_codes(
    records: Records,
    company: CompanySeed,
    project: ProjectSeed,
    names: dict[str, str],
    pairs: list[Pair],
    synced: set[str],
    *,
    tiered: bool = False,
    origin_of: Callable[[str], tuple[str, str | None]] | None = None,
) -> None:
    """Add the cost codes; those in `synced` carry the origin id of their phase, or the one that is given."""
    divisions: dict[str, int] = {}
    for place, (phase, name) in enumerate(names.items(), start=1):
        division = phase[:2]
        if tiered and division not in divisions:
            fields = {"name": f"Division {division}", "code": division, "budgeted": False, "line_item_type_ids": []}
            divisions[division] = records.add("cost_code", company.id, fields, project=project.id, position=place)
        fields = {
            "name": name,
            "code": phase[2:] if tiered else display(phase),
            "parent_id": divisions.get(division),
            "standard_cost_code_id": company.standard.get(phase),
            "budgeted": True,
            "line_item_type_ids": [company.types[kind] for code, kind in pairs if code == phase],
        }
        origin = None
        if project.job is not None and phase in synced:
            ours = (f"{company.code}:{project.job.number}:{phase}", None)
            origin = origin_of(phase) if origin_of else ours
        project.codes[phase] = records.add(
            "cost_code", company.id, fields, project=project.id, position=place, origin=origin
        )


def add_structure(
    records: Records, company: CompanySeed, project: ProjectSeed, names: dict[str, str], pairs: list[Pair]
) -> None:
    """Add the codes of the work breakdown structure; Procore keeps no origin ids on them."""
    for phase, cost_type in pairs:
        items = [
            {"segment_id": company.segments["cost_code"], "item_id": project.codes[phase]},
            {"segment_id": company.segments["line_item_type"], "item_id": company.types[cost_type]},
        ]
        flat = f"{display(phase)}.{cost_type}"
        if (phase, cost_type) in project.zoned:
            items.append({"segment_id": company.segments["custom"], "item_id": company.zone})
            flat += ".N"
        fields = {"flat_code": flat, "description": f"{names[phase]}.{cost_type}", "segment_items": items}
        project.wbs[phase, cost_type] = records.add("wbs_code", company.id, fields, project=project.id)
