"""The stand-in's jobs end as a contractor's do: most a little below budget, some above, few well above (section 7)."""

from collections import defaultdict

import psycopg
import pytest

from sandbox.data.generate import AS_OF, company_jobs, load, plans
from sandbox.data.jobs import TEMPLATE_JOB, JobPlan
from sandbox.data.transactions import TRANSACTIONS

POSTED = f"""
SELECT btrim("Company_Code"), btrim("Job_Number"), btrim("Phase_Code"), btrim("Cost_Type"), sum("Tran_Amount" * 100),
       count(*)
FROM dbo."{TRANSACTIONS}" WHERE "Reference_1" NOT LIKE 'FLAW%%' GROUP BY 1, 2, 3, 4
"""  # noqa: S608


def contractor(seed: int) -> list[JobPlan]:
    """The jobs of a load of the demo's size, without the templates."""
    return [plan for plan in plans(seed, company_jobs(50, ("1", "2")), AS_OF) if plan.number != TEMPLATE_JOB]


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_most_jobs_end_a_little_below_budget_some_above_few_well_above(seed: int) -> None:
    ends = []
    for plan in contractor(seed):
        budget = sum(phase.cost_cents for phase in plan.phases)
        ends.append(100 * sum(phase.final for phase in plan.phases) / budget)
    over = [end for end in ends if end > 100]
    assert len(ends) / 5 <= len(over) <= len(ends) / 2
    assert 1 <= len([end for end in ends if end > 105]) <= len(ends) / 5
    assert len([end for end in ends if 92 < end <= 100]) >= len(ends) / 2
    assert 85 < min(ends) < max(ends) < 125


def test_a_phase_has_spent_its_share_of_what_it_will_cost() -> None:
    for plan in contractor(1):
        for phase in plan.phases:
            assert 0 <= phase.spent <= phase.final
            if phase.end <= AS_OF:
                assert phase.spent == phase.final
            if phase.start >= AS_OF:
                assert phase.spent == 0


def test_a_unit_costs_about_the_same_everywhere() -> None:
    """Projections that Spectrum works out from unit costs are near the budget, as postings have quantities of 40.00."""
    units = [(phase.cost_cents, phase.quantity // 10_000) for plan in contractor(1) for phase in plan.phases]
    prices = [cents / quantity for cents, quantity in units if quantity > 100]
    assert len(prices) > 500
    assert 3_700 < min(prices) < max(prices) < 4_300


def test_the_postings_of_a_phase_add_up_to_what_it_has_spent(sandbox_database: str) -> None:
    load(sandbox_database, jobs=12, transactions=3000)
    with psycopg.connect(sandbox_database) as connection:
        rows = connection.execute(POSTED.encode(), []).fetchall()
    posted = {tuple(key): (int(cents), count) for *key, cents, count in rows}
    planned = defaultdict(int)
    for plan in plans(1, company_jobs(12, ("1", "2")), AS_OF):
        for phase in plan.phases:
            planned[plan.company, plan.number, phase.code, phase.cost_type] += int(phase.spent)
    assert len(posted) > 300
    assert max(count for _, count in posted.values()) >= 10
    assert {key: cents for key, (cents, _) in posted.items()} == {key: planned[key] for key in posted}
