"""Prime contract change orders that become change requests (J1, J2).

The estimate's side is one ARChangeRequest for every phase and cost type, with the amount without markup; lines with the
same codes are summed, and the approver is told. The revenue's side is one ARChangeRequest with the billing item of the
form and the amount with all markups, which is the change order's own total: Spectrum keeps one revenue line an item.
Procore has no origin field on these change orders, so the link is in the ledger alone.
"""

from __future__ import annotations

from functools import partial

from spectrum_etl.exports.objects import change_requests, contracts
from spectrum_etl.exports.objects import prime_change_order_records as records
from spectrum_etl.exports.rules import change_requests as requests
from spectrum_etl.exports.rules import common, prime_contracts
from spectrum_etl.exports.rules import prime_change_orders as rules
from spectrum_etl.exports.rules.amounts import by_code, sums_fit, total
from spectrum_etl.exports.rules.common import job_of, number_of
from spectrum_etl.exports.spec import (
    Answers,
    Candidate,
    Context,
    Document,
    ExportObject,
    FieldMapping,
    FormField,
    Rule,
)
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.exports.spectrum.values import call

_SERVICE, _AMOUNT = change_requests.SERVICE, "Change_Request_Amount"
_REVENUE_TEXT = SERVICES[_SERVICE].elements["CR_Additional_Description"].length


def form(candidate: Candidate, context: Context) -> tuple[FormField, ...]:
    """The change request's id, and the billing item of its revenue."""
    job = job_of(candidate, context)
    found = context.books.billing_items(job) if job else {}
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
    status = requests.status_code(context, "prime_contract_change_order")
    header = {
        **change_requests.header(candidate, answers, context, status),
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
        "CR_Billing_Item_Code": number_of(answers, rules.ITEM),
        "CR_Additional_Description": contracts.fitting(candidate.content["description"], _REVENUE_TEXT),
        "CR_Revenue": rules.revenue(candidate),
    }
    made = (call(_SERVICE, {**header, **own}, adds=True, record=candidate.title) for own in (*calls, revenue))
    return Document(change_requests.key_of(header), tuple(made))


OBJECT = ExportObject(
    name="prime_contract_change_orders",
    title="prime contract change order",
    services=(_SERVICE,),
    collect=records.collect,
    read=records.read,
    rules=(
        Rule("J1", common.project_is_synced),
        Rule("J1", prime_contracts.prime_contract_is_synced),
        Rule("J1", prime_contracts.prime_contract_is_up_to_date),
        Rule("I2", prime_contracts.project_has_one_prime_contract),
        Rule("J1", prime_contracts.is_not_unit_price),
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
    holds=change_requests.holds,
    space="change request",
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
