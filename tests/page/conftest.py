"""One API server and one filled warehouse for all tests of the page, and a browser that visits it."""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from stack.postgres import EmbeddedPostgres
from tests.page.page_airflow import PageAirflow, open_page_airflow
from tests.page.page_browser import FLAGS, LAPTOP, chromium
from tests.page.page_data import SEED_RUN, fill


@pytest.fixture(scope="session")
def page(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageAirflow]:
    """The page in a real API server, over a warehouse in which everything has been staged."""
    served = open_page_airflow(postgres, tmp_path_factory.mktemp("page"))
    fill(served.warehouse_url)
    try:
        served.start()
        # The records that wait from the start have runs which go on.
        for name in ("vendors", "commitments"):
            served.begin(f"export_{name}", SEED_RUN)
        yield served
    finally:
        served.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, page: PageAirflow) -> Iterator[Any]:
    """Opens a view of the page as a user; a script error or a refused resource fails the test."""
    contexts, errors = [], []

    def opened(
        user: str,
        view: str = "overview",
        theme: str = "light",
        inside: bool = False,
        size: tuple[int, int] = LAPTOP,
    ) -> Page:
        screen = {"width": size[0], "height": size[1]}
        context = browser.new_context(viewport=screen, color_scheme=theme, timezone_id="UTC")  # type: ignore[arg-type]
        contexts.append(context)
        token = page.session(user).headers["Authorization"].removeprefix("Bearer ")
        context.add_cookies([{"name": "_token", "value": str(token), "url": page.airflow.url}])
        tab = context.new_page()
        if not inside:
            tab.on("pageerror", lambda error: errors.append(str(error)))
            tab.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        tab.goto(f"{page.airflow.url}/plugin/erp-integrations" if inside else f"{page.url}/#/{view}")
        return tab

    yield opened
    for context in contexts:
        context.close()
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute("delete from export.queue where asks_run_id like 'browser%%'", [])
    assert [error for error in errors if not re.search("status of (4|5)", error)] == []
