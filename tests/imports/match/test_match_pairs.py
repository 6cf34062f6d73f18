"""Precision and recall of what is suggested, on pairs written by hand; exact links are never wrong (N3, C2).

The cases with odd numbers were tuned on; those with even numbers only measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from pair_file import Case, half, read_cases, together

from spectrum_etl.imports.match import Suggestion, Thresholds, suggest

CASES = read_cases()


def _suggested(case: Case) -> Sequence[Suggestion]:
    return list(suggest(case.vendors, case.companies, Thresholds()))


def _pairs(found: Sequence[Suggestion]) -> set[tuple[str, str]]:
    return {(one.spectrum_key, one.record_id) for one in found}


def test_there_are_two_hundred_pairs_and_no_code_stands_twice() -> None:
    assert sum(len(case.vendors) * len(case.companies) for case in CASES.values()) >= 200
    whole = together(CASES.values())
    for side in (whole.vendors, whole.companies):
        assert len({party.key for party in side}) == len(side)
    assert {vendor for vendor, _ in whole.same} <= {party.key for party in whole.vendors}
    assert len(whole.same) >= 120


@pytest.mark.parametrize("odd", [True, False], ids=["tuned on", "held out"])
def test_n3_suggestions_are_right_and_few_are_missed(odd: bool, record_property: Callable[[str, object], None]) -> None:
    case = half(CASES, odd=odd)
    found = _pairs(_suggested(case))
    right = found & case.same
    precision, recall = len(right) / len(found), len(right) / len(case.same)
    measured = (
        f"precision {precision:.3f}, recall {recall:.3f} ({len(right)} of {len(case.same)}, {len(found)} suggested)"
    )
    record_property("counted", f"suggested matches, {'tuned on' if odd else 'held out'}: {measured}")
    assert precision >= 0.95
    assert recall >= 0.9


def test_n3_no_exact_link_is_wrong(record_property: Callable[[str, object], None]) -> None:
    """Neither with all cases together, nor in any of them, where fewer others have the same name."""
    whole = together(CASES.values())
    found = [
        [(case, pair) for pair in _pairs([o for o in _suggested(case) if o.exact])] for case in (whole, *CASES.values())
    ]
    wrong = [pair for exact in found for case, pair in exact if pair not in case.same]
    record_property("counted", f"exact matches: {len(found[0])}, {len(wrong)} of them wrong")
    assert wrong == []
    assert len(found[0]) >= 12


@pytest.mark.parametrize(
    "name", [name for name in CASES if name.startswith(("other case", "surrounding punctuation", "moved"))]
)
def test_c2_the_same_name_is_exact(name: str) -> None:
    found = _suggested(CASES[name])
    assert _pairs(found) == CASES[name].same
    assert all(one.exact and one.attributes[0] == "same name" for one in found)
