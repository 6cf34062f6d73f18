"""What became of one table in one run: the small record that feeds the log, the asset event and the demo's table."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass
class Counts:
    """Rows of one published table.

    Args:
        new: inserted, or back after a deletion.
        changed: updated.
        deleted: gone from the source.
        rejected: rows of the source that are rejected now.
        deferred: rows of partitions that moved while they were copied; the next run takes them.
        staged: living rows of the run's scope afterwards, without those kept for a rejected row.
        source: rows the source holds in the run's scope.
        landed: rows copied.
    """

    new: int = 0
    changed: int = 0
    deleted: int = 0
    rejected: int = 0
    deferred: int = 0
    staged: int = 0
    source: int = 0
    landed: int = 0

    def to_dict(self) -> dict[str, int]:
        """As JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"{self.source} rows at the source, {self.landed} copied: {self.new} new, {self.changed} changed,"
            f" {self.deleted} deleted, {self.rejected} rejected, {self.deferred} deferred; {self.staged} staged"
        )
