"""The rules of the prime contract change orders that look at the prime contract (J1, I2).

They read `prime_contracts` (how many the project has) and
`contract`: `{"id", "name", "origin_id", "origin_code", "accounting_method", "total"}`.
"""

from __future__ import annotations

from collections.abc import Iterator

from spectrum_etl.exports.rules import common
from spectrum_etl.exports.rules.amounts import total
from spectrum_etl.exports.spec import Candidate, Context, Problem

UNIT_PRICE = "U"


def prime_contract_is_synced(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The prime contract is linked to Spectrum's."""
    contract = candidate.content["contract"]
    linked = context.links.spectrum_key("prime_contracts", context.company.code, contract["id"])
    if not linked and not contract["origin_id"]:
        yield Problem(
            "prime contract",
            contract["name"],
            f"{candidate.title}: prime contract {contract['name']} is not synced with Spectrum's",
            "link the prime contract to its job's (link_export for prime contracts), then look at Procore again",
        )


def prime_contract_is_up_to_date(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The prime contract of Procore and the billing items of Spectrum have the same original amount.

    Where this site does not show the items' amounts, the job's original contract stands for them.
    """
    job = common.job_of(candidate, context)
    if job is None or context.books.job(job) is None:
        return
    items, amount = context.books.billing_items(job), context.books.original_contract(job)
    held = None if amount is None else total([amount])
    contract = candidate.content["contract"]
    if items is not None and not items:
        yield Problem(
            "prime contract",
            contract["name"],
            f"{candidate.title}: job {job} has no billing items in Spectrum, and its revenue belongs to one",
            "enter the schedule of values of the prime contract in Spectrum",
        )
    elif held is not None and held != total([contract["total"]]):
        yield Problem(
            "prime contract",
            contract["total"],
            f"{candidate.title}: prime contract {contract['name']} is {contract['total'] or 'nothing'} in Procore, "
            f"and {held:.2f} in Spectrum",
            "bring the prime contract's schedule of values in Procore up to date with Spectrum's",
        )


def project_has_one_prime_contract(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The project has no second prime contract."""
    count = candidate.content["prime_contracts"]
    if count > 1:
        yield Problem(
            "prime contract",
            str(count),
            f"{candidate.title}: the project has {count} prime contracts; 1 is allowed, since Spectrum's job has one",
            "keep one prime contract in the project",
        )


def is_not_unit_price(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """Neither Procore's prime contract nor Spectrum's job is by unit price."""
    job = common.job_of(candidate, context)
    held = (context.books.job(job) if job else None) or {}
    method = candidate.content["contract"]["accounting_method"]
    if method == "unit" or held.get("Price_Method_Code", "").strip() == UNIT_PRICE:
        where = "prime contract" if method == "unit" else f"job {job}"
        yield Problem(
            "accounting method",
            method,
            f"{candidate.title}: its {where} is by unit price, which is not supported",
            "enter the change request in Spectrum by hand",
        )
