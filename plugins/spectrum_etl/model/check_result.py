"""What one check found: a row of `sync.checks`. Made by `staging.checks` and by `staging.guards`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from spectrum_etl.model.spec import Severity

Status = Literal["passed", "warned", "failed"]


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check.

    Args:
        name: unique among the checks of its table.
        severity: `critical` stops the publish; a check that broke counts as critical, whatever its own severity.
        status: `passed`, `warned` (a warning that is not met) or `failed` (stops the publish).
        columns: the columns it looks at.
        rows_checked: rows of the slice; None where no rows were looked at.
        rows_failed: rows that do not meet it.
        examples: at most 20 of them, worst first, as JSON-able rows: decimals and dates as text, never a personal
            column.
        message: what is wrong, with counts, and what to do; empty when it passed.
        source: who looked.
    """

    name: str
    severity: Severity
    status: Status
    columns: tuple[str, ...] = ()
    rows_checked: int | None = None
    rows_failed: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)
    message: str = ""
    source: Literal["great_expectations", "guard", "reconciliation", "verify_staging"] = "great_expectations"

    @property
    def stops(self) -> bool:
        """Whether it stops the publish."""
        return self.status == "failed"
