"""Questions that several exports ask: synced job and codes, custom segments (B4), change request numbers (H2)."""

import pytest

from spectrum_etl.exports.rules import common
from tests.exports.objects.fakes import JOB, PROJECT, Books, Links, candidate, context, line, numbers, phase


def test_a_project_is_synced_by_its_link_before_its_origin_fields() -> None:
    """B2."""
    links = Links({("jobs", "001", "501"): "77"})
    assert common.job_of(candidate({}), context(links=links)) == "77"
    assert common.job_of(candidate({}), context()) == JOB


@pytest.mark.parametrize(
    ("origin", "code", "found"),
    [("001:24404", "", "24404"), ("24404", "", "24404"), ("x", "24404", "24404"), ("", "24404", None)],
)
def test_the_code_of_a_linked_record(origin: str, code: str, found: str | None) -> None:
    assert common.linked_code({"origin_id": origin, "origin_code": code}, "001") == found


def test_a_job_is_synced() -> None:
    assert not list(common.job_not_synced("E1", candidate({}), context()))


def test_a_project_without_a_job_is_not_synced() -> None:
    record = candidate({"project": {**PROJECT, "origin_id": "", "origin_code": ""}})
    (broken,) = common.job_not_synced("E1", record, context())
    assert (broken.rule, broken.value) == ("E1", "River Tower")
    assert "export_jobs" in broken.fix


def test_a_job_that_is_gone_is_not_synced() -> None:
    (broken,) = common.job_not_synced("E1", candidate({}), context(Books(job_rows={})))
    assert "which Spectrum does not have" in broken.message


def test_a_complete_job_takes_nothing() -> None:
    books = Books()
    books.job_rows[JOB]["Status_Code"] = "C"
    (broken,) = common.job_not_synced("E1", candidate({}), context(books))
    assert "complete" in broken.message


def test_codes_that_the_job_has_are_synced() -> None:
    assert not list(common.codes_not_synced("G1", candidate({"lines": [line(), line("09200", "S")]}), context()))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (line("03100", "S"), "uses phase 03100 with cost type S, which job 24404 does not have"),
        (line("", "L"), "line 1 has no cost code"),
        (line("03100", ""), "line 1 has no cost type"),
    ],
)
def test_codes_that_the_job_lacks_are_not_synced(wrong: dict, message: str) -> None:
    (broken,) = common.codes_not_synced("G1", candidate({"lines": [wrong, line("09200", "S", position=2)]}), context())
    assert message in broken.message


def test_a_complete_phase_takes_nothing() -> None:
    books = Books(phase_rows={JOB: {("03100", "L"): phase(Status_Code="C")}})
    (broken,) = common.codes_not_synced("G1", candidate({"lines": [line()]}), context(books))
    assert "complete (status C)" in broken.message


def test_without_a_job_only_missing_codes_are_reported() -> None:
    record = candidate({"project": {}, "lines": [line("99999"), line("", position=2)]})
    assert [broken.field for broken in common.codes_not_synced("G1", record, context())] == ["line 2: cost code"]


def test_custom_segments_are_refused() -> None:
    """B4."""
    record = candidate({"lines": [line(), line(position=2, segments=["Area", "sub_job"])]})
    (broken,) = common.custom_segments(record)
    assert (broken.rule, broken.field) == ("B4", "line 2: cost code")
    assert "Area, sub_job" in broken.message


def test_lines_that_share_a_code_are_told_apart_by_none() -> None:
    record = candidate({"lines": [line(), line(position=2), line("09200", "S", position=3)]})
    (broken,) = common.repeated_codes("F1", record)
    assert "line 2 and line 1 share phase 03100 and cost type L" in broken.message
    assert not list(common.repeated_codes("F1", candidate({"lines": [line(), line("03100", "M")]})))


def test_lines_have_one_cost_type() -> None:
    assert numbers(common.mixed_cost_types("G1", candidate({"lines": [line(), line("03100", "M")]}))) == ["G1"]
    assert not list(common.mixed_cost_types("G1", candidate({"lines": [line(), line()]})))


def test_a_record_without_lines() -> None:
    assert numbers(common.no_lines("G1", candidate({"lines": []}))) == ["G1"]
    assert not list(common.no_lines("G1", candidate({"lines": [line()]})))


@pytest.mark.parametrize("amount", ["0.00", "-12.50", "9999999999.99"])
def test_amounts_that_fit(amount: str) -> None:
    record = candidate({"lines": [line(amount=amount)]})
    assert not list(common.amounts_unfit("F1", record, "ARChangeRequest", "Change_Request_Amount"))


@pytest.mark.parametrize("amount", ["", "1.005", "12345678901.00", "about 5", "NaN"])
def test_amounts_that_do_not_fit(amount: str) -> None:
    record = candidate({"lines": [line(amount=amount)]})
    broken = list(common.amounts_unfit("F1", record, "ARChangeRequest", "Change_Request_Amount"))
    assert numbers(broken) == ["F1"]
    assert broken[0].value == amount


def test_a_text_that_is_too_long_is_never_cut() -> None:
    (broken,) = common.too_long("D4", "Project X", "name", "x" * 26, 25, "shorten it")
    assert broken.message == "Project X: name has 26 characters; Spectrum takes at most 25"
    assert not list(common.too_long("D4", "Project X", "name", "x" * 25, 25, "shorten it"))


def test_a_free_change_request_number() -> None:
    """H2."""
    books = Books(requests={JOB: {"CO-1"}, "99": {"CO-2"}})
    assert not list(common.number_taken(candidate({}), {"change_request": "CO-2"}, context(books), "change_request"))


@pytest.mark.parametrize("number", ["CO-1", "co-1", " CO-1 ", "7", "0007", "", "123456789", "A B", "A/1"])
def test_a_change_request_number_that_is_taken_or_impossible(number: str) -> None:
    """H2."""
    books = Books(requests={JOB: {"CO-1", "007"}})
    broken = common.number_taken(candidate({}), {"change_request": number}, context(books), "change_request")
    assert numbers(broken) == ["H2"]


def test_the_status_code_of_the_settings() -> None:
    assert not list(common.status_code_missing("F1", candidate({}), context(), "A"))
    assert not list(common.status_code_missing("F1", candidate({}), context(Books(statuses=set())), "Z"))
    assert numbers(common.status_code_missing("F1", candidate({}), context(), "Z")) == ["F1"]
    assert numbers(common.status_code_missing("F1", candidate({}), context(Books(statuses=set())), None)) == ["F1"]
