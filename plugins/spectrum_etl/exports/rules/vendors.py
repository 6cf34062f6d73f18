"""When a Procore company may become a new Spectrum vendor."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from weakref import WeakKeyDictionary

from spectrum_etl.exports.rules.address import phone_unfit
from spectrum_etl.exports.rules.common import answer_of, linked_code, too_long, unfit
from spectrum_etl.exports.spec import Answers, Candidate, Context, Problem
from spectrum_etl.exports.spectrum import Spectrum
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.model.company_forms import LEGAL_FORMS

Vendors = Sequence[dict[str, str]]
#: Vendors by normalised name, kept as long as what they come from: one run asks for thousands of companies.
_by_name: WeakKeyDictionary[Spectrum, tuple[Vendors, dict[str, dict[str, str]]]] = WeakKeyDictionary()


@lru_cache(maxsize=50_000)
def normalised_name(name: str) -> str:
    """A company's name without case, accents, punctuation and legal form: `ACME Drywall, L.L.C.` is `acme drywall`.

    A name of nothing but legal forms keeps them.
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("&", " and ")
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", re.sub(r"[.'’`]", "", plain))
    end = len(words)
    while end and words[end - 1] in LEGAL_FORMS:
        end -= 1
    while end and end < len(words) and words[end - 1] == "and":
        end -= 1  # as in `Smith & Co.`
    return " ".join(words[:end] or words)


def is_not_synced(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The company is no vendor yet: each is exported once."""
    company = context.company.code
    code = context.links.spectrum_key("vendors", company, candidate.id.record)
    code = code or linked_code(candidate.content, company)
    if code:
        yield Problem(
            "ERP vendor id",
            code,
            f"{candidate.title} is already synced with Spectrum vendor {code}",
            "nothing to do; to export it as another vendor, unlink it first",
        )


def is_active(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The company is active: inactive ones stay where they are."""
    if candidate.content["active"] is None:
        yield Problem(
            "active",
            "null",
            f"{candidate.title}: Procore does not say whether the company is active; only active ones are exported",
            "open the company in Procore's directory and save it as active, or make it inactive",
        )
    elif not candidate.content["active"]:
        yield Problem(
            "active",
            "false",
            f"{candidate.title} is inactive in Procore; only active companies are exported",
            "activate the company in Procore's directory",
        )


def no_vendor_has_that_name(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """No vendor of Spectrum, active or not, has the company's name, as `normalised_name` compares them."""
    name = normalised_name(candidate.content["name"])
    vendor = _vendors_by_name(context.spectrum).get(name) if name else None
    if vendor is not None:
        code, title = vendor["Vendor_Code"].strip(), vendor["Vendor_Name"].strip()
        yield Problem(
            "name",
            candidate.content["name"],
            f"{candidate.title} has the name of Spectrum vendor {code} ({title}); two existing records are not "
            "joined by an export",
            f"link instead: link the company to vendor {code}; if it is another company, make the names differ",
        )


def name_fits(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The name has a letter or digit and fits. Spectrum takes no commas in names; they are sent as blanks."""
    name = candidate.content["name"]
    if not re.search(r"[^\W_]", name):
        yield Problem(
            "name", name, f"{candidate.title} has no name with a letter or digit", "name the company in Procore"
        )
    yield from unfit(candidate.title, "AddVendor", "Vendor_Name", "name", name)


def contact_fits(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """Phone and fax are numbers that fit, and so does the e-mail address."""
    yield from phone_unfit(candidate, "AddVendor", "Phone", "phone")
    yield from phone_unfit(candidate, "AddVendor", "Fax_Phone", "fax")
    email = candidate.content["email"]
    yield from unfit(candidate.title, "AddVendor", "Vendor_Email", "email", email)


def vendor_code_is_free(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Problem]:
    """The vendor code has at most 10 upper-case letters and digits, and no vendor has it, active or not."""
    code = answer_of(answers, "vendor_code")
    if not code:
        yield Problem("vendor_code", "", f"{candidate.title}: no vendor code was given", "type one")
        return
    max_length = SERVICES["AddVendor"].elements["Vendor_Code"].length
    yield from too_long(candidate.title, "vendor_code", code, max_length, "type a shorter code")
    if not re.fullmatch(r"[A-Z0-9]+", code):
        plain = re.sub(r"[^A-Z0-9]", "", code.upper())[:max_length] or "ACME"
        yield Problem(
            "vendor_code",
            code,
            f"{candidate.title}: vendor code {code} contains something other than upper-case letters and digits",
            f"type it without symbols and in upper case, e.g. {plain}",
        )
    taken = next((v for v in context.spectrum.vendors() if v["Vendor_Code"].strip().upper() == code.upper()), None)
    if taken is not None:
        yield Problem(
            "vendor_code",
            code,
            f"{candidate.title}: vendor code {code} belongs to {taken['Vendor_Name'].strip()} in Spectrum",
            "type a code that no vendor has",
        )


def vendor_type_is_known(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Problem]:
    """The vendor type is one of the settings'; where they name none, it has at most 6 characters."""
    kind = answer_of(answers, "vendor_type")
    allowed = context.settings.exports.vendor_types
    if not kind or (allowed and kind not in allowed):
        yield Problem(
            "vendor_type",
            kind,
            f"{candidate.title}: unknown vendor type {kind!r}"
            + (f"; configured: {', '.join(allowed)}" if allowed else ""),
            "choose one of the vendor types, or add it to exports.vendor_types in include/settings.yaml",
        )
    yield from unfit(candidate.title, "AddVendor", "Type", "vendor_type", kind)


def _vendors_by_name(spectrum: Spectrum) -> dict[str, dict[str, str]]:
    vendors = spectrum.vendors()
    kept = _by_name.get(spectrum)
    if kept is None or kept[0] is not vendors:
        kept = (vendors, {normalised_name(vendor["Vendor_Name"]): vendor for vendor in reversed(vendors)})
        _by_name[spectrum] = kept
    return kept[1]
