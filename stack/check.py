"""Checks what a change needs: `make check` for what git says has changed, `make check FILES="..."` for those files.

Style and types of all of the project take seconds. Tests are those that changed, and those that import a changed module
themselves; without Airflow, without those that take minutes. `make test` runs the rest.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_QUICK = "not slow and not airflow"
#: Which tests look at what is no module.
_FOLDERS = {
    "README.md": "tests/docs",
    "docs/": "tests/docs",
    "dags/": "tests/dags",
    "include/settings.yaml": "tests/docs",
    "include/sql/checks/": "tests/staging/checks",
    "include/sql/imports/": "tests/imports/vendors",
    "include/sql/infolink/": "tests/sources/infolink",
    "include/sql/marts/": "tests/marts",
    "include/sql/notify/": "tests/notify",
    "include/sql/page/": "tests/page",
    "include/sql/publish/": "tests/staging/conformance",
    "include/sql/retention/": "tests/retention",
    "include/sql/warehouse/": "tests/warehouse",
}
#: What pytest returns where it has nothing to run.
_NO_TESTS = 5


def changed() -> list[str]:
    """Files that differ from the last commit, new ones included, by their paths below the project."""
    tracked = _git("diff", "--name-only", "--diff-filter=d", "HEAD")
    return sorted({*tracked, *_git("ls-files", "--others", "--exclude-standard")})


def needed_tests(files: Iterable[str]) -> list[str]:
    """The test files that a change of these files calls for.

    Args:
        files: paths below the project.

    Returns:
        Changed tests, tests that import a changed module, and those beside a changed helper or fixture of tests.
    """
    files = list(files)
    modules = {module for file in files if (module := _module(file))}
    folders = [Path(file).parent for file in files if file.startswith("tests/") and not _is_test(file)]
    folders += [Path(folder) for start, folder in _FOLDERS.items() if any(file.startswith(start) for file in files)]
    found = {file for file in files if _is_test(file)}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        file = path.relative_to(ROOT)
        beside = any(folder == file.parent and folder != Path("tests") for folder in folders)
        if beside or modules & _imports(path):
            found.add(file.as_posix())
    return sorted(found)


def reached_through_others(files: Iterable[str]) -> list[str]:
    """The modules among these files that no test imports itself: only `make test` proves what they do."""
    kinds = ("plugins/", "stack/", "sandbox/")
    return [file for file in files if file.startswith(kinds) and _module(file) and not needed_tests([file])]


def main() -> int:
    """Run the checks; 0 where all of them hold."""
    files = sys.argv[1:] or changed()
    tests = needed_tests(files)
    print(f"{len(files)} files changed, {len(tests)} files of tests belong to them", flush=True)
    if alone := reached_through_others(files):
        print(f"no test imports {', '.join(alone)}: `make test` runs what reaches it through other modules", flush=True)
    steps = [["ruff", "check", "--quiet"], ["ruff", "format", "--check", "--quiet"], ["mypy"]]
    if any(file.endswith(".sql") for file in files):
        steps.append(["sqlfluff", "lint", "--disable-progress-bar", *(file for file in files if file.endswith(".sql"))])
    if tests:
        steps.append(["pytest", "-q", "-n", "2", "--dist", "loadfile", "-m", _QUICK, *tests])
    for program, *arguments in steps:
        code = subprocess.run([sys.executable, "-m", program, *arguments], cwd=ROOT, check=False).returncode
        if code and not (program == "pytest" and code == _NO_TESTS):
            return code
    return 0


def _git(*arguments: str) -> list[str]:
    answer = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return answer.stdout.split()


def _is_test(file: str) -> bool:
    return file.startswith("tests/") and Path(file).name.startswith("test_") and file.endswith(".py")


def _module(file: str) -> str | None:
    """The dotted name by which tests import a file; None for what is no module of this project."""
    path = Path(file)
    if path.suffix != ".py" or path.parts[0] not in ("plugins", "stack", "sandbox", "benchmarks", "tests"):
        return None
    parts = path.with_suffix("").parts
    parts = parts[1:] if parts[0] == "plugins" else parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _imports(path: Path) -> frozenset[str]:
    """Every module, and every name of a module, that a file imports."""
    return frozenset(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


if __name__ == "__main__":
    sys.exit(main())
