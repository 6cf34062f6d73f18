"""The rules of the commitments (G): subcontracts and purchase orders of Procore, both subcontracts in Spectrum.

Besides the facts of `common` and `contracts` they read `kind` (`subcontract` or `purchase order`), `number`, `status`
and `retainage`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from spectrum_etl.exports.rules import common, contracts
from spectrum_etl.exports.rules.amounts import sums_unfit
from spectrum_etl.exports.spec import Answers, Broken, Candidate, Context, rule

#: Statuses in which a contract may be exported (G1).
READY_STATUSES = {"subcontract": ("Approved", "Complete"), "purchase order": ("Approved",)}
#: UpdateSubcontract: Subcontract_Number.
NUMBER_LENGTH = 10
#: Field of the form with the subcontract's id.
NUMBER = "subcontract_number"


@rule("G1")
def company_is_linked(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The contract company is linked to a synced vendor."""
    return contracts.vendor_not_linked("G1", candidate, context)


@rule("G1")
def project_is_synced(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The project is synced with a job that takes changes."""
    return common.job_not_synced("G1", candidate, context)


@rule("G1")
def status_is_approved(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The status is Approved or Complete; purchase orders know no Complete."""
    kind, status = candidate.content["kind"], candidate.content["status"]
    allowed = READY_STATUSES[kind]
    if status not in allowed:
        yield Broken(
            "G1",
            "status",
            status,
            f"{candidate.title} has the status {status or 'nothing'}; a {kind} is exported as {' or '.join(allowed)}",
            "set the status when the contract is approved",
        )


@rule("G1")
def has_a_line(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The schedule of values has at least one line."""
    return common.no_lines("G1", candidate)


@rule("G1")
def codes_are_synced(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """Every line has a cost code and a cost type, and Spectrum's job has both."""
    return common.codes_not_synced("G1", candidate, context)


@rule("G1")
def has_one_cost_type(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """All lines share one cost type."""
    return common.mixed_cost_types("G1", candidate)


@rule("G1")
def amounts_fit(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """Every line's amount, and every sum of lines with the same codes, is one that Spectrum takes."""
    service, element = "UpdateSubcontractPhases", "Original_Contract_Amount"
    yield from common.amounts_unfit("G1", candidate, service, element)
    yield from sums_unfit("G1", candidate, service, element)


@rule("G1")
def retainage_fits(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The retainage is a percentage with at most one decimal; none at all is allowed."""
    shown = candidate.content["retainage"]
    return common.unfit("G1", candidate.title, "UpdateSubcontract", "Retention_Percent", "retainage percent", shown)


@rule("G1")
def is_not_linked_elsewhere(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The contract is not linked to an accounting record already."""
    return contracts.synced_elsewhere("G1", candidate)


@rule("G2")
def account_is_set(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The settings name the G/L account of new subcontracts, which Spectrum wants and Procore does not have."""
    account = context.settings.exports.subcontract_gl_account.get(context.company.code, "").strip()
    setting = "exports.subcontract_gl_account in include/settings.yaml"
    for broken in common.unfit("G2", candidate.title, "UpdateSubcontract", "GL_Account", "G/L account", account):
        yield replace(broken, fix=f"correct {setting}")
    if not account:
        yield Broken(
            "G2",
            "subcontract_gl_account",
            "",
            f"{candidate.title}: the settings name no G/L account for subcontracts of company {context.company.code}",
            f"set {setting} to a direct job cost account",
        )


@rule("B4")
def has_no_custom_segments(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """No line uses a segment that Spectrum does not know."""
    return common.custom_segments(candidate)


@rule("G3")
def number_fits(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Broken]:
    """The subcontract id of the form is there, within Spectrum's length, and of signs that codes have."""
    number = common.number_of(answers, NUMBER)
    if not number:
        yield Broken("G3", NUMBER, "", f"{candidate.title}: no subcontract id was given", "type one")
    yield from common.too_long("G3", candidate.title, NUMBER, number, NUMBER_LENGTH, "type a shorter one")
    if "/" in number or not number.isprintable():
        yield Broken(
            "G3",
            NUMBER,
            number,
            f"{candidate.title}: subcontract id {number!r} holds a slash or an unprintable character",
            "type one without",
        )


@rule("G3")
def number_is_free(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Broken]:
    """The vendor has no subcontract of that id in Spectrum at this moment, and no other record is linked to it."""
    number, vendor = common.number_of(answers, NUMBER), contracts.vendor_of(candidate, context)
    if not number or vendor is None:
        return
    company = context.company.code
    key = {"Company_Code": company, "Vendor_Code": vendor, "Subcontract_Number": number}
    linked = context.links.procore_record("commitments", company, f"{vendor}/{number}")
    if context.books.can_read_back("UpdateSubcontract") and context.books.held("UpdateSubcontract", key) is not None:
        yield Broken(
            "G3",
            NUMBER,
            number,
            f"{candidate.title}: vendor {vendor} already has a subcontract {number} in Spectrum",
            "type an id that the vendor does not use yet",
        )
    elif linked is not None and linked != candidate.id.record:
        yield Broken(
            "G3",
            NUMBER,
            number,
            f"{candidate.title}: subcontract {number} of vendor {vendor} is linked to Procore contract {linked}",
            "type another id, or unlink that contract (unlink_export)",
        )
