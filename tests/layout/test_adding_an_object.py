"""docs/adding-an-object.md is enough: a copy of the project to which its example is added passes what holds for all.

Nothing but the files that the page shows is written; what is generated is renewed by the commands that it names.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "adding-an-object.md"
_COPIED = ("dags", "plugins", "include", "sandbox", "stack", "tests", "docs", "benchmarks")
_FILES = (
    "README.md",
    "pyproject.toml",
    "airflow_settings.yaml",
    "requirements.txt",
    "requirements-dev.txt",
    "Makefile",
)
#: A block of the page: its first line names the new file, or the file and the name of the list that a line is added to.
_BLOCK = re.compile(
    r"^```python\n# (?P<place>in )?(?P<path>[\w/.-]+)(?:, (?P<list>\w+))?\n(?P<text>.+?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass
class Project:
    """The copy.

    Args:
        folder: its root.
        new: files that the page adds.
        changed: files that it adds lines to.
    """

    folder: Path
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def add(self, path: str, text: str, name: str | None) -> None:
        """Write a new file, or add an entry at the end of a list or dictionary of a file that is there."""
        file = self.folder / path
        if name is None:
            assert not file.exists(), f"{path} is there already"
            file.write_text(text, encoding="utf-8")
            self.new.append(path)
            return
        before = file.read_text(encoding="utf-8")
        opened = re.search(rf"^{name}\b[^\n]* = [(\[{{]$", before, re.MULTILINE)
        assert opened, f"{path} has no {name}"
        end = re.compile(r"^[)\]}]$", re.MULTILINE).search(before, opened.end())
        assert end is not None
        file.write_text(before[: end.start()] + text + before[end.start() :], encoding="utf-8")
        self.changed.append(path)

    def run(self, *arguments: str, **environment: str) -> str:
        """Run Python in the copy; its output. A failure is this test's own."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**inherited, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
        return done.stdout

    def test(self, *arguments: str, **environment: str) -> str:
        """Run tests of the copy."""
        return self.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "--show-capture=no", *arguments, **environment)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the project with the example of the page, and what is generated renewed."""
    folder = tmp_path_factory.mktemp("adding") / "project"
    for name in _COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _FILES:
        shutil.copy(ROOT / name, folder / name)
    project = Project(folder)
    staged = PAGE.read_text(encoding="utf-8").partition("## An object that is exported")[0]
    for block in _BLOCK.finditer(staged):
        project.add(block["path"], block["text"], block["list"])
    project.run("-m", "stack.docs")
    return project


def test_it_takes_two_new_files_a_line_in_the_registry_and_rows_of_the_oracle(project: Project) -> None:
    assert project.new == [
        "plugins/spectrum_etl/staging/objects/payers.py",
        "dags/stage_payers.py",
    ]
    assert project.changed == [
        "plugins/spectrum_etl/staging/objects/__init__.py",
        "tests/staging/conformance/source_oracle.py",
    ]
    for command in (("check",), ("format", "--check")):
        project.run("-m", "ruff", *command, *[path for path in project.new if path.endswith(".py")])


def test_documentation_demo_and_settings_know_the_new_object(project: Project) -> None:
    for page, words in (
        ("README.md", "| `stage_payers` | Stages Spectrum's customers into `spectrum.payers` | Daily |"),
        ("docs/mappings.md", "### `spectrum.payers`"),
        ("docs/errors.md", "| `spectrum.payers` | `known_status` | warning |"),
        ("docs/setup.md", "| `CR_CUSTOMER_MASTER_MC` | `spectrum.customers`, `spectrum.payers` |"),
    ):
        assert words in (project.folder / page).read_text(encoding="utf-8"), page
    settings = project.folder / "include" / "settings.yaml"
    said = (
        "from stack.stage_runs import STAGE_DAGS\n"
        "from spectrum_etl.settings import in_force\n"
        "from spectrum_etl.staging.configured import load_settings\n"
        "from spectrum_etl.staging.objects import OBJECTS\n"
        "settings, payers = load_settings(), OBJECTS['payers']\n"
        'now = in_force(settings, \'{"payers": "never"}\', OBJECTS.values())\n'
        "print(STAGE_DAGS[-1], settings.cron(payers), now.schedule(payers))\n"
    )
    assert project.run("-c", said).split(maxsplit=1) == ["stage_payers", "0 5 * * * never\n"]
    own = project.folder / "settings.yaml"
    own.write_text(
        settings.read_text(encoding="utf-8").replace("schedules: {}", "schedules: {payers: 2h}"), encoding="utf-8"
    )
    assert "0 */2 * * * never" in project.run("-c", said, SPECTRUM_ETL_SETTINGS=str(own))


def test_policies_conformance_and_statements_hold_for_the_new_object(project: Project) -> None:
    found = project.test(
        "tests/sources/infolink/test_infolink_statements.py",
        "tests/sources/infolink/test_infolink_published.py",
        "tests/dags/test_policies.py",
        "tests/docs/test_docs_generated.py",
        "tests/layout/test_fixed_names.py",
        "tests/staging/conformance/test_oracle.py",
        "tests/staging/conformance/test_snapshots.py",
        "-vv",
        "-k",
        "payers or CR_CUSTOMER or every_dag or dag_file or forgotten or generated or views or their_tasks",
        RECORD_SQL="1",
    )
    assert len(re.findall(r"test_conformance\[payers-\w+\] PASSED", found)) >= 15
    for name in ("statement_is_the_recorded_one[payers]", "names_every_column_of_every_spec[payers]", "stage_payers]"):
        assert f"{name} PASSED" in found, name
    assert "every_dag_documents_itself_for_an_operator PASSED" in found
    recorded = project.folder / "tests/sources/infolink/recorded/payers.sql"
    assert "FROM dbo.CR_CUSTOMER_MASTER_MC AS c" in recorded.read_text(encoding="utf-8")
