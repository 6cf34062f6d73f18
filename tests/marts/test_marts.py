"""The marts follow what is staged: incrementally, in any order of syncs, and as a whole computation would (M6)."""

# ruff: noqa: S608  queries are put together from names in these files

from __future__ import annotations

import dataclasses
import random
import threading
from decimal import Decimal

import psycopg
import pytest
from mart_oracle import assert_right, contents
from marts_world import ALL_CLOSED, HISTORY, busiest, change_of, late_posting, publish, wipe

from sandbox.data.month import advance_month
from spectrum_etl.marts import publish as publishing
from spectrum_etl.marts.publish import publish_marts
from spectrum_etl.marts.spec import MARTS
from spectrum_etl.staging.objects import OBJECTS
from tests.repeats import repeats

MARKS = "select ctid::text, xmin::text from marts.{}"


def test_the_first_time_everything_is_computed_and_the_second_time_nothing(world):
    assert publish(world) > 0
    assert_right(world)
    before = {mart.name: world.ask(MARKS.format(mart.name)) for mart in MARTS}
    assert publish(world) == 0
    world.sync("job_costs")
    world.sync("budgets")
    assert publish(world) == 0
    assert publish(world, whole=True) == 0, "a whole computation finds the same"
    assert {mart.name: world.ask(MARKS.format(mart.name)) for mart in MARTS} == before


def test_only_what_changed_is_written(world):
    publish(world)
    job, month = busiest(world)
    where, *values = change_of(job, month)
    world.change(
        f'update {HISTORY} set "Tran_Amount" = "Tran_Amount" + 1 where ctid ='
        f" (select min(ctid) from {HISTORY} where {where})",
        *values,
    )
    world.sync("job_costs")
    written = publish_marts(world.warehouse, "1")
    few = "vendor_spend", "wip_by_month"
    assert {name: w.rows for name, w in written.items() if name not in few and w.rows} == {
        "job_cost_by_month": 1,
        "job_cost_summary": 1,
        "contract_status": 1,
        "wip_reconciliation": 1,
    }
    assert written["vendor_spend"].rows <= 1
    month_ends = (
        "select count(*) from marts.wip_by_month where company_code = '1' and job_number = %s and known = 'now'"
    )
    assert 0 < written["wip_by_month"].rows <= world.ask(month_ends, job)[0][0], "one job"
    assert not any(w.whole for w in written.values())
    assert_right(world)


def test_a_month_whose_last_posting_is_deleted_leaves_no_row(world):
    publish(world)
    job, month = busiest(world)
    where, *values = change_of(job, month)
    assert world.change(f"delete from {HISTORY} where {where}", *values) > 1
    world.sync("job_costs", allow_mass_delete=True)
    publish(world)
    left = (
        "select count(*) from marts.{} where company_code = '1' and job_number = %s and to_char(month, 'YYYYMM') = %s"
    )
    assert world.ask(left.format("job_cost_by_month"), job, month) == [(0,)]
    assert world.ask(left.format("vendor_spend"), job, month) == [(0,)]
    assert_right(world)


@pytest.mark.slow
def test_deleted_and_revived_budgets_contracts_and_names(world):
    """A soft-deleted row counts for nothing; one that is back counts again."""
    publish(world)
    tables = ("JC_PHASE_MASTER_MC", "CR_CONTRACT_MASTER_MC", "CR_BID_ITEM_DES_MC", "VN_VENDOR_MASTER_MC")
    objects = ("budgets", "project_cost_codes", "prime_contracts", "vendors")
    ((job,),) = world.ask("select job_number from spectrum.prime_contracts where company_code = '1' order by 1 limit 1")
    for table in tables:
        world.change(f'create table public."kept_{table}" as select * from "{table}"')
        if table.startswith("VN"):
            world.change(f'update "{table}" set "Vendor_Name" = \'Renamed \' || left("Vendor_Name", 20)')
        else:
            world.change(f'delete from "{table}" where btrim("Job_Number") = %s', job)
    for name in objects:
        world.sync(name, allow_mass_delete=True)
    assert publish(world) > 0
    assert_right(world)
    assert world.ask(
        "select count(*) from marts.contract_status where company_code = '1' and job_number = %s", job
    ) == [(0,)]
    assert world.ask(
        "select distinct left(vendor_name, 8) from marts.vendor_spend where company_code = '1'"
        " and vendor_company_code = '1' and vendor_name is not null"
    ) == [("Renamed ",)]
    for table in tables:
        world.change(f'delete from "{table}"')
        world.change(f'insert into "{table}" select * from public."kept_{table}"')
    for name in objects:
        world.sync(name, allow_mass_delete=True)
    publish(world)
    assert_right(world)


def test_a_sync_that_read_earlier_and_publishes_later_is_taken_in(world):
    """What the marts have taken in is a set of syncs, not a moment."""
    publish(world)
    jobs = [
        job
        for (job,) in world.ask(
            "select distinct job_number from spectrum.job_cost_transactions where company_code = '1' order by 1"
        )
    ]
    for job in jobs[:2]:
        world.change(f'update {HISTORY} set "Tran_Amount" = 7 where btrim("Job_Number") = %s', job)
    earlier = world.landed("job_costs", jobs=(jobs[0],))
    world.sync("job_costs", jobs=(jobs[1],))
    publish(world)
    assert_right(world)
    world.publish("job_costs", earlier)
    assert publish(world) > 0
    assert_right(world)


@pytest.mark.parametrize("by_month", repeats([True, False]))
def test_rows_that_a_full_refresh_or_a_backfill_corrects_are_corrected_in_the_marts(world, by_month):
    """No fingerprint tells that somebody deleted staged rows by hand, nor that they are back."""
    job, month = busiest(world)
    with psycopg.connect(world.warehouse) as connection:
        connection.execute(
            "delete from spectrum.job_cost_transactions where (company_code, job_number, _month) = ('1', %s, %s)",
            [job, month],
        )
    publish(world)
    assert_right(world)
    world.sync("job_costs", **({"months": (month,)} if by_month else {"full_refresh": True}))
    assert publish(world) > 0
    assert_right(world)


def test_a_landing_that_failed_after_it_was_looked_at_is_taken_in_when_its_retry_publishes(world):
    publish(world)
    job, _ = busiest(world)
    world.change(f'update {HISTORY} set "Tran_Amount" = 7 where btrim("Job_Number") = %s', job)
    landing = world.landed("job_costs", jobs=(job,))
    with pytest.MonkeyPatch.context() as patch:

        def lose(*_args: object) -> None:
            raise psycopg.OperationalError("the connection was lost")

        patch.setattr("spectrum_etl.staging.publish.runs.remember_scope", lose)
        with pytest.raises(Exception, match="lost"):
            world.publish("job_costs", landing)
    publish(world)
    assert world.ask("select count(*) from sync.mart_runs where landing_id = %s", landing)[0][0] > 0
    world.publish("job_costs", landing)
    publish(world)
    assert_right(world)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_of_syncs_gives_what_a_whole_computation_gives(world, seed):
    chance = random.Random(seed)
    publish(world, closing=ALL_CLOSED)
    jobs = [job for (job,) in world.ask("select job_number from spectrum.jobs where company_code = '1' order by 1")]
    open_landings: list[tuple[str, int]] = []
    for step in range(6):
        advance_month(world.source, seed=chance.randrange(1000), transactions=30)
        world.change(
            f'delete from {HISTORY} where ctid in (select ctid from {HISTORY} order by md5("Reference_1" || %s)'
            " limit 15)",
            str(step),
        )
        world.change(
            'update "JC_PHASE_MASTER_MC" set "Original_Est_Cost" = %s where btrim("Job_Number") = %s',
            chance.randrange(10_000) * chance.randrange(2),
            chance.choice(jobs),
        )
        world.change(
            'update "VN_SUBCONTRACT_MC" set "Status_Code" = %s where ctid in (select ctid from "VN_SUBCONTRACT_MC"'
            ' order by md5("Comment_1" || %s) limit 3)',
            chance.choice("AIC"),
            str(step),
        )
        world.change(
            'update "VN_CHNG_REQ_SUB_HDR" set "Sub_Status" = %s where btrim("Job_Number") = %s',
            chance.choice("PER"),
            chance.choice(jobs),
        )
        world.change(
            'update "JC_JOB_MASTER_MC" set "Status_Code" = %s where btrim("Job_Number") = %s',
            chance.choice("AIC"),
            chance.choice(jobs),
        )
        world.change(
            'update "JC_PROJ_COST_HISTORY_MC" set "Amount" = "Amount" * %s where btrim("Job") = %s',
            chance.choice((-1, 0, 3)),
            chance.choice(jobs),
        )
        for name in chance.sample(list(OBJECTS), 2):
            narrowed = OBJECTS[name].by_job and chance.random() < 0.4
            scope = {"jobs": tuple(chance.sample(jobs, 2))} if narrowed else {"full_refresh": chance.random() < 0.2}
            open_landings.append((name, world.landed(name, **scope, allow_mass_delete=True)))
        chance.shuffle(open_landings)
        for _ in range(len(open_landings) // 2 + 1):
            world.publish(*open_landings.pop())
        publish(world, closing=ALL_CLOSED)
        assert_right(world)
    incremental = contents(world)
    wipe(world)
    publish(world, closing=ALL_CLOSED)
    assert contents(world) == incremental


def test_percentages_survive_zero_budgets_and_tiny_ones(world):
    world.change('update "JC_PHASE_MASTER_MC" set "Original_Est_Cost" = 0')
    world.change('delete from "JC_PHASE_ESTIMATES_MC"')
    world.change('delete from "CR_CHNG_REQ_CON_DET_MC"')
    world.change('update "JC_PROJ_COST_HISTORY_MC" set "Amount" = 0')
    job, _ = busiest(world)
    world.change(f'update {HISTORY} set "Tran_Amount" = 0 where btrim("Job_Number") = %s', job)
    world.sync("budgets")
    world.sync("job_costs")
    publish(world)
    none = world.ask(
        "select distinct percent_complete, percent_spent from marts.job_cost_summary"
        " where company_code = '1' and job_number = %s",
        job,
    )
    assert none == [(None, None)]
    world.change('update "JC_PHASE_MASTER_MC" set "Original_Est_Cost" = 0.01')
    world.change(
        f'update {HISTORY} set "Tran_Amount" = 9999999999.99 where ctid ='
        f' (select min(ctid) from {HISTORY} where btrim("Job_Number") = %s)',
        job,
    )
    world.sync("budgets")
    world.sync("job_costs")
    publish(world)
    ((most,),) = world.ask("select max(percent_spent) from marts.job_cost_summary where job_number = %s", job)
    assert most > Decimal(10) ** 13
    assert_right(world)


@pytest.mark.slow
def test_other_sql_or_cleared_books_compute_everything(world, monkeypatch):
    publish(world)
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("delete from marts.job_cost_summary")
    assert publish(world) == 0
    monkeypatch.setattr(publishing, "definition", lambda: "another")
    assert publish(world) > 0
    assert_right(world)
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("delete from marts.job_cost_summary")
        connection.execute("delete from sync.landings")
    world.sync("vendors")
    assert publish_marts(world.warehouse, "1")["job_cost_summary"].whole
    publish(world)
    assert_right(world)
    assert world.ask(
        "select count(*) from sync.mart_runs where landing_id < (select min(landing_id) from"
        " sync.landings) and company_code = '1'"
    ) == [(0,)]


def test_the_planner_knows_what_a_first_load_wrote(world):
    """Marts are computed seconds after it; a table that is taken for an empty one is looked up by the wrong index."""
    counted = "select relname, reltuples::bigint from pg_class where relnamespace = 'spectrum'::regnamespace and"
    for name in ("job_cost_transactions", "job_cost_totals", "budgets", "subcontract_items"):
        ((rows,),) = world.ask(f"select count(*) from spectrum.{name}")
        ((_, known),) = world.ask(f"{counted} relname = %s", name)
        assert 0.8 * rows <= known <= 1.2 * rows, name


def test_two_runs_at_once_wait_for_each_other(world):
    errors: list[BaseException] = []

    def work(whole: bool) -> None:
        try:
            publish_marts(world.warehouse, "1", whole=whole)
        except BaseException as error:  # noqa: BLE001  told by the test
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number % 2 == 0,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    publish_marts(world.warehouse, "2")
    assert_right(world)


def test_readers_see_the_old_marts_until_all_of_the_new_are_there(world, monkeypatch):
    publish(world)
    before = contents(world)
    world.change(f'update {HISTORY} set "Tran_Amount" = "Tran_Amount" + 1')
    world.sync("job_costs")
    seen = []
    note = publishing._Rebuild._execute

    def look(self, name, *values, **names):
        if name == "remember":
            seen.append(contents(world))
        return note(self, name, *values, **names)

    monkeypatch.setattr(publishing._Rebuild, "_execute", look)
    publish_marts(world.warehouse, "1")
    assert seen == [before]
    assert contents(world) != before
    assert_right(world)


def test_a_rebuild_that_fails_leaves_everything_as_it_was(world, monkeypatch):
    publish(world)
    before = contents(world)
    world.change(f'update {HISTORY} set "Tran_Amount" = "Tran_Amount" + 1')
    world.sync("job_costs")
    broken = (*MARTS[:-1], dataclasses.replace(MARTS[-1], before=("no_such_file",)))
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "MARTS", broken)
        with pytest.raises(Exception, match="no_such_file"):
            publish_marts(world.warehouse, "1")
    assert contents(world) == before
    assert publish(world) > 0
    assert_right(world)


def test_m5_freshness_tells_age_rows_and_rejections(world):
    publish(world)
    rows = world.ask(
        "select table_name, staged_rows, rejected_rows, last_try_state, age > interval '0', last_read_at <= now()"
        " from marts.freshness where company_code = '1' order by 1"
    )
    assert len(rows) == sum(len(obj.tables) for obj in OBJECTS.values())
    for table, staged, rejected, state, *truths in rows:
        living = world.ask(
            f"select count(*) from spectrum.{table} where company_code = '1' and _deleted_at is null"
            " and _rejected_at is null"
        )
        open_rejections = world.ask(
            "select count(*) from sync.rejected_rows where table_name = %s and company_code = '1'"
            " and resolved_at is null",
            table,
        )
        assert (staged, rejected, state, truths) == (living[0][0], open_rejections[0][0], "published", [True, True])


def test_every_mart_and_column_is_commented_and_analysts_read_them(world):
    publish(world, closing=ALL_CLOSED)
    late_posting(world)
    world.sync("job_costs")
    publish(world, closing=ALL_CLOSED)
    silent = world.ask(
        "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum >= 0"
        " and not a.attisdropped where c.relkind in ('r', 'v') and c.relnamespace = 'marts'::regnamespace"
        " and (col_description(c.oid, a.attnum) is null or obj_description(c.oid, 'pg_class') is null)"
    )
    assert silent == []
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("set role spectrum_analyst")
        for name in ("freshness", "closed_months", "late_costs", *(mart.name for mart in MARTS)):
            assert connection.execute(f"select count(*) from marts.{name}".encode()).fetchone() != (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("delete from marts.vendor_spend")
