"""Keys of Spectrum, and the spaces in which each belongs to one record. Used by the specs of objects and `claims`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Space = Literal[
    "vendor",
    "job",
    "phase",
    "budget",
    "subcontract",
    "change request",
    "prime contract",
    "projection",
    "forecast",
]

#: What a key of each space is called; its parts in their order.
_CALLED: Mapping[Space, str] = {
    "vendor": "vendor {}",
    "job": "job {}",
    "phase": "phase {1} of job {0}",
    "budget": "the budget of job {}",
    "subcontract": "subcontract {1} of vendor {0}",
    "change request": "change request {1} of job {0}",
    "prime contract": "the prime contract of job {}",
    "projection": "the projection of job {0} on {1}",
    "forecast": "the forecast of job {}",
}


@dataclass(frozen=True, order=True)
class Key:
    """One key of Spectrum in a company.

    Args:
        space: what it is unique in.
        text: as it is spelled; a number of something stands behind it and a slash: `ACME/S-1001`, `24-404/95`.
    """

    space: Space
    text: str

    @property
    def in_words(self) -> str:
        """For people, e.g. `change request 95 of job 24-404`."""
        called = _CALLED[self.space]
        return called.format(*(self.text.rsplit("/", 1) if "{1}" in called else (self.text,)))
