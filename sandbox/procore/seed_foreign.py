"""The marks that Procore's own connector leaves on records: origin ids that are not ours, some of which stay.

Assumed: what such ids look like, that some records are locked, that Procore keeps some ids from being replaced.
"""

import hashlib

from sandbox.procore.seed_records import Records

INTEGRATION = "procore_connector"
# One record in so many: its id cannot be replaced; it is locked.
_FIXED_EVERY, _LOCKED_EVERY = 12, 17


class Foreign:
    """The connector's marks: an id for each record, and some that stay."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._count = 0

    def origin(self, kind: str, key: str, code: str | None = None) -> tuple[str, str | None]:
        """Return the origin id of a record and its ERP code."""
        return foreign_id(kind, key), code

    def mark(self, record_id: int, *, free: bool = False) -> int:
        """Note whose a record's origin id is, and whether it stays; `free`: it can be replaced."""
        self._count += 1
        self._records.change(
            record_id,
            {
                "integration": INTEGRATION,
                "origin_fixed": not free and self._count % _FIXED_EVERY == 0,
                "erp_locked": not free and self._count % _LOCKED_EVERY == 0,
            },
        )
        return record_id


def foreign_id(kind: str, key: str) -> str:
    """Return an origin id of the connector's, which says nothing of what it is for."""
    digest = hashlib.sha256(f"{INTEGRATION}/{kind}/{key}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:24]}"
