"""A headless Chromium for the page's tests, and the pictures that they leave in `.run/screenshots`."""

from __future__ import annotations

import os
import shutil

import pytest
from playwright.sync_api import Page

from tests.airflow_stack import PROJECT

PICTURES = PROJECT / ".run" / "screenshots"
#: Screens of laptops: common ones, the smallest there are, and a common one that is scaled to 125 %.
LAPTOP, SMALL, SCALED = (1366, 768), (1280, 720), (1093, 614)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def chromium() -> str:
    """The one that CHROMIUM names, or the machine's."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.fail("no Chromium: install it (Debian: apt-get install chromium), or name one in CHROMIUM")
    return found


def picture(tab: Page, name: str) -> None:
    """Keep what a tab shows."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    tab.wait_for_timeout(250)
    tab.screenshot(path=PICTURES / f"{name}.png")
