"""Values of a parametrized test of which `make test` runs the first ones, and `make test-all` every one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet


def repeats(values: Iterable[Any], *, quick: int = 1, ids: Iterable[str] | None = None) -> list[ParameterSet]:
    """The values of `pytest.mark.parametrize`, all but the first ones marked as slow.

    Args:
        values: single values, tuples, or what `pytest.param` gives; the most telling first.
        quick: so many of them run with `make test`.
        ids: the name of each, where the values do not say it.
    """
    names = None if ids is None else list(ids)
    found = []
    for number, value in enumerate(values):
        marks = () if number < quick else (pytest.mark.slow,)
        name = None if names is None else names[number]
        if isinstance(value, ParameterSet):
            found.append(pytest.param(*value.values, id=value.id or name, marks=(*value.marks, *marks)))
        else:
            found.append(pytest.param(*(value if isinstance(value, tuple) else (value,)), id=name, marks=marks))
    return found
