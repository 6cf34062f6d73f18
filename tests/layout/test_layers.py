"""The layers of the library: what may import what, and who may know Airflow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[2] / "plugins" / "spectrum_etl"
#: From the bottom to the top. A package imports from its own layer and those before it.
LAYERS = (
    {"errors"},
    {"settings"},
    {"model"},
    {"credentials"},
    {"links", "warehouse", "sources"},
    {"staging", "exports", "imports", "marts", "connections", "notify", "retention"},
    {"orchestration", "page", "describe_site"},
)
LAYER = {package: height for height, packages in enumerate(LAYERS) for package in packages}
#: The packages that may import Airflow.
WITH_AIRFLOW = {"orchestration", "page", "credentials"}


def _modules() -> dict[str, Path]:
    """Every module of the library, by its dotted name below the library."""
    found = {}
    for path in LIBRARY.rglob("*.py"):
        parts = path.relative_to(LIBRARY).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = _modules()


def _package(module: str) -> str:
    return module.partition(".")[0]


def _imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, in functions and for types too: of this library below it, others in full."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            module = node.module or ""
            for name in node.names:
                full = f"{module}.{name.name}"
                yield full if full.removeprefix("spectrum_etl.") in MODULES else module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def _own(path: Path) -> set[str]:
    return {name.removeprefix("spectrum_etl.") for name in _imports(path) if name.startswith("spectrum_etl.")}


def test_every_package_has_a_layer() -> None:
    assert {_package(module) for module in MODULES if module} == set(LAYER)


def test_a_module_imports_downward_only() -> None:
    climbing = [
        f"{module} -> {imported}"
        for module, path in MODULES.items()
        if module
        for imported in _own(path)
        if LAYER[_package(imported)] > LAYER[_package(module)]
    ]
    assert climbing == []


def test_packages_do_not_import_each_other_in_circles() -> None:
    graph: dict[str, set[str]] = {package: set() for package in LAYER}
    for module, path in MODULES.items():
        if module:
            graph[_package(module)] |= {_package(imported) for imported in _own(path)} - {_package(module)}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_only_orchestration_page_and_credentials_know_airflow() -> None:
    knowing = {
        module
        for module, path in MODULES.items()
        if any(imported.partition(".")[0] == "airflow" for imported in _imports(path))
    }
    assert {_package(module) for module in knowing} == WITH_AIRFLOW


def test_dags_are_made_in_orchestration_only() -> None:
    makers = {
        module
        for module, path in MODULES.items()
        if any(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "DAG"
            for node in ast.walk(ast.parse(path.read_text()))
        )
    }
    assert {_package(module) for module in makers} == {"orchestration"}
