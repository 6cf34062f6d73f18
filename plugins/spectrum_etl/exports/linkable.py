"""What can be linked by hand: everything that is exported, and what is only linked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spectrum_etl.exports.spec import Candidate, Context, ExportObject, Owner, Problem
from spectrum_etl.links.keys import Key, Space
from spectrum_etl.model.record import RecordId
from spectrum_etl.settings import Company

if TYPE_CHECKING:  # DAG files import this module, and must not import what the client needs
    from spectrum_etl.exports.spectrum import Spectrum
    from spectrum_etl.sources.procore.client import ProcoreClient


@dataclass(frozen=True)
class LinkedObject:
    """A kind of record that both systems have, and that no export writes.

    Args:
        name, title, read, mark, unmark, holds, space, belongs_to: as of an `ExportObject`.
        fits: what keeps a record of Procore and a key of Spectrum from being linked, beside what holds for every pair.
        difference: how the two differ although they may be linked, in words; empty where they do not.
    """

    name: str
    title: str
    read: Callable[[ProcoreClient, Company, RecordId], Candidate | None]
    mark: Callable[[ProcoreClient, Company, RecordId, str], str | None] | None
    unmark: Callable[[ProcoreClient, Company, RecordId], str | None] | None
    holds: Callable[[Spectrum, str], str | None]
    fits: Callable[[Candidate, Context, str], Iterable[Problem]]
    difference: Callable[[Candidate, Context, str], str]
    space: Space
    belongs_to: Owner = "project"

    def key(self, spectrum_key: str) -> Key:
        """The key of a link, which no other record may have while it lasts."""
        return Key(self.space, spectrum_key)


Linkable = ExportObject | LinkedObject
