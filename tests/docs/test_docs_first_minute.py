"""The README's first minute: the picture, what this is instead of Procore's connector, and what it takes to run it.

What goes into Procore is compared with the DAGs there are, so that the comparison stays true in both directions.
"""

import re

import pytest
from documents import PAGES, ROOT

README = PAGES["README.md"]
DAG_IDS = sorted(path.stem for path in (ROOT / "dags").glob("*.py"))
#: Those that write into Procore what Spectrum has, and those that write into Spectrum what Procore has.
INTO_PROCORE = [dag_id for dag_id in DAG_IDS if dag_id.startswith("import_")]
INTO_SPECTRUM = [dag_id for dag_id in DAG_IDS if dag_id.startswith("export_")]


def section(heading: str) -> str:
    """The text below a heading of the second level, in one line."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## )", README, re.MULTILINE | re.DOTALL)
    assert found, f"README.md has no section {heading!r}"
    return " ".join(found.group(1).split())


CONNECTOR = section("Instead of Procore's connector")


def test_the_picture_comes_first_then_the_connector_then_what_it_takes_then_the_demo():
    lines = [line for line in README.splitlines() if line]
    assert lines[0].startswith("# ")
    assert re.fullmatch(r"!\[.{20,}\]\(docs/images/overview\.png\)", lines[1])
    headings = re.findall(r"^## (.+)$", README, re.MULTILINE)
    assert headings[:2] == ["Instead of Procore's connector", "What it takes to run it for real"]
    assert headings[2].startswith("Try it")


def test_the_comparison_says_what_is_gained_what_is_lost_and_what_stays():
    kinds = ("**You gain**", "**You lose**", "**Stays beside it**")
    places = [CONNECTOR.index(kind) for kind in kinds]
    assert places == sorted(places)


def test_what_goes_into_procore_is_what_the_dags_do():
    """Today marks alone; with the first DAG that imports into Procore, the README has to say so."""
    nothing = "nothing goes into Procore but marks" in CONNECTOR
    limits = "nothing is written into Procore but the marks" in PAGES["docs/limits.md"]
    assert nothing == limits == (not INTO_PROCORE)
    for dag_id in INTO_PROCORE:
        assert dag_id.removeprefix("import_").replace("_", " ") in CONNECTOR, f"README.md does not speak of {dag_id}"


@pytest.mark.parametrize("dag_id", INTO_SPECTRUM)
def test_everything_that_is_exported_is_named(dag_id):
    assert dag_id.removeprefix("export_").replace("_", " ") in CONNECTOR


def test_what_it_takes_names_the_versions_of_the_set_up_page_and_only_exports_need_procore():
    """Whatever the set-up asks for, the first minute asks for, too."""
    takes, setup = section("What it takes to run it for real"), PAGES["docs/setup.md"]
    for wanted in (r"Airflow 3\.\d+ on Python 3\.[\d., or]+\d", r"PostgreSQL \d+ or newer"):
        (said,) = set(re.findall(wanted, takes))
        assert said in setup, f"docs/setup.md does not say {said}"
    for wanted in ("Authorization ID", "Info-Link", "a day or two", "check_connections", "verify_staging"):
        assert wanted in takes
        assert wanted in setup, f"docs/setup.md does not speak of {wanted}"
    (procore,) = [row for row in takes.split(" | ") if "service account" in row]
    assert procore.removeprefix("| ").startswith("only for exports")
