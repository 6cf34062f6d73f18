"""Budget changes that become change requests (F1, B4, H2)."""

from typing import Any

import pytest

from spectrum_etl.exports.objects.budget_changes import OBJECT
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
from tests.exports.objects.test_export_budgets import procore as budget_of_river_tower

rules = Rules(OBJECT)

AMOUNT = {"phase": "03100", "cost_type": "L", "amount": "1250.00"}
SYNCED = Links({("budgets", "001", "501"): JOB})


def change(**changed: Any) -> Candidate:
    content = {
        "kind": "budget change",
        "missing": [],
        "modification": "",
        "moved_to": "",
        "linked_elsewhere": "",
        "number": "4",
        "title": "Move to drywall",
        "status": "approved",
        "budget": {"locked": True, "lines": [AMOUNT]},
        "lines": [line(amount="-100.00"), line("09200", "S", amount="100.00", position=2)],
    }
    return candidate({**content, **changed}, "Budget change 4 (River Tower)")


def test_a_good_change_breaks_no_rule() -> None:
    around = context(links=SYNCED)
    assert [one for rule in OBJECT.rules for one in rule(change(), around)] == []
    assert not list(rules.number_is_free(change(), {"change_request_id": "BC4"}, around))


@pytest.mark.parametrize("status", ["draft", "under_review", "void", ""])
def test_only_approved_ones(status: str) -> None:
    """F1."""
    assert numbers(rules.is_approved(change(status=status), context())) == ["F1"]


def test_each_is_exported_once() -> None:
    """F1."""
    links = Links({("budget_changes", "001", "7"): f"{JOB}/BC4"})
    assert numbers(rules.is_not_exported(change(), context(links=links))) == ["F1"]
    assert not list(rules.is_not_exported(change(), context()))


def test_the_job_is_synced() -> None:
    """F1."""
    unlinked = change(project={**PROJECT, "origin_id": "", "origin_code": ""})
    assert numbers(rules.project_is_synced(unlinked, context())) == ["F1"]


def test_the_budget_is_locked() -> None:
    """F1."""
    assert numbers(rules.budget_is_locked(change(budget={"locked": False, "lines": []}), context())) == ["F1"]


def test_an_exported_budget_is_synced() -> None:
    """F1."""
    assert not list(rules.budget_is_synced(change(), context(links=SYNCED)))


def test_a_budget_that_agrees_with_spectrum_is_synced() -> None:
    """F1: one that came from Spectrum has no link of ours."""
    spectrum = Spectrum(phase_rows={JOB: {("03100", "L"): phase(cost="1250.0000"), ("03100", "M"): phase(cost="0.00")}})
    assert not list(rules.budget_is_synced(change(), context(spectrum)))


@pytest.mark.parametrize(
    ("spectrum", "lines"),
    [
        (Spectrum(phase_rows={JOB: {("03100", "L"): phase(cost="1249.99")}}), [AMOUNT]),
        (Spectrum(phase_rows={JOB: {("03100", "L"): phase(cost="1250"), ("09200", "S"): phase(cost="1")}}), [AMOUNT]),
        (Spectrum(phase_rows={JOB: {}}), [AMOUNT]),
        (Spectrum(phase_rows={JOB: {}}), []),
    ],
)
def test_a_budget_that_differs_is_not_synced(spectrum: Spectrum, lines: list[dict[str, str]]) -> None:
    """F1."""
    record = change(budget={"locked": True, "lines": lines})
    (broken,) = rules.budget_is_synced(record, context(spectrum))
    assert broken.rule == "F1"
    assert "export_budgets" in broken.fix


def test_there_is_a_line() -> None:
    """F1."""
    assert numbers(rules.has_a_line(change(lines=[]), context())) == ["F1"]


def test_the_codes_are_synced() -> None:
    """F1."""
    assert numbers(rules.codes_are_synced(change(lines=[line("99999")]), context())) == ["F1"]


def test_custom_segments_are_refused() -> None:
    """B4."""
    assert numbers(rules.no_custom_segments(change(lines=[line(segments=["Area"])]), context())) == ["B4"]


def test_lines_of_one_code_are_refused() -> None:
    """F1."""
    assert numbers(rules.codes_are_distinct(change(lines=[line(), line(position=2)]), context())) == ["F1"]


def test_amounts_fit() -> None:
    """F1."""
    assert numbers(rules.amounts_fit(change(lines=[line(amount="12345678901.00")]), context())) == ["F1"]


@pytest.mark.parametrize(("length", "found"), [(250, []), (251, ["F1"])])
def test_the_title_fits(length: int, found: list[str]) -> None:
    """F1."""
    assert numbers(rules.title_fits(change(title="x" * length), context())) == found


def test_the_job_has_a_customer() -> None:
    """F1."""
    spectrum = Spectrum()
    spectrum.job_rows[JOB]["Customer_Code"] = " "
    assert numbers(rules.customer_is_known(change(), context(spectrum))) == ["F1"]
    assert not list(rules.customer_is_known(change(), context()))


def test_the_status_is_one_of_spectrum() -> None:
    """F1."""
    assert numbers(rules.status_code_is_set(change(), context(Spectrum(statuses={"Z"})))) == ["F1"]
    assert numbers(rules.status_code_is_set(change(), context(change_request_status={}))) == ["F1"]


def test_numbers_of_all_kinds_of_change_requests_clash() -> None:
    """H2."""
    around = context(Spectrum(requests={JOB: {"BC4"}}))
    assert numbers(rules.number_is_free(change(), {"change_request_id": "bc4"}, around)) == ["H2"]


def test_the_form_asks_for_the_number() -> None:
    """F1, H2."""
    (field,) = OBJECT.form(change(), context())
    assert (field.name, field.proposal, field.max_length) == ("change_request_id", "BC4", 8)
    assert OBJECT.form(change(), context(propose_change_order_number=False))[0].proposal == ""
    assert OBJECT.form(change(number="1234567"), context())[0].proposal == ""
    (taken,) = OBJECT.form(change(), context(Spectrum(requests={JOB: {"BC4"}})))
    assert taken.proposal == ""
    assert f"BC4 is taken: job {JOB} already has a change request BC4" in taken.description
    assert OBJECT.form(change(number=""), context())[0].proposal == ""


def test_the_document_repeats_the_header_on_every_line() -> None:
    """F1."""
    document = OBJECT.document(change(), {"change_request_id": " BC4 "}, context())
    assert document.key == f"{JOB}/BC4"
    first, second = document.as_json()["calls"]
    assert first == {
        "service": "ARChangeRequest",
        "adds": True,
        "key": {
            "Company_Code": "001",
            "Job_Number": JOB,
            "Customer_Code": "CITY",
            "Change_Request_Number": "BC4",
            "CR_Phase_Code": "03100",
            "CR_Cost_Type": "L",
        },
        "fields": {
            "CR_Description": "Move to drywall",
            "CR_Status": "A",
            "Change_Request_Hours": "0.00",
            "Change_Request_Amount": "-100.00",
        },
    }
    assert second["key"] == {**first["key"], "CR_Phase_Code": "09200", "CR_Cost_Type": "S"}
    assert second["fields"] == {**first["fields"], "Change_Request_Amount": "100.00"}


def test_a_change_without_title_is_described_by_its_number() -> None:
    document = OBJECT.document(change(title=""), {"change_request_id": "1"}, context())
    assert document.calls[0].fields["CR_Description"] == "Budget change 4"


def procore() -> Any:
    changes = "/rest/v1.0/projects/501/budget_changes"
    lines = [{"id": 1, "wbs_code": {"id": 1}, "amount": "-100.0", "description": "Forms"}]
    return Procore(
        {
            **budget_of_river_tower().answers,
            changes: [{"id": 7, "status": "approved"}, {"id": 8, "status": "draft"}],
            f"{changes}/7": {"id": 7, "number": 4, "status": "approved", "title": "A", "adjustment_line_items": lines},
            f"{changes}/8": {"id": 8, "number": 5, "status": "draft", "title": None, "adjustment_line_items": []},
        }
    )


def test_approved_changes_are_collected_with_their_budget() -> None:
    (found,) = OBJECT.collect(procore(), COMPANY, RecordFilter())
    assert (found.id, found.title) == (RecordId("001", "501", "7"), "Budget change 4 (River Tower)")
    assert found.content["budget"]["lines"][0] == AMOUNT
    (only,) = found.content["lines"]
    assert (only["phase"], only["cost_type"], only["amount"]) == ("03100", "L", "-100.00")
    assert OBJECT.read(procore(), COMPANY, found.id) == found
    assert OBJECT.read(procore(), COMPANY, RecordId("001", "501", "9")) is None


def test_a_change_that_the_form_names_is_collected_whatever_it_is() -> None:
    found = OBJECT.collect(procore(), COMPANY, RecordFilter(projects=("501",), records=("8",)))
    assert [one.id.record for one in found] == ["8"]


def test_whether_spectrum_holds_a_change_request() -> None:
    spectrum = Spectrum(requests={JOB: {"BC4"}})
    assert OBJECT.holds(spectrum, f"{JOB}/BC4")
    assert not OBJECT.holds(spectrum, f"{JOB}/BC5")
