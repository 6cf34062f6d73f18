"""The rules of the prime contract change orders (J): each becomes a change request with costs and revenue.

Besides the facts of `common` and `change_requests` they read `title`, `status`, `approved_on` (ISO date), `total` and
the `markup` of each line. What they ask of the prime contract is in `prime_contracts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from spectrum_etl.exports.rules import change_requests, common
from spectrum_etl.exports.rules.amounts import sums_unfit, total
from spectrum_etl.exports.spec import Answers, Broken, Candidate, Context, rule

#: Field of the form with the billing item that the revenue goes to, and its length on fixed price contracts.
ITEM = "billing_item"
ITEM_LENGTH = 10
TITLE_LENGTH = 255


def revenue(candidate: Candidate) -> Decimal | None:
    """Line amounts with all markups; None where one of them is no amount."""
    lines = candidate.content["lines"]
    return total([line["amount"] for line in lines] + [line["markup"] for line in lines])


@rule("J1")
def project_is_synced(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The project is synced with a job that takes changes."""
    return common.job_not_synced("J1", candidate, context)


@rule("J1")
def status_is_approved(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The status is Approved."""
    return change_requests.not_approved("J1", candidate)


@rule("J1")
def title_fits(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The title has at most 255 characters."""
    title = candidate.content["title"]
    return common.too_long("J1", f"change order {candidate.id.record}", "title", title, TITLE_LENGTH, "shorten it")


@rule("J1")
def description_fits(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The description, or the title where there is none, is not longer than that of a change request."""
    return change_requests.description_too_long("J1", candidate)


@rule("J1")
def approval_is_dated(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """It says when it was approved, by a day that Spectrum takes."""
    day = candidate.content["approved_on"]
    yield from common.unfit("J1", candidate.title, "ARChangeRequest", "Approved_Date", "reviewed date", day)
    if not day:
        yield Broken(
            "J1",
            "reviewed date",
            "",
            f"{candidate.title} has no reviewed date, which is Spectrum's approval date",
            "fill in the reviewed date in Procore",
        )


@rule("J1")
def has_a_line(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """It has at least one line."""
    return common.no_lines("J1", candidate)


@rule("J1")
def codes_are_synced(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """Every line has a cost code and a cost type, and Spectrum's job has both."""
    return common.codes_not_synced("J1", candidate, context)


@rule("J1")
def amounts_fit(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """Every line's amount and markup is one that Spectrum takes."""
    yield from common.amounts_unfit("J1", candidate, "ARChangeRequest", "Change_Request_Amount")
    yield from sums_unfit("J1", candidate, "ARChangeRequest", "Change_Request_Amount")
    for line in candidate.content["lines"]:
        field = f"{line['name']}: markup"
        yield from common.unfit("J1", candidate.title, "ARChangeRequest", "CR_Revenue", field, line["markup"])


@rule("J2")
def revenue_is_the_total(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """Line amounts with all markups add up to the change order's own total: nothing is left out, or taken twice."""
    added, own = revenue(candidate), total([candidate.content["total"]])
    if added is not None and added != own:
        yield Broken(
            "J2",
            "total",
            candidate.content["total"],
            f"{candidate.title}: its lines with markups add up to {added:.2f}, "
            f"its total is {candidate.content['total'] or 'empty'}",
            "correct lines and markups, or open and save the change order in Procore so that it adds them up again",
        )


@rule("J2")
def revenue_fits(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The revenue is an amount that Spectrum takes."""
    added = revenue(candidate)
    if added is not None:
        yield from common.unfit("J2", candidate.title, "ARChangeRequest", "CR_Revenue", "total", f"{added:.2f}")


@rule("J2")
def customer_is_known(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The job has a customer."""
    return change_requests.customer_missing("J2", candidate, context)


@rule("J2")
def status_code_is_set(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The settings name a status code of the company for these change requests."""
    code = context.settings.exports.change_request_status.prime_contract_change_order
    return common.status_code_missing("J2", candidate, context, code)


@rule("B4")
def has_no_custom_segments(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """No line uses a segment that Spectrum does not know."""
    return common.custom_segments(candidate)


@rule("H2")
def number_is_free(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Broken]:
    """The change request id of the form fits, and no change request of the job has it."""
    return change_requests.number_free(candidate, answers, context)


@rule("J1")
def billing_item_exists(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Broken]:
    """The billing item of the form fits and is one of the contract's: Spectrum creates none.

    Where this site does not show the items, Spectrum itself says so when it is sent.
    """
    item, job = common.number_of(answers, ITEM), common.job_of(candidate, context)
    if not item:
        yield Broken("J1", ITEM, "", f"{candidate.title}: no billing item was given", "choose one")
        return
    yield from common.too_long("J1", candidate.title, ITEM, item, ITEM_LENGTH, "choose another one")
    items = context.books.billing_items(job) if job else None
    if items is not None and item not in items:
        yield Broken(
            "J1",
            ITEM,
            item,
            f"{candidate.title}: the contract of job {job} has no billing item {item}",
            f"choose one of {', '.join(sorted(items)) or 'its billing items, once Spectrum has them'}",
        )
