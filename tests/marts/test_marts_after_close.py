"""O5: what is posted, changed or deleted in months that are closed, since they were closed."""

# ruff: noqa: S608  queries are put together from names in these files

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from mart_oracle import assert_right, contents
from marts_world import ALL_CLOSED, HISTORY, busiest, change_of, late_posting, publish, wipe
from staged_rows import StagedRows

from spectrum_etl.marts.publish import publish_marts
from spectrum_etl.settings.closing import ClosedMonths, Closing, next_month
from spectrum_etl.staging.objects import OBJECTS
from tests.staging.resilience.harness import World

CHANGES = (
    "select action, transactions_before, transactions_after, amount_before, amount_after, amount_change, run_id"
    " from marts.after_close order by seen_at, tran_date, reference_1"
)
WRITTEN = "select seen_at, first_written_at from marts.after_close where first_written_at > seen_at order by 1"
LATE = "select reference_1, transactions, amount, run_id from marts.late_costs order by reference_1"


def test_o5_what_was_there_when_the_books_were_read_first_is_not_late(world: World) -> None:
    """All months were closed long before: nobody knows what was posted late then."""
    publish(world, closing=ALL_CLOSED)
    assert world.ask(CHANGES) == []
    known = "select count(*), count(known_from), min(month) from marts.closed_months where company_code = '1'"
    ((months, read, first),) = world.ask(known)
    assert (months, first) == (read, date(1980, 1, 1))
    world.sync("job_costs", full_refresh=True)
    publish(world, closing=ALL_CLOSED)
    assert world.ask(CHANGES) == []
    assert_right(world)


def test_o5_a_posting_that_comes_is_edited_and_goes_after_the_close(world: World) -> None:
    publish(world, closing=ALL_CLOSED)

    def sync() -> str:
        run = world.run()
        world.sync("job_costs", run, allow_mass_delete=True)
        written = publish_marts(world.warehouse, "1", closing=ALL_CLOSED)
        assert not written["after_close"].whole
        assert_right(world)
        return run.run_id

    late_posting(world)
    first = sync()
    came = ("posted", 0, 1, Decimal(0), Decimal("12.34"), Decimal("12.34"), first)
    assert world.ask(CHANGES) == [came]
    assert world.ask(LATE) == [("LATE", 1, Decimal("12.34"), first)]
    world.change(f'update {HISTORY} set "Tran_Amount" = 20 where btrim("Reference_1") = \'LATE\'')
    second = sync()
    edited = ("changed", 1, 1, Decimal("12.34"), Decimal(20), Decimal("7.66"), second)
    assert world.ask(CHANGES) == [came, edited]
    assert world.ask(LATE) == [("LATE", 1, Decimal(20), first)], "as it is now, since it was seen first"
    world.change(f"delete from {HISTORY} where btrim(\"Reference_1\") = 'LATE'")
    third = sync()
    went = ("deleted", 1, 0, Decimal(20), Decimal(0), Decimal(-20), third)
    assert world.ask(CHANGES) == [came, edited, went]
    assert world.ask(LATE) == []
    before, written = contents(world), world.ask(WRITTEN)
    publish(world, closing=ALL_CLOSED, whole=True)
    assert world.ask(WRITTEN) == written, "when a change was written first stays known"
    wipe(world)
    publish(world, closing=ALL_CLOSED)
    assert contents(world) == before, "computed whole it is the same"


@pytest.mark.slow
def test_o5_two_equal_postings_are_two(world: World) -> None:
    publish(world, closing=ALL_CLOSED)
    late_posting(world)
    late_posting(world)
    world.sync("job_costs")
    publish(world, closing=ALL_CLOSED)
    assert [row[:4] for row in world.ask(LATE.replace(", run_id", ""))] == [("LATE", 2, Decimal("24.68"))]
    world.change(
        f"delete from {HISTORY} where ctid = (select min(ctid) from {HISTORY} where btrim(\"Reference_1\") = 'LATE')"
    )
    world.sync("job_costs")
    publish(world, closing=ALL_CLOSED)
    assert [row[:3] for row in world.ask(LATE)] == [("LATE", 1, Decimal("12.34"))]
    assert_right(world)


def test_o5_a_posting_that_moves_to_another_phase_went_from_one_and_came_to_the_other(world: World) -> None:
    publish(world, closing=ALL_CLOSED)
    job, month = busiest(world)
    where, *values = change_of(job, month)
    world.change(
        f"update {HISTORY} set \"Phase_Code\" = '999990' where ctid = (select min(ctid) from {HISTORY} where {where})",
        *values,
    )
    world.sync("job_costs")
    publish(world, closing=ALL_CLOSED)
    ((actions, change),) = world.ask(
        "select array_agg(action order by action), sum(amount_change) from marts.after_close"
    )
    assert (actions, change) == (["deleted", "posted"], 0)
    assert_right(world)


@pytest.mark.slow
def test_o5_rows_that_are_staged_again_for_another_column_are_no_change(world: World) -> None:
    """A later version of the package reads one more column: every row of the books is another one then."""
    publish(world, closing=ALL_CLOSED)
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("update spectrum.job_cost_transactions set _row_hash = gen_random_uuid()")
        connection.execute("update sync.partitions set spec_hash = 'older'")
    late_posting(world)
    counts = world.sync("job_costs", allow_mass_delete=True)
    assert counts["job_cost_transactions"].new > 100
    publish(world, closing=ALL_CLOSED)
    assert [row[0] for row in world.ask(CHANGES)] == ["posted"]
    assert_right(world)


@pytest.mark.slow
def test_o5_a_month_counts_from_the_first_complete_reading_after_its_close(world: World) -> None:
    """What that reading finds may have been posted before the close, by a sync that was late as well."""
    publish(world)
    job, month = late_posting(world, reference="BEFORE")
    # Closed at the midnight that has just been, while the last reading was before.
    closed = datetime.now(UTC).date()
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("update sync.runs set read_at = read_at - interval '2 days'")
    rule = Closing(ClosedMonths(months={f"{month[:4]}-{month[4:]}": max(closed, _after(month))}), "UTC")
    publish(world, closing=rule)
    known = "select count(*), count(known_from) from marts.closed_months where company_code = '1'"
    ((months, read),) = world.ask(known)
    assert (months > 0, read) == (True, 0)
    world.sync("job_costs", jobs=(job,))
    publish(world, closing=rule)
    assert world.ask(known) == [(months, 0)], "a part of the books is no complete reading"
    world.sync("job_costs")
    publish(world, closing=rule, whole=True)
    assert world.ask(known) == [(months, months)]
    assert world.ask(CHANGES) == []
    late_posting(world, reference="AFTER")
    world.sync("job_costs")
    publish(world, closing=rule)
    assert [row[0] for row in world.ask(LATE)] == ["AFTER"]
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("delete from sync.runs where table_name = 'job_cost_transactions'")
    publish(world, closing=rule, whole=True)
    assert [row[0] for row in world.ask(LATE)] == ["AFTER"], "runs are not kept for ever, what they told is"
    assert_right(world)


def test_o5_what_the_first_reading_after_the_close_left_for_the_next_is_not_late(world: World) -> None:
    """A month that moved while it was copied comes with the next run, with all of its postings."""
    publish(world, closing=ALL_CLOSED)
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("update sync.runs set deferred_rows = 7 where table_name = 'job_cost_transactions'")
        connection.execute("delete from marts.closed_months")
        connection.execute(
            "insert into sync.deferred (table_name, company_code, job_number, partition_month, source_rows, since,"
            " last_seen_at) values ('job_cost_transactions', '1', 'J', '202601', 7, now(), now())"
        )
    late_posting(world)
    publish(world, closing=ALL_CLOSED, whole=True)
    ((read,),) = world.ask("select count(known_from) from marts.closed_months where company_code = '1'")
    assert read == 0
    world.sync("job_costs")
    publish(world, closing=ALL_CLOSED)
    assert world.ask(CHANGES) == []
    assert world.ask("select count(*) from marts.closed_months where company_code = '1' and known_from is null") == [
        (0,)
    ]


@pytest.mark.slow
def test_o5_what_runs_of_some_jobs_completed_is_known_from_the_last_of_them(warehouse_database: str) -> None:
    """A job waits after the complete reading; one of another job publishes, and then one of the job that waited."""
    staged = StagedRows(warehouse_database)
    code = {"phase_code": "0100", "cost_type": "M", "tran_date": date(2026, 1, 15)}
    waits = (
        "insert into sync.deferred (table_name, company_code, job_number, partition_month, source_rows, since,"
        " last_seen_at, reason) values ('job_cost_transactions', '1', 'A', '202601', 7, now(), now(), 'moved')"
    )
    last_run = "select max(landing_id) from sync.runs where table_name = 'job_cost_transactions'"
    with staged.sync() as sync:
        sync.post(job_number="B", **code, tran_amount=1)
    staged.ask("update sync.runs set deferred_rows = 7 where table_name = 'job_cost_transactions'")
    staged.ask(waits)
    staged.marts(closing=ALL_CLOSED)
    for job, amount in (("B", 500), ("A", 70)):
        with staged.sync() as sync:
            sync.post(job_number=job, **code, tran_amount=amount)
        staged.ask(f"update sync.runs set narrowed = true where landing_id = ({last_run})")
        if job == "A":
            staged.ask("delete from sync.deferred")
        staged.marts(closing=ALL_CLOSED)
    ((completed,),) = staged.ask(f"select read_at from sync.runs where landing_id = ({last_run})")
    assert staged.ask("select distinct known_from from marts.closed_months") == [(completed,)]
    assert staged.ask(CHANGES) == []
    kept = contents(staged)
    staged.marts(closing=ALL_CLOSED, whole=True)
    assert contents(staged) == kept, "computed whole it is the same"


@pytest.mark.slow
def test_o5_other_settings_compute_everything_and_none_leaves_nothing(world: World) -> None:
    publish(world, closing=ALL_CLOSED)
    _, month = late_posting(world)
    world.sync("job_costs")
    publish(world, closing=ALL_CLOSED)
    assert len(world.ask(LATE)) == 1
    earlier = date(int(month[:4]), int(month[4:]), 1) - timedelta(days=1)
    rule = Closing(ClosedMonths(months={f"{earlier:%Y-%m}": next_month(earlier)}), "UTC")
    assert publish_marts(world.warehouse, "1", closing=rule)["after_close"].whole
    assert world.ask(LATE) == [], "its month is open now"
    assert publish_marts(world.warehouse, "1", closing=rule) == {}
    assert publish_marts(world.warehouse, "1", closing=ALL_CLOSED)["after_close"].whole
    assert len(world.ask(LATE)) == 1
    publish_marts(world.warehouse, "1")
    assert world.ask("select * from marts.closed_months where company_code = '1'") == []
    assert world.ask(CHANGES) == []
    assert_right(world)


@pytest.mark.slow
def test_o5_stamps_of_a_clock_that_was_wrong_are_computed_again(world: World) -> None:
    publish(world, closing=ALL_CLOSED)
    late_posting(world)
    world.sync("job_costs")
    publish(world, closing=ALL_CLOSED)
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("update marts.after_close set seen_at = seen_at + interval '1 year'")
    publish(world, closing=ALL_CLOSED)
    assert len(world.ask(LATE)) == 1
    assert_right(world)


def test_o5_a_run_that_is_no_longer_in_the_books_stays_known(world: World) -> None:
    publish(world, closing=ALL_CLOSED)
    late_posting(world)
    run = world.run()
    world.sync("job_costs", run)
    publish(world, closing=ALL_CLOSED)
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("delete from sync.landings")
    publish(world, closing=ALL_CLOSED, whole=True)
    assert [row[-1] for row in world.ask(LATE)] == [run.run_id]


def test_postings_are_told_apart_as_the_spec_says(world: World) -> None:
    table = OBJECTS["job_costs"].table("job_cost_transactions")
    key = {
        name
        for (name,) in world.ask(
            "select attname from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey)"
            " where indrelid = 'marts.after_close'::regclass and indisprimary"
        )
    }
    assert key == {*table.told_apart_by, "seen_at"}


def _after(month: str) -> date:
    return next_month(date(int(month[:4]), int(month[4:]), 1))
