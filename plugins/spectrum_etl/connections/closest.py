"""What may be meant by a table or column that Info-Link lacks: the names most like it, and the lines to paste (O1)."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

import yaml

from spectrum_etl.connections.result import Finding
from spectrum_etl.errors import FixConfiguration
from spectrum_etl.settings.infolink import table_name
from spectrum_etl.sources.infolink import casts
from spectrum_etl.sources.infolink.closest import TABLES_ALIKE, closest, meant_by, stands_out, subject_of
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.sources.infolink.site import SiteTable

_COMPANY = "COMPANY_CODE"


def with_closest(
    findings: Iterable[Finding],
    reader: InfoLinkReader,
    company: str,
    known: Mapping[str, Iterable[str]],
    wanted: Mapping[str, Iterable[tuple[str, ...]]],
    families: Mapping[tuple[str, str], casts.Family | None],
) -> list[Finding]:
    """The findings, those of something missing with what may be meant.

    Args:
        findings: all differences of a site. Columns that nobody knows are among them, as new ones: only these can be
            meant by a name that is missing.
        reader: inside its `with`.
        company: company code, for the settings.
        known: Info-Link table -> its columns: a table that is known by a name of its own is not meant by another.
        wanted: Info-Link table -> the names that each column that is read of it may have.
        families: (Info-Link table, column), both in upper case -> what the column has to hold; None for anything.
    """
    findings = list(findings)
    unknown = defaultdict(list)
    for finding in findings:
        if finding.difference == "new":
            unknown[finding.subject].append(finding.item)
    tables = unknown_tables(reader, known) if any(f.difference == "missing" and not f.item for f in findings) else {}
    found = []
    for finding in findings:
        if finding.difference != "missing":
            found.append(finding)
        elif finding.item:
            meant = _meant(finding, reader, unknown[finding.subject], wanted.get(finding.subject, ()))
            found.append(_column(finding, reader, company, meant, families))
        else:
            found.append(_table(finding, reader, company, tables, wanted))
    return found


def unknown_tables(reader: InfoLinkReader, known: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Site's name, as settings write it -> schema and name, of the tables that stand for none that is known.

    Args:
        reader: inside its `with`.
        known: names of the specs.
    """
    used = {site.name.upper() for name in known if (site := _shown(reader, name))}
    named = {table_name(schema, name): (schema, name) for schema, name in reader.tables()}
    return {name: place for name, place in named.items() if name.upper() not in used}


def _shown(reader: InfoLinkReader, name: str) -> SiteTable | None:
    try:
        return reader.table(name)
    except FixConfiguration:
        return None


def _meant(
    finding: Finding, reader: InfoLinkReader, unknown: Iterable[str], wanted: Iterable[tuple[str, ...]]
) -> list[str]:
    """The names of the site that are more like the column than like any other that is missing."""
    site = _shown(reader, finding.subject)
    if site is None:
        return []
    missing = [names for names in wanted if not any(site.find(name) for name in names)]
    item = finding.item.upper()
    return [name for name in unknown if item in map(str.upper, meant_by(name, missing))]


def _column(
    finding: Finding,
    reader: InfoLinkReader,
    company: str,
    unknown: list[str],
    families: Mapping[tuple[str, str], casts.Family | None],
) -> Finding:
    site = _shown(reader, finding.subject)
    if site is None:
        return finding
    columns = site.columns
    wanted = families.get((finding.subject.upper(), finding.item.upper()))
    fitting = [name for name in unknown if name in columns and wanted in (None, casts.family(columns[name]))]
    near = closest(finding.item, fitting)
    if not near and finding.item.upper() == _COMPANY and (site.named or not site.is_shared):
        # Never proposed: were it wrong, every company's rows would be staged as this one's.
        said = f"if {site.name} shows only the rows of company {company}, write one_company: true for {finding.subject}"
        return replace(finding, detail=f"{finding.detail}; {said} in infolink.names; else name its company column")
    if not near:
        return finding
    named = ", ".join(f"{name} {columns[name]}" for name in near)
    if not stands_out(finding.item, near):
        return replace(finding, closest=named)
    return replace(finding, closest=named, paste=_paste(company, finding.subject, columns={finding.item: near[0]}))


def _table(
    finding: Finding,
    reader: InfoLinkReader,
    company: str,
    tables: Mapping[str, tuple[str, str]],
    wanted: Iterable[str],
) -> Finding:
    try:
        reader.table(finding.subject)
    except FixConfiguration as error:
        if error.cause == "column missing":
            return finding  # it is there: the settings name a column that it does not have
    # A copy of a table that is there, in another schema, is meant by no other.
    known = [(subject_of(name),) for name in wanted]
    subject, meant = subject_of(finding.subject), defaultdict(list)
    for written, (_, name) in tables.items():
        if meant_by(subject_of(name), known) == (subject,):
            meant[subject_of(name)].append(written)
    alike = closest(subject, meant, TABLES_ALIKE)
    near = [written for name in alike for written in meant[name]]
    if not near:
        return finding
    if len(meant[alike[0]]) > 1 or not stands_out(subject, alike):
        return replace(finding, closest=", ".join(near))
    return replace(finding, closest=", ".join(near), paste=_paste(company, finding.subject, table=near[0]))


def _paste(company: str, subject: str, **named: object) -> str:
    lines = {"infolink": {"names": {company: {subject: named}}}}
    return as_yaml(lines)


def as_yaml(lines: object) -> str:
    """Lines of settings to paste: a name stays on one line, however long it is and whatever it holds."""
    return yaml.safe_dump(lines, sort_keys=False, allow_unicode=True, width=sys.maxsize)
