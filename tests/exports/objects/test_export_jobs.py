"""Projects that become jobs, and new codes of those that have one (D1-D6, B2-B5)."""

from datetime import date
from typing import Any

import pytest

from spectrum_etl.exports.objects.jobs import OBJECT
from spectrum_etl.exports.rules.jobs import description_of, pairs_to_add
from spectrum_etl.exports.spec import Candidate, Context
from tests.exports.objects.fakes import (
    JOB,
    PROJECT,
    Links,
    Rules,
    Spectrum,
    candidate,
    context,
    numbers,
    phase,
)

rules = Rules(OBJECT)

LIST = "Spectrum Standard Cost Codes"
ANSWERS = {"job_number": "25-001", "taxable": "N"}
NEW = {"id": "601", "name": "Harbor School", "number": "25-001", "origin_id": "", "origin_code": ""}


def code(code: str = "03-100", *types: str, **changed: Any) -> dict[str, Any]:
    phase = code.replace("-", "")
    return {
        "code": code,
        "phase": phase,
        "description": "Forms",
        "cost_types": list(types or ("L",)),
        "sub_job": False,
    } | changed


def project(facts: dict[str, str] = NEW, **changed: Any) -> Candidate:
    content = {
        "project": facts,
        "created_on": "2026-02-03",
        "list": LIST,
        "address": "1 Pier Road",
        "city": "Boston",
        "state": "MA",
        "zip": "02110",
        "codes": [code(), code("09-200", "M", "S")],
        "segments": [],
    }
    return candidate({**content, **changed}, f"Project {facts['name']}", facts["id"], facts["id"])


def linked(*codes: dict[str, Any], **changed: Any) -> Candidate:
    return project(PROJECT, codes=list(codes), **changed)


def broken_of(record: Candidate, around: Context) -> list[str]:
    return [one.rule for rule in OBJECT.rules for one in rule(record, around)]


def test_a_good_project_breaks_no_rule() -> None:
    assert broken_of(project(), context()) == []
    assert [one for rule in OBJECT.form_rules for one in rule(project(), ANSWERS, context())] == []


def test_a_project_from_before_the_connection_is_linked_by_hand() -> None:
    """D1."""
    (broken,) = rules.began_after_the_connection(project(), context(connected_on=date(2026, 2, 4)))
    assert broken.rule == "D1"
    assert "by hand" in broken.fix
    assert not list(rules.began_after_the_connection(project(), context(connected_on=date(2026, 2, 3))))


def test_a_project_whose_job_exists_is_linked_by_hand() -> None:
    """D1."""
    record = project({**NEW, "number": JOB})
    assert numbers(rules.began_after_the_connection(record, context())) == ["D1"]


@pytest.mark.parametrize("template", [{}, {"001": "GONE"}])
def test_without_a_template_job_nothing_is_exported(template: dict[str, str]) -> None:
    """D2."""
    assert numbers(rules.template_is_complete(project(), context(template_job=template))) == ["D2"]


@pytest.mark.parametrize("element", ["Division", "Customer_Code", "Price_Method_Code"])
def test_an_incomplete_template_job_is_an_error(element: str) -> None:
    """D2."""
    spectrum = Spectrum()
    spectrum.job_rows[JOB][element] = " "
    assert numbers(rules.template_is_complete(project(), context(spectrum))) == ["D2"]


def test_a_template_job_without_cost_center_is_complete() -> None:
    """D2."""
    spectrum = Spectrum()
    spectrum.job_rows[JOB]["Cost_Center"] = ""
    assert not list(rules.template_is_complete(project(), context(spectrum)))


def test_every_code_has_a_cost_type() -> None:
    """D3."""
    bare = code("01-000", cost_types=[])
    (broken,) = rules.codes_have_cost_types(project(codes=[code(), bare]), context())
    assert (broken.rule, broken.value) == ("D3", "01-000")
    assert numbers(rules.codes_have_cost_types(project(codes=[]), context())) == ["D3"]


@pytest.mark.parametrize(("name", "found"), [("x" * 25, []), ("x" * 26, ["D4"]), ("", ["D4"])])
def test_the_name_has_at_most_25_characters(name: str, found: list[str]) -> None:
    """D4."""
    assert numbers(rules.name_fits(project({**NEW, "name": name}), context())) == found


def test_the_address_fits() -> None:
    """D4."""
    assert numbers(rules.address_fits(project(city="x" * 26), context())) == ["D4"]
    assert not list(rules.address_fits(project(city="x" * 25), context()))


@pytest.mark.parametrize("name", ["", "Master list"])
def test_another_cost_code_list_is_refused(name: str) -> None:
    """D6."""
    assert numbers(rules.uses_the_list(project(list=name), context())) == ["D6"]


def test_codes_of_sub_jobs_are_refused() -> None:
    """B3."""
    assert numbers(rules.no_sub_jobs(project(codes=[code(), code("01-000", sub_job=True)]), context())) == ["B3"]


def test_custom_segments_are_refused() -> None:
    """B4."""
    assert numbers(rules.no_custom_segments(project(segments=["Area"]), context())) == ["B4"]


def pairs(record: Candidate) -> list[tuple[str, str]]:
    return [(one["phase"], kind) for one, kind in pairs_to_add(record, context())]


def test_b10_a_custom_segment_keeps_only_its_own_code_back() -> None:
    """B4, B5: one budget code with a segment used to block all new codes of a synced project."""
    record = linked(code("03-100", "L", "S"), code("01-000", "S"), segments=["Area"], segmented=[["01000", "S"]])
    assert pairs(record) == [("03100", "S")]
    assert broken_of(record, context()) == []
    assert [call.key["Phase_Code"] for call in OBJECT.document(record, {}, context()).calls] == ["03100"]


def test_b10_where_nothing_else_is_new_the_code_is_not_ready() -> None:
    """B4: it is shown, with the reason, and never said to be there."""
    record = linked(code("03-100", "L"), code("01-000", "S"), segments=["Area"], segmented=[["01000", "S"]])
    assert OBJECT.offers is not None
    assert OBJECT.offers(record, context())
    (broken,) = [one for rule in OBJECT.rules for one in rule(record, context())]
    assert (broken.rule, broken.value) == ("B4", "01-000.S")


def test_b10_a_code_of_a_sub_job_keeps_only_itself_back() -> None:
    """B3, B5: and the same of a sub job's code."""
    sub = code("01-000", "S", sub_job=True)
    record = linked(code("03-100", "L", "S"), sub)
    assert pairs(record) == [("03100", "S")]
    assert broken_of(record, context()) == []
    assert broken_of(linked(code("03-100", "L"), sub), context()) == ["B3"]


def test_two_codes_of_one_phase_are_refused() -> None:
    """B2."""
    record = project(codes=[code("03-100"), code("031-00"), code("09-200")])
    assert numbers(rules.phases_are_distinct(record, context())) == ["B2"]
    both = [code("03-100", "L"), code("031-00", "M")]
    assert numbers(rules.phases_are_distinct(linked(*both, code("09-200", "X")), context())) == []
    assert numbers(rules.phases_are_distinct(linked(*both, code("03100", "S")), context())) == ["B2", "B2"]


@pytest.mark.parametrize(
    "wrong",
    [
        code("03-100", description="x" * 26),
        code("03-100", description=""),
        code("1" * 21),
        code("03-100", "X"),
    ],
)
def test_codes_that_do_not_fit(wrong: dict[str, Any]) -> None:
    """B2."""
    assert numbers(rules.codes_fit(project(codes=[wrong]), context())) == ["B2"]


def test_new_codes_of_a_synced_project_are_offered() -> None:
    """B5."""
    assert OBJECT.offers is not None
    assert OBJECT.offers(linked(code("03-100", "L", "S")), context())
    assert not OBJECT.offers(linked(code("03-100", "L", "M")), context())
    assert OBJECT.offers(project(), context())
    assert OBJECT.offers(linked(code()), context(Spectrum(job_rows={})))


def test_a_synced_project_needs_nothing_of_a_new_one() -> None:
    """B5, D1-D6."""
    record = linked(code("03-100", "L", "S"), code("01-000", cost_types=[]), list="Other", city="x" * 99)
    assert broken_of(record, context(template_job={}, connected_on=date(2030, 1, 1))) == []


def test_codes_of_a_complete_job_or_none_are_refused() -> None:
    """B5."""
    spectrum = Spectrum()
    spectrum.job_rows[JOB]["Status_Code"] = "C"
    assert numbers(rules.job_takes_codes(linked(code("03-100", "S")), context(spectrum))) == ["B5"]
    assert numbers(rules.job_takes_codes(linked(code()), context())) == ["B5"]
    assert not list(rules.job_takes_codes(linked(code("03-100", "S")), context()))


def test_the_form_of_a_new_job() -> None:
    """D4, D2."""
    number, taxable = OBJECT.form(project(), context())
    assert (number.name, number.proposal, number.max_length) == ("job_number", "25-001", 10)
    assert (taxable.name, taxable.proposal, taxable.choices) == ("taxable", "N", ("Y", "N"))
    long, _ = OBJECT.form(project({**NEW, "number": "25-001-0001"}), context())
    assert long.proposal == ""
    assert "25-001-0001 has 11 characters, too many to propose it" in long.description
    odd, _ = OBJECT.form(project({**NEW, "number": "25 001"}), context())
    assert odd.proposal == ""
    assert "25 001 is not proposed: Spectrum takes only letters, digits, dashes and dots" in odd.description
    used, _ = OBJECT.form(project({**NEW, "number": JOB}), context())
    assert used.proposal == ""
    assert f"{JOB} is taken: Spectrum already has a job {JOB}." in used.description


@pytest.mark.parametrize(
    ("shown", "setting", "proposed"),
    [
        ("Y", "N", "Y"), ("N", "Y", "N"), ("Y", None, "Y"), (" ", "Y", "Y"), (None, "Y", "Y"), (None, None, ""),
        ("X", None, ""), ("X", "N", "N"),
    ],
)  # fmt: skip
def test_the_template_jobs_taxable_flag_is_proposed(shown: str | None, setting: str | None, proposed: str) -> None:
    """D2: as Info-Link shows it; the setting is for sites without."""
    spectrum = Spectrum()
    del spectrum.job_rows[JOB]["Taxable_Flag"]
    if shown is not None:
        spectrum.job_rows[JOB]["Taxable_Flag"] = shown
    settings = {"template_taxable": {"001": setting}} if setting else {}
    assert OBJECT.form(project(), context(spectrum, **settings))[1].proposal == proposed


def test_new_codes_ask_for_nothing() -> None:
    """B5."""
    assert OBJECT.form(linked(code("03-100", "S")), context()) == ()
    assert [one for rule in OBJECT.form_rules for one in rule(linked(code("03-100", "S")), {}, context())] == []


@pytest.mark.parametrize("number", ["", "12345678901", JOB, "A*", "1/2", "A,B", "all", "A B"])
def test_job_ids_that_are_refused(number: str) -> None:
    """D4."""
    assert numbers(rules.job_number_is_free(project(), {**ANSWERS, "job_number": number}, context())) == ["D4"]


@pytest.mark.parametrize("flag", ["", "X"])
def test_the_taxable_flag_is_needed(flag: str) -> None:
    """D2."""
    assert numbers(rules.taxable_is_answered(project(), {**ANSWERS, "taxable": flag}, context())) == ["D2"]


def test_the_document_of_a_new_job() -> None:
    """D2, D4, B2."""
    document = OBJECT.document(project(), ANSWERS, context())
    assert document.key == "25-001"
    job, *phases = document.as_json()["calls"]
    assert job == {
        "service": "AddJob",
        "adds": True,
        "key": {"Company_Code": "001", "Job_Number": "25-001"},
        "fields": {
            "Job_Description": "Harbor School",
            "Division": "10",
            "Address_1": "1 Pier Road",
            "City": "Boston",
            "State": "MA",
            "Zip_Code": "02110",
            "Customer_Code": "CITY",
            "Taxable_Flag": "N",
            "Price_Method_Code": "F",
            "Cost_Center": "MAIN",
        },
    }
    assert [(c["key"]["Phase_Code"], c["key"]["Cost_Type"]) for c in phases] == [
        ("03100", "L"),
        ("09200", "M"),
        ("09200", "S"),
    ]
    assert phases[0] == {
        "service": "AddPhase",
        "adds": True,
        "key": {"Company_Code": "001", "Job_Number": "25-001", "Phase_Code": "03100", "Cost_Type": "L"},
        "fields": {"Description": "Forms", "Price_Method_Code": "J"},
    }


def test_new_cost_types_keep_the_description_of_spectrum() -> None:
    """B2, B5."""
    record = linked(code("03-100", "L", "S", description="Renamed in Procore, and far too long"), code("01-000"))
    assert broken_of(record, context()) == []
    document = OBJECT.document(record, {}, context())
    assert document.key == JOB
    assert [(c.service, c.key["Phase_Code"], c.key["Cost_Type"], c.fields["Description"]) for c in document.calls] == [
        ("AddPhase", "03100", "S", "Concrete"),
        ("AddPhase", "01000", "L", "Forms"),
    ]
    assert all(call.adds for call in document.calls)


def test_a_project_linked_in_the_ledger_alone_is_synced() -> None:
    """B5."""
    links = Links({("jobs", "001", "601"): JOB})
    assert OBJECT.document(project(), {}, context(links=links)).key == JOB


def test_whether_spectrum_holds_a_job() -> None:
    assert OBJECT.holds(Spectrum(), JOB)
    assert not OBJECT.holds(Spectrum(), "25-001")


def test_a_phase_that_spectrum_has_is_known_with_any_cost_type() -> None:
    """B2."""
    spectrum = Spectrum(phase_rows={JOB: {("03100", "M"): phase("Own words ")}})
    assert description_of(code("03-100"), context(spectrum), JOB) == "Own words"
    assert description_of(code("03-100"), context(spectrum), None) == "Forms"
