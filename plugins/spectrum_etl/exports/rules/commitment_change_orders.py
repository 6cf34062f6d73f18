"""The rules of the commitment change orders (H): each becomes a change request with lines of one subcontract.

Besides the facts of `common`, `contracts` and `change_requests` they read `type`, `status`, `total` (the change order's
own total), `taxed` (whether a line has a tax code) and `contract`: `{"id", "name", "origin_id", "origin_code"}`.
"""

from __future__ import annotations

from collections.abc import Iterator

from spectrum_etl.exports.rules import common, contracts
from spectrum_etl.exports.rules.amounts import amount_text, total
from spectrum_etl.exports.spec import Candidate, Context, Problem

#: Procore's type of the packages that these are.
TYPE = "CommitmentContractChangeOrder"


def subcontract_of(candidate: Candidate, context: Context) -> tuple[str, str] | None:
    """Vendor code and number of the subcontract that the changed contract is synced with; None where it is not.

    By our links, else by the contract's origin id `COMPANY:VENDOR/NUMBER`, else by the contract company's vendor and
    the contract's ERP id.
    """
    contract, company = candidate.content["contract"], context.company.code
    key = context.links.spectrum_key("commitments", company, contract["id"]) if contract["id"] else None
    if not key and contract["origin_id"]:
        key = common.own_key(contract["origin_id"], company) or contract["origin_id"]
    vendor, slash, number = (key or "").partition("/")
    if slash and vendor.strip() and number.strip():
        return vendor.strip(), number.strip()
    linked, code = contracts.vendor_of(candidate, context), common.linked_code(contract, company)
    return (linked, code) if linked and code else None


def is_of_a_commitment(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """It changes a commitment; change orders of a prime contract have an export of their own."""
    kind = candidate.content["type"]
    if kind != TYPE:
        yield Problem(
            "type",
            kind,
            f"{candidate.title} is a {kind or 'change order without a type'}, not a {TYPE}",
            "export it as a prime contract change order (export_prime_contract_change_orders)",
        )


def commitment_is_synced(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The contract was exported, and Spectrum holds its subcontract, on the project's job."""
    contract, subcontract = candidate.content["contract"], subcontract_of(candidate, context)
    if subcontract is None:
        yield Problem(
            "contract",
            contract["name"],
            f"{candidate.title}: contract {contract['name']} is not synced with a Spectrum subcontract",
            "export the contract as a commitment first (export_commitments), then look at Procore again",
        )
        return
    vendor, number = subcontract
    if not context.spectrum.can_read_back("UpdateSubcontract"):
        return
    key = {"Company_Code": context.company.code, "Vendor_Code": vendor, "Subcontract_Number": number}
    current, job = context.spectrum.current_values("UpdateSubcontract", key), common.job_of(candidate, context)
    if current is None:
        yield Problem(
            "contract",
            contract["name"],
            f"{candidate.title}: its contract is linked to subcontract {number} of vendor {vendor}, "
            "which Spectrum does not have",
            "unlink the contract (unlink_export) and export it again, or restore the subcontract in Spectrum",
        )
    elif job and current.get("Job_Number", job).strip() != job:
        yield Problem(
            "contract",
            contract["name"],
            f"{candidate.title}: subcontract {number} of vendor {vendor} belongs to job "
            f"{current['Job_Number'].strip()} in Spectrum, the project to job {job}",
            "correct the link of the project or of the contract",
        )


def lines_add_up(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The lines add up to the change order's total. With tax codes they do not: that total has the tax in it."""
    own = total([candidate.content["total"]])
    added = total([line["amount"] for line in candidate.content["lines"]])
    if own is not None and added is not None and not candidate.content["taxed"] and own != added:
        yield Problem(
            "total",
            candidate.content["total"],
            f"{candidate.title}: its lines add up to {amount_text(added)}, its total is {amount_text(own)}",
            "correct the lines, or open and save the change order in Procore so that it adds them up again",
        )
