"""What people and other programs do in between: nothing wrong is sent, nothing of theirs is overwritten."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from spectrum_etl.errors import FixConfiguration, FixRecord, RetryLater, StopSync
from spectrum_etl.exports.document import Document
from spectrum_etl.exports.objects.registry import EXPORTS, NAMES
from spectrum_etl.exports.records.locks import record_lock
from spectrum_etl.exports.records.settling import SETTLE_MARGIN, Unsettled
from spectrum_etl.exports.steps.ask import Question
from spectrum_etl.exports.steps.frozen import report_drift
from spectrum_etl.exports.steps.unlink import unlink
from spectrum_etl.model.record import RecordId
from tests.exports.endtoend.cases import (
    CASES,
    MARKED,
    SHORT,
    accepted,
    assert_done,
    differing,
    few,
    journal_of,
    writes_of,
)
from tests.exports.endtoend.places import AUTHORIZATION
from tests.exports.endtoend.stage import Stage
from tests.sandbox.sdx.raw_writes import Writer

CHANGES = ("budget_changes", "commitment_change_orders", "prime_contract_change_orders")
#: A fact of Procore that the export looks at, and two values that somebody gives it in between.
EDITS = {
    "vendors": ("city", "Kent", "Troy"),
    "jobs": ("city", "Kent", "Troy"),
    "budget_changes": ("title", "Another title", "A third title"),
    "commitments": ("retainage_percent", "5.0", "6.0"),
    "commitment_change_orders": ("title", "Another title", "A third title"),
    "prime_contract_change_orders": ("title", "Another title", "A third title"),
}
#: Which element tells whose content is there.
TELLING = {
    "vendors": "Vendor_Name",
    "jobs": "Description",
    "commitments": "Retention_Percent",
    "budget_changes": "Change_Request_Amount",
    "commitment_change_orders": "Sub_Amount",
    "prime_contract_change_orders": "Change_Request_Amount",
}


def lose_the_first_call(stage: Stage, name: str) -> tuple[RecordId, Document]:
    """Accepted; the first call was lost and never executed, which is known by now: only the next try sends it again."""
    id, document = accepted(stage, name)
    stage.fault("write_500_before:1")
    with pytest.raises(Unsettled) as lost:
        stage.send(name, id)
    stage.offset += lost.value.until - stage.now()
    return id, document


def by_hand(stage: Stage, document: Document, number: int, **differs: str) -> None:
    """Somebody writes the so-manieth call's record with other content."""
    call = document.calls[number - 1]
    Writer(stage.sdx.url, AUTHORIZATION).done(call.service, **{**call.parameters, **differs})


@pytest.mark.parametrize("name", few(TELLING))
def test_somebody_makes_the_same_key_in_between(stage: Stage, name: str) -> None:
    """Other content under the key: a conflict for a person, and never an upsert; the record can be taken up again."""
    id, document = lose_the_first_call(stage, name)
    element = TELLING[name]
    theirs = {"Vendor_Name": "Somebody Else", "Description": "Somebody else's"}.get(element, "1.0")
    by_hand(stage, document, 1, **{element: theirs})
    before = stage.journal()
    outcome = stage.send(name, id)
    assert outcome.state == "failed"
    assert "exists in Spectrum already" in outcome.reason or "neither what it held before" in outcome.reason
    assert stage.journal() == before
    assert any(element in text for text in differing(stage, document))
    assert stage.warehouse("select count(*) from export.links") == [(0,)]


@pytest.mark.parametrize("name", few(CHANGES, "budget_changes"))
def test_somebody_makes_the_same_change_request_with_other_lines(stage: Stage, name: str) -> None:
    """A line of ours would become part of their change request: its header is looked up before the first one."""
    id, document = lose_the_first_call(stage, name)
    by_hand(stage, document, 2, CR_Description="Somebody else's")
    before = stage.journal()
    outcome = stage.send(name, id)
    assert outcome.state == "failed"
    assert "somebody else's" in outcome.reason
    assert stage.journal() == before


@pytest.mark.parametrize("name", few(CHANGES, "budget_changes"))
def test_a_change_request_that_is_there_before_anything_was_sent(stage: Stage, name: str) -> None:
    """H2, checked again just before the first call: asked anew, with the reason."""
    id, document = accepted(stage, name)
    by_hand(stage, document, 2)
    before = stage.journal()
    outcome = stage.send(name, id)
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert "already has a change request" in outcome.reason
    assert stage.journal() == before


@pytest.mark.parametrize("name", few(NAMES))
def test_a_lost_call_that_completes_only_after_the_lookup(stage: Stage, name: str) -> None:
    """Against the server's own time limit: it is recognised, and what adds is not written twice with other content."""
    id, document = accepted(stage, name)
    stage.fault("write_late=2:1")
    with pytest.raises(Unsettled) as lost:
        stage.send(name, id)
    stage.offset += lost.value.until - stage.now()
    for _ in range(4):
        if stage.try_to_send(name, id) is not None:
            break
    stage.quiet()
    row = stage.row(name, id)
    assert row is not None
    assert row.state == "linked", row.reason
    assert differing(stage, document) == []
    assert set(journal_of(stage)) == set(writes_of(document))
    assert sum(journal_of(stage).values()) <= len(document.calls) + 1


def test_the_settle_time_is_the_servers_limit_and_a_margin(stage: Stage) -> None:
    """Absent counts only after it: one second earlier nothing is sent."""
    id, document = accepted(stage, "vendors")
    stage.fault("write_500_before:1")
    with pytest.raises(Unsettled) as lost:
        stage.send("vendors", id)
    limit = timedelta(seconds=stage.places.read_settings().exports.server_time_limit) + SETTLE_MARGIN
    assert timedelta(0) < lost.value.until - stage.now() < limit
    stage.offset += lost.value.until - stage.now() - timedelta(seconds=5)
    with pytest.raises(Unsettled):
        stage.send("vendors", id)
    assert stage.journal() == []
    stage.offset += timedelta(seconds=5)
    stage.finish("vendors", id)
    assert_done(stage, "vendors", id, document)


@pytest.mark.parametrize("name", few(EDITS))
def test_the_record_changes_while_it_waits_and_after_it_was_accepted(stage: Stage, name: str) -> None:
    """Back to ready, nothing sent, asked anew with the new content; then it is sent as it is now."""
    id = CASES[name].id(stage)
    found = stage.collect(name, id.record, projects=(id.project,) if id.project else ())
    assert len(found.chosen) == 1
    first = stage.ask(name, id)
    assert isinstance(first, Question)
    edited = stage.sandbox(
        "select id::text from procore.records where id::text = %s or fields->>'prime_change_id' = %s",
        id.record,
        id.record,
    )[0][0]
    field, value, other = EDITS[name]
    stage.change_procore(edited, **{field: value})
    form = {f.name: f.proposal or (f.choices or ("CR900",))[0] for f in first.fields}
    outcome = stage.answer(name, id, form)
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert "changed in Procore" in outcome.reason

    stage.accept(name, id)
    stage.change_procore(edited, **{field: other})
    outcome = stage.send(name, id)
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert stage.journal() == []

    document = stage.accept(name, id)
    stage.finish(name, id)
    assert_done(stage, name, id, document)


def test_of_two_senders_one_sends(stage: Stage) -> None:
    """Two runs that pick the same record."""
    id, document = accepted(stage, "commitments")
    stage.fault("sdx_slow_ms=500")
    outcomes = []

    def send() -> None:
        with stage.places.lines() as lines:
            outcomes.append(stage.send("commitments", id, lines))

    both = [threading.Thread(target=send) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(60)
    assert sorted(outcome.reason for outcome in outcomes)[0] == "another task is sending it"
    stage.no_faults()
    stage.finish("commitments", id)
    assert_done(stage, "commitments", id, document)


@pytest.mark.parametrize(
    "forgery",
    [
        "update export.ledger set payload = jsonb_set(payload, '{calls,0,fields,Vendor_Name}', '\"Evil\"')",
        'update export.calls set fields = fields || \'{"Vendor_Name": "Evil"}\'',
        'update export.calls set key = key || \'{"Vendor_Code": "EVIL"}\'',
    ],
)
def test_a_forged_payload_is_not_sent(stage: Stage, forgery: str) -> None:
    """What was approved is what is sent: its hash is in the ledger."""
    id = CASES["vendors"].id(stage)
    stage.accept("vendors", id)
    stage.warehouse(forgery)
    outcome = stage.send("vendors", id)
    assert outcome.state == "failed"
    assert "not the one that was approved" in outcome.reason
    assert stage.journal() == []


def test_a_forged_xcom_or_a_task_marked_successful_sends_nothing(stage: Stage) -> None:
    """`send` reads the ledger alone: what nobody accepted is not sent, whatever record the XCom names."""
    id, other = CASES["vendors"].id(stage), CASES["commitments"].id(stage)
    assert stage.send("vendors", id).state is None
    stage.collect("vendors", id.record)
    assert stage.send("vendors", id).state == "ready"
    assert isinstance(stage.ask("vendors", id), Question)
    assert stage.send("vendors", id).state == "waiting"
    assert stage.send("vendors", RecordId("1", other.project, id.record)).state is None
    assert stage.send("commitments", id).state is None
    stage.runs += 1  # another run's task instance answers
    with pytest.raises(StopSync, match="the question that was answered is no longer open"):
        stage.answer("vendors", id, {"vendor_code": "PENA", "vendor_type": "SUB"})
    assert stage.journal() == []


def test_only_approvers_answer(stage: Stage) -> None:
    """A7: an answer of somebody else leaves the record ready, asked anew."""
    id = CASES["vendors"].id(stage)
    stage.collect("vendors", id.record)
    stage.ask("vendors", id)
    outcome = stage.answer("vendors", id, {"vendor_code": "PENA", "vendor_type": "SUB"}, user="mallory")
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert "mallory" in outcome.reason.casefold()
    assert stage.send("vendors", id).state == "ready"
    assert stage.journal() == []


def test_rejected_and_retrieved_records_leave_the_queue_until_they_are_named(stage: Stage) -> None:
    """D5."""
    id = CASES["vendors"].id(stage)
    for decision, state in (("reject", "rejected"), ("retrieve", "retrieved")):
        stage.collect("vendors", id.record)
        stage.ask("vendors", id)
        assert stage.answer("vendors", id, {"reason": "not ours"}, decision).state == state  # type: ignore[arg-type]
        assert id not in [row.id for row in stage.collect("vendors").chosen]
        assert stage.state("vendors", id) == state
        assert stage.send("vendors", id).state == state
    assert stage.warehouse("select decision, reason from export.ledger order by attempt_id")[0] == (
        "reject",
        "not ours",
    )
    assert stage.journal() == []
    document = stage.accept("vendors", id)
    stage.finish("vendors", id)
    assert_done(stage, "vendors", id, document)


def test_a_question_shows_what_will_be_written_although_the_form_proposes_nothing(stage: Stage) -> None:
    """The elements that the form decides say so, and everything else is there; D2: Info-Link's flag of the template."""
    flag = """select "Taxable_Flag" from dbo."JC_JOB_MASTER_MC"
              where btrim("Job_Number") = 'TEMPLATE' and btrim("Company_Code") = '1'"""
    assert stage.sandbox(flag) == [("Y",)]
    assert stage.systems().settings.exports.template_taxable == {"1": "N"}
    (row,) = [row for row in stage.collect("jobs").chosen if "Long Number" in row.title]
    question = stage.ask("jobs", row.id)
    assert isinstance(question, Question)
    assert [field.proposal for field in question.fields] == ["", "Y"]
    for part in ("Job: (as you enter it)", "Name: Long Number Annex", "Price method: F", "this would be written"):
        assert part in question.body, question.body
    assert "depends on the form" not in question.body
    shown = stage.row("jobs", row.id)
    assert shown is not None
    assert stage.answer("jobs", row.id, {"job_number": "26-907", "taxable": "N"}).state == "sending"
    document = stage.document("jobs", row.id)
    assert document.key == "26-907"
    stage.finish("jobs", row.id)
    assert_done(stage, "jobs", row.id, document)


@pytest.mark.parametrize(
    "name",
    few((name for name in NAMES if name != "vendors"), "commitments"),
)
def test_a_project_that_procore_does_not_let_be_read_stops_no_other(stage: Stage, name: str) -> None:
    """A tool that is switched off in one project: the others are collected, and its records stay in the queue."""
    before = stage.collect(name)
    id = SHORT[name].id(stage)
    project = stage.procore_record(id.project)["name"]
    stage.fault(
        f"procore_forbidden=project_id={id.project}" if name in _BY_QUERY else f"procore_forbidden={id.project}"
    )
    found = stage.collect(name)
    assert [skipped.project for skipped in found.skipped] == [id.project]
    for word in ("What to do:", "permission", project):
        assert word in found.skipped[0].reason
    assert 0 < found.seen < before.seen
    assert found.gone == 0
    assert stage.state(name, id) in ("ready", "queued")
    stage.fault("procore_forbidden=/rest/")
    with pytest.raises(FixConfiguration):
        stage.collect(name)


#: Those whose lists name the project in their query.
_BY_QUERY = ("commitments", "forecasts")


@pytest.mark.parametrize("name", ["commitments"])
def test_what_is_frozen_and_changed_is_reported(stage: Stage, name: str) -> None:
    """G5: status, company and lines; once it is changed back the report is resolved."""
    id = CASES[name].id(stage)
    stage.accept(name, id)
    stage.finish(name, id)
    systems = stage.systems()
    assert report_drift(systems, EXPORTS[name]) == 0
    stage.change_procore(id.record, status="Void")
    stage.sandbox(
        'update procore.records set fields = fields || \'{"amount": "1.00"}\''
        " where parent_id = %s and position = 1 and kind = 'contract_line'",
        int(id.record),
    )
    assert report_drift(systems, EXPORTS[name]) == 2
    rows = stage.warehouse("select field, resolved_at is null from export.drift order by field")
    assert rows == [("lines", True), ("status", True)]
    stage.change_procore(id.record, status="Approved")
    assert report_drift(systems, EXPORTS[name]) == 1
    assert stage.warehouse("select field from export.drift where resolved_at is null") == [("lines",)]


@pytest.mark.slow
def test_e2_a_budget_that_was_changed_after_its_export_is_reported(stage: Stage) -> None:
    """The lock, an amount, a line that was added and one that is gone, by budget code; resolved when it is put back."""
    id = CASES["budgets"].id(stage)
    stage.accept("budgets", id)
    stage.finish("budgets", id)
    assert report_drift(stage.systems(), EXPORTS["budgets"]) == 0
    lines = "from procore.records where kind = 'budget_line' and project_id = %s and deleted_at is null"
    with_amount = f"{lines} and (fields->>'original_budget_amount')::numeric > 0 order by id"
    (first,), (second,) = stage.sandbox(f"select id {with_amount} limit 2", int(id.project))
    stage.change_procore(id.project, budget_locked=False)
    stage.change_procore(str(first), original_budget_amount="1.00")
    stage.sandbox("update procore.records set deleted_at = now() where id = %s", second)
    assert report_drift(stage.systems(), EXPORTS["budgets"]) == 3
    rows = stage.warehouse("select exported, held from export.drift where record_id = %s order by drift_id", id.record)
    assert rows[0] == (True, False)
    assert sorted((now is None, now) for _, now in rows[1:]) == [(False, "1.00"), (True, None)]
    stage.sandbox("update procore.records set deleted_at = null where id = %s", second)
    stage.change_procore(id.project, budget_locked=True)
    assert report_drift(stage.systems(), EXPORTS["budgets"]) == 1


@pytest.mark.parametrize("name", few(["vendors", "commitments", "commitment_change_orders", "budget_changes"]))
def test_unlinking_needs_the_record_to_be_gone_from_spectrum(stage: Stage, name: str) -> None:
    """G6: refused while Spectrum holds it; then both links are cleared, and the record is offered again."""
    id = CASES[name].id(stage)
    document = stage.accept(name, id)
    stage.finish(name, id)
    with pytest.raises(FixRecord, match="Spectrum still holds"):
        unlink(stage.systems(), EXPORTS[name], id.record, "accounting")
    assert_done(stage, name, id, document)
    with record_lock(stage.places.warehouse, name, id), pytest.raises(RetryLater):
        unlink(stage.systems(), EXPORTS[name], id.record, "accounting")
    for table in _TABLES[name]:
        stage.sandbox(f'delete from "{table}" t where not exists (select from pristine."{table}" p where p = t)')  # noqa: S608
    assert unlink(stage.systems(), EXPORTS[name], id.record, "accounting") == document.key
    assert stage.warehouse("select unlinked_by from export.links") == [("accounting",)]
    if name in MARKED:
        record = stage.procore_record(id.record)
        assert not record["origin_id"]
        assert not record["origin_code"]
    assert stage.state(name, id) is None
    again = stage.accept(name, id)
    stage.sandbox("delete from sandbox.writes")
    stage.finish(name, id)
    assert differing(stage, again) == []
    assert stage.state(name, id) == "linked"


_TABLES = {
    "vendors": ("VN_VENDOR_MASTER_MC",),
    "commitments": ("VN_SUBCONTRACT_MC", "VN_SUBCONTRACT_PHASE_MC"),
    "budget_changes": ("CR_CHNG_REQ_HDR_MC", "CR_CHNG_REQ_CON_DET_MC"),
    "commitment_change_orders": (
        "CR_CHNG_REQ_HDR_MC", "CR_CHNG_REQ_CON_DET_MC", "VN_CHNG_REQ_SUB_HDR", "VN_CHNG_REQ_SUB_DET",
    ),
}  # fmt: skip
