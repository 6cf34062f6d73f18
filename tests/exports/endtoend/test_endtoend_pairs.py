"""A1: two records of one Spectrum key, accepted in the same moment, never become one document.

Real servers, real PostgreSQL, both sent side by side, whatever Spectrum takes to answer. What else may happen to the
warehouse meanwhile: `test_endtoend_pairs_warehouse`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from tests.exports.endtoend.pair_records import PAIRS, Pair
from tests.exports.endtoend.pairs import Table, play, table
from tests.exports.endtoend.stage import Stage

#: Seconds that Spectrum takes to answer a call: those of all pairs one by one, and the others.
QUICK, SLOW = (0.0, 0.3), (0.5, 1.5, 4.0)
#: How many pairs there are in all.
ALL = 200
#: Combinations that are played twice at each of the first delays.
TWICE = 5


@pytest.fixture(scope="module")
def on(shared_stage: Stage) -> Iterator[Table]:
    """Where they are played."""
    with table(shared_stage) as on:
        yield on


def _paced(pairs: Sequence[Pair], *at_both: Pair) -> list[Any]:
    """Pairs at 0 and 0.3 s an answer: `make test` plays all of them at the first, and these at both."""
    return [
        pytest.param(
            pair,
            seconds,
            id=f"{pair.title}, {seconds} s",
            marks=() if seconds == QUICK[0] or pair in at_both else pytest.mark.slow,
        )
        for pair in pairs
        for seconds in QUICK
    ]


@pytest.mark.parametrize(("pair", "seconds"), _paced(PAIRS, *{pair.space: pair for pair in PAIRS}.values()))
def test_a1_of_two_records_with_one_key_one_is_linked_and_the_other_asked_again(
    on: Table, pair: Pair, seconds: float
) -> None:
    """40 pairs with those below; in `make test` one of each space at both paces."""
    play(on, pair, seconds, alike=True, to_the_end=seconds == QUICK[0])


@pytest.mark.parametrize(("pair", "seconds"), _paced(PAIRS[:TWICE]))
def test_a1_also_where_titles_and_spelling_differ(on: Table, pair: Pair, seconds: float) -> None:
    """`95` and `0095` are one number; lines of two requests with different titles were merged, too."""
    play(on, pair, seconds, alike=False, to_the_end=False)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a1_two_hundred_pairs(on: Table, record_property: Callable[[str, object], None]) -> None:
    """Every combination at every delay, then again until there are 200 with those above."""
    turns = [(pair, seconds, alike) for alike in (True, False) for seconds in SLOW for pair in PAIRS]
    turns += [(pair, seconds, False) for pair in PAIRS[TWICE:] for seconds in QUICK]
    played: Counter[str] = Counter()
    left = ALL - len(QUICK) * (len(PAIRS) + TWICE)
    for pair, seconds, alike in (turns + turns)[:left]:
        play(on, pair, seconds, alike=alike)
        played[f"{pair.space}, {seconds} s"] += 1
    told = f"{sum(played.values())} pairs, none merged, one of each linked, the other asked again: {dict(played)}"
    record_property("counted", told)
    assert sum(played.values()) == left
