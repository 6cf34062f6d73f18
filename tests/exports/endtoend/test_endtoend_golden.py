"""Each object from Procore to Spectrum: collected, asked, accepted, sent, confirmed, linked; again: nothing."""

import pytest

from spectrum_etl.exports.objects.registry import NAMES
from spectrum_etl.exports.steps.ask import NotAsked
from tests.exports.endtoend.cases import CASES, NEW_CODES, assert_done, differing, shorten
from tests.exports.endtoend.stage import Stage

CALLS = {
    "vendors": 1, "jobs": 13, "budget_changes": 2, "commitments": 4, "commitment_change_orders": 2,
    "prime_contract_change_orders": 3,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_golden_way(stage: Stage, name: str) -> None:
    """A7, M7, and each object's own rules."""
    shorten(stage)
    id = CASES[name].id(stage)
    document = stage.accept(name, id)
    assert len(document.calls) == CALLS.get(name, len(document.calls))
    assert stage.journal() == [], "nothing may be written before it is sent"
    outcome = stage.finish(name, id)
    assert outcome.state == "linked", outcome
    assert_done(stage, name, id, document)
    states = stage.warehouse("select state, tries, answer is not null from export.calls order by call_number")
    assert states == [("sent", 1, True)] * len(document.calls)

    written = stage.journal()
    found = stage.collect(name, projects=(id.project,) if id.project else ())
    assert id not in [row.id for row in found.chosen]
    assert isinstance(stage.ask(name, id), NotAsked)
    assert stage.send(name, id).state == "linked"
    assert stage.journal() == written
    assert_done(stage, name, id, document)


def test_new_codes_of_a_job_that_exists(stage: Stage) -> None:
    """B5, B2: AddPhase for what the job lacks, under the phase's own description."""
    id = NEW_CODES.id(stage)
    document = stage.accept("jobs", id)
    assert {call.service for call in document.calls} == {"AddPhase"}
    stage.finish("jobs", id)
    assert_done(stage, "jobs", id, document)


@pytest.mark.slow
def test_every_object_has_ready_records_and_broken_rules(stage: Stage) -> None:
    """The seed: at least two ready ones of each kind, and records that break the rules."""
    for name in NAMES:
        found = stage.collect(name)
        assert len(found.chosen) >= 2, name
        assert found.not_ready >= 1, name
        assert found.seen == len(found.chosen) + found.not_ready
    query = "select distinct b->>'rule' from export.queue, jsonb_array_elements(broken) as b"
    rules = {rule for (rule,) in stage.warehouse(query)}
    assert {"B4", "C1", "C5", "D1", "D3", "D4", "D6", "E1", "F1", "G1", "H1", "J1", "L1"} <= rules
    assert stage.journal() == []


def test_a_job_and_all_that_follows(stage: Stage) -> None:
    """The order in which a new project is exported: its job first, then budget, budget change and contract."""
    job = CASES["jobs"].id(stage)
    project = job.record
    for name in ("budgets", "budget_changes", "commitments"):
        assert stage.collect(name, projects=(project,)).chosen == []
    first = stage.accept("jobs", job)
    stage.finish("jobs", job)
    for name, count in (("budgets", 1), ("budget_changes", 2), ("commitments", 1)):
        chosen = stage.collect(name, projects=(project,)).chosen
        assert len(chosen) == count, stage.warehouse(
            "select title, broken_text from export.queue where state = 'not_ready'"
        )
        document = stage.accept(name, chosen[0].id)
        assert stage.finish(name, chosen[0].id).state == "linked"
        assert differing(stage, document) == []
    # The estimate came by AddPhase of the same phases: it has not renamed them.
    assert [text for text in differing(stage, first) if "Original_Est_Cost" not in text] == []
