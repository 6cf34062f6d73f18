"""Collects what was measured and writes it down as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("apache-airflow", "great-expectations", "psycopg", "pymssql", "sqlalchemy")


@dataclass(frozen=True)
class Target:
    """A number to reach.

    Args:
        what: the target, with its limit.
        measured: what came out.
        met: whether it is reached; None where nothing is to be judged.
        detail: where the time or memory went: the cause, where it is missed.
    """

    what: str
    measured: str
    met: bool | None
    detail: str = ""


@dataclass(frozen=True)
class Table:
    """A table for people."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass
class Report:
    """What one run of `make bench` found.

    Args:
        size: what was measured, in words.
    """

    size: str
    targets: list[Target] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    load_at_start: float = field(default_factory=lambda: os.getloadavg()[0])
    versions: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def ratio(self, what: str, numerator: float, denominator: float, limit: float, detail: str = "") -> None:
        """Judge a ratio that must not be above a limit."""
        measured = numerator / denominator if denominator > 0 else float("inf")
        words = f"{measured:.2f} × ({numerator:.1f} s / {denominator:.1f} s)"
        self.targets.append(Target(what, words, measured <= limit, detail))

    def judge(self, what: str, measured: str, met: bool | None, detail: str = "") -> None:
        """Write down a target and whether it is met."""
        self.targets.append(Target(what, measured, met, detail))

    def markdown(self) -> str:
        """The whole report."""
        now = datetime.now(UTC)
        lines = ["# Measurements", "", "Written by `make bench`; everything below was measured in one run.", ""]
        load = f"load of the last minute at the start {self.load_at_start:.1f}: beside other work, ratios mean little"
        lines += [f"- Date: {now:%Y-%m-%d %H:%M} UTC", f"- Size: {self.size}", f"- Machine: {machine()}; {load}"]
        versions = {**{name: version(name) for name in _PACKAGES}, **self.versions}
        lines.append("- Versions: " + ", ".join(f"{name} {number}" for name, number in versions.items()))
        lines += ["", "## Targets", ""]
        marks = {True: "met", False: "**missed**", None: "-"}
        lines += _table(("target", "measured", ""), [(t.what, t.measured, marks[t.met]) for t in self.targets])
        missed = [target for target in self.targets if target.met is False and target.detail]
        if missed:
            lines += ["", "### What was missed, and where it went", ""]
            lines += [f"- {target.what}: {target.measured}. {target.detail}" for target in missed]
        if self.failures:
            lines += ["", "### Not measured", "", *(f"- {failure}" for failure in self.failures)]
        for table in self.tables:
            lines += ["", f"## {table.title}", "", *_table(table.header, table.rows)]
            if table.note:
                lines += ["", table.note]
        return "\n".join(lines) + "\n"

    def write(self, path: Path) -> None:
        """Write the report to a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.markdown(), encoding="utf-8")


def machine() -> str:
    """Cores, memory, processor and systems of this machine."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores ({model}), {memory:.0f} GiB memory, {platform.system()}, Python {platform.python_version()}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return [line(header), line(["---"] * len(header)), *(line(row) for row in rows)]
