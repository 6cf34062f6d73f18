"""What every object that is imported into Procore states about itself: data, and how its records are read, written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from spectrum_etl.imports.match import Party, Suggestion
from spectrum_etl.links.keys import Space
from spectrum_etl.model import dag_ids
from spectrum_etl.model.spec import Table
from spectrum_etl.settings import Company, Settings
from spectrum_etl.settings.imports import ObjectImports
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.rows import RowResult

Json = Mapping[str, Any]
Fields = dict[str, str | None]
#: The field of the trigger form by which a person confirms that the other integration is switched off (N12).
CONFIRMATION = "integration_is_switched_off"
#: Kinds of rows that bring a record of Spectrum and one of Procore together.
MAKING = ("create", "link", "take over")


@dataclass(frozen=True)
class Field:
    """One field that is written in Procore.

    Args:
        name: as Procore calls it.
        source: column of the staged table, or what else it is made of.
        note: what a reader of the mapping should know.
        follows: the word of the setting `update` that lets a linked record follow it; None for fields that are written
            at creation only.
        shown: whether Procore shows it again, so that it can be compared.
    """

    name: str
    source: str
    note: str = ""
    follows: str | None = None
    shown: bool = True


@dataclass(frozen=True)
class Narrowing:
    """One field of the trigger form by which a run is narrowed, besides the keys.

    Args:
        name: of the field, and of the value in the statement `keys_of`.
        title, description: for people.
        is_day: one day.
        is_switch: on or off; else, any number of words.
    """

    name: str
    title: str
    description: str
    is_day: bool = False
    is_switch: bool = False


@dataclass(frozen=True)
class Choice:
    """One field of the trigger form that stands in for a setting, in one run: a whole number.

    Args:
        name: of the field.
        title, description: for people.
    """

    name: str
    title: str
    description: str


@dataclass(frozen=True)
class ImportObject:
    """One object that is imported.

    Args:
        name: of the object, the same as that of its export.
        title, procore_title: what one record is called in Spectrum, and in Procore.
        key_column, name_column: columns of the staged table that a refusal names.
        rule: the requirement that a record without a name breaks.
        exact_words: what agrees in a match that may be linked without a look at it, for people.
        space: of its keys.
        table: the staged table that it is made from.
        desired: SQL of what Procore should hold, below `include/sql`.
        fields: what is written.
        options: its settings.
        parameters: what `desired` binds besides company and keys.
        narrowings: by what a run can be narrowed besides the keys.
        choices: what a run may be told beside what the settings say: fields of the trigger form.
        chosen: the settings with what a run was told of these, for one company.
        keys_of: SQL of the keys that a narrowing means, below `include/sql`.
        party: a row of either side (spectrum_key or record_id, name, origin_code, is_active, fields) as it is compared.
        read_all: every record of Procore, inactive ones too.
        read_changed: those that were changed in a window, as far as Procore tells.
        read_one: one record, None where Procore has it no more.
        by_origin: the records that carry an origin id.
        write: creates, links or changes records; a row for each.
        rows_a_call: how many of them a call takes.
        reactivate: makes an inactive record active before it is linked; None: it is linked as it is.
        suggest: matches of records of Spectrum with those of Procore.
        doubles: whether a match that appears after its record was accepted as a new one keeps that from being made.
        may_be_hidden: whether records may exist that the service account is not permitted to see (D1).
        is_project: whether its records are projects, into which exports write as well: each is written as the only one.
        facts: what else of the Procore company plans need; read with all records, and kept in `procore.looks`.
        also_read: fields of Procore's records that are compared and never written.
        set_afterwards: fields that Procore takes of a record that is there, not of a new one: they cost one call more.
        only_links: whether nothing of it is written in Procore: what is there is linked (N12).
        also_staged: further staged tables that `desired` reads.
    """

    name: str
    title: str
    procore_title: str
    key_column: str
    name_column: str
    rule: str
    exact_words: str
    space: Space
    table: Table
    desired: str
    fields: tuple[Field, ...]
    options: Callable[[Settings], ObjectImports]
    parameters: Callable[[Settings, Company], Json]
    narrowings: tuple[Narrowing, ...]
    keys_of: str
    party: Callable[[Json], Party]
    read_all: Callable[[ProcoreClient], Iterator[dict[str, Any]]]
    read_changed: Callable[[ProcoreClient, datetime, datetime], Iterator[dict[str, Any]]]
    read_one: Callable[[ProcoreClient, str], dict[str, Any] | None]
    by_origin: Callable[[ProcoreClient, str], list[dict[str, Any]]]
    write: Callable[[ProcoreClient, Sequence[dict[str, Any]], bool], Iterator[RowResult]]
    rows_a_call: int
    reactivate: Callable[[ProcoreClient, str], dict[str, Any]] | None
    suggest: Callable[[Iterable[Party], Iterable[Party], Settings], Iterator[Suggestion]]
    doubles: Callable[[Suggestion], bool]
    may_be_hidden: bool = False
    is_project: bool = False
    facts: Callable[[ProcoreClient, Settings], Json] | None = None
    choices: tuple[Choice, ...] = ()
    chosen: Callable[[Settings, Company, Json], Settings] = lambda settings, company, told: settings
    also_read: tuple[str, ...] = ()
    set_afterwards: tuple[str, ...] = ()
    only_links: bool = False
    also_staged: tuple[Table, ...] = ()

    @property
    def dag_id(self) -> str:
        """The DAG that imports it."""
        return f"{dag_ids.IMPORT}{self.name}"

    def followed(self, settings: Settings) -> list[str]:
        """The fields of linked records that follow Spectrum, by the settings (C3)."""
        chosen = self.options(settings).update
        return [field.name for field in self.fields if field.follows in chosen]

    @property
    def unshown(self) -> list[str]:
        """The fields that are written and cannot be read back."""
        return [field.name for field in self.fields if not field.shown]

    def held(self, record: Json) -> Fields:
        """What Procore holds of the fields that are written or compared; blank text is none."""
        names = (*(field.name for field in self.fields if field.shown), *self.also_read)
        found = {name: record.get(name) for name in names}
        return {name: str(value).strip() or None if value is not None else None for name, value in found.items()}


@dataclass(frozen=True)
class Narrowed:
    """What a run was narrowed to.

    Args:
        keys: of Spectrum; empty: all.
        only: by name of a narrowing of the object, what is asked for; without a narrowing: all.
    """

    keys: tuple[str, ...] = ()
    only: Json = field(default_factory=dict)

    @property
    def compared(self) -> list[str] | None:
        """The keys as the statements compare them; None for all."""
        return [key.strip().lower() for key in self.keys] or None


#: A run that was not narrowed.
ALL = Narrowed()
