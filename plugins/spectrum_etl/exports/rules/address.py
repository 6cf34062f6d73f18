"""Addresses and phone numbers as Spectrum takes them: how they are sent, and what is refused rather than cut.

It reads these facts: `address`, `city`, `state`, `zip`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from spectrum_etl.exports.rules.common import unfit
from spectrum_etl.exports.spec import Candidate, Context, Problem
from spectrum_etl.exports.spectrum.services import SERVICES


def address_facts(record: Mapping[str, Any]) -> dict[str, str]:
    """The address of a Procore company or project, as its rules read it."""
    names = {"address": "address", "city": "city", "state": "state_code", "zip": "zip"}
    return {fact: str(record.get(field) or "").strip() for fact, field in names.items()}


def address_lines(address: str) -> list[str]:
    """Procore's one address, which may have several lines, as lines without surrounding spaces or empty ones."""
    return [line.strip() for line in address.splitlines() if line.strip()]


def address_elements(content: Mapping[str, Any], city: str) -> dict[str, str]:
    """The address as elements of AddVendor or AddJob; blank parts are left out.

    Args:
        content: facts.
        city: the element that takes the city: `Address_3` in AddVendor, `City` in AddJob.
    """
    lines = address_lines(content["address"])
    elements = {
        "Address_1": lines[0] if lines else "",
        "Address_2": lines[1] if len(lines) > 1 else "",
        city: content["city"],
        "State": content["state"],
        "Zip_Code": content["zip"],
    }
    return {name: value for name, value in elements.items() if value}


def address_fits(candidate: Candidate, context: Context, *, service: str, city: str) -> Iterator[Problem]:
    """Every part of the address fits; nothing is cut.

    Args:
        candidate: with the facts above.
        context: not looked at.
        service: that takes the address; its documented lengths are the limits.
        city: its element for the city.
    """
    content = candidate.content
    lines = address_lines(content["address"])
    if len(lines) > 2:
        yield Problem(
            "address",
            content["address"],
            f"{candidate.title}: address has {len(lines)} lines; Spectrum takes at most 2",
            "join the lines of the address in Procore",
        )
    fields = {"Address_1": "address line 1", "Address_2": "address line 2", city: "city", "State": "state"}
    fields["Zip_Code"] = "zip code"
    for element, value in address_elements(content, city).items():
        yield from unfit(candidate.title, service, element, fields[element], value)


def phone_unfit(candidate: Candidate, service: str, element: str, field: str) -> Iterator[Problem]:
    """A phone number (fact `field`) contains more than digits and punctuation, such as an extension, or is too long."""
    phone = candidate.content[field]
    if not re.fullmatch(r"[( ]*\+?[0-9 ()./-]*", phone):
        yield Problem(
            field,
            phone,
            f"{candidate.title}: {field} {phone!r} contains something other than digits and punctuation; "
            f"Spectrum takes a number of at most {SERVICES[service].elements[element].length} characters",
            "remove the extension or the words from the number in Procore",
        )
    else:
        yield from unfit(candidate.title, service, element, field, phone)
