"""Commitment change orders that become change requests: rules, form, document and reading (H1-H3, B4)."""

from typing import Any

import pytest

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports.objects.commitment_change_orders import OBJECT
from spectrum_etl.exports.rules.commitment_change_orders import subcontract_of
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

VENDOR = {"id": "31", "name": "Acme Drywall", "origin_id": "001:ACME", "origin_code": "ACME"}
CONTRACT = {"id": "77", "name": "SC-001 Drywall", "origin_id": "001:ACME/SC-001", "origin_code": "SC-001"}
SUBCONTRACT = ("UpdateSubcontract", "001", "ACME", "SC-001")
ANSWERS = {"change_request_id": "S1-002"}


def sov(position: int = 1, **changed: Any) -> dict[str, Any]:
    return line(**{"phase": "09200", "cost_type": "S", **changed}, position=position)


def order(**changed: Any) -> Candidate:
    facts = {
        "type": "CommitmentContractChangeOrder",
        "number": "002",
        "description": "More drywall",
        "status": "approved",
        "total": "100.00",
        "contract": CONTRACT,
        "vendor": VENDOR,
        "taxed": False,
        "linked_elsewhere": "",
        "lines": [sov()],
    }
    return candidate({**facts, **changed}, "Change order 002")


def spectrum(**changed: Any) -> Spectrum:
    vendors = [{"Vendor_Code": "ACME", "Vendor_Name": "Acme Drywall"}]
    return Spectrum(**{"vendor_rows": vendors, "records": {SUBCONTRACT: {"Job_Number": JOB}}, **changed})


def test_a_good_change_order_breaks_no_rule() -> None:
    broken = [one for rule in OBJECT.rules for one in rule(order(), context(spectrum()))]
    broken += [one for rule in OBJECT.form_rules for one in rule(order(), ANSWERS, context(spectrum()))]
    assert broken == []


def test_it_is_of_a_commitment() -> None:
    """H1."""
    assert numbers(rules.is_of_a_commitment(order(type="PrimeContractChangeOrder"), context(spectrum()))) == ["H1"]
    assert numbers(rules.is_of_a_commitment(order(), context(spectrum()))) == []


def test_the_company_is_linked() -> None:
    """H1, C4."""
    assert numbers(rules.company_is_linked(order(), context(spectrum(vendor_rows=[])))) == ["H1"]
    assert numbers(rules.company_is_linked(order(), context(spectrum()))) == []


def test_the_project_is_synced() -> None:
    """H1."""
    unlinked = order(project={**PROJECT, "origin_id": "", "origin_code": ""})
    assert numbers(rules.project_is_synced(unlinked, context(spectrum()))) == ["H1"]
    assert numbers(rules.project_is_synced(order(), context(spectrum()))) == []


def test_the_commitment_is_synced_and_in_spectrum() -> None:
    """H1: linked, there, and of the project's job."""
    unlinked = order(contract={**CONTRACT, "origin_id": "", "origin_code": ""})
    assert numbers(rules.commitment_is_synced(unlinked, context(spectrum()))) == ["H1"]
    assert numbers(rules.commitment_is_synced(order(), context(spectrum(records={})))) == ["H1"]
    moved = spectrum(records={SUBCONTRACT: {"Job_Number": "99"}})
    assert numbers(rules.commitment_is_synced(order(), context(moved))) == ["H1"]
    assert numbers(rules.commitment_is_synced(order(), context(spectrum()))) == []
    links = Links({("commitments", "001", "77"): "ACME/SC-001"})
    assert numbers(rules.commitment_is_synced(unlinked, context(spectrum(), links))) == []


@pytest.mark.parametrize(
    ("contract", "found"),
    [
        (CONTRACT, ("ACME", "SC-001")),
        ({**CONTRACT, "origin_id": "4711", "origin_code": "SC-9"}, ("ACME", "SC-9")),
        ({**CONTRACT, "origin_id": "001:SC-9", "origin_code": ""}, ("ACME", "SC-9")),
        ({**CONTRACT, "origin_id": "", "origin_code": ""}, None),
    ],
)
def test_the_subcontract_is_that_of_the_contract(contract: dict[str, str], found: tuple[str, str] | None) -> None:
    assert subcontract_of(order(contract=contract), context(spectrum())) == found


def test_the_status_is_approved() -> None:
    """H1."""
    assert numbers(rules.is_approved(order(status="pending"), context(spectrum()))) == ["H1"]
    assert numbers(rules.is_approved(order(status="Approved"), context(spectrum()))) == []


def test_it_has_a_line() -> None:
    """H1."""
    assert numbers(rules.has_a_line(order(lines=[]), context(spectrum()))) == ["H1"]
    assert numbers(rules.has_a_line(order(), context(spectrum()))) == []


def test_codes_are_synced() -> None:
    """H1."""
    assert numbers(rules.codes_are_synced(order(lines=[sov(phase="99999")]), context(spectrum()))) == ["H1"]
    assert numbers(rules.codes_are_synced(order(), context(spectrum()))) == []


def test_lines_share_one_cost_type() -> None:
    """H1."""
    mixed = order(lines=[sov(), sov(2, phase="03100", cost_type="L")])
    assert numbers(rules.has_one_cost_type(mixed, context(spectrum()))) == ["H1"]
    assert numbers(rules.has_one_cost_type(order(), context(spectrum()))) == []


def test_no_code_is_repeated() -> None:
    """H1: Spectrum keeps one line of a phase and cost type in a change request."""
    assert numbers(rules.codes_are_distinct(order(lines=[sov(), sov(2)]), context(spectrum()))) == ["H1"]
    assert numbers(rules.codes_are_distinct(order(lines=[sov(), sov(2, phase="03100")]), context(spectrum()))) == []


def test_amounts_fit() -> None:
    """H1: ten digits before the point."""
    assert numbers(rules.amounts_fit(order(lines=[sov(amount="10000000000.00")]), context(spectrum()))) == ["H1"]
    assert numbers(rules.amounts_fit(order(lines=[sov(amount="-9999999999.99")]), context(spectrum()))) == []


def test_lines_add_up_to_the_total() -> None:
    """H1; with tax codes the total has the tax in it."""
    assert numbers(rules.lines_add_up(order(total="101.00"), context(spectrum()))) == ["H1"]
    assert numbers(rules.lines_add_up(order(total="101.00", taxed=True), context(spectrum()))) == []
    assert numbers(rules.lines_add_up(order(), context(spectrum()))) == []


def test_a_difference_below_a_cent_is_told_as_it_is() -> None:
    """Not `its lines add up to 5.00, its total is 5.00`."""
    (problem,) = rules.lines_add_up(order(total="5.00", lines=[sov(amount="5.001")]), context(spectrum()))
    assert "its lines add up to 5.001, its total is 5.00" in problem.message


def test_the_description_fits() -> None:
    """H1: at most 250 characters."""
    assert numbers(rules.description_fits(order(description="d" * 251), context(spectrum()))) == ["H1"]
    assert numbers(rules.description_fits(order(description="d" * 250), context(spectrum()))) == []


def test_what_is_wrong_with_the_title_is_told_of_the_title() -> None:
    """Procore's change order has a title alone: it becomes the description in Spectrum."""
    (problem,) = rules.description_fits(order(description="d" * 251), context(spectrum()))
    assert problem.field == "title"


def test_the_job_has_a_customer() -> None:
    """H1."""
    orphan = spectrum()
    orphan.job_rows[JOB]["Customer_Code"] = " "
    assert numbers(rules.customer_is_known(order(), context(orphan))) == ["H1"]
    assert numbers(rules.customer_is_known(order(), context(spectrum()))) == []


def test_the_status_code_is_one_of_spectrums() -> None:
    """H1: set, and known where Spectrum's can be read."""
    unset = {"change_request_status": {}}
    wrong = {"change_request_status": {"commitment_change_order": "Z"}}
    assert numbers(rules.status_code_is_set(order(), context(spectrum(), **unset))) == ["H1"]
    assert numbers(rules.status_code_is_set(order(), context(spectrum(), **wrong))) == ["H1"]
    assert numbers(rules.status_code_is_set(order(), context(spectrum(statuses=set()), **wrong))) == []
    assert numbers(rules.status_code_is_set(order(), context(spectrum()))) == []


def test_one_that_another_system_linked_is_not_exported() -> None:
    """H1."""
    assert numbers(rules.is_not_linked_elsewhere(order(linked_elsewhere="SAGE-7"), context(spectrum()))) == ["H1"]
    assert numbers(rules.is_not_linked_elsewhere(order(), context(spectrum()))) == []


def test_a_custom_segment_is_refused() -> None:
    """B4."""
    assert numbers(rules.no_custom_segments(order(lines=[sov(segments=["Floor"])]), context(spectrum()))) == ["B4"]
    assert numbers(rules.no_custom_segments(order(), context(spectrum()))) == []


@pytest.mark.parametrize(
    ("number", "broken"), [("S1-002", 0), ("12345678", 0), ("", 1), ("123456789", 1), ("7", 1), ("007", 1)]
)
def test_the_change_request_id_fits_and_is_free(number: str, broken: int) -> None:
    """H2: all change requests of the job share one space of numbers."""
    used = context(spectrum(requests={JOB: {"7", "PCO1"}}))
    assert numbers(rules.number_is_free(order(), {"change_request_id": number}, used)) == ["H2"] * broken


def test_the_number_is_proposed_as_the_settings_say() -> None:
    """H2."""
    assert OBJECT.form(order(), context(spectrum()))[0].proposal == "002"
    assert OBJECT.form(order(), context(spectrum(), propose_change_order_number=False))[0].proposal == ""
    (clash,) = OBJECT.form(order(), context(spectrum(requests={JOB: {"2"}})))
    assert clash.proposal == ""
    assert "Procore's number 002 is taken" in clash.description


def test_the_approver_is_told_what_is_not_sent() -> None:
    (field,) = OBJECT.form(order(taxed=True, lines=[sov(description="d" * 31)]), context(spectrum()))
    assert "more than 30 characters are not sent: line 1." in field.description
    assert "without tax" in field.description


def test_a_change_request_is_one_call_a_line() -> None:
    """H1, golden values: the subcontract changes, the estimate does not."""
    lines = [sov(amount="150.00"), sov(2, phase="03100", amount="-50.00", description="d" * 31)]
    document = OBJECT.document(order(lines=lines), ANSWERS, context(spectrum()))
    assert document.key == f"{JOB}/S1-002"
    first, second = document.calls
    key = {
        "Company_Code": "001",
        "Job_Number": JOB,
        "Customer_Code": "CITY",
        "Change_Request_Number": "S1-002",
        "Subcontractor_Code": "ACME",
        "Subcontract_Number": "SC-001",
    }
    fields = {
        "CR_Description": "More drywall",
        "CR_Status": "A",
        "Sub_Status": "P",
        "Change_Request_Hours": "0.00",
        "Change_Request_Amount": "0.00",
    }
    assert first.service == second.service == "ARChangeRequest"
    assert first.adds
    assert second.adds
    assert first.key == {**key, "CR_Phase_Code": "09200", "CR_Cost_Type": "S"}
    assert first.fields == {**fields, "Sub_Amount": "150.00", "Sub_Description": "Forms"}
    assert second.key == {**key, "CR_Phase_Code": "03100", "CR_Cost_Type": "S"}
    assert second.fields == {**fields, "Sub_Amount": "-50.00"}


def test_a_commitment_unlinked_meanwhile_is_an_error() -> None:
    unlinked = order(contract={**CONTRACT, "origin_id": "", "origin_code": ""})
    with pytest.raises(FixRecord, match="the subcontract of the contract no longer exists"):
        OBJECT.document(unlinked, ANSWERS, context(spectrum()))


def test_spectrum_is_asked_whether_it_holds_the_change_request() -> None:
    """H3."""
    current = spectrum(requests={JOB: {"S1-002"}})
    assert OBJECT.holds(current, f"{JOB}/s1-002")
    assert not OBJECT.holds(current, f"{JOB}/S1-003")


PROJECT_RECORD = {"id": 501, "name": "River Tower", "project_number": "24-404", "origin_id": "001:24404"}
LISTED = {"id": 9, "contract_id": 77, "number": "002", "status": "approved", "title": "More drywall", "origin_id": None}
PACKAGE = {
    **LISTED,
    "type": "CommitmentContractChangeOrder",
    "grand_total": "100.00",
    "line_items": [
        {
            "id": 900,
            "extended_amount": "100.00",
            "total_amount": "108.00",
            "description": "Forms",
            "cost_code": {"id": 5, "full_code": "09-200"},
            "line_item_type": {"id": 6, "code": "S"},
        }
    ],
}
SUBCONTRACT_RECORD = {
    "id": 77,
    "number": "SC-001",
    "title": "Drywall",
    "vendor": {"id": 31},
    "origin_id": "001:ACME/SC-001",
    "origin_code": "SC-001",
}


def procore(**changed: Any) -> Procore:
    """One project with a change order that waits, a linked one, a pending one, and one of the prime contract."""
    return Procore(
        {
            "/rest/v1.0/projects": [PROJECT_RECORD],
            "/rest/v1.0/projects/501": PROJECT_RECORD,
            "/rest/v1.0/vendors/31": {"id": 31, "name": "Acme Drywall", "origin_id": "001:ACME", "origin_code": "ACME"},
            "/rest/v1.0/work_order_contracts": [SUBCONTRACT_RECORD],
            "/rest/v1.0/work_order_contracts/77": SUBCONTRACT_RECORD,
            "/rest/v1.0/change_order_packages": [
                LISTED,
                {**LISTED, "id": 10, "origin_id": "001:24404/1"},
                {**LISTED, "id": 11, "status": "pending"},
                {**LISTED, "id": 12, "contract_id": 70},
            ],
            "/rest/v1.0/change_order_packages/9": PACKAGE,
            "/rest/v1.0/change_order_packages/11": {**PACKAGE, "id": 11, "status": "pending"},
            "/rest/v1.0/change_order_packages/12": {**PACKAGE, "id": 12, "type": "PrimeContractChangeOrder"},
            **changed,
        }
    )


def test_approved_unlinked_change_orders_of_commitments_are_collected() -> None:
    (found,) = OBJECT.collect(procore(), COMPANY, RecordFilter())
    assert found.id == RecordId("001", "501", "9")
    assert found.title == "Change order 002 More drywall of SC-001 Drywall (River Tower)"
    assert found.content["lines"][0]["amount"] == "100.00"
    assert [one for rule in OBJECT.rules for one in rule(found, context(spectrum()))] == []


def test_named_change_orders_are_collected_whatever_they_are() -> None:
    pending, prime = OBJECT.collect(procore(), COMPANY, RecordFilter(records=("11", "12")))
    assert numbers(rules.is_approved(pending, context(spectrum()))) == ["H1"]
    assert numbers(rules.is_of_a_commitment(prime, context(spectrum()))) == ["H1"]


def test_reading_again_gives_the_same() -> None:
    (collected,) = OBJECT.collect(procore(), COMPANY, RecordFilter())
    again = OBJECT.read(procore(), COMPANY, collected.id)
    assert again is not None
    assert again.fingerprint == collected.fingerprint
    assert OBJECT.read(procore(), COMPANY, RecordId("001", "501", "99")) is None


def test_the_change_order_is_marked() -> None:
    client = procore()
    assert OBJECT.mark is not None
    assert OBJECT.unmark is not None
    OBJECT.mark(client, COMPANY, RecordId("001", "501", "9"), f"{JOB}/S1-002")
    OBJECT.unmark(client, COMPANY, RecordId("001", "501", "9"))
    OBJECT.unmark(client, COMPANY, RecordId("001", "501", "99"))
    (_, path, body), (_, _, cleared) = client.written
    assert path == "/rest/v1.0/change_order_packages/9"
    assert body["change_order"]["origin_id"] == f"001:{JOB}/S1-002"
    assert body["change_order"]["origin_code"] == "S1-002"
    assert cleared["change_order"]["origin_id"] is None
