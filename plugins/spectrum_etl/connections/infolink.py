"""Checks Info-Link: the login, and whether its tables and columns are those that the specs read.

Only the catalog is read, and of each table at most one row, to learn whether the login may.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from spectrum_etl.connections.closest import unknown_tables, with_closest
from spectrum_etl.connections.compared import compare_names, wanted_names
from spectrum_etl.connections.reasons import not_connected
from spectrum_etl.connections.result import Checked, Finding
from spectrum_etl.connections.tracking import facts
from spectrum_etl.errors import FixConfiguration, SpectrumEtlError, StopSync
from spectrum_etl.exports.spectrum import tables
from spectrum_etl.model.drift import Drift
from spectrum_etl.model.spec import StagedObject, Table
from spectrum_etl.settings import Company, Schedule, Settings
from spectrum_etl.sources.infolink.binds import Statement
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.sources.infolink.lookup import Lookup
from spectrum_etl.sources.infolink.names import columns_read, names_read
from spectrum_etl.sources.infolink.planner import expected_family, make_plan
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.sources.infolink.site import SiteTable
from spectrum_etl.staging.companies import unknown_to_infolink
from spectrum_etl.staging.objects import OBJECTS

#: So many tables and columns are named in a reason; all are in the list of differences.
_NAMED = 5
_COMPANY = "Company_Code"
_EXPORTS = "the exports, which look there for what Spectrum holds"


def check_infolink(company: Company, connection: InfoLinkConnection, settings: Settings) -> Checked:
    """Log in, and lay every spec over the columns that are there.

    Args:
        company: whose; its `infolink_conn_id` is set.
        connection: where to.
        settings: say which tables are read from Info-Link, how often, and whether employees are.

    Returns:
        Not connected where it does not answer, or where something that the settings need of it is not there; with all
        differences, the indexes of the transactions, and which tables the server tracks.
    """
    conn_id = company.infolink_conn_id or ""
    try:
        brief = replace(connection, query_timeout=min(connection.query_timeout, 60))
        names, written = settings.infolink.of(company.code), {company.code: company.written}
        with InfoLinkReader(brief, names=names, written=written) as reader:
            comparison = _Comparison(company, reader, settings)
            findings = comparison.run()
            lookups = tuple(comparison.lookups())
            listed = compare_names(OBJECTS.values(), lookups, reader, findings, settings.stage_employees)
            missing = any(not table.here for table in listed)
            others = tuple(sorted(unknown_tables(reader, comparison.known()))) if missing else ()
            unknown = unknown_to_infolink(reader, company.code)
            learned = facts(reader, OBJECTS.values())
    except SpectrumEtlError as error:
        return not_connected(company.code, conn_id, "Info-Link", error)
    broken = ("unknown company", unknown.sentence, unknown.remedy or "") if unknown else _lacking(findings)
    found = Checked(company.code, conn_id, "Info-Link", *broken, findings=findings, tables=listed, facts=learned)
    return replace(found, others=others)


def _lacking(findings: tuple[Finding, ...]) -> tuple[str, str, str]:
    """Cause, reason and remedy where syncs or exports cannot run, though the login works; blank where they can."""
    stops = [f"{f.subject}.{f.item}".rstrip(".") for f in findings if f.stops]
    if not stops:
        return "", "", ""
    named = ", ".join(stops[:_NAMED]) + (f" and {len(stops) - _NAMED} more" if len(stops) > _NAMED else "")
    return (
        "not permitted",
        f"the login works, but {named} cannot be read, and syncs or exports need that",
        "allow it in Info-Link (table security, then Update Database); if this site uses another name, give it in"
        " infolink.names (docs/setup.md, A site with other names); or set the schedule of what reads it to never. The"
        " list of differences says what needs each",
    )


def _broken(source: str, error: StopSync) -> FixConfiguration:
    """A table or view that is shown, and that the server cannot read: others are compared all the same."""
    number = f"error {error.code}" if error.code else "an error"
    return FixConfiguration(
        f"the SQL Server shows it, and answers with {number} when it is read",
        object=source,
        remedy="have the view or table repaired at the SQL Server, or name another one in infolink.names",
    )


@dataclass(frozen=True)
class _Use:
    """Who reads a table, and whether the settings have it read."""

    who: str
    active: bool


class _Comparison:
    def __init__(self, company: Company, reader: InfoLinkReader, settings: Settings) -> None:
        self.company, self.reader, self.settings = company, reader, settings
        self.findings: dict[tuple[str, str, str], Finding] = {}
        self.users: dict[tuple[str, str, str], list[str]] = {}
        self.readable: dict[str, SpectrumEtlError | None] = {}

    def run(self) -> tuple[Finding, ...]:
        for obj in OBJECTS.values():
            for table in obj.tables:
                if table.infolink:
                    self._staged(obj, table)
        for lookup in self.lookups():
            self._looked_up(lookup)
        tables_of_specs = [table for obj in OBJECTS.values() for table in obj.tables]
        known = self.known()
        families = {(table, name): expected_family(column) for table, name, column in columns_read(tables_of_specs)}
        names = wanted_names(OBJECTS.values(), self.lookups())
        return tuple(with_closest(self.findings.values(), self.reader, self.company.code, known, names, families))

    def known(self) -> Mapping[str, frozenset[str]]:
        """Info-Link table -> its columns that anything reads or knows."""
        return names_read(table for obj in OBJECTS.values() for table in obj.tables)

    def lookups(self) -> Iterator[Lookup]:
        """What the exports look up, where the company exports."""
        if self.company.procore_company_id is not None:
            yield from (lookup for lookup in vars(tables).values() if isinstance(lookup, Lookup))

    def _staged(self, obj: StagedObject, table: Table) -> None:
        assert table.infolink is not None
        by_infolink = self.settings.reader(table) == "infolink"
        wanted = self.settings.schedule(obj) is not Schedule.NEVER
        rest = "" if by_infolink and wanted else ", on demand" if by_infolink else ", if it were read from Info-Link"
        use = _Use(f"stage of {table.name}{rest}", by_infolink and wanted)
        if not all(
            [
                self._is_readable(source, use, alias in table.infolink.optional)
                for alias, source in table.infolink.tables.items()
            ]
        ):
            return
        # The first column that stops a sync is reported by an error. To find the others too, it is assumed to be there.
        assumed: dict[str, dict[str, str]] = {}
        while True:
            try:
                plan = make_plan(
                    table,
                    self.company.code,
                    self.settings.stage_employees,
                    lambda source: self._with_columns(source, assumed.get(source, {})),
                    login_company=self.reader.connection.login_company,
                )
            except StopSync as error:
                source, _, column = (error.field or "").partition(".")
                if not column or column in assumed.get(source, {}):
                    raise
                assumed.setdefault(source, {})[column] = "decimal(14,2)"
                missing = error.cause == "column missing"
                self._note(Drift(source, column, "missing" if missing else "type", error.message), use, stops=True)
                continue
            except FixConfiguration as error:
                # A view of one company, of which nothing says that it is this one.
                named = (name for name in table.infolink.tables.values() if error.field == self._company(name))
                source = next(named, "")
                if not source or _COMPANY in assumed.get(source, {}):
                    raise
                assumed.setdefault(source, {})[_COMPANY] = "varchar(3)"
                self._note(Drift(source, _COMPANY, "missing", error.message), use, stops=True)
                continue
            break
        for drift in plan.drift:
            if drift.column not in assumed.get(drift.table, {}):
                self._note(drift, use, stops=False)

    def _company(self, source: str) -> str:
        """How an error names the company code of a table; blank where the table is not shown."""
        return f"{self.reader.table(source).name}.{_COMPANY}" if self.readable.get(source) is None else ""

    def _with_columns(self, source: str, columns: dict[str, str]) -> SiteTable:
        """A table with columns that it lacks."""
        table = self.reader.table(source)
        return replace(table, columns={**table.columns, **columns})

    def _looked_up(self, lookup: Lookup) -> None:
        use = _Use(_EXPORTS, not lookup.assumed)
        if not self._is_readable(lookup.table, use):
            return
        there = self.reader.table(lookup.table)
        for name, named in lookup.columns.items():
            if name == _COMPANY and self.reader.shows_only(there, self.company.code):
                continue
            columns = (named,) if isinstance(named, str) else named
            if not any(there.find(column) for column in columns):
                needed = name in lookup.required
                stops = needed and not lookup.assumed
                effect = "what Spectrum holds is unknown" if needed else "what it holds is not compared"
                self._note(Drift(lookup.table, columns[0], "missing", f"not there; {effect}"), use, stops=stops)

    def _is_readable(self, source: str, use: _Use, optional: bool = False) -> bool:
        """Whether Info-Link shows a table to this login and lets it read, or nothing stops without it."""
        if source not in self.readable:
            self.readable[source] = self._try(source)
        error = self.readable[source]
        if error is not None and not optional:
            detail = f"{error.message}. What to do: {error.remedy}"
            self._note(Drift(source, "", "missing", detail), use, stops=True)
        return error is None or optional

    def _try(self, source: str) -> SpectrumEtlError | None:
        try:
            # The relation comes from this package and the settings. No column of it is asked for: a view may fail by a
            # value, and its error would quote that.
            query = f"SELECT TOP (1) 1 AS is_there FROM {self.reader.table(source).relation} AS t"  # noqa: S608
            self.reader.rows(Statement(query, {}), source, self.company.code)
        except FixConfiguration as error:
            return error
        except StopSync as error:
            return _broken(source, error)
        return None

    def _note(self, drift: Drift, use: _Use, *, stops: bool) -> None:
        key = (drift.table, drift.column.upper(), drift.change)
        known = self.findings.get(key)
        stops = stops and use.active
        users = self.users.setdefault(key, [])
        if known is None:
            self.findings[key] = Finding(drift.table, drift.column, drift.change, stops, drift.detail, use.who)
        elif use.who not in users:
            self.findings[key] = replace(known, stops=known.stops or stops, affects=f"{known.affects}; {use.who}")
        users.append(use.who)
