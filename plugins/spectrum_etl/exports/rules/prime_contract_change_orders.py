"""The rules of the prime contract change orders (J): each becomes a change request with costs and revenue.

Besides the facts of `common` and `change_requests` they read `title`, `status`, `approved_on` (ISO date) and `total`;
of each line its `markup` and the `contract_line` it belongs to (an id, empty where it belongs to none); of the prime
contract, `prime_contracts` (how many the project has), `contract`: `{"id", "name", "origin_id", "origin_code",
"accounting_method", "total"}`, and `contract_lines`, those that lines belong to: `[{"id", "name", "description",
"amount", "item"}]`, `item` empty where Procore does not name it. `belonging` says whether Procore tells that at all:
`TOLD`, `UNREAD`, `UNCLEAR`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from spectrum_etl.exports.rules import common
from spectrum_etl.exports.rules.amounts import amount_text, total
from spectrum_etl.exports.spec import Answers, Candidate, Context, Problem

#: Whether Procore tells which lines of the contract the lines belong to: it does, it does not, or not of which line.
Belonging = Literal["told", "unread", "unclear"]
TOLD: Belonging = "told"
UNREAD: Belonging = "unread"
UNCLEAR: Belonging = "unclear"
#: Field of the form with the billing item of lines that belong to no line of the contract; with an id behind it, of
#: those that belong to that line. The length is that on fixed price contracts.
ITEM = "billing_item"
ITEM_LENGTH = 10
TITLE_LENGTH = 255
#: Spectrum's price method of unit price contracts.
UNIT_PRICE = "U"


@dataclass(frozen=True)
class Revenue:
    """What the lines that go to one billing item bring in, markups included.

    Args:
        lines: of the change order.
        item: the billing item, where it is known; else empty.
        field: of the form, that asks for the item; empty where it is known.
        contract_line: that the lines belong to, where the form asks for its item; None where they belong to none.
    """

    lines: Sequence[Mapping[str, Any]]
    item: str = ""
    field: str = ""
    contract_line: Mapping[str, Any] | None = None

    @property
    def amount(self) -> Decimal | None:
        """Line amounts with all markups; None where one of them is no amount."""
        return revenue_of(self.lines)

    @property
    def called(self) -> str:
        """For people: whose revenue it is."""
        if self.item:
            return f"billing item {self.item}"
        return "lines without a contract line" if self.contract_line is None else str(self.contract_line["name"])


def revenue_of(lines: Sequence[Mapping[str, Any]]) -> Decimal | None:
    """Amounts of some lines with all markups; None where one of them is no amount."""
    return total([line["amount"] for line in lines] + [line["markup"] for line in lines])


def revenue(candidate: Candidate) -> Decimal | None:
    """Line amounts with all markups; None where one of them is no amount."""
    return revenue_of(candidate.content["lines"])


def revenues(candidate: Candidate) -> list[Revenue]:
    """The revenue by billing item: first those that are known, then those that the form asks for.

    Lines that belong to the same line of the contract, or to lines of one item, are added up; those that belong to none
    go to one item that the approver gives.
    """
    named = {line["id"]: line for line in candidate.content["contract_lines"]}
    known: dict[str, list[Mapping[str, Any]]] = {}
    asked: dict[str, list[Mapping[str, Any]]] = {}
    for line in candidate.content["lines"]:
        id = line["contract_line"]
        item = named[id]["item"] if id else ""
        if item:
            known.setdefault(item, []).append(line)
        else:
            asked.setdefault(id, []).append(line)
    return [
        *(Revenue(lines, item=item) for item, lines in known.items()),
        *(
            Revenue(lines, field=f"{ITEM}_{id}" if id else ITEM, contract_line=named.get(id))
            for id, lines in sorted(asked.items(), key=lambda each: bool(each[0]))
        ),
    ]


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
            f"{candidate.title}: its lines with markups add up to {amount_text(added)}, "
            f"its total is {candidate.content['total'] or 'empty'}",
            "correct lines and markups, or open and save the change order in Procore so that it adds them up again",
        )


def revenue_fits(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The revenue of every billing item, and all of it, is an amount that Spectrum takes."""
    shares = revenues(candidate)
    amounts = {f"revenue of {share.called}": share.amount for share in shares} if len(shares) > 1 else {}
    for field, added in {**amounts, "total": revenue(candidate)}.items():
        if added is not None:
            yield from common.unfit(candidate.title, "ARChangeRequest", "CR_Revenue", field, f"{added:.2f}")


def contract_lines_are_clear(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """Where its lines belong to different lines of the prime contract, it is clear which, markups included."""
    if candidate.content["belonging"] == UNCLEAR:
        yield Problem(
            "lines: contract line",
            "",
            f"{candidate.title}: its lines belong to different lines of the prime contract, and Procore does not tell"
            " which markups go with which",
            "give lines of the same cost code, cost type and amount the same contract line, or enter the change request"
            " in Spectrum by hand",
        )


def linked_items_exist(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The billing items that lines of the prime contract are linked with are there: Spectrum creates none.

    Where this site does not show the items, Spectrum itself says so when it is sent.
    """
    job = common.job_of(candidate, context)
    items = context.spectrum.billing_items(job) if job else None
    for line in candidate.content["contract_lines"]:
        if items is not None and line["item"] and line["item"] not in items:
            yield Problem(
                line["name"],
                line["item"],
                f"{candidate.title}: {line['name']} is linked with billing item {line['item']}, which the contract of"
                f" job {job} does not have",
                "enter the billing item in Spectrum, or correct the line's link in Procore",
            )


def billing_item_exists(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Problem]:
    """The billing items of the form fit and are the contract's: Spectrum creates none.

    Where this site does not show the items, Spectrum itself says so when it is sent.
    """
    job = common.job_of(candidate, context)
    for share in revenues(candidate):
        if not share.field:
            continue
        item = common.answer_of(answers, share.field)
        if not item:
            whose = f" for {share.called}" if share.contract_line else ""
            yield Problem(share.field, "", f"{candidate.title}: no billing item was given{whose}", "choose one")
            continue
        yield from common.too_long(candidate.title, share.field, item, ITEM_LENGTH, "choose another one")
        items = context.spectrum.billing_items(job) if job else None
        if items is not None and item not in items:
            yield Problem(
                share.field,
                item,
                f"{candidate.title}: the contract of job {job} has no billing item {item}",
                f"choose one of {', '.join(sorted(items)) or 'its billing items, once Spectrum has them'}",
            )
