"""What the page says of a value at once agrees with what the form's rules say of it, whatever the object."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from spectrum_etl.exports.form_field import FormField, filled
from spectrum_etl.exports.steps.apply_rules import broken_form
from tests.exports.objects import test_export_budget_changes as budget_changes
from tests.exports.objects import test_export_commitment_change_orders as change_orders
from tests.exports.objects import test_export_commitments as commitments
from tests.exports.objects import test_export_forecasts as forecasts
from tests.exports.objects import test_export_jobs as jobs
from tests.exports.objects import test_export_prime_contract_change_orders as prime
from tests.exports.objects import test_export_vendors as vendors
from tests.exports.objects.fakes import context

CASES = {
    "vendors": (vendors.OBJECT, vendors.company, vendors.context),
    "jobs": (jobs.OBJECT, jobs.project, jobs.context),
    "budget_changes": (budget_changes.OBJECT, budget_changes.change, context),
    "commitments": (commitments.OBJECT, commitments.contract, lambda: context(commitments.spectrum())),
    "commitment_change_orders": (change_orders.OBJECT, change_orders.order, lambda: context(change_orders.spectrum())),
    "prime_contract_change_orders": (prime.OBJECT, prime.order, lambda: context(prime.spectrum())),
    "several billing items": (prime.OBJECT, prime.order_of_several_items, lambda: context(prime.spectrum())),
    "forecasts": (forecasts.OBJECT, forecasts.forecast, context),
}
VALUES = (
    "ABC1",
    "abc",
    "A-1",
    "A.1",
    "A/1",
    "A B",
    "ALL",
    "all",
    "ALLEN",
    "2026-09-03",
    "2026-13-03",
    "09/03/2026",
    "Ä1",
)


@pytest.mark.parametrize("name", CASES)
def test_a_pattern_refuses_only_what_the_rules_refuse(name: str) -> None:
    obj, record, around = CASES[name]
    candidate, where = record(), around()
    for field in obj.form(candidate, where):
        if not field.pattern:
            continue
        for value in VALUES:
            if re.fullmatch(field.pattern, value) is None:
                assert _refused(obj, candidate, where, field, value), f"{field.name}: {value!r} is taken by the rules"


@pytest.mark.parametrize("name", CASES)
def test_what_a_field_fills_is_all_that_an_answer_decides(name: str) -> None:
    """So the page can show what is typed where it will be, and nothing else may differ from what was shown."""
    obj, record, around = CASES[name]
    candidate, where = record(), around()
    fields = obj.form(candidate, where)
    assert all(field.fills for field in fields)
    # Lines of one billing item become one: each gets an item of its own.
    apart = [field.name for field in fields if any("#" in element for element in field.fills)]
    answers = {f.name: f.proposal or (f.choices or ("AB1",))[0] for f in fields}
    answers |= {name: f"I{place}" for place, name in enumerate(apart)}
    for field in fields:
        other = (field.choices or ("ZZ9",))[-1] if field.name != "projection_date" else "2026-01-02"
        other = "ZZ9" if field.name in apart else other
        one = obj.document(candidate, answers, where)
        two = obj.document(candidate, answers | {field.name: other}, where)
        assert [call.service for call in one.calls] == [call.service for call in two.calls]
        for place, (was, now) in enumerate(zip(one.calls, two.calls, strict=True), 1):
            assert set(was.parameters) == set(now.parameters)
            moved = {name for name, value in was.parameters.items() if now.parameters[name] != value}
            assert moved <= filled({field.name: field.fills}, place).keys()
        if answers[field.name] != other:
            assert one != two


def _refused(obj, candidate, where, field: FormField, value: str) -> bool:
    return any(b.field == field.name for check in obj.form_rules for b in check(candidate, {field.name: value}, where))


def test_a_field_says_everything_that_is_wrong_with_an_answer() -> None:
    """One place for the limits: the form of Airflow, the page, the proposals and the last look before the call."""
    field = FormField("code", "Code", "", max_length=3, choices=("A", "B  C"), pattern="[A-Z]+", pattern_says="letters")
    assert [misfit.limit for misfit in field.misfits("")] == ["empty"]
    assert [misfit.limit for misfit in field.misfits("A")] == []
    assert [misfit.limit for misfit in field.misfits("B  C")] == ["length", "blanks", "pattern"]
    assert [misfit.says for misfit in field.misfits("1")] == [
        "is not one of A, B  C",
        "does not fit: Spectrum takes letters",
    ]


def test_a_pattern_is_looked_at_again_before_anything_is_sent() -> None:
    """Where no rule of the object says it: Airflow takes any answer, also one that its form would not."""
    obj, record, around = next(iter(CASES.values()))
    candidate, where = record(), around()
    free = replace(
        obj, form=lambda *_: (FormField("note", "Note", "", pattern="[a-z]+", pattern_says="small letters"),)
    )
    told = [broken.message for broken in broken_form(free, candidate, {"note": "1"}, where) if broken.field == "Note"]
    assert told == ["Note '1' does not fit: Spectrum takes small letters"]
