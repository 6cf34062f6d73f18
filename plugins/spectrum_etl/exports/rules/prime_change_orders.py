"""The rules of the prime contract change orders (J): each becomes a change request with costs and revenue.

Besides the facts of `common` and `change_requests` they read `title`, `status`, `approved_on` (ISO date), `total` and
the `markup` of each line. What they ask of the prime contract is in `prime_contracts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from spectrum_etl.exports.rules import common
from spectrum_etl.exports.rules.amounts import total
from spectrum_etl.exports.spec import Answers, Candidate, Context, Problem

#: Field of the form with the billing item that the revenue goes to, and its length on fixed price contracts.
ITEM = "billing_item"
ITEM_LENGTH = 10
TITLE_LENGTH = 255


def revenue(candidate: Candidate) -> Decimal | None:
    """Line amounts with all markups; None where one of them is no amount."""
    lines = candidate.content["lines"]
    return total([line["amount"] for line in lines] + [line["markup"] for line in lines])


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
            f"{candidate.title}: its lines with markups add up to {added:.2f}, "
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
    item, job = common.number_of(answers, ITEM), common.job_of(candidate, context)
    if not item:
        yield Problem(ITEM, "", f"{candidate.title}: no billing item was given", "choose one")
        return
    yield from common.too_long(candidate.title, ITEM, item, ITEM_LENGTH, "choose another one")
    items = context.books.billing_items(job) if job else None
    if items is not None and item not in items:
        yield Problem(
            ITEM,
            item,
            f"{candidate.title}: the contract of job {job} has no billing item {item}",
            f"choose one of {', '.join(sorted(items)) or 'its billing items, once Spectrum has them'}",
        )
