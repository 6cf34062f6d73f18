"""The table of DAGs, from what Airflow shows: the docstrings of `dags/*.py` and what their kind has in common."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spectrum_etl.orchestration.common_docs import export_doc, import_doc, staging_doc
from spectrum_etl.staging.objects import OBJECTS
from stack.docs.markdown import code, plain, table

_OFTEN = re.compile(r"\*\*How often\.\*\*\s+(.+?)(?:[.:,]\s|\Z)", re.DOTALL)
_GROUPS = ("stage_", "backfill_", "publish_", "verify_", "export_", "unlink_", "import_")


@dataclass(frozen=True)
class Dag:
    """A DAG as its docstring tells it.

    Args:
        id: of the DAG, which is its file's name.
        does: its first sentence.
        often: when it runs by itself, or that it does not.
    """

    id: str
    does: str
    often: str


def dags(folder: Path) -> Iterator[Dag]:
    """All DAGs of a folder, those that belong together side by side.

    Args:
        folder: with one file a DAG.

    Raises:
        ValueError: a file has no docstring, or one that does not say how often the DAG runs.
    """
    for path in sorted(folder.glob("*.py"), key=_place):
        own = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        text = _with_common(path.stem, own)
        often = _OFTEN.search(text)
        paragraphs = text.split("\n\n")
        if often is None or len(paragraphs) < 2:
            raise ValueError(f"{path.name}: its docstring has no first paragraph, or none that says how often it runs")
        yield Dag(path.stem, _first_sentence(plain(paragraphs[1])), plain(often[1]))


def dag_table(folder: Path) -> str:
    """The table for the README."""
    rows = ((code(dag.id), dag.does, dag.often) for dag in dags(folder))
    return table(("DAG", "what it does", "when it runs, unless set otherwise"), rows)


def _with_common(dag_id: str, own: str | None) -> str:
    kind, _, name = dag_id.partition("_")
    if kind == "stage":
        return staging_doc(OBJECTS[name], own)
    common = {"export": export_doc, "import": import_doc}.get(kind)
    return common(own) if common else own or ""


def _place(path: Path) -> tuple[int, str]:
    return next((n for n, prefix in enumerate(_GROUPS) if path.stem.startswith(prefix)), len(_GROUPS)), path.stem


def _first_sentence(text: str) -> str:
    end = re.search(r"[.:](?=\s|\Z)", text)
    return text[: end.start()] if end else text
