"""Prime contract change orders that become change requests: rules, form, document and reading (J1, J2, I2, B4)."""

from pathlib import Path
from typing import Any

import pytest

from spectrum_etl.exports.objects.prime_contract_change_orders import OBJECT
from spectrum_etl.exports.spec import Candidate, RecordFilter
from spectrum_etl.model.record import RecordId
from tests.exports.objects.fakes import (
    COMPANY,
    JOB,
    PROJECT,
    Links,
    Procore,
    Rules,
    Spectrum,
    candidate,
    context,
    line,
    numbers,
)

rules = Rules(OBJECT)

CONTRACT = {
    "id": "70",
    "name": "P-1 River Tower",
    "origin_id": "001:24404",
    "origin_code": "",
    "accounting_method": "amount",
    "total": "1000.00",
}
ITEMS = {"10": {"Original_Contract": "400.00"}, "20": {"Original_Contract": "600.00"}}
ANSWERS = {"change_request_id": "PCO1", "billing_item": "10"}


def sov(position: int = 1, **changed: Any) -> dict[str, Any]:
    own = {"phase": "09200", "cost_type": "S", "markup": "10.00", "contract_line": ""}
    return line(**{**own, **changed}, position=position)


def order(**changed: Any) -> Candidate:
    facts = {
        "number": "PCO1",
        "title": "Storm damage",
        "description": "Repair after the storm",
        "status": "approved",
        "approved_on": "2026-01-31",
        "total": "110.00",
        "prime_contracts": 1,
        "contract": CONTRACT,
        "contract_lines": [],
        "belonging": "told",
        "lines": [sov()],
    }
    return candidate({**facts, **changed}, "Prime contract change order PCO1")


def contract_line(id: str, item: str = "", **changed: str) -> dict[str, str]:
    """A line of the prime contract, as `contract_lines` gives it."""
    return {"id": id, "name": f"contract line {id}", "description": "", "amount": "", "item": item, **changed}


def order_of_several_items(**changed: Any) -> Candidate:
    """Two lines go to item 10, one to a contract line whose item Procore does not name, one to none."""
    lines = [
        sov(amount="60.00", contract_line="1"),
        sov(2, phase="03100", cost_type="L", amount="-5.00", markup="-0.50", contract_line="2"),
        sov(3, amount="40.00", contract_line="1"),
        sov(4, phase="03100", cost_type="M", amount="7.00", markup="0.00"),
    ]
    facts = {"lines": lines, "contract_lines": [contract_line("1", "10"), contract_line("2")], "total": "121.50"}
    return order(**{**facts, **changed})


def spectrum(**changed: Any) -> Spectrum:
    return Spectrum(**{"items": {JOB: ITEMS}, **changed})


def test_a_good_change_order_breaks_no_rule() -> None:
    broken = [one for rule in OBJECT.rules for one in rule(order(), context(spectrum()))]
    broken += [one for rule in OBJECT.form_rules for one in rule(order(), ANSWERS, context(spectrum()))]
    assert broken == []


def test_the_project_is_synced() -> None:
    """J1."""
    unlinked = order(project={**PROJECT, "origin_id": "", "origin_code": ""})
    assert numbers(rules.project_is_synced(unlinked, context(spectrum()))) == ["J1"]
    assert numbers(rules.project_is_synced(order(), context(spectrum()))) == []


def test_the_prime_contract_is_synced() -> None:
    """J1: by our links or its origin id."""
    unlinked = order(contract={**CONTRACT, "origin_id": ""})
    assert numbers(rules.prime_contract_is_synced(unlinked, context(spectrum()))) == ["J1"]
    links = Links({("prime_contracts", "001", "70"): JOB})
    assert numbers(rules.prime_contract_is_synced(unlinked, context(spectrum(), links))) == []
    assert numbers(rules.prime_contract_is_synced(order(), context(spectrum()))) == []


@pytest.mark.parametrize(
    ("total", "items", "broken"),
    [("1000.00", ITEMS, 0), ("999.99", ITEMS, 1), ("", ITEMS, 1), ("1000.00", {}, 1)],
)
def test_the_prime_contract_is_up_to_date(total: str, items: dict[str, dict[str, str]], broken: int) -> None:
    """J1: the same original amount on both sides."""
    found = rules.prime_contract_is_up_to_date(
        order(contract={**CONTRACT, "total": total}), context(spectrum(items={JOB: items}))
    )
    assert numbers(found) == ["J1"] * broken


@pytest.mark.parametrize(("current", "broken"), [("1000.00", 0), ("999.99", 1), (None, 0)])
def test_where_billing_items_cannot_be_read_the_jobs_contract_stands_for_them(current: str | None, broken: int) -> None:
    """J1, DESIGN 5: what a site does not show stops nothing else; the form says what is not checked."""
    hidden = spectrum(items=None, originals={JOB: current} if current else {})
    assert numbers(rules.prime_contract_is_up_to_date(order(), context(hidden))) == ["J1"] * broken
    assert numbers(rules.billing_item_exists(order(), {**ANSWERS, "billing_item": "30"}, context(hidden))) == []
    _, item = OBJECT.form(order(), context(hidden))
    assert (item.choices, item.proposal) == ((), "")
    assert "cannot be read here, so it is not checked before it is sent" in item.description


def test_a_second_prime_contract_is_refused() -> None:
    """I2."""
    second = order(prime_contracts=2)
    assert numbers(rules.project_has_one_prime_contract(second, context(spectrum()))) == ["I2"]
    assert numbers(rules.project_has_one_prime_contract(order(), context(spectrum()))) == []


def test_unit_prices_are_refused() -> None:
    """J1: of Procore's contract and of Spectrum's job."""
    unit = order(contract={**CONTRACT, "accounting_method": "unit"})
    assert numbers(rules.is_not_unit_price(unit, context(spectrum()))) == ["J1"]
    priced = spectrum()
    priced.job_rows[JOB]["Price_Method_Code"] = "U"
    assert numbers(rules.is_not_unit_price(order(), context(priced))) == ["J1"]
    assert numbers(rules.is_not_unit_price(order(), context(spectrum()))) == []


def test_the_status_is_approved() -> None:
    """J1."""
    assert numbers(rules.is_approved(order(status="pending"), context(spectrum()))) == ["J1"]
    assert numbers(rules.is_approved(order(), context(spectrum()))) == []


def test_title_and_description_fit() -> None:
    """J1: at most 255 and 250 characters."""
    assert numbers(rules.title_fits(order(title="t" * 256), context(spectrum()))) == ["J1"]
    assert numbers(rules.title_fits(order(title="t" * 255), context(spectrum()))) == []
    assert numbers(rules.description_fits(order(description="d" * 251), context(spectrum()))) == ["J1"]
    assert numbers(rules.description_fits(order(description="d" * 250), context(spectrum()))) == []


def test_the_approval_is_dated() -> None:
    """J1."""
    assert numbers(rules.approval_is_dated(order(approved_on=""), context(spectrum()))) == ["J1"]
    assert numbers(rules.approval_is_dated(order(approved_on="soon"), context(spectrum()))) == ["J1"]
    assert numbers(rules.approval_is_dated(order(), context(spectrum()))) == []


def test_it_has_a_line() -> None:
    """J1."""
    assert numbers(rules.has_a_line(order(lines=[]), context(spectrum()))) == ["J1"]
    assert numbers(rules.has_a_line(order(), context(spectrum()))) == []


def test_codes_are_synced() -> None:
    """J1."""
    assert numbers(rules.codes_are_synced(order(lines=[sov(phase="99999")]), context(spectrum()))) == ["J1"]
    assert numbers(rules.codes_are_synced(order(), context(spectrum()))) == []


@pytest.mark.parametrize(
    ("amounts", "markup", "broken"),
    [
        (["9999999999.99"], "0.00", 0),
        (["10000000000.00"], "0.00", 1),
        (["1.00"], "0.005", 1),
        (["6000000000.00", "6000000000.00"], "0.00", 1),
    ],
)
def test_amounts_and_markups_fit(amounts: list[str], markup: str, broken: int) -> None:
    """J1: ten digits before the point, sums of lines with the same codes, too."""
    lines = [sov(n, amount=amount, markup=markup) for n, amount in enumerate(amounts, 1)]
    record, checked = order(lines=lines), (rules.amounts_fit, rules.sums_fit, rules.markups_fit)
    found = [one for rule in checked for one in rule(record, context())]
    assert numbers(found) == ["J1"] * broken


@pytest.mark.parametrize(("total", "broken"), [("110.00", 0), ("100.00", 1), ("", 1)])
def test_the_revenue_is_the_change_orders_total(total: str, broken: int) -> None:
    """J2: with all markups."""
    assert numbers(rules.revenue_is_the_total(order(total=total), context(spectrum()))) == ["J2"] * broken


def test_the_revenue_fits() -> None:
    """J2."""
    large = order(lines=[sov(amount="9999999999.99", markup="0.01")])
    assert numbers(rules.revenue_fits(large, context(spectrum()))) == ["J2"]
    assert numbers(rules.revenue_fits(order(), context(spectrum()))) == []


def test_customer_and_status_code_are_known() -> None:
    """J2."""
    orphan = spectrum()
    orphan.job_rows[JOB]["Customer_Code"] = ""
    assert numbers(rules.customer_is_known(order(), context(orphan))) == ["J2"]
    assert numbers(rules.customer_is_known(order(), context(spectrum()))) == []
    assert numbers(rules.status_code_is_set(order(), context(spectrum(), change_request_status={}))) == ["J2"]
    assert numbers(rules.status_code_is_set(order(), context(spectrum()))) == []


def test_a_custom_segment_is_refused() -> None:
    """B4."""
    assert numbers(rules.no_custom_segments(order(lines=[sov(segments=["Floor"])]), context(spectrum()))) == ["B4"]
    assert numbers(rules.no_custom_segments(order(), context(spectrum()))) == []


def test_the_change_request_id_is_free() -> None:
    """H2, J2."""
    assert numbers(rules.number_is_free(order(), ANSWERS, context(spectrum(requests={JOB: {"pco1"}})))) == ["H2"]
    assert numbers(rules.number_is_free(order(), ANSWERS, context(spectrum()))) == []


@pytest.mark.parametrize(("item", "broken"), [("10", 0), ("20", 0), ("", 1), ("30", 1), ("12345678901", 2)])
def test_the_billing_item_is_one_of_the_contracts(item: str, broken: int) -> None:
    """J1: at most 10 characters, and Spectrum creates none."""
    found = rules.billing_item_exists(order(), {**ANSWERS, "billing_item": item}, context(spectrum()))
    assert numbers(found) == ["J1"] * broken


def test_the_form_offers_the_billing_items() -> None:
    number, item = OBJECT.form(order(lines=[sov(), sov(2)]), context(spectrum()))
    assert number.proposal == "PCO1"
    assert "2 lines of phase 09200, cost type S (line 1, line 2)" in number.description
    assert (item.choices, item.proposal) == (("10", "20"), "")
    _, only = OBJECT.form(order(), context(spectrum(items={JOB: {"10": ITEMS["10"]}})))
    assert only.proposal == "10"


def test_a_change_request_has_costs_and_one_revenue() -> None:
    """J2, golden values."""
    lines = [sov(amount="60.00"), sov(2, amount="40.00"), sov(3, phase="03100", amount="-5.00", markup="-0.50")]
    document = OBJECT.document(order(lines=lines), ANSWERS, context(spectrum()))
    assert document.key == f"{JOB}/PCO1"
    key = {"Company_Code": "001", "Job_Number": JOB, "Customer_Code": "CITY", "Change_Request_Number": "PCO1"}
    header = {"CR_Description": "Repair after the storm", "CR_Status": "A", "Approved_Date": "01/31/2026"}
    assert [call.service for call in document.calls] == ["ARChangeRequest"] * 3
    assert all(call.adds for call in document.calls)
    first, second, revenue = document.calls
    assert first.key == {**key, "CR_Phase_Code": "09200", "CR_Cost_Type": "S"}
    assert first.fields == {**header, "Change_Request_Hours": "0.00", "Change_Request_Amount": "100.00"}
    assert second.key == {**key, "CR_Phase_Code": "03100", "CR_Cost_Type": "S"}
    assert second.fields == {**header, "Change_Request_Hours": "0.00", "Change_Request_Amount": "-5.00"}
    assert revenue.key == {**key, "CR_Billing_Item_Code": "10"}
    assert revenue.fields == {
        **header,
        "CR_Additional_Description": "Repair after the storm",
        "CR_Revenue": "114.50",
    }


def test_a_long_description_is_left_out_of_the_revenue() -> None:
    *_, revenue = OBJECT.document(order(description="d" * 41), ANSWERS, context(spectrum())).calls
    assert "CR_Additional_Description" not in revenue.fields
    assert revenue.fields["CR_Description"] == "d" * 41


def test_procore_has_no_field_for_the_link() -> None:
    """J2."""
    assert OBJECT.mark is None
    assert OBJECT.unmark is None
    assert OBJECT.holds(spectrum(requests={JOB: {"PCO1"}}), f"{JOB}/PCO1")
    assert not OBJECT.holds(spectrum(), f"{JOB}/PCO1")


PROJECT_RECORD = {"id": 501, "name": "River Tower", "project_number": "24-404", "origin_id": "001:24404"}
ORDER = {
    "id": 9,
    "contract_id": 70,
    "legacy_package_id": 19,
    "number": "PCO1",
    "status": "approved",
    "title": "Storm damage",
    "description": "<p>Repair after<br>the &amp; storm</p>",
    "reviewed_at": "2026-02-01T01:30:00Z",
    "grand_total": "115.50",
}
PRIME = {
    "id": 70,
    "number": "P-1",
    "title": "River Tower",
    "accounting_method": "amount",
    "grand_total": "1000.00",
    "origin_id": "001:24404",
}
LINE = {
    "id": 900,
    "extended_amount": "100.00",
    "total_amount": "115.50",
    "description": "Walls",
    "cost_code": {"id": 5, "full_code": "09-200"},
    "line_item_type": {"id": 6, "code": "S"},
    "markup_line_items": [
        {"amount": "10.00", "markup": {"markup_set": "horizontal"}},
        {"amount": "5.50", "markup": {"markup_set": "vertical"}},
    ],
}


def procore(**changed: Any) -> Procore:
    orders = "/rest/v1.0/projects/501/prime_change_orders"
    return Procore(
        {
            "/rest/v1.0/projects": [PROJECT_RECORD],
            "/rest/v1.0/projects/501": PROJECT_RECORD,
            "/rest/v1.0/prime_contracts": [PRIME],
            "/rest/v1.0/change_order_packages/19": {"id": 19, "line_items": [LINE]},
            orders: [ORDER, {**ORDER, "id": 10, "status": "draft"}],
            f"{orders}/9": ORDER,
            f"{orders}/10": {**ORDER, "id": 10, "status": "draft"},
            **changed,
        }
    )


def test_approved_change_orders_are_collected_with_their_markups() -> None:
    """J2: horizontal and vertical ones."""
    (found,) = OBJECT.collect(procore(), COMPANY, RecordFilter())
    assert found.id == RecordId("001", "501", "9")
    assert found.title == "Prime contract change order PCO1 Storm damage (River Tower)"
    assert found.content["description"] == "Repair after the & storm"
    assert found.content["approved_on"] == "2026-02-01"
    (facts,) = found.content["lines"]
    assert (facts["amount"], facts["markup"]) == ("100.00", "15.50")
    assert [one for rule in OBJECT.rules for one in rule(found, context(spectrum()))] == []
    again = OBJECT.read(procore(), COMPANY, found.id)
    assert again is not None
    assert again.fingerprint == found.fingerprint


def test_the_approval_date_is_a_day_of_the_settings_zone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Published: Approved Date -> Approval Date; late on January 31 in Denver is February in UTC."""
    path = tmp_path / "settings.yaml"
    path.write_text("companies: [{code: '001', name: Demo, phase_category: STD}]\ntimezone: America/Denver\n")
    monkeypatch.setenv("SPECTRUM_ETL_SETTINGS", str(path))
    for reviewed, day in {ORDER["reviewed_at"]: "2026-01-31", "2026-02-01": "2026-02-01", None: "", "?": "?"}.items():
        changed = {**ORDER, "reviewed_at": reviewed}
        client = procore(**{"/rest/v1.0/projects/501/prime_change_orders/9": changed})
        found = OBJECT.read(client, COMPANY, RecordId("001", "501", "9"))
        assert found is not None
        assert found.content["approved_on"] == day


def test_lines_without_markups_are_read_where_there_is_no_package() -> None:
    """J2: the total tells whether markups are missing."""
    path = "/rest/v2.0/companies/9001/projects/501/prime_change_orders/9/line_items"
    bare = {**ORDER, "legacy_package_id": None}
    client = procore(
        **{
            "/rest/v1.0/projects/501/prime_change_orders/9": bare,
            path: [{"id": "1", "amount": "100.00", "wbs_code_id": "3"}],
        }
    )
    found = OBJECT.read(client, COMPANY, RecordId("001", "501", "9"))
    assert found is not None
    assert found.content["lines"][0]["markup"] == "0.00"
    assert numbers(rules.revenue_is_the_total(found, context(spectrum()))) == ["J2"]


def test_named_change_orders_are_collected_whatever_they_are() -> None:
    (draft,) = OBJECT.collect(procore(), COMPANY, RecordFilter(records=("10",)))
    assert draft.content["status"] == "draft"
    assert OBJECT.read(procore(), COMPANY, RecordId("001", "501", "99")) is None


def test_prime_contracts_are_counted() -> None:
    """I2."""
    (found,) = OBJECT.collect(
        procore(**{"/rest/v1.0/prime_contracts": [PRIME, {**PRIME, "id": 71}]}), COMPANY, RecordFilter()
    )
    assert found.content["prime_contracts"] == 2
