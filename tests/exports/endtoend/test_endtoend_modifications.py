"""F1, H2: legacy budget modifications become change requests once, and are marked where Procore takes the write."""

from __future__ import annotations

import json

import pytest

from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.steps.ask import Question
from spectrum_etl.exports.steps.link import link
from spectrum_etl.exports.steps.unlink import unlink
from spectrum_etl.model.record import RecordId
from spectrum_etl.orchestration.link_dag import pairs_of
from tests.exports.endtoend.cases import assert_done, differing
from tests.exports.endtoend.places import COMPANY
from tests.exports.endtoend.stage import PROCORE_COMPANY, Stage
from tests.repeats import repeats

NAME = "budget_changes"
MOVED, ALLOWANCE, UNSAID = "Transfer to Façade, before budget changes", "Owner’s allowance", None
REQUESTS = ("CR_CHNG_REQ_HDR_MC", "CR_CHNG_REQ_CON_DET_MC")


def modification(stage: Stage, notes: str | None) -> RecordId:
    """The modification of the stand-in with these notes."""
    ((project, record),) = stage.sandbox(
        "select project_id::text, 'M' || id from procore.records where kind = 'budget_modification'"
        " and company_id = %s and fields->>'notes' is not distinct from %s",
        PROCORE_COMPANY,
        notes,
    )
    return RecordId(COMPANY, project, record)


def origin(stage: Stage, id: RecordId) -> str | None:
    """The origin id that it carries in Procore."""
    return stage.procore_record(id.record.removeprefix("M"))["origin_id"]


def moves_to_budget_changes(stage: Stage, id: RecordId) -> RecordId:
    """The company moves to budget changes; gives the one that takes the modification's place."""
    legacy = stage.procore_record(id.record.removeprefix("M"))
    change = {
        "number": 1,
        "status": "approved",
        "title": f"Budget Change from Budget Modification Migration {id.record.removeprefix('M')}",
    }
    insert = (
        "insert into procore.records (kind, company_id, project_id, parent_id, position, fields)"
        " values (%s, %s, %s, %s, %s, %s) returning id"
    )
    ((made,),) = stage.sandbox(insert, "budget_change", PROCORE_COMPANY, int(id.project), None, 0, json.dumps(change))
    for position, (side, sign) in enumerate((("from", "-"), ("to", ""))):
        code = stage.procore_record(str(legacy[f"{side}_budget_line_item_id"]))["wbs_code_id"]
        line = {"wbs_code_id": code, "amount": f"{sign}{legacy['transfer_amount']}"}
        stage.sandbox(insert, "adjustment_line", PROCORE_COMPANY, int(id.project), made, position, json.dumps(line))
    stage.fault("procore_budgets_moved")
    return RecordId(COMPANY, id.project, str(made))


def test_f1_ready_and_not_ready_ones_are_collected(stage: Stage) -> None:
    id = modification(stage, MOVED)
    stage.collect(NAME, projects=(id.project,))
    rows = stage.warehouse("select state, broken_text from export.queue where project_id = %s", id.project)
    assert sorted(state for state, _ in rows) == ["not_ready"] * 3 + ["ready"] * 3
    why = " ".join(text for _, text in rows if text)
    for part in ("notes holds", "is not in the budget", "OD-3483830-2"):
        assert part in why


def test_f1_an_amount_that_is_moved_becomes_two_lines_and_is_marked(stage: Stage) -> None:
    id = modification(stage, MOVED)
    document = stage.accept(NAME, id, change_request_id="BM1")
    assert [call.fields["Change_Request_Amount"] for call in document.calls] == ["-1250.75", "1250.75"]
    assert stage.finish(NAME, id).state == "linked"
    assert_done(stage, NAME, id, document)
    assert origin(stage, id) == f"{COMPANY}:{document.key}"
    stage.collect(NAME, projects=(id.project,))
    assert stage.state(NAME, id) == "linked", "it is not offered again"


@pytest.mark.parametrize(("notes", "amounts"), [(ALLOWANCE, ["9800.10"]), (UNSAID, ["-300.00", "300.00"])])
def test_f1_without_a_line_that_it_is_taken_from_it_is_one_line(
    stage: Stage, notes: str | None, amounts: list[str]
) -> None:
    id = modification(stage, notes)
    document = stage.accept(NAME, id, change_request_id="BM2")
    assert [call.fields["Change_Request_Amount"] for call in document.calls] == amounts
    assert stage.finish(NAME, id).state == "linked"
    assert_done(stage, NAME, id, document)


@pytest.mark.slow
def test_f1_where_procore_takes_no_write_any_more_the_link_is_in_the_ledger_only(stage: Stage) -> None:
    """The company moved to budget changes while the modification was under way: 405. The record says so."""
    id = modification(stage, MOVED)
    document = stage.accept(NAME, id, change_request_id="BM1")
    stage.fault("procore_budgets_moved")
    outcome = stage.finish(NAME, id)
    assert outcome.state == "linked"
    row = stage.row(NAME, id)
    assert row is not None
    for told in (outcome.reason, row.reason or ""):
        assert "Procore takes no changes of budget modifications any more" in told
        assert "the link is only in the ledger" in told
    assert_done(stage, NAME, id, document)
    assert origin(stage, id) is None


@pytest.mark.parametrize("fault", repeats(["write_lost_answer:1", "write_500_before:1", "write_fault_after=2"]))
def test_f1_after_a_lost_answer_both_lines_are_there_once(stage: Stage, fault: str) -> None:
    id = modification(stage, MOVED)
    document = stage.accept(NAME, id, change_request_id="BM1")
    stage.fault(fault)
    assert stage.finish(NAME, id).state == "linked"
    assert_done(stage, NAME, id, document)
    assert origin(stage, id) == f"{COMPANY}:{document.key}"


def test_f1_a_mark_whose_answer_is_lost_is_made_again(stage: Stage) -> None:
    id = modification(stage, MOVED)
    document = stage.accept(NAME, id, change_request_id="BM1")
    stage.fault("procore_only=/budget_modifications/", "procore_lost_answer:1")
    assert stage.finish(NAME, id).state == "linked"
    assert_done(stage, NAME, id, document)
    assert origin(stage, id) == f"{COMPANY}:{document.key}"


def test_f1_a_mark_that_is_refused_for_another_reason_is_for_a_person_to_look_at(stage: Stage) -> None:
    id, other = modification(stage, MOVED), modification(stage, ALLOWANCE)
    document = stage.accept(NAME, id, change_request_id="BM1")
    mark = "update procore.records set origin_id = %s where id = %s"
    stage.sandbox(mark, f"{COMPANY}:{document.key}", int(other.record.removeprefix("M")))
    outcome = stage.finish(NAME, id)
    assert outcome.state == "failed"
    assert "has already been taken" in outcome.reason
    stage.sandbox(mark, None, int(other.record.removeprefix("M")))
    stage.collect(NAME, id.record, projects=(id.project,))
    assert stage.finish(NAME, id).state == "linked"
    assert_done(stage, NAME, id, document)
    assert origin(stage, id) == f"{COMPANY}:{document.key}"


def test_f1_a_rejected_one_leaves_the_queue(stage: Stage) -> None:
    id = modification(stage, MOVED)
    stage.collect(NAME, id.record, projects=(id.project,))
    assert isinstance(stage.ask(NAME, id), Question)
    assert stage.answer(NAME, id, {"reason": "was entered by hand"}, "reject").state == "rejected"
    assert id not in [row.id for row in stage.collect(NAME, projects=(id.project,)).chosen]
    assert stage.journal() == []
    assert origin(stage, id) is None


def test_h2_two_of_one_number_never_become_one_change_request(stage: Stage) -> None:
    first, second = modification(stage, MOVED), modification(stage, ALLOWANCE)
    document = stage.accept(NAME, first, change_request_id="BM1")
    stage.collect(NAME, second.record, projects=(second.project,))
    assert isinstance(stage.ask(NAME, second), Question)
    outcome = stage.answer(NAME, second, {"change_request_id": "bm1"})
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert "belongs to Budget modification" in outcome.reason
    assert stage.finish(NAME, first).state == "linked"
    assert_done(stage, NAME, first, document)


@pytest.mark.slow
def test_f1_what_was_exported_is_not_exported_again_after_the_company_has_moved(stage: Stage) -> None:
    """Moving makes a budget change of each modification: Spectrum's estimate would be changed twice."""
    id = modification(stage, MOVED)
    stage.accept(NAME, id, change_request_id="BM1")
    assert stage.finish(NAME, id).state == "linked"
    change = moves_to_budget_changes(stage, id)
    found = stage.collect(NAME, projects=(id.project,))
    assert change not in [row.id for row in found.chosen]
    row = stage.row(NAME, change)
    assert row is not None
    assert row.state == "not_ready"
    assert "took the place of budget modification" in (row.broken_text or "")


def test_f1_what_was_not_exported_is_exported_as_the_change_that_took_its_place(stage: Stage) -> None:
    id = modification(stage, MOVED)
    stage.collect(NAME, projects=(id.project,))
    assert stage.state(NAME, id) == "ready"
    change = moves_to_budget_changes(stage, id)
    stage.collect(NAME, projects=(id.project,))
    assert (stage.state(NAME, id), stage.state(NAME, change)) == (None, "ready")


def test_f1_one_that_waits_while_the_company_moves_is_not_sent(stage: Stage) -> None:
    id = modification(stage, MOVED)
    stage.accept(NAME, id, change_request_id="BM1")
    moves_to_budget_changes(stage, id)
    outcome = stage.send(NAME, id)
    assert outcome.state == "ready"
    assert "was changed in Procore" in outcome.reason
    assert stage.journal() == []


def test_d1_one_is_linked_by_hand_by_its_id_with_an_m_before_it(stage: Stage) -> None:
    """As `link_export` reads it; the mark is made there, too."""
    id = modification(stage, MOVED)
    key = stage.accept(NAME, id, change_request_id="BM1").key
    stage.finish(NAME, id)
    stage.warehouse("update export.links set unlinked_at = now() where record_id = %s", id.record)
    stage.sandbox("update procore.records set origin_id = null where id = %s", int(id.record.removeprefix("M")))
    form = {"object": NAME, "project": id.project, "pairs": [f"{id.record} = {key}"], "exact_names": False}
    ((project, record, named),) = pairs_of(form)
    assert link(stage.systems(), EXPORTS[NAME], RecordId(COMPANY, project, record), named, "otto") is True
    assert origin(stage, id) == f"{COMPANY}:{key}"
    assert stage.warehouse(
        "select record_id, how from export.links where unlinked_at is null and spectrum_key = %s", key
    ) == [(id.record, "by hand")]


def test_g6_unlinking_takes_the_mark_out_again(stage: Stage) -> None:
    id = modification(stage, MOVED)
    document = stage.accept(NAME, id, change_request_id="BM1")
    stage.finish(NAME, id)
    for table in REQUESTS:
        stage.sandbox(f'delete from "{table}" t where not exists (select from pristine."{table}" p where p = t)')  # noqa: S608
    assert unlink(stage.systems(), EXPORTS[NAME], id.record, "accounting") == document.key
    assert origin(stage, id) is None
    again = stage.accept(NAME, id, change_request_id="BM1")
    stage.sandbox("delete from sandbox.writes")
    stage.finish(NAME, id)
    assert differing(stage, again) == []
