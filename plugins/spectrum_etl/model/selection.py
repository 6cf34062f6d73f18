"""Which rows of a table are read from a source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Years:
    """A stretch of years, as the text of months is ordered: every month, blank and invalid ones too, is in one stretch.

    Args:
        first: from this year on; empty: from the very beginning.
        before: up to this year, which is not in it; None: to the end.
    """

    first: str = ""
    before: str | None = None


@dataclass(frozen=True)
class Selection:
    """Rows of one company. Codes are trimmed.

    Args:
        company_code: company code.
        jobs: only these jobs; empty means all.
        months: only these months, YYYYMM; empty means all. Partitioned tables only.
        partitions: only these (job number, month) pairs, each possibly blank; None means all. Partitioned tables only.
        years: only the months of these years. Partitioned tables only.
        stage_employees: whether personal columns are read (M9).
    """

    company_code: str
    jobs: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    partitions: tuple[tuple[str, str], ...] | None = None
    stage_employees: bool = False
    years: Years = Years()

    def __post_init__(self) -> None:
        object.__setattr__(self, "company_code", self.company_code.strip())
        object.__setattr__(self, "jobs", tuple(job.strip() for job in self.jobs))
        if self.partitions is not None:
            object.__setattr__(self, "partitions", tuple((job.strip(), month) for job, month in self.partitions))

    def pieces(self, pairs: int) -> Iterator[Selection]:
        """The selection in pieces of at most so many partitions; those of one job stay together where they fit."""
        if self.partitions is None:
            yield self
            return
        every = sorted(set(self.partitions))
        for start in range(0, len(every), pairs):
            yield replace(self, partitions=tuple(every[start : start + pairs]))
