"""N12: after a Procore company was taken over, a change order on an old commitment goes through the export."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from sandbox.procore.seed_connector import Size
from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.steps.unlink import unlink
from spectrum_etl.imports.objects import IMPORTS
from spectrum_etl.imports.records import plans
from spectrum_etl.imports.records.plans import PlanRow
from spectrum_etl.imports.spec import Narrowed
from spectrum_etl.model.record import RecordId
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.connection import ProcoreConnection
from spectrum_etl.warehouse.connect import connect
from stack.postgres import EmbeddedPostgres
from tests.exports.endtoend.places import COMPANY, SECRET
from tests.exports.endtoend.stage import Stage, open_stage
from tests.exports.endtoend.takeover import CONNECTOR_COMPANY, Old

CHANGE_ORDERS = "commitment_change_orders"


@contextmanager
def opened(stage: Stage) -> Iterator[Old]:
    """The old connector's company, and what is staged of its Spectrum."""
    url = stage.places.procore
    connection = ProcoreConnection(url, "endtoend", SECRET, login_url=url)
    with ProcoreClient(connection, str(CONNECTOR_COMPANY), sleep=lambda seconds: None) as client:
        yield Old(stage, dataclasses.replace(stage.lines, procore=client))


@pytest.fixture
def old(stage: Stage) -> Iterator[Old]:
    """See `opened`."""
    with opened(stage) as made:
        yield made


def rows(old: Old, name: str) -> list[PlanRow]:
    with connect(old.stage.places.warehouse) as connection:
        plan = plans.open_plan(connection, IMPORTS[name], COMPANY)
        return plans.rows(connection, plan.plan_id) if plan else []


def waiting(old: Old) -> RecordId:
    """A change order that was approved after the connector stopped, in a project that the account may see."""
    ((record, project),) = old.stage.sandbox(
        "select o.id::text, o.project_id::text from procore.records as o join procore.records as p"
        " on p.id = o.project_id where o.kind = 'change_order_package' and o.origin_id is null and o.company_id = %s"
        " and o.fields->>'title' = 'After the connector' and (p.fields->>'permitted')::boolean order by o.id limit 1",
        CONNECTOR_COMPANY,
    )
    # Work goes on there.
    for table in ("JC_JOB_MASTER_MC", "JC_PHASE_MASTER_MC"):
        old.stage.sandbox(
            f'update dbo."{table}" set "Status_Code" = \'A\' where trim("Job_Number") ='  # noqa: S608
            " (select fields->>'project_number' from procore.records where id = %s)",
            int(project),
        )
    # Its commitment shows no ERP id, only the number.
    old.stage.sandbox(
        "update procore.records set origin_code = null where id = (select parent_id from procore.records"
        " where id = %s)",
        int(record),
    )
    return RecordId(COMPANY, project, record)


def synced_change(old: Old, but: RecordId) -> str:
    """Another change order of the same project, as the connector had exported it: as change request 7 of the job."""
    ((record, contract, job),) = old.stage.sandbox(
        "select o.id, o.parent_id, p.fields->>'project_number' from procore.records as o join procore.records as p"
        " on p.id = o.project_id where o.kind = 'change_order_package' and o.origin_id is null and o.project_id = %s"
        " and o.id <> %s limit 1",
        int(but.project), int(but.record),
    )  # fmt: skip
    old.stage.sandbox(
        "update procore.records set origin_id = 'foreign-co-7', origin_code = '007' where id = %s", record
    )
    ((code,),) = old.stage.sandbox("select origin_code from procore.records where id = %s", contract)
    old.stage.warehouse(
        "insert into spectrum.subcontract_changes (company_code, job_number, change_request_number, vendor_code,"
        " subcontract_number, phase_code, cost_type, sub_amount, _row_hash, _run_id, _read_at, _changed_at)"
        " select company_code, job_number, '7', vendor_code, subcontract_number, '01', 'S', 1250.75,"
        " gen_random_uuid(), 'run', now(), now() from spectrum.subcontracts where job_number = %s"
        " and subcontract_number = %s limit 1",
        job, code,
    )  # fmt: skip
    return f"{job}/7"


def test_n12_a_change_order_on_an_old_commitment_is_exported_and_all_of_it_is_undone(old: Old) -> None:
    stage, order = old.stage, waiting(old)
    change = synced_change(old, order)
    before = old.marks()
    stage.collect(CHANGE_ORDERS, projects=(order.project,))
    row = stage.row(CHANGE_ORDERS, order)
    assert row is not None
    assert row.state == "not_ready"
    stage.warehouse("delete from export.queue")

    runs = {}
    for name in ("vendors", "jobs", "contract_links"):
        stage.procore.calls.reset()
        made, done = old.take_over(name)
        assert done.counts["applied"] > 0, made.summary
        runs[name] = f"import {old.runs}"
    writing = [call for call in stage.procore.calls.report()["calls"] if not call["service"].startswith("GET")]
    assert [call for call in writing if "/rest/" in call["service"]] == [], "contracts are linked, and not written"
    links = old.links("commitments")
    assert links
    assert list(old.links("commitment_change_orders")) == [change]
    assert old.links("prime_contracts")
    unlike = stage.warehouse("select note from export.links where object_name = 'commitments' and note is not null")
    assert all("in Procore" in note for (note,) in unlike)

    document = stage.accept(CHANGE_ORDERS, order)
    subcontract = {
        (call.parameters["Subcontractor_Code"], call.parameters["Subcontract_Number"]) for call in document.calls
    }
    assert {f"{vendor}/{number}" for vendor, number in subcontract} <= set(links)
    assert stage.finish(CHANGE_ORDERS, order).state == "linked"

    for name in ("contract_links", "jobs", "vendors"):
        old.undo(name, runs[name])
    exported = int(order.record)
    assert [each for each in old.marks() if each[0] != exported] == [each for each in before if each[0] != exported]
    for name in ("commitments", "prime_contracts", "jobs", "vendors"):
        assert old.links(name) == {}, name
    assert list(old.links("commitment_change_orders").values()) == [order.record], "what was exported stays linked"


def test_n12_contracts_are_found_on_their_job_and_amounts_that_differ_are_shown(old: Old) -> None:
    old.plan("contract_links")
    assert {row.state for row in rows(old, "contract_links")} == {"not ready"}
    assert any("not linked to a job" in (row.reason or "") for row in rows(old, "contract_links"))
    old.take_over("vendors")
    old.take_over("jobs")
    made = old.plan("contract_links")
    found = rows(old, "contract_links")
    assert made.counts["take over", "ready"] > 10, made.summary
    differing = [row for row in found if row.state == "suggested"]
    assert differing
    for row in differing:
        assert row.reason is not None
        assert row.reason.startswith("Procore holds ")
        assert row.before["amount"] != row.spectrum["amount"]
    job = next(row.spectrum["link"]["job"] for row in found if row.kind == "take over")
    dry = old.plan("contract_links", Narrowed((), {"jobs": [job]}), dry_run=True)
    assert 0 < sum(dry.counts.values()) < len(found)
    old.plan("contract_links", Narrowed((), {"jobs": [job]}))
    assert len(rows(old, "contract_links")) == len(found), "the others stay as they are in the plan"


def test_n12_a_link_that_was_taken_over_ends_without_a_change_in_procore(old: Old) -> None:
    for name in ("vendors", "jobs", "contract_links"):
        old.take_over(name)
    before, links = old.marks(), old.links("commitments")
    key, record = min(links.items())
    assert unlink(old.stage.systems(), EXPORTS["commitments"], record, "otto") == key
    assert old.links("commitments") == {other: links[other] for other in links if other != key}
    assert old.marks() == before, "the marks are those of the other integration"


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_n12_a_company_of_years_is_taken_over_in_an_evening_and_given_back(
    postgres: EmbeddedPostgres, record_property: Callable[[str, object], None]
) -> None:
    size, told, runs = Size(projects=300, companies=2_000, commitments=4_000), [], {}
    with open_stage(postgres, "takeover_size", jobs=1_200, past=size) as stage, opened(stage) as old:
        order, before = waiting(old), old.marks()
        for name in ("vendors", "jobs", "contract_links"):
            stage.procore.calls.reset()
            began = time.monotonic()
            made, done = old.take_over(name)
            seconds, (reading, writing) = time.monotonic() - began, calls(stage)
            told.append(
                f"{name}: {made.summary}; {dict(done.counts)} in {seconds:.0f} s with {reading} reading and {writing}"
                " writing calls"
            )
            runs[name] = f"import {old.runs}"
        document = old.stage.accept(CHANGE_ORDERS, order)
        assert document.calls
        assert old.stage.finish(CHANGE_ORDERS, order).state == "linked"
        for name in ("contract_links", "jobs", "vendors"):
            stage.procore.calls.reset()
            began = time.monotonic()
            undone = old.undo(name, runs[name])
            seconds, (reading, writing) = time.monotonic() - began, calls(stage)
            told.append(f"{name} undone: {dict(undone.counts)} in {seconds:.0f} s, {reading} + {writing} calls")
        exported = int(order.record)
        assert [each for each in old.marks() if each[0] != exported] == [each for each in before if each[0] != exported]
        for name in ("vendors", "jobs", "commitments", "prime_contracts"):
            assert old.links(name) == {}
    for line in told:
        print(line)
        record_property("counted", line)


def calls(stage: Stage) -> tuple[int, int]:
    """Reading and writing calls of Procore's API."""
    made = [each["service"] for each in stage.procore.calls.report()["calls"] if "/rest/" in each["service"]]
    reading = sum(1 for each in made if each.startswith("GET"))
    return reading, len(made) - reading
