"""The number to reach: 500 random fault sequences of each object, none twice, lost, merged or stuck (M7, A1).

Each object is a test that shares nothing with the others, so that `make test-all` plays them side by side.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spectrum_etl.exports.objects.registry import NAMES
from tests.exports.endtoend.sequences import counted, run
from tests.exports.endtoend.stage import Stage

MANY = 500


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", NAMES)
def test_a1_m7_hundreds_of_sequences(
    shared_stage: Stage, name: str, record_property: Callable[[str, object], None]
) -> None:
    found = run(shared_stage, name, MANY)
    record_property("counted", counted(found))
    assert found.sequences == MANY
    assert found.clean, found
