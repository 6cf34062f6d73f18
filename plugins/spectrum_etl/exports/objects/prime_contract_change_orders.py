"""Prime contract change orders that become change requests (J1, J2). Used by `export_prime_contract_change_orders`.

The estimate's side is one ARChangeRequest for every phase and cost type, with the amount without markup; lines with the
same codes are summed, and the approver is told. The revenue's side is one ARChangeRequest with the billing item of the
form and the amount with all markups, which is the change order's own total: Spectrum keeps one revenue line an item.
Procore has no origin field on these change orders, so the link is in the ledger alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from spectrum_etl.exports.objects import change_requests, contracts
from spectrum_etl.exports.objects.facts import Json, WbsCodes, line_facts, money, project_facts, text
from spectrum_etl.exports.rules import prime_change_orders as rules
from spectrum_etl.exports.rules import prime_contracts
from spectrum_etl.exports.rules.amounts import by_code, total
from spectrum_etl.exports.rules.change_requests import APPROVED
from spectrum_etl.exports.rules.common import job_of, number_of
from spectrum_etl.exports.services import SERVICES
from spectrum_etl.exports.spec import (
    Answers,
    Candidate,
    Context,
    Document,
    ExportObject,
    FieldMapping,
    FormField,
    RecordId,
    Scope,
)
from spectrum_etl.exports.values import call
from spectrum_etl.settings import Company, load_settings
from spectrum_etl.sources.procore import resources
from spectrum_etl.sources.procore.client import ProcoreClient

_SERVICE = change_requests.SERVICE
_REVENUE_TEXT = SERVICES[_SERVICE].elements["CR_Additional_Description"].length


def collect(client: ProcoreClient, company: Company, scope: Scope) -> Iterator[Candidate]:
    """Approved change orders; one that the form names is shown whatever it is."""
    codes = contracts.ProjectCodes(client)
    for project in contracts.projects(client, scope):
        id = text(project["id"])
        listed = resources.prime_change_orders(client, id, status=None if scope.records else APPROVED)
        orders = [order for order in listed if contracts.wanted(order, scope, (APPROVED,))]
        primes = list(resources.prime_contracts(client, id)) if orders else []
        for order in orders:
            whole = contracts.found(resources.prime_change_order, client, id, text(order["id"]))
            if whole is not None:
                yield _candidate(client, company, project, whole, primes, codes.of(id))


def read(client: ProcoreClient, company: Company, id: RecordId) -> Candidate | None:
    """One change order again."""
    project = contracts.found(resources.project, client, id.project)
    order = contracts.found(resources.prime_change_order, client, id.project, id.record)
    if project is None or order is None:
        return None
    primes = list(resources.prime_contracts(client, id.project))
    return _candidate(client, company, project, order, primes, contracts.ProjectCodes(client).of(id.project))


def form(candidate: Candidate, context: Context) -> tuple[FormField, ...]:
    """The change request's id, and the billing item of its revenue."""
    job = job_of(candidate, context)
    items = tuple(sorted(context.books.billing_items(job))) if job else ()
    return (
        change_requests.number_field(candidate, context, contracts.joined_note(candidate.content["lines"])),
        FormField(
            rules.ITEM,
            "Billing item",
            f"Billing item of the prime contract in Spectrum that gets the revenue of {candidate.content['total']}.",
            proposal=items[0] if len(items) == 1 else "",
            max_length=rules.ITEM_LENGTH,
            choices=items,
        ),
    )


def document(candidate: Candidate, answers: Answers, context: Context) -> Document:
    """One call for every phase and cost type, then one for the revenue."""
    status = context.settings.exports.change_request_status.prime_contract_change_order
    header = {
        **change_requests.header(candidate, answers, context, status),
        "Approved_Date": candidate.content["approved_on"],
    }
    calls = [
        {
            "CR_Phase_Code": phase,
            "CR_Cost_Type": cost_type,
            "Change_Request_Hours": "0",
            "Change_Request_Amount": total(line["amount"] for line in lines),
        }
        for (phase, cost_type), lines in by_code(candidate.content["lines"]).items()
    ]
    revenue = {
        "CR_Billing_Item_Code": number_of(answers, rules.ITEM),
        "CR_Additional_Description": contracts.fitting(candidate.content["description"], _REVENUE_TEXT),
        "CR_Revenue": rules.revenue(candidate),
    }
    made = (call(_SERVICE, {**header, **own}, adds=True, record=candidate.title) for own in (*calls, revenue))
    return Document(change_requests.key_of(header), tuple(made))


def _lines(client: ProcoreClient, project: str, order: Mapping[str, Any], codes: WbsCodes) -> list[Json]:
    """The lines with their markups, which only the change order package of older date has; else those without."""
    package_id = text(order.get("legacy_package_id"))
    package = contracts.found(resources.change_order_package, client, project, package_id) if package_id else None
    lines = (package or {}).get("line_items") or resources.prime_change_order_line_items(client, project, order["id"])
    return [
        {**line_facts(line, codes, position, contracts.line_amount(line)), "markup": _markup(line)}
        for position, line in enumerate(lines, 1)
    ]


def _markup(line: Mapping[str, Any]) -> str:
    """All markups of a line, horizontal and vertical ones; what is no amount is kept for the rules to report."""
    amounts = [text(markup.get("amount")) or "0" for markup in line.get("markup_line_items") or ()]
    try:
        return money(sum((Decimal(amount) for amount in amounts), Decimal(0)))
    except InvalidOperation:
        return " + ".join(amounts)


def _day(moment: Any) -> str:
    """The day of a Procore time in the settings' zone, as ISO text; what is no time stays as it is."""
    shown = text(moment)
    try:
        found = datetime.fromisoformat(shown)
    except ValueError:
        return shown
    return (found.astimezone(ZoneInfo(load_settings().timezone)) if found.tzinfo else found).date().isoformat()


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
    number, name = text(order.get("number")), contracts.plain(order.get("title"))
    content = {
        "project": facts,
        "number": number,
        "title": name,
        "description": contracts.plain(order.get("description")) or name or number,
        "status": text(order.get("status")),
        "approved_on": _day(order.get("reviewed_at")),
        "total": money(order.get("grand_total")),
        "prime_contracts": sum(1 for prime in primes if not prime.get("deleted_at")),
        "contract": {
            **contracts.contract_facts(contract),
            "accounting_method": text(contract.get("accounting_method")),
            "total": money(contract.get("grand_total")),
        },
        "lines": _lines(client, facts["id"], order, codes),
    }
    called = " ".join(filter(None, (number, name))) or text(order["id"])
    title = f"Prime contract change order {called} ({facts['name']})"
    return Candidate(RecordId(company.code, facts["id"], text(order["id"])), title, content)


OBJECT = ExportObject(
    name="prime_contract_change_orders",
    title="prime contract change order",
    services=(_SERVICE,),
    collect=collect,
    read=read,
    rules=(
        rules.project_is_synced,
        prime_contracts.prime_contract_is_synced,
        prime_contracts.prime_contract_is_up_to_date,
        prime_contracts.project_has_one_prime_contract,
        prime_contracts.is_not_unit_price,
        rules.status_is_approved,
        rules.title_fits,
        rules.description_fits,
        rules.approval_is_dated,
        rules.has_a_line,
        rules.codes_are_synced,
        rules.amounts_fit,
        rules.revenue_is_the_total,
        rules.revenue_fits,
        rules.customer_is_known,
        rules.status_code_is_set,
        rules.has_no_custom_segments,
    ),
    form=form,
    form_rules=(rules.number_is_free, rules.billing_item_exists),
    document=document,
    mark=None,
    unmark=None,
    holds=change_requests.holds,
    mapping=(
        *change_requests.HEADER_MAPPING,
        FieldMapping("description", f"{_SERVICE}.CR_Description", "the title where there is none; at most 250"),
        FieldMapping("reviewed_at", f"{_SERVICE}.Approved_Date", "the day in the settings' time zone"),
        FieldMapping("line cost_code", f"{_SERVICE}.CR_Phase_Code", "estimate; without separators"),
        FieldMapping("line line_item_type", f"{_SERVICE}.CR_Cost_Type", "estimate"),
        FieldMapping("always 0", f"{_SERVICE}.Change_Request_Hours", "flagged required; amounts alone are exported"),
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
    order=70,
)
