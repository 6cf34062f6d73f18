"""M8: what the page says to do is addressed to who looks at it: a person does not retry a task."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import spectrum_etl
from spectrum_etl.page.wording import remedy

#: However a message may say that a task is tried again.
_TRIED_AGAIN = re.compile(
    r"\btasks? (is|are) (re)?tried\b|\b(run|retry|rerun|start) the task\b|\bretried\b|\btask again\b"
)


def _texts() -> Iterator[str]:
    """The texts that the library gives as what to do, and the parts of those that hold values."""
    for file in Path(spectrum_etl.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "remedy":
                for part in ast.walk(node.value):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


def test_no_remedy_on_the_page_speaks_of_a_task_that_is_tried_again() -> None:
    of_tasks = [text for text in _texts() if _TRIED_AGAIN.search(text)]
    assert len(of_tasks) > 20
    said = {text: remedy(text) or "" for text in of_tasks}
    assert not {text: shown for text, shown in said.items() if _TRIED_AGAIN.search(shown)}


def test_a_remedy_is_a_sentence() -> None:
    assert remedy("run the task again; if it persists, check the port") == "Try again; if it persists, check the port."
    assert remedy("wait; the task is retried automatically") == "Wait; try again in a moment."
    assert remedy(None) is None
