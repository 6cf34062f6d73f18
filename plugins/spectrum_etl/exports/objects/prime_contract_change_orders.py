"""Prime contract change orders that become change requests (J1, J2).

The estimate's side is one ARChangeRequest for every phase and cost type, with the amount without markup; lines with the
same codes are summed, and the approver is shown which. The revenue's side is one ARChangeRequest with the billing item
of the form and the amount with all markups, the change order's own total: Spectrum keeps one revenue line an item.
Procore has no origin field on these change orders, so the link is only in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from spectrum_etl.exports.numbers import number_of
from spectrum_etl.exports.objects import change_requests, contracts, spelled
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
    Document,
    ExportObject,
    FieldMapping,
    FormField,
    Rule,
    Scope,
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


def collect(client: ProcoreClient, company: Company, scope: Scope) -> Iterator[Candidate | Skipped]:
    """Approved change orders; one that the form names is shown whatever it is."""
    codes = contracts.ProjectCodes(client)

    def of(project: Mapping[str, Any]) -> Iterator[Candidate]:
        id = text(project["id"])
        listed = resources.prime_change_orders(client, id, status=None if scope.records else requests.APPROVED)
        orders = [order for order in listed if contracts.wanted(order, scope, (requests.APPROVED,), company)]
        # The list of projects does not name the zone as the tz database does.
        shown = found(resources.project, client, id) if orders else None
        primes = list(resources.prime_contracts(client, id)) if orders else []
        for order in orders if shown is not None else ():
            whole = found(resources.prime_change_order, client, id, text(order["id"]))
            if whole is not None and shown is not None:
                yield _candidate(client, company, shown, whole, primes, codes.of(id))

    yield from of_each(client, contracts.projects(client, scope), of)


def read(client: ProcoreClient, company: Company, id: RecordId) -> Candidate | None:
    """One change order again."""
    project = found(resources.project, client, id.project)
    order = found(resources.prime_change_order, client, id.project, id.record)
    if project is None or order is None:
        return None
    primes = list(resources.prime_contracts(client, id.project))
    return _candidate(client, company, project, order, primes, contracts.ProjectCodes(client).of(id.project))


def creator(client: ProcoreClient, company: Company, id: RecordId) -> Mapping[str, Any] | None:
    """Who made the change order: Procore gives their id and name (Show Prime Change Order)."""
    order = found(resources.prime_change_order, client, id.project, id.record)
    return order.get("created_by") if order else None


def form(candidate: Candidate, context: Context) -> tuple[FormField, ...]:
    """The change request's id, and the billing item of its revenue."""
    job = job_of(candidate, context)
    found = context.spectrum.billing_items(job) if job else {}
    items = tuple(sorted(found or ()))
    unread = " Spectrum's items cannot be read here, so it is not checked before it is sent." if found is None else ""
    return (
        change_requests.number_field(candidate, context, contracts.joined_note(candidate.content["lines"])),
        FormField(
            rules.ITEM,
            "Billing item",
            f"Billing item of the prime contract in Spectrum that gets the revenue of {candidate.content['total']}."
            f"{unread}",
            proposal=items[0] if len(items) == 1 else "",
            max_length=rules.ITEM_LENGTH,
            choices=items,
            fills=("CR_Billing_Item_Code",),
        ),
    )


def document(candidate: Candidate, answers: Answers, context: Context) -> Document:
    """One call for every phase and cost type, then one for the revenue."""
    description = candidate.content["description"]
    header = {
        **change_requests.header(candidate, answers, context, "prime_contract_change_order", description),
        "Approved_Date": candidate.content["approved_on"],
    }
    calls = [
        {
            "CR_Phase_Code": phase,
            "CR_Cost_Type": cost_type,
            "Change_Request_Hours": "0",
            _AMOUNT: total(line["amount"] for line in lines),
        }
        for (phase, cost_type), lines in by_code(candidate.content["lines"]).items()
    ]
    revenue = {
        "CR_Billing_Item_Code": answer_of(answers, rules.ITEM),
        "CR_Additional_Description": contracts.fitting(description, _REVENUE_TEXT),
        "CR_Revenue": rules.revenue(candidate),
    }
    made = (call(_SERVICE, {**header, **own}, adds=True, record=candidate.title) for own in (*calls, revenue))
    return Document(change_requests.key_of(header), tuple(made))


def _lines(client: ProcoreClient, project: str, order: Mapping[str, Any], codes: WbsCodes) -> list[Json]:
    """The lines with their markups, which only the change order package of older date has; else those without."""
    package_id = text(order.get("legacy_package_id"))
    package = found(resources.change_order_package, client, project, package_id) if package_id else None
    lines = (package or {}).get("line_items") or resources.prime_change_order_line_items(client, project, order["id"])
    return [
        {**line_facts(line, codes, position, contracts.line_amount(line)), "markup": _markup(line)}
        for position, line in enumerate(lines, 1)
    ]


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
) -> Candidate:
    facts = project_facts(project)
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
        "lines": _lines(client, facts["id"], order, codes),
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
        FieldMapping("form: billing item", f"{_SERVICE}.CR_Billing_Item_Code", "revenue; one of the contract's"),
        FieldMapping(
            "description", f"{_SERVICE}.CR_Additional_Description", "revenue; left to Spectrum where longer than 40"
        ),
        FieldMapping(
            "line amounts + markups", f"{_SERVICE}.CR_Revenue", "revenue; proven equal to the change order's total"
        ),
    ),
)
