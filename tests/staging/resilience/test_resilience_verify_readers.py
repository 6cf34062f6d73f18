"""B9. The daily comparison with every choice of reader: with what that reader can give, and no less."""

from __future__ import annotations

import dataclasses

import psycopg
import pytest

from spectrum_etl.errors import FixConfiguration, StopSync
from spectrum_etl.model.check_result import CheckResult
from spectrum_etl.settings import Company
from spectrum_etl.sources.company import Sources
from spectrum_etl.staging.companies import require_company
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.verify import verify
from tests.staging.resilience.harness import World

pytestmark = pytest.mark.usefixtures("without_checks")

INACTIVE = """UPDATE "VN_VENDOR_MASTER_MC" SET "Status" = %s WHERE btrim("Vendor_Code") = %s"""


def verified(world: World, name: str, infolink: bool = True) -> list[CheckResult]:
    with Sources(world.settings.company("1"), infolink=world.infolink if infolink else None, sdx=world.sdx) as sources:
        return verify(world.warehouse, OBJECTS[name], world.run(), sources, world.settings)


ALONE = ("jobs", "project_cost_codes")


@pytest.mark.parametrize("infolink", [True, False], ids=["both", "web_services_alone"])
def test_vendors_of_the_web_service_are_the_active_ones(both: World, infolink: bool) -> None:
    """Inactive ones, those without new business and the fields that it does not give are no difference."""
    world = both.by_sdx("vendors")
    vendors = [code for (code,) in world.ask("select vendor_code from spectrum.vendors where status = 'A' order by 1")]
    world.change(INACTIVE, "I", vendors[0])
    world.change(INACTIVE, "N", vendors[1])
    world.sync("vendors")
    (result,) = verified(world, "vendors", infolink)
    assert result.status == "passed", result.message
    assert result.rows_checked == len(vendors) - 2 + 1, "the stand-in has one without a code"
    assert result.columns == (), "the service gives no amount"
    _tamper(world, "delete from spectrum.vendors where vendor_code = %s", vendors[2])
    with pytest.raises(StopSync, match=r"vendors of company 1.*rows"):
        verified(world, "vendors", infolink)


@pytest.mark.parametrize(
    "readers", [("jobs", "project_cost_codes"), *(pytest.param((name,), marks=pytest.mark.slow) for name in ALONE)]
)
@pytest.mark.parametrize("infolink", [True, False], ids=["both", "web_services_alone"])
def test_jobs_and_codes_of_the_web_services(both: World, readers: tuple[str, ...], infolink: bool) -> None:
    """A status that no service shows, and a job that none can be asked for, are no difference."""
    world = both.by_sdx(*readers)
    jobs = [job for (job,) in world.ask("select job_number from spectrum.jobs where company_code = '1' order by 1")]
    world.change("""UPDATE "JC_JOB_MASTER_MC" SET "Status_Code" = 'X' WHERE btrim("Job_Number") = %s""", jobs[0])
    for table in ("JC_JOB_MASTER_MC", "JC_PHASE_MASTER_MC"):
        world.change(f"""UPDATE "{table}" SET "Job_Number" = '24/7' WHERE btrim("Job_Number") = %s""", jobs[1])  # noqa: S608
    for name in readers:
        world.sync(name, allow_mass_delete=True)
        (result,) = verified(world, name, infolink)
        assert result.status in ("passed", "warned"), result.message
        assert result.rows_checked > 0
        # Info-Link holds what the services do not show: worth a look, and no fault of the sync.
        assert ("Info-Link holds" in result.message) == (infolink and result.status == "warned")
    if "jobs" in readers:
        (result,) = verified(world, "jobs", infolink)
        assert result.columns == ("original_contract",)
        amount = "update spectrum.jobs set original_contract = original_contract + 0.01 where job_number = %s"
        _tamper(world, amount, jobs[2])
        with pytest.raises(StopSync, match="original_contract"):
            verified(world, "jobs", infolink)


@pytest.mark.parametrize("totals", ["sdx", "transactions"])
def test_job_costs_with_either_reader_of_totals(both: World, totals: str) -> None:
    world = both.by_sdx("job_cost_totals") if totals == "sdx" else both
    world.sync("job_costs")
    (result,) = verified(world, "job_costs")
    assert (result.status, result.columns) == ("passed", ("tran_amount",))


def test_a_table_that_info_link_does_not_show_is_compared_all_the_same(both: World) -> None:
    world = both.by_sdx("vendors", "jobs")
    world.sync("jobs")
    # The masters of sub jobs are looked up when the jobs are read: without them nothing can be compared.
    with world.fault("infolink_deny_table", "JC_JOB_MASTER_MC"), pytest.raises(FixConfiguration):
        verified(world, "jobs")
    with world.fault("infolink_deny_table", "VN_VENDOR_MASTER_MC"):
        world.sync("vendors")
        assert [result.status for result in verified(world, "vendors")] == ["passed"]


def _with_company(world: World, code: str) -> World:
    company = Company(code=code, name="Wrong", phase_category="STD")
    return dataclasses.replace(world, settings=world.settings.model_copy(update={"companies": (company,)}))


@pytest.mark.parametrize("name", ["jobs", "vendors", "project_cost_codes", "job_costs"])
def test_a_company_that_the_web_services_refuse_is_told_with_those_there_are(both: World, name: str) -> None:
    """B8, where the web services read: the codes are Info-Link's, or that of the Authorization ID."""
    world = _with_company(both.by_sdx("jobs", "vendors", "project_cost_codes", "job_cost_totals"), "9")
    run = world.run()
    with pytest.raises(FixConfiguration, match=r"Spectrum has no company '9'.*allowed: 1, 2"):
        world.sync(name, run, company="9")
    states = world.ask("select distinct state from sync.runs where run_id = %s", run.run_id)
    assert states == [("failed",)]


def test_without_info_link_the_authorization_id_names_its_company(both: World) -> None:
    world = _with_company(both, "9")
    refused = pytest.raises(FixConfiguration, match=r"Spectrum has no company '9'.*allowed: 1\b")
    with Sources(world.settings.company("9"), sdx=world.sdx) as sources, refused:
        require_company(sources)
    with Sources(both.settings.company("2"), sdx=both.sdx) as sources:
        require_company(sources)


def test_services_that_hide_every_job_are_told_from_an_empty_company(both: World) -> None:
    """Info-Link holds jobs; an Authorization ID whose operator sees none would give a green sync of 0 rows."""
    world = both.by_sdx("jobs")
    world.change("""UPDATE "JC_JOB_MASTER_MC" SET "Status_Code" = 'X' WHERE btrim("Company_Code") = '2'""")
    run = world.run()
    with pytest.raises(FixConfiguration, match="the web services show no job of the company, though JC_JOB_MASTER_MC"):
        world.sync("jobs", run, company="2")


def _tamper(world: World, statement: str, *values: object) -> None:
    with psycopg.connect(world.warehouse) as connection:
        assert connection.execute(statement.encode(), values).rowcount == 1
