"""A8, B9: words of Procore on their way: shown as they are sent; what nothing can hold stops its own record only."""

from __future__ import annotations

import pytest

from spectrum_etl.exports.steps.ask import Question
from tests.exports.endtoend.cases import CASES, thinned
from tests.exports.endtoend.stage import TYPED, Stage
from tests.repeats import repeats

#: Of each object, a record of the stand-in and a field of words, and what people call it: one that comes first in its
#: list, so that the others come behind it.
WORDS = {
    "vendors": ("vendor", "city", "city"),
    "jobs": ("project", "city", "city"),
    "budgets": ("project", "name", "project: name"),
    "budget_changes": ("budget_change", "title", "title"),
    "commitments": ("contract_line", "description", "line 1: description"),
    "commitment_change_orders": ("change_order_line", "description", "line 1: description"),
    "prime_contract_change_orders": ("change_order_package", "description", "description"),
    "forecasts": ("project", "name", "title"),
}
#: As the stand-in keeps them, and as people are shown them.
CHARACTERS = {"⟦0000⟧": "\\u0000", "⟦d83d⟧": "\\ud83d", "\x01": "\\u0001", "\ufffe": "\\ufffe"}


@pytest.mark.parametrize(("name", "kept"), thinned(list(CHARACTERS)))
def test_b9_a_record_with_a_character_that_nothing_holds_stops_no_other(stage: Stage, name: str, kept: str) -> None:
    id, (kind, field, called) = CASES[name].id(stage), WORDS[name]
    stage.collect(name, projects=(id.project,) if id.project else ())
    others = stage.warehouse("select record_id, state from export.queue where record_id <> %s order by 1", id.record)
    stage.reset()
    stage.change_procore(_holder(stage, name, kind), **{field: f"Bad {kept} text"})
    found = stage.collect(name, projects=(id.project,) if id.project else ())
    assert id not in [row.id for row in found.chosen]
    row = stage.row(name, id)
    assert row is not None
    assert row.state == "not_ready"
    (broken,) = [line for line in (row.broken_text or "").splitlines() if line.startswith("text: ")]
    assert f"{called} contains a character that cannot be stored or sent: " in broken
    assert f"Bad {CHARACTERS[kept]} text" in broken
    left = stage.warehouse("select record_id, state from export.queue where record_id <> %s order by 1", id.record)
    assert left == others, "the others go on"
    assert len(others) > 0 or name in ("jobs", "budgets", "forecasts"), "or there are none in this project"


@pytest.mark.parametrize("kept", repeats(["⟦0000⟧", "⟦d83d⟧"]))
def test_b9_a_record_that_gets_one_while_it_waits_is_not_sent(stage: Stage, kept: str) -> None:
    """Whatever the answer is: accepted, it goes back; taken out, the ledger can keep what Procore held."""
    id = CASES["vendors"].id(stage)
    for decision, state in (("accept", "ready"), ("retrieve", "retrieved")):
        stage.reset()
        stage.collect("vendors", id.record)
        assert isinstance(stage.ask("vendors", id), Question)
        stage.change_procore(id.record, city=f"Kø{kept}benhavn")
        outcome = stage.answer("vendors", id, {**TYPED, "vendor_type": "SUB"}, decision)  # type: ignore[arg-type]
        assert outcome.state == state
        ((city,),) = stage.warehouse("select content ->> 'city' from export.ledger where record_id = %s", id.record)
        assert city == f"Kø{CHARACTERS[kept]}benhavn"
    assert stage.journal() == []


@pytest.mark.parametrize("bad", ["\x00", "\ud83d", "\x02", "\ufffe"])
def test_b9_what_an_approver_types_is_refused_with_its_field(stage: Stage, bad: str) -> None:
    id = CASES["vendors"].id(stage)
    stage.collect("vendors", id.record)
    assert isinstance(stage.ask("vendors", id), Question)
    outcome = stage.answer("vendors", id, {"vendor_code": f"AC{bad}ME", "vendor_type": "SUB"})
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert f"vendor_code contains a character that cannot be stored or sent: AC\\u{ord(bad):04x}ME" in outcome.reason
    asked = stage.ask("vendors", id)
    assert isinstance(asked, Question)
    assert "\\" not in asked.fields[0].proposal, "what was refused is never proposed"
    outcome = stage.answer("vendors", id, {"reason": f"not{bad}yet"}, "reject")
    assert outcome.state == "ready"
    assert f"reason contains a character that cannot be stored or sent: not\\u{ord(bad):04x}yet" in outcome.reason
    assert isinstance(stage.ask("vendors", id), Question)
    assert stage.answer("vendors", id, {"vendor_code": f"AC{bad}ME"}, "retrieve").state == "retrieved"


def test_a8_what_the_approver_sees_is_what_is_sent(stage: Stage) -> None:
    """Words in angle brackets used to vanish from titles, and HTML to be sent in descriptions of lines."""
    name, id = "commitment_change_orders", CASES["commitment_change_orders"].id(stage)
    stage.change_procore(id.record, title="Replace <existing> door & <b>frame</b>")
    lines = stage.sandbox("select id::text from procore.records where parent_id = %s order by position", int(id.record))
    stage.change_procore(lines[0][0], description="<p>Html &amp; more</p>")
    stage.change_procore(lines[1][0], description="<p>Door <A> &lt;new&gt;</p>")
    stage.collect(name, projects=(id.project,))
    question = stage.ask(name, id)
    assert isinstance(question, Question)
    for words in ("Replace <existing> door & <b>frame</b>", "Html & more", "Door <A> <new>"):
        assert _as_shown(words) in question.body
    assert stage.answer(name, id, {"change_request_id": "CR900"}).state == "sending"
    assert stage.finish(name, id).state == "linked"
    assert {written["CR_Description"] for _, written in stage.journal()} == {"Replace <existing> door & <b>frame</b>"}
    assert [written["Sub_Description"] for _, written in stage.journal()] == ["Html & more", "Door <A> <new>"]


def test_a8_a_description_in_rich_text_loses_its_markup_alone(stage: Stage) -> None:
    name, id = "prime_contract_change_orders", CASES["prime_contract_change_orders"].id(stage)
    ((package,),) = stage.sandbox(
        "select id::text from procore.records where fields->>'prime_change_id' = %s", id.record
    )
    stage.change_procore(package, description="<p>Storm <strong>damage</strong><br>at the &lt;north&gt; <gate></p>")
    document = stage.accept(name, id)
    assert {call.fields["CR_Description"] for call in document.calls} == {"Storm damage at the <north> <gate>"}


def _holder(stage: Stage, name: str, kind: str) -> str:
    """The record of Procore that has the words: itself, or its first line."""
    id = CASES[name].id(stage).record
    if name == "prime_contract_change_orders":
        ((id,),) = stage.sandbox("select id::text from procore.records where fields->>'prime_change_id' = %s", id)
    if kind.endswith("_line"):
        rows = stage.sandbox("select id::text from procore.records where parent_id = %s order by position", int(id))
        return rows[0][0]
    return id


def _as_shown(words: str) -> str:
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|!~&" else letter for letter in words)
