"""A difference between what a source offers and what the specs know of it (M4). Made by the readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Missing (read as NULL), new (not read), or of another type than expected.
DriftKind = Literal["missing", "new", "type"]


@dataclass(frozen=True)
class Drift:
    """One difference.

    Args:
        table: Info-Link table or web service.
        column: column or field.
        change: what differs.
        detail: what differs and what it affects, for people.
    """

    table: str
    column: str
    change: DriftKind
    detail: str
