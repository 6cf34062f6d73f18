"""The page behind Flask AppBuilder's auth manager: sessions, roles and user ids are its own, and hold here too (M8)."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

import pytest

from stack.errors import StackError
from stack.postgres import EmbeddedPostgres
from tests.page.page_airflow import AIRFLOW, PageAirflow, answer_of, open_page_airflow
from tests.page.page_data import FORM, fill, wait_for_approver

pytestmark = pytest.mark.slow

FAB = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
#: Users in the order in which they are made, and their roles there; the auth manager's ids are numbers from 1.
ROLES = {"admin": "Admin", "ops": "Op", "vera": "Viewer", "accounting": "User"}
ACCOUNTING_ID = "4"


@pytest.fixture(scope="module")
def page(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageAirflow]:
    """The page in an API server that asks Flask AppBuilder."""
    served = open_page_airflow(
        postgres,
        tmp_path_factory.mktemp("fab"),
        name="fab",
        approver=ACCOUNTING_ID,
        extra={"AIRFLOW__CORE__AUTH_MANAGER": FAB},
    )
    fill(served.warehouse_url)
    try:
        served.migrate()
        for user, role in ROLES.items():
            password = served.airflow.secrets.users[user]
            subprocess.run(
                [AIRFLOW, "users", "create", "-u", user, "-r", role, f"--password={password}", "-f", user, "-l", "x",
                 "-e", f"{user}@example.com"],
                env=served.airflow.environment(), cwd=served.airflow.home, check=True, capture_output=True,
            )  # fmt: skip
        served.serve()
        yield served
    finally:
        served.stop()


def test_m8_nothing_is_served_without_a_session_of_the_auth_manager(page: PageAirflow) -> None:
    for route in ("", "api/overview", "static/app.js"):
        assert page.get(None, route).status_code in (401, 403), route


def test_m8_a_viewer_looks_and_who_may_trigger_refreshes(page: PageAirflow) -> None:
    seen = page.get("vera", "api/overview")
    assert seen.status_code == 200
    assert {row["may_refresh"] for row in seen.json()["objects"]} == {False}
    assert page.post("vera", "api/refresh", {"object": "vendors"}).status_code == 403
    allowed = page.get("ops", "api/overview").json()["objects"]
    assert {row["may_refresh"] for row in allowed} == {True}
    started = page.post("ops", "api/refresh", {"object": "vendors", "companies": ["1"], "resume": True})
    assert started.status_code == 200, started.text
    assert page.airflow.api("admin").run("stage_vendors", started.json()["run_id"])["triggering_user_name"] == "ops"


def test_m8_only_the_approver_answers_whatever_the_others_may_do(page: PageAirflow) -> None:
    page.waits("export_vendors", "manual__1", 0, FORM, approver=ACCOUNTING_ID)
    filled = {"vendor_code": "FRONTRANGE", "vendor_type": "SUB"}
    for user in ("vera", "ops", "admin"):
        refused = page.post(user, "api/export/answer", answer_of(page, "v1", answers=filled))
        assert (refused.status_code, "approver" in refused.json()["detail"]) == (403, True), user
    taken = page.post("accounting", "api/export/answer", answer_of(page, "v1", answers=filled))
    assert taken.status_code == 200, taken.text
    [(by, decision)] = page.metadata("select responded_by ->> 'id', chosen_options ->> 0 from hitl_detail")
    assert (by, decision) == (ACCOUNTING_ID, "Accept")


def test_m8_the_cookie_of_airflows_pages_signs_in_and_another_site_is_refused(page: PageAirflow) -> None:
    session = page.session("ops", cookie=True)
    assert session.get(f"{page.url}/api/overview", timeout=60).status_code == 200
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert session.get(f"{page.url}/api/overview", headers=elsewhere, timeout=60).status_code == 403


def test_c20_a_role_of_its_own_lets_an_approver_answer_and_start_nothing(page: PageAirflow) -> None:
    """As docs/setup.md has it: what a Viewer may, and two permissions more."""
    for command in (
        ["roles", "create", "Approver"],
        ["roles", "add-perms", "Approver", "-a", "can_edit", "-r", "HITL Detail"],
        ["roles", "add-perms", "Approver", "-a", "can_edit", "-r", "DAG:export_vendors"],
        ["users", "add-role", "-u", "accounting", "-r", "Viewer"],
        ["users", "add-role", "-u", "accounting", "-r", "Approver"],
        ["users", "remove-role", "-u", "accounting", "-r", "User"],
    ):
        subprocess.run(
            [AIRFLOW, *command], env=page.airflow.environment(), cwd=page.airflow.home, check=True, capture_output=True
        )
    wait_for_approver(page.warehouse_url, "r1", "Role Roofing", "manual__2", 7)
    page.waits("export_vendors", "manual__2", 7, FORM, approver=ACCOUNTING_ID)
    filled = {"vendor_code": "ROLEROOF", "vendor_type": "SUB"}
    taken = page.post("accounting", "api/export/answer", answer_of(page, "r1", answers=filled))
    assert taken.status_code == 200, taken.text
    until = time.monotonic() + 60  # the auth manager keeps a user's roles for half a minute ([fab] cache_ttl)
    while (refused := page.post("accounting", "api/refresh", {"object": "vendors"})).status_code != 403:
        assert time.monotonic() < until, refused.text
        time.sleep(1)
    for dag_id in ("export_vendors", "unlink_export", "clean_up", "stage_vendors"):
        with pytest.raises(StackError, match="Airflow answers 403"):
            page.airflow.api("accounting").trigger(dag_id)
