"""Commitments that become subcontracts: their rules, form, document and reading (G1-G5, B4)."""

from typing import Any

import pytest

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports.document import Document
from spectrum_etl.exports.objects.commitments import OBJECT
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
    phase,
)

rules = Rules(OBJECT)

VENDOR = {"id": "31", "name": "Acme Drywall", "origin_id": "001:ACME", "origin_code": "ACME"}
ANSWERS = {"subcontract_number": "SC-001"}
HEADER_KEY = {"Company_Code": "001", "Vendor_Code": "ACME", "Subcontract_Number": "SC-001"}


def sov(position: int = 1, **changed: Any) -> dict[str, Any]:
    return line(**{"phase": "09200", "cost_type": "S", "tax_code": "", **changed}, position=position)


def contract(**changed: Any) -> Candidate:
    facts = {
        "kind": "subcontract",
        "number": "SC-001",
        "status": "Approved",
        "retainage": "10.00",
        "company": "31",
        "vendor": VENDOR,
        "linked_elsewhere": "",
        "lines": [sov()],
    }
    return candidate({**facts, **changed}, "Subcontract SC-001")


def spectrum(**changed: Any) -> Spectrum:
    return Spectrum(**{"vendor_rows": [{"Vendor_Code": "ACME", "Vendor_Name": "Acme Drywall"}], **changed})


def written(record: Candidate, **settings: Any) -> Document:
    return OBJECT.document(record, ANSWERS, context(spectrum(), **settings))


def test_a_good_contract_breaks_no_rule() -> None:
    broken = [one for rule in OBJECT.rules for one in rule(contract(), context(spectrum()))]
    broken += [one for rule in OBJECT.form_rules for one in rule(contract(), ANSWERS, context(spectrum()))]
    assert broken == []


def test_the_company_is_linked_to_a_vendor_that_spectrum_has() -> None:
    """G1, C4."""
    none = {"id": "", "name": "", "origin_id": "", "origin_code": ""}
    unlinked = {**VENDOR, "origin_id": "", "origin_code": ""}
    assert numbers(rules.company_is_linked(contract(vendor=none), context(spectrum()))) == ["G1"]
    assert numbers(rules.company_is_linked(contract(vendor=unlinked), context(spectrum()))) == ["G1"]
    assert numbers(rules.company_is_linked(contract(), context(spectrum(vendor_rows=[])))) == ["G1"]
    links = Links({("vendors", "001", "31"): "acme "})
    assert numbers(rules.company_is_linked(contract(vendor=unlinked), context(spectrum(), links))) == []


def test_the_project_is_synced() -> None:
    """G1."""
    unlinked = contract(project={**PROJECT, "origin_id": "", "origin_code": ""})
    assert numbers(rules.project_is_synced(unlinked, context(spectrum()))) == ["G1"]
    assert numbers(rules.project_is_synced(contract(), context(spectrum()))) == []


@pytest.mark.parametrize(
    ("kind", "status", "ready"),
    [
        ("subcontract", "Approved", True),
        ("subcontract", "Complete", True),
        ("subcontract", "Out For Signature", False),
        ("subcontract", "", False),
        ("purchase order", "Approved", True),
        ("purchase order", "Complete", False),
        ("purchase order", "Closed", False),
    ],
)
def test_the_status_is_approved_or_complete(kind: str, status: str, ready: bool) -> None:
    """G1: purchase orders know no Complete."""
    broken = rules.status_is_approved(contract(kind=kind, status=status), context(spectrum()))
    assert numbers(broken) == ([] if ready else ["G1"])


def test_it_has_a_line() -> None:
    """G1."""
    assert numbers(rules.has_a_line(contract(lines=[]), context(spectrum()))) == ["G1"]
    assert numbers(rules.has_a_line(contract(), context(spectrum()))) == []


def test_every_line_has_a_synced_code_and_type() -> None:
    """G1, B5."""
    lines = [sov(), sov(2, phase=""), sov(3, cost_type=""), sov(4, phase="99999")]
    assert numbers(rules.codes_are_synced(contract(lines=lines), context(spectrum()))) == ["G1"] * 3
    assert numbers(rules.codes_are_synced(contract(), context(spectrum()))) == []


def test_lines_share_one_cost_type() -> None:
    """G1."""
    mixed = contract(lines=[sov(), sov(2, phase="03100", cost_type="L")])
    assert numbers(rules.has_one_cost_type(mixed, context(spectrum()))) == ["G1"]
    assert numbers(rules.has_one_cost_type(contract(lines=[sov(), sov(2)]), context(spectrum()))) == []


@pytest.mark.parametrize(
    ("amounts", "broken"),
    [
        (["999999999.99"], 0),
        (["-999999999.99"], 0),
        (["0.00"], 0),
        (["1000000000.00"], 1),
        (["10.005"], 1),
        ([""], 1),
        (["600000000.00", "600000000.00"], 1),
    ],
)
def test_amounts_and_their_sums_fit(amounts: list[str], broken: int) -> None:
    """G1: nine digits before the point."""
    lines = [sov(n, amount=amount) for n, amount in enumerate(amounts, 1)]
    record = contract(lines=lines)
    found = [*rules.amounts_fit(record, context()), *rules.sums_fit(record, context())]
    assert numbers(found) == ["G1"] * broken


@pytest.mark.parametrize(
    ("shown", "fits"),
    [("", True), ("0.00", True), ("7.50", True), ("99.90", True), ("7.25", False), ("100.00", False), ("-1.00", False)],
)
def test_the_retainage_fits(shown: str, fits: bool) -> None:
    """G1: two digits and one decimal."""
    assert numbers(rules.retainage_fits(contract(retainage=shown), context(spectrum()))) == ([] if fits else ["G1"])


def test_a_contract_that_another_system_linked_is_not_exported() -> None:
    """G1."""
    assert numbers(rules.is_not_linked_elsewhere(contract(linked_elsewhere="SAGE-7"), context(spectrum()))) == ["G1"]
    assert numbers(rules.is_not_linked_elsewhere(contract(), context(spectrum()))) == []


def test_the_settings_name_the_account() -> None:
    """G2."""
    assert numbers(rules.account_is_set(contract(), context(spectrum(), subcontract_gl_account={}))) == ["G2"]
    wrong = context(spectrum(), subcontract_gl_account={"001": "5000-LABOUR"})
    assert numbers(rules.account_is_set(contract(), wrong)) == ["G2"]
    assert numbers(rules.account_is_set(contract(), context(spectrum()))) == []


def test_a_custom_segment_is_refused() -> None:
    """B4."""
    assert numbers(rules.no_custom_segments(contract(lines=[sov(segments=["Floor"])]), context(spectrum()))) == ["B4"]
    assert numbers(rules.no_custom_segments(contract(), context(spectrum()))) == []


@pytest.mark.parametrize(
    ("number", "broken"), [("SC-001", 0), (" SC-001 ", 0), ("", 1), ("SC-2024-001", 1), ("SC/1", 1), ("SC\t1", 1)]
)
def test_the_subcontract_id_fits(number: str, broken: int) -> None:
    """G3: at most 10 characters, never cut."""
    found = rules.number_fits(contract(), {"subcontract_number": number}, context(spectrum()))
    assert numbers(found) == ["G3"] * broken


def test_the_subcontract_id_is_free() -> None:
    """G3: unique per vendor, at this moment."""
    taken = spectrum(records={("UpdateSubcontract", "001", "ACME", "SC-001"): {"Job_Number": JOB}})
    assert numbers(rules.number_is_free(contract(), ANSWERS, context(taken))) == ["G3"]
    linked = Links({("commitments", "001", "8"): "ACME/SC-001"})
    assert numbers(rules.number_is_free(contract(), ANSWERS, context(spectrum(), linked))) == ["G3"]
    own = Links({("commitments", "001", "7"): "ACME/SC-001"})
    assert numbers(rules.number_is_free(contract(), ANSWERS, context(spectrum(), own))) == []
    another = spectrum(records={("UpdateSubcontract", "001", "APEX", "SC-001"): {"Job_Number": JOB}})
    assert numbers(rules.number_is_free(contract(), ANSWERS, context(another))) == []


def test_the_number_is_proposed_as_the_settings_say() -> None:
    """G3: Procore's number, if Spectrum would take it; a longer one is named, not cut."""
    taken = spectrum(records={("UpdateSubcontract", "001", "ACME", "SC-001"): {"Job_Number": JOB}})
    assert OBJECT.form(contract(), context(spectrum()))[0].proposal == "SC-001"
    assert OBJECT.form(contract(), context(spectrum(), propose_contract_number=False))[0].proposal == ""
    assert OBJECT.form(contract(), context(taken))[0].proposal == ""
    assert (
        "SC-001 is taken: vendor ACME already has a subcontract SC-001"
        in OBJECT.form(contract(), context(taken))[0].description
    )
    (long,) = OBJECT.form(contract(number="SC-2024-00017"), context(spectrum()))
    assert long.proposal == ""
    assert "SC-2024-00017 has 13 characters" in long.description


def test_the_approver_is_told_what_is_not_sent() -> None:
    """G4, and lines that become one."""
    lines = [sov(), sov(2), sov(3, phase="03100", description="Forms for all the foundations", tax_code="5")]
    (field,) = OBJECT.form(contract(lines=lines), context(spectrum()))
    assert "2 lines of phase 09200, cost type S (line 1, line 2)" in field.description
    assert "without tax: line 3" in field.description
    assert "more than 25 characters are not sent, Spectrum shows the phase's own: line 3" in field.description
    (plain,) = OBJECT.form(contract(), context(spectrum()))
    assert plain.description == "Id of the new subcontract in Spectrum, one that the vendor does not have yet."


def test_a_subcontract_is_a_header_and_lines() -> None:
    """G2, G4: golden values."""
    lines = [sov(amount="1250.50"), sov(2, phase="03100", amount="-50.00", tax_code="5")]
    document = written(contract(lines=lines))
    assert document.key == "ACME/SC-001"
    assert [(call.service, call.adds) for call in document.calls] == [
        ("UpdateSubcontract", True),
        ("UpdateSubcontractPhases", True),
        ("UpdateSubcontractPhases", True),
    ]
    header, first, second = document.calls
    assert header.key == HEADER_KEY
    assert header.fields == {
        "Job_Number": JOB,
        "Status_Code": "A",
        "Unit_Price_Flag": "N",
        "GL_Account": "5000",
        "Retention_Percent": "10.0",
    }
    assert first.key == {**HEADER_KEY, "Phase_Code": "09200", "Cost_Type": "S"}
    assert first.fields == {"Bill_Description": "Forms", "Original_Contract_Amount": "1250.50"}
    assert second.parameters == {
        **HEADER_KEY,
        "Phase_Code": "03100",
        "Cost_Type": "S",
        "Bill_Description": "Forms",
        "Original_Contract_Amount": "-50.00",
    }
    assert Document.from_json(document.as_json()).payload_hash == document.payload_hash


def test_lines_of_one_code_are_summed_and_long_descriptions_left_out() -> None:
    lines = [sov(amount="0.10"), sov(2, amount="0.20"), sov(3, phase="03100", description="F" * 26)]
    _, summed, long = written(contract(lines=lines, retainage="")).calls
    assert summed.fields == {"Original_Contract_Amount": "0.30"}
    assert long.fields == {"Original_Contract_Amount": "100.00"}


def test_a_vendor_unlinked_meanwhile_is_an_error() -> None:
    unlinked = contract(vendor={**VENDOR, "origin_id": "", "origin_code": ""})
    with pytest.raises(FixRecord, match="the linked vendor no longer exists"):
        OBJECT.document(unlinked, ANSWERS, context(spectrum()))


def test_spectrum_is_asked_whether_it_holds_the_subcontract() -> None:
    """G6."""
    current = spectrum(records={("UpdateSubcontract", "001", "ACME", "SC-001"): {"Job_Number": JOB}})
    assert OBJECT.holds(current, "ACME/SC-001")
    assert not OBJECT.holds(current, "ACME/SC-002")


CONTRACT = {
    "id": 77,
    "number": "SC-001",
    "title": "Drywall",
    "status": "Approved",
    "retainage_percent": "10.0",
    "vendor": {"id": 31, "company": "Acme Drywall"},
    "origin_id": None,
}
LINE = {
    "id": 900,
    "amount": "100.00",
    "description": "Forms",
    "tax_code_id": None,
    "cost_code": {"id": 5, "full_code": "09-200"},
    "line_item_type": {"id": 6, "code": "S"},
    "wbs_code": {"id": 3, "flat_code": "09-200.S"},
}
PROJECT_RECORD = {"id": 501, "name": "River Tower", "project_number": "24-404", "origin_id": "001:24404"}


def procore(**changed: Any) -> Procore:
    """One project with a subcontract that waits, one that is linked, one that is a draft, and a purchase order."""
    order = {**CONTRACT, "id": 80, "number": "PO-1"}
    return Procore(
        {
            "/rest/v1.0/projects": [PROJECT_RECORD],
            "/rest/v1.0/projects/501": PROJECT_RECORD,
            "/rest/v1.0/projects/501/work_breakdown_structure/wbs_codes": [],
            "/rest/v1.0/vendors/31": {"id": 31, "name": "Acme Drywall", "origin_id": "001:ACME", "origin_code": "ACME"},
            "/rest/v1.0/work_order_contracts": [
                CONTRACT,
                {**CONTRACT, "id": 78, "origin_id": "001:ACME/SC-0"},
                {**CONTRACT, "id": 79, "status": "Draft"},
                {**CONTRACT, "id": 81, "deleted_at": "2026-01-01T00:00:00Z"},
            ],
            "/rest/v1.0/work_order_contracts/77": CONTRACT,
            "/rest/v1.0/work_order_contracts/77/line_items": [LINE],
            "/rest/v1.0/work_order_contracts/79/line_items": [LINE],
            "/rest/v1.0/purchase_order_contracts": [order],
            "/rest/v1.0/purchase_order_contracts/80": order,
            "/rest/v1.0/purchase_order_contracts/80/line_items": [LINE],
            **changed,
        }
    )


def test_approved_unlinked_contracts_are_collected() -> None:
    found = list(OBJECT.collect(procore(), COMPANY, RecordFilter()))
    assert [one.id for one in found] == [RecordId("001", "501", "77"), RecordId("001", "501", "80")]
    assert [one.title for one in found] == [
        "Subcontract SC-001 Drywall, Acme Drywall (River Tower)",
        "Purchase order PO-1 Drywall, Acme Drywall (River Tower)",
    ]
    assert found[1].content["kind"] == "purchase order"
    (facts,) = found[0].content["lines"]
    assert (facts["phase"], facts["cost_type"], facts["amount"]) == ("09200", "S", "100.00")
    assert [one for rule in OBJECT.rules for one in rule(found[0], context(spectrum()))] == []


def test_a_named_contract_is_collected_whatever_it_is() -> None:
    (draft,) = OBJECT.collect(procore(), COMPANY, RecordFilter(records=("79",)))
    assert draft.content["status"] == "Draft"
    assert list(OBJECT.collect(procore(), COMPANY, RecordFilter(projects=("502",)))) == []


def test_only_a_link_of_another_system_is_named() -> None:
    """G1: one of ours is in the ledger."""
    contracts = [{**CONTRACT, "id": 79, "origin_id": "SAGE-7"}, {**CONTRACT, "id": 77, "origin_id": "001:ACME/SC-0"}]
    client = procore(**{"/rest/v1.0/work_order_contracts": contracts})
    other, own = OBJECT.collect(client, COMPANY, RecordFilter(records=("79", "77")))
    assert other.content["linked_elsewhere"] == "SAGE-7"
    assert own.content["linked_elsewhere"] == ""


@pytest.mark.parametrize("record", ["77", "80"])
def test_reading_again_gives_the_same(record: str) -> None:
    """The fingerprint tells whether a record changed while it waited."""
    collected = {one.id.record: one for one in OBJECT.collect(procore(), COMPANY, RecordFilter())}
    again = OBJECT.read(procore(), COMPANY, RecordId("001", "501", record))
    assert again is not None
    assert again.fingerprint == collected[record].fingerprint


def test_marking_does_not_change_what_is_frozen() -> None:
    """G5: what the drift report compares."""
    path = "/rest/v1.0/work_order_contracts/77"
    marked = procore(**{path: {**CONTRACT, "origin_id": "001:ACME/SC-001", "origin_code": "SC-001"}})
    before = OBJECT.read(procore(), COMPANY, RecordId("001", "501", "77"))
    after = OBJECT.read(marked, COMPANY, RecordId("001", "501", "77"))
    assert before is not None
    assert after is not None
    assert after.content == before.content
    assert set(OBJECT.frozen) == {"company", "status", "lines"} < after.content.keys()


def test_a_contract_that_is_gone_is_none() -> None:
    assert OBJECT.read(procore(), COMPANY, RecordId("001", "501", "99")) is None


@pytest.mark.parametrize(("record", "resource"), [("77", "work_order_contract"), ("80", "purchase_order_contract")])
def test_the_contract_is_marked(record: str, resource: str) -> None:
    client = procore()
    assert OBJECT.mark is not None
    assert OBJECT.unmark is not None
    OBJECT.mark(client, COMPANY, RecordId("001", "501", record), "ACME/SC-001")
    OBJECT.unmark(client, COMPANY, RecordId("001", "501", record))
    (_, path, body), (_, _, cleared) = client.written
    assert path == f"/rest/v1.0/{resource}s/{record}"
    assert body["project_id"] == 501
    assert body[resource]["origin_id"] == "001:ACME/SC-001"
    assert body[resource]["origin_code"] == "SC-001"
    assert cleared[resource]["origin_id"] is None


def test_marking_a_contract_that_is_gone_is_an_error() -> None:
    assert OBJECT.mark is not None
    assert OBJECT.unmark is not None
    gone = RecordId("001", "501", "99")
    with pytest.raises(FixRecord, match="gone from Procore"):
        OBJECT.mark(procore(), COMPANY, gone, "ACME/SC-001")
    client = procore()
    OBJECT.unmark(client, COMPANY, gone)
    assert client.written == []


def test_phases_of_the_job_may_be_complete() -> None:
    """G1: a complete phase takes no lines."""
    complete = spectrum(phase_rows={JOB: {("09200", "S"): phase(Status_Code="C")}})
    assert numbers(rules.codes_are_synced(contract(), context(complete))) == ["G1"]
