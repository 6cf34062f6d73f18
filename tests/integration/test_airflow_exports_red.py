"""A2: the run of an export is red when a record needs a person, and says so to people. In a real Airflow.

`make test` has the rule itself in `tests/exports/steps/test_exports_report.py`, what people are told in `tests/notify`,
and exports in a real Airflow in `test_airflow_exports.py`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import yaml

from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.migrate import migrate
from stack.stage_runs import FollowedRun
from tests.airflow_stack import AirflowStack, until
from tests.integration.test_airflow_exports import HEARD, answer
from tests.receivers import Webhook, webhook

pytestmark = [pytest.mark.airflow, pytest.mark.slow]

REFUSED, REJECTED = "Quiet Paving", "Steel & Sons"
LOST = ("SC-103", "PO-201")
#: Spectrum keeps another name than it was sent: what is read back is not what was approved.
RENAMES = """
    create function sandbox.renames() returns trigger language plpgsql as $$
        begin new."Vendor_Name" := 'Somebody else'; return new; end $$;
    create trigger renames before insert on dbo."VN_VENDOR_MASTER_MC"
        for each row when (btrim(new."Vendor_Code") = 'BROKEN') execute function sandbox.renames()
"""


@dataclass
class Ended:
    """Runs that have ended, and what people were told of them.

    Args:
        stack: the running parts.
        hook: where people are told.
        runs: by what they are for.
        ids: Procore ids by name or number.
    """

    stack: AirflowStack
    hook: Webhook
    runs: dict[str, FollowedRun] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def tasks(self, name: str) -> dict[str, list[str]]:
        """States of a run's tasks."""
        found: dict[str, list[str]] = {}
        for instance in self.stack.instances(self.runs[name]):
            found.setdefault(instance["task_id"], []).append(str(instance["state"]))
        return found

    def last_words(self, name: str) -> str:
        """What the run's last task ends with."""
        [report] = self.stack.instances(self.runs[name], "report")
        return self.stack.log(report)

    def told(self, name: str) -> str:
        """The message about a run."""
        run = self.runs[name].run_id
        found = until(lambda: [post["text"] for post in self.hook.posts if f"runs/{_quoted(run)}" in post["text"]])
        assert len(found) == 1
        return str(found[0])

    def state(self, name: str) -> str:
        """State of a record."""
        [(state,)] = self.stack.ask("select state from export.queue where record_id = %s", self.ids[name])
        return str(state)


def _quoted(run_id: str) -> str:
    from urllib.parse import quote

    return quote(run_id, safe="")


@pytest.fixture(scope="module")
def ended(airflow_stack: AirflowStack) -> Iterator[Ended]:
    """Everything has been answered and every run has ended."""
    stack = airflow_stack
    with connect(stack.warehouse_url) as connection:
        migrate(connection)
    settings = stack.settings_file.read_text(encoding="utf-8")
    with webhook() as hook:
        found = Ended(stack, hook)
        stack.api().put(
            "connections", [{"connection_id": "red_slack", "conn_type": "http", "password": hook.url, "extra": "{}"}]
        )
        values = yaml.safe_load(settings)
        values["notifications"] |= {"channels": ["slack"], "slack_conn_id": "red_slack"}
        stack.settings_file.write_text(yaml.safe_dump(values), encoding="utf-8")
        stack.change(RENAMES)
        try:
            _run_all(found)
            yield found
        finally:
            stack.faults().clear()
            stack.change('drop trigger renames on dbo."VN_VENDOR_MASTER_MC"; drop function sandbox.renames()')
            stack.settings_file.write_text(settings, encoding="utf-8")


def _run_all(found: Ended) -> None:
    stack = found.stack
    known = "select id::text from procore.records where company_id = 4001 and"
    for name in (REFUSED, REJECTED):
        found.ids[name] = stack.source(f"{known} kind = 'vendor' and fields->>'name' = %s", name)[0][0]
    for number in LOST:
        contracts = f"{known} kind like '%%order_contract' and fields->>'number' = %s order by id"
        found.ids[number] = stack.source(contracts, number)[0][0]
    vendors, contracts = [found.ids[name] for name in (REFUSED, REJECTED)], [found.ids[number] for number in LOST]
    found.runs["mixed"] = stack.trigger("export_vendors", companies=["1"], records=vendors)
    found.runs["lost"] = stack.trigger("export_commitments", companies=["1"], records=contracts)
    found.runs["nothing"] = stack.trigger("export_vendors", companies=["1"], records=["1"])
    found.runs["not collected"] = stack.trigger("export_vendors", companies=["1"], records=[], take_out=True)
    asked = [
        until(
            lambda run=run, id=id: next(
                (q for q in stack.api().questions(run.dag_id, run.run_id) if _is_about(found, q, id)), None
            )
        )
        for run, ids in ((found.runs["mixed"], vendors), (found.runs["lost"], contracts))
        for id in ids
    ]
    time.sleep(HEARD)
    stack.faults().set("sdx_service_off", "UpdateSubcontract")
    answer(stack, asked[0], "Accept", "accounting", vendor_code="BROKEN")
    answer(stack, asked[1], "Reject", "accounting", reason="A duplicate")
    for question in asked[2:]:
        answer(stack, question, "Accept", "accounting")
    stack.wait([found.runs[name] for name in ("mixed", "lost", "not collected")], "failed")
    stack.wait([found.runs["nothing"]])


def _is_about(found: Ended, question: dict, id: str) -> bool:  # type: ignore[type-arg]
    place = question["task_instance"]
    query = "select asks_run_id, asks_map_index from export.queue where record_id = %s"
    return found.stack.ask(query, id) == [(place["dag_run_id"], place["map_index"])]


def test_a2_a_failed_record_makes_the_run_red_though_another_one_was_rejected(ended: Ended) -> None:
    assert (ended.state(REFUSED), ended.state(REJECTED)) == ("failed", "rejected")
    words = ended.last_words("mixed")
    assert f"Company {REFUSED} of company 1 is failed: what Spectrum holds is not what was sent" in words
    assert "1 failed, 1 rejected" in words or "1 rejected, 1 failed" in words
    told = ended.told("mixed")
    assert f"Company {REFUSED} of company 1: failed; what Spectrum holds is not what was sent" in told
    assert REJECTED not in told, "nothing is wrong with it"


def test_a2_a_run_in_which_every_send_failed_is_red_and_its_records_go_on_with_the_next_one(ended: Ended) -> None:
    assert ended.tasks("lost")["record.send"] == ["failed", "failed"]
    assert ended.tasks("lost")["report"] == ["failed"]
    told = ended.told("lost")
    for number in LOST:
        assert f"{number} " in told
        assert ended.state(number) == "sending"
    assert "UpdateSubcontract" in told
    ended.stack.faults().clear()
    run = ended.stack.run("export_commitments", companies=["1"], records=[ended.ids[number] for number in LOST])
    assert [i["state"] for i in ended.stack.instances(run, "record.send")] == ["success", "success"]
    assert [ended.state(number) for number in LOST] == ["linked", "linked"]


def test_a2_a_run_that_finds_nothing_is_green(ended: Ended) -> None:
    assert ended.tasks("nothing")["report"] == ["success"]
    assert "no record" in ended.last_words("nothing")


def test_a2_a_run_that_could_not_collect_is_red(ended: Ended) -> None:
    assert ended.tasks("not collected")["collect"] == ["failed"]
    assert "collect has failed, so nobody was asked" in ended.last_words("not collected")
    assert "Airflow says" in ended.told("not collected")


def test_a1_a_record_that_nobody_can_mend_is_taken_out_by_the_form(ended: Ended) -> None:
    ended.stack.run("export_vendors", companies=["1"], records=[ended.ids[REFUSED]], take_out=True)
    assert ended.state(REFUSED) == "retrieved"
    assert ended.stack.ask("select 1 from export.claims where record_id = %s", ended.ids[REFUSED]) == []
