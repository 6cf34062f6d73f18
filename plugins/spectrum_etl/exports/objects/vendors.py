"""Companies of Procore's directory that become new Spectrum vendors (C1, C4-C6).

A company becomes a vendor only, never an A/R customer (C5): `AddVendor` is the one service that is called. Later
changes in Procore are never sent (C3): a synced company is not collected again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from spectrum_etl.exports.document import Document
from spectrum_etl.exports.form_field import FormField
from spectrum_etl.exports.objects import spelled
from spectrum_etl.exports.objects.facts import found, text
from spectrum_etl.exports.objects.proposals import proposing
from spectrum_etl.exports.objects.texts import text_of
from spectrum_etl.exports.rules import vendors as rules
from spectrum_etl.exports.rules.address import address_elements, address_facts, address_fits
from spectrum_etl.exports.rules.common import answer_of
from spectrum_etl.exports.rules.vendors import normalised_name
from spectrum_etl.exports.spec import (
    Answers,
    Candidate,
    Context,
    ExportObject,
    FieldMapping,
    RecordFilter,
    Rule,
)
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.exports.spectrum.values import call
from spectrum_etl.model.record import RecordId
from spectrum_etl.settings import Company
from spectrum_etl.sources.faults import SyncFailed
from spectrum_etl.sources.procore import marks, resources
from spectrum_etl.sources.procore.client import ProcoreClient

_LENGTHS = SERVICES["AddVendor"].elements
_PHONE = (
    "at most 14; seven or ten digits without punctuation and the country code 1; with another country code as it is; "
    "extensions are refused"
)


def collect(client: ProcoreClient, company: Company, only: RecordFilter) -> Iterator[Candidate]:
    """Companies without a vendor that are not inactive; one that the form names is shown whatever it is."""
    if only.records:
        for record in only.records:
            candidate = read(client, company, RecordId(company.code, "", record))
            if candidate is not None:
                yield candidate
        return
    for vendor in resources.vendors(client):
        if vendor.get("is_active", True) is not False and not text(vendor.get("origin_id")):
            yield _candidate(company, vendor)


def read(client: ProcoreClient, company: Company, id: RecordId) -> Candidate | None:
    """One company again."""
    vendor = found(resources.vendor, client, id.record)
    return None if vendor is None else _candidate(company, vendor)


def form(candidate: Candidate, context: Context) -> tuple[FormField, ...]:
    """Vendor code and type (C6). The code is proposed from the name, and the first type of the settings."""
    types = context.settings.exports.vendor_types
    code = FormField(
        "vendor_code",
        "Vendor code",
        "Code of the new vendor in Spectrum: upper-case letters and digits that no vendor has yet.",
        max_length=_LENGTHS["Vendor_Code"].length,
        fills=("Vendor_Code",),
        pattern="[A-Z0-9]+",
        pattern_says="only upper-case letters and digits",
    )
    own, what = code_of_name(candidate.content["name"]), "The code made of the name,"
    proposed = proposing(code, own, candidate, context, (rules.vendor_code_is_free,), what)
    if proposed.proposal and own != _letters_and_digits(candidate.content["name"]):
        said = f"{proposed.description} The proposal is cut from the name: look at it."
        proposed = replace(proposed, description=said, guessed=True)
    return (
        proposed,
        FormField(
            "vendor_type",
            "Vendor type",
            "Type of the new vendor in Spectrum.",
            proposal=types[0] if types else "",
            max_length=_LENGTHS["Type"].length,
            choices=types,
            fills=("Type",),
            # Of several types the first is no better than the others.
            guessed=len(types) > 1,
        ),
    )


def document(candidate: Candidate, answers: Answers, context: Context) -> Document:
    """One call of AddVendor."""
    content, terms = candidate.content, context.settings.exports.vendor_terms
    code = answer_of(answers, "vendor_code")
    values = {
        "Company_Code": context.company.code,
        "Vendor_Code": code,
        "Vendor_Name": content["name"],
        "Alpha_Sort": alpha_sort(content["name"]),
        "Type": answer_of(answers, "vendor_type"),
        **address_elements(content, "Address_3"),
        "Phone": content["phone"],
        "Fax_Phone": content["fax"],
        "Terms_Code": terms.terms_code,
        "Terms_Days": str(terms.terms_days),
        "Terms_Disc_Code": terms.discount_code,
        "Vendor_Email": content["email"],
    }
    return Document(code, (call("AddVendor", values, adds=True, record=candidate.title),))


def code_of_name(name: str) -> str:
    """The letters and digits of a company's name, as many as a code has."""
    return _letters_and_digits(name)[: _LENGTHS["Vendor_Code"].length]


def _letters_and_digits(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", normalised_name(name).upper())


def alpha_sort(name: str) -> str:
    """What Spectrum sorts vendors by: the first letters and digits of the name, in upper case."""
    return "".join(re.findall(r"[^\W_]", name.upper()))[: _LENGTHS["Alpha_Sort"].length]


def mark(client: ProcoreClient, company: Company, id: RecordId, key: str) -> None:
    """The company's ERP id becomes the vendor code; its hidden origin id names the company file, too."""
    marks.mark_vendor(client, id.record, origin_id=f"{company.code}:{key}", origin_code=key)


def unmark(client: ProcoreClient, company: Company, id: RecordId) -> str | None:
    """Takes the ERP id out again; a company that was merged into another one, or deleted, has none any more."""
    try:
        marks.unmark_vendor(client, id.record)
    except SyncFailed:
        if read(client, company, id) is None:
            return "Procore no longer has the company, so no mark was taken out of it"
        raise
    return None


def _candidate(company: Company, vendor: Mapping[str, Any]) -> Candidate:
    name = text_of("vendor", vendor, "name")
    content = {
        "name": name,
        **address_facts(vendor),
        "phone": text(vendor.get("business_phone")),
        "fax": text(vendor.get("fax_number")),
        "email": text(vendor.get("email_address")),
        "active": vendor.get("is_active", True),
        "origin_id": text(vendor.get("origin_id")),
        "origin_code": text(vendor.get("origin_code")),
    }
    return Candidate(RecordId(company.code, "", text(vendor["id"])), f"Company {name or vendor['id']}", content)


OBJECT = ExportObject(
    name="vendors",
    title="vendor",
    services=("AddVendor",),
    collect=collect,
    read=read,
    rules=(
        Rule("C1", rules.is_not_synced),
        Rule("C1", rules.is_active),
        Rule("C5", rules.no_vendor_has_that_name),
        Rule("C1", rules.name_fits),
        Rule("C1", partial(address_fits, service="AddVendor", city="Address_3")),
        Rule("C1", rules.contact_fits),
    ),
    form=form,
    form_rules=(Rule("C6", rules.vendor_code_is_free), Rule("C6", rules.vendor_type_is_known)),
    document=document,
    mark=mark,
    unmark=unmark,
    holds=spelled.vendor,
    space="vendor",
    belongs_to="company",
    mapping=(
        FieldMapping("form: vendor code", "AddVendor.Vendor_Code", "at most 10, upper case, new; ERP id in Procore"),
        FieldMapping("form: vendor type", "AddVendor.Type", "one of the settings' vendor types"),
        FieldMapping("name", "AddVendor.Vendor_Name", "at most 30, longer is refused; commas become blanks"),
        FieldMapping("name", "AddVendor.Alpha_Sort", "its first 6 letters and digits in upper case"),
        FieldMapping("address", "AddVendor.Address_1", "first line, at most 30"),
        FieldMapping("address", "AddVendor.Address_2", "second line, at most 30; a third line is refused"),
        FieldMapping("city", "AddVendor.Address_3", "at most 25; AddVendor calls the city so"),
        FieldMapping("state_code", "AddVendor.State", "at most 2"),
        FieldMapping("zip", "AddVendor.Zip_Code", "at most 10"),
        FieldMapping("business_phone", "AddVendor.Phone", _PHONE),
        FieldMapping("fax_number", "AddVendor.Fax_Phone", _PHONE),
        FieldMapping("email_address", "AddVendor.Vendor_Email", "at most 80"),
        FieldMapping("setting vendor_terms", "AddVendor.Terms_Code", "Spectrum requires it"),
        FieldMapping("setting vendor_terms", "AddVendor.Terms_Days", "Spectrum requires it"),
        FieldMapping("setting vendor_terms", "AddVendor.Terms_Disc_Code", "Spectrum requires it"),
    ),
)
