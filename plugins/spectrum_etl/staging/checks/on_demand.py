"""Puts off imports of libraries that another library imports and that we never use. Used by `checks.expectations`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


@contextmanager
def imported_on_demand(*names: str) -> Iterator[None]:
    """Let what is imported in the block import these modules in name only, until one of them is really used.

    Whoever imports them after the block gets them as ever.

    Args:
        names: modules; those that have been imported already are left as they are.
    """
    stand_ins = {name: _OnDemand(name) for name in names if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


class _OnDemand(ModuleType):
    """Stands for a module, and imports it when the first thing in it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system looks for these, which must not count as use
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)
