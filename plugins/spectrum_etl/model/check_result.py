"""What one check found: a row of `sync.checks`. Made by `staging.checks` and by `staging.guards`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from spectrum_etl.errors import Cause
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
        message: what is wrong, with counts; empty when it passed.
        source: who looked.
        remedy: what to do, as sentences; empty where the message says all.
        cause: which of the usual reasons it is, where its name does not say all.
        connection: id of the Airflow connection that it is about, if it is about one.
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
    remedy: str = ""
    cause: Cause | None = None
    connection: str | None = None

    @property
    def stops(self) -> bool:
        """Whether it stops the publish."""
        return self.status == "failed"

    @property
    def in_words(self) -> str:
        """What is wrong and what to do, in one text."""
        return " ".join(filter(None, (self.message, self.remedy)))
