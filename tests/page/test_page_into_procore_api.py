"""The page's API: plans of what would be changed in Procore, in a real API server over a real warehouse (M8, N)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from spectrum_etl.imports.objects import IMPORTS
from spectrum_etl.page.into_procore import GROUPS
from stack.postgres import EmbeddedPostgres
from tests.imports.vendors.imports_world import World
from tests.page.page_airflow import PageAirflow
from tests.page.page_plans import forget, planned

#: The longest that one page of a plan may take, in seconds.
LONGEST = 0.3


@pytest.fixture(scope="module")
def plan(page: PageAirflow, postgres: EmbeddedPostgres) -> Iterator[World]:
    """An open plan with a row of every kind."""
    with planned(page, postgres) as world:
        yield world


def listed(page: PageAirflow, group: str, **query: Any) -> dict[str, dict[str, Any]]:
    """The rows of a tab by vendor code."""
    found = page.get("vera", "api/into-procore/rows", group=group, **query).json()
    assert found["matching"] == len(found["rows"])
    return {row["spectrum_key"]: row for row in found["rows"]}


def rows_id(page: PageAirflow, code: str) -> str:
    """Procore's id of what a vendor would be linked to."""
    return str(listed(page, "decide")[code]["record_id"])


def test_n3_counts_by_what_a_row_does_calls_and_time(page: PageAirflow, plan: World) -> None:
    found = page.get("vera", "api/into-procore/counts").json()
    groups = found["groups"]
    assert groups["decide"]["does"] == {"create": 2, "link": 2, "suggested": 1, "conflict": 1, "update": 1}
    assert groups["decide"]["states"] == {"ready": 5, "suggested": 2}
    assert groups["blocked"]["does"] == {"refused": 1}
    assert groups["left-out"]["records"] == 1
    assert (groups["results"]["states"], groups["results"]["failed"]) == ({"applied": 2}, 0)
    [open_plan] = found["plans"]
    # One batch, and the inactive company apart.
    assert (open_plan["rows_left"], open_plan["calls_left"]) == (7, 2)
    # At 100 calls in ten seconds: of its two limits the stand-in reports the nearer one.
    assert (open_plan["limit_calls"], open_plan["limit_seconds"], open_plan["seconds_left"]) == (100, 10, 1)
    assert open_plan["limit_reported_at"] is not None
    # A page of companies, and one of those that are inactive.
    assert open_plan["whole_calls"] == 2
    assert open_plan["states"] == {"ready": 5, "suggested": 2, "not ready": 1, "left out": 1}
    assert (found["may_start"], found["running"]) == ([], {})
    assert page.get("ops", "api/into-procore/counts").json()["may_start"] == list(IMPORTS)


def test_n3_a_row_says_what_it_changes_and_how_well_it_matches(page: PageAirflow, plan: World) -> None:
    rows = listed(page, "decide")
    assert {change["field"]: (change["from"], change["to"]) for change in rows["RIDGE"]["changes"]} == {
        "business_phone": ("3305550100", "3305550199")
    }
    assert rows["MESA"]["does"] == "conflict"
    assert rows["MESA"]["changes"][0]["from"] == "2165550000"
    assert rows["MESA"]["reason"].startswith("somebody has changed this in Procore")
    assert {change["field"]: change["to"] for change in rows["APEX"]["changes"]}["name"] == "Apex Roofing"
    assert all(change["from"] is None for change in rows["APEX"]["changes"])
    assert (rows["SUMMIT"]["does"], rows["SUMMIT"]["exact"]) == ("link", True)
    front = rows["FRONT"]
    assert (front["does"], front["score"] is not None) == ("suggested", True)
    assert [match["name"] for match in front["matches"]] == ["Front Range Drywall LLC"] * 2
    assert front["attributes"][0] == "same name"
    held = {each["field"]: each for each in front["holds"]}
    assert held["name"] == {"field": "name", "spectrum": "Front Range Drywall LLC", "procore": front["record_title"]}
    assert rows["BLUE"]["reactivates"]
    assert not rows["SUMMIT"]["reactivates"]


def test_what_cannot_go_on_says_why_and_what_to_do(page: PageAirflow, plan: World) -> None:
    [row] = listed(page, "blocked").values()
    assert (row["does"], row["rule"], row["field"]) == ("refused", "N3", "vendor_name")
    assert (row["reason"], row["remedy"]) == ("the vendor has no name", "name the vendor in Spectrum")


def test_results_and_what_was_left_out_name_who_decided(page: PageAirflow, plan: World) -> None:
    results = listed(page, "results")
    assert {key: (row["state"], row["decided_by_name"], row["call_state"]) for key, row in results.items()} == {
        "RIDGE": ("applied", "Boss", "applied"),
        "MESA": ("applied", "Boss", "applied"),
    }
    assert all(row["compared_at"] and row["differs"] is None for row in results.values())
    [left_out] = listed(page, "left-out").values()
    assert (left_out["spectrum_key"], left_out["decided_by_name"]) == ("HARBOR", "Boss")


def test_rows_are_searched_filtered_and_sorted_by_the_warehouse(page: PageAirflow, plan: World) -> None:
    assert set(listed(page, "decide", search="drywall")) == {"FRONT"}
    assert set(listed(page, "decide", search=rows_id(page, "BLUE"))) == {"BLUE"}, "by its id in Procore"
    assert set(listed(page, "decide", does="create")) == {"APEX", "BASIN"}
    assert set(listed(page, "decide", does="create", search="basin")) == {"BASIN"}
    assert next(iter(listed(page, "decide", sort="-title"))) == "SUMMIT"
    scores = [row["score"] for row in listed(page, "decide", sort="-score").values() if row["score"]]
    assert scores == sorted(scores, key=float, reverse=True)
    assert listed(page, "decide", company="2") == {}
    assert page.get("vera", "api/into-procore/rows", group="none").status_code == 404
    assert page.get("vera", "api/into-procore/rows", group="decide", object="invoices").status_code == 404
    assert page.get("vera", "api/into-procore/rows", group="decide", does="none").status_code == 422


def test_a_dry_run_is_in_no_list(page: PageAirflow, plan: World) -> None:
    before = page.get("vera", "api/into-procore/counts").json()["groups"]
    plan.plan(dry_run=True)
    assert page.get("vera", "api/into-procore/counts").json()["groups"] == before
    assert len(listed(page, "decide")) == 7


def decide(page: PageAirflow, user: str, *decisions: tuple[str, str, str | None], group: str = "decide") -> Any:
    """What a user is answered who decides rows as they are shown: code, verb, and another record or None."""
    rows = listed(page, group)
    given = [
        {"row": rows[code]["row_id"], "hash": rows[code]["row_hash"], "verb": verb, "record": record}
        for code, verb, record in decisions
    ]
    return page.post(user, "api/into-procore/decide", {"object": "vendors", "company": "1", "rows": given})


def test_only_approvers_of_imports_decide(page: PageAirflow, plan: World) -> None:
    for user in ("vera", "ops", "admin"):
        refused = decide(page, user, ("APEX", "accept", None))
        assert refused.status_code == 403
        assert "imports.approvers" in refused.json()["detail"]
        exact = page.post(user, "api/into-procore/link-exact-names", {"object": "vendors", "company": "1"})
        assert exact.status_code == 403
    assert page.get("vera", "api/into-procore/counts").json()["groups"]["accepted"]["records"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"row": 2**70}, {"row": 0}, {"hash": "\x00" * 64}, {"hash": "'"}, {"verb": "apply"}, {"record": "12\x00"},
        {"record": "562949953421007; drop"},
    ],
)  # fmt: skip
def test_a_decision_that_no_row_can_have_is_refused(page: PageAirflow, wrong: dict[str, Any]) -> None:
    row = {"row": 1, "hash": "0" * 64, "verb": "accept", **wrong}
    body = {"object": "vendors", "company": "1", "rows": [row]}
    assert page.post("accounting", "api/into-procore/decide", body).status_code == 422


def test_another_match_is_found_by_name_and_id_with_what_it_is_linked_to(page: PageAirflow, plan: World) -> None:
    def found(search: str) -> list[tuple[str, str | None, bool]]:
        query = {"object": "vendors", "company": "1", "search": search}
        rows = page.get("vera", "api/into-procore/records", **query).json()["rows"]
        return [(row["name"], row["spectrum_key"], row["is_active"]) for row in rows]

    assert found("front range") == [("Front Range Drywall LLC", None, True)] * 2
    assert found("concrete") == [("Ridge Concrete", "RIDGE", True)]
    assert found(str(plan.named("Blue Spruce Electric")["id"])) == [("Blue Spruce Electric", None, False)]
    assert found("nobody") == []


def test_n3_rows_are_decided_one_by_one_as_they_were_shown(page: PageAirflow, plan: World) -> None:
    shown = listed(page, "decide")
    other = next(
        match["record_id"] for match in shown["FRONT"]["matches"] if match["record_id"] != shown["FRONT"]["record_id"]
    )
    stale = {"row": shown["APEX"]["row_id"], "hash": "0" * 64, "verb": "accept"}
    body = {"object": "vendors", "company": "1", "rows": [stale]}
    refused = page.post("accounting", "api/into-procore/decide", body).json()
    assert refused == {
        "decided": 0,
        "refused": {str(shown["APEX"]["row_id"]): "The row has changed since it was shown: look at it again."},
    }
    given = decide(
        page, "accounting", ("APEX", "accept", None), ("FRONT", "accept", other), ("BLUE", "accept", ""),
        ("RIDGE", "accept", None), ("BASIN", "leave out", None),
    )  # fmt: skip
    assert given.json() == {"decided": 5, "refused": {}}, given.text
    accepted = listed(page, "accepted")
    assert {code: (row["kind"], row["decided_by_name"]) for code, row in accepted.items()} == {
        "APEX": ("create", "accounting"), "FRONT": ("link", "accounting"), "BLUE": ("create", "accounting"),
        "RIDGE": ("update", "accounting"),
    }  # fmt: skip
    assert accepted["FRONT"]["record_id"] == other
    twice = decide(page, "accounting", ("RIDGE", "accept", None), group="accepted").json()["refused"]
    assert list(twice.values()) == ["The row is accepted."]
    assert decide(page, "accounting", ("APEX", "take back", None), group="accepted").json()["decided"] == 1
    assert decide(page, "accounting", ("HARBOR", "include", None), group="left-out").json()["decided"] == 1
    assert set(listed(page, "left-out")) == {"BASIN"}
    exact = page.post("accounting", "api/into-procore/link-exact-names", {"object": "vendors", "company": "1"})
    assert exact.json() == {"decided": 1}
    assert set(listed(page, "decide")) == {"APEX", "HARBOR", "MESA"}


def test_what_was_accepted_on_the_page_is_applied_by_the_next_run(page: PageAirflow, plan: World) -> None:
    assert page.get("vera", "api/into-procore/counts").json()["plans"][0]["states"]["accepted"] == 4
    plan.apply()
    plan.compare()
    results = listed(page, "results")
    states = {code: results[code]["state"] for code in ("FRONT", "BLUE", "RIDGE", "SUMMIT")}
    assert set(states.values()) == {"applied"}, results
    assert page.get("vera", "api/into-procore/counts").json()["groups"]["accepted"]["records"] == 0


def test_every_state_of_a_row_has_a_tab(plan: World) -> None:
    """What waits for a permission, too: it was accepted and is not done."""
    [(check,)] = plan.query(
        "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'procore.plan_rows'::regclass"
        " and contype = 'c' and pg_get_constraintdef(oid) like '%%put back%%'"
    )
    shown = {state for states in GROUPS.values() for state in states}
    assert set(re.findall("'([a-z ]+)'::text", check)) - shown == set(), check
    assert "waiting for permission" in GROUPS["accepted"]


def test_who_may_trigger_starts_the_run_that_applies(page: PageAirflow, plan: World) -> None:
    asked = {"object": "vendors", "company": "1"}
    assert page.post("vera", "api/into-procore/run", asked).status_code == 403
    assert page.get("ops", "api/into-procore/counts").json()["paused"] == list(IMPORTS)
    paused = page.post("ops", "api/into-procore/run", asked)
    assert (paused.status_code, paused.json()["detail"]["paused"]) == (409, True)
    api = page.airflow.api("admin")
    started = page.post("ops", "api/into-procore/run", {**asked, "resume": True}).json()
    try:
        assert api.run("import_vendors", started["run_id"])["conf"] == {"companies": ["1"]}
        running = page.get("vera", "api/into-procore/counts").json()["running"]
        assert running["vendors"]["run_id"] == started["run_id"]
    finally:
        api.call("DELETE", f"dags/import_vendors/dagRuns/{started['run_id']}")
        api.call("PATCH", "dags/import_vendors", {"is_paused": True}, update_mask="is_paused")


def test_who_may_decide_is_told_apart_from_who_looks(page: PageAirflow) -> None:
    assert page.get("vera", "api/me").json()["import_approver"] is False
    assert page.get("accounting", "api/me").json()["import_approver"] is True


def test_ten_thousand_rows_answer_quickly(page: PageAirflow) -> None:
    try:
        with psycopg.connect(page.warehouse_url) as connection:
            connection.execute(
                "insert into procore.plans (object_name, company_code, state, narrowed, dag_id, run_id, looked_at,"
                " basis) values ('vendors', '2', 'open', false, 'import_vendors', 'many', now(), 'b')"
            )
            connection.execute(
                "insert into procore.plan_rows (plan_id, object_name, company_code, spectrum_key, title, kind, state,"
                " record_id, record_title, before, after, spectrum, row_hash, score, candidates)"
                " select plan_id, 'vendors', '2', 'V' || lpad(n::text, 5, '0'), 'Vendor number ' || n,"
                " case n % 2 when 0 then 'create' else 'link' end, case n % 4 when 1 then 'suggested' else 'ready' end,"
                " case n % 2 when 0 then '' else n::text end, 'Company ' || n, jsonb_build_object('name', repeat('x',"
                " 300)), jsonb_build_object('name', 'y' || n), jsonb_build_object('name', 'y' || n), md5(n::text),"
                " n % 100, jsonb_build_array(jsonb_build_object('record_id', n::text, 'score', 80))"
                " from procore.plans, generate_series(1, 10000) as n where plans.run_id = 'many'"
            )
        session, taken = page.session("vera"), {}
        for query in (
            {}, {"offset": 9950}, {"search": "number 777"}, {"does": "suggested", "sort": "-score"},
            {"sort": "title", "offset": 5000}, {"search": "nowhere"},
        ):  # fmt: skip
            tries = []
            for _ in range(5):
                begun = time.perf_counter()
                asked: dict[str, Any] = {"group": "decide", "company": "2", **query}
                answer = session.get(f"{page.url}/api/into-procore/rows", params=asked, timeout=30)
                tries.append(time.perf_counter() - begun)
                assert answer.status_code == 200, answer.text
            taken[str(query)] = min(tries)
        print({query: round(seconds, 3) for query, seconds in taken.items()})
        assert max(taken.values()) < LONGEST, taken
        found = session.get(f"{page.url}/api/into-procore/counts", params={"company": "2"}, timeout=30).json()
        assert found["groups"]["decide"]["does"] == {"create": 5000, "link": 2500, "suggested": 2500}
        assert found["plans"][0]["calls_left"] == 50
        assert found["plans"][0]["seconds_left"] is None, "Procore has reported no limit, so nobody knows"
    finally:
        forget(page.warehouse_url)
