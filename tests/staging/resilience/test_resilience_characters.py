"""A2. A character that XML cannot hold in one record: the others, and the rest of this one, are staged all the same."""

from __future__ import annotations

import pytest

from tests.repeats import repeats
from tests.staging.resilience.harness import World
from tests.staging.resilience.oracle import assert_equals_source

pytestmark = pytest.mark.usefixtures("without_checks")

DESCRIPTION = """UPDATE "JC_JOB_MASTER_MC" SET "Job_Description" = %s WHERE btrim("Job_Number") = %s"""
PHASE = """UPDATE "JC_PHASE_MASTER_MC" SET "Description" = %s WHERE btrim("Job_Number") = %s"""
VENDOR = """UPDATE "VN_VENDOR_MASTER_MC" SET "Vendor_Name" = %s WHERE btrim("Vendor_Code") = %s"""
NUMBER = """UPDATE "JC_JOB_MASTER_MC" SET "Job_Number" = %s WHERE btrim("Job_Number") = %s"""
MASTERS = ("JC_JOB_MASTER_MC", "JC_PHASE_MASTER_MC")
STYLES = ("reference", "raw", "surrogate", "bytes")


def first(world: World, table: str, column: str) -> str:
    query = f"select {column} from spectrum.{table} where company_code = '1' order by 1 limit 1"  # noqa: S608
    return str(world.ask(query)[0][0])


def noted(world: World, table: str) -> list[tuple[str, int]]:
    return world.ask(
        "select status, rows_failed from sync.checks where check_name = 'characters_fit' and table_name = %s"
        " and landing_id = (select max(landing_id) from sync.landings)",
        table,
    )


@pytest.mark.parametrize("style", repeats(STYLES))
def test_one_character_in_a_job_stops_neither_jobs_nor_phases_nor_totals(both: World, style: str) -> None:
    world = both.by_sdx("jobs", "project_cost_codes", "job_cost_totals")
    job = first(world, "jobs", "job_number")
    world.change(DESCRIPTION, "North\x1bTower", job)
    world.change(PHASE, "Con\x0bcrete", job)
    with world.fault("sdx_forbidden", style):
        world.sync("jobs")
        assert noted(world, "jobs") == [("warned", 1)]
        world.sync("project_cost_codes")
        ((status, values),) = noted(world, "project_cost_codes")
        assert status == "warned"
        assert values > 1
        world.sync("job_costs")
    assert world.ask("select job_description from spectrum.jobs where job_number = %s", job) == [("NorthTower",)]
    staged = world.ask("select distinct description from spectrum.project_cost_codes where job_number = %s", job)
    assert ("Concrete",) in staged
    assert_equals_source(world, "job_costs")
    world.change(DESCRIPTION, "NorthTower", job)
    world.change(PHASE, "Concrete", job)
    assert world.sync("jobs")["jobs"].changed == 0, "the hash is that of the text without the character"
    assert noted(world, "jobs") == []
    assert_equals_source(world, "jobs", "project_cost_codes")


@pytest.mark.parametrize("style", repeats(STYLES))
def test_one_character_in_a_vendor_s_name_stops_no_vendor(both: World, style: str) -> None:
    world = both.by_sdx("vendors")
    vendor = world.ask("select vendor_code from spectrum.vendors where status = 'A' and company_code = '1' limit 1")[0][
        0
    ]
    world.change(VENDOR, "Ac\x1bme\u2400", vendor)
    with world.fault("sdx_forbidden", style):
        counts = world.sync("vendors")["vendors"]
    assert counts.rejected == 1, "the stand-in has a vendor without a code"
    assert world.ask("select vendor_name from spectrum.vendors where vendor_code = %s", vendor) == [("Acme",)]
    assert noted(world, "vendors") == [("warned", 1)]


@pytest.mark.parametrize("narrowed", repeats([False, True], ids=["whole", "narrowed"]))
def test_a_job_whose_number_holds_one_is_rejected_and_the_others_are_staged(both: World, narrowed: bool) -> None:
    """It may be any job under its old number: it is listed, and nothing of the company counts as deleted meanwhile."""
    world = both.by_sdx("jobs", "project_cost_codes", "job_cost_totals")
    world.sync("job_costs")
    job = first(world, "jobs", "job_number")
    for master in MASTERS:
        world.change(NUMBER.replace(MASTERS[0], master), f"{job}\x1b", job)
    counts = world.sync("jobs")["jobs"]
    assert (counts.rejected, counts.deleted, counts.source) == (1, 0, counts.staged + 1)
    ((column, value, reason),) = world.ask(
        "select column_name, value, reason from sync.rejected_rows where table_name = 'jobs' and resolved_at is null"
    )
    assert (column, value) == ("job_number", f"{job}\u241b")
    assert "XML cannot hold" in reason
    for name in ("project_cost_codes", "job_costs"):
        table = last_table(name)
        ((before,),) = world.ask(living(table), job)
        for scope in ({}, {"jobs": (job,)}) if narrowed else ({},):
            counts = world.sync(name, **scope)[table]
            assert counts.deleted == 0
        listed = world.ask(
            "select value from sync.rejected_rows where table_name = %s and resolved_at is null"
            " and column_name = 'job_number'",
            table,
        )
        assert listed == [(f"{job}\u241b",)]
        assert world.ask(living(table), job) == [(before,)]
        flagged = world.ask(living(table) + " and _rejected_at is not null", job)
        assert flagged == [(before,)], "they may be out of date, and say so"
        if not narrowed:
            assert counts.source == counts.staged + counts.rejected
    for master in MASTERS:
        world.change(NUMBER.replace(MASTERS[0], master), job, f"{job}\x1b")
    for name in ("jobs", "project_cost_codes", "job_costs"):
        counts = world.sync(name)[last_table(name)]
        assert counts.source == counts.staged + counts.rejected
        assert world.ask(living(last_table(name)) + " and _rejected_at is not null", job) == [(0,)]
    assert_equals_source(world, "jobs", "project_cost_codes")


def last_table(name: str) -> str:
    return "job_cost_totals" if name == "job_costs" else name


def living(table: str) -> str:
    return f"select count(*) from spectrum.{table} where job_number = %s and _deleted_at is null"  # noqa: S608


def test_one_in_the_key_of_a_table_without_texts_lists_that_row(both: World) -> None:
    """Projections and totals have no text that a character could be taken out of: there is nothing to note."""
    world = both.by_sdx("job_cost_totals")
    phase = """UPDATE "{}" SET "{}" = btrim("{}") || %s WHERE ctid = (SELECT min(ctid) FROM "{}" WHERE
        btrim("Company_Code") = '1')"""
    for table, column in (("JC_PROJ_COST_HISTORY_MC", "Phase"), ("JC_PHASE_MASTER_MC", "Phase_Code")):
        world.change(phase.format(table, column, column, table), "\u2400")
    with world.fault("infolink_nul"):
        projections = world.sync("budgets")["projections"]
        totals = world.sync("job_costs")["job_cost_totals"]
    for table, counts in (("projections", projections), ("job_cost_totals", totals)):
        assert counts.source == counts.staged + counts.rejected
        listed = world.ask(
            "select value ~ '\u2400$' from sync.rejected_rows where table_name = %s and column_name = 'phase_code'"
            " and resolved_at is null",
            table,
        )
        assert listed == [(True,)]
