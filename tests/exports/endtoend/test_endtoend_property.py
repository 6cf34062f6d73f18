"""Random fault sequences over the real stand-ins, of every object: nothing twice, nothing lost (M7).

A few of each here; the thousands are counted by `python -m tests.exports.endtoend.sequences` and the benchmarks.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from spectrum_etl.exports.objects.registry import NAMES
from tests.exports.endtoend.cases import thinned
from tests.exports.endtoend.sequences import FAULTS, MOST_STEPS, Found, Try, play, run
from tests.exports.endtoend.stage import Stage

FEW = 5
MANY = 500
TRIES = st.lists(
    st.builds(
        Try,
        st.lists(st.sampled_from(FAULTS), min_size=1, max_size=2).map(tuple),
        st.one_of(st.just(0), st.just(0), st.integers(1, MOST_STEPS)),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.parametrize(("name", "_"), thinned(("any",)))
def test_any_sequence_ends_linked_and_once(shared_stage: Stage, name: str, _: str) -> None:
    """Shrinks to the shortest sequence where one fails."""

    @settings(
        max_examples=FEW,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(TRIES)
    def sequence(tries: list[Try]) -> None:
        found = Found(name)
        play(shared_stage, name, tries, found)
        assert found.clean, found

    sequence()


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", NAMES)
def test_hundreds_of_sequences(shared_stage: Stage, name: str) -> None:
    """The number to reach: 500 of each object, none written twice, none lost."""
    found = run(shared_stage, name, MANY)
    print(f"\n{found}")
    assert found.sequences == MANY
    assert found.clean, found
