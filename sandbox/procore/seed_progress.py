"""Seeds projects in progress, which nothing is linked to though Spectrum has their jobs, and what projects come from.

These are what an import meets that does not begin with an empty Procore (REQUIREMENTS D1, N5): the same job under the
same number, under another number, with other codes, twice, or where the service account may not look.
"""

import random
from dataclasses import dataclass, field
from typing import Any

from sandbox.procore.seed_budgets import seed_budget
from sandbox.procore.seed_commitments import buyable
from sandbox.procore.seed_company import CompanySeed, display
from sandbox.procore.seed_contracts import Line, Site, linked_prime
from sandbox.procore.seed_projects import ProjectSeed, add_codes, add_structure, project_fields
from sandbox.procore.seed_records import Records
from sandbox.procore.seed_spectrum import Company, Job


@dataclass(frozen=True)
class _Progress:
    """One project in progress.

    Args:
        number, name: as Procore shows them, with `{number}` and `{name}` of the job.
        differs: attributes.
        codes: `same` as the job's, `other` ones of another list, or `none`.
        filled: whether it has a budget, a prime contract and a commitment.
    """

    number: str = "{number}"
    name: str = "{name}"
    differs: dict[str, Any] = field(default_factory=dict)
    codes: str = "none"
    filled: bool = False


# What becomes of the jobs that no project is linked to, newest first; the others have no project.
_IN_PROGRESS: tuple[tuple[_Progress, ...], ...] = (
    (_Progress(codes="same", filled=True),),
    (_Progress(number="{number} (old)", name="{name}", codes="same"),),
    (_Progress(name="Known by another name", codes="other", differs={"other_list": True}),),
    (_Progress(name="{name}"), _Progress(name="{name} Phase 2")),  # several with one number
    (_Progress(differs={"permitted": False}),),
    (_Progress(differs={"active": False}),),
)


def seed_progress(records: Records, spectrum: Company, company: CompanySeed) -> None:
    """Add the projects in progress of a company, its templates, departments, and the codes of its own list.

    Args:
        records: added to.
        spectrum: the Spectrum company.
        company: what has been seeded of it.
    """
    _seed_sources(records, company)
    for job, plans in zip(spectrum.others, _IN_PROGRESS, strict=False):
        for plan in plans:
            _seed_one(records, spectrum, company, job, plan)
    for row in spectrum.sub_jobs:
        fields = project_fields(row["Job_Description"] or "Sub job", row["Job_Number"], company.erp_list)
        records.add("project", company.id, fields)


def _seed_one(records: Records, spectrum: Company, company: CompanySeed, job: Job, plan: _Progress) -> None:
    texts = {"number": job.number, "name": job.row["Job_Description"]}
    fields = project_fields(plan.name.format(**texts), plan.number.format(**texts), company.erp_list) | plan.differs
    if fields.pop("other_list", False):
        fields["standard_cost_code_list_id"] = company.other_list
    project = ProjectSeed(records.add("project", company.id, fields), fields["name"], job)
    names, pairs = job.descriptions(), [(row["Phase_Code"], row["Cost_Type"]) for row in job.phases]
    if plan.codes == "other":
        names = {"990100": "Our own code", "990200": "Another one of ours"}
        pairs = [(code, kind) for code in names for kind in list(company.types)[:2]]
    if plan.codes == "none":
        return
    add_codes(records, company, project, names, pairs, set())
    add_structure(records, company, project, names, pairs)
    if not plan.filled:
        return
    site = Site(records, company, project)
    seed_budget(records, random.Random(f"procore/{company.code}/{job.number}"), company, project, pairs, agrees=True)
    linked_prime(site, linked=False)
    bought, vendor = buyable(site), next(iter(company.vendors.values()), None)
    if bought and vendor:
        line = Line(bought[0], "3300.00", "Before the connection")
        site.contract("work_order_contract", "SC-801", "In progress", [line], vendor=vendor)


def _seed_sources(records: Records, company: CompanySeed) -> None:
    codes = list(company.standard.values())[:6]
    for name, code_list, brought, off in (
        ("Commercial (Spectrum codes)", company.erp_list, codes, []),
        ("Small works, no Direct Costs", company.other_list, [], ["direct_costs"]),
    ):
        fields = {
            "name": name,
            "standard_cost_code_list_id": code_list,
            "standard_cost_code_ids": brought,
            "tools_off": off,
        }
        records.add("project_template", company.id, fields)
    for name in ("Building", "Civil", "Service"):
        records.add("department", company.id, {"name": name})
    for division in ("01", "02"):
        top = {"name": f"Division {division}", "code": division}
        above = records.add("standard_cost_code", company.id, top, parent=company.other_list)
        for code in ("100", "200"):
            below = {"name": f"Code {display(division + code)}", "code": code, "parent_id": above}
            records.add("standard_cost_code", company.id, below, parent=company.other_list)
