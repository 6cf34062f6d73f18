"""What is written to Spectrum for one record: the calls that the approver accepts and the ledger keeps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """One call of a Spectrum web service.

    Args:
        service: e.g. `UpdateSubcontractPhases`.
        key: elements that say which record in Spectrum, with their values as sent. Company_Code is always among them.
        fields: the other elements that are sent, with their values as text in the service's own format.
        adds: whether Spectrum must hold nothing under the key before; otherwise what it holds is overwritten, which
            may be repeated without harm.
    """

    service: str
    key: Mapping[str, str]
    fields: Mapping[str, str]
    adds: bool

    @property
    def parameters(self) -> dict[str, str]:
        """Everything that is sent."""
        return {**self.key, **self.fields}


@dataclass(frozen=True)
class Document:
    """What will be written to Spectrum for one record; what the approver sees and the ledger keeps.

    Args:
        key: what the record is called in Spectrum, e.g. `24-404` or `ACME/S-1001`; kept as the link.
        calls: in the order they are sent.
    """

    key: str
    calls: tuple[Call, ...]

    def as_json(self) -> dict[str, Any]:
        """For the ledger."""
        return {
            "key": self.key,
            "calls": [
                {"service": c.service, "key": dict(c.key), "fields": dict(c.fields), "adds": c.adds} for c in self.calls
            ],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Document:
        """From the ledger."""
        return cls(value["key"], tuple(Call(**call) for call in value["calls"]))

    @property
    def payload_hash(self) -> str:
        """SHA-256 of what is sent: the ledger holds that of the approved payload."""
        return digest(self.as_json())


def digest(value: Any) -> str:
    """SHA-256 of a JSON value, in hexadecimal, independent of the order of keys."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_refuse)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _refuse(value: Any) -> Any:
    raise TypeError(f"{type(value).__name__} is not a JSON value; give money and dates as text")
