"""Prime contract change orders that become change requests (J1, J2).

The estimate's side is one ARChangeRequest for every phase and cost type, with the amount without markup; lines with the
same codes are summed, and the approver is shown which. The revenue's side is one ARChangeRequest for every billing
item, with the amounts of its lines and all their markups, together the change order's own total: Spectrum keeps one
revenue line an item. A line's billing item is that of the prime contract's line it belongs to; where Procore does not
name it, and for lines that belong to none, the form asks. Procore has no origin field on these change orders, so the
link is only in the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from spectrum_etl.exports.document import Document
from spectrum_etl.exports.form_field import FormField
from spectrum_etl.exports.numbers import number_of
from spectrum_etl.exports.objects import change_requests, contract_lines, contracts, spelled
from spectrum_etl.exports.objects.contract_lines import ContractLines
from spectrum_etl.exports.objects.days import day_of
from spectrum_etl.exports.objects.facts import (
    Json,
    WbsCodes,
    called,
    found,
    line_facts,
    money,
    of_each,
    project_facts,
    text,
)
from spectrum_etl.exports.objects.texts import text_of
from spectrum_etl.exports.rules import change_requests as requests
from spectrum_etl.exports.rules import common
from spectrum_etl.exports.rules import prime_contract_change_orders as rules
from spectrum_etl.exports.rules.amounts import by_code, sums_fit, total
from spectrum_etl.exports.rules.common import answer_of, job_of
from spectrum_etl.exports.spec import (
    Answers,
    Candidate,
    Context,
    ExportObject,
    FieldMapping,
    RecordFilter,
    Rule,
    Skipped,
)
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.exports.spectrum.values import call
from spectrum_etl.model.record import RecordId
from spectrum_etl.settings import Company
from spectrum_etl.sources.procore import resources
from spectrum_etl.sources.procore.client import ProcoreClient

_SERVICE, _AMOUNT = change_requests.SERVICE, "Change_Request_Amount"
_REVENUE_TEXT = SERVICES[_SERVICE].elements["CR_Additional_Description"].length


def collect(client: ProcoreClient, company: Company, only: RecordFilter) -> Iterator[Candidate | Skipped]:
    """Approved change orders; one that the form names is shown whatever it is."""
    codes, items = contracts.ProjectCodes(client), ContractLines(client, company)

    def of(project: Mapping[str, Any]) -> Iterator[Candidate]:
        id = text(project["id"])
        listed = resources.prime_change_orders(client, id, status=None if only.records else requests.APPROVED)
        orders = [order for order in listed if contracts.is_collected(order, only, (requests.APPROVED,), company)]
        # The list of projects does not name the zone as the tz database does.
        shown = found(resources.project, client, id) if orders else None
        primes = list(resources.prime_contracts(client, id)) if orders else []
        for order in orders if shown is not None else ():
            whole = found(resources.prime_change_order, client, id, text(order["id"]))
            if whole is not None and shown is not None:
                yield _candidate(client, company, shown, whole, primes, codes.of(id), items)

    yield from of_each(client, contracts.projects(client, only), of)


def read(client: ProcoreClient, company: Company, id: RecordId) -> Candidate | None:
    """One change order again."""
    project = found(resources.project, client, id.project)
    order = found(resources.prime_change_order, client, id.project, id.record)
    if project is None or order is None:
        return None
    primes, codes = list(resources.prime_contracts(client, id.project)), contracts.ProjectCodes(client)
    return _candidate(client, company, project, order, primes, codes.of(id.project), ContractLines(client, company))


def creator(client: ProcoreClient, company: Company, id: RecordId) -> Mapping[str, Any] | None:
    """Who made the change order: Procore gives their id and name (Show Prime Change Order)."""
    order = found(resources.prime_change_order, client, id.project, id.record)
    return order.get("created_by") if order else None


def form(candidate: Candidate, context: Context) -> tuple[FormField, ...]:
    """The change request's id, and the billing items that Procore does not name."""
    job, content = job_of(candidate, context), candidate.content
    items = context.spectrum.billing_items(job) if job else {}
    first_revenue = len(by_code(content["lines"])) + 1
    asked = (
        _item_field(candidate, share, items, first_revenue + place)
        for place, share in enumerate(rules.revenues(candidate))
        if share.field
    )
    return (change_requests.number_field(candidate, context, contracts.joined_note(content["lines"])), *asked)


def _item_field(
    candidate: Candidate, share: rules.Revenue, items: Mapping[str, Mapping[str, str]] | None, place: int
) -> FormField:
    """The question for the billing item of some lines.

    Args:
        candidate: the record.
        share: these lines.
        items: those of the contract in Spectrum; None where this site does not show them.
        place: which call of the document takes the answer, counted from 1.
    """
    known = {other.item for other in rules.revenues(candidate)} - {""}
    codes, line = sorted(items or (), key=lambda item: (item in known, item)), share.contract_line
    alike = [] if line is None else [item for item in codes if _is_alike(line, (items or {})[item])]
    proposed = alike if line is not None and len(codes) > 1 else codes
    amount = candidate.content["total"] if len(share.lines) == len(candidate.content["lines"]) else share.amount
    return FormField(
        share.field,
        "Billing item" if line is None else f"Billing item of {line['name']}",
        f"Billing item of the prime contract in Spectrum that gets the revenue of {amount}"
        f"{_whose(candidate, share, known)}."
        + (
            ""
            if items is not None
            else " Spectrum's items cannot be read here, so it is not checked before it is sent."
        ),
        proposal=proposed[0] if len(proposed) == 1 else "",
        max_length=rules.ITEM_LENGTH,
        choices=tuple(codes),
        fills=(f"CR_Billing_Item_Code#{place}",),
        guessed=proposed is alike and len(alike) == 1,
    )


def _whose(candidate: Candidate, share: rules.Revenue, known: Collection[str]) -> str:
    """Which lines an item is asked for, and why; nothing of a change order that has one item as Procore has it."""
    content = candidate.content
    if content["belonging"] == rules.UNREAD:
        return "; Procore does not tell here which lines of the contract its lines belong to, so it gets all of it"
    names = ", ".join(line["name"] for line in share.lines)
    if share.contract_line is not None:
        return f" ({names}); Procore does not name the item of this line of the contract"
    if len(share.lines) == len(content["lines"]):
        return ""
    added = f"; revenue of an item that other lines go to is added up: {', '.join(sorted(known))}" if known else ""
    return f" ({names}), which belong to no line of the contract{added}"


def _is_alike(line: Mapping[str, str], item: Mapping[str, str]) -> bool:
    """Whether a line of Procore's contract is a billing item by description and original amount, as imports make it."""
    own, described = line["description"].casefold(), item.get("Billing_Description", "").casefold()
    ours, theirs = number_of(line["amount"]), number_of(item.get("Original_Contract", ""))
    return bool(own) and own == described and ours is not None and ours == theirs


def document(candidate: Candidate, answers: Answers, context: Context) -> Document:
    """One call for every phase and cost type, then one for every billing item."""
    description = candidate.content["description"]
    header = {
        **change_requests.header(candidate, answers, context, "prime_contract_change_order", description),
        "Approved_Date": candidate.content["approved_on"],
    }
    costs = [
        {
            "CR_Phase_Code": phase,
            "CR_Cost_Type": cost_type,
            "Change_Request_Hours": "0",
            _AMOUNT: total(line["amount"] for line in lines),
        }
        for (phase, cost_type), lines in by_code(candidate.content["lines"]).items()
    ]
    by_item: dict[str, list[Mapping[str, Any]]] = {}
    for share in rules.revenues(candidate):
        by_item.setdefault(share.item or answer_of(answers, share.field), []).extend(share.lines)
    revenues = [
        {
            "CR_Billing_Item_Code": item,
            "CR_Additional_Description": contracts.fitting(description, _REVENUE_TEXT),
            "CR_Revenue": rules.revenue_of(lines),
        }
        for item, lines in by_item.items()
    ]
    made = (call(_SERVICE, {**header, **own}, adds=True, record=candidate.title) for own in (*costs, *revenues))
    return Document(change_requests.key_of(header), tuple(made))


def _lines(
    client: ProcoreClient, project: str, order: Mapping[str, Any], codes: WbsCodes
) -> tuple[list[Json], rules.Belonging]:
    """The lines with their markups, which only the change order package of older date has; else those without.

    Returns:
        Beside them: whether Procore tells which lines of the prime contract they belong to.
    """
    package_id = text(order.get("legacy_package_id"))
    package = found(resources.change_order_package, client, project, package_id) if package_id else None
    own = contract_lines.own_lines(client, project, order)
    lines = (package or {}).get("line_items") or own or ()
    ids = contract_lines.belonging(lines, own, codes) if own is not None else [""] * len(lines)
    told: rules.Belonging = rules.UNREAD if own is None else rules.UNCLEAR if ids is None else rules.TOLD
    facts = [
        {
            **line_facts(line, codes, position, contracts.line_amount(line)),
            "markup": _markup(line),
            "contract_line": ids[position - 1] if ids is not None else "",
        }
        for position, line in enumerate(lines, 1)
    ]
    return facts, told


def _markup(line: Mapping[str, Any]) -> str:
    """All markups of a line, horizontal and vertical ones; what is no amount is kept for the rules to report."""
    amounts = [text(markup.get("amount")) or "0" for markup in line.get("markup_line_items") or ()]
    numbers = [number_of(amount) for amount in amounts]
    return " + ".join(amounts) if None in numbers else money(sum(filter(None, numbers), Decimal(0)))


def _candidate(
    client: ProcoreClient,
    company: Company,
    project: Mapping[str, Any],
    order: Mapping[str, Any],
    primes: list[resources.Record],
    codes: WbsCodes,
    items: ContractLines,
) -> Candidate:
    facts = project_facts(project)
    lines, told = _lines(client, facts["id"], order, codes)
    contract = next((prime for prime in primes if text(prime["id"]) == text(order.get("contract_id"))), {})
    number, name = text(order.get("number")), text_of("change_order", order, "title")
    content = {
        "project": facts,
        "number": number,
        "title": name,
        "description": text_of("change_order", order, "description") or name or number,
        "status": text(order.get("status")),
        "approved_on": day_of(order.get("reviewed_at"), project),
        "total": money(order.get("grand_total")),
        "prime_contracts": sum(1 for prime in primes if not prime.get("deleted_at")),
        "contract": {
            **contracts.contract_facts(contract),
            "accounting_method": text(contract.get("accounting_method")),
            "total": money(contract.get("grand_total")),
        },
        "contract_lines": items.facts(facts["id"], text(contract.get("id")), [line["contract_line"] for line in lines]),
        "belonging": told,
        "lines": lines,
    }
    title = f"Prime contract change order {called(order, 'change_order', text(order['id']))} ({facts['name']})"
    return Candidate(RecordId(company.code, facts["id"], text(order["id"])), title, content)


OBJECT = ExportObject(
    name="prime_contract_change_orders",
    title="prime contract change order",
    services=(_SERVICE,),
    collect=collect,
    read=read,
    rules=(
        Rule("J1", common.project_is_synced),
        Rule("J1", rules.prime_contract_is_synced),
        Rule("J1", rules.prime_contract_is_up_to_date),
        Rule("I2", rules.project_has_one_prime_contract),
        Rule("J1", rules.is_not_unit_price),
        Rule("J1", requests.is_approved),
        Rule("J1", rules.title_fits),
        Rule("J1", requests.description_fits),
        Rule("J1", rules.approval_is_dated),
        Rule("J1", common.has_a_line),
        Rule("J1", common.codes_are_synced),
        Rule("J1", partial(common.amounts_fit, service=_SERVICE, element=_AMOUNT)),
        Rule("J1", partial(sums_fit, service=_SERVICE, element=_AMOUNT)),
        Rule("J1", rules.markups_fit),
        Rule("J2", rules.contract_lines_are_clear),
        Rule("J1", rules.linked_items_exist),
        Rule("J2", rules.revenue_is_the_total),
        Rule("J2", rules.revenue_fits),
        Rule("J2", requests.customer_is_known),
        Rule("J2", partial(requests.status_code_is_set, kind="prime_contract_change_order")),
        Rule("B4", common.no_custom_segments),
    ),
    form=form,
    form_rules=(Rule("H2", requests.number_is_free), Rule("J1", rules.billing_item_exists)),
    document=document,
    mark=None,
    unmark=None,
    holds=spelled.change_request,
    space="change request",
    creator=creator,
    mapping=(
        *change_requests.HEADER_MAPPING,
        FieldMapping(
            "description", f"{_SERVICE}.CR_Description", "without markup; the title where there is none; at most 250"
        ),
        FieldMapping(
            "reviewed_at",
            f"{_SERVICE}.Approved_Date",
            "the day in the project's time zone, else the settings'; midnight UTC is that day",
        ),
        FieldMapping("line cost_code", f"{_SERVICE}.CR_Phase_Code", "estimate; without separators"),
        FieldMapping("line line_item_type", f"{_SERVICE}.CR_Cost_Type", "estimate"),
        FieldMapping("always 0", f"{_SERVICE}.Change_Request_Hours", "flagged required; only amounts are exported"),
        FieldMapping(
            "line amount",
            f"{_SERVICE}.Change_Request_Amount",
            "estimate; without markup, summed over lines of the same phase and cost type; "
            "the service takes no description of it",
        ),
        FieldMapping(
            "line prime_line_item_id",
            f"{_SERVICE}.CR_Billing_Item_Code",
            "revenue; the item that this line of the prime contract is linked with, a line each",
        ),
        FieldMapping(
            "form: billing item",
            f"{_SERVICE}.CR_Billing_Item_Code",
            "revenue of lines that belong to no line of the contract, or to one whose item Procore does not name; one"
            " of the contract's",
        ),
        FieldMapping(
            "description", f"{_SERVICE}.CR_Additional_Description", "revenue; left to Spectrum where longer than 40"
        ),
        FieldMapping(
            "line amounts + markups",
            f"{_SERVICE}.CR_Revenue",
            "revenue; of the lines of one billing item together; all of it proven equal to the change order's total",
        ),
    ),
)
