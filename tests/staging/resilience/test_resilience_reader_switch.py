"""A reader is changed in the settings: nothing of the one before stays."""

from __future__ import annotations

import pytest

from tests.staging.resilience.harness import World
from tests.staging.resilience.oracle import assert_totals

pytestmark = pytest.mark.usefixtures("without_checks")

PROJECTED = "select count(*) from spectrum.job_cost_totals where _deleted_at is null and projected_cost is not null"
LISTED = "select count(*) from sync.rejected_rows where table_name = 'job_cost_totals' and resolved_at is null"
FLAGGED = "select count(*) from spectrum.job_cost_totals where _deleted_at is null and _rejected_at is not null"


@pytest.mark.parametrize("between", ["nothing", "a_narrowed_run"])
def test_totals_are_summed_of_all_jobs_once_get_phase_gives_them_no_longer(both: World, between: str) -> None:
    """Also of jobs at rest: its projections, which nobody renews, would count in the marts for good."""
    by_sdx = both.by_sdx("job_cost_totals")
    by_sdx.sync("job_costs")
    assert by_sdx.ask(PROJECTED)[0][0] > 0
    if between == "a_narrowed_run":
        ((job,),) = both.ask("select min(job_number) from spectrum.job_cost_totals")
        both.sync("job_costs", jobs=(job,))
        assert both.ask(PROJECTED)[0][0] > 0, "a narrowed run touches nothing outside its jobs"
    counts = both.sync("job_costs")
    assert counts["job_cost_transactions"].landed == 0, "nothing happened meanwhile"
    assert both.ask(PROJECTED) == [(0,)]
    assert_totals(both)
    assert not both.sync("job_costs")["job_cost_totals"].changed


def test_a_job_that_get_phase_could_not_be_asked_for_is_listed_no_longer(both: World) -> None:
    both.change("""UPDATE "JC_JOB_MASTER_MC" SET "Job_Number" = '24/7' WHERE ctid = (SELECT min(ctid) FROM
        "JC_JOB_MASTER_MC" WHERE btrim("Company_Code") = '1')""")
    both.by_sdx("job_cost_totals").sync("job_costs", allow_mass_delete=True)
    assert both.ask(f"{LISTED} and column_name = 'job_number' and value = '24/7'") == [(1,)]
    both.sync("job_costs")
    assert (both.ask(LISTED), both.ask(FLAGGED)) == ([(0,)], [(0,)])
    assert_totals(both)
