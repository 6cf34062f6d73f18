"""Who runs and what it was asked for: the small records that walk from task to task through XCom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.selection import Selection

#: Schema of what is landed, and of what is made of it until it is published.
LANDING = "landing"
_MONTH = re.compile(r"\d{4}(0[1-9]|1[0-2])\Z")


@dataclass(frozen=True)
class Run:
    """The Airflow run a task works for.

    Args:
        dag_id: DAG.
        run_id: DAG run.
        try_number: which try of the task, from 1.
    """

    dag_id: str
    run_id: str
    try_number: int = 1


@dataclass(frozen=True)
class Instance:
    """A task instance of Airflow: who asks, or who does something to a record.

    Args:
        dag_id, run_id, task_id: its names.
        map_index: its number among the mapped ones, -1 where it is not mapped.
        try_number: which try it is, from 1.
    """

    dag_id: str
    run_id: str
    task_id: str
    map_index: int = -1
    try_number: int = 1

    @property
    def place(self) -> tuple[str, str, str, int]:
        """What tells it from other task instances, whatever the try."""
        return self.dag_id, self.run_id, self.task_id, self.map_index


@dataclass(frozen=True)
class Scope:
    """What a run was asked to stage.

    Args:
        company_code: one configured company.
        jobs: only these jobs; empty means all.
        months: only these months (YYYYMM) of transactions; empty means all.
        full_refresh: copy everything in scope, even where the fingerprints say that nothing changed.
        allow_mass_delete: let this one run delete more rows than the guard allows.
        allow_rejected: let this one run publish although more rows are newly rejected than the guard allows.
    """

    company_code: str
    jobs: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    full_refresh: bool = False
    allow_mass_delete: bool = False
    allow_rejected: bool = False

    def __post_init__(self) -> None:
        for month in self.months:
            if not _MONTH.match(month):
                raise FixConfiguration(
                    "a month of the run is not a month",
                    field="months",
                    value=month,
                    limit="YYYYMM, such as 202607",
                    remedy="correct it in the trigger form",
                )

    @property
    def narrowed(self) -> bool:
        """Whether anything of the company lies outside."""
        return bool(self.jobs or self.months)

    def selection(self, stage_employees: bool) -> Selection:
        """The rows that are read of every table.

        Args:
            stage_employees: whether personal columns are read (M9).
        """
        return Selection(self.company_code, self.jobs, self.months, stage_employees=stage_employees)

    def to_dict(self) -> dict[str, Any]:
        """As JSON, for XCom and `sync.landings`."""
        return {**asdict(self), "jobs": list(self.jobs), "months": list(self.months)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Scope:
        """Back from JSON."""
        return cls(**{**values, "jobs": clean_codes(values["jobs"]), "months": tuple(values["months"])})


@dataclass(frozen=True)
class Landing:
    """One try to read one object of one company: the row of `sync.landings` that everything else hangs on.

    Args:
        landing_id: its number.
        object_name: importable object.
        scope: what was asked for.
        run: who asked.
        read_at: moment just before the first row was read, by the warehouse's clock.
        started_at: when the try began, by the warehouse's clock.
    """

    landing_id: int
    object_name: str
    scope: Scope
    run: Run
    read_at: datetime
    started_at: datetime

    def relation(self, table: str, kind: str = "") -> str:
        """Name of one of its tables in the schema `landing`.

        Args:
            table: staged table.
            kind: empty for the untyped landing table; `rows`, `rejects` or `partitions` for what is made of it.
        """
        suffix = f"_{kind}" if kind else ""
        return f"{LANDING}.{table}_{self.landing_id}{suffix}"


def clean_codes(codes: Iterable[str] | None) -> tuple[str, ...]:
    """Codes as people type them: trimmed, without blanks, each once, in order."""
    return tuple(dict.fromkeys(code.strip() for code in codes or () if code and code.strip()))
