"""O4: a month end as it was known when the month was closed, whatever comes later."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from closed_by_hand import ClosedByHand
from staged_rows import StagedRows
from test_marts_random_days import Days
from test_marts_wip import JANUARY, TABLES, Site
from wip_oracle import FIGURES, assert_wip_right, held

from spectrum_etl.marts.wip import month_ends

#: What a row says of the moment itself, and no figure of the job.
MOMENT = {"known", "known_at"}


def _now(staged: StagedRows) -> datetime:
    now: datetime = staged.ask("select clock_timestamp()")[0][0]
    return now


def _then(staged: StagedRows, month_end: date) -> dict[str, dict[str, Any]]:
    return {key[1]: row for key, row in held(staged.url).items() if key[2:] == (month_end, "then")}


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in FIGURES if name not in MOMENT}


@pytest.mark.slow
def test_o4_the_last_month_end_as_known_then_stays_for_30_days_of_later_changes(warehouse_database: str) -> None:
    staged = StagedRows(warehouse_database)
    days = Days(staged, 11)
    days.go(25, everything=True)
    closing = ClosedByHand(date(2025, 12, 1), date(2026, 1, 1))
    staged.marts(closing=closing)
    last = date(2025, 12, 31)
    reported = {key[1]: _figures(row) for key, row in held(staged.url).items() if key[2:] == (last, "now")}
    closed_at = _now(staged)
    assert closing.close_next(closed_at) == last
    for _ in range(30):
        days.go(6)
        staged.marts(closing=closing)
    found = _then(staged, last)
    assert {job: _figures(row) for job, row in found.items()} == reported
    assert {row["known_at"] for row in found.values()} == {closed_at}
    now = {key[1]: _figures(row) for key, row in held(staged.url).items() if key[2:] == (last, "now")}
    assert now != reported, "nothing has come that the schedule of then must not show"
    # Computed from the history of the staged tables as a whole, too.
    staged.marts(closing=closing, whole=True)
    assert {job: _figures(row) for job, row in _then(staged, last).items()} == reported


def test_o4_a_month_that_was_closed_before_the_first_sync_is_not_known(warehouse_database: str) -> None:
    site = Site(warehouse_database)
    site.job("J1", estimate=900)
    site.contract("J1", 1000)
    site.cost("J1", date(2026, 1, 15), 300)
    site.publish()
    names = "is_known", "cost_to_date", "revised_contract", "billed_to_date", "not_known_because"
    reason = "the month was closed before the first complete sync"
    assert site.figures("J1", JANUARY, *names, known="then") == (False, None, None, None, reason)
    known_at, known_since = site.figures("J1", JANUARY, "known_at", "known_since", known="then")
    assert known_at == datetime(2026, 2, 1, tzinfo=UTC) < known_since
    open_month = month_ends(_now(site.staged), None, "UTC")[-1][0]
    assert site.figures("J1", open_month, *names, known="then") == (
        False,
        None,
        None,
        None,
        "the month is not closed yet",
    )
    assert site.staged.ask("select is_known, fade from marts.wip_fade where month_end = %s", JANUARY) == [(False, None)]


def test_o4_fade_is_what_the_job_will_earn_now_less_what_was_reported(warehouse_database: str) -> None:
    site = Site(warehouse_database)
    site.job("J1", estimate=900)
    site.contract("J1", 1000)
    site.cost("J1", date(2026, 1, 15), 300)
    closing = ClosedByHand(date(2026, 1, 1))
    site.publish(closing=closing)
    closing.close_next(_now(site.staged))
    site.job("J1", estimate=960)
    site.cost("J1", date(2026, 1, 20), 20)
    site.publish(closing=closing)
    assert site.staged.ask(
        "select cost_to_date_then, cost_to_date_now, gross_profit_at_completion_then, gross_profit_at_completion_now,"
        " fade from marts.wip_fade where month_end = %s",
        JANUARY,
    ) == [(300, 320, 100, 40, -60)]


def test_o4_what_was_read_before_the_close_counts_though_it_was_published_after(warehouse_database: str) -> None:
    site = Site(warehouse_database)
    site.job("J1", estimate=900)
    site.contract("J1", 1000)
    closing = ClosedByHand(date(2026, 1, 1))
    site.publish(closing=closing)
    with site.staged.sync() as slow:
        key = {"job_number": "J1", "phase_code": "0100", "cost_type": "L"}
        slow.post(**key, tran_date=date(2026, 1, 15), tran_amount=300)
        closing.close_next(_now(site.staged))
        site.staged.marts(closing=closing)
        assert site.figures("J1", JANUARY, "cost_to_date", known="then") == (0,)
    site.staged.marts(closing=closing)
    assert site.figures("J1", JANUARY, "cost_to_date", known="then") == (300,)
    assert_wip_right(site.staged.url, month_ends(_now(site.staged), closing, "UTC"))


def test_o4_another_month_comes_though_nothing_was_synced(warehouse_database: str) -> None:
    site = Site(warehouse_database)
    site.job("J1", estimate=900)
    site.cost("J1", date(2019, 1, 15), 300)
    site.publish()
    before = held(site.staged.url)
    assert site.staged.marts() == {}
    # As if this were written in the last month: the newest month end is not there, and one more at the other end is.
    ((newest, oldest),) = site.staged.ask("select max(month_end), min(month_end) from marts.wip_month_ends")
    for table in ("wip_month_ends", "wip_by_month"):
        site.staged.ask(f"delete from marts.{table} where month_end = %s", newest)  # noqa: S608
        gone = f"update marts.{table} set month_end = %s where month_end = %s"  # noqa: S608
        assert site.staged.ask(gone, date(2019, 1, 31), oldest) == []
    assert site.staged.marts()["wip_by_month"] == 3, "two month ends that were not there come, and one goes"
    assert held(site.staged.url) == before


def test_o4_what_was_known_then_stays_when_its_month_leaves_the_schedule(warehouse_database: str) -> None:
    site = Site(warehouse_database)
    site.job("J1", estimate=900)
    site.cost("J1", date(2026, 1, 15), 300)
    closing = ClosedByHand(date(2026, 1, 1))
    site.publish(closing=closing)
    closing.close_next(_now(site.staged))
    site.staged.marts(closing=closing)
    # As if that month end were older than the schedule.
    old = date(2010, 1, 31)
    site.staged.ask("update marts.wip_month_ends set month_end = %s where month_end = %s", old, JANUARY)
    then = "update marts.wip_by_month set month_end = %s where month_end = %s and known = 'then'"
    site.staged.ask(then, old, JANUARY)
    for whole in (False, True):
        site.cost("J1", date(2026, 1, 16), 1)
        site.publish(TABLES, closing=closing, whole=whole)
        assert site.figures("J1", old, "cost_to_date", "is_known", known="then") == (300, True)
