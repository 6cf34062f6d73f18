"""Questions that several exports ask: synced job and codes, custom segments (B4), change request numbers (H2)."""

import pytest

from spectrum_etl.exports.rules import change_requests, common
from tests.exports.objects.fakes import JOB, PROJECT, Links, Spectrum, candidate, context, line, phase

AMOUNT = {"service": "ARChangeRequest", "element": "Change_Request_Amount"}


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
    assert not list(common.project_is_synced(candidate({}), context()))


def test_a_project_without_a_job_is_not_synced() -> None:
    record = candidate({"project": {**PROJECT, "origin_id": "", "origin_code": ""}})
    (broken,) = common.project_is_synced(record, context())
    assert broken.value == "River Tower"
    assert "export_jobs" in broken.fix


def test_a_job_that_is_gone_is_not_synced() -> None:
    (broken,) = common.project_is_synced(candidate({}), context(Spectrum(job_rows={})))
    assert "which Spectrum does not have" in broken.message


def test_a_complete_job_takes_nothing() -> None:
    spectrum = Spectrum()
    spectrum.job_rows[JOB]["Status_Code"] = "C"
    (broken,) = common.project_is_synced(candidate({}), context(spectrum))
    assert "complete" in broken.message


def test_codes_that_the_job_has_are_synced() -> None:
    assert not list(common.codes_are_synced(candidate({"lines": [line(), line("09200", "S")]}), context()))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (line("03100", "S"), "uses phase 03100 with cost type S, which job 24404 does not have"),
        (line("", "L"), "line 1 has no cost code"),
        (line("03100", ""), "line 1 has no cost type"),
    ],
)
def test_codes_that_the_job_lacks_are_not_synced(wrong: dict, message: str) -> None:
    (broken,) = common.codes_are_synced(candidate({"lines": [wrong, line("09200", "S", position=2)]}), context())
    assert message in broken.message


def test_a_complete_phase_takes_nothing() -> None:
    spectrum = Spectrum(phase_rows={JOB: {("03100", "L"): phase(Status_Code="C")}})
    (broken,) = common.codes_are_synced(candidate({"lines": [line()]}), context(spectrum))
    assert "complete (status C)" in broken.message


def test_without_a_job_only_missing_codes_are_reported() -> None:
    record = candidate({"project": {}, "lines": [line("99999"), line("", position=2)]})
    assert [broken.field for broken in common.codes_are_synced(record, context())] == ["line 2: cost code"]


def test_custom_segments_are_refused() -> None:
    """B4."""
    record = candidate({"lines": [line(), line(position=2, segments=["Area", "sub_job"])]})
    (broken,) = common.no_custom_segments(record, context())
    assert broken.field == "line 2: cost code"
    assert "Area, sub_job" in broken.message


def test_lines_that_share_a_code_are_told_apart_by_none() -> None:
    record = candidate({"lines": [line(), line(position=2), line("09200", "S", position=3)]})
    (broken,) = common.codes_are_distinct(record, context())
    assert "line 2 and line 1 share phase 03100 and cost type L" in broken.message
    assert not list(common.codes_are_distinct(candidate({"lines": [line(), line("03100", "M")]}), context()))


def test_lines_have_one_cost_type() -> None:
    assert len(list(common.has_one_cost_type(candidate({"lines": [line(), line("03100", "M")]}), context()))) == 1
    assert not list(common.has_one_cost_type(candidate({"lines": [line(), line()]}), context()))


def test_a_record_without_lines() -> None:
    assert len(list(common.has_a_line(candidate({"lines": []}), context()))) == 1
    assert not list(common.has_a_line(candidate({"lines": [line()]}), context()))


@pytest.mark.parametrize("amount", ["0.00", "-12.50", "9999999999.99"])
def test_amounts_that_fit(amount: str) -> None:
    record = candidate({"lines": [line(amount=amount)]})
    assert not list(common.amounts_fit(record, context(), **AMOUNT))


@pytest.mark.parametrize("amount", ["", "1.005", "12345678901.00", "about 5", "NaN"])
def test_amounts_that_do_not_fit(amount: str) -> None:
    record = candidate({"lines": [line(amount=amount)]})
    (problem,) = common.amounts_fit(record, context(), **AMOUNT)
    assert (problem.field, problem.value) == ("line 1: amount", amount)


def test_a_text_that_is_too_long_is_never_cut() -> None:
    (broken,) = common.too_long("Project X", "name", "x" * 26, 25, "shorten it")
    assert broken.message == "Project X: name has 26 characters; Spectrum takes at most 25"
    assert not list(common.too_long("Project X", "name", "x" * 25, 25, "shorten it"))


def test_a_free_change_request_number() -> None:
    """H2."""
    spectrum = Spectrum(requests={JOB: {"CO-1"}, "99": {"CO-2"}})
    assert not list(change_requests.number_is_free(candidate({}), {"change_request_id": "CO-2"}, context(spectrum)))


@pytest.mark.parametrize("number", ["CO-1", "co-1", " CO-1 ", "7", "0007", "", "123456789", "A B", "A/1"])
def test_a_change_request_number_that_is_taken_or_impossible(number: str) -> None:
    """H2."""
    spectrum = Spectrum(requests={JOB: {"CO-1", "007"}})
    found = list(change_requests.number_is_free(candidate({}), {"change_request_id": number}, context(spectrum)))
    assert {problem.field for problem in found} == {"change_request_id"}


@pytest.mark.parametrize(
    ("code", "known", "is_set"),
    [("A", {"A", "B"}, True), ("Z", set(), True), ("Z", {"A", "B"}, False), (None, set(), False), (None, {"A"}, False)],
)
def test_the_status_code_of_the_settings(code: str | None, known: set[str], is_set: bool) -> None:
    where = context(Spectrum(statuses=known), change_request_status={"budget_change": code})
    found = list(change_requests.status_code_is_set(candidate({}), where, kind="budget_change"))
    assert [problem.value for problem in found] == ([] if is_set else [code or ""])
