"""Runs that overlap, come late or are narrowed: the later reading wins, whatever the order of publishing (M2)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from spectrum_etl.errors import StopSync
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from tests.repeats import repeats
from tests.staging.resilience.harness import World
from tests.staging.resilience.oracle import assert_equals_source, fingerprint

pytestmark = pytest.mark.usefixtures("without_checks")

TEXT = """UPDATE "JC_TRANSACTION_HISTORY_MC" SET "Description" = left(%s || "Description", 30)
    WHERE btrim("Job_Number") = %s AND left("Tran_Date_Text", 6) = %s AND btrim("Company_Code") = '1'"""
AMOUNT = """UPDATE "JC_TRANSACTION_HISTORY_MC" SET "Tran_Amount" = "Tran_Amount" + %s
    WHERE btrim("Job_Number") = %s AND left("Tran_Date_Text", 6) = %s AND btrim("Company_Code") = '1'"""
KEEP = """CREATE TABLE IF NOT EXISTS public.kept AS SELECT * FROM "JC_TRANSACTION_HISTORY_MC" """
BACK = (
    """DELETE FROM "JC_TRANSACTION_HISTORY_MC" """,
    """INSERT INTO "JC_TRANSACTION_HISTORY_MC" SELECT * FROM public.kept""",
)
JOB_NAME = """UPDATE "JC_JOB_MASTER_MC" SET "Job_Description" = %s WHERE btrim("Job_Number") = %s"""


def busiest(world: World, place: int = 0) -> tuple[str, str]:
    """Job and month of the partition with the most transactions, or the next ones."""
    rows = world.ask(
        "select job_number, partition_month from sync.partitions where company_code = '1'"
        " and partition_month ~ '^[0-9]+$' order by source_rows desc, 1, 2"
    )
    return rows[place]


def put_back(world: World) -> None:
    """The transactions as they were when they were kept."""
    for statement in BACK:
        world.change(statement)


def job_names(world: World) -> dict[str, str]:
    """Staged descriptions by job."""
    return dict(world.ask("select job_number, job_description from spectrum.jobs where company_code = '1'"))


def test_the_later_reading_wins_and_the_earlier_ends_superseded(world: World) -> None:
    """Two syncs of one object at the same time: the one that began earlier publishes last, and changes nothing."""
    job = next(iter(job_names(world)))
    world.change(JOB_NAME, "First", job)
    early = world.landed("jobs")
    world.change(JOB_NAME, "Second", job)
    late = world.landed("jobs")
    world.publish("jobs", late)
    before = fingerprint(world, "jobs")
    counts = world.publish("jobs", early)["jobs"]
    assert (world.state(late), world.state(early)) == ("published", "superseded")
    assert (counts.new, counts.changed, counts.deleted) == (0, 0, 0)
    assert fingerprint(world, "jobs") == before
    assert_equals_source(world, "jobs")


def test_two_publishes_at_the_same_time_wait_for_each_other(world: World) -> None:
    """In the other order both publish, and the history has the version between."""
    job = next(iter(job_names(world)))
    world.change(JOB_NAME, "First", job)
    early = world.landed("jobs")
    world.change(JOB_NAME, "Second", job)
    late = world.landed("jobs")
    world.publish("jobs", early)
    world.publish("jobs", late)
    assert (world.state(early), world.state(late)) == ("published", "published")
    versions = world.ask("select job_description from history.jobs where job_number = %s", job)
    assert ("First",) in versions
    assert_equals_source(world, "jobs")


def test_a_try_that_comes_back_publishes_nothing_twice(world: World) -> None:
    """A publish whose answer was lost is done again: it says what it did, and does nothing."""
    world.change(JOB_NAME, "Once", next(iter(job_names(world))))
    landing = world.landed("jobs")
    first = world.publish("jobs", landing)
    before = fingerprint(world, "jobs")
    assert world.publish("jobs", landing) == first
    world.check("jobs", landing)
    assert fingerprint(world, "jobs") == before


@pytest.mark.parametrize("tidied", repeats([False, True]))
def test_a_try_that_comes_back_after_a_newer_run_is_superseded(world: World, tidied: bool) -> None:
    """Also where its own run's teardown has been there before it."""
    run, (job, month) = world.run(), busiest(world)
    world.change(AMOUNT, 5, job, month)
    early = world.landed("job_costs", run)
    world.change(AMOUNT, 7, job, month)
    world.sync("job_costs")
    if tidied:
        world.tidy("job_costs", run)
    before = fingerprint(world, "job_costs")
    world.publish("job_costs", early)
    assert world.state(early) == "superseded"
    assert fingerprint(world, "job_costs") == before
    assert_equals_source(world, "job_costs")


def test_a_narrowed_run_touches_nothing_outside_its_jobs(world: World) -> None:
    """A5: every job changes at the source; one is asked for."""
    chosen, *others = sorted(job_names(world))
    world.change("""UPDATE "JC_JOB_MASTER_MC" SET "Job_Description" = 'New'""")
    world.change("""DELETE FROM "JC_JOB_MASTER_MC" WHERE btrim("Job_Number") = %s""", others[0])
    before = job_names(world)
    world.sync("jobs", jobs=(chosen,))
    assert job_names(world) == {**before, chosen: "New"}
    assert world.ask("select count(*) from spectrum.jobs where _deleted_at is not null") == [(0,)]
    world.sync("jobs")
    assert_equals_source(world, "jobs")


def test_an_older_whole_run_leaves_a_newer_narrowed_one_alone(world: World) -> None:
    """The job is as the newer run read it, everything else as the older one did."""
    chosen, other, *_ = sorted(job_names(world))
    world.change("""UPDATE "JC_JOB_MASTER_MC" SET "Job_Description" = 'Older'""")
    older = world.landed("jobs")
    world.change("""UPDATE "JC_JOB_MASTER_MC" SET "Job_Description" = 'Newer'""")
    world.sync("jobs", jobs=(chosen,))
    world.publish("jobs", older)
    assert world.state(older) == "published"
    assert (job_names(world)[chosen], job_names(world)[other]) == ("Newer", "Older")
    again = world.landed("jobs", jobs=(chosen,))
    world.sync("jobs", jobs=(chosen, other))
    world.publish("jobs", again)
    assert world.state(again) == "superseded"
    world.sync("jobs")
    assert_equals_source(world, "jobs")


def test_an_older_whole_run_does_not_undo_what_a_newer_narrowed_one_found_unchanged(world: World) -> None:
    """The source changed and changed back: the newer run had nothing to publish, and is right all the same."""
    job, month = busiest(world)
    world.change(KEEP)
    world.change(TEXT, "X ", job, month)
    older = world.landed("job_costs")
    put_back(world)
    world.sync("job_costs", jobs=(job,))
    world.publish("job_costs", older)
    assert_equals_source(world, "job_costs")


@pytest.mark.parametrize("newer_is_backfill", [True, False])
def test_a_backfill_and_a_sync_of_the_same_months(world: World, newer_is_backfill: bool) -> None:
    """M2: whichever read later wins in the month, and outside it the backfill changes nothing."""
    (job, month), (other, elsewhere) = (
        busiest(world),
        next(pair for pair in (busiest(world, n) for n in range(1, 20)) if pair[1] != busiest(world)[1]),
    )
    world.change(AMOUNT, 1, job, month)
    world.change(AMOUNT, 1, other, elsewhere)
    first: dict[str, Any] = {} if newer_is_backfill else {"months": (month,), "full_refresh": True}
    second: dict[str, Any] = {"months": (month,), "full_refresh": True} if newer_is_backfill else {}
    early = world.landed("job_costs", **first)
    world.change(AMOUNT, 10, job, month)
    late = world.landed("job_costs", **second)
    world.publish("job_costs", late)
    world.publish("job_costs", early)
    assert world.state(late) == "published"
    assert_equals_source(world, "job_costs")


def test_a_backfill_of_a_month_that_was_emptied_meanwhile(world: World) -> None:
    """The older sync saw new postings in the month, the newer backfill saw none: they must not come back."""
    job, _ = busiest(world)
    world.change(
        """INSERT INTO "JC_TRANSACTION_HISTORY_MC" ("Company_Code", "Job_Number", "Phase_Code", "Cost_Type",
        "Tran_Date_Text", "Tran_Amount") VALUES ('  1', %s, '011000', 'L', '20290105', 50)""",
        job,
    )
    early = world.landed("job_costs")
    world.change("""DELETE FROM "JC_TRANSACTION_HISTORY_MC" WHERE "Tran_Date_Text" = '20290105'""")
    world.sync("job_costs", months=("202901",))
    world.publish("job_costs", early)
    assert_equals_source(world, "job_costs")


def test_an_older_backfill_between_compare_and_publish_is_counted_as_deferred(world: World) -> None:
    """The newer run did not copy the month, published as it is; then the older one published another state."""
    job, month = busiest(world)
    world.change(KEEP)
    world.change(TEXT, "X ", job, month)
    older = world.landed("job_costs", months=(month,))
    put_back(world)
    newer = world.landed("job_costs")
    world.publish("job_costs", older)
    counts = world.publish("job_costs", newer)["job_cost_transactions"]
    assert counts.deferred > 0
    world.sync("job_costs")
    assert_equals_source(world, "job_costs")


@contextmanager
def during_the_copy(before: list[Any], after: list[Any]) -> Iterator[None]:
    """Change the source just before the rows of transactions are read, and again just after."""
    read = InfoLinkReader.read_lines

    def changing(self: InfoLinkReader, *args: Any, **options: Any) -> Iterator[Any]:
        for change in before:
            change()
        yield from read(self, *args, **options)
        for change in after:
            change()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(InfoLinkReader, "read_lines", changing)
        yield


@pytest.mark.parametrize("full", repeats([False, True]))
def test_a_partition_that_moves_while_it_is_copied_waits(world: World, full: bool) -> None:
    """It stays as it was published last, is counted as deferred, and the next run takes it; others are published."""
    (job, month), (other, elsewhere) = busiest(world), busiest(world, 1)
    for change in (job, month), (other, elsewhere):
        world.change(AMOUNT, 3, *change)
    moves = [lambda: world.change(AMOUNT, 4, job, month)]
    with during_the_copy(moves, []):
        counts = world.sync("job_costs", full_refresh=full)["job_cost_transactions"]
    assert counts.deferred > 0
    assert counts.new > 0
    world.sync("job_costs")
    assert_equals_source(world, "job_costs")


@pytest.mark.parametrize("change", [AMOUNT, TEXT])
def test_a_source_that_changes_while_it_is_copied_and_changes_back(world: World, change: str) -> None:
    """Both fingerprints are equal, and yet what was copied is something else: it is never staged."""
    job, month = busiest(world)
    world.change(AMOUNT, 3, job, month)
    world.change(KEEP)
    value = 4 if change == AMOUNT else "X "
    with during_the_copy([lambda: world.change(change, value, job, month)], [lambda: put_back(world)]):
        world.sync("job_costs")
    world.sync("job_costs")
    assert_equals_source(world, "job_costs")


def test_when_nothing_stands_still_no_total_is_lost(world: World) -> None:
    """Every changed partition moves: nothing is published, and totals of all other jobs stay (K1)."""
    job, month = busiest(world)
    world.change(AMOUNT, 3, job, month)
    before = fingerprint(world, "job_costs")
    with during_the_copy([lambda: world.change(AMOUNT, 4, job, month)], []):
        counts = world.sync("job_costs")
    assert counts["job_cost_totals"].deleted == 0
    assert fingerprint(world, "job_costs") == before
    world.sync("job_costs")
    assert_equals_source(world, "job_costs")


def test_a_snapshot_that_changes_just_before_it_is_read(world: World) -> None:
    """What is read counts, not what there was when the run began."""
    with during_the_copy([lambda: world.change(JOB_NAME, "Mid", "24-101")], []):
        world.sync("jobs")
    assert_equals_source(world, "jobs")


def test_a_landing_that_failed_its_checks_is_not_published_whatever_the_state_of_its_tasks(world: World) -> None:
    """A person marks the failed check successful: publish refuses all the same."""
    landing = world.landed("jobs")
    with psycopg.connect(world.warehouse) as connection:
        connection.execute(
            "insert into sync.checks (landing_id, object_name, table_name, company_code, run_id, source, check_name,"
            " severity, status) values (%s, 'jobs', 'jobs', '1', 'r', 'guard', 'rejected_share', 'critical', 'failed')",
            [landing],
        )
    before = fingerprint(world, "jobs")
    with pytest.raises(StopSync, match=r"jobs\.rejected_share .*trigger the DAG again"):
        world.publish("jobs", landing)
    assert fingerprint(world, "jobs") == before
