"""The conformance list of every snapshot table that Info-Link gives, generated from its spec, over real TDS.

`pytest tests/staging/conformance -k jobs-` runs it for one table. What happens is told in `snapshot_story.py`,
what must hold then in `snapshot_cases.py`.
`make test` plays the list for the objects in `FEW`, among which every case is judged for objects of one table and of
several, read by job and not; `make test-all` for all. That every table is staged as its source holds it is in
`test_layouts.py`, of all tables, in `make test` too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from infolink_rows import SUBJECTS, Subject
from snapshot_cases import CASES, Case
from snapshot_story import Stories
from staging_harness import Warehouse

FEW = (
    "standard_cost_codes",
    "vendors",
    "jobs",
    "subcontracts",
    "payables",
)


@pytest.fixture(scope="module")
def stories(new_warehouse: Callable[[], Warehouse]) -> Stories:
    return Stories(new_warehouse)


LIST = [
    pytest.param(
        subject,
        function,
        id=f"{subject.name}-{name}",
        marks=() if subject.object.name in FEW else pytest.mark.slow,
    )
    for subject in SUBJECTS.values()
    for name, (function, applies) in CASES.items()
    if applies(subject)
]


@pytest.mark.parametrize(("subject", "judge"), LIST)
def test_conformance(stories: Stories, subject: Subject, judge: Case) -> None:
    judge(stories.of(subject), subject)


def test_no_case_was_forgotten_for_a_new_object() -> None:
    """Every snapshot table of Info-Link is on the list; only what a table does not have is left out."""
    counts = Counter(parameters.values[0].name for parameters in LIST)  # type: ignore[union-attr]
    assert set(counts) == set(SUBJECTS)
    assert min(counts.values()) >= 15


def test_the_few_of_make_test_have_every_case_of_every_kind_of_object() -> None:
    kinds: dict[bool, set[tuple[Any, ...]]] = {True: set(), False: set()}
    for parameters in LIST:
        subject, judge = parameters.values
        kind = (judge, subject.object.by_job, len(subject.object.tables) > 1)  # type: ignore[union-attr]
        kinds[subject.object.name in FEW].add(kind)  # type: ignore[union-attr]
    assert kinds[False] <= kinds[True]
