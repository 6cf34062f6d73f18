"""A document as accountants read it: nothing of it is left out, amounts have totals, shared facts are told once."""

from __future__ import annotations

from typing import Any

import pytest

from spectrum_etl.exports.display.shown import unlike_shown
from spectrum_etl.exports.display.view import AS_ENTERED, name_of, totals, view
from spectrum_etl.exports.display.words import label
from spectrum_etl.exports.document import Call, Document
from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.spectrum.services import SERVICES

SUBCONTRACT = {"Company_Code": "1", "Vendor_Code": "ACME", "Subcontract_Number": "SC-1"}
HEADER = Call("UpdateSubcontract", SUBCONTRACT, {"Status_Code": "A", "Job_Number": "24-404"}, adds=True)


def line(phase: str, amount: str, **fields: str) -> Call:
    key = {**SUBCONTRACT, "Phase_Code": phase, "Cost_Type": "S"}
    return Call("UpdateSubcontractPhases", key, {**fields, "Original_Contract_Amount": amount}, adds=True)


def change(phase: str, amount: str, number: str = "001") -> Call:
    key = {
        "Company_Code": "1", "Job_Number": "24-404", "Customer_Code": "C1", "Change_Request_Number": number,
        "CR_Phase_Code": phase, "CR_Cost_Type": "S", "Subcontractor_Code": "ACME", "Subcontract_Number": "SC-1",
    }  # fmt: skip
    fields = {
        "CR_Description": "Extra doors", "CR_Status": "AP", "Change_Request_Hours": "0.00",
        "Change_Request_Amount": "0.00", "Sub_Amount": amount, "Sub_Status": "P",
    }  # fmt: skip
    return Call("ARChangeRequest", key, fields, adds=True)


def told(cells: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(cell["label"], cell["value"]) for cell in cells]


def test_a_contract_is_its_header_and_its_lines_with_a_total():
    header, lines = view(
        [HEADER, line("08100", "-100.10", Bill_Description="Doors"), line("01000", "7301.55")], [None] * 3
    )
    assert header["title"] == "New subcontract"
    assert told(header["facts"]) == [
        ("Vendor", "ACME"), ("Subcontract", "SC-1"), ("Job", "24-404"), ("Status", "A"),
    ]  # fmt: skip
    assert header["lines"] == header["totals"] == []
    assert told(lines["facts"]) == [("Vendor", "ACME"), ("Subcontract", "SC-1")]
    assert [told(each["key"]) for each in lines["lines"]] == [
        [("Phase", "08100"), ("Cost type", "S")], [("Phase", "01000"), ("Cost type", "S")],
    ]  # fmt: skip
    assert told(lines["lines"][0]["cells"]) == [("Description", "Doors"), ("Contract amount", "-100.10")]
    assert totals([header, lines]) == [
        {"label": "Contract amount", "element": "Original_Contract_Amount", "amount": "7201.45", "now": None,
         "lines": 2}
    ]  # fmt: skip
    assert header["new"] is lines["new"] is True


def test_what_all_lines_share_is_told_once_and_a_nought_makes_no_total():
    (section,) = view([change("015400", "1875.33"), change("015500", "24.67")], [None, None])
    assert told(section["facts"]) == [
        ("Job", "24-404"), ("Customer", "C1"), ("Change request", "001"), ("Description", "Extra doors"),
        ("Status", "AP"), ("Hours", "0.00"), ("Change of the estimate", "0.00"), ("Vendor", "ACME"),
        ("Subcontract", "SC-1"), ("Subcontract status", "P"),
    ]  # fmt: skip
    assert [told(each["cells"]) for each in section["lines"]] == [
        [("Change of the subcontract", "1875.33")], [("Change of the subcontract", "24.67")],
    ]  # fmt: skip
    assert [(total["label"], total["amount"]) for total in section["totals"]] == [
        ("Change of the subcontract", "1900.00")
    ]


def test_the_order_is_that_of_the_service_whatever_the_warehouse_made_of_it():
    one, other = change("1", "5.00"), change("1", "5.00")
    shuffled = Call(
        other.service, dict(sorted(other.key.items())), dict(sorted(other.fields.items(), reverse=True)), True
    )
    assert view([one]) == view([shuffled])


def test_what_spectrum_holds_is_beside_it_and_what_stays_is_marked():
    key = {"Company_Code": "1", "Job_Number": "24-404", "Phase_Code": "01000", "Cost_Type": "L"}
    calls = [
        Call(
            "AddPhase", {**key, "Cost_Type": kind}, {"Description": "General", "Original_Est_Cost": amount}, adds=False
        )
        for kind, amount in (("L", "100.00"), ("M", "50.00"))
    ]
    current = [
        {"Description": "General", "Original_Est_Cost": "100.00"},
        {"Description": "General", "Original_Est_Cost": "7.00"},
    ]
    (section,) = view(calls, current)
    assert section["new"] is False
    cells = [cell for each in section["lines"] for cell in each["cells"]]
    assert [(cell["now"], cell["value"], cell["same"]) for cell in cells] == [
        ("General", "General", True), ("100.00", "100.00", True),
        ("General", "General", True), ("7.00", "50.00", False),
    ]  # fmt: skip
    assert [(total["now"], total["amount"]) for total in section["totals"]] == [("107.00", "150.00")]
    assert told(section["facts"]) == [("Job", "24-404")]


def test_what_exists_and_must_be_new_is_no_change_of_it():
    (section,) = view(
        [Call("AddVendor", {"Company_Code": "1", "Vendor_Code": "X"}, {"Vendor_Name": "New"}, True)],
        [{"Vendor_Name": "Old"}],
    )
    assert section["lines"][0]["exists"] is True
    assert section["new"] is False


def test_what_the_form_fills_names_its_field():
    (section,) = view([change("1", "5.00", AS_ENTERED)], [None], {"change_request_id": ["Change_Request_Number"]})
    (number,) = [fact for fact in section["facts"] if fact["field"]]
    assert (number["field"], number["value"]) == ("change_request_id", AS_ENTERED)


def test_what_the_form_fills_in_one_call_names_its_field_only_there():
    """Rows of billing items: one that Procore names, and two that the form asks for apart."""
    calls = [
        Call("ARChangeRequest", {"Job_Number": "1", "CR_Billing_Item_Code": item}, {"CR_Revenue": "1.00"}, adds=True)
        for item in ("001", AS_ENTERED, AS_ENTERED)
    ]
    fills = {"one": ["CR_Billing_Item_Code#2"], "other": ["CR_Billing_Item_Code#3"]}
    (section,) = view(calls, [None] * 3, fills)
    assert [line["key"][0]["field"] for line in section["lines"]] == [None, "one", "other"]


def test_nothing_but_the_row_that_the_form_asks_for_may_differ_from_what_was_shown():
    """The item that Procore names for a row stays, whatever is typed for the row beside it."""

    def document(*items: str) -> Document:
        key = {"Job_Number": "1", "Change_Request_Number": "7"}
        fields = {"CR_Revenue": "1.00"}
        return Document(
            "1/7", tuple(Call("ARChangeRequest", {**key, "CR_Billing_Item_Code": i}, fields, adds=True) for i in items)
        )

    shown = {"document": document("001", AS_ENTERED).as_json(), "fills": {"item": ["CR_Billing_Item_Code#2"]}}
    assert unlike_shown(shown, document("001", "003")) == []
    (told,) = unlike_shown(shown, document("002", "003"))
    assert "'001' was shown, now it would be '002'" in told
    assert unlike_shown(shown, document("001")) == ["2 calls were shown, now there would be 1"]


@pytest.mark.parametrize("name", EXPORTS)
def test_every_element_that_is_written_is_shown(name: str):
    for service in EXPORTS[name].services:
        layout = SERVICES[service]
        key = {element: "1" for element in layout.key}
        fields = {element: "2" for element in layout.elements if element not in key}
        (section,) = view([Call(service, key, fields, adds=True)])
        cells = section["facts"] + [cell for each in section["lines"] for cell in each["key"] + each["cells"]]
        assert {cell["element"].partition(".")[2] for cell in cells} == set(layout.elements) - {"Company_Code"}


def test_every_element_that_an_export_maps_has_a_name_for_people():
    mapped = {line.spectrum for obj in EXPORTS.values() for line in obj.mapping}
    odd = {element for element in mapped if any(part.isupper() for part in label(*element.split(".")).split()[1:])}
    assert odd == set()


def test_a_call_has_a_name_for_people():
    assert name_of(line("08100", "1.00")) == "Lines of the subcontract, Phase 08100, Cost type S"
    assert name_of(HEADER) == "New subcontract, Vendor ACME, Subcontract SC-1"
