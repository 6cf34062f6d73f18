"""A small table as text, for a task's log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def as_text(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table for the log."""
    import pandas  # type: ignore[import-untyped]  # costs half a second: only where a table is written

    with pandas.option_context("display.max_colwidth", 200, "display.width", None):
        return pandas.DataFrame([list(row) for row in rows], columns=list(columns)).to_string(index=False)
