"""Turns what a reader gives into rows of a landing table: the columns of the spec, as text, in its order."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

import psycopg

from spectrum_etl.errors import StopSync
from spectrum_etl.model.character_marks import shown
from spectrum_etl.model.drift import Drift
from spectrum_etl.model.selection import Selection
from spectrum_etl.model.spec import Column, StagedObject, Table
from spectrum_etl.settings import Settings
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.statements import SEPARATOR
from spectrum_etl.sources.sdx.published import READS
from spectrum_etl.sources.sdx.services import job_can_be_asked_for
from spectrum_etl.warehouse.copy import LandedRow, MarkedRows, copy_lines, copy_rows

log = logging.getLogger(__name__)

BATCH_ROWS = 5_000
#: Last landed column of a partitioned table: the row's part of its partition's checksum, by the source.
CHECKSUM = "_checksum"


@dataclass
class Reading:
    """A running read.

    Args:
        columns: names of the landed columns.
        batches: the rows, in pieces; to be consumed once.
        drift: differences between source and spec; complete once the rows have been consumed.
        lines: instead of `batches`: pieces of rows that are one text each, where the source gives such.
        absent: parts of the key that the source does not have.
        left_out: why nothing can be read of the table at this site, for people; empty where it can.
        not_asked: jobs that the web service cannot be asked for by their number.
        marked: counts the rows that hold a mark in place of a character; complete once the rows have been consumed.
    """

    columns: tuple[str, ...]
    batches: Iterator[Iterable[LandedRow]]
    drift: list[Drift] = field(default_factory=list)
    lines: Iterator[list[str]] | None = None
    absent: tuple[str, ...] = ()
    left_out: str = ""
    not_asked: tuple[str, ...] = ()
    marked: MarkedRows = field(default_factory=MarkedRows)

    def copy_into(self, connection: psycopg.Connection, relation: str) -> int:
        """Stream the rows into a landing table.

        Returns:
            How many they were.

        Raises:
            SeparatorInValue: a value holds what should stand between columns: read again, by columns.
        """
        if self.lines is None:
            return copy_rows(connection, relation, self.columns, self.batches, self.marked)
        return copy_lines(connection, relation, self.columns, self.lines, SEPARATOR, self.marked)


def read(
    table: Table,
    reader: str,
    sources: Sources,
    selection: Selection,
    by_columns: bool = False,
) -> Reading:
    """Begin to read a table.

    Args:
        table: the spec.
        reader: infolink or sdx.
        sources: of the company.
        selection: which rows.
        by_columns: every value on its own, which is slow, but needs no separator.

    Raises:
        StopSync: a required column or field is missing, or an answer is incomplete.
        SpectrumEtlError: what the source's client raises.
    """
    columns = table.read_columns(selection.stage_employees)
    names = tuple(column.name for column in columns)
    if reader == "infolink":
        plan = sources.infolink.plan(table, selection.company_code, selection.stage_employees)
        landed = Reading((*names, CHECKSUM) if table.partitioned else names, iter(()), list(plan.drift))
        landed.absent = tuple(column.name for column in plan.columns if column.spec.assumed and column.source is None)
        landed.left_out = plan.left_out
        if selection.jobs and "job_number" in landed.absent:
            landed.left_out = "its rows do not name a job at this site, so it cannot be narrowed to jobs"
        if landed.left_out:
            return landed
        checksums = table.partitioned
        if by_columns:
            landed.batches = sources.infolink.read(table, selection, batch_rows=BATCH_ROWS, checksums=checksums)
        else:
            landed.lines = sources.infolink.read_lines(table, selection, batch_rows=BATCH_ROWS, checksums=checksums)
        return landed
    reading = Reading(names, iter(()))
    jobs: tuple[str, ...] = ()
    if table.sdx and READS[table.sdx].job_by_job:
        numbers = job_numbers(sources, selection)
        jobs = tuple(number for number in numbers if job_can_be_asked_for(number))
        reading.not_asked = tuple(number for number in numbers if not job_can_be_asked_for(number))
        if reading.not_asked:
            log.warning(
                "%s of company %s: the web services cannot be asked for %s jobs, such as %s; each is listed",
                table.name,
                selection.company_code,
                len(reading.not_asked),
                shown(reading.not_asked[0]),
            )
    records = _records(table, sources, selection, jobs, reading.drift)
    reading.batches = _batches(_rows(table, columns, records, reading.drift))
    return reading


def asks_infolink(obj: StagedObject, settings: Settings) -> bool:
    """Whether a landing of an object queries Info-Link as a rule: it is read from there, or sub jobs are told by it.

    Where the web services are asked alone, Info-Link may still be asked why they show nothing: a few look-ups.
    """
    return any(settings.reader(table) == "infolink" or table.sdx == "jobs" for table in obj.tables)


def job_numbers(sources: Sources, selection: Selection) -> tuple[str, ...]:
    """The jobs a web service is asked for one by one: those of the run, or all that GetJob shows."""
    return selection.jobs or tuple(sources.sdx.job_numbers(selection.company_code))


def _records(
    table: Table, sources: Sources, selection: Selection, jobs: tuple[str, ...], drift: list[Drift]
) -> Iterator[Mapping[str, str]]:
    client, company = sources.sdx, selection.company_code
    if table.sdx == "jobs":
        masters = _master_jobs(sources, company, drift)
        for record in client.read_jobs(company):
            number = record.get("Job_Number", "").strip()
            if not selection.jobs or number in selection.jobs:
                yield {**record, "Master_Job": masters.get(number, "")}
    elif table.sdx == "vendors":
        for record in client.read_vendors(company):
            yield {**record, "Status": "A"}  # the service shows active vendors only
    else:
        yield from client.read_phases(company, jobs, enhanced=table.sdx == "phases")


def _master_jobs(sources: Sources, company: str, drift: list[Drift]) -> Mapping[str, str]:
    """The master of every sub job. The web services do not return it; without it a sub job would look importable."""
    if not sources.has_infolink:
        detail = "the web services do not return it and there is no Info-Link: a sub job looks like any other job (B3)"
        drift.append(Drift(_services("jobs"), "Master_Job", "missing", detail))
        return {}
    drift.extend(sources.infolink.master_jobs_drift())
    return sources.infolink.master_jobs(company)


def _rows(
    table: Table, columns: tuple[Column, ...], records: Iterable[Mapping[str, str]], drift: list[Drift]
) -> Iterator[LandedRow]:
    fields = [(column.sdx, column.type == "text") for column in columns]
    seen: set[str] = set()
    for record in records:
        if not record.keys() <= seen:
            seen |= record.keys()
        # The client compares codes without any white space around them. Casting takes only spaces off: a row would be
        # known by another key than the one that is staged, and that one be deleted.
        values = ((record.get(name) if name else None, is_text) for name, is_text in fields)
        yield [value if value is None or is_text else value.strip() for value, is_text in values]
    if seen:
        drift.extend(_compare(table, columns, seen))


def _compare(table: Table, columns: tuple[Column, ...], seen: Set[str]) -> list[Drift]:
    """The fields of an answer against the spec. One that some records leave out is blank in those."""
    service = _services(table.sdx or "")
    known = {column.sdx for column in columns if column.sdx}
    for column in columns:
        if column.sdx and column.sdx not in seen and (column.key or column.required):
            raise StopSync(
                f"the answer to {service} has no {column.sdx}, and no row can be staged without it",
                object=table.name,
                field=column.sdx,
                remedy="look at the WSDL of the service; nothing was published. Info-Link may have the column: choose"
                " that reader in include/settings.yaml",
            )
    missing = [
        Drift(service, name, "missing", f"{table.name}: the column is staged as NULL") for name in sorted(known - seen)
    ]
    documented = READS[table.sdx or ""].fields | known | {"Master_Job"}
    new = [Drift(service, name, "new", "it is not read") for name in sorted(seen - documented)]
    return missing + new


def _services(read: str) -> str:
    """What gives the records of a read, as drift and errors name it."""
    return ", ".join(READS[read].services)


def _batches(rows: Iterator[LandedRow]) -> Iterator[Iterable[LandedRow]]:
    while batch := list(itertools.islice(rows, BATCH_ROWS)):
        yield batch
