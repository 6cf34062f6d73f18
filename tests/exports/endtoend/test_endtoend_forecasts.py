"""Forecasts over the real stand-ins (L1): none is stuck, whatever Spectrum holds and other people enter meanwhile.

A forecast is confirmed by GetPhase, else by the sum of the increments; where it cannot be, it ends in a state that says
what to do, and that leads on.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest

from spectrum_etl.exports.document import Call
from spectrum_etl.exports.records.states import Outcome
from spectrum_etl.exports.rules.forecasts import DATE
from spectrum_etl.exports.spectrum.values import call
from spectrum_etl.exports.steps.ask import Question
from spectrum_etl.model.record import RecordId
from spectrum_etl.sources.sdx.write import SpectrumWriter
from tests.exports.endtoend.cases import CASES, assert_done
from tests.exports.endtoend.stage import Stage
from tests.repeats import repeats

NAME = "forecasts"
TODAY = datetime.datetime.now(datetime.UTC).date()
COLUMN = "Estimated Cost at Completion"


@pytest.fixture
def id(stage: Stage) -> RecordId:
    """A forecast of a few lines."""
    shorten(stage)
    return CASES[NAME].id(stage)


def shorten(stage: Stage) -> None:
    """Leave a handful of lines, one of them blank and one 0."""
    lines = "kind = 'budget_line' and position > 9 and project_id = %s"
    stage.sandbox(f"delete from procore.records where {lines}", int(CASES[NAME].id(stage).project))  # noqa: S608


def day(days: int = 0) -> str:
    """So many days from today."""
    return (TODAY + datetime.timedelta(days=days)).isoformat()


def export(stage: Stage, id: RecordId, **typed: str) -> Outcome:
    """Collect, ask, accept, send."""
    stage.accept(NAME, id, **typed)
    return stage.finish(NAME, id)


def change_figures(stage: Stage, id: RecordId, figure: Callable[[Decimal], Decimal | None]) -> None:
    """Somebody forecasts other costs."""
    query = "select id::text, fields->'columns' from procore.records where kind = 'budget_line' and project_id = %s"
    for line, columns in stage.sandbox(query, int(id.project)):
        if columns[COLUMN] is not None:
            new = figure(Decimal(columns[COLUMN]))
            stage.change_procore(line, columns={**columns, COLUMN: None if new is None else f"{new:.2f}"})


def other_entry(stage: Stage, of: Call, on: str, amount: str) -> None:
    """Another person enters a projection in Spectrum."""
    values = {**of.key, "Transaction_Date": on, "Amount": amount}
    made = call("JobCostProjections", values, adds=False)
    SpectrumWriter(stage.lines.sources.sdx).write(made.service, made.parameters)


def booked(stage: Stage) -> list[tuple[Any, ...]]:
    """The rows that are there beyond those of the load."""
    return stage.sandbox(
        'select btrim("Phase"), btrim("Cost_Type"), "Type", "Transaction_Date"::date::text, "Amount"'
        ' from dbo."JC_PROJ_COST_HISTORY_MC" except all'
        ' select btrim("Phase"), btrim("Cost_Type"), "Type", "Transaction_Date"::date::text, "Amount"'
        ' from pristine."JC_PROJ_COST_HISTORY_MC" order by 1, 2, 3, 4, 5'
    )


def reason(stage: Stage, id: RecordId) -> str:
    row = stage.row(NAME, id)
    assert row is not None
    return row.reason or row.broken_text or ""


def test_a_second_forecast_of_the_same_day_is_confirmed(stage: Stage, id: RecordId) -> None:
    """It was stuck in `sent` for ever, and blocked the project."""
    assert export(stage, id).state == "linked"
    change_figures(stage, id, lambda amount: amount + 1000)
    document = stage.accept(NAME, id)
    assert {each.key["Transaction_Date"] for each in document.calls} == {f"{TODAY:%m/%d/%Y}"}
    assert stage.finish(NAME, id).state == "linked"
    current = stage.systems().spectrum.all_current_values(document.calls)
    assert [each and each["Amount"] for each in current] == [each.fields["Amount"] for each in document.calls]


@pytest.mark.slow
def test_figures_that_spectrum_has_book_nothing_and_are_confirmed(stage: Stage, id: RecordId) -> None:
    """Not stuck, though no row appears."""
    assert export(stage, id).state == "linked"
    before = booked(stage)
    stage.warehouse("delete from export.links")  # as if it were the first forecast
    document = stage.accept(NAME, id, **{DATE: day()})
    assert stage.finish(NAME, id).state == "linked"
    assert booked(stage) == before
    assert len(stage.journal()) == 2 * len(document.calls), "sent and taken, though they changed nothing"


def test_0_clears_and_blank_leaves(stage: Stage, id: RecordId) -> None:
    first = stage.accept(NAME, id)
    assert stage.finish(NAME, id).state == "linked"
    cleared, kept, *_ = (each for each in first.calls if Decimal(each.fields["Amount"]))
    amounts = {Decimal(cleared.fields["Amount"]): Decimal(0), Decimal(kept.fields["Amount"]): None}
    change_figures(stage, id, lambda amount: amounts.get(amount, amount))
    second = stage.accept(NAME, id)
    assert stage.finish(NAME, id).state == "linked"
    assert kept.key not in [each.key for each in second.calls]
    current = stage.systems().spectrum.all_current_values([cleared, kept])
    assert [each and each["Amount"] for each in current] == ["0.00", kept.fields["Amount"]]


@pytest.mark.parametrize("code", repeats(["E", "A"]))
def test_phases_that_spectrum_projects_itself_are_known_before(stage: Stage, id: RecordId, code: str) -> None:
    """The line is not ready: phase and code are named."""
    document = stage.accept(NAME, id)
    stage.reset()
    shorten(stage)
    phase, cost_type = document.calls[0].key["Phase_Code"], document.calls[0].key["Cost_Type"]
    update = 'update dbo."JC_PHASE_MASTER_MC" set "Projected_Cost_Code" = %s where'
    update += ' btrim("Job_Number") = %s and btrim("Phase_Code") = %s and btrim("Cost_Type") = %s'
    stage.sandbox(update, code, document.key, phase, cost_type)
    found = stage.collect(NAME, id.record)
    assert (found.chosen, found.not_ready) == ([], 1)
    said = reason(stage, id)
    assert f"is phase {phase} with cost type {cost_type}, whose projected cost Spectrum calculates itself" in said
    assert f"(Projected_Cost_Code {code})" in said
    assert said.count("L1:") == 1, "the other lines are ready"


def test_a_day_before_the_last_projection_is_refused_with_that_day(stage: Stage, id: RecordId) -> None:
    """When the approver types it; asked again, the day that is taken is proposed."""
    document = stage.accept(NAME, id)
    stage.reset()
    shorten(stage)
    other_entry(stage, document.calls[0], day(-3), "77")
    stage.collect(NAME, id.record)
    question = stage.ask(NAME, id)
    assert isinstance(question, Question)
    assert question.fields[0].proposal == day(), "never one that would be refused"
    assert f"Not before {day(-3)}" in question.fields[0].description
    outcome = stage.answer(NAME, id, {DATE: day(-4)})
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert f"has a projection of {day(-3)} in Spectrum" in outcome.reason
    assert f"type {day(-3)} or a later day" in outcome.reason
    assert len(stage.journal()) == 1, "the other person's alone"
    assert export(stage, id, **{DATE: day(-3)}).state == "linked"


@pytest.mark.slow
def test_a_projection_of_a_day_to_come_moves_the_proposal(stage: Stage, id: RecordId) -> None:
    """Today would be refused: the form proposes the day of the last projection. The increments confirm it."""
    document = stage.accept(NAME, id)
    stage.reset()
    shorten(stage)
    other_entry(stage, document.calls[0], day(40), "77")
    stage.collect(NAME, id.record)
    question = stage.ask(NAME, id)
    assert isinstance(question, Question)
    assert question.fields[0].proposal == day(40)
    assert stage.answer(NAME, id, {DATE: day(40)}).state == "sending"
    assert stage.finish(NAME, id).state == "linked"


@pytest.mark.parametrize("days", repeats([0, -1, 2], ids=["same day", "before", "later day"]))
def test_another_entry_between_yes_and_sending_is_asked_about(stage: Stage, id: RecordId, days: int) -> None:
    """The approver said yes to what Spectrum held then: nothing is sent, and they are asked with what it holds now."""
    document = stage.accept(NAME, id)
    other_entry(stage, document.calls[1], day(days), "424242.42")
    others = stage.journal()
    outcome = stage.finish(NAME, id)
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert "nothing was sent" in outcome.reason
    assert stage.journal() == others
    stage.collect(NAME, id.record)
    question = stage.ask(NAME, id)
    assert isinstance(question, Question)
    assert "Asked again" in question.body
    if days <= 0:
        assert "424242.42" in question.body
    proposed = {field.name: field.proposal for field in question.fields}
    assert proposed[DATE] == day(max(days, 0))
    assert stage.answer(NAME, id, proposed).state == "sending"
    assert stage.finish(NAME, id).state == "linked"


@pytest.fixture
def meanwhile() -> Iterator[Callable[[int, Callable[[], None]], None]]:
    """Lets something happen just after the call of a number was made, whether its answer arrived or not."""
    patches: list[Any] = []

    def after(number: int, happens: Callable[[], None]) -> None:
        write, count = SpectrumWriter.write, 0

        def written(self: SpectrumWriter, service: str, parameters: Mapping[str, str]) -> Any:
            nonlocal count
            count += 1
            mine = count
            try:
                return write(self, service, parameters)
            finally:
                if mine == number:
                    happens()

        patches.append(mock.patch.object(SpectrumWriter, "write", written))
        patches[-1].start()

    yield after
    for patch in patches:
        patch.stop()


@pytest.mark.parametrize(
    ("ours", "theirs"), repeats([(0, 0), (-3, -1)], ids=["of the same day", "of a later day that has come"])
)
def test_another_entry_between_sending_and_confirming_is_for_a_person(
    stage: Stage, id: RecordId, meanwhile: Callable[[int, Callable[[], None]], None], ours: int, theirs: int
) -> None:
    """It ends failed, says what to look at, and leads on: collected again, it is asked about and linked."""
    document = stage.accept(NAME, id, **{DATE: day(ours)})
    meanwhile(len(document.calls), lambda: other_entry(stage, document.calls[2], day(theirs), "31313.13"))
    outcome = stage.finish(NAME, id)
    assert outcome.state == "failed"
    assert f"sent {document.calls[2].fields['Amount']!r}, Spectrum holds '31313.13'" in outcome.reason
    assert "What to do: look at the projections of these phases in Spectrum" in outcome.reason
    assert "collect the record again" in outcome.reason
    assert export(stage, id).state == "linked"


@pytest.mark.slow
def test_an_entry_of_a_day_to_come_changes_nothing_of_todays(
    stage: Stage, id: RecordId, meanwhile: Callable[[int, Callable[[], None]], None]
) -> None:
    document = stage.accept(NAME, id)
    meanwhile(len(document.calls), lambda: other_entry(stage, document.calls[2], day(2), "31313.13"))
    assert stage.finish(NAME, id).state == "linked"


@pytest.mark.slow
def test_another_entry_while_the_lines_are_sent(
    stage: Stage, id: RecordId, meanwhile: Callable[[int, Callable[[], None]], None]
) -> None:
    """Of a line that is still to be sent: what the approver accepted is the last word, and is confirmed."""
    document = stage.accept(NAME, id)
    meanwhile(1, lambda: other_entry(stage, document.calls[-1], day(), "31313.13"))
    assert stage.finish(NAME, id).state == "linked"


def test_a_lost_answer_and_another_entry(
    stage: Stage, id: RecordId, meanwhile: Callable[[int, Callable[[], None]], None]
) -> None:
    """Spectrum holds neither what it did nor what was sent: failed, with what to do; collected again it is linked."""
    document = stage.accept(NAME, id)
    stage.fault("write_lost_answer:1")
    meanwhile(1, lambda: other_entry(stage, document.calls[0], day(), "31313.13"))
    outcome = stage.finish(NAME, id)
    assert outcome.state == "failed"
    assert "after a lost answer Spectrum holds neither what it held before nor this" in outcome.reason
    assert "What to do: look at the projections of these phases in Spectrum" in outcome.reason
    # `collect` has no other clock than the warehouse's, by which the settle time has to be over.
    stage.warehouse("update export.calls set intent_at = intent_at - interval '1 hour'")
    assert export(stage, id).state == "linked"


def test_getphase_is_the_truth_where_both_are_read_and_differ(stage: Stage, id: RecordId) -> None:
    """Not confirmed by rows that Spectrum does not show as its projection; with a way out."""
    stage.accept(NAME, id)
    stage.fault("sdx_projected_more=25")
    outcome = stage.finish(NAME, id)
    assert outcome.state == "ready", "before sending it already differs from what was shown"
    document = stage.accept(NAME, id)
    outcome = stage.finish(NAME, id)
    assert outcome.state == "failed"
    assert "What to do: look at the projections" in outcome.reason
    stage.no_faults()
    assert export(stage, id).state == "linked"
    assert document.calls


@pytest.mark.parametrize("way", repeats(["increments", "GetPhase"]))
def test_one_way_to_read_is_enough(stage: Stage, id: RecordId, way: str) -> None:
    if way == "increments":
        stage.fault("sdx_service_off=GetPhase")
        document = stage.accept(NAME, id)
        assert stage.finish(NAME, id).state == "linked"
        assert_done(stage, NAME, id, document)
        return
    sources: Any = stage.lines.sources
    with mock.patch.object(sources, "_infolink_connection", None), mock.patch.object(sources, "_infolink", None):
        found = stage.collect(NAME, id.record)
        assert [row.id for row in found.chosen] == [id], reason(stage, id)
        question = stage.ask(NAME, id)
        assert isinstance(question, Question)
        assert "Not confirmed" not in question.body
        outcome = stage.answer(NAME, id, {DATE: day(2)})
        assert (outcome.state, outcome.ask_again) == ("ready", True)
        assert "is in the future, and a projection of a future day cannot be read back here" in outcome.reason
        assert export(stage, id).state == "linked"


@pytest.mark.parametrize("reading", repeats(["refuse", "ignore"]))
def test_without_infolink_such_a_phase_ends_with_what_to_do(stage: Stage, id: RecordId, reading: str) -> None:
    """Its code cannot be read then: Spectrum refuses the figure, or the confirmation tells. Mended, it is linked."""
    document = stage.accept(NAME, id)
    stage.reset()
    shorten(stage)
    phase = document.calls[2].key
    update = """update dbo."JC_PHASE_MASTER_MC" set "Projected_Cost_Code" = %s where btrim("Job_Number") = %s
                and btrim("Phase_Code") = %s and btrim("Cost_Type") = %s"""
    place = (phase["Job_Number"], phase["Phase_Code"], phase["Cost_Type"])
    stage.sandbox(update, "E", *place)
    stage.fault(f"write_worked_out_projection={reading}")
    sources: Any = stage.lines.sources
    with mock.patch.object(sources, "_infolink_connection", None), mock.patch.object(sources, "_infolink", None):
        outcome = export(stage, id)
        assert outcome.state == "failed"
        if reading == "refuse":
            assert "Spectrum refused JobCostProjections" in outcome.reason
            assert f"Amount of phase {place[1]}, cost type {place[2]} is calculated" in outcome.reason
            assert "(Projected_Cost_Code E)" in outcome.reason
        else:
            assert "what Spectrum holds is not what was sent" in outcome.reason
            assert "or Spectrum calculates them itself" in outcome.reason
        stage.sandbox(update, "P", *place)
        assert export(stage, id).state == "linked"


def test_without_any_way_to_read_it_says_so_before(stage: Stage, id: RecordId) -> None:
    """DESIGN 5: neither GetPhase nor an amount in Info-Link."""
    stage.fault("sdx_service_off=GetPhase")
    stage.sandbox('alter table dbo."JC_PROJ_COST_HISTORY_MC" rename column "Amount" to "Cost"')
    try:
        sources: Any = stage.lines.sources
        with mock.patch.object(type(sources), "has_sdx", False), mock.patch.object(sources, "_infolink", None):
            stage.collect(NAME, id.record)
            question = stage.ask(NAME, id)
            assert isinstance(question, Question)
            assert "what JobCostProjections wrote cannot be read back, so it was not compared" in question.body
    finally:
        stage.sandbox('alter table dbo."JC_PROJ_COST_HISTORY_MC" rename column "Cost" to "Amount"')
