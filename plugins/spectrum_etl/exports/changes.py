"""What Procore holds otherwise than it was exported, one fact at a time. `steps.frozen` writes it to `export.drift`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Change:
    """One difference.

    Args:
        name: what differs, e.g. `status`, or a budget code.
        was: its exported value, as a JSON value; None where there was none.
        now: what Procore holds; None where it holds none.
        happened: in words, to follow the name of the record.
        remedy: what to do, as an instruction.
    """

    name: str
    was: Any
    now: Any
    happened: str
    remedy: str
