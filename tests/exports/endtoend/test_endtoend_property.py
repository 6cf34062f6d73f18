"""Random fault sequences over the real stand-ins, of every object: nothing twice, lost, merged or stuck (M7, A1).

A few of each here; hundreds in `test_endtoend_hundreds`, and by `python -m tests.exports.endtoend.sequences`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from spectrum_etl.exports.objects.registry import NAMES
from tests.exports.endtoend.pairs import table
from tests.exports.endtoend.places import ANSWER_SECONDS
from tests.exports.endtoend.sequences import FAULTS, MOST_STEPS, WITH, Found, Story, Try, counted, play, run
from tests.exports.endtoend.stage import Stage

#: Of each object in `make test`; the slow answers take so many seconds at most, longer than a sender waits.
FEW, BRIEF = 20, 0.9
EXAMPLES = 50
TRIES = st.lists(
    st.builds(
        Try,
        st.lists(st.sampled_from(FAULTS), min_size=1, max_size=2).map(tuple),
        st.one_of(st.just(0), st.just(0), st.integers(1, MOST_STEPS)),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
).map(tuple)
STORIES = st.builds(
    Story,
    TRIES,
    st.one_of(st.none(), st.integers(0, 2)),
    st.booleans(),
    st.integers(0, 1),
    st.integers(1, 1000),
    st.just(BRIEF),
)


@pytest.mark.parametrize("name", NAMES)
def test_a1_m7_every_sequence_ends_as_it_should(
    shared_stage: Stage, name: str, record_property: Callable[[str, object], None]
) -> None:
    found = run(shared_stage, name, FEW, slowest=BRIEF)
    record_property("counted", counted(found))
    assert found.sequences == FEW
    assert found.clashes > 0
    assert found.clean, found


def test_every_object_is_played() -> None:
    assert set(WITH) == set(NAMES)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", NAMES)
def test_a1_m7_the_shortest_sequence_that_fails_is_shown(shared_stage: Stage, name: str) -> None:
    """Where one fails, it shrinks to that."""
    with table(shared_stage, ANSWER_SECONDS) as on:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(STORIES)
        def sequence(story: Story) -> None:
            found = Found(name)
            play(on, name, story, found)
            assert found.clean, found

        sequence()
