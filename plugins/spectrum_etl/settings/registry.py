"""What the settings have to know of the objects that are staged: their shape. Which there are is told by who loads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from spectrum_etl.settings.schedules import Schedule


class StagedTable(Protocol):
    """A staged table: its name, and the readers it can be read by; the first is the default."""

    @property
    def name(self) -> str: ...

    @property
    def readers(self) -> Sequence[str]: ...


class Staged(Protocol):
    """An object that is staged on a schedule of its own; `schedule` is the default."""

    @property
    def name(self) -> str: ...

    @property
    def schedule(self) -> Schedule: ...

    @property
    def tables(self) -> Sequence[StagedTable]: ...


Registry = Collection[Staged]
#: Table of Info-Link -> its columns, in upper case.
SourceNames = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class KnownNames:
    """Everything that is known where the settings are loaded; nothing is refused for a name where none are known."""

    registry: Registry = ()
    names: SourceNames = field(default_factory=dict)


def names(registry: Registry) -> list[str]:
    """The names of the objects, in their order."""
    return [obj.name for obj in registry]


def choices(registry: Registry) -> dict[str, Sequence[str]]:
    """The tables that can be read in more than one way, with their readers."""
    return {table.name: table.readers for obj in registry for table in obj.tables if len(table.readers) > 1}
