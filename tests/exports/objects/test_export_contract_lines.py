"""J2: revenue of a prime contract change order by the billing items of its own lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from spectrum_etl.exports.objects import contract_lines
from spectrum_etl.exports.objects.facts import WbsCodes
from spectrum_etl.exports.objects.prime_contract_change_orders import OBJECT
from spectrum_etl.exports.rules.prime_contract_change_orders import revenues
from spectrum_etl.exports.spec import Candidate, RecordFilter
from tests.exports.objects.fakes import COMPANY, JOB, Rules, context, numbers
from tests.exports.objects.test_export_prime_contract_change_orders import (
    ANSWERS,
    LINE,
    contract_line,
    order,
    order_of_several_items,
    procore,
    sov,
    spectrum,
)

rules = Rules(OBJECT)
OWN = "/rest/v2.0/companies/9001/projects/501/prime_change_orders/9/line_items"
SCHEDULE = "/rest/v1.0/prime_contracts/70/line_items"


def revenue_rows(candidate: Candidate, answers: dict[str, str]) -> list[tuple[str, str]]:
    """Billing item and amount of every revenue that would be written."""
    calls = OBJECT.document(candidate, {"change_request_id": "PCO1", **answers}, context(spectrum())).calls
    return [
        (call.key["CR_Billing_Item_Code"], call.fields["CR_Revenue"])
        for call in calls
        if "CR_Billing_Item_Code" in call.key
    ]


def test_j2_each_billing_item_gets_the_revenue_of_its_own_lines() -> None:
    """With all markups, and together the change order's total."""
    lines = [
        sov(amount="60.00", contract_line="1"),
        sov(2, phase="03100", cost_type="L", amount="-5.00", markup="-0.50", contract_line="2"),
        sov(3, amount="40.00", markup="0.01", contract_line="1"),
    ]
    named = [contract_line("1", "10"), contract_line("2", "20")]
    one = order(lines=lines, contract_lines=named, total="104.51")
    assert revenue_rows(one, ANSWERS) == [("10", "110.01"), ("20", "-5.50")]
    assert numbers(rules.revenue_is_the_total(one, context(spectrum()))) == []
    (number,) = OBJECT.form(one, context(spectrum()))
    assert number.name == "change_request_id", "nothing else is asked"
    assert not list(rules.billing_item_exists(one, {}, context(spectrum())))


def test_j2_contract_lines_of_one_billing_item_are_added_up() -> None:
    lines = [sov(contract_line="1"), sov(2, contract_line="2")]
    named = [contract_line("1", "10"), contract_line("2", "10")]
    assert revenue_rows(order(lines=lines, contract_lines=named), {}) == [("10", "220.00")]


def test_j2_a_change_order_whose_lines_belong_to_none_has_one_item_of_the_form() -> None:
    one = order(lines=[sov(), sov(2)])
    assert revenue_rows(one, ANSWERS) == [("10", "220.00")]
    assert [field.name for field in OBJECT.form(one, context(spectrum()))] == ["change_request_id", "billing_item"]


def test_j2_lines_that_belong_to_none_take_the_item_of_the_form() -> None:
    """Mixed: what Procore names goes where it says, the rest to the item that is asked for."""
    answers = {"billing_item": "20", "billing_item_2": "30"}
    assert revenue_rows(order_of_several_items(), answers) == [("10", "120.00"), ("20", "7.00"), ("30", "-5.50")]
    _, free, named = OBJECT.form(order_of_several_items(), context(spectrum()))
    assert (free.name, free.title, free.choices) == ("billing_item", "Billing item", ("20", "10"))
    assert "gets the revenue of 7.00 (line 4), which belong to no line of the contract" in free.description
    assert "is added up: 10" in free.description
    assert (named.name, named.title) == ("billing_item_2", "Billing item of contract line 2")
    assert "gets the revenue of -5.50 (line 2); Procore does not name the item" in named.description
    costs = 3
    assert (free.fills, named.fills) == (
        (f"CR_Billing_Item_Code#{costs + 2}",),
        (f"CR_Billing_Item_Code#{costs + 3}",),
    )


def test_j2_an_item_that_is_given_twice_gets_one_revenue() -> None:
    """Spectrum keeps one revenue line an item: a second call would be refused, or change the first."""
    answers = {"billing_item": "10", "billing_item_2": "20"}
    assert revenue_rows(order_of_several_items(), answers) == [("10", "127.00"), ("20", "-5.50")]
    assert revenue_rows(order_of_several_items(), dict.fromkeys(answers, "10")) == [("10", "121.50")]


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ({"billing_item": "20", "billing_item_2": "10"}, []),
        ({"billing_item": "20"}, ["billing_item_2"]),
        ({"billing_item_2": "99"}, ["billing_item", "billing_item_2"]),
    ],
)
def test_j1_every_item_that_is_asked_for_exists(answers: dict[str, str], fields: list[str]) -> None:
    found = list(rules.billing_item_exists(order_of_several_items(), answers, context(spectrum())))
    assert [(one.rule, one.field) for one in found] == [("J1", field) for field in fields]


def test_j1_an_item_that_a_contract_line_is_linked_with_exists() -> None:
    lines = [sov(contract_line="1")]
    gone = order(lines=lines, contract_lines=[contract_line("1", "77")])
    (broken,) = rules.linked_items_exist(gone, context(spectrum()))
    assert (broken.rule, broken.field, broken.value) == ("J1", "contract line 1", "77")
    assert not list(rules.linked_items_exist(gone, context(spectrum(items=None)))), "Spectrum says so when it is sent"
    assert not list(rules.linked_items_exist(order_of_several_items(), context(spectrum())))


def test_j2_every_revenue_fits_not_only_their_sum() -> None:
    lines = [
        sov(amount="10000000000.00", markup="0.00", contract_line="1"),
        sov(2, amount="-1.00", markup="0.00", contract_line="2"),
    ]
    named = [contract_line("1", "10"), contract_line("2", "20")]
    (broken,) = rules.revenue_fits(order(lines=lines, contract_lines=named), context(spectrum()))
    assert (broken.rule, broken.field) == ("J2", "revenue of billing item 10")


def test_j2_lines_that_do_not_add_up_name_both_sums() -> None:
    (broken,) = rules.revenue_is_the_total(order_of_several_items(total="121.51"), context(spectrum()))
    assert "add up to 121.50, its total is 121.51" in broken.message


def test_j2_a_contract_line_that_is_a_billing_item_by_text_and_amount_is_proposed_as_a_guess() -> None:
    """Published: the lines of an imported prime contract have description and original amount of the billing items."""
    items = {
        "10": {"Original_Contract": "400.00", "Billing_Description": "General conditions"},
        "20": {"Original_Contract": "600.00", "Billing_Description": "Sitework"},
        "30": {"Original_Contract": "600.00", "Billing_Description": "Doors"},
    }
    around = context(spectrum(items={JOB: items}))

    def proposed(**changed: str) -> tuple[str, bool]:
        named = [contract_line("1", "10"), contract_line("2", **changed)]
        *_, field = OBJECT.form(order_of_several_items(contract_lines=named), around)
        return field.proposal, field.guessed

    assert proposed(description="SITEWORK", amount="600.0") == ("20", True)
    assert proposed(description="Sitework", amount="600.01") == ("", False)
    assert proposed(description="", amount="600.00") == ("", False)


# What Procore tells.

PACKAGE = "/rest/v1.0/change_order_packages/19"
SECOND = {**LINE, "id": 901, "extended_amount": "50.00", "markup_line_items": [{"amount": "2.50"}]}
LISTED = [
    {"id": 7, "description": "General conditions", "amount": "400.00", "origin_id": "001:24404:10"},
    {"id": 8, "description": "<p>Sitework</p>", "amount": "600.00", "origin_id": "spectrum:001:C-1:20"},
    {"id": 9, "description": "Doors", "amount": "5.00", "origin_id": "OD-9"},
]


def collected(own: Any, *lines: dict[str, Any]) -> Candidate:
    client: Any = procore(
        **{
            PACKAGE: {"id": 19, "line_items": list(lines or (LINE, SECOND))},
            SCHEDULE: LISTED,
            **({OWN: own} if own is not None else {}),
        }
    )
    (found,) = OBJECT.collect(client, COMPANY, RecordFilter())
    assert isinstance(found, Candidate)
    again = OBJECT.read(client, COMPANY, found.id)
    assert again == found
    return found


def own(id: Any, to: Any, amount: str = "100.00", code: str = "09-200") -> dict[str, Any]:
    """A line as version 2 of Procore has it."""
    reference = {"cost_code": {"full_code": code}, "line_item_type": {"code": "S"}}
    return {"id": str(id), "prime_line_item_id": to, "amount": amount, **reference}


def test_j2_lines_are_told_by_their_ids() -> None:
    found = collected([own(901, "8"), own(900, "7")])
    assert [(line["contract_line"], line["markup"]) for line in found.content["lines"]] == [
        ("7", "15.50"),
        ("8", "2.50"),
    ]
    assert [(line["id"], line["item"], line["name"]) for line in found.content["contract_lines"]] == [
        ("7", "10", "contract line 1 General conditions"),
        ("8", "20", "contract line 2 Sitework"),
    ]
    assert found.content["belonging"] == "told"


def test_j2_lines_without_common_ids_are_told_by_code_and_amount() -> None:
    found = collected([own(1, "8", "50.00"), own(2, "7")])
    assert [line["contract_line"] for line in found.content["lines"]] == ["7", "8"]


def test_j2_lines_that_cannot_be_told_apart_make_the_change_order_not_ready() -> None:
    """Which markup goes to which item would be a guess."""
    found = collected([own(1, "7"), own(2, "8")], LINE, {**SECOND, "extended_amount": "100.00"})
    assert found.content["belonging"] == "unclear"
    assert numbers(rules.contract_lines_are_clear(found, context(spectrum()))) == ["J2"]
    clear = collected([own(1, "7"), own(2, "7")], LINE, {**SECOND, "extended_amount": "100.00"})
    assert [line["contract_line"] for line in clear.content["lines"]] == ["7", "7"], "one contract line for all"
    assert numbers(rules.contract_lines_are_clear(clear, context(spectrum()))) == []


def test_j2_another_systems_link_names_no_billing_item_and_the_form_asks() -> None:
    found = collected([own(900, "9"), own(901, None)])
    assert [(line["id"], line["item"]) for line in found.content["contract_lines"]] == [("9", "")]
    assert [share.field for share in revenues(found)] == ["billing_item", "billing_item_9"]


def test_j2_a_contract_line_that_is_gone_is_asked_for() -> None:
    found = collected([own(900, "66"), own(901, "7")])
    assert [line["name"] for line in found.content["contract_lines"]] == [
        "contract line 66",
        "contract line 1 General conditions",
    ]
    assert [share.called for share in revenues(found)] == ["billing item 10", "contract line 66"]


def test_j2_where_procore_does_not_tell_one_item_takes_all_and_the_form_says_so() -> None:
    class Without(type(procore())):  # type: ignore[misc]
        """Version 2 of the lines is not there."""

        def pages(self, path: str, params: Any = None) -> Any:
            if path == OWN:
                return iter([self.get("nowhere")])
            return super().pages(path, params)

    client = Without(procore(**{PACKAGE: {"id": 19, "line_items": [LINE]}}).answers)
    (found,) = OBJECT.collect(client, COMPANY, RecordFilter())
    assert isinstance(found, Candidate)
    assert found.content["belonging"] == "unread"
    _, field = OBJECT.form(found, context(spectrum()))
    assert "Procore does not tell here which lines of the contract its lines belong to" in field.description
    assert [share.amount for share in revenues(found)] == [Decimal("115.50")]


def test_j2_no_line_is_told_apart_where_all_belong_to_the_same() -> None:
    assert contract_lines.belonging([{"id": 1}, {"id": 2}], [], WbsCodes(())) == ["", ""]
