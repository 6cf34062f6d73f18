"""M6, O6: cost at completion is never below what is spent, and variance and percent complete go by it.

Each case is entered in the source, staged over TDS and computed; the second computation is compared as well.
"""

# ruff: noqa: S608  queries are put together from names in this file

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from mart_oracle import assert_right, contents
from marts_world import publish, wipe

from spectrum_etl.marts.publish import publish_marts
from spectrum_etl.warehouse.migrate import migrate
from tests.staging.resilience.harness import World

_FIGURES = "projected_cost, projection_entered, cost_at_completion, cost_floor_used, variance, percent_complete"


@dataclass(frozen=True)
class Case:
    """What is entered of a phase and cost type, and what the summary must say of it while the job is active.

    Args:
        estimate: its original estimate; None where the phase is not in the phase master.
        steps: increments of its projection.
        costs: amounts of its postings.
        projected, entered, at_completion, floor, variance, percent: the figures; `percent` is None for null.
        variance_when_complete: variance once the job is complete.
    """

    estimate: int | None
    steps: tuple[int, ...]
    costs: tuple[int, ...]
    projected: int
    entered: bool
    at_completion: int
    floor: bool
    variance: int
    percent: str | None
    variance_when_complete: int


CASES = {
    "what is projected": Case(1000, (900,), (400,), 900, True, 900, False, 100, "44.44", 600),
    "a projection in steps": Case(1000, (900, 300, -50), (400,), 1150, True, 1150, False, -150, "34.78", 600),
    "a projection below cost": Case(1000, (900,), (950,), 900, True, 950, True, 50, "100.00", 50),
    "a projection of what is spent": Case(1000, (950,), (950,), 950, True, 950, False, 50, "100.00", 50),
    "a projection that was cleared": Case(1000, (900, -900), (400,), 1000, False, 1000, False, 0, "40.00", 600),
    "nothing projected, below budget": Case(1000, (), (400,), 1000, False, 1000, False, 0, "40.00", 600),
    "nothing projected, above budget": Case(1000, (), (1300,), 1300, False, 1300, False, -300, "100.00", -300),
    "nothing projected, nothing spent": Case(1000, (), (), 1000, False, 1000, False, 0, "0.00", 1000),
    "cost without an estimate": Case(0, (), (250,), 250, False, 250, False, -250, "100.00", -250),
    "cost on a phase that is not there": Case(None, (), (250,), 250, False, 250, False, -250, "100.00", -250),
    "an estimate of 0 and no cost": Case(0, (), (), 0, False, 0, False, 0, None, 0),
    "postings that cancel out": Case(0, (), (250, -250), 0, False, 0, False, 0, None, 0),
    "a credit on a budget": Case(1000, (), (-200,), 1000, False, 1000, False, 0, "0.00", 1200),
    "a credit without an estimate": Case(0, (), (-200,), 0, False, 0, False, 0, None, 200),
    "a projected credit, a part of it posted": Case(0, (-500,), (-200,), -500, True, -200, True, 200, None, 200),
    "a larger credit than was projected": Case(0, (-500,), (-700,), -500, True, -500, False, 500, None, 700),
    "a projected credit, nothing posted": Case(0, (-500,), (), -500, True, 0, True, 0, None, 0),
    "a negative budget": Case(-500, (), (), 0, False, 0, False, -500, None, -500),
}  # fmt: skip


def phase_of(name: str) -> str:
    """The phase that a case is entered on."""
    return f"98{list(CASES).index(name):04d}"


def enter(world: World, job: str) -> None:
    """Write the cases into the source, on a job of company 1."""
    for name, case in CASES.items():
        phase = phase_of(name)
        if case.estimate is not None:
            world.change(
                'insert into "JC_PHASE_MASTER_MC" ("Company_Code", "Job_Number", "Phase_Code", "Cost_Type",'
                ' "Description", "Status_Code", "Projected_Cost_Code", "Original_Est_Cost")'
                " values ('1', %s, %s, 'O', %s, 'A', 'P', %s)",
                job, phase, name[:25], case.estimate,
            )  # fmt: skip
        for number, step in enumerate(case.steps):
            world.change(
                'insert into "JC_PROJ_COST_HISTORY_MC" ("Company_Code", "Job", "Phase", "Cost_Type", "Type",'
                " \"System_Key\", \"Amount\") values ('1', %s, %s, 'O', 'E', %s, %s)",
                job, phase, str(number), step,
            )  # fmt: skip
        for number, cost in enumerate(case.costs):
            world.change(
                'insert into "JC_TRANSACTION_HISTORY_MC" ("Company_Code", "Job_Number", "Phase_Code", "Cost_Type",'
                ' "Tran_Type_Code", "Tran_Date_Text", "Tran_Amount", "Reference_1")'
                " values ('1', %s, %s, 'O', 'JC', '20260615', %s, %s)",
                job, phase, cost, f"CASE{number}",
            )  # fmt: skip


def job_with_contract(world: World) -> str:
    """A job of company 1 that has one prime contract and postings."""
    ((job,),) = world.ask(
        "select job_number from spectrum.prime_contracts as c where company_code = '1' and contracts_of_job = 1 and"
        " _deleted_at is null and exists (select from spectrum.job_cost_transactions as t where"
        " (t.company_code, t.job_number) = (c.company_code, c.job_number)) order by 1 limit 1"
    )
    return job


def set_status(world: World, job: str, status: str) -> None:
    """Set a job's status in the source."""
    assert world.change(
        'update "JC_JOB_MASTER_MC" set "Status_Code" = %s where btrim("Company_Code") = \'1\''
        ' and btrim("Job_Number") = %s',
        status,
        job,
    )


@pytest.fixture
def job(world: World) -> str:
    """A job with the cases, active, computed incrementally after the rest."""
    found = job_with_contract(world)
    set_status(world, found, "A")
    world.sync("jobs")
    publish(world)
    enter(world, found)
    for name in ("budgets", "job_costs"):
        world.sync(name)
    assert not publish_marts(world.warehouse, "1")["job_cost_summary"].whole
    return found


def figures(world: World, job: str) -> dict[str, tuple[Any, ...]]:
    """Of each case."""
    rows = world.ask(
        f"select phase_code, {_FIGURES} from marts.job_cost_summary where company_code = '1' and job_number = %s"
        " and phase_code like '98____'",
        job,
    )
    found = {phase: tuple(values) for phase, *values in rows}
    return {name: found[phase_of(name)] for name in CASES}


def test_m6_each_phase_goes_by_a_cost_at_completion_that_is_never_below_cost(world: World, job: str) -> None:
    """Spectrum's projection stays as it is; where it is below what is spent, cost to date takes its place, flagged."""
    expected = {
        name: (
            Decimal(case.projected), case.entered, Decimal(case.at_completion), case.floor, Decimal(case.variance),
            None if case.percent is None else Decimal(case.percent),
        )
        for name, case in CASES.items()
    }  # fmt: skip
    assert figures(world, job) == expected
    assert_right(world)


def test_m6_a_complete_job_costs_what_it_has_cost(world: World, job: str) -> None:
    """Whatever was projected; the job's rows follow its status alone, and back when it is active again."""
    before = figures(world, job)
    set_status(world, job, "C")
    world.sync("jobs")
    written = publish_marts(world.warehouse, "1")
    assert not written["job_cost_summary"].whole
    assert written["job_cost_by_month"].rows == 0
    for name, case in CASES.items():
        projected, entered, at_completion, floor, variance, percent = figures(world, job)[name]
        assert (projected, entered, floor) == (*before[name][:2], case.floor), name
        assert (at_completion, variance) == (sum(case.costs), case.variance_when_complete), name
        assert percent == (100 if sum(case.costs) > 0 else None), name
    assert world.ask("select bool_and(job_complete) from marts.job_cost_summary where job_number = %s", job) == [
        (True,)
    ]
    assert world.ask(
        "select percent_complete, cost_at_completion = actual_cost from marts.contract_status where job_number = %s"
        " and company_code = '1'",
        job,
    ) == [(Decimal("100.00"), True)]
    assert_right(world)
    for status in ("I", "A"):
        set_status(world, job, status)
        world.sync("jobs")
        publish_marts(world.warehouse, "1")
        assert figures(world, job) == before, status
        assert_right(world)


def test_m6_a_complete_phase_of_an_active_job_keeps_its_projection(world: World, job: str) -> None:
    """Its work is done, but its last invoices may still come."""
    before = figures(world, job)
    world.change('update "JC_PHASE_MASTER_MC" set "Status_Code" = \'C\' where "Phase_Code" like \'98____\'')
    for name in ("budgets", "project_cost_codes"):
        world.sync(name)
    publish(world)
    assert figures(world, job) == before
    assert_right(world)


def test_m6_a_job_and_its_contract_are_as_complete_as_their_sums_say(world: World, job: str) -> None:
    """Not the average of the phases: of 100 spent of 100, and 0 of 900, a tenth is complete."""
    of_job = "from marts.job_cost_summary where company_code = '1' and job_number = %s"
    ((spent, at_completion, average),) = world.ask(
        f"select sum(actual_cost), sum(cost_at_completion), round(avg(percent_complete), 2) {of_job}", job
    )
    ((percent, actual, end, floor),) = world.ask(
        "select percent_complete, actual_cost, cost_at_completion, cost_floor_used from marts.contract_status"
        " where company_code = '1' and job_number = %s",
        job,
    )
    assert (actual, end, floor) == (spent, at_completion, True)
    assert percent == round(100 * spent / at_completion, 2) != average
    assert 0 < percent < 100


def test_m6_no_row_is_complete_over_100_percent_and_none_earns_more_than_its_contract(world: World, job: str) -> None:
    """In every row, after cost has outrun what was projected of many of them."""
    world.change('update "JC_TRANSACTION_HISTORY_MC" set "Tran_Amount" = "Tran_Amount" * 3 where "Cost_Type" = \' RE\'')
    world.sync("job_costs")
    publish(world)
    assert_right(world)
    ((rows, floors, stale),) = world.ask(
        "select count(*), count(*) filter (where cost_floor_used), count(*) filter (where projected_cost < actual_cost)"
        " from marts.job_cost_summary"
    )
    assert 0 < floors == stale < rows
    for mart in ("job_cost_summary", "contract_status"):
        below = f"select * from marts.{mart} where cost_at_completion < actual_cost"
        assert world.ask(below) == []
        assert world.ask(f"select * from marts.{mart} where percent_complete not between 0 and 100") == []
    earned = "round(original_contract * percent_complete / 100, 2)"
    assert world.ask(f"select * from marts.contract_status where {earned} > original_contract") == []
    assert world.ask(f"select count(*) > 0 from marts.contract_status where {earned} > 0") == [(True,)]


@pytest.mark.slow
def test_m6_marts_that_were_there_say_the_same_once_they_are_migrated(world: World, job: str) -> None:
    """The migration's figures are those that are computed afterwards, also where jobs have not been staged."""
    set_status(world, job, "C")
    world.sync("jobs")
    publish(world)
    computed = contents(world)
    _without_cost_at_completion(world)
    _migrate(world)
    assert contents(world) == computed
    assert publish(world) == 0
    wipe(world)
    publish(world)
    assert contents(world) == computed
    _without_cost_at_completion(world)
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("alter table spectrum.jobs rename to jobs_of_later")
    _migrate(world)
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("alter table spectrum.jobs_of_later rename to jobs")
    assert world.ask("select distinct job_complete from marts.job_cost_summary") == [(False,)]
    assert publish_marts(world.warehouse, "1", whole=True)["job_cost_summary"].rows > 0
    publish(world, whole=True)
    assert contents(world) == computed


def _without_cost_at_completion(world: World) -> None:
    """As it was before: no such columns, and figures by Spectrum's projection."""
    with psycopg.connect(world.warehouse) as connection:
        connection.execute(
            "alter table marts.job_cost_summary drop column cost_at_completion, drop column cost_floor_used,"
            " drop column job_complete"
        )
        connection.execute(
            "alter table marts.contract_status drop column cost_at_completion, drop column cost_floor_used"
        )
        connection.execute(
            "update marts.job_cost_summary set variance = current_estimate - projected_cost,"
            " percent_complete = round(100 * actual_cost / nullif(projected_cost, 0), 2)"
        )
        connection.execute(
            "update marts.contract_status"
            " set percent_complete = round(100 * actual_cost / nullif(projected_cost, 0), 2)"
        )
        connection.execute("delete from sync.migrations where name like '022%'")


def _migrate(world: World) -> None:
    with psycopg.connect(world.warehouse, autocommit=True) as connection:
        assert migrate(connection) == 1
