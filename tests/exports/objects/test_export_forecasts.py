"""Forecasts that become projected costs: rules, form, document and reading (L1, B4)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from spectrum_etl.exports.objects.forecasts import OBJECT
from spectrum_etl.exports.spec import Candidate, RecordFilter
from spectrum_etl.model.record import RecordId
from tests.exports.objects.fakes import (
    COMPANY,
    JOB,
    PROJECT,
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

ANSWERS = {"projection_date": "2026-01-31"}
COLUMN = "Estimated Cost at Completion"


def forecast(**changed: Any) -> Candidate:
    return candidate({"missing": "", "lines": [line()], **changed}, "Forecast of River Tower", record="501")


def test_a_good_forecast_breaks_no_rule() -> None:
    broken = [one for rule in OBJECT.rules for one in rule(forecast(), context())]
    broken += [one for rule in OBJECT.form_rules for one in rule(forecast(), ANSWERS, context())]
    assert broken == []


def test_the_project_is_enabled() -> None:
    """L1."""
    assert numbers(rules.project_is_enabled(forecast(), context(forecast_projects=["502"]))) == ["L1"]
    assert numbers(rules.project_is_enabled(forecast(), context())) == []


def test_the_project_is_synced() -> None:
    """L1."""
    unlinked = forecast(project={**PROJECT, "origin_id": "", "origin_code": ""})
    assert numbers(rules.project_is_synced(unlinked, context())) == ["L1"]
    assert numbers(rules.project_is_synced(forecast(), context())) == []


def test_view_and_column_are_there() -> None:
    """L1."""
    for missing in ("budget view", "column"):
        none = forecast(missing=missing, lines=[])
        assert numbers(rules.column_is_there(none, context())) == ["L1"]
        assert numbers(rules.has_a_figure(none, context())) == []
    assert numbers(rules.column_is_there(forecast(), context())) == []


def test_it_has_a_figure() -> None:
    """L1."""
    assert numbers(rules.has_a_figure(forecast(lines=[]), context())) == ["L1"]
    assert numbers(rules.has_a_figure(forecast(), context())) == []


def test_codes_are_synced() -> None:
    """L1."""
    assert numbers(rules.codes_are_synced(forecast(lines=[line("99999")]), context())) == ["L1"]
    assert numbers(rules.codes_are_synced(forecast(), context())) == []


def test_complete_phases_are_projected_too() -> None:
    """L1: JobCostProjections does not refuse them, and every job under way has some."""
    spectrum = Spectrum(phase_rows={JOB: {("03100", "L"): phase(Status_Code="C")}})
    assert not list(rules.codes_are_synced(forecast(), context(spectrum)))


@pytest.mark.parametrize("code", ["E", "A", " e"])
def test_phases_that_spectrum_projects_itself_are_refused(code: str) -> None:
    """L1: the phase and the code are named; P, and a site that does not show the code, are as entered."""
    spectrum = Spectrum(phase_rows={JOB: {("03100", "L"): phase(Projected_Cost_Code=code), ("03100", "M"): phase()}})
    (broken,) = rules.is_projected_by_hand(forecast(lines=[line(), line(cost_type="M")]), context(spectrum))
    assert broken.rule == "L1"
    assert "phase 03100 with cost type L" in broken.message
    assert f"Projected_Cost_Code {code.strip().upper()}" in broken.message
    for entered in ("P", "", "X"):
        spectrum = Spectrum(phase_rows={JOB: {("03100", "L"): phase(Projected_Cost_Code=entered)}})
        assert numbers(rules.is_projected_by_hand(forecast(), context(spectrum))) == []
    unlinked = forecast(project={**PROJECT, "origin_id": "", "origin_code": ""})
    assert numbers(rules.is_projected_by_hand(unlinked, context(spectrum))) == []


def test_no_code_is_repeated() -> None:
    """L1: Spectrum has one projection of a phase and cost type."""
    assert numbers(rules.repeats_no_code(forecast(lines=[line(), line(position=2)]), context())) == ["L1"]
    assert numbers(rules.repeats_no_code(forecast(lines=[line(), line(cost_type="M")]), context())) == []


def test_amounts_fit() -> None:
    """L1: ten digits before the point."""
    assert numbers(rules.amounts_fit(forecast(lines=[line(amount="10000000000.00")]), context())) == ["L1"]
    assert numbers(rules.amounts_fit(forecast(lines=[line(amount="0.00")]), context())) == []


def test_a_custom_segment_is_refused() -> None:
    """B4."""
    assert numbers(rules.no_custom_segments(forecast(lines=[line(segments=["Floor"])]), context())) == ["B4"]
    assert numbers(rules.no_custom_segments(forecast(), context())) == []


@pytest.mark.parametrize(
    ("day", "broken"), [("2026-01-31", 0), ("", 1), ("01/31/2026", 1), ("2026-02-30", 1), ("1899-12-31", 1)]
)
def test_the_date_is_a_day(day: str, broken: int) -> None:
    """L1."""
    assert numbers(rules.date_is_one(forecast(), {"projection_date": day}, context())) == ["L1"] * broken


LAST = {JOB: {("03100", "L"): "2026-01-20", ("03100", "M"): "2026-02-10", ("09200", "S"): "2026-03-01"}}


@pytest.mark.parametrize(("day", "broken"), [("2026-02-09", 1), ("2026-02-10", 0), ("2026-02-11", 0), ("no day", 0)])
def test_a_day_before_the_last_projection_is_refused(day: str, broken: int) -> None:
    """L1: of the phases that the forecast has a figure for; the last day is named. The same day will do."""
    two = forecast(lines=[line(), line(cost_type="M")])
    found = list(rules.date_is_not_before_the_last(two, {"projection_date": day}, context(Spectrum(projected=LAST))))
    assert numbers(found) == ["L1"] * broken
    for one in found:
        assert "phase 03100 with cost type M has a projection of 2026-02-10" in one.message
        assert one.fix == "type 2026-02-10 or a later day"
    assert numbers(rules.date_is_not_before_the_last(two, {"projection_date": day}, context())) == []


def test_a_day_to_come_is_taken_where_it_can_be_read_back() -> None:
    """L1: GetPhase shows today's projection alone."""
    later = {"projection_date": (datetime.now(UTC).date() + timedelta(days=2)).isoformat()}
    (broken,) = rules.date_has_come(forecast(), later, context(Spectrum(later_projections=False)))
    assert "is in the future" in broken.message
    assert numbers(rules.date_has_come(forecast(), later, context())) == []
    assert numbers(rules.date_has_come(forecast(), ANSWERS, context(Spectrum(later_projections=False)))) == []


def test_today_is_proposed() -> None:
    before = datetime.now(UTC).date().isoformat()
    (field,) = OBJECT.form(forecast(), context(Spectrum(projected=LAST)))
    assert before <= field.proposal <= datetime.now(UTC).date().isoformat()
    assert "Not before 2026-01-20" in field.description


def test_a_later_projection_moves_the_proposal() -> None:
    """L1: what would be refused is never proposed."""
    later = (datetime.now(UTC).date() + timedelta(days=40)).isoformat()
    (field,) = OBJECT.form(forecast(), context(Spectrum(projected={JOB: {("03100", "L"): later}})))
    assert field.proposal == later


def test_every_figure_is_a_projection() -> None:
    """L1, golden values: 0 clears."""
    lines = [line(amount="1250.50"), line(cost_type="M", amount="0.00", position=2)]
    document = OBJECT.document(forecast(lines=lines), ANSWERS, context())
    assert document.key == JOB
    first, second = document.calls
    key = {"Company_Code": "001", "Job_Number": JOB, "Phase_Code": "03100", "Transaction_Date": "01/31/2026"}
    assert (first.service, first.adds) == ("JobCostProjections", False)
    assert first.key == {**key, "Cost_Type": "L"}
    assert first.fields == {"Amount": "1250.50"}
    assert second.key == {**key, "Cost_Type": "M"}
    assert second.fields == {"Amount": "0.00"}


def test_a_forecast_is_offered_again_under_the_same_key() -> None:
    """L1: once its figures differ."""
    assert OBJECT.again
    assert (OBJECT.mark, OBJECT.unmark) == (None, None)
    assert OBJECT.holds(Spectrum(), JOB)
    assert not OBJECT.holds(Spectrum(), "99")


@pytest.fixture
def _enabled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(
        "companies:\n  - {code: '001', name: Demo, phase_category: STD}\n"
        "exports: {forecast_projects: ['501', '502'], budget_view: Forecasting}\n"
    )
    monkeypatch.setenv("SPECTRUM_ETL_SETTINGS", str(path))


ROWS = "/rest/v1.0/budget_views/2/detail_rows"


def row(id: int, category: int, figure: str | None) -> dict[str, Any]:
    return {"id": id, "wbs_code_id": id, "cost_code_id": 5, "category_id": category, COLUMN: figure}


def procore(name: str = "River Tower", **changed: Any) -> Procore:
    return Procore(
        {
            "/rest/v1.0/projects/501": {"id": 501, "name": name, "origin_id": "001:24404", "origin_code": "24404"},
            "/rest/v1.0/budget_views": [{"id": 1, "name": "Standard"}, {"id": 2, "name": "Forecasting"}],
            "/rest/v1.0/cost_codes": [{"id": 5, "full_code": "03-100"}],
            "/rest/v1.0/line_item_types": [{"id": 6, "code": "L"}, {"id": 7, "code": "M"}, {"id": 8, "code": "S"}],
            ROWS: [row(1, 7, "0.0"), row(2, 6, "1250.5"), row(3, 8, None), row(4, 8, "")],
            **changed,
        }
    )


@pytest.mark.usefixtures("_enabled")
def test_enabled_projects_are_collected_with_their_figures() -> None:
    """L1: 0 is a figure, blank is none; a project that is gone is left out."""
    (found,) = OBJECT.collect(procore(), COMPANY, RecordFilter())
    assert found.id == RecordId("001", "501", "501")
    assert found.title == "Forecast of River Tower"
    assert [(one["name"], one["amount"]) for one in found.content["lines"]] == [
        ("03100 L", "1250.50"),
        ("03100 M", "0.00"),
    ]
    assert [one for rule in OBJECT.rules for one in rule(found, context())] == []


@pytest.mark.usefixtures("_enabled")
def test_only_other_figures_make_another_forecast() -> None:
    """L1: neither a new name nor another order of the rows."""
    id = RecordId("001", "501", "501")
    before = OBJECT.read(procore(), COMPANY, id)
    same = OBJECT.read(procore("Tower", **{ROWS: [row(2, 6, "1250.50"), row(1, 7, "0")]}), COMPANY, id)
    other = OBJECT.read(procore(**{ROWS: [row(2, 6, "1250.51"), row(1, 7, "0")]}), COMPANY, id)
    assert before is not None
    assert same is not None
    assert other is not None
    assert same.fingerprint == before.fingerprint != other.fingerprint


@pytest.mark.usefixtures("_enabled")
@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"/rest/v1.0/budget_views": [{"id": 1, "name": "Standard"}]}, "budget view"),
        ({ROWS: [{"id": 1, "cost_code_id": 5, "category_id": 6}]}, "column"),
        ({ROWS: []}, ""),
    ],
)
def test_what_is_missing_is_told(changed: dict[str, Any], missing: str) -> None:
    (found,) = OBJECT.collect(procore(**changed), COMPANY, RecordFilter(projects=("501",)))
    assert (found.content["missing"], found.content["lines"]) == (missing, [])
