"""The rules of the prime contract change orders (J): each becomes a change request with costs and revenue.

Besides the facts of `common` and `change_requests` they read `title`, `status`, `approved_on` (ISO date), `total` and
the `markup` of each line; of the prime contract, `prime_contracts` (how many the project has) and
`contract`: `{"id", "name", "origin_id", "origin_code", "accounting_method", "total"}`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from spectrum_etl.exports.rules import common
from spectrum_etl.exports.rules.amounts import total, written
from spectrum_etl.exports.spec import Answers, Candidate, Context, Problem

#: Field of the form with the billing item that the revenue goes to, and its length on fixed price contracts.
ITEM = "billing_item"
ITEM_LENGTH = 10
TITLE_LENGTH = 255
#: Spectrum's price method of unit price contracts.
UNIT_PRICE = "U"


def revenue(candidate: Candidate) -> Decimal | None:
    """Line amounts with all markups; None where one of them is no amount."""
    lines = candidate.content["lines"]
    return total([line["amount"] for line in lines] + [line["markup"] for line in lines])


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
    if job is None or context.spectrum.job(job) is None:
        return
    items, amount = context.spectrum.billing_items(job), context.spectrum.original_contract(job)
    current = None if amount is None else total([amount])
    contract = candidate.content["contract"]
    if items is not None and not items:
        yield Problem(
            "prime contract",
            contract["name"],
            f"{candidate.title}: job {job} has no billing items in Spectrum, and its revenue belongs to one",
            "enter the schedule of values of the prime contract in Spectrum",
        )
    elif current is not None and current != total([contract["total"]]):
        yield Problem(
            "prime contract",
            contract["total"],
            f"{candidate.title}: prime contract {contract['name']} is {contract['total'] or 'nothing'} in Procore, "
            f"and {current:.2f} in Spectrum",
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
    """Neither Procore's prime contract nor Spectrum's job is priced by unit."""
    job = common.job_of(candidate, context)
    current = (context.spectrum.job(job) if job else None) or {}
    method = candidate.content["contract"]["accounting_method"]
    if method == "unit" or current.get("Price_Method_Code", "").strip() == UNIT_PRICE:
        where = "prime contract" if method == "unit" else f"job {job}"
        yield Problem(
            "accounting method",
            method,
            f"{candidate.title}: its {where} is priced by unit, which is not supported",
            "enter the change request in Spectrum by hand",
        )


def title_fits(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The title has at most 255 characters."""
    title = candidate.content["title"]
    return common.too_long(f"change order {candidate.id.record}", "title", title, TITLE_LENGTH, "shorten it")


def approval_is_dated(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """It says when it was approved, by a day that Spectrum takes."""
    day = candidate.content["approved_on"]
    yield from common.unfit(candidate.title, "ARChangeRequest", "Approved_Date", "reviewed date", day)
    if not day:
        yield Problem(
            "reviewed date",
            "",
            f"{candidate.title} has no reviewed date, which is Spectrum's approval date",
            "fill in the reviewed date in Procore",
        )


def markups_fit(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """Every line's markup is an amount that Spectrum takes."""
    for line in candidate.content["lines"]:
        field = f"{line['name']}: markup"
        yield from common.unfit(candidate.title, "ARChangeRequest", "CR_Revenue", field, line["markup"])


def revenue_is_the_total(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """Line amounts with all markups add up to the change order's own total: nothing is left out, or taken twice."""
    added, own = revenue(candidate), total([candidate.content["total"]])
    if added is not None and added != own:
        yield Problem(
            "total",
            candidate.content["total"],
            f"{candidate.title}: its lines with markups add up to {written(added)}, "
            f"its total is {candidate.content['total'] or 'empty'}",
            "correct lines and markups, or open and save the change order in Procore so that it adds them up again",
        )


def revenue_fits(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The revenue is an amount that Spectrum takes."""
    added = revenue(candidate)
    if added is not None:
        yield from common.unfit(candidate.title, "ARChangeRequest", "CR_Revenue", "total", f"{added:.2f}")


def billing_item_exists(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Problem]:
    """The billing item of the form fits and is one of the contract's: Spectrum creates none.

    Where this site does not show the items, Spectrum itself says so when it is sent.
    """
    item, job = common.answer_of(answers, ITEM), common.job_of(candidate, context)
    if not item:
        yield Problem(ITEM, "", f"{candidate.title}: no billing item was given", "choose one")
        return
    yield from common.too_long(candidate.title, ITEM, item, ITEM_LENGTH, "choose another one")
    items = context.spectrum.billing_items(job) if job else None
    if items is not None and item not in items:
        yield Problem(
            ITEM,
            item,
            f"{candidate.title}: the contract of job {job} has no billing item {item}",
            f"choose one of {', '.join(sorted(items)) or 'its billing items, once Spectrum has them'}",
        )
