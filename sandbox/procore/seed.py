"""Fills the stand-in Procore over the generated Spectrum of the same database.

Company 4001 belongs to Spectrum company `1`, 4002 to `2`. Part of what Spectrum has is linked by origin ids; beside it
stand records that nobody has exported yet: ready ones, and for each rule an export has, at least one that breaks it;
and such as an import meets: companies that are almost a vendor, projects in progress. Company 4801 ran Procore's own
connector for years, with Spectrum company `1`: its records carry that one's origin ids.
"""

import random
from collections import Counter
from typing import Any

from psycopg import Connection

from sandbox.data.schema import connect
from sandbox.procore import schema
from sandbox.procore.seed_budgets import seed_budget, seed_budget_change, seed_modifications
from sandbox.procore.seed_commitments import buyable, seed_broken, seed_changes, seed_on, seed_ready
from sandbox.procore.seed_company import UNKNOWN_TYPE, CompanySeed, seed_company
from sandbox.procore.seed_connector import CONNECTED_TO, CONNECTOR_COMPANY, Size, seed_connector
from sandbox.procore.seed_contracts import Site
from sandbox.procore.seed_primes import seed_prime
from sandbox.procore.seed_progress import seed_progress
from sandbox.procore.seed_projects import NEW_PROJECTS, Pair, ProjectSeed, seed_linked, seed_new
from sandbox.procore.seed_records import Records
from sandbox.procore.seed_similar import seed_similar
from sandbox.procore.seed_spectrum import Company, read_companies
from sandbox.procore.seed_users import seed_users

COMPANIES = {"1": 4001, "2": 4002}
#: All Procore companies that there are, whatever they belong to.
ALL_COMPANIES = (*COMPANIES.values(), CONNECTOR_COMPANY)
PROJECTS = 12

# What the linked projects are for, newest open job first; further ones are like `plain`.
_ROLES = ("ready", "unlocked", "new_codes", "zoned", "unlinked", "stale", "unit", "no_budget", "ready", "legacy")


def seed(database_url: str, projects: int = PROJECTS, past: Size | None = None) -> bool:
    """Create the stand-in Procore's records; nothing happens when they are there already.

    Args:
        database_url: the sandbox's PostgreSQL, loaded.
        projects: how many jobs of each company get a linked project, at most.
        past: how large the company is that ran Procore's connector; a small one unless told.

    Returns:
        Whether records were written.

    Raises:
        psycopg.Error: the database refuses, or holds no Spectrum yet.
    """
    with connect(database_url) as connection:
        schema.create(connection)
        if schema.is_seeded(connection):
            return False
        records = Records()
        companies = list(read_companies(connection, projects))
        seeded = [_seed_company(records, spectrum, _id_of(spectrum)) for spectrum in companies]
        for spectrum in companies:
            seed_users(records, _id_of(spectrum))
        for spectrum, company in zip(companies, seeded, strict=True):
            seed_similar(records, spectrum, company)
            seed_progress(records, spectrum, company)
        if any(spectrum.code == CONNECTED_TO for spectrum in companies):
            seed_connector(records, connection, past or Size())
        records.write(connection)
        connection.execute("INSERT INTO procore.state VALUES ('seeded', now()::text)")
    return True


def counts(connection: Connection[Any]) -> Counter[str]:
    """Return how many living records there are of each kind."""
    query = "SELECT kind, count(*) FROM procore.records WHERE deleted_at IS NULL GROUP BY kind ORDER BY kind"
    return Counter(dict(connection.execute(query).fetchall()))


def _id_of(spectrum: Company) -> int:
    return COMPANIES.get(spectrum.code) or 4000 + int(spectrum.code)


def _seed_company(records: Records, spectrum: Company, company_id: int) -> CompanySeed:
    company = seed_company(records, spectrum, company_id)
    for place, job in enumerate(spectrum.jobs):
        role = _ROLES[place] if place < len(_ROLES) else "plain"
        project = seed_linked(records, spectrum, company, role, job)
        rng = random.Random(f"procore/{company.code}/{job.number}")
        # Of the projects that everything is ready on, the first has a budget to export, the others one to change.
        agrees = role == "legacy" or (role == "ready" and place > 0)
        _seed_linked(records, rng, company, project, role, agrees=agrees)
    new = {plan.key: seed_new(records, spectrum, company, plan) for plan in NEW_PROJECTS}
    # E1, F1, G1: everything is in order, but the job is not exported.
    project, rng = new["ready"], random.Random(f"procore/{company.code}/new")
    seed_budget(records, rng, company, project, project.new_pairs)
    records.change(project.id, {"budget_locked": True})
    _seed_budget_changes(records, company, project, project.new_pairs)
    seed_on(Site(records, company, project), project.new_pairs[1:2], "SC-901", "Job not exported")
    return company


def _seed_linked(
    records: Records, rng: random.Random, company: CompanySeed, project: ProjectSeed, role: str, *, agrees: bool
) -> None:
    job, site = project.job, Site(records, company, project)
    if job is None:
        return
    pairs = [pair for pair in project.wbs if pair in set(_known(project))]
    if role != "no_budget":
        budgeted = pairs + (project.new_pairs if role == "new_codes" else [])
        lines = seed_budget(records, rng, company, project, budgeted, agrees=agrees, forecasts_all=role == "stale")
        if role == "legacy" and len(job.pairs()) > 1:
            seed_modifications(records, company, project, lines, [pair for pair in job.pairs() if pair in lines])
        records.change(project.id, {"budget_locked": role != "unlocked"})
    seed_prime(site, role)
    if not buyable(site):
        return
    if role in {"ready", "unlocked"}:
        _seed_budget_changes(records, company, project, job.pairs() or pairs)
    if role == "ready":
        seed_ready(site)
        seed_broken(site)
        seed_changes(site)
    elif role == "unlocked":
        unknown = [pair for pair in project.wbs if pair[1] == UNKNOWN_TYPE]
        seed_on(site, unknown, "SC-502", "Cost type unknown to Spectrum")
    elif role == "new_codes":
        seed_on(site, [pair for pair in project.new_pairs if pair[1] == "S"], "SC-501", "Codes not exported yet")
    elif role == "zoned":
        seed_on(site, sorted(project.zoned)[:1], "SC-601", "Custom segment")
    elif job.row["Status_Code"] == "C":
        seed_on(site, buyable(site)[:2], "SC-701", "Complete job")


def _known(project: ProjectSeed) -> list[Pair]:
    """The codes that the job has in Spectrum."""
    return [(row["Phase_Code"], row["Cost_Type"]) for row in project.job.phases] if project.job else []


def _seed_budget_changes(records: Records, company: CompanySeed, project: ProjectSeed, pairs: list[Pair]) -> None:
    first, second = pairs[0], pairs[-1]
    moved = [(first, "-1250.75"), (second, "1250.75")]

    def add(number: int, title: str, lines: list[tuple[Pair, str]], **differs: str) -> None:
        seed_budget_change(records, company, project, number, title, lines, **differs)

    add(1, "Transfer to Façade", moved)
    add(2, "Owner’s change", [(first, "9800.10")], kind="change_event")
    add(3, "Under review", moved, status="under_review")  # F1
    add(4, "Draft", moved, status="draft")  # F1
    add(5, "Void", moved, status="void")  # F1
    add(6, "Code twice", [(first, "100.00"), (first, "0.50")])  # Spectrum: one line a code in a change request
    add(7, "No lines", [])
