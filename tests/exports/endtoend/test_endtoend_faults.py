"""Every fault of the writing services, for each object, then again until it is done: once, as approved, linked (M7)."""

from __future__ import annotations

import pytest

from spectrum_etl.errors import RetryLater
from spectrum_etl.exports.records.settling import Unsettled
from spectrum_etl.model.record import RecordId
from tests.exports.endtoend.cases import SHORT, accepted, assert_done, shorten, thinned
from tests.exports.endtoend.stage import Stage
from tests.repeats import repeats

#: Each strikes once; `{n}` is the third call, or the last of a document with fewer.
WRITING_FAULTS = (
    "write_lost_answer:1",
    "write_cut:1",
    "write_500_before:1",
    "write_500_after:1",
    "write_slow=1:1",
    "write_late=1:1",
    "write_fault_before={n}",
    "write_fault_after={n}",
)
OTHER_FAULTS = (
    "sdx_drop_connection:1",
    "sdx_http_500:1",
    "sdx_server_fault:1",
    "sdx_cut_tail:1",
    "sdx_cut_record:1",
    "sdx_slow_ms=900:1",
)
#: Those after which the call was surely or possibly not executed, so that nothing is sent again before the time limit.
NOT_DONE = ("write_500_before", "write_fault_before", "write_late", "sdx_http_500", "sdx_server_fault", "sdx_slow_ms")


@pytest.mark.parametrize(("name", "fault"), thinned(WRITING_FAULTS, "write_lost_answer:1"))
def test_every_writing_fault_then_retried(stage: Stage, name: str, fault: str) -> None:
    """M7. What was executed is found by looking it up; what was not is sent again, after the time limit alone."""
    survives(stage, name, fault)


@pytest.mark.parametrize("fault", OTHER_FAULTS)
def test_the_faults_of_all_services_then_retried(stage: Stage, fault: str) -> None:
    """The same for what may happen to any service."""
    survives(stage, "commitments", fault)


@pytest.mark.parametrize("success", repeats(["empty", "good", "blank"]))
def test_every_form_of_success(stage: Stage, success: str) -> None:
    """What an accepted write answers is not documented: all are taken."""
    id, document = accepted(stage, "commitments")
    stage.fault(f"write_success={success}")
    assert stage.send("commitments", id).state == "linked"
    assert_done(stage, "commitments", id, document)


@pytest.mark.parametrize("habit", ["write_cost_type_renames=off", "write_blank_activates=on"])
@pytest.mark.parametrize("name", repeats(["budgets", "jobs"]))
def test_either_reading_of_the_documentation_of_phases(stage: Stage, name: str, habit: str) -> None:
    """B2: an existing description is never overwritten, and no phase becomes active, however Spectrum reads blanks."""
    stage.fault(habit)
    shorten(stage)
    phases = (
        'select trim("Job_Number"), trim("Phase_Code"), trim("Cost_Type"), "Description", "Status_Code"'
        ' from "JC_PHASE_MASTER_MC" where trim("Company_Code") = \'1\''
    )
    before = set(stage.sandbox(phases))
    id = SHORT[name].id(stage)
    document = stage.accept(name, id)
    stage.finish(name, id)
    assert_done(stage, name, id, document)
    assert before <= set(stage.sandbox(phases))


@pytest.mark.parametrize("fault", repeats(["procore_lost_answer:1", "procore_500:6", "procore_token_expired:1"]))
@pytest.mark.parametrize("name", ["vendors", "commitments"])
def test_faults_of_procore_when_it_is_marked(stage: Stage, name: str, fault: str) -> None:
    """What is in Spectrum stays there once, and the mark is made good."""
    id, document = accepted(stage, name)
    stage.fault(fault)
    stage.finish(name, id)
    stage.no_faults()
    stage.finish(name, id)
    assert_done(stage, name, id, document)


def survives(stage: Stage, name: str, fault: str) -> None:
    """Accept, send under the fault, send again until it is over, and compare everything."""
    id, document = accepted(stage, name)
    stage.fault(fault.format(n=min(3, len(document.calls))))
    may_run = fault.startswith(("write_late", "sdx_slow"))  # it may be over before or after it is looked up
    lost = unsettled(stage, name, id)
    if lost and not may_run:
        before = stage.journal()
        assert unsettled(stage, name, id), "too early to send again"
        assert stage.journal() == before
    assert lost == fault.startswith(NOT_DONE) or may_run
    stage.finish(name, id)
    stage.quiet()
    assert_done(stage, name, id, document)


def unsettled(stage: Stage, name: str, id: RecordId) -> bool:
    """Send; whether the outcome of a call stays unknown."""
    try:
        outcome = stage.send(name, id)
    except Unsettled:
        return stage.state(name, id) == "unknown"
    except RetryLater:
        return False
    return outcome.state != "linked"
