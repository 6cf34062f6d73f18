"""Exports in a real Airflow: asked, answered over REST as the UI does it, sent once; and what can go wrong meanwhile.

Each record plays one part. All are asked at the same time and get their first answers together, since each step takes
Airflow seconds; the tests then look at what came of it, and go on from there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.migrate import migrate
from stack.airflow_api import JsonObject
from stack.errors import StackError
from stack.stage_runs import FollowedRun
from tests.airflow_stack import AirflowStack, until

pytestmark = pytest.mark.airflow

APPROVER = "accounting"
#: Companies of Procore that become vendors, each with a vendor code of its own.
GOLDEN = "Ready Roofing LLC"
PARTS = ("stranger", "rejected", "retrieved", "marked", "changed", "long", "taken", "killed", "dry", "forged", "named")
#: Of the contract `lines`.
LONG_TITLE = "Drywall of all storeys " * 20
#: Airflow hears from the process that asked a moment after the question is there; see `orchestration.export_dag`.
HEARD = 3
TAKEN_CODE = """select trim("Vendor_Code") from "VN_VENDOR_MASTER_MC" where trim("Vendor_Code") > '' limit 1"""


@dataclass
class Exports:
    """The stack, who plays which part, and what was asked first.

    Args:
        stack: the running parts.
        ids: Procore id of each part.
        runs: the runs of `export_vendors` and others, by what they are for.
        asked: the first question of each part.
    """

    stack: AirflowStack
    ids: dict[str, str]
    runs: dict[str, FollowedRun] = field(default_factory=dict)
    asked: dict[str, JsonObject] = field(default_factory=dict)

    def start(self, name: str, object_name: str, *parts: str, **conf: Any) -> None:
        """Trigger the export of these records."""
        records = [self.ids[part] for part in parts]
        self.runs[name] = self.stack.trigger(f"export_{object_name}", companies=["1"], records=records, **conf)

    def row(self, part: str) -> tuple[Any, ...]:
        """State, reason, and run and map index of who asks."""
        query = "select state, reason, asks_run_id, asks_map_index from export.queue where record_id = %s"
        found = self.stack.ask(query, self.ids[part])
        return found[0] if found else (None, None, None, None)

    def title(self, part: str) -> str:
        """What people call the record."""
        return str(self.stack.ask("select title from export.queue where record_id = %s", self.ids[part])[0][0])

    def until(self, part: str, state: str) -> str:
        """Wait for a state; its reason."""

        def reached() -> tuple[Any, ...] | None:
            row = self.row(part)
            return row if row[0] == state else None

        try:
            return until(reached)[1] or ""
        except AssertionError:
            raise AssertionError(f"{part} is {self.row(part)}, not {state}") from None

    def question(self, part: str, *, anew: bool = False) -> JsonObject:
        """Wait until somebody is asked about a record; with `anew` by another task instance than at first."""

        def place(question: JsonObject) -> tuple[str, int]:
            return question["task_instance"]["dag_run_id"], question["task_instance"]["map_index"]

        def found() -> JsonObject | None:
            asks = self.row(part)[2:]
            if asks[0] is None or (anew and asks == place(self.asked[part])):
                return None
            waits = [q for q in self.stack.api().questions() if q["task_instance"]["state"] == "awaiting_input"]
            return next((q for q in waits if place(q) == asks), None)

        question: JsonObject = until(found)
        return question

    def answer(self, part: str, option: str = "Accept", user: str = APPROVER, **changed: str | None) -> None:
        """Answer the first question with the form's proposals, or what is given instead."""
        answer(self.stack, self.asked[part], option, user, **changed)

    def answer_anew(self, part: str, option: str = "Accept", **changed: str | None) -> JsonObject:
        """Answer when asked anew; that question."""
        question = self.question(part, anew=True)
        age = datetime.now(UTC) - datetime.fromisoformat(question["created_at"])
        time.sleep(max(HEARD - age.total_seconds(), 0))
        answer(self.stack, question, option, APPROVER, **changed)
        return question

    def assert_asked_anew(self, part: str, reason: str) -> None:
        """Another task instance asks, for this reason, and nothing was sent."""
        self.question(part, anew=True)
        state, told, *_ = self.row(part)
        assert state == "waiting"
        assert reason in told
        assert self.origin(part) == (None, None)

    def written(self, code: str) -> int:
        """How many times Spectrum has taken a vendor with this code."""
        query = "select count(*) from sandbox.writes where accepted and parameters ->> 'Vendor_Code' = %s"
        [(count,)] = self.stack.source(query + " and service = 'AddVendor'", code)
        return int(count)

    def origin(self, part: str) -> tuple[str | None, str | None]:
        """Origin id and code of the record in Procore."""
        query = "select origin_id, origin_code from procore.records where id = %s"
        [found] = self.stack.source(query, int(self.ids[part]))
        return found[0], found[1]

    def assert_linked_once(self, part: str, code: str) -> None:
        """The vendor was taken once, and is linked in both systems."""
        self.until(part, "linked")
        assert self.written(code) == 1
        assert self.origin(part) == (f"1:{code}", code)
        links = "select spectrum_key, linked_by from export.links where record_id = %s and unlinked_at is null"
        assert self.stack.ask(links, self.ids[part]) == [(code, APPROVER)]

    def instance(self, part: str, task: str) -> JsonObject:
        """The task instance of the record in the run that asked first."""
        asked = self.asked[part]["task_instance"]
        run = FollowedRun(asked["dag_id"], asked["dag_run_id"])
        [found] = [i for i in self.stack.instances(run, task) if i["map_index"] == asked["map_index"]]
        return found


def answer(stack: AirflowStack, question: JsonObject, option: str, user: str, **changed: str | None) -> None:
    """Answer a question as its form is prefilled, but for what is given."""
    form = {name: param["value"] for name, param in question["params"].items()}
    stack.api(user).answer(question["task_instance"], option, form | changed)


@pytest.fixture(scope="module")
def exports(airflow_stack: AirflowStack) -> Iterator[Exports]:
    """Everybody is asked, and the first answers are given."""
    stack = airflow_stack
    stack.run_sandbox("procore", "seed", "--vendors", str(len(PARTS)))
    with connect(stack.warehouse_url) as connection:
        migrate(connection)  # the queue is looked at before the first run has made it
    known = "select id::text from procore.records where company_id = 4001"
    vendor = f"{known} and kind = 'vendor' and fields ->> 'name' = %s"
    names = {"golden": GOLDEN} | {part: f"Load Test Company {n:05d}" for n, part in enumerate(PARTS, start=1)}
    ids = {part: stack.source(vendor, name)[0][0] for part, name in names.items()}
    contract = f"{known} and kind = 'work_order_contract' and fields ->> 'number' = %s order by id"
    for part, number in (("lines", "SC-101"), ("lost", "SC-102")):
        ids[part] = stack.source(contract, number)[0][0]
    # Airflow's grid holds names of 250 characters, and fails a task with a longer one after its work (B10).
    stack.run_sandbox("procore", "change", ids["lines"], f"title={LONG_TITLE}")
    found = Exports(stack, ids)
    parts = [part for part in names if part not in ("dry", "forged", "named")]
    found.start("vendors", "vendors", *parts)
    found.start("forged", "vendors", "forged", "named")
    found.start("commitments", "commitments", "lines", "lost")
    found.start("dry", "vendors", "dry", dry_run=True)
    for part in (*parts, "forged", "named", "lines", "lost"):
        found.asked[part] = found.question(part)
    time.sleep(HEARD)
    begin(found)
    yield found
    stack.faults().clear()


def begin(exports: Exports) -> None:
    """The first answer to each question, and what is done to those that get none."""
    stack = exports.stack
    stack.faults().set("write_500_before", "UpdateSubcontract", count=1)
    exports.answer("lines")
    exports.answer("lost")
    exports.answer("golden")
    exports.answer("rejected", "Reject")
    exports.answer("retrieved", "Retrieve")
    stack.run_sandbox("procore", "change", exports.ids["changed"], "city=Akron")
    exports.answer("changed", vendor_code="CHANGED")
    exports.answer("long", vendor_code="LONGERTHAN10")
    exports.answer("taken", vendor_code=stack.source(TAKEN_CODE)[0][0])
    # By hand: what the approval would have left behind, and its success.
    asked = exports.asked["marked"]["task_instance"]
    path = f"dags/{asked['dag_id']}/dagRuns/{quote(asked['dag_run_id'])}/taskInstances"
    entry = {"key": "return_value", "value": "sending", "map_index": asked["map_index"]}
    stack.api().call("POST", f"{path}/{asked['task_id']}/xcomEntries", entry)
    stack.api().mark(asked, "success")
    forge(exports)


def forge(exports: Exports) -> None:
    """Somebody makes the record that is accepted the one that is not, in what walks between the tasks."""
    run, api = exports.runs["forged"], exports.stack.api()
    path = f"dags/{run.dag_id}/dagRuns/{quote(run.run_id)}/taskInstances/collect/xcomEntries/return_value"
    records = api.call("GET", path)["value"]
    [named] = [record for record in records if record["record"] == exports.ids["named"]]
    forged = [{**named, "title": record["title"]} for record in records]
    api.call("PATCH", path, {"value": forged})
    assert api.call("GET", path)["value"] == forged
    exports.answer("forged", vendor_code="FORGED")


def test_a_record_is_asked_about_with_everything_that_would_be_written_and_a_filled_in_form(exports):
    asked = exports.asked["golden"]
    assert asked["subject"] == f"Vendor: Company {GOLDEN}"
    assert asked["task_instance"]["rendered_map_index"] == f"Company {GOLDEN}"
    assert [user["id"] for user in asked["assigned_users"]] == [APPROVER]
    assert asked["defaults"] is None
    form = {name: (param["value"], param["schema"].get("maxLength")) for name, param in asked["params"].items()}
    assert form == {"vendor_code": ("READYROOFI", 10), "vendor_type": ("SUB", None), "reason": (None, 1000)}
    place = f"/erp-integrations/#/export/record/vendors/1/-/{exports.ids['golden']})"
    assert asked["body"].startswith("[Open it on the page ERP Integrations](http")
    assert place in asked["body"].splitlines()[0]
    assert f"- Name: {GOLDEN}" in asked["body"]
    assert set(exports.asked["lines"]["params"]) == {"subcontract_number", "reason"}


def test_a7_an_accepted_vendor_is_sent_once_linked_on_both_sides_and_never_offered_again(exports):
    exports.assert_linked_once("golden", "READYROOFI")
    ledger = "select decision, answered_by, answered_by_name, state from export.ledger where record_id = %s"
    assert exports.stack.ask(ledger, exports.ids["golden"]) == [("accept", APPROVER, APPROVER, "linked")]
    exports.start("again", "vendors", "golden")
    exports.stack.wait([exports.runs["again"]])
    states = {i["task_id"]: i["state"] for i in exports.stack.instances(exports.runs["again"])}
    assert states["collect"] == "success"
    assert states["record.approve"] == states["record.send"] == "skipped"
    exports.assert_linked_once("golden", "READYROOFI")


def test_only_approvers_may_answer(exports):
    for user in ("ops", "vera"):
        with pytest.raises(StackError, match="403"):
            exports.answer("stranger", user=user, vendor_code="STRANGER")
    assert exports.row("stranger")[0] == "waiting"
    assert exports.written("STRANGER") == 0


def test_a_rejection_needs_a_reason_and_ends_it(exports):
    exports.assert_asked_anew("rejected", "rejected it without a reason; a rejection needs one")
    exports.answer_anew("rejected", "Reject", reason="A duplicate")
    assert exports.until("rejected", "rejected") == "A duplicate"
    assert exports.origin("rejected") == (None, None)


def test_a_retrieved_record_waits_until_it_is_named(exports):
    assert exports.until("retrieved", "retrieved") == (
        f"taken out by {APPROVER}; it comes back when it is collected again by name"
    )


def test_an_approval_marked_successful_by_hand_sends_nothing_and_somebody_is_asked_anew(exports):
    exports.assert_asked_anew("marked", "the approval that asked has ended without an answer")
    assert exports.instance("marked", "record.send")["state"] == "success"  # it asked for another run
    exports.answer_anew("marked", vendor_code="MARKED")
    exports.assert_linked_once("marked", "MARKED")


def test_what_walks_between_tasks_is_not_believed(exports):
    until(lambda: exports.instance("forged", "record.send")["end_date"])
    assert exports.instance("forged", "record.send")["state"] == "skipped"
    assert exports.instance("forged", "record.approve")["state"] == "failed"
    assert exports.written("FORGED") == 0
    ledger = "select 1 from export.ledger where record_id = any(%s)"
    assert exports.stack.ask(ledger, [exports.ids["forged"], exports.ids["named"]]) == []
    exports.answer("named", vendor_code="NAMED")
    exports.assert_linked_once("named", "NAMED")
    exports.stack.wait([exports.runs["forged"]], "failed")
    [report] = exports.stack.instances(exports.runs["forged"], "report")
    assert f"{exports.title('forged')} of company 1 is waiting: nobody is asked about it" in exports.stack.log(report)
    exports.start("forged again", "vendors", "forged")
    exports.assert_asked_anew("forged", "nobody is asked about it: the task that was to ask has failed")


def test_a_record_that_was_changed_while_it_waited_is_asked_anew_as_it_is_now(exports):
    exports.assert_asked_anew("changed", "the record was changed in Procore while it waited; look at it again")
    assert exports.written("CHANGED") == 0
    assert "Dayton" in exports.asked["changed"]["body"]
    question = exports.answer_anew("changed")
    assert "Akron" in question["body"]
    assert "**Asked again:** the record was changed in Procore" in question["body"]
    assert question["params"]["vendor_code"]["value"] == "CHANGED"
    exports.assert_linked_once("changed", "CHANGED")


def test_c6_a_code_that_is_too_long_or_taken_is_asked_anew_with_the_reason(exports):
    exports.assert_asked_anew("long", "'LONGERTHAN10' has 12 characters; Spectrum takes at most 10")
    exports.assert_asked_anew("taken", "belongs to")
    assert exports.written("LONGERTHAN10") == 0
    exports.answer_anew("taken", vendor_code="FREE")
    exports.assert_linked_once("taken", "FREE")


def test_a_dry_run_asks_nobody_and_shows_what_would_be_written(exports):
    exports.stack.wait([exports.runs["dry"]])
    assert exports.stack.api().questions(exports.runs["dry"].dag_id, exports.runs["dry"].run_id) == []
    [collect] = exports.stack.instances(exports.runs["dry"], "collect")
    log = exports.stack.log(collect)
    assert "dry run: this would be written" in log
    assert "AddVendor" in log
    assert exports.row("dry")[0] == "ready"


def test_lines_of_a_commitment_are_written_once_also_when_a_call_fails_without_an_answer(exports):
    for part in ("lines", "lost"):
        exports.until(part, "linked")
        number = exports.asked[part]["params"]["subcontract_number"]["value"]
        writes = "select service, count(*)::int from sandbox.writes where accepted and"
        found = exports.stack.source(f"{writes} parameters ->> 'Subcontract_Number' = %s group by 1 order by 1", number)
        assert found == [("UpdateSubcontract", 1), ("UpdateSubcontractPhases", 3)]
        assert exports.origin(part)[1] == number
    for task in ("record.approve", "record.send"):
        named = exports.instance("lines", task)
        assert named["state"] == "success"
        assert len(named["rendered_map_index"]) == 200
        assert named["rendered_map_index"].startswith("Subcontract SC-101 Drywall of all storeys Drywall")
    tries = [exports.instance(part, "record.send") for part in ("lines", "lost")]
    assert [i["state"] for i in tries] == ["success", "success"]
    assert sum("it may still be running; it is looked up again at" in exports.stack.log(i) for i in tries) == 1


def test_a_killed_sending_is_tried_again_and_finds_what_it_wrote(exports):
    faults = exports.stack.faults()
    faults.set("write_slow", "AddVendor/20", count=1)
    exports.answer("killed", vendor_code="KILLED")
    until(lambda: exports.written("KILLED"))
    exports.stack.kill(exports.runs["vendors"], "record.send", exports.asked["killed"]["task_instance"]["map_index"])
    exports.assert_linked_once("killed", "KILLED")
    sent = until(lambda: (i := exports.instance("killed", "record.send"))["state"] == "success" and i)
    assert sent["try_number"] == 2
    calls = "select c.state, c.answer from export.calls as c join export.ledger using (attempt_id) where record_id = %s"
    assert exports.stack.ask(calls, exports.ids["killed"]) == [("sent", "the answer was lost; found by looking it up")]


def test_c1_what_both_systems_have_is_linked_and_a_wrong_pair_stops_no_other(exports):
    """By a run of `link_export` with one pair that is right and one that is not; nothing is written to Spectrum."""
    stack = exports.stack
    before = stack.source("select count(*) from sandbox.writes")
    ((code,),) = stack.source(
        'select btrim("Vendor_Code") from "VN_VENDOR_MASTER_MC" where btrim("Company_Code") = \'1\''
        " and btrim(\"Vendor_Code\") > '' and not exists (select from procore.records where origin_code ="
        ' btrim("Vendor_Code")) order by 1 limit 1'
    )
    run = stack.run("link_export", "failed", object="vendors", company="1", pairs=[
        f"{exports.ids['dry']} = {code}", f"{exports.ids['stranger']} = NOSUCH",
    ])  # fmt: skip
    found = stack.ask("select spectrum_key, how from export.links where record_id = %s", exports.ids["dry"])
    assert found == [(code, "by hand")]
    assert exports.origin("dry")[1] == code
    states = {i["rendered_map_index"]: i["state"] for i in stack.instances(run, "link")}
    assert sorted(states.values()) == ["failed", "success"]
    [wrong] = [i for i in stack.instances(run, "link") if i["state"] == "failed"]
    assert "Spectrum has no vendor NOSUCH" in stack.log(wrong)
    assert stack.source("select count(*) from sandbox.writes") == before
