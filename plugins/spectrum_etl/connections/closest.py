"""What may be meant by a table or column that Info-Link lacks: the names most like it, and the lines to paste (O1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

import yaml

from spectrum_etl.connections.result import Finding
from spectrum_etl.errors import FixConfiguration
from spectrum_etl.sources.infolink import casts
from spectrum_etl.sources.infolink.closest import closest
from spectrum_etl.sources.infolink.reader import InfoLinkReader


def with_closest(
    findings: Iterable[Finding],
    reader: InfoLinkReader,
    company: str,
    known: Mapping[str, Iterable[str]],
    families: Mapping[tuple[str, str], casts.Family | None],
) -> list[Finding]:
    """The findings, those of something missing with what may be meant.

    Args:
        findings: all differences of a site. Columns that nobody knows are among them, as new ones: only these can be
            meant by a name that is missing.
        reader: inside its `with`.
        company: company code, for the settings.
        known: Info-Link table -> its columns: a table that is known by a name of its own is not meant by another.
        families: (Info-Link table, column), both in upper case -> what the column has to hold; None for anything.
    """
    findings = list(findings)
    unknown = defaultdict(list)
    for finding in findings:
        if finding.difference == "new":
            unknown[finding.subject].append(finding.item)
    found = []
    for finding in findings:
        if finding.difference != "missing":
            found.append(finding)
        elif finding.item:
            found.append(_column(finding, reader, company, unknown[finding.subject], families))
        else:
            found.append(_table(finding, reader, company, known))
    return found


def _column(
    finding: Finding,
    reader: InfoLinkReader,
    company: str,
    unknown: list[str],
    families: Mapping[tuple[str, str], casts.Family | None],
) -> Finding:
    try:
        columns = reader.table(finding.subject).columns
    except FixConfiguration:
        return finding
    wanted = families.get((finding.subject.upper(), finding.item.upper()))
    fitting = [name for name in unknown if name in columns and wanted in (None, casts.family(columns[name]))]
    near = closest(finding.item, fitting)
    if not near:
        return finding
    named = ", ".join(f"{name} {columns[name]}" for name in near)
    return replace(finding, closest=named, paste=_paste(company, finding.subject, columns={finding.item: near[0]}))


def _table(finding: Finding, reader: InfoLinkReader, company: str, known: Mapping[str, Iterable[str]]) -> Finding:
    alike = {}
    for schema, name in reader.tables():
        is_dbo = schema.lower() == "dbo"
        # Of a table that is known by its own name only itself can be meant, in another schema.
        if name.upper() not in known or (name.upper() == finding.subject.upper() and not is_dbo):
            alike[name] = name if is_dbo else f"{schema}.{name}"
    near = [alike[name] for name in closest(finding.subject.removesuffix("_MC"), alike)]
    if not near:
        return finding
    return replace(finding, closest=", ".join(near), paste=_paste(company, finding.subject, table=near[0]))


def _paste(company: str, subject: str, **named: object) -> str:
    lines = {"infolink": {"names": {company: {subject: named}}}}
    return yaml.safe_dump(lines, sort_keys=False, allow_unicode=True)
