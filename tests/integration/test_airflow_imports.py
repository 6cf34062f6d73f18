"""Imports into Procore in a real Airflow: planned, asked about, accepted over REST as the UI does it, applied once,
read back, and undone; and what can go wrong meanwhile.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from stack.airflow_api import JsonObject
from stack.errors import StackError
from stack.stage_runs import FollowedRun
from tests.airflow_stack import COMPANIES, AirflowStack, until
from tests.integration.test_airflow_exports import HEARD
from tests.integration.test_airflow_failures import visible_end

pytestmark = pytest.mark.airflow

APPROVER, STRANGER = "accounting", "vera"
COMPANY, PROCORE_COMPANY, CONNECTOR_COMPANY = "1", 4001, 4801
#: Vendors that no company of Procore's is like, by code.
NEW = {"QUILLON": "Quillon Zephyr Ironworks", "VEXLEY": "Vexley Obsidian Glazing"}
KILLED = {"JUNIPER": "Juniper Thistlewick Paving", "MARLOWE": "Marlowe Xanthic Coatings"}
NEW_JOB = ("27-9001", "Thistle Quay Pavilion")
LATER = {"ORLANDO": "Orlandova Pewter Fencing"}


class Imports:
    """What people do with `import_vendors`, and what is in Procore and the warehouse then.

    Args:
        stack: the running parts.
    """

    def __init__(self, stack: AirflowStack) -> None:
        self.stack = stack

    def enter(self, table: str, **fields: str) -> None:
        """Enter a row in Spectrum that is like the first of the company, but for these fields."""
        self.stack.change(
            f'insert into "{table}" select (jsonb_populate_record(t, %s)).* from "{table}" as t'  # noqa: S608
            ' where trim("Company_Code") = %s order by ctid limit 1',
            json.dumps(fields),
            COMPANY,
        )

    def enter_vendors(self, vendors: dict[str, str]) -> None:
        """Enter vendors, by code."""
        for code, name in vendors.items():
            self.enter("VN_VENDOR_MASTER_MC", Vendor_Code=f"{code:>10}", Vendor_Name=name, Status="A")

    def start(self, vendors: dict[str, str], **conf: Any) -> FollowedRun:
        """Trigger the import of these vendors."""
        return self.stack.trigger("import_vendors", companies=[COMPANY], vendors=list(vendors), **conf)

    def question(self, run: FollowedRun, map_index: int = 0) -> JsonObject:
        """Wait until a run asks about its first company, or another one."""

        def waits() -> JsonObject | None:
            found = self.stack.api().questions(run.dag_id, run.run_id)
            instances = [(q, q["task_instance"]) for q in found]
            asked = (q for q, i in instances if (i["state"], i["map_index"]) == ("awaiting_input", map_index))
            return next(asked, None)

        question: JsonObject = until(waits)
        return question

    def answer(self, run: FollowedRun, option: str = "Accept", user: str = APPROVER, map_index: int = 0) -> None:
        """Answer the question of a run, as late as a person does."""
        question = self.question(run, map_index)
        age = datetime.now(UTC) - datetime.fromisoformat(question["created_at"])
        time.sleep(max(HEARD - age.total_seconds(), 0))
        self.stack.api(user).answer(question["task_instance"], option, {})

    def companies(self, vendors: dict[str, str]) -> list[tuple[Any, ...]]:
        """Name, our id, and whether it is active, of the companies of Procore with these names."""
        query = (
            "select fields ->> 'name', origin_id, fields ->> 'is_active' from procore.records where company_id = %s"
            " and kind = 'vendor' and deleted_at is null and fields ->> 'name' = any(%s) order by 1"
        )
        return self.stack.source(query, PROCORE_COMPANY, list(vendors.values()))

    def expected(self, vendors: dict[str, str]) -> list[tuple[str, str, str]]:
        """What `companies` gives once each of them was created."""
        return sorted((name, f"spectrum:{COMPANY}:{code}", "true") for code, name in vendors.items())

    def calls(self) -> int:
        """Calls that have written into Procore."""
        [(count,)] = self.stack.ask("select count(*) from procore.calls")
        return int(count)

    def instance(self, run: FollowedRun, task: str) -> JsonObject:
        """The only task instance of a task."""
        [found] = self.stack.instances(run, task)
        return found


@contextmanager
def settings(stack: AirflowStack, company: dict[str, Any], imports: dict[str, Any]) -> Iterator[None]:
    """Others for a while: of the first company, and of the section `imports`."""
    before = stack.settings_file.read_text(encoding="utf-8")
    changed = yaml.safe_load(before)
    changed["companies"][0] |= company
    changed["imports"] |= imports
    stack.settings_file.write_text(yaml.safe_dump(changed), encoding="utf-8")
    try:
        yield
    finally:
        stack.settings_file.write_text(before, encoding="utf-8")


@pytest.fixture(scope="module")
def imports(airflow_stack: AirflowStack, staged: Any) -> Iterator[Imports]:
    """Vendors of all parts are entered and staged."""
    found = Imports(airflow_stack)
    found.enter_vendors(NEW | KILLED)
    airflow_stack.run("stage_vendors", companies=[COMPANY])
    yield found
    airflow_stack.faults().clear()


@pytest.fixture(scope="module")
def asked(imports: Imports) -> FollowedRun:
    """A run whose question nobody has answered."""
    run = imports.start(NEW)
    imports.question(run)
    return run


@pytest.fixture(scope="module")
def created(imports: Imports, asked: FollowedRun) -> FollowedRun:
    """The same run, when an approver has accepted, and the companies are created."""
    imports.answer(asked)
    imports.stack.wait([asked])
    return asked


@pytest.mark.slow
def test_n2_a_dry_run_asks_nobody_and_writes_nothing(imports):
    before = imports.calls()
    run = imports.stack.run("import_vendors", companies=[COMPANY], vendors=list(NEW), dry_run=True)
    assert imports.instance(run, "company.make_plan")["state"] == "skipped"
    assert imports.calls() == before
    assert imports.companies(NEW) == []


def test_n2_there_is_one_question_about_a_plan_and_nothing_changes_that_nobody_has_accepted(imports, asked):
    question = imports.question(asked)
    assert question["subject"] == f"Into Procore: {len(NEW)} vendors of company 1 Summit Ridge Builders"
    assert all(name in question["body"] for name in NEW.values())
    another = imports.start(NEW)
    imports.stack.wait([another])
    assert imports.stack.api().questions(another.dag_id, another.run_id) == []
    with pytest.raises(StackError, match="403"):
        imports.answer(asked, user=STRANGER)
    assert imports.companies(NEW) == []


def test_n3_what_an_approver_accepts_is_created_once_and_read_back(imports, created):
    assert imports.companies(NEW) == imports.expected(NEW)
    assert imports.instance(created, "company.compare")["state"] == "success"
    links = "select record_id is not null, linked_by, how from export.links where spectrum_key = any(%s)"
    assert imports.stack.ask(links, list(NEW)) == [(True, APPROVER, "import")] * len(NEW)


@pytest.mark.slow
def test_b1_a_run_that_finds_nothing_new_makes_no_writing_call(imports, created):
    before = imports.calls()
    run = imports.stack.run("import_vendors", companies=[COMPANY], vendors=list(NEW))
    assert imports.calls() == before
    assert imports.stack.api().questions(run.dag_id, run.run_id) == []


@pytest.mark.slow
def test_n9_an_apply_that_is_killed_during_its_call_is_tried_again_and_makes_nothing_twice(imports):
    run = imports.start(KILLED)
    imports.question(run)
    faults = imports.stack.faults()
    faults.set("procore_only", "/vendors")
    faults.set("procore_slow_after", "20000", count=1)
    imports.answer(run)
    until(lambda: imports.companies(KILLED))
    imports.stack.kill(run, "company.apply")
    imports.stack.wait([run])
    assert imports.instance(run, "company.apply")["try_number"] == 2
    assert imports.companies(KILLED) == imports.expected(KILLED)
    assert imports.stack.ask(
        "select state, count(*)::int from procore.plan_rows where spectrum_key = any(%s) group by 1", list(KILLED)
    ) == [("applied", len(KILLED))]


def test_n10_a_run_is_undone_by_a_plan_that_is_accepted(imports, created):
    run = imports.stack.trigger("undo_import", object="vendors", companies=[COMPANY], run_id=created.run_id)
    assert "Undo in Procore" in imports.question(run)["subject"]
    imports.answer(run)
    imports.stack.wait([run])
    assert imports.companies(NEW) == sorted((name, None, "false") for name in NEW.values())
    links = "select count(*)::int from export.links where spectrum_key = any(%s) and unlinked_at is null"
    assert imports.stack.ask(links, list(NEW)) == [(0,)]


@pytest.mark.slow
def test_n5_a_job_is_created_as_a_project_and_a_project_that_is_there_is_left_alone(imports):
    stack = imports.stack
    job, name = NEW_JOB
    imports.enter("JC_JOB_MASTER_MC", Job_Number=f"{job:>10}", Job_Description=name, Status_Code="A")
    stack.run("stage_jobs", companies=[COMPANY])
    projects = "select id, fields::text from procore.records where company_id = %s and kind = 'project' order by id"
    before = stack.source(projects, PROCORE_COMPANY)
    run = stack.trigger("import_jobs", companies=[COMPANY], jobs=[job])
    imports.answer(run)
    stack.wait([run])
    after = stack.source(projects, PROCORE_COMPANY)
    assert after[: len(before)] == before
    [(_, fields)] = after[len(before) :]
    assert (json.loads(fields)["project_number"], json.loads(fields)["name"]) == NEW_JOB


@pytest.mark.slow
def test_n12_a_company_of_another_integration_is_taken_over_after_a_second_look_that_waits_without_a_slot(imports):
    stack = imports.stack
    of_connector = (
        "select origin_id from procore.records where company_id = %s and kind = 'vendor' and deleted_at is null"
        " and origin_id is not null order by id"
    )
    before = stack.source(of_connector, CONNECTOR_COMPANY)
    with settings(stack, {"procore_company_id": CONNECTOR_COMPANY}, {"second_look_minutes": 1}):
        run = stack.trigger("import_vendors", companies=[COMPANY], integration_is_switched_off=True)
        until(lambda: imports.instance(run, "company.second_look")["state"] == "up_for_reschedule")
        [pool] = [p for p in stack.api().call("GET", "pools")["pools"] if p["name"] == "procore"]
        assert (pool["occupied_slots"], pool["running_slots"]) == (0, 0)
        assert stack.api().questions(run.dag_id, run.run_id) == []
        assert "to take over" in imports.question(run)["body"]
        imports.answer(run)
        # Some are locked, and some are not released: a person must look, and all others go on.
        stack.wait([run], "failed")
        assert "Needs attention" in visible_end(stack, imports.instance(run, "report"))
        taken = stack.source(of_connector, CONNECTOR_COMPANY)
        assert sum(str(id_).startswith(f"spectrum:{COMPANY}:") for (id_,) in taken) > len(before) / 2
        undo = stack.trigger("undo_import", object="vendors", companies=[COMPANY], run_id=run.run_id)
        imports.answer(undo)
        stack.wait([undo])
        assert stack.source(of_connector, CONNECTOR_COMPANY) == before


@pytest.mark.slow
def test_n2_an_import_that_follows_a_sync_starts_by_itself_and_asks(imports):
    stack = imports.stack
    with settings(stack, {}, {"vendors": {"schedule": "after_sync"}}):
        stack.api().set_paused("import_vendors", False)
        stack.reparse("import_vendors")
        until(lambda: stack.api().call("GET", "dags/import_vendors")["timetable_summary"] not in (None, "Never"))
        known = {run["dag_run_id"] for run in stack.api().runs("import_vendors")}
        imports.enter_vendors(LATER)
        stack.run("stage_vendors", companies=[COMPANY])
        [started] = until(lambda: [r for r in stack.api().runs("import_vendors") if r["dag_run_id"] not in known])
        run = FollowedRun("import_vendors", started["dag_run_id"])
        assert all(name in imports.question(run)["body"] for name in LATER.values())
        for number in range(len(COMPANIES)):
            imports.answer(run, "Not now", map_index=number)
        stack.wait([run])
    stack.reparse("import_vendors")
    assert imports.companies(LATER) == []
