"""What imports and exports need of a Procore company, with a finding where it lacks that; for `procore_company`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spectrum_etl.connections.result import Finding
from spectrum_etl.model import dag_ids

_LEVELS = ("none", "read_only", "standard", "admin")
#: What imports need of the company's tools (Procore's documentation of vendors/sync names this one).
_COMPANY_NEEDS = {"directory": "admin"}
#: And of a project's tools: assumed, since no publication names the level that each call needs.
_PROJECT_NEEDS = {"budget": "standard", "prime_contracts": "standard", "direct_costs": "standard"}
#: The import that a right of the company is for.
_IMPORT_OF_TOOL = {"directory": "vendors"}
#: The import that is refused while records of a kind carry the id of another integration.
_IMPORT_OF = {"companies": "vendors", "projects": "jobs"}


@dataclass(frozen=True)
class Rights:
    """What the service account may do.

    Args:
        fact: all levels, in words.
        findings: those that are too low.
    """

    fact: str
    findings: tuple[Finding, ...]


def foreign(subject: str, detail: str, in_use: frozenset[str], *, refused: bool) -> Finding:
    """That records carry the id of another integration.

    Args:
        subject: kind of records.
        detail: how many, and some of them.
        in_use: names of the imports that are in use.
        refused: whether a probe found that Procore does not let such ids be replaced.
    """
    name = _IMPORT_OF.get(subject)
    if refused:
        return Finding(
            subject,
            "origin ids",
            "ask Procore",
            name in in_use,
            f"{detail}, and Procore does not let it be replaced (a probe)",
            f"{dag_ids.IMPORT}{name}, which is refused until the ids are gone" if name else "what is exported of them",
            remedy="ask Procore's support to remove the ERP ids of the integration that was switched off from these"
            " records, then look again (docs/switching.md)",
        )
    if name is not None:
        return Finding(
            subject,
            "origin ids",
            "take over",
            name in in_use,
            detail,
            f"{dag_ids.IMPORT}{name}, which is refused until they are taken over, and what is exported of them",
            remedy="have Procore switch the other integration off, then confirm that in the form of"
            f" {dag_ids.IMPORT}{name} and accept the rows that take them over (docs/switching.md)",
        )
    return Finding(
        subject,
        "origin ids",
        "take over",
        False,
        detail,
        "change orders and contracts of records that are not linked here: they cannot be exported",
        remedy="take over companies and projects first; then link these records (docs/switching.md)",
    )


def company_rights(levels: Mapping[str, str], in_use: frozenset[str]) -> Rights:
    """The levels of the company's tools.

    Args:
        levels: by tool.
        in_use: names of the imports that are in use.
    """
    findings = [
        Finding(
            "company",
            tool,
            "grant",
            _IMPORT_OF_TOOL[tool] in in_use,
            f"the service account's level on {tool} is {levels.get(tool, 'none')}; {needed} is needed",
            f"{dag_ids.IMPORT}{_IMPORT_OF_TOOL[tool]}, which cannot write without it, and links of exports",
            remedy=f"give the service account the level {needed} on the company's tool {tool}",
        )
        for tool, needed in _COMPANY_NEEDS.items()
        if not _suffices(levels.get(tool, "none"), needed)
    ]
    return Rights(_all(levels), tuple(findings))


def project_rights(projects: Sequence[tuple[str, Mapping[str, str], Sequence[str]]]) -> Rights:
    """The levels of tools in some projects; a tool that a project does not show is switched off there.

    Args:
        projects: name, level by tool, and the tools that are switched off.
    """
    facts = [
        f"{name}: {_all(levels)}" + (f"; switched off: {', '.join(off)}" if off else "")
        for name, levels, off in projects
    ]
    findings = []
    for tool, needed in _PROJECT_NEEDS.items():
        low = [
            f"{name}: {levels[tool]}"
            for name, levels, _ in projects
            if tool in levels and not _suffices(levels[tool], needed)
        ]
        if low:
            findings.append(
                Finding(
                    "projects",
                    tool,
                    "grant",
                    False,
                    f"the account's level on {tool} is too low ({'; '.join(low)}); {needed} is needed (assumed)",
                    "what is imported into these projects, and exported from them",
                    remedy=f"give the service account the level {needed} on {tool} by its permission template",
                )
            )
    return Rights(". ".join(facts), tuple(findings))


def _all(levels: Mapping[str, str]) -> str:
    return ", ".join(f"{tool} {level}" for tool, level in sorted(levels.items())) or "no tool is shown"


def _suffices(held: str, needed: str) -> bool:
    return held not in _LEVELS or _LEVELS.index(held) >= _LEVELS.index(needed)
