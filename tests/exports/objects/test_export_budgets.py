"""Budgets that become original estimates (E1-E4, B2, B4)."""

from typing import Any

import pytest

from spectrum_etl.exports.objects.budget_drift import changed
from spectrum_etl.exports.objects.budgets import OBJECT
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


def budget(**changed: Any) -> Candidate:
    lines = [line(amount="1250.00"), line("09200", "S", amount="0.00", position=2)]
    return candidate({"locked": True, "lines": lines, **changed}, "Budget of River Tower", "501")


def test_a_good_budget_breaks_no_rule() -> None:
    """E1, E4."""
    assert [one for rule in OBJECT.rules for one in rule(budget(), context())] == []
    assert OBJECT.form(budget(), context()) == ()


def test_the_job_is_synced() -> None:
    """E1."""
    unlinked = budget(project={**PROJECT, "origin_id": "", "origin_code": ""})
    assert numbers(rules.project_is_synced(unlinked, context())) == ["E1"]


def test_the_budget_exists() -> None:
    """E1."""
    assert numbers(rules.has_a_line(budget(lines=[]), context())) == ["E1"]


def test_the_budget_is_locked() -> None:
    """E1."""
    assert numbers(rules.is_locked(budget(locked=False), context())) == ["E1"]


def test_the_codes_are_synced() -> None:
    """E1."""
    assert numbers(rules.codes_are_synced(budget(lines=[line(), line("99999")]), context())) == ["E1"]


def test_complete_phases_have_estimates_too() -> None:
    """E1."""
    spectrum = Spectrum(phase_rows={JOB: {("03100", "L"): phase(Status_Code="C")}})
    assert not list(rules.codes_are_synced(budget(lines=[line()]), context(spectrum)))


def test_custom_segments_are_refused() -> None:
    """B4."""
    assert numbers(rules.no_custom_segments(budget(lines=[line(segments=["Area"])]), context())) == ["B4"]


def test_lines_do_not_replace_each_other() -> None:
    """E1."""
    assert numbers(rules.codes_are_distinct(budget(lines=[line(), line(position=2)]), context())) == ["E1"]


@pytest.mark.parametrize(("amount", "found"), [("-5.00", []), ("999999999.99", []), ("", ["E3"]), ("1.001", ["E3"])])
def test_amounts_fit(amount: str, found: list[str]) -> None:
    """E3, E4."""
    assert numbers(rules.amounts_fit(budget(lines=[line(amount=amount)]), context())) == found


def test_a_budget_is_sent_once() -> None:
    """E2."""
    links = Links({("budgets", "001", "501"): JOB})
    assert numbers(rules.is_not_exported(budget(), context(links=links))) == ["E2"]
    assert not list(rules.is_not_exported(budget(), context()))


def test_the_document_sends_amounts_and_leaves_the_rest_as_it_is() -> None:
    """E3, E4, B2."""
    spectrum = Spectrum(phase_rows={JOB: {("03100", "L"): phase(Status_Code="I"), ("09200", "S"): phase("Drywall")}})
    spectrum.phase_rows[JOB]["09200", "S"]["Price_Method_Code"] = ""
    document = OBJECT.document(budget(), {}, context(spectrum))
    assert document.key == JOB
    assert document.as_json()["calls"] == [
        {
            "service": "AddPhase",
            "adds": False,
            "key": {"Company_Code": "001", "Job_Number": JOB, "Phase_Code": "03100", "Cost_Type": "L"},
            "fields": {
                "Description": "Concrete",
                "Original_Est_Cost": "1250.00",
                "Price_Method_Code": "F",
                "Status_Code": "I",
            },
        },
        {
            "service": "AddPhase",
            "adds": False,
            "key": {"Company_Code": "001", "Job_Number": JOB, "Phase_Code": "09200", "Cost_Type": "S"},
            "fields": {
                "Description": "Drywall",
                "Original_Est_Cost": "0.00",
                "Price_Method_Code": "J",
                "Status_Code": "A",
            },
        },
    ]


def wbs(id: int, code: str, kind: str) -> dict[str, Any]:
    return {
        "id": id,
        "flat_code": f"{code}.{kind}",
        "segment_items": [
            {"code": code, "path_code": code, "segment": {"type": "cost_code"}},
            {"code": kind, "segment": {"type": "line_item_type"}},
        ],
    }


def procore() -> Any:
    return Procore(
        {
            "/rest/v1.0/projects": [{"id": 501}, {"id": 502}, {"id": 503}],
            "/rest/v1.0/projects/501": {
                "id": 501,
                "name": "River Tower",
                "project_number": "24-404",
                "origin_id": "001:24404",
                "origin_code": "24404",
            },
            "/rest/v1.0/projects/502": {"id": 502, "name": "No budget"},
            "/rest/v1.0/projects/502/budget": {"locked": False},
            "/rest/v1.0/projects/501/budget": {"locked": True},
            "/rest/v1.0/projects/501/work_breakdown_structure/wbs_codes": [
                wbs(1, "03-100", "L"),
                wbs(2, "09-200", "S"),
            ],
            "/rest/v1.0/budget_views": [{"id": 31}, {"id": 30}],
            "/rest/v1.0/budget_views/30/detail_rows": [
                {"id": 102, "wbs_code_id": 2, "original_budget_amount": "0.0"},
                {"id": 101, "wbs_code_id": 1, "cost_code": "03-100 - Forms", "original_budget_amount": "1250.0"},
                {"id": 103, "wbs_code_id": 1, "original_budget_amount": None, "unbudgeted_reason": "costs"},
            ],
        }
    )


def test_budgets_are_collected_in_the_order_of_their_codes() -> None:
    found, *others = OBJECT.collect(procore(), COMPANY, RecordFilter(projects=("501",)))
    assert others == []
    assert found.id == RecordId("001", "501", "501")
    assert found.content["project"] == PROJECT
    assert found.content["locked"] is True
    assert [(x["name"], x["phase"], x["cost_type"], x["amount"]) for x in found.content["lines"]] == [
        ("budget line 03-100.L", "03100", "L", "1250.00"),
        ("budget line 09-200.S", "09200", "S", "0.00"),
    ]
    assert [one for rule in OBJECT.rules for one in rule(found, context())] == []


def test_projects_without_a_budget_are_shown_when_they_are_named() -> None:
    """E1."""
    client = procore()
    client.answers["/rest/v1.0/budget_views"] = []
    assert [one.id.record for one in OBJECT.collect(client, COMPANY, RecordFilter())] == []
    assert [one.id.record for one in OBJECT.collect(client, COMPANY, RecordFilter(records=("502",)))] == ["502"]


def test_e2_what_was_changed_after_the_export_is_told_by_code_with_both_amounts() -> None:
    held = budget(
        locked=False,
        lines=[line(amount="1300.00"), line("03100", "M", amount="75.00"), line("02300", "E", amount="0.00")],
    ).content
    exported = budget(lines=[line(amount="1250.00"), line("09200", "S", amount="900.00")]).content
    changes = list(changed(exported, held))
    assert [(change.name, change.was, change.now) for change in changes] == [
        ("locked", True, False),
        ("03100.L", "1250.00", "1300.00"),
        ("03100.M", None, "75.00"),
        ("09200.S", "900.00", None),
    ]
    words = ("unlocked", "from 1250.00 to 1300.00", "03100.M of 75.00 was added", "09200.S of 900.00 was removed")
    for word, change in zip(words, changes, strict=True):
        assert word in change.happened
        assert change.happened.endswith("in Procore after the export")
    assert "lock it again" in changes[0].remedy
    assert all("budget change" in change.remedy for change in changes[1:])


def test_e2_a_budget_that_is_as_it_was_exported_differs_in_nothing() -> None:
    exported = budget(lines=[line(amount="1250.00"), line("09200", "S", amount="0.00")]).content
    assert list(changed(exported, exported)) == []
    without_the_line_of_zero = budget(lines=[line(amount="1250.00")]).content
    assert list(changed(exported, without_the_line_of_zero)) == []
    in_two_lines = budget(lines=[line(amount="1000.00"), line(amount="250.00", position=2)]).content
    assert list(changed(without_the_line_of_zero, in_two_lines)) == []


def test_e2_amounts_that_are_gone_or_unreadable_are_told() -> None:
    exported = budget(lines=[line(amount="1250.00"), line("09200", "S", amount="7.00")]).content
    held = budget(
        lines=[line(amount=""), line("09200", "S", amount="7.001"), line("09200", "S", amount="1.00")]
    ).content
    assert [(change.name, change.was, change.now) for change in changed(exported, held)] == [
        ("03100.L", "1250.00", ""),
        ("09200.S", "7.00", "8.001"),
    ]


def test_an_estimate_of_zero_is_gone() -> None:
    """G6 for budgets: unlinking wants no estimate left in the job."""
    assert not OBJECT.holds(Spectrum(), JOB)
    assert OBJECT.holds(Spectrum(phase_rows={JOB: {("03100", "L"): phase(cost="0.01")}}), JOB)


def test_the_link_is_in_the_ledger_alone() -> None:
    assert OBJECT.mark is None
    assert OBJECT.unmark is None
