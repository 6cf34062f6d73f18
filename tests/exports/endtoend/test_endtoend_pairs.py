"""A1: two records of one Spectrum key, accepted in the same moment, never become one document.

Real servers, real PostgreSQL, both sent side by side, whatever Spectrum takes to answer.
"""

from __future__ import annotations

import pytest

from tests.exports.endtoend.pairs import PAIRS, Pair, play
from tests.exports.endtoend.stage import Stage

#: Seconds that Spectrum takes to answer a call: those of `make test`, and all.
QUICK, ALL = (0.0, 0.3), (0.0, 0.3, 0.5, 1.5, 4.0)


@pytest.mark.parametrize("seconds", QUICK)
@pytest.mark.parametrize("pair", PAIRS, ids=[pair.title for pair in PAIRS])
def test_a1_of_two_records_with_one_key_one_is_linked_and_the_other_asked_again(
    stage: Stage, pair: Pair, seconds: float
) -> None:
    play(stage, pair, seconds, alike=seconds > 0)
