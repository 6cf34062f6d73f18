"""Procore's records as facts: codes, segments, lines, money."""

import pytest

from spectrum_etl.exports.objects.facts import WbsCodes, code_facts, line_facts, money, phase_code

AREA = {"code": "N", "segment": {"type": "custom", "name": "Area"}}
WBS = {
    "id": 11,
    "flat_code": "03-100.L",
    "segment_items": [
        {"code": "100", "path_code": "03-100", "segment": {"type": "cost_code", "name": "Cost Code"}},
        {"code": "l", "segment": {"type": "line_item_type", "name": "Cost Type"}},
    ],
}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("100", "100.00"),
        (100.1, "100.10"),
        ("-0.0", "0.00"),
        (0, "0.00"),
        ("1E+3", "1000.00"),
        (None, ""),
        ("1.005", "1.005"),
        ("NaN", "NaN"),
        ("five", "five"),
    ],
)
def test_money_is_exact_text(value: object, text: str) -> None:
    assert money(value) == text


@pytest.mark.parametrize(("code", "phase"), [("03-100", "03100"), ("01 31.00/a", "013100A"), ("", "")])
def test_phase_codes_have_no_separators(code: str, phase: str) -> None:
    assert phase_code(code) == phase


def test_a_budget_code_is_phase_and_cost_type() -> None:
    """B2."""
    assert code_facts(WBS) == {"code": "03-100.L", "phase": "03100", "cost_type": "L", "segments": []}


def test_further_segments_are_named() -> None:
    """B4."""
    assert code_facts({**WBS, "segment_items": [*WBS["segment_items"], AREA]})["segments"] == ["Area"]


def test_lines_name_their_code_in_three_ways() -> None:
    codes = WbsCodes([WBS])
    own = {"phase": "03100", "cost_type": "L"}
    by_id = line_facts({"id": 1, "wbs_code_id": "11"}, codes, 1, "5")
    by_object = line_facts({"id": 1, "wbs_code": {"id": 11, "flat_code": "03-100.L"}}, codes, 2, "5")
    by_parts = line_facts({"cost_code": {"full_code": "03-100"}, "line_item_type": {"code": "L"}}, codes, 3, "5")
    for line in (by_id, by_object, by_parts):
        assert own.items() <= line.items()
        assert line["code"] == "03-100.L"
        assert line["amount"] == "5.00"
    assert by_object["name"] == "line 2"


def test_an_unknown_code_stays_empty() -> None:
    line = line_facts({"wbs_code_id": 12}, WbsCodes([WBS]), 1, None)
    assert (line["phase"], line["cost_type"], line["amount"]) == ("", "", "")
