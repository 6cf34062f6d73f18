"""Which record of Procore is meant: the key of queue, ledger, claims and links."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class RecordId:
    """Which Procore record: with the object's name it is the key of `export.queue`.

    Args:
        company: Spectrum company code.
        project: Procore id of the project; empty for company-level records (vendors).
        record: Procore id of the record.
    """

    company: str
    project: str
    record: str
