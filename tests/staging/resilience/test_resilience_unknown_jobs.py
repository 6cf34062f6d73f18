"""B11. A run that is narrowed to a job that does not exist names it, before anything is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.run import Scope
from spectrum_etl.orchestration import staging_dag, staging_tasks
from spectrum_etl.sources.company import Sources
from spectrum_etl.staging.land import land
from spectrum_etl.staging.objects import OBJECTS
from tests.repeats import repeats
from tests.staging.resilience.harness import World
from tests.staging.resilience.oracle import fingerprint

pytestmark = pytest.mark.usefixtures("without_checks")

BY_JOB = [name for name, obj in OBJECTS.items() if obj.by_job]
ROOT = Path(__file__).resolve().parents[3]


def first(world: World) -> str:
    return str(world.ask("select job_number from spectrum.jobs where company_code = '1' order by 1 limit 1")[0][0])


@pytest.mark.parametrize("name", repeats(BY_JOB, quick=2))
@pytest.mark.parametrize("readers", [(), ("jobs", "project_cost_codes", "job_cost_totals")], ids=["infolink", "sdx"])
def test_an_unknown_job_is_named_and_nothing_is_written(both: World, name: str, readers: tuple[str, ...]) -> None:
    """Beside a job that exists: that one is not staged either, since the form has to be corrected first."""
    world = both.by_sdx(*readers)
    job = first(world)
    before, run = fingerprint(world, name), world.run()
    with pytest.raises(FixConfiguration) as caught:
        world.sync(name, run, jobs=(job, f"{job}9", "NO-SUCH"))
    text = str(caught.value)
    assert f"Spectrum has no job {job}9, NO-SUCH, so nothing was read" in text
    assert "correct the jobs in the trigger form" in text
    assert job in text.partition("What to do:")[2], "the number that was probably meant"
    assert world.ask("select distinct state from sync.runs where run_id = %s", run.run_id) == [("failed",)]
    assert fingerprint(world, name) == before
    world.sync(name, jobs=(job,))


def test_a_job_that_spectrum_no_longer_has_is_known_while_it_is_staged(world: World) -> None:
    """The run deletes it."""
    job = first(world)
    world.change("""DELETE FROM "JC_JOB_MASTER_MC" WHERE btrim("Job_Number") = %s""", job)
    assert world.sync("jobs", jobs=(job,))["jobs"].deleted == 1
    assert world.sync("jobs", jobs=(job,))["jobs"].deleted == 0, "again: it is still known"


def test_a_job_that_is_new_is_known_by_the_source(both: World) -> None:
    """Also one that has rows and is not in the job master."""
    for number in ("NEW-1", "NEW-2"):
        both.change(
            """UPDATE "JC_TRANSACTION_HISTORY_MC" SET "Job_Number" = lpad(%s, 10) WHERE ctid IN
            (SELECT ctid FROM "JC_TRANSACTION_HISTORY_MC" WHERE btrim("Company_Code") = '1'
            AND "Reference_1" NOT LIKE 'FLAW%%' AND btrim("Job_Number") NOT LIKE 'NEW%%' LIMIT 2)""",
            number,
        )
    both.change(
        """UPDATE "JC_JOB_MASTER_MC" SET "Job_Number" = lpad('NEW-1', 10) WHERE btrim("Job_Number") = %s""", first(both)
    )
    assert both.sync("job_costs", jobs=("NEW-1", "NEW-2"))["job_cost_transactions"].new == 4
    with pytest.raises(FixConfiguration, match="no job NEW-2, so"):
        both.sync("budgets", jobs=("NEW-1", "NEW-2"))


def test_without_info_link_the_web_services_say_which_jobs_there_are(both: World) -> None:
    world = both.by_sdx("jobs")
    refused = pytest.raises(FixConfiguration, match="no job NO-SUCH, so")
    with Sources(world.settings.company("1"), sdx=world.sdx) as sources, refused:
        land(world.warehouse, OBJECTS["jobs"], Scope("1", jobs=("NO-SUCH",)), world.run(), sources, world.settings)


@pytest.fixture
def plan(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, list[str]]]:
    """The first task of `stage_jobs` for a form of both companies."""
    dag = DagBag(str(ROOT / "dags" / "stage_jobs.py")).dags["stage_jobs"]
    monkeypatch.setattr(staging_tasks, "load_settings", lambda: world.settings)
    monkeypatch.setattr("spectrum_etl.warehouse.connect.warehouse_url", lambda: world.warehouse)
    monkeypatch.setattr(
        Sources, "from_airflow", lambda code, settings: Sources(settings.company(code), infolink=world.infolink)
    )

    def planned(*jobs: str) -> dict[str, list[str]]:
        params = {**dag.params.dump(), "companies": ["1", "2"], "jobs": list(jobs)}
        context = {"dag": dag, "dag_run": SimpleNamespace(conf={}), "params": params}
        monkeypatch.setattr(staging_dag, "get_current_context", lambda: context)
        scopes = dag.get_task("plan").python_callable()
        return {scope["company_code"]: scope["jobs"] for scope in scopes}

    return planned


def test_jobs_of_a_form_of_several_companies_go_to_the_company_that_has_them(world: World, plan: Any) -> None:
    """A company that has none of them is left out; a job that none has is named."""
    one = first(world)
    (other,) = world.ask_source(
        """SELECT btrim("Job_Number") FROM dbo."JC_JOB_MASTER_MC" WHERE btrim("Company_Code") = '2' LIMIT 1"""
    )[0]
    world.change(
        """UPDATE "JC_JOB_MASTER_MC" SET "Job_Number" = lpad('TWO-1', 10) WHERE btrim("Company_Code") = '2'
        AND btrim("Job_Number") = %s""",
        other,
    )
    world.change(
        """UPDATE "JC_JOB_MASTER_MC" SET "Job_Number" = lpad('ONE-1', 10) WHERE btrim("Company_Code") = '1'
        AND btrim("Job_Number") = %s""",
        one,
    )
    assert plan("ONE-1") == {"1": ["ONE-1"]}
    assert plan("ONE-1", "TWO-1") == {"1": ["ONE-1"], "2": ["TWO-1"]}
    assert plan() == {"1": [], "2": []}
    with pytest.raises(FixConfiguration, match="no job NO-SUCH, so"):
        plan("ONE-1", "NO-SUCH")
