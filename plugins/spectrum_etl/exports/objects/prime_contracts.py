"""Prime contracts: linked by `link_export` with the contract of their job (I2, J1), and never exported.

A job of Spectrum has one prime contract, kept by customer and job; a project of Procore has one that change orders
belong to. So the link's key is the job's number, and each side must have exactly one. What the two contracts amount to
is compared when they are linked, and said where it differs: the rules of their change orders ask for equal amounts.
"""

from __future__ import annotations

from collections.abc import Iterator

from spectrum_etl.exports.linkable import LinkedObject
from spectrum_etl.exports.objects.contracts import contract_facts
from spectrum_etl.exports.objects.facts import found, money, project_facts, text
from spectrum_etl.exports.rules.amounts import total
from spectrum_etl.exports.rules.common import job_of
from spectrum_etl.exports.spec import Candidate, Context, Problem
from spectrum_etl.exports.spectrum import Spectrum
from spectrum_etl.links.pairs import compared
from spectrum_etl.model.record import RecordId
from spectrum_etl.settings import Company
from spectrum_etl.sources.procore import marks, resources
from spectrum_etl.sources.procore.client import ProcoreClient


def read(client: ProcoreClient, company: Company, id: RecordId) -> Candidate | None:
    """One prime contract, with the names of all that its project has."""
    project = found(resources.project, client, id.project)
    contract = found(resources.prime_contract, client, id.project, id.record)
    if project is None or contract is None:
        return None
    facts, own = project_facts(project), contract_facts(contract)
    listed = [each for each in resources.prime_contracts(client, id.project) if not each.get("deleted_at")]
    content = {
        **own,
        "project": facts,
        "total": money(contract.get("grand_total")),
        "prime_contracts": [contract_facts(each)["name"] or text(each["id"]) for each in listed],
    }
    title = f"Prime contract {own['name'] or own['id']} ({facts['name']})"
    return Candidate(RecordId(company.code, facts["id"], own["id"]), title, content)


def mark(client: ProcoreClient, company: Company, id: RecordId, key: str) -> None:
    """The contract's hidden origin id names company and job; Procore has no ERP id to show on it."""
    marks.mark_prime_contract(client, id.project, id.record, f"{company.code}:{key}")


def unmark(client: ProcoreClient, company: Company, id: RecordId) -> None:
    """Takes the origin id out again; a contract that is gone has none."""
    if found(resources.prime_contract, client, id.project, id.record) is not None:
        marks.unmark_prime_contract(client, id.project, id.record)


def holds(spectrum: Spectrum, key: str) -> str | None:
    """The job's number, where it has a prime contract."""
    job = spectrum.job(key)
    number = None if job is None else job["Job_Number"].strip()
    return number if number and spectrum.contracts(number) else None


def fits(candidate: Candidate, context: Context, key: str) -> Iterator[Problem]:
    """The project is the job's, and neither of them has a second prime contract (I2)."""
    project, job = candidate.content["project"], job_of(candidate, context)
    if job is None or compared(job) != compared(key):
        yield Problem(
            "project",
            project["name"],
            f"{candidate.title}: its project is linked to {f'job {job}' if job else 'no job'}, not to job {key}",
            "link the project to its job first, with link_export for jobs; the contract is then the job's",
        )
    names = candidate.content["prime_contracts"]
    if len(names) > 1:
        yield Problem(
            "prime contract",
            ", ".join(names),
            f"{candidate.title}: the project has {len(names)} prime contracts ({', '.join(names)}); 1 is allowed, "
            "since Spectrum's job has one",
            "keep one prime contract in the project",
        )
    yield from _spectrums(candidate, context, key)


def _spectrums(candidate: Candidate, context: Context, key: str) -> Iterator[Problem]:
    customer = (context.spectrum.job(key) or {}).get("Customer_Code", "").strip()
    customers = sorted(contract["Customer_Code"].strip() for contract in context.spectrum.contracts(key))
    if len(customers) > 1:
        yield Problem(
            "prime contract",
            ", ".join(customers),
            f"{candidate.title}: job {key} has {len(customers)} prime contracts in Spectrum (customers "
            f"{', '.join(customers)}); 1 is allowed",
            "keep the one of the job's customer in Spectrum",
        )
    elif customers and compared(customers[0]) != compared(customer):
        yield Problem(
            "customer",
            customers[0],
            f"{candidate.title}: the prime contract of job {key} is with customer {customers[0]}, the job's customer "
            f"is {customer or 'empty'}; change requests belong to the job's customer",
            "correct the customer of the job or of the contract in Spectrum",
        )


def difference(candidate: Candidate, context: Context, key: str) -> str:
    """How the amounts of the two contracts differ, in words; empty where they are equal."""
    ours, theirs = total([candidate.content["total"]]), None
    for contract in context.spectrum.contracts(key):
        theirs = total([contract.get("Original_Contract", "")])
    if theirs is None:
        # Where the contract itself has no amount, it is that of its billing items, or the job's.
        theirs = total([context.spectrum.original_contract(key) or ""])
    if ours is None or theirs is None:
        known = (f"{side} {f'{amount:,.2f}' if amount is not None else 'no amount'}" for side, amount in
                 (("Procore holds", ours), ("Spectrum", theirs)))  # fmt: skip
        return f"{', '.join(known)}: the two cannot be compared"
    if ours == theirs:
        return ""
    return f"Procore holds {ours:,.2f}, Spectrum {theirs:,.2f}: {ours - theirs:+,.2f} in Procore"


OBJECT = LinkedObject(
    name="prime_contracts",
    title="prime contract",
    read=read,
    mark=mark,
    unmark=unmark,
    holds=holds,
    fits=fits,
    difference=difference,
    space="prime contract",
)
