"""A4. A job number that the web services cannot take: that job is listed, everything else goes on."""

from __future__ import annotations

import pytest

from tests.repeats import repeats
from tests.staging.resilience.harness import World
from tests.staging.resilience.oracle import assert_equals_source

pytestmark = pytest.mark.usefixtures("without_checks")

#: Every stored table that holds jobs, and its column.
TABLES = (
    ("JC_JOB_MASTER_MC", "Job_Number"),
    ("JC_PHASE_MASTER_MC", "Job_Number"),
    ("JC_TRANSACTION_HISTORY_MC", "Job_Number"),
)


def rename(world: World, job: str, number: str) -> None:
    """The job has that number from now on, in all its tables."""
    for table, column in TABLES:
        world.change(
            f'UPDATE "{table}" SET "{column}" = lpad(%s, 10) WHERE btrim("{column}") = %s',  # noqa: S608
            number,
            job,
        )


def busiest(world: World) -> str:
    query = "select job_number from spectrum.job_cost_transactions group by 1 order by count(*) desc limit 1"
    return str(world.ask(query)[0][0])


def listed(world: World, table: str) -> list[tuple[str, str, str]]:
    return world.ask(
        "select job_number, value, reason from sync.rejected_rows where table_name = %s and resolved_at is null"
        " and column_name = 'job_number'",
        table,
    )


@pytest.mark.parametrize("number", repeats(["24/7", "ALL", "X#1", "A*", "B?2", "C,D"], quick=2))
def test_a_job_that_cannot_be_asked_for_is_listed_and_everything_else_goes_on(both: World, number: str) -> None:
    """Jobs, the other jobs' codes and totals, and all transactions, which Info-Link gives."""
    world = both.by_sdx("jobs", "project_cost_codes", "job_cost_totals")
    old = busiest(world)
    rename(world, old, number)
    world.change("""UPDATE "JC_TRANSACTION_HISTORY_MC" SET "Tran_Amount" = "Tran_Amount" + 1""")
    assert world.sync("jobs")["jobs"].new == 1, "GetJob has no number to ask for"
    counts = world.sync("project_cost_codes", allow_mass_delete=True)["project_cost_codes"]
    assert counts.source == counts.staged + counts.rejected
    ((job, value, reason),) = listed(world, "project_cost_codes")
    assert (job, value) == (number, number)
    assert "job_number cannot be asked for by the web services" in reason
    assert "set the reader of project_cost_codes to infolink" in reason
    counts = world.sync("job_costs", allow_mass_delete=True)
    assert counts["job_cost_transactions"].new > 0
    assert counts["job_cost_totals"].source == counts["job_cost_totals"].staged + counts["job_cost_totals"].rejected
    staged = world.ask("select count(*) > 0 from spectrum.job_cost_transactions where job_number = %s", number)
    assert staged == [(True,)], "the transactions of the same DAG, of this job too"
    ((_, _, reason),) = listed(world, "job_cost_totals")
    assert "set the reader of job_cost_totals to transactions" in reason
    others = world.ask(
        "select count(*) from spectrum.job_cost_totals where _deleted_at is null and _rejected_at is null"
    )
    assert others[0][0] > 0
    # Found out once: the next runs say nothing new.
    before = world.ask("select rejected_id from sync.rejected_rows where resolved_at is null order by 1")
    world.sync("project_cost_codes")
    world.sync("job_costs")
    assert world.ask("select rejected_id from sync.rejected_rows where resolved_at is null order by 1") == before


def test_nothing_of_such_a_job_counts_as_deleted(both: World) -> None:
    """Its codes were staged by Info-Link; the web services cannot be asked for them, so the last good ones stay."""
    number = "24/7"
    rename(both, busiest(both), number)
    both.sync("project_cost_codes", allow_mass_delete=True)
    codes = "select count(*) from spectrum.project_cost_codes where job_number = %s and _deleted_at is null"
    ((staged,),) = both.ask(codes, number)
    assert staged > 0
    world = both.by_sdx("project_cost_codes")
    counts = world.sync("project_cost_codes")["project_cost_codes"]
    assert counts.deleted == 0
    assert world.ask(codes, number) == [(staged,)]
    flagged = world.ask(codes + " and _rejected_at is not null", number)
    assert flagged == [(staged,)], "they may be out of date, and say so"
    # Read by Info-Link again, they are what they were.
    counts = both.sync("project_cost_codes")["project_cost_codes"]
    assert (counts.deleted, listed(both, "project_cost_codes")) == (0, [])
    assert_equals_source(both, "project_cost_codes")


def test_a_run_narrowed_to_such_a_job_lists_it(both: World) -> None:
    world = both.by_sdx("project_cost_codes", "job_cost_totals")
    rename(world, busiest(world), "24/7")
    counts = world.sync("project_cost_codes", jobs=("24/7",))["project_cost_codes"]
    assert (counts.new, counts.deleted) == (0, 0)
    assert [value for _, value, _ in listed(world, "project_cost_codes")] == ["24/7"]
    assert world.sync("job_costs", jobs=("24/7",))["job_cost_transactions"].new > 0


def test_many_such_jobs_stop_no_publish(both: World) -> None:
    """They are no rows of the source: the guard of rejected rows does not count them."""
    world = both.by_sdx("project_cost_codes")
    world.settings = world.settings.model_copy(update={"max_rejected_rows": 0, "max_rejected_share": 0.0001})
    jobs = world.ask("select job_number from spectrum.jobs where company_code = '1'")
    for place, (job,) in enumerate(jobs[:-2]):
        rename(world, job, f"{place}/{place}")
    world.sync("project_cost_codes", allow_rejected=True, allow_mass_delete=True)
    world.sync("project_cost_codes")
    assert len(listed(world, "project_cost_codes")) == len(jobs) - 2


@pytest.mark.parametrize("by_services", [True, False], ids=["web services", "Info-Link"])
def test_o1_numbers_with_a_dot_and_cost_types_of_two_characters_pass_every_reader(
    both: World, by_services: bool
) -> None:
    readers = ("jobs", "project_cost_codes", "job_cost_totals") if by_services else ()
    world = both.by_sdx(*readers)
    both.sync("job_costs")
    rename(both, busiest(both), "77.25")
    for table in ("JC_COST_TYPE_MASTER_MC", "JC_PHASE_MASTER_MC", "JC_TRANSACTION_HISTORY_MC"):
        world.change(f"""UPDATE "{table}" SET "Cost_Type" = ' RX' WHERE btrim("Cost_Type") = 'L'""")  # noqa: S608
    for name in ("standard_cost_codes", "jobs", "project_cost_codes", "job_costs"):
        world.sync(name, allow_mass_delete=True)
    assert_equals_source(world, "jobs", "project_cost_codes", "job_costs")
    for table in ("project_cost_codes", "job_cost_transactions", "job_cost_totals"):
        found = world.ask(f"select count(*) > 0 from spectrum.{table} where job_number = '77.25' and cost_type = 'RX'")  # noqa: S608
        assert found == [(True,)], table
