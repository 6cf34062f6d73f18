"""`make check`: which tests a change calls for."""

from __future__ import annotations

import pytest

from stack.check import _FOLDERS, ROOT, needed_tests, reached_through_others


def test_a_module_calls_for_the_tests_that_import_it() -> None:
    found = needed_tests(["stack/check.py"])
    assert found == ["tests/stack/test_check.py"]


def test_a_test_calls_for_itself_and_a_fixture_for_those_beside_it() -> None:
    assert needed_tests(["tests/dags/test_policies.py"]) == ["tests/dags/test_policies.py"]
    beside = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests/notify").glob("test_*.py")}
    assert set(needed_tests(["tests/notify/conftest.py"])) == beside


@pytest.mark.parametrize(("file", "folder"), [("docs/setup.md", "docs"), ("include/sql/marts/write.sql", "marts")])
def test_what_is_no_module_calls_for_the_tests_that_look_at_it(file: str, folder: str) -> None:
    expected = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / folder).glob("test_*.py")}
    assert set(needed_tests([file])) == expected


def test_it_says_which_modules_no_test_imports() -> None:
    through_a_helper = "plugins/spectrum_etl/exports/steps/collect.py"
    assert reached_through_others(["stack/check.py", through_a_helper, "README.md"]) == [through_a_helper]


def test_every_folder_of_tests_that_is_named_is_there() -> None:
    assert all(list((ROOT / folder).glob("test_*.py")) for folder in _FOLDERS.values())


def test_most_modules_of_the_library_are_imported_by_a_test() -> None:
    """Otherwise `make check` would say little."""
    modules = [path.relative_to(ROOT).as_posix() for path in (ROOT / "plugins/spectrum_etl").rglob("*.py")]
    covered = [module for module in modules if needed_tests([module])]
    assert len(covered) > len(modules) / 2
