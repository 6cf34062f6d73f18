"""What every object that is imported into Procore states about itself: data, and how its records are read, written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from spectrum_etl.imports.match import Party, Suggestion
from spectrum_etl.links.keys import Space
from spectrum_etl.model.spec import Table
from spectrum_etl.settings import Settings
from spectrum_etl.settings.imports import VendorImports
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.rows import Row

Json = Mapping[str, Any]
Fields = dict[str, str | None]


@dataclass(frozen=True)
class Field:
    """One field that is written in Procore.

    Args:
        name: as Procore calls it.
        source: column of the staged table, or what else it is made of.
        note: what a reader of the mapping should know.
        follows: the word of the setting `update` that lets a linked record follow it; None for fields that are written
            at creation only.
    """

    name: str
    source: str
    note: str = ""
    follows: str | None = None


@dataclass(frozen=True)
class ImportObject:
    """One object that is imported.

    Args:
        name: of the object, the same as that of its export.
        title, procore_title: what one record is called in Spectrum, and in Procore.
        space: of its keys.
        table: the staged table that it is made from.
        desired: SQL of what Procore should hold, below `include/sql`.
        fields: what is written.
        options: its settings.
        read_all: every record of Procore, inactive ones too.
        read_changed: those that were changed in a window, as far as Procore tells.
        read_one: one record, None where Procore has it no more.
        by_origin: the records that carry an origin id.
        write: creates, links or changes records; a row for each.
        reactivate: makes an inactive record active.
        suggest: matches of records of Spectrum (key, name, fields) with those of Procore (id, name, code, active,
            fields).
    """

    name: str
    title: str
    procore_title: str
    space: Space
    table: Table
    desired: str
    fields: tuple[Field, ...]
    options: Callable[[Settings], VendorImports]
    read_all: Callable[[ProcoreClient], Iterator[dict[str, Any]]]
    read_changed: Callable[[ProcoreClient, datetime, datetime], Iterator[dict[str, Any]]]
    read_one: Callable[[ProcoreClient, str], dict[str, Any] | None]
    by_origin: Callable[[ProcoreClient, str], list[dict[str, Any]]]
    write: Callable[[ProcoreClient, Sequence[dict[str, Any]], bool], Iterator[Row]]
    reactivate: Callable[[ProcoreClient, str], dict[str, Any]]
    suggest: Callable[[Iterable[Party], Iterable[Party], VendorImports], Iterator[Suggestion]]

    @property
    def dag_id(self) -> str:
        """The DAG that imports it."""
        return f"import_{self.name}"

    def followed(self, settings: Settings) -> list[str]:
        """The fields of linked records that follow Spectrum, by the settings (C3)."""
        chosen = self.options(settings).update
        return [field.name for field in self.fields if field.follows in chosen]

    def held(self, record: Json) -> Fields:
        """What Procore holds of the fields that are written; blank text is none."""
        found = {field.name: record.get(field.name) for field in self.fields}
        return {name: str(value).strip() or None if value is not None else None for name, value in found.items()}


@dataclass(frozen=True)
class Scope:
    """What a run was narrowed to.

    Args:
        keys: of Spectrum; empty: all.
        types: only records of these types; empty: all.
    """

    keys: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    @property
    def compared(self) -> list[str] | None:
        """The keys as the statements compare them; None for all."""
        return [key.strip().lower() for key in self.keys] or None


#: A run that was not narrowed.
ALL = Scope()
