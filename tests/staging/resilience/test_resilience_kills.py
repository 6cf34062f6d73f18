"""Tasks that are killed, a warehouse that crashes or is gone: afterwards the retry ends in the exact table."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from sandbox.data.month import advance_month
from spectrum_etl.errors import FixConfiguration, Reauthenticate, RetryLater, SpectrumEtlError, StopSync
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.connect import connect
from stack.postgres import NO_DURABILITY, EmbeddedPostgres
from tests.repeats import repeats
from tests.staging.resilience.harness import Child, World, assert_explained, assert_no_secret, wait_for
from tests.staging.resilience.oracle import assert_equals_source, fingerprint

REPRICE = """UPDATE "JC_TRANSACTION_HISTORY_MC" SET "Tran_Amount" = "Tran_Amount" + 1"""
RENAME = """UPDATE "VN_VENDOR_MASTER_MC" SET "Vendor_Name" = 'Renamed ' || left("Vendor_Name", 20)"""
#: What the task that is to be killed is doing.
DOING = (
    "select query from pg_stat_activity where datname = current_database() and application_name = 'spectrum_etl'"
    " and state = 'active' and query ilike %s"
)
WAITING = (
    "select query from pg_stat_activity where datname = current_database() and application_name = 'spectrum_etl'"
    " and wait_event_type = 'Lock' and query ilike %s"
)


def test_killed_while_landing_then_retried(world: World) -> None:
    """SIGKILL in the middle of the COPY: the try left its name, and nothing else that counts."""
    world.change(REPRICE)
    before, run = fingerprint(world, "job_costs"), world.run()
    with world.fault("infolink_slow_ms", "700"):
        child = Child(world, "land", "job_costs", run)
        wait_for(lambda: world.ask(DOING, 'copy "landing"."job_cost_transactions%'))
        child.kill()
    assert world.ask("select state from sync.landings where run_id = %s", run.run_id) == [("landing",)]
    assert fingerprint(world, "job_costs") == before
    world.sync("job_costs", world.run(2, run.run_id))
    assert_equals_source(world, "job_costs")
    states = world.ask("select state from sync.landings where run_id = %s order by landing_id", run.run_id)
    assert states == [("failed",), ("published",)]
    assert world.ask("select distinct state from sync.runs where run_id = %s", run.run_id) == [("published",)]


def test_killed_while_landing_and_given_up(world: World) -> None:
    """The teardown writes into the run history what nobody else could."""
    run = world.run()
    with world.fault("infolink_slow_ms", "700"):
        child = Child(world, "land", "vendors", run)
        wait_for(lambda: world.ask("select 1 from sync.landings where run_id = %s", run.run_id))
        child.kill()
    world.tidy("vendors", run)
    ((*found, message, remedy),) = world.ask(
        "select state, cause, message, remedy from sync.runs where run_id = %s", run.run_id
    )
    assert found == ["failed", "task ended"]
    assert "vendors, company 1" in message
    assert "clear the task `land`" in remedy


@pytest.mark.parametrize(
    ("name", "change", "locked"),
    repeats([("job_costs", REPRICE, "job_cost_transactions"), ("vendors", RENAME, "vendors")]),
)
def test_killed_while_publishing_then_retried(world: World, name: str, change: str, locked: str) -> None:
    """SIGKILL in the middle of the transaction: held there by a lock on one of the rows that it must write."""
    world.change(change)
    before, run = fingerprint(world, name), world.run()
    landing = world.landed(name, run)
    with psycopg.connect(world.warehouse) as holder:
        row = sql.SQL("select 1 from {} where company_code = '1' limit 1 for update")
        holder.execute(row.format(sql.Identifier("spectrum", locked)))
        child = Child(world, "publish", name, run, landing)
        wait_for(lambda: world.ask(WAITING, f'%"spectrum"."{locked}"%'))
        child.kill()
        assert fingerprint(world, name) == before
    wait_for(lambda: not world.ask(DOING, "%"))
    assert fingerprint(world, name) == before
    assert world.state(landing) == "checked"
    world.publish(name, landing)
    assert_equals_source(world, name)
    assert world.tidy(name, run) > 0
    assert world.landing_tables(run) == []


def test_killed_after_the_commit_then_retried(world: World) -> None:
    """The answer was lost, the data were not: the retry says the same and writes nothing."""
    world.change(RENAME)
    run = world.run()
    landing = world.landed("vendors", run)
    assert Child(world, "publish", "vendors", run, landing).result() == str(landing)
    before = fingerprint(world, "vendors")
    assert world.publish("vendors", landing)["vendors"].changed == 24
    assert fingerprint(world, "vendors") == before
    assert_equals_source(world, "vendors")


def test_a_failed_publish_that_is_retried_has_its_counts_in_the_books(world: World) -> None:
    """The row of the failure is replaced by that of the success, with all its counts."""
    world.change(RENAME)
    landing = world.landed("vendors")
    with psycopg.connect(world.warehouse, autocommit=True) as admin:
        admin.execute("alter table spectrum.vendors add constraint no_more check (vendor_name not like 'Renamed%')")
        with pytest.raises(StopSync) as caught:
            world.publish("vendors", landing)
        assert "vendors, company 1: the warehouse" in str(caught.value)
        assert_no_secret(str(caught.value))
        admin.execute("alter table spectrum.vendors drop constraint no_more")
    world.publish("vendors", landing)
    books = "select state, source_rows, staged_rows, rejected_rows, changed_rows from sync.runs where landing_id = %s"
    assert world.ask(books, landing) == [("published", 25, 24, 1, 24)]
    assert_equals_source(world, "vendors")


@pytest.fixture
def crashing(world: World) -> Iterator[tuple[World, EmbeddedPostgres]]:
    """A warehouse of its own, which may be killed, with the vendors and job costs staged."""
    folder = Path(tempfile.mkdtemp(prefix="spectrum-etl-crash-", dir="/var/tmp"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder / "postgres", settings={**NO_DURABILITY, "shared_buffers": "32MB"})
    try:
        server.start()
        own = replace(world, warehouse=server.create_database("warehouse"))
        for name in ("vendors", "job_costs"):
            own.sync(name)
        yield own, server
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.mark.slow
def test_postgres_killed_between_the_steps(crashing: tuple[World, EmbeddedPostgres]) -> None:
    """kill -9 of the postmaster empties the unlogged landing: check and publish refuse it, and a new run is right.

    Then the warehouse is gone for a while: the error says so, and is one that the task's retry makes good.
    """
    world, server = crashing
    world.change(RENAME)
    world.change(REPRICE)
    runs = {step: world.run() for step in ("vendors", "job_costs")}
    landed = world.land("vendors", runs["vendors"])
    checked = world.landed("job_costs", runs["job_costs"])
    server.kill()
    with pytest.raises(RetryLater, match=r"cannot be reached.*What to do"):
        world.publish("job_costs", checked)
    server.start()
    before = fingerprint(world, "vendors"), fingerprint(world, "job_costs")
    refused = {
        "vendors": lambda: world.check("vendors", landed),
        "job_costs": lambda: world.publish("job_costs", checked),
    }
    for name, step in refused.items():
        with pytest.raises(StopSync) as caught:
            step()
        world.tidy(name, runs[name])
        assert_explained(world, name, caught.value, runs[name], "company 1", "landing.", "clear the task `land`")
    assert (fingerprint(world, "vendors"), fingerprint(world, "job_costs")) == before
    for name in ("vendors", "job_costs"):
        world.sync(name)
    assert_equals_source(world, "vendors", "job_costs")
    world.change(RENAME)
    landing = world.landed("vendors")
    server.stop()
    for step in (lambda: world.publish("vendors", landing), lambda: world.sync("vendors")):
        with pytest.raises(RetryLater) as lost:
            step()
        assert "What to do:" in str(lost.value)
        assert server.password not in str(lost.value)
    server.start()
    world.publish("vendors", landing)
    assert_equals_source(world, "vendors")


def test_the_warehouse_goes_while_it_is_written(world: World) -> None:
    """Its administrator ends the session in the middle of the publish: all or nothing, and the retry publishes."""
    world.change(RENAME)
    run = world.run()
    landing, before = world.landed("vendors", run), fingerprint(world, "vendors")
    with psycopg.connect(world.warehouse) as holder:
        holder.execute("select 1 from spectrum.vendors where company_code = '1' limit 1 for update")
        child = Child(world, "publish", "vendors", run, landing)
        wait_for(lambda: world.ask(WAITING, '%"spectrum"."vendors"%'))
        world.ask(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            " and application_name = 'spectrum_etl' and wait_event_type = 'Lock'"
        )
        assert child.process.wait(30) == 1
        assert child.process.stderr is not None
        said = child.process.stderr.read().decode()
        child.close()
    assert "RetryLater: vendors, company 1: the connection to the warehouse" in said
    assert "What to do: the task is retried automatically" in said
    assert fingerprint(world, "vendors") == before
    assert world.state(landing) == "failed"
    world.publish("vendors", landing)
    assert_equals_source(world, "vendors")


@pytest.mark.parametrize(
    ("wrong", "kind", "words"),
    [
        ({"password": "falsch-Geheim"}, Reauthenticate, ("refused the login", "login and password")),
        ({"dbname": "nowhere"}, FixConfiguration, ("no such database", "schema")),
        ({"port": "1"}, RetryLater, ("(the host), port 1", "refused", "host and port")),
        ({"host": "no-such-host.invalid"}, RetryLater, ("failed to resolve", "host and port")),
    ],
)
def test_a_warehouse_that_cannot_be_opened_is_told(
    world: World, wrong: dict[str, str], kind: type[SpectrumEtlError], words: tuple[str, ...]
) -> None:
    """A3, for the other end: each has its own class and remedy. What the connection holds is not quoted."""
    url = psycopg.conninfo.make_conninfo(world.warehouse, **wrong)
    with pytest.raises(kind) as caught, connect(url):
        pass
    for word in (*words, "What to do:"):
        assert word in str(caught.value)
    assert "Geheim" not in str(caught.value)
    assert "no-such-host" not in str(caught.value)


def test_a_login_without_permissions_is_told(world: World) -> None:
    """The migration needs to own the database: the message says what to grant."""
    with psycopg.connect(world.warehouse, autocommit=True) as admin:
        admin.execute("create role resilience_reader login password 'reader'")
    try:
        url = psycopg.conninfo.make_conninfo(world.warehouse, user="resilience_reader", password="reader")
        with pytest.raises(
            FixConfiguration, match=r"does not allow a statement: permission denied.*What to do: let the"
        ):
            replace(world, warehouse=url).land("vendors")
    finally:
        with psycopg.connect(world.warehouse, autocommit=True) as admin:
            admin.execute("drop role resilience_reader")


@pytest.mark.slow
def test_every_object_survives_a_month_of_business(world: World) -> None:
    """The plain case beside all the others: everything is staged again and equals the source."""
    advance_month(world.source, seed=7)
    for name in OBJECTS:
        world.sync(name)
    assert_equals_source(world)
