"""The generated parts of the documentation are what the code says, and the rest is complete."""

import re

import pytest
from documents import PAGES, ROOT

from spectrum_etl.staging.objects import OBJECTS
from stack.docs import access, dags, markdown
from stack.docs.pages import BLOCKS, COMMAND, renewed


@pytest.mark.parametrize("page", BLOCKS)
def test_the_generated_parts_are_those_of_the_code(page):
    assert sorted(markdown.names(PAGES[page])) == sorted(BLOCKS[page]), f"{page}: markers and generators differ"
    fresh = renewed(page)
    for name in BLOCKS[page]:
        old, new = markdown.body(PAGES[page], name), markdown.body(fresh, name)
        missing = set(new.splitlines()) - set(old.splitlines())
        assert old == new, f"{page}, part {name} is out of date, {sorted(missing)[:3]}: run `{COMMAND}`"


def test_generating_twice_changes_nothing():
    page = "a\n<!-- generated: x; renew it -->\nold\n<!-- end of x -->\nb\n"
    once = markdown.fill(page, {"x": "new | one"})
    assert "new | one" in once
    assert "old" not in once
    assert markdown.fill(once, {"x": "new | one"}) == once
    with pytest.raises(KeyError):
        markdown.fill(page, {})


def test_a_cell_holds_bars_and_lines_and_a_sentence_loses_its_rule_numbers():
    assert markdown.table(("a", "b"), [("x|y", "1\n2")]).splitlines()[-1] == r"| x\|y | 1 2 |"
    assert markdown.plain("Lines of 0 (E4) and\n codes (A2, B1), once (G1-G5).") == "Lines of 0 and codes, once."


def test_every_dag_is_in_the_table_with_the_schedule_of_its_spec():
    table = PAGES["README.md"]
    found = {dag.id: dag for dag in dags.dags(ROOT / "dags")}
    assert set(found) == {path.stem for path in (ROOT / "dags").glob("*.py")}
    for dag_id, dag in found.items():
        assert f"| `{dag_id}` |" in table
        if dag_id.startswith("stage_"):
            schedule = OBJECTS[dag_id.removeprefix("stage_")].schedule
            assert dag.often == schedule.words.capitalize(), f"{dag_id}: docstring and spec"


def test_no_query_reads_a_table_that_is_not_among_those_to_be_allowed():
    """The list is made of the tables that objects and look-ups name; a query has no other way to name one.

    The catalogue, which holds no data, needs no allowance.
    """
    catalogue = (
        r"INFORMATION_SCHEMA\.(COLUMNS|TABLES)|sys\.(tables|schemas|(index_)?columns|indexes|change_tracking_tables)"
    )
    for path in (ROOT / "include/sql/infolink").rglob("*.sql"):
        sql = path.read_text(encoding="utf-8")
        read = re.findall(r"\b(?:FROM|JOIN)\s+([^\s(]\S*(?: \S+ \}\})?)", sql)
        named = re.compile(rf"\{{\{{ tables(\.\w+|\[alias\]) \}}\}}|{catalogue}")
        assert all(named.fullmatch(name) for name in read), path
    assert len(access.table_uses()) > 15


def test_every_page_is_reached_from_the_readme():
    for page in PAGES:
        assert page == "README.md" or f"({page})" in PAGES["README.md"], f"README.md has no link to {page}"


def test_every_dependency_has_a_reason():
    wanted = set()
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if match := re.match(r"[A-Za-z][\w-]*", line):
                wanted.add(match[0].lower())
    section = PAGES["README.md"].partition("## Dependencies")[2]
    reasons = {name.strip() for row in re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE) for name in row.split(",")}
    assert wanted <= reasons, f"README.md gives no reason for {sorted(wanted - reasons)}"
    assert reasons - {"package", "---"} <= wanted, f"README.md lists {sorted(reasons - wanted)}, which nothing needs"
