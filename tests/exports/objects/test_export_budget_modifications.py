"""Legacy budget modifications, which `export_budget_changes` exports beside budget changes (F1, H2)."""

from collections.abc import Mapping
from typing import Any

import pytest

from spectrum_etl.exports.objects.budget_changes import OBJECT
from spectrum_etl.exports.spec import Candidate, RecordFilter
from spectrum_etl.model.record import RecordId
from spectrum_etl.sources.faults import NotAllowed
from tests.exports.objects.fakes import COMPANY, JOB, Links, Procore, Rules, context, line, numbers
from tests.exports.objects.fakes import candidate as made
from tests.exports.objects.test_export_budget_changes import AMOUNT, SYNCED
from tests.exports.objects.test_export_budgets import procore as budget_of_river_tower

rules = Rules(OBJECT)

MODIFICATIONS = "/rest/v1.0/projects/501/budget_modifications"
CHANGES = "/rest/v1.0/projects/501/budget_changes"
ID = RecordId("001", "501", "M75414")
MODIFICATION = {
    "id": 75414,
    "from_budget_line_item_id": 31,
    "to_budget_line_item_id": 32,
    "transfer_amount": "4500.0",
    "notes": "Transfer money for extra concrete.",
    "origin_id": None,
}


def modification(**changed: Any) -> Candidate:
    """As it is collected, which other tests show."""
    content = {
        "kind": "budget modification",
        "number": "75414",
        "title": "Transfer money for extra concrete.",
        "status": "approved",
        "budget": {"locked": True, "lines": [AMOUNT]},
        "lines": [
            line(amount="-4500.00", name="from line"),
            line("09200", "S", "4500.00", position=2, name="to line"),
        ],
        "missing": [],
        "modification": "",
        "moved_to": "",
        "origin_id": "",
        "origin_code": "",
        "linked_elsewhere": "",
    }
    return made({**content, **changed}, "Budget modification 75414 (River Tower)", "M75414")


class Moved(Procore):
    """Procore of a company that has moved to budget changes: modifications are there to be read, and nothing else."""

    def patch(self, path: str, body: Any, params: Mapping[str, Any] | None = None) -> None:
        refusal = NotAllowed("Procore does not offer this call here (HTTP 405)", object=path)
        refusal.status = 405
        raise refusal


def procore(*modifications: dict[str, Any], kind: type[Procore] = Procore, **changes: dict[str, Any]) -> Any:
    """A project with these modifications, and budget changes by id."""
    kept = modifications or (MODIFICATION,)
    of_lines = {
        f"/rest/v1.1/budget_line_items/{id}": {"id": id, "wbs_code": {"id": code}} for id, code in ((31, 1), (32, 2))
    }
    return kind(
        {
            **budget_of_river_tower().answers,
            **of_lines,
            MODIFICATIONS: list(kept),
            **{f"{MODIFICATIONS}/{each['id']}": each for each in kept},
            CHANGES: list(changes.values()),
            **{f"{CHANGES}/{each['id']}": each for each in changes.values()},
        }
    )


def collected(client: Any, **only: Any) -> list[str]:
    return [found.id.record for found in OBJECT.collect(client, COMPANY, RecordFilter(**only))]  # type: ignore[union-attr]


def test_f1_a_good_modification_breaks_no_rule() -> None:
    around = context(links=SYNCED)
    assert [one for rule in OBJECT.rules for one in rule(modification(), around)] == []
    assert not list(rules.number_is_free(modification(), {"change_request_id": "BM1"}, around))


def test_f1_a_modification_takes_from_one_line_and_adds_to_the_other() -> None:
    (found,) = OBJECT.collect(procore(), COMPANY, RecordFilter())
    assert isinstance(found, Candidate)
    assert (found.id, found.title) == (ID, "Budget modification 75414 (River Tower)")
    assert [(each["phase"], each["cost_type"], each["amount"]) for each in found.content["lines"]] == [
        ("03100", "L", "-4500.00"),
        ("09200", "S", "4500.00"),
    ]
    assert OBJECT.read(procore(), COMPANY, ID) == found
    assert OBJECT.read(procore(), COMPANY, RecordId("001", "501", "M9")) is None


def test_f1_the_document_has_a_line_for_each_side() -> None:
    document = OBJECT.document(modification(), {"change_request_id": "BM1"}, context())
    assert document.key == f"{JOB}/BM1"
    assert [
        (call.key["CR_Phase_Code"], call.key["CR_Cost_Type"], call.fields["Change_Request_Amount"])
        for call in document.calls
    ] == [("03100", "L", "-4500.00"), ("09200", "S", "4500.00")]
    assert {call.fields["CR_Description"] for call in document.calls} == {"Transfer money for extra concrete."}
    unsaid = OBJECT.document(modification(title=""), {"change_request_id": "BM1"}, context())
    assert unsaid.calls[0].fields["CR_Description"] == "Budget modification 75414"


def test_f1_without_a_line_it_is_taken_from_it_adds_to_the_budget() -> None:
    """Published: null when the modification only adds to the grand total. One line, and nothing is wrong with it."""
    (found,) = OBJECT.collect(procore({**MODIFICATION, "from_budget_line_item_id": None}), COMPANY, RecordFilter())
    assert isinstance(found, Candidate)
    assert [(each["phase"], each["amount"]) for each in found.content["lines"]] == [("09200", "4500.00")]
    assert [one for rule in OBJECT.rules for one in rule(found, context(links=SYNCED))] == []


@pytest.mark.parametrize(
    ("changed", "field", "value"),
    [
        ({"from_budget_line_item_id": 99}, "from budget line", "99"),
        ({"to_budget_line_item_id": 99}, "to budget line", "99"),
        ({"to_budget_line_item_id": None}, "to budget line", ""),
    ],
)
def test_f1_a_budget_line_that_is_not_there_is_told(changed: dict[str, Any], field: str, value: str) -> None:
    (found,) = OBJECT.collect(procore({**MODIFICATION, **changed}), COMPANY, RecordFilter())
    assert isinstance(found, Candidate)
    (broken,) = rules.budget_lines_are_there(found, context())
    assert (broken.rule, broken.field, broken.value) == ("F1", field, value)


@pytest.mark.parametrize(
    ("amount", "found"), [("", ["F1"] * 2), ("ten", ["F1"] * 2), ("10.005", ["F1"] * 2), ("0", [])]
)
def test_f1_both_amounts_fit(amount: str, found: list[str]) -> None:
    (one,) = OBJECT.collect(procore({**MODIFICATION, "transfer_amount": amount}), COMPANY, RecordFilter())
    assert isinstance(one, Candidate)
    assert numbers(rules.amounts_fit(one, context())) == found


def test_f1_notes_fit_the_description() -> None:
    (broken,) = rules.title_fits(modification(title="x" * 251), context())
    assert (broken.rule, broken.field) == ("F1", "notes")
    assert not list(rules.title_fits(modification(title="x" * 250), context()))


def test_f1_each_is_exported_once() -> None:
    links = Links({("budget_changes", "001", "M7"): f"{JOB}/BM1"})
    one = made(dict(modification().content), "Budget modification 7", "M7")
    assert numbers(rules.is_not_exported(one, context(links=links))) == ["F1"]
    assert not list(rules.is_not_exported(modification(), context(links=links)))


def test_f1_ids_of_changes_and_modifications_are_told_apart() -> None:
    """Two sequences: a modification and a budget change may have the same id."""
    change = {
        "id": 75414,
        "number": 4,
        "status": "approved",
        "title": "Other",
        "amount": 0,
        "adjustment_line_items": [],
    }
    client = procore(c=change)
    assert collected(client) == ["75414", "M75414"]
    assert collected(client, projects=("501",), records=("M75414",)) == ["M75414"]
    assert collected(client, projects=("501",), records=("75414",)) == ["75414"]
    exported = Links({("budget_changes", "001", "75414"): f"{JOB}/BC4"})
    assert not list(rules.is_not_exported(modification(), context(links=exported)))


def test_h2_the_form_proposes_an_id_that_fits() -> None:
    (field,) = OBJECT.form(modification(), context())
    assert (field.name, field.proposal, field.max_length) == ("change_request_id", "BM75414", 8)
    (long,) = OBJECT.form(modification(number="562949953421312"), context())
    assert long.proposal == ""
    assert "BM and Procore's id, BM562949953421312 has 17 characters, too many to propose it" in long.description


MOVED = {
    "id": 12,
    "number": 3,
    "status": "approved",
    "title": "Budget Change from Budget Modification Migration 75414",
    "amount": 0.0,
    "adjustment_line_items": [
        {"id": 1, "wbs_code": {"id": 1}, "amount": -4500.0},
        {"id": 2, "wbs_code": {"id": 2}, "amount": 4500.0},
    ],
}


def test_f1_of_a_modification_and_the_change_that_took_its_place_only_the_change_is_exported() -> None:
    """Published: moving a company makes a budget change of each modification, and the modification stays readable."""
    assert collected(procore(m=MOVED)) == ["12"]
    named = OBJECT.read(procore(m=MOVED), COMPANY, ID)
    assert named is not None
    (broken,) = rules.is_not_moved(named, context())
    assert broken.rule == "F1"
    assert "is budget change 3 since the company moved to budget changes" in broken.message
    assert not list(rules.is_not_moved(modification(), context()))


def test_f1_a_modification_that_was_exported_is_not_exported_again_as_the_change_that_took_its_place() -> None:
    """Otherwise Spectrum's estimate would be changed twice."""
    change = OBJECT.read(procore(m=MOVED), COMPANY, RecordId("001", "501", "12"))
    assert change is not None
    links = Links({("budget_changes", "001", "M75414"): f"{JOB}/BM1"})
    (broken,) = rules.is_not_exported(change, context(links=links))
    assert f"took the place of budget modification 75414, which is change request {JOB}/BM1" in broken.message
    assert not list(rules.is_not_exported(change, context()))


def test_f1_a_change_of_another_amount_hides_no_modification() -> None:
    """It may name the number for another reason: then a person looks, and nothing is left out in silence."""
    other = {**MOVED, "amount": 100.0}
    assert collected(procore(m=other)) == ["12", "M75414"]
    one = OBJECT.read(procore(m=other), COMPANY, ID)
    assert one is not None
    assert numbers(rules.is_not_moved(one, context())) == ["F1"]


@pytest.mark.parametrize(
    ("origin", "found"), [("001:24404/BM1", []), ("spectrum:001:24404/BM1", []), ("OD-1", ["M75414"])]
)
def test_f1_what_is_marked_is_not_collected_but_for_another_systems_mark(origin: str, found: list[str]) -> None:
    client = procore({**MODIFICATION, "origin_id": origin})
    assert collected(client) == found
    (one,) = OBJECT.collect(client, COMPANY, RecordFilter(projects=("501",), records=("M75414",)))
    assert isinstance(one, Candidate)
    assert numbers(rules.is_not_linked_elsewhere(one, context())) == ["F1"] * len(found)


@pytest.mark.parametrize("status", [404, 405, 410])
def test_f1_where_procore_no_longer_has_modifications_changes_are_exported_all_the_same(status: int) -> None:
    from spectrum_etl.sources.procore import faults

    class Gone(Procore):
        def pages(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
            if path == MODIFICATIONS:
                raise faults.from_status(faults.ApiCall("GET", path), status, faults.Said())
            return super().pages(path, params)

    assert collected(procore(kind=Gone, m=MOVED)) == ["12"]


def test_f1_a_modification_is_marked_where_procore_takes_the_write() -> None:
    assert OBJECT.mark is not None
    assert OBJECT.unmark is not None
    client = procore()
    assert OBJECT.mark(client, COMPANY, ID, f"{JOB}/BM1") is None
    assert OBJECT.unmark(client, COMPANY, ID) is None
    kept = {name: MODIFICATION[name] for name in MODIFICATION if "budget" in name or "amount" in name}
    bodies = [{**kept, "origin_id": origin, "origin_data": None} for origin in (f"001:{JOB}/BM1", None)]
    assert client.written == [("patch", f"{MODIFICATIONS}/75414", {"budget_modification": body}) for body in bodies]
    assert OBJECT.unmark(client, COMPANY, RecordId("001", "501", "M9")) is None, "it is gone"


def test_f1_where_procore_takes_no_write_the_link_is_in_the_ledger_only_and_that_is_told() -> None:
    assert OBJECT.mark is not None
    assert OBJECT.unmark is not None
    client = procore(kind=Moved)
    assert "the link is only in the ledger" in (OBJECT.mark(client, COMPANY, ID, f"{JOB}/BM1") or "")
    assert "its mark stays there" in (OBJECT.unmark(client, COMPANY, ID) or "")
    assert OBJECT.mark(client, COMPANY, RecordId("001", "501", "7"), f"{JOB}/BC4") is None, "a change has no such field"
