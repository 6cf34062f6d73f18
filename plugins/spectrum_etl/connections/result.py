"""What a check of one connection finds. Made by the modules of this package, written by `record`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from spectrum_etl.model.drift import DriftKind

if TYPE_CHECKING:
    from spectrum_etl.connections.compared import ComparedTable
    from spectrum_etl.connections.probes import Found

Kind = Literal["web services", "Info-Link", "Procore", "warehouse"]
#: Not passed on to other tasks: only how many findings there are.
_LONG = ("services", "findings", "tables", "others", "facts", "probes", "procore_company")

#: What a finding of Procore says to do; the comment of `sync.connection_findings.difference` explains each.
Action = Literal["take over", "grant", "permit", "switch off", "leave out", "ask Procore", "clean up"]

ServiceState = Literal["Enabled", "Declared", "Not enabled", "Missing", "Not checked"]


@dataclass(frozen=True)
class CheckedService:
    """One web service of Spectrum.

    Args:
        name: as Data Exchange lists it.
        direction: whether this package reads or writes with it.
        needed: whether the settings as they are make use of it.
        used_by: staged tables or exports that use it.
        status: see the comment of `sync.connection_services.status`.
        reason: what happened, in a sentence.
        remedy: what to do.
    """

    name: str
    direction: Literal["reads", "writes"]
    needed: bool
    used_by: str
    status: ServiceState
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Finding:
    """Something that somebody has to look at: where Spectrum differs from what is known of it, or what Procore needs.

    Args:
        subject: web service, Info-Link table, or kind of Procore's records.
        item: parameter, element or column; blank where the whole table is meant; of Procore what of the records.
        difference: missing, new, or type; of Procore what to do.
        stops: whether what it affects cannot run.
        detail: what differs, or what is there.
        affects: staged tables, imports or exports, and how.
        closest: of something missing, what is there and most like it, best first; blank where nothing is.
        paste: lines of the settings that name the first of those; blank where another is as much like it.
        remedy: what to do, as an instruction; blank where the detail says it.
    """

    subject: str
    item: str
    difference: DriftKind | Action
    stops: bool
    detail: str
    affects: str
    closest: str = ""
    paste: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Fact:
    """Something worth knowing: to read a table with less load, to know a Procore company.

    Nothing depends on it.

    Args:
        subject: Info-Link table, or a kind of Procore's records.
        item: what of it: indexes, change tracking, change data capture; origin ids, rights, custom segments ...
        fact: what is there, in words, or that it is not known and why.
    """

    subject: str
    item: str
    fact: str


@dataclass(frozen=True)
class Checked:
    """One connection of one company.

    Args:
        company: company code.
        connection: id of the Airflow connection.
        kind: which system.
        cause: which of the usual reasons; blank when connected.
        reason: what happened, in a sentence; never a secret.
        remedy: what to do.
        services: of Spectrum's web services, what became of each; None where they were not looked at.
        findings: differences; None where they could not be looked for, so that those of the last check stay.
        tables: of Info-Link, every table and column that the specs name; None where they could not be looked at.
        others: of Info-Link, the names of all tables and views that nothing knows, where a table is missing.
        facts: what else was learned of its tables or records; those of the last check stay with the differences.
        probes: of Procore, what was found out just now, by name of the probe.
        procore_company: the Procore company that it was found out about.
    """

    company: str
    connection: str
    kind: Kind
    cause: str = ""
    reason: str = ""
    remedy: str = ""
    services: tuple[CheckedService, ...] | None = None
    findings: tuple[Finding, ...] | None = field(default=None)
    tables: tuple[ComparedTable, ...] | None = field(default=None)
    others: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    probes: Mapping[str, Found] = field(default_factory=dict)
    procore_company: int | None = None

    @property
    def connected(self) -> bool:
        """Whether it can be used."""
        return not self.cause

    @property
    def status(self) -> str:
        """As the page shows it."""
        return "Connected" if self.connected else "Not connected"

    def to_dict(self) -> dict[str, Any]:
        """As it travels between tasks: short, with how many findings there are in place of what they are."""
        told = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _LONG}
        findings = self.findings or ()
        return {**told, "status": self.status, "findings": len(findings), "stops": sum(f.stops for f in findings)}


def summary(found: Sequence[dict[str, Any]]) -> str:
    """What a check found, one line a connection, for the log and for the message of a failed run.

    Args:
        found: what `Checked.to_dict` gives.
    """
    lines = []
    for one in found:
        line = f"company {one['company']}, {one['kind']} ({one['connection']}): {one['status']}"
        if one["cause"]:
            line += f", {one['cause']}: {one['reason'].rstrip('.')}. What to do: {one['remedy'].rstrip('.')}."
        elif one["findings"]:
            what = "things to do" if one["kind"] == "Procore" else "differences"
            line += f"; {one['findings']} {what}, {one['stops']} of them stop a sync, an import or an export"
        lines.append(line)
    return "\n".join(lines)
