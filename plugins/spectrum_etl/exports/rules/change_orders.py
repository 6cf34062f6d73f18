"""The rules of the commitment change orders (H): each becomes a change request with lines of one subcontract.

Besides the facts of `common`, `contracts` and `change_requests` they read `type`, `status`, `total` (the change order's
own total), `taxed` (whether a line has a tax code) and `contract`: `{"id", "name", "origin_id", "origin_code"}`.
"""

from __future__ import annotations

from collections.abc import Iterator

from spectrum_etl.exports.rules import change_requests, common, contracts
from spectrum_etl.exports.rules.amounts import total
from spectrum_etl.exports.spec import Answers, Broken, Candidate, Context, rule

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


@rule("H1")
def is_of_a_commitment(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """It changes a commitment; change orders of a prime contract have an export of their own."""
    kind = candidate.content["type"]
    if kind != TYPE:
        yield Broken(
            "H1",
            "type",
            kind,
            f"{candidate.title} is a {kind or 'change order without a type'}, not a {TYPE}",
            "export it as a prime contract change order (export_prime_contract_change_orders)",
        )


@rule("H1")
def company_is_linked(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The contract company is linked to a synced vendor."""
    return contracts.vendor_not_linked("H1", candidate, context)


@rule("H1")
def project_is_synced(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The project is synced with a job that takes changes."""
    return common.job_not_synced("H1", candidate, context)


@rule("H1")
def commitment_is_synced(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The contract was exported, and Spectrum holds its subcontract, on the project's job."""
    contract, subcontract = candidate.content["contract"], subcontract_of(candidate, context)
    if subcontract is None:
        yield Broken(
            "H1",
            "contract",
            contract["name"],
            f"{candidate.title}: contract {contract['name']} is not synced with a Spectrum subcontract",
            "export the contract as a commitment first (export_commitments), then look at Procore again",
        )
        return
    vendor, number = subcontract
    if not context.books.can_read_back("UpdateSubcontract"):
        return
    key = {"Company_Code": context.company.code, "Vendor_Code": vendor, "Subcontract_Number": number}
    held, job = context.books.held("UpdateSubcontract", key), common.job_of(candidate, context)
    if held is None:
        yield Broken(
            "H1",
            "contract",
            contract["name"],
            f"{candidate.title}: its contract is linked to subcontract {number} of vendor {vendor}, "
            "which Spectrum does not have",
            "unlink the contract (unlink_export) and export it again, or restore the subcontract in Spectrum",
        )
    elif job and held.get("Job_Number", job).strip() != job:
        yield Broken(
            "H1",
            "contract",
            contract["name"],
            f"{candidate.title}: subcontract {number} of vendor {vendor} belongs to job {held['Job_Number'].strip()} "
            f"in Spectrum, the project to job {job}",
            "correct the link of the project or of the contract",
        )


@rule("H1")
def status_is_approved(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The status is Approved."""
    return change_requests.not_approved("H1", candidate)


@rule("H1")
def has_a_line(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """It has at least one line."""
    return common.no_lines("H1", candidate)


@rule("H1")
def codes_are_synced(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """Every line has a cost code and a cost type, and Spectrum's job has both."""
    return common.codes_not_synced("H1", candidate, context)


@rule("H1")
def has_one_cost_type(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """All lines share one cost type."""
    return common.mixed_cost_types("H1", candidate)


@rule("H1")
def repeats_no_code(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """No two lines have the same phase and cost type."""
    return common.repeated_codes("H1", candidate)


@rule("H1")
def amounts_fit(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """Every line's amount is one that Spectrum takes."""
    return common.amounts_unfit("H1", candidate, "ARChangeRequest", "Sub_Amount")


@rule("H1")
def lines_add_up(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The lines add up to the change order's total. With tax codes they do not: that total has the tax in it."""
    own = total([candidate.content["total"]])
    added = total([line["amount"] for line in candidate.content["lines"]])
    if own is not None and added is not None and not candidate.content["taxed"] and own != added:
        yield Broken(
            "H1",
            "total",
            candidate.content["total"],
            f"{candidate.title}: its lines add up to {added:.2f}, its total is {own:.2f}",
            "correct the lines, or open and save the change order in Procore so that it adds them up again",
        )


@rule("H1")
def description_fits(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The title is not longer than the description of a change request."""
    return change_requests.description_too_long("H1", candidate)


@rule("H1")
def customer_is_known(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The job has a customer."""
    return change_requests.customer_missing("H1", candidate, context)


@rule("H1")
def status_code_is_set(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The settings name a status code of the company for these change requests."""
    code = context.settings.exports.change_request_status.commitment_change_order
    return common.status_code_missing("H1", candidate, context, code)


@rule("H1")
def is_not_linked_elsewhere(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The change order is not linked to an accounting record already."""
    return contracts.synced_elsewhere("H1", candidate)


@rule("B4")
def has_no_custom_segments(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """No line uses a segment that Spectrum does not know."""
    return common.custom_segments(candidate)


@rule("H2")
def number_is_free(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Broken]:
    """The change request id of the form fits, and no change request of the job has it."""
    return change_requests.number_free(candidate, answers, context)
