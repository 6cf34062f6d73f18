"""Checks that commitments and their change orders share: the company, and links of other origin.

They read these facts of a candidate's content besides those of `rules.common`:

- `vendor`: `{"id", "name", "origin_id", "origin_code"}` of the contract company; empty texts where there is none;
- `linked_elsewhere`: the record's `origin_id` where it is not one of ours, else empty.
"""

from __future__ import annotations

from collections.abc import Iterator

from spectrum_etl.exports.rules.common import linked_code
from spectrum_etl.exports.spec import Candidate, Context, Problem


def vendor_of(candidate: Candidate, context: Context) -> str | None:
    """The vendor code that the contract company is linked to, in upper case: by our links, else by origin fields."""
    vendor = candidate.content["vendor"]
    if not vendor["id"]:
        return None
    key = context.links.spectrum_key("vendors", context.company.code, vendor["id"])
    code = key or linked_code(vendor, context.company.code)
    return code.strip().upper() if code else None


def company_is_linked(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The contract company is linked to a vendor that Spectrum has (C4)."""
    vendor = candidate.content["vendor"]
    code = vendor_of(candidate, context)
    if not vendor["id"]:
        yield Problem(
            "contract company",
            "",
            f"{candidate.title}: the contract has no company",
            "choose the contract company in Procore",
        )
    elif code is None:
        yield Problem(
            "contract company",
            vendor["name"],
            f"{candidate.title}: company {vendor['name']} is not linked to a Spectrum vendor",
            "link the company to its vendor, or export it as a vendor (export_vendors), then look at Procore again",
        )
    elif not any(current["Vendor_Code"].strip().upper() == code for current in context.spectrum.vendors()):
        yield Problem(
            "contract company",
            vendor["name"],
            f"{candidate.title}: company {vendor['name']} is linked to vendor {code}, which Spectrum does not have",
            f"unlink the company and link it to the right vendor, or restore vendor {code} in Spectrum",
        )


def is_not_linked_elsewhere(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The record is not linked to an accounting record that these exports did not write."""
    origin = candidate.content["linked_elsewhere"]
    if origin:
        yield Problem(
            "ERP id",
            origin,
            f"{candidate.title} is already linked to the accounting record {origin}, which was not written from here",
            "unlink it in Procore if that record is gone from Spectrum; else there is nothing to export",
        )
