"""A difference between what a source offers and what the specs know of it (M4). Made by the readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Drift:
    """One difference.

    Args:
        table: Info-Link table or web service.
        column: column or field.
        change: missing (read as NULL), new (not read), or type (another type than expected).
        detail: what differs and what it affects, for people.
    """

    table: str
    column: str
    change: Literal["missing", "new", "type"]
    detail: str
