"""The page of a complete Airflow: a sync that it starts, a record that it accepts and Spectrum gets (M8, A7)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
import requests
from playwright.sync_api import Browser, expect

from tests.airflow_stack import AirflowStack, until
from tests.page.page_airflow import HEADER
from tests.page.page_browser import LAPTOP, picture

pytestmark = pytest.mark.airflow

#: A contract that is ready, with its lines, as another one of that kind: other tests may have exported those there are.
ANOTHER_CONTRACT = """
    with contract as (
        select id, nextval('procore.ids') as new_id
        from procore.records
        where company_id = 4001 and kind = 'work_order_contract' and fields ->> 'number' = 'SC-101'
        order by id limit 1
    ),
    lines as (
        insert into procore.records (kind, company_id, project_id, parent_id, position, fields)
        select kind, company_id, project_id, contract.new_id, position, fields
        from procore.records join contract on procore.records.parent_id = contract.id
    )
    insert into procore.records (id, kind, company_id, project_id, fields)
    select contract.new_id, kind, company_id, project_id, fields || '{"number": "SC-105", "title": "Fire stopping"}'
    from procore.records join contract using (id)
    returning id::text
"""


class Visitor:
    """A user of the page."""

    def __init__(self, stack: AirflowStack, user: str) -> None:
        self._url = stack.airflow.url
        body = {"username": user, "password": stack.secrets.users[user]}
        token = self.token = requests.post(f"{self._url}/auth/token", json=body, timeout=30).json()["access_token"]
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update({"Authorization": f"Bearer {token}", **HEADER})

    def get(self, route: str, **query: Any) -> Any:
        answer = self._session.get(f"{self._url}/erp-integrations/api/{route}", params=query, timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    def post(self, route: str, **body: Any) -> Any:
        answer = self._session.post(f"{self._url}/erp-integrations/api/{route}", json=body, timeout=60)
        assert answer.ok, answer.text
        return answer.json()


def test_a_refresh_shows_the_sync_running_and_then_its_counts(airflow_stack: AirflowStack) -> None:
    ops = Visitor(airflow_stack, "ops")

    def vendors() -> Any:
        return next(row for row in ops.get("overview")["objects"] if row["name"] == "vendors")

    run_id = ops.post("refresh", object="vendors", companies=["1"], resume=True)["run_id"]
    assert until(lambda: vendors()["running"], 30)["run_id"] == run_id
    until(lambda: vendors()["running"] is None, 180)
    done = vendors()
    staged = airflow_stack.ask("select count(*) from spectrum.vendors where company_code = '1' and _deleted_at is null")
    assert done["state"] in ("published", "unchanged"), done["message"]
    assert done["last_run_state"] == "success"
    shown = next(table for table in done["tables"] if table["company_code"] == "1")
    assert shown["staged_rows"] == staged[0][0] > 0
    assert shown["rejected_rows"] == len(ops.get("import/rejected", object="vendors", company="1")["rows"])
    infolink = next(c for c in ops.get("overview")["connections"] if c["kind"] == "Info-Link")
    assert infolink["connected"] is True


def test_an_accepted_vendor_is_sent_to_spectrum(airflow_stack: AirflowStack) -> None:
    accounting = Visitor(airflow_stack, "accounting")
    ops = Visitor(airflow_stack, "ops")
    ops.post("export/collect", object="vendors", companies=["1"], resume=True)

    def tab(group: str) -> Any:
        return accounting.get("export/queue", group=group, object="vendors", company="1")["rows"]

    row = until(lambda: tab("waiting"), 240)[0]
    key = {"object": "vendors", "company": "1", "project": row["project_id"], "record": row["record_id"]}
    asked = until(lambda: accounting.get("export/record", **key)["question"], 60)
    answers = {field["name"]: field["proposal"] or (field["choices"] or ["X"])[0] for field in asked["fields"]}
    # Of several records that wait, the first may be one whose last answer was refused, which its form proposes again.
    answers["vendor_code"] = "FROMPAGE"
    accounting.post("export/answer", **key, asks=asked["asks"], decision="accept", answers=answers)
    synced = until(lambda: [r for r in tab("synced") + tab("failed") if r["record_id"] == row["record_id"]], 180)[0]
    assert (synced["state"], synced["answered_by_name"]) == ("linked", "accounting"), synced["reason"]
    held = accounting.get("export/record", **key)["attempts"][0]
    assert (held["calls"], held["sent"], held["lost"]) == (1, 1, 0)


@pytest.mark.slow
def test_a5_airflows_own_form_begins_with_a_link_to_the_record_and_each_row_says_what_differs(
    airflow_stack: AirflowStack, browser: Browser
) -> None:
    accounting, ops = Visitor(airflow_stack, "accounting"), Visitor(airflow_stack, "ops")
    [(record,)] = airflow_stack.source(ANOTHER_CONTRACT)
    ops.post("export/collect", object="commitments", companies=["1"], records=[record], resume=True)

    def waiting() -> Any:
        rows = accounting.get("export/queue", group="waiting", object="commitments", company="1")["rows"]
        return next((row for row in rows if row["record_id"] == record), None)

    row = until(waiting, 240)
    key = {"object": "commitments", "company": "1", "project": row["project_id"], "record": record}
    until(lambda: accounting.get("export/record", **key)["question"], 60)
    context = browser.new_context(viewport={"width": LAPTOP[0], "height": LAPTOP[1]}, timezone_id="UTC")
    url = airflow_stack.airflow.url
    context.add_cookies([{"name": "_token", "value": accounting.token, "url": url}])
    try:
        tab = context.new_page()
        tab.goto(f"{url}/required_actions")
        expect(tab.get_by_text(row["title"]).first).to_be_visible(timeout=30_000)
        picture(tab, "required-actions")
        place = f"runs/{quote(row['asks_run_id'])}/tasks/{row['asks_task_id']}/mapped/{row['asks_map_index']}"
        tab.goto(f"{url}/dags/export_commitments/{place}/required_actions")
        link = tab.get_by_role("link", name="Open it on the page ERP Integrations")
        expect(link).to_be_visible(timeout=30_000)
        picture(tab, "required-action")
        address = (
            f"{url}/plugin/erp-integrations/erp-integrations/#/export/record/commitments/1/{row['project_id']}/{record}"
        )
        expect(link).to_have_attribute("href", address)
        table = tab.locator("table").filter(has_text="Amount")
        table.scroll_into_view_if_needed()
        picture(tab, "required-action-lines")
        heads = table.locator("th").all_inner_texts()
        assert "Phase" in heads
        assert not {"Company", "Vendor", "Subcontract id", "Job"} & set(heads), "what all rows share stands once above"
        rows = [cells.locator("td").all_inner_texts() for cells in table.locator("tbody tr").all()]
        assert len(rows) > 1
        assert len({tuple(cells) for cells in rows}) == len(rows), "each row says what differs"
        before = tab.locator("main, body").first.inner_text()
        assert before.index("Open it on the page ERP Integrations") < before.index(heads[0])
        tab.get_by_role("button", name="Reject").scroll_into_view_if_needed()
        picture(tab, "required-action-form")
        page = context.new_page()
        page.goto(address)
        dialog = page.frame_locator("iframe").get_by_role("dialog")
        expect(dialog).to_contain_text(re.compile(re.escape(row["title"])), timeout=30_000)
        picture(page, "required-action-linked")
    finally:
        context.close()
