"""The WIP schedule on the page: what is shown adds up, and every figure is the sum of what is behind it (O4)."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from tests.page.page_airflow import PageAirflow

JOB = "24-0003"


@pytest.fixture(scope="module")
def ends(page: PageAirflow) -> list[dict[str, Any]]:
    """The month ends, the newest first."""
    rows: list[dict[str, Any]] = page.get("vera", "api/wip/months").json()["rows"]
    return rows


@pytest.fixture(scope="module")
def closed(ends: list[dict[str, Any]]) -> str:
    """The newest month end that is closed, which is known as it was then."""
    end = next(each for each in ends if each["closed_at"])
    assert end["then_is_known"]
    return str(end["month_end"])


def _schedule(page: PageAirflow, month_end: str, **query: Any) -> dict[str, Any]:
    answer = page.get("vera", "api/wip", month_end=month_end, **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _total(rows: list[dict[str, Any]], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in rows if row[name] is not None), Decimal(0))


def test_totals_are_of_the_rows_and_jobs_without_a_contract_stand_apart(page: PageAirflow, closed: str) -> None:
    found = _schedule(page, closed)
    for rows, totals in ((found["rows"], found["totals"]), (found["apart"], found["apart_totals"])):
        for name, total in totals.items():
            assert total["unknown"] == sum(row[name] is None for row in rows)
            if total["sum"] is None:
                assert all(row[name] is None for row in rows), "what is known of no job is not 0"
            else:
                assert Decimal(total["sum"]) == _total(rows, name)
    assert {row["job_number"] for row in found["apart"]} == {"24-0005", "24-0013", "24-0021"}
    assert {row["has_contract"] for row in found["rows"]} == {True}
    assert found["apart_totals"]["earned_revenue"]["sum"] is None
    assert {row["earned_basis"] for row in found["rows"]} == {"cost", "billed", "work complete"}
    over, under = _total(found["rows"], "over_billed"), _total(found["rows"], "under_billed")
    assert over > 0
    assert over - under == _total(found["rows"], "over_under_billed")


@pytest.mark.parametrize("known", ["now", "then"])
def test_every_figure_is_the_sum_of_what_is_behind_it(page: PageAirflow, closed: str, known: str) -> None:
    """Postings, changes, billings, contracts and the estimate, each as it was known."""
    shown = {row["job_number"]: row for row in _schedule(page, closed, known=known)["rows"]}
    for job in (JOB, "24-0006", "24-0011"):
        for what, name in (
            ("postings", "cost_to_date"),
            ("changes", "approved_changes"),
            ("contracts", "original_contract"),
            ("estimate", "cost_at_completion"),
            ("billings", "billed_to_date"),
        ):
            amounts, offset = Decimal(0), 0
            while offset is not None:
                part = page.get(
                    "vera", "api/wip/behind", company="1", job=job, month_end=closed, known=known, what=what,
                    offset=offset,
                ).json()  # fmt: skip
                amounts += sum(Decimal(row["amount"]) for row in part["rows"] if row.get("counted", True))
                assert Decimal(part["total"]) == Decimal(shown[job][name]), f"{what} of {job}"
                offset = part["next"]
            assert amounts == Decimal(shown[job][name])


def test_fade_is_now_less_then(page: PageAirflow, closed: str) -> None:
    now = {row["job_number"]: row for row in _schedule(page, closed)["rows"]}
    then = {row["job_number"]: row for row in _schedule(page, closed, known="then")["rows"]}
    assert Decimal(now[JOB]["fade"]) == Decimal("-15000.00"), "its estimate has grown since the month was closed"
    assert Decimal(now["24-0001"]["fade"]) == 0
    for job, row in now.items():
        before = then[job]["gross_profit_at_completion"]
        assert Decimal(row["fade"]) == Decimal(row["gross_profit_at_completion"]) - Decimal(before)
        assert (row["fade"], row["gross_profit_at_completion_then"]) == (then[job]["fade"], before)
    detail = page.get("vera", "api/wip/job", company="1", job=JOB, month_end=closed).json()
    moved = Decimal(detail["fade"]["cost_to_date_now"]) - Decimal(detail["fade"]["cost_to_date_then"])
    with psycopg.connect(page.warehouse_url) as connection:
        late = connection.execute(
            "select tran_amount from spectrum.job_cost_transactions where job_number = %s and phase_code = '05120'"
            " and reference_1 = 'INV1020'",
            [JOB],
        ).fetchone()
    assert late == (moved,), "the posting that came late"


def test_how_jobs_stood_before_the_first_sync_is_not_known(page: PageAirflow, ends: list[dict[str, Any]]) -> None:
    old = next(end for end in ends if end["closed_at"] and not end["then_is_known"])["month_end"]
    found = _schedule(page, old, known="then")
    assert {row["not_known_because"] for row in found["rows"] + found["apart"]} == {
        "the month was closed before the first complete sync"
    }
    sums = {name: total["sum"] for name, total in found["totals"].items()}
    assert sums.pop("gross_profit_at_completion_now") is not None, "what it is compared with is known"
    assert set(sums.values()) == {None}
    behind = page.get("vera", "api/wip/behind", company="1", job=JOB, month_end=old, known="then", what="postings")
    assert behind.json() == {"rows": [], "next": None, "total": None}
    assert _schedule(page, old)["totals"]["cost_to_date"]["sum"] is not None, "as known now it is"


@pytest.mark.parametrize("sort", ["-over_under_billed", "fade", "job_description", "-percent_complete"])
def test_the_file_is_what_is_shown(page: PageAirflow, closed: str, sort: str) -> None:
    """The same jobs in the same order, with all cents; those without a contract last; what is not known is empty."""
    asked = {"month_end": closed, "sort": sort, "search": "er"}
    found = _schedule(page, **asked)
    name = sort.removeprefix("-")
    values = [row[name] if name == "job_description" else Decimal(row[name]) for row in found["rows"]]
    assert values == sorted(values, reverse=sort.startswith("-"))
    answer = page.get("vera", "api/wip.csv", **asked)
    assert f"wip_{closed}_known_now.csv" in answer.headers["Content-Disposition"]
    held = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    shown = found["rows"] + found["apart"]
    assert 3 < len(shown) < 24
    assert [row["job_number"] for row in held] == [row["job_number"] for row in shown]
    for line, row in zip(held, shown, strict=True):
        for column in ("revised_contract", "over_under_billed", "fade", "gross_profit_at_completion_then"):
            assert line[column] == (row[column] or "")


def test_the_schedule_is_narrowed_to_jobs_that_are_complete_or_not(page: PageAirflow, closed: str) -> None:
    everything = _schedule(page, closed)
    parts = [_schedule(page, closed, jobs=jobs) for jobs in ("open", "complete")]
    assert [len(part["rows"]) + len(part["apart"]) for part in parts] == [21, 3]
    for name in ("cost_to_date", "backlog"):
        whole = Decimal(everything["totals"][name]["sum"])
        assert whole == sum(Decimal(part["totals"][name]["sum"] or 0) for part in parts)


def test_who_may_not_see_the_marts_sees_no_schedule_and_nothing_else_is_taken(page: PageAirflow, closed: str) -> None:
    assert page.get(None, "api/wip", month_end=closed).status_code == 401
    assert page.get("vera", "api/wip", month_end=closed, company="7").status_code == 404
    assert page.get("vera", "api/wip", month_end=closed, sort="1; drop").status_code == 422
    assert page.get("vera", "api/wip", month_end=closed, known="ever").status_code == 422
    nobody = page.get("vera", "api/wip/job", company="1", job="none", month_end=closed)
    assert nobody.status_code == 404
    assert date.fromisoformat(closed).strftime("%B %Y") in nobody.json()["detail"]
    assert _schedule(page, "1999-12-31")["rows"] == []
