"""One stage for all tests of this folder; each finds it as it was loaded."""

from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite(*(f"tests.exports.endtoend.{name}" for name in ("cases", "pairs", "stage")))

from stack.postgres import EmbeddedPostgres  # noqa: E402
from tests.exports.endtoend.stage import Stage, open_stage  # noqa: E402


@pytest.fixture(scope="session")
def shared_stage(postgres: EmbeddedPostgres) -> Iterator[Stage]:
    """Loaded, and every server running."""
    with open_stage(postgres) as stage:
        yield stage


@pytest.fixture
def stage(shared_stage: Stage) -> Stage:
    """See `Stage.reset`."""
    shared_stage.reset()
    return shared_stage
