"""B10. The warehouse's clock was ahead once: a sync that is stamped in the future hides no later one."""

from __future__ import annotations

import psycopg
import pytest

from tests.repeats import repeats
from tests.staging.resilience.harness import World
from tests.staging.resilience.oracle import assert_equals_source

pytestmark = pytest.mark.usefixtures("without_checks")

JOB_NAME = """UPDATE "JC_JOB_MASTER_MC" SET "Job_Description" = %s WHERE btrim("Job_Number") = %s"""
AMOUNT = """UPDATE "JC_TRANSACTION_HISTORY_MC" SET "Tran_Amount" = "Tran_Amount" + %s WHERE btrim("Job_Number") = %s"""

#: Every moment that a sync writes, by relation and the column that names the object.
BOOKS = {
    "sync.landings": ("read_at", "started_at", "finished_at"),
    "sync.runs": ("read_at", "started_at", "finished_at"),
    "sync.scopes": ("read_at",),
    "sync.checks": ("checked_at",),
    "sync.rejected_rows": ("rejected_at", "resolved_at"),
    "sync.drift": ("first_seen_at", "last_seen_at"),
}
STAGED = ("_read_at", "_changed_at", "_deleted_at", "_rejected_at")
PAST = ("_read_at", "_changed_at", "_valid_from", "_valid_to")


def ahead(world: World, name: str, tables: tuple[str, ...], since: str) -> None:
    """What a sync of an object would have left, had the clock been five years ahead: all that was written since."""
    with psycopg.connect(world.warehouse) as connection:
        for relation, columns in BOOKS.items():
            for column in columns:
                connection.execute(
                    f"update {relation} set {column} = {column} + interval '5 years'"  # noqa: S608
                    f" where object_name = %s and {column} >= %s",
                    [name, since],
                )
        if name == "job_costs":
            for column in ("read_at", "changed_at"):
                connection.execute(
                    f"update sync.partitions set {column} = {column} + interval '5 years' where {column} >= %s",  # noqa: S608
                    [since],
                )
        for table in tables:
            for column in STAGED:
                connection.execute(
                    f"update spectrum.{table} set {column} = {column} + interval '5 years' where {column} >= %s",  # noqa: S608
                    [since],
                )
            for column in PAST:
                connection.execute(
                    f"update history.{table} set {column} = {column} + interval '5 years' where {column} >= %s",  # noqa: S608
                    [since],
                )


def in_the_future(world: World, tables: tuple[str, ...]) -> list[str]:
    """Which columns hold a moment later than now."""
    columns = [(relation, column) for relation, names in BOOKS.items() for column in names]
    columns += [("sync.partitions", "read_at"), ("sync.partitions", "changed_at")]
    columns += [(f"spectrum.{table}", column) for table in tables for column in STAGED]
    columns += [(f"history.{table}", column) for table in tables for column in PAST]
    return [
        f"{relation}.{column}"
        for relation, column in columns
        if world.ask(f"select 1 from {relation} where {column} > clock_timestamp() limit 1")  # noqa: S608
    ]


def moment(world: World) -> str:
    ((now,),) = world.ask("select clock_timestamp()")
    return str(now)


def job(world: World) -> str:
    return str(world.ask("select job_number from spectrum.jobs where company_code = '1' order by 1 limit 1")[0][0])


@pytest.mark.parametrize("changed", repeats([True, False], ids=["changed", "nothing_changed"]))
def test_a_sync_after_one_from_the_future_is_published(world: World, changed: bool) -> None:
    one, since = job(world), moment(world)
    world.change(JOB_NAME, "From the future", one)
    run = world.run()
    world.sync("jobs", run)
    ahead(world, "jobs", ("jobs",), since)
    assert "sync.scopes.read_at" in in_the_future(world, ("jobs",))
    if changed:
        world.change(JOB_NAME, "Of today", one)
    landing = world.landed("jobs")
    counts = world.publish("jobs", landing)["jobs"]
    assert (world.state(landing), counts.changed) == ("published" if changed else "unchanged", int(changed))
    assert_equals_source(world, "jobs")
    assert in_the_future(world, ("jobs",)) == []
    ((status, message, remedy),) = world.ask(
        "select status, message, remedy from sync.checks"
        " where check_name = 'stamped_in_the_future' and landing_id = %s",
        landing,
    )
    assert status == "warned"
    assert f"1 syncs, the newest by run {run.run_id}" in message
    assert "Look at the clock of the warehouse's server" in remedy
    # Its own moment lies between those of its neighbours.
    order = world.ask("select landing_id from sync.landings where object_name = 'jobs' order by read_at, landing_id")
    assert order == sorted(order)
    versions = world.ask(
        "select _valid_from <= coalesce(_valid_to, 'infinity') from history.jobs_versions where job_number = %s", one
    )
    assert versions == [(True,)] * (3 if changed else 2)
    world.sync("jobs")
    warned = world.ask("select count(*) from sync.checks where check_name = 'stamped_in_the_future'")
    assert warned == [(1,)], "once"


def test_a_sync_that_began_before_one_from_the_future_stays_superseded(world: World) -> None:
    """The order of reading holds, whatever the clock said."""
    one, since = job(world), moment(world)
    world.change(JOB_NAME, "First", one)
    early = world.landed("jobs")
    world.change(JOB_NAME, "Second", one)
    late = world.landed("jobs")
    world.publish("jobs", late)
    # Only the later one ran with the wrong clock.
    with psycopg.connect(world.warehouse) as connection:
        connection.execute(
            "update sync.landings set read_at = read_at + interval '1 year' where landing_id = %s", [late]
        )
        for relation in ("sync.scopes", "sync.runs"):
            connection.execute(
                f"update {relation} set read_at = read_at + interval '1 year' where landing_id = %s",  # noqa: S608
                [late],
            )
    assert since
    world.publish("jobs", early)
    assert world.state(early) == "superseded"
    assert_equals_source(world, "jobs")


def test_a_landing_whose_own_stamp_lies_in_the_future_is_published_and_superseded_by_the_next(world: World) -> None:
    """The clock was put right between reading and publishing."""
    one = job(world)
    world.change(JOB_NAME, "From the future", one)
    early = world.landed("jobs")
    with psycopg.connect(world.warehouse) as connection:
        connection.execute(
            "update sync.landings set read_at = read_at + interval '1 day' where landing_id = %s", [early]
        )
    world.publish("jobs", early)
    assert world.state(early) == "published"
    assert in_the_future(world, ("jobs",)) == []
    world.change(JOB_NAME, "Of today", one)
    world.sync("jobs")
    assert_equals_source(world, "jobs")


@pytest.mark.parametrize("scope", repeats([{}, {"full_refresh": True}], ids=["as_ever", "full_refresh"]))
def test_transactions_after_a_sync_from_the_future_are_published(world: World, scope: dict[str, bool]) -> None:
    """Every partition that it published is stamped in the future too."""
    one, since = job(world), moment(world)
    tables = ("job_cost_transactions", "job_cost_totals")
    world.change(AMOUNT, 1, one)
    world.sync("job_costs")
    ahead(world, "job_costs", tables, since)
    world.change(AMOUNT, 2, one)
    landing = world.landed("job_costs", **scope)
    counts = world.publish("job_costs", landing)["job_cost_transactions"]
    assert world.state(landing) == "published"
    assert counts.new > 0
    assert counts.deferred == 0
    assert_equals_source(world, "job_costs")
    assert in_the_future(world, tables) == []
    living = world.ask("select count(*) from spectrum.job_cost_totals where _deleted_at is not null")
    assert living == [(0,)]


def test_other_companies_and_objects_keep_their_stamps(world: World) -> None:
    """Each is put right by its own next sync."""
    since = moment(world)
    for name in ("jobs", "vendors"):
        world.sync(name)
        ahead(world, name, (), since)
    world.sync("jobs")
    names = world.ask("select distinct object_name from sync.scopes where read_at > clock_timestamp()")
    assert names == [("vendors",)]
    world.sync("vendors")
    assert in_the_future(world, ("jobs", "vendors")) == []
