"""J2: revenue by billing item: every revenue is in Spectrum once, whatever happens on the way."""

from __future__ import annotations

from decimal import Decimal

import pytest

from spectrum_etl.exports.document import Document
from spectrum_etl.exports.steps.ask import Question
from spectrum_etl.model.record import RecordId
from tests.exports.endtoend.cases import assert_done
from tests.exports.endtoend.places import COMPANY
from tests.exports.endtoend.stage import PROCORE_COMPANY, Stage
from tests.repeats import repeats

NAME = "prime_contract_change_orders"
SEVERAL, MIXED = "Lobby, two items", "Lobby, a line without item"


def change_order(stage: Stage, title: str) -> RecordId:
    """The change order of the stand-in with this title, of its first project that has one."""
    project, record = stage.sandbox(
        "select project_id::text, fields->>'prime_change_id' from procore.records where kind = 'change_order_package'"
        " and company_id = %s and fields->>'title' = %s order by id limit 1",
        PROCORE_COMPANY,
        title,
    )[0]
    return RecordId(COMPANY, project, record)


def revenues(document: Document) -> dict[str, str]:
    """Amounts by billing item."""
    calls = [call for call in document.calls if "CR_Billing_Item_Code" in call.key]
    found = {call.key["CR_Billing_Item_Code"]: call.fields["CR_Revenue"] for call in calls}
    assert len(found) == len(calls)
    return found


def held(stage: Stage, document: Document) -> dict[str, Decimal]:
    """The revenues of the change request in Spectrum's own table."""
    key = document.calls[0].key
    rows = stage.sandbox(
        'select btrim("Billing_Item"), "CR_Revenue" from dbo."CR_CHNG_REQ_REV_MC" where btrim("Company_Code") = %s'
        ' and btrim("Job_Number") = %s and btrim("Change_Request_Number") = %s',
        *(key[name] for name in ("Company_Code", "Job_Number", "Change_Request_Number")),
    )
    return dict(rows)


def items(stage: Stage, id: RecordId) -> list[str]:
    """The billing items of the project's job, in their order."""
    job = stage.procore_record(id.project)["origin_code"]
    return sorted(stage.systems().spectrum.billing_items(job) or ())


def test_j2_each_item_gets_the_revenue_of_its_lines(stage: Stage) -> None:
    id = change_order(stage, SEVERAL)
    document = stage.accept(NAME, id, change_request_id="PC8")
    first, second, *_ = items(stage, id)
    assert revenues(document) == {first: "1365.33", second: "-132.44"}
    assert stage.finish(NAME, id).state == "linked"
    assert_done(stage, NAME, id, document)
    assert held(stage, document) == {first: Decimal("1365.33"), second: Decimal("-132.44")}
    ((amount, lines),) = stage.warehouse("select amount, lines from export.approvals where record_id = %s", id.record)
    assert (amount, lines) == (Decimal("1232.89"), 2)


@pytest.mark.parametrize(
    "fault",
    repeats(
        ["write_lost_answer:1", "write_500_before:1", "write_fault_after=3", "write_fault_before=4", "write_cut:1"]
    ),
)
def test_j2_after_a_lost_answer_every_revenue_is_there_once(stage: Stage, fault: str) -> None:
    id = change_order(stage, SEVERAL)
    document = stage.accept(NAME, id, change_request_id="PC8")
    assert len(document.calls) == 4
    stage.fault(fault)
    assert stage.finish(NAME, id).state == "linked"
    assert_done(stage, NAME, id, document)


def test_j2_a_refused_revenue_leaves_the_record_failed_and_goes_on_from_there(stage: Stage) -> None:
    """Spectrum has lost the item since: what is there stays, and the rest is sent once it can be."""
    id = change_order(stage, SEVERAL)
    document = stage.accept(NAME, id, change_request_id="PC8")
    second = items(stage, id)[1]
    job = document.calls[0].key["Job_Number"]
    where = 'btrim("Job_Number") = %s and btrim("Billing_Item") = %s'
    table = 'dbo."CR_BID_ITEM_DES_MC"'
    stage.sandbox(f"create table kept_item as select * from {table} where {where}", job, second)  # noqa: S608
    try:
        stage.fault("write_fault_before=3")  # two calls are executed: the rules are not asked again
        assert stage.try_to_send(NAME, id) is None
        stage.sandbox(f"delete from {table} where {where}", job, second)  # noqa: S608
        outcome = stage.finish(NAME, id)
        assert outcome.state == "failed"
        assert f"Billing item {second} is not on file" in outcome.reason
        assert len(stage.journal()) == 3
    finally:
        stage.sandbox(f"delete from {table} where {where}", job, second)  # noqa: S608
        stage.sandbox(f"insert into {table} select * from kept_item")  # noqa: S608
        stage.sandbox("drop table kept_item")
    stage.collect(NAME, id.record, projects=(id.project,))
    assert stage.finish(NAME, id).state == "linked"
    assert_done(stage, NAME, id, document)


def test_j2_a_line_without_item_takes_the_one_of_the_form(stage: Stage) -> None:
    id = change_order(stage, MIXED)
    third = items(stage, id)[-1]
    stage.collect(NAME, id.record, projects=(id.project,))
    question = stage.ask(NAME, id)
    assert isinstance(question, Question)
    assert [field.name for field in question.fields] == ["change_request_id", "billing_item"]
    assert "(as you enter it)" in question.body
    assert "it depends on the form" not in question.body
    answers = {"change_request_id": "PC9", "billing_item": third}
    assert stage.answer(NAME, id, answers).state == "sending"
    document = stage.document(NAME, id)
    assert list(revenues(document).values()) == ["1115.33", "-132.44", "82.78"]
    assert revenues(document)[third] == "82.78"
    assert stage.finish(NAME, id).state == "linked"
    assert_done(stage, NAME, id, document)


def test_j2_an_item_that_other_lines_go_to_is_shown_added_up_before_it_is_sent(stage: Stage) -> None:
    """What is sent is what was shown: the answer makes one line of two, so that it is shown once more."""
    id = change_order(stage, MIXED)
    first = items(stage, id)[0]
    stage.collect(NAME, id.record, projects=(id.project,))
    assert isinstance(stage.ask(NAME, id), Question)
    answers = {"change_request_id": "PC9", "billing_item": first}
    outcome = stage.answer(NAME, id, answers)
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert "calls were shown" in outcome.reason
    stage.collect(NAME, id.record, projects=(id.project,))
    question = stage.ask(NAME, id)
    assert isinstance(question, Question)
    assert {field.name: field.proposal for field in question.fields} == answers
    assert "1,198.11" in question.body
    assert stage.answer(NAME, id, answers).state == "sending"
    document = stage.document(NAME, id)
    assert list(revenues(document).values()) == ["1198.11", "-132.44"]
    assert stage.finish(NAME, id).state == "linked"
    assert_done(stage, NAME, id, document)


def test_j2_a_line_that_is_given_another_contract_line_meanwhile_is_asked_again(stage: Stage) -> None:
    id = change_order(stage, SEVERAL)
    stage.accept(NAME, id, change_request_id="PC8")
    stage.sandbox(
        "update procore.records as l set fields = l.fields || jsonb_build_object('contract_line_id', null)"
        " from procore.records as o where o.id = l.parent_id and l.kind = 'change_order_line' and l.position = 2"
        " and o.fields->>'prime_change_id' = %s",
        id.record,
    )
    outcome = stage.send(NAME, id)
    assert outcome.state == "ready"
    assert "was changed in Procore" in outcome.reason
    assert stage.journal() == []


def test_j2_a_rejected_one_and_a_number_that_is_taken(stage: Stage) -> None:
    id, other = change_order(stage, SEVERAL), change_order(stage, MIXED)
    document = stage.accept(NAME, id, change_request_id="PC8")
    stage.collect(NAME, other.record, projects=(other.project,))
    assert isinstance(stage.ask(NAME, other), Question)
    outcome = stage.answer(NAME, other, {"change_request_id": "pc8", "billing_item": items(stage, other)[-1]})
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert stage.finish(NAME, id).state == "linked"
    assert_done(stage, NAME, id, document)
    stage.collect(NAME, other.record, projects=(other.project,))
    assert isinstance(stage.ask(NAME, other), Question)
    assert stage.answer(NAME, other, {"reason": "twice"}, "reject").state == "rejected"
    assert len(stage.journal()) == len(document.calls)
