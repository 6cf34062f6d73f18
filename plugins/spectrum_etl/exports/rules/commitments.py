"""The rules of the commitments (G): subcontracts and purchase orders of Procore, both subcontracts in Spectrum.

Besides the facts of `common` and `contracts` they read `kind` (`subcontract` or `purchase order`), `number`, `status`
and `retainage`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from spectrum_etl.exports.rules import common, contracts
from spectrum_etl.exports.spec import Answers, Candidate, Context, Problem

#: Statuses in which a contract may be exported (G1).
READY_STATUSES = {"subcontract": ("Approved", "Complete"), "purchase order": ("Approved",)}
#: UpdateSubcontract: Subcontract_Number.
NUMBER_LENGTH = 10
#: Field of the form with the subcontract's id.
NUMBER = "subcontract_number"


def status_is_approved(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The status is Approved or Complete; purchase orders know no Complete."""
    kind, status = candidate.content["kind"], candidate.content["status"]
    allowed = READY_STATUSES[kind]
    if status not in allowed:
        yield Problem(
            "status",
            status,
            f"{candidate.title} has the status {status or 'nothing'}; a {kind} is exported as {' or '.join(allowed)}",
            "set the status when the contract is approved",
        )


def retainage_fits(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The retainage is a percentage with at most one decimal; none at all is allowed."""
    shown = candidate.content["retainage"]
    return common.unfit(candidate.title, "UpdateSubcontract", "Retention_Percent", "retainage percent", shown)


def account_is_set(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The settings name the G/L account of new subcontracts, which Spectrum wants and Procore does not have."""
    account = context.settings.exports.subcontract_gl_account.get(context.company.code, "").strip()
    setting = "exports.subcontract_gl_account in include/settings.yaml"
    for broken in common.unfit(candidate.title, "UpdateSubcontract", "GL_Account", "G/L account", account):
        yield replace(broken, fix=f"correct {setting}")
    if not account:
        yield Problem(
            "subcontract_gl_account",
            "",
            f"{candidate.title}: the settings name no G/L account for subcontracts of company {context.company.code}",
            f"set {setting} to a direct job cost account",
        )


def number_fits(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Problem]:
    """The subcontract id of the form is there, within Spectrum's length, and of signs that codes have."""
    number = common.answer_of(answers, NUMBER)
    if not number:
        yield Problem(NUMBER, "", f"{candidate.title}: no subcontract id was given", "type one")
    yield from common.too_long(candidate.title, NUMBER, number, NUMBER_LENGTH, "type a shorter one")
    if "/" in number or not number.isprintable():
        yield Problem(
            NUMBER,
            number,
            f"{candidate.title}: subcontract id {number!r} holds a slash or an unprintable character",
            "type one without",
        )


def number_is_free(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Problem]:
    """The vendor has no subcontract of that id in Spectrum at this moment, and no other record is linked to it."""
    number, vendor = common.answer_of(answers, NUMBER), contracts.vendor_of(candidate, context)
    if not number or vendor is None:
        return
    company = context.company.code
    key = {"Company_Code": company, "Vendor_Code": vendor, "Subcontract_Number": number}
    linked = context.links.procore_record("commitments", company, f"{vendor}/{number}")
    if (
        context.spectrum.can_read_back("UpdateSubcontract")
        and context.spectrum.current_values("UpdateSubcontract", key) is not None
    ):
        yield Problem(
            NUMBER,
            number,
            f"{candidate.title}: vendor {vendor} already has a subcontract {number} in Spectrum",
            "type an id that the vendor does not use yet",
        )
    elif linked is not None and linked != candidate.id.record:
        yield Problem(
            NUMBER,
            number,
            f"{candidate.title}: subcontract {number} of vendor {vendor} is linked to Procore contract {linked}",
            "type another id, or unlink that contract (unlink_export)",
        )
