"""Whatever the documentation names exists: links, files, DAGs, settings, tables, columns, states, classes, extras."""

import functools
import json
import re
from typing import get_args

import pytest
import yaml
from documents import PAGES, ROOT, anchors, prose, spans
from pydantic import BaseModel

from spectrum_etl import errors
from spectrum_etl.exports.records.states import State
from spectrum_etl.marts.spec import MARTS
from spectrum_etl.page.exports import GROUPS
from spectrum_etl.settings import Settings
from spectrum_etl.settings.registry import choices
from spectrum_etl.sources.infolink import connection as infolink
from spectrum_etl.sources.procore import connection as procore
from spectrum_etl.sources.sdx import connection as sdx
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse import connect as warehouse

DAG_IDS = {path.stem for path in (ROOT / "dags").glob("*.py")}
SCHEMAS = "spectrum|history|sync|export|procore|marts"
FOLDERS = "dags|plugins|include|sandbox|stack|tests|benchmarks|docs"
PREFIXES = {dag_id.partition("_")[0] for dag_id in DAG_IDS}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)]+)\)", prose(page)):
        if target.startswith(("https://", "http://")):
            continue
        path, _, anchor = target.partition("#")
        file = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        assert file.exists(), f"{page} links to {target}, which does not exist"
        if anchor:
            other = file.relative_to(ROOT).as_posix()
            assert anchor in anchors(other), f"{page} links to {target}; {other} has no such heading"


@pytest.mark.parametrize("page", PAGES)
def test_every_file_exists(page):
    for name in [*spans(page), *re.findall(r"(?:cp -r|source) (\S+)", PAGES[page])]:
        if re.fullmatch(rf"(?:{FOLDERS})/[\w./-]*", name) or re.fullmatch(r"[\w-]+\.(?:yaml|txt|lock|md)", name):
            assert (ROOT / name).exists(), f"{page} names the file {name}, which does not exist"


@pytest.mark.parametrize("page", PAGES)
def test_every_dag_exists(page):
    pattern = r"\b(?:stage|export|backfill|verify|unlink)_[a-z_]+\b"
    # A page that tells how a DAG is added shows its file.
    known = DAG_IDS | {"export_settings"} | set(re.findall(r"^# dags/(\w+)\.py$", PAGES[page], re.MULTILINE))
    for name in re.findall(pattern, PAGES[page]):
        assert name in known or name.endswith("_") or name in words_of_the_code(), f"{page}: DAG {name}"
    for name in re.findall(r"--dag-id (\S+)|dags trigger (\S+)|\"dag_id\": \"(\w+)\"", PAGES[page]):
        assert "".join(name) in DAG_IDS, f"{page} starts {name}, which is no DAG"


@pytest.mark.parametrize("page", PAGES)
def test_every_table_and_column_of_the_warehouse_exists(page):
    known = relations()
    for name in spans(page):
        match = re.fullmatch(rf"({SCHEMAS})\.([a-z_]+)(?:\.([a-z_]+))?", name)
        if match is None or setting(name):
            continue
        schema, relation, column = match.groups()
        assert f"{schema}.{relation}" in known, f"{page} names {name}, which is neither a table nor a setting"
        assert column is None or column in words_of_the_code(), f"{page} names the column {name}"


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_exists(page):
    for name in spans(page):
        if re.match(r"(?:exports|imports|readers|notifications|retention|schedules)\.", name):
            path = re.split(r"[:=]", name)[0].strip()
            assert setting(path), f"{page} names the setting {path}, which does not exist"
    for block in re.findall(r"```json\n(.+?)```", PAGES[page], re.DOTALL):
        json.loads(block)


@pytest.mark.parametrize("page", PAGES)
def test_every_name_in_code_style_occurs_in_the_code(page):
    """Names with an underscore: columns, settings, parameters, connections, pools, roles, states, checks."""
    for span in spans(page):
        for name in re.findall(r"(?<![\w<])[a-z]+(?:_[a-z0-9]+)+(?![\w>])", span):
            known = name in DAG_IDS or name in words_of_the_code()
            assert known, f"{page}: `{span}` names {name}, which no file of the code does"


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_of_airflow_exists(page):
    import airflow

    options = yaml.safe_load((ROOT / airflow.__path__[0] / "config_templates/config.yml").read_text(encoding="utf-8"))
    for section, option in re.findall(r"\bAIRFLOW__([A-Z_]+?)__([A-Z_]+)\b", PAGES[page]):
        if section in ("CELERY", "KUBERNETES_EXECUTOR", "OPENLINEAGE"):  # they are described by their providers
            continue
        assert option.lower() in options[section.lower()]["options"], f"{page}: AIRFLOW__{section}__{option}"


def test_every_state_is_explained_and_stands_in_the_list_of_the_page_that_shows_it():
    page = PAGES["docs/exports.md"]
    for state in get_args(State):
        assert re.search(rf"^\| `{state}` \| \S.+ \| \S.+ \|$", page, re.MULTILINE), f"docs/exports.md: {state}"
    lists = re.findall(r"^\| ([A-Z][\w ]+) \| ((?:`\w+`(?:, )?)+)", page.partition("## On the page")[2], re.MULTILINE)
    assert [tuple(re.findall(r"`(\w+)`", states)) for _, states in lists] == [tuple(v) for v in GROUPS.values()]
    front = (ROOT / "plugins/spectrum_etl/page/static/exports.js").read_text(encoding="utf-8")
    for title, _ in lists:
        assert f'"{title}"' in front, f"docs/exports.md names the list {title}; the page has none of that name"


def test_every_class_of_error_is_explained():
    family = errors.SpectrumEtlError
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, family)]
    classes = {kind.__name__ for kind in kinds} - {family.__name__}
    for page in ("docs/errors.md", "docs/running.md"):
        assert set(re.findall(r"^\| `([A-Z]\w+)` \|", PAGES[page], re.MULTILINE)) == classes, page


def test_every_extra_of_a_connection_is_explained():
    page = PAGES["docs/setup.md"]
    for conn_id, extras in (
        ("spectrum_sdx", sdx._EXTRAS),
        ("spectrum_infolink", infolink._EXTRAS),
        ("procore", procore._EXTRAS),
        ("warehouse", warehouse.EXTRAS),
    ):
        section = page.partition(f"### `{conn_id}`")[2].partition("\n##")[0]
        rows = [line for line in section.splitlines() if line.startswith("| extra")]
        explained = {name for row in rows for name in re.findall(r"`(\w+)`", row.split(" | ")[0])}
        assert explained == set(extras), conn_id


def test_the_pools_are_those_of_the_local_airflow():
    local = yaml.safe_load((ROOT / "airflow_settings.yaml").read_text(encoding="utf-8"))["airflow"]
    pools = {pool["pool_name"]: pool["pool_slot"] for pool in local["pools"]}
    page = PAGES["docs/setup.md"]
    assert {n: int(s) for n, s in re.findall(r"^airflow pools set (\w+) (\d+)", page, re.MULTILINE)} == pools
    assert {n: int(s) for n, s in re.findall(r"^\| `(\w+)` \| (\d+) \|", page, re.MULTILINE)} == pools


def setting(path: str) -> bool:
    """Whether the settings have a value at this path, or one of this name anywhere."""
    section, _, named = path.partition(".")
    if section in ("schedules", "readers"):
        return not named or named in (OBJECTS if section == "schedules" else choices(OBJECTS.values()))
    kind: type[BaseModel] | None = Settings
    for name in path.split("."):
        fields = kind.model_fields if kind else {}
        if name not in fields:
            return False
        inner = fields[name].annotation
        kind = inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None
    return True


@functools.cache
def relations() -> frozenset[str]:
    """Every table, view and domain of the warehouse."""
    found = {
        f"{schema}.{table.name}" for o in OBJECTS.values() for table in o.tables for schema in ("spectrum", "history")
    }
    found |= {mart.relation for mart in MARTS}
    for path in (ROOT / "include/sql/warehouse").glob("*.sql"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(rf"create (?:table|view|domain) ((?:{SCHEMAS})\.\w+)", text))
    return frozenset(found)


@functools.cache
def words_of_the_code() -> frozenset[str]:
    """Every word of the code, its SQL and its settings."""
    words = set(DAG_IDS)  # a file of dags/ is named as its DAG
    for folder in ("dags", "plugins", "include", "sandbox", "stack"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".sql", ".yaml") and "docs" not in path.parts:
                words |= set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", path.read_text(encoding="utf-8")))
    words |= set(re.findall(r"\w+", (ROOT / "airflow_settings.yaml").read_text(encoding="utf-8")))
    return frozenset(words)
