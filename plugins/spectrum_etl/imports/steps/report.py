"""What became of the rows of the open plans, and whether a person must look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from spectrum_etl.exports.display.table import as_text
from spectrum_etl.imports.records import plans
from spectrum_etl.imports.spec import ImportObject
from spectrum_etl.warehouse.connect import connect

#: Rows that a log shows; `procore.plan_rows` has all.
_SHOWN = 200
_BAD = ("failed", "unknown", "applying")
_WORTH_A_LINE = (*_BAD, "not ready", "put back", "waiting for permission")


@dataclass
class Report:
    """What a run came to.

    Args:
        counts: how many rows are in each state.
        lines: record, what, state and reason of each that cannot go on.
        bad: what a person must look at, in words, each naming its record.
    """

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[tuple[str, str, str, str]] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """Counts in words."""
        return ", ".join(f"{count} {state}" for state, count in self.counts.items()) or "nothing to do"

    @property
    def table(self) -> str:
        """For the log."""
        return as_text(("record", "what", "state", "why"), self.lines[:_SHOWN]) if self.lines else "no row"


def report(url: str, obj: ImportObject, companies: Sequence[str], *, undo: bool = False) -> Report:
    """Judge the open plan of each company.

    Args:
        url: the warehouse.
        undo: look at what is to be undone alone, else at everything but that: each run answers for its own rows.
    """
    found = Report()
    with connect(url) as connection:
        connection.autocommit = True
        for company in companies:
            plan = plans.open_plan(connection, obj, company)
            if plan is None:
                continue
            for (kind, state), count in plans.counts(connection, plan.plan_id).items():
                if (kind == "undo") is undo:
                    found.counts[state] += count
            rows = [
                row
                for chunk in plans.chunks(connection, plan.plan_id, _WORTH_A_LINE)
                for row in chunk
                if (row.kind == "undo") is undo
            ]
            found.lines += [(f"{row.spectrum_key} {row.title}", row.kind, row.state, row.reason or "") for row in rows]
            for row in rows:
                if row.state in _BAD:
                    why = "; ".join(filter(None, (row.reason, row.remedy)))
                    found.bad.append(f"{obj.title} {row.spectrum_key} of company {company} is {row.state}: {why}")
    return found


def first_rows(url: str, plan_id: int) -> list[tuple[str, str, str, str]]:
    """The first rows of a plan, for a log."""
    with connect(url) as connection:
        connection.autocommit = True
        rows = plans.rows(connection, plan_id, limit=_SHOWN)
    return [(f"{row.spectrum_key} {row.title}", row.kind, row.state, row.reason or "") for row in rows]
