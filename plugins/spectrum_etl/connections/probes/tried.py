"""What probes that write have found out, and what may be left of them: shared by the probes of this package."""

from __future__ import annotations

from dataclasses import dataclass, field

from spectrum_etl.connections.probes import Found
from spectrum_etl.connections.result import Finding
from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.sources.faults import Refused
from spectrum_etl.sources.procore.marks import PROBE_MARK


@dataclass
class Tried:
    """The answers by name of the probe, and what somebody has to do about the places that were written to."""

    found: dict[str, Found] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, other: Tried) -> None:
        """Take over what was found out elsewhere."""
        self.found.update(other.found)
        self.findings += other.findings


def left_behind(where: str, error: SpectrumEtlError) -> Finding:
    """That a probe could not clean up.

    Args:
        where: the company or project it wrote to.
        error: what kept it from that.
    """
    return Finding(
        "test project", where, "clean up", False, f"a probe may have left something behind: {error.message}",
        f"{where}: what begins with {PROBE_MARK} is ours",
        remedy=error.remedy or "the next check tries again; else remove it in Procore",
    )  # fmt: skip


def refusal(refused: Refused) -> str:
    """What Procore said about the field that it refused.

    Raises:
        Refused: it named no field, so the refusal answers no question.
    """
    if not refused.fields:
        raise refused
    return "; ".join(map(str, refused.fields))
