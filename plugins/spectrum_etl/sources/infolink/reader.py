"""Reads Spectrum's tables from Info-Link as text, and fingerprints them.

Reads run in autocommit at READ COMMITTED: no dirty rows, which would give wrong totals, and no transaction that stays
open on the ERP. A row that moves while it is being read can still be seen twice or not at all; a snapshot catches that
by its keys, transactions by fingerprints before and after. `isolation: snapshot` in the connection avoids it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any, NamedTuple, Self

import pymssql
from pymssql._mssql import substitute_params

from spectrum_etl.errors import RetryLater, StopSync
from spectrum_etl.model.character_marks import mark_for_database
from spectrum_etl.model.drift import Drift
from spectrum_etl.model.selection import Selection
from spectrum_etl.model.spec import Table
from spectrum_etl.settings import COUNTED_CHANGE_TYPES
from spectrum_etl.settings.infolink import SiteNames
from spectrum_etl.sources.infolink import statements
from spectrum_etl.sources.infolink.binds import PERCENT, Statement
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.sources.infolink.faults import explain, missing_table
from spectrum_etl.sources.infolink.plan import ReadPlan
from spectrum_etl.sources.infolink.planner import make_plan
from spectrum_etl.sources.infolink.site import SiteTable, site_table

SourceRow = tuple[str | None, ...]

_MASTERS = "JC_JOB_MASTER_MC"


class SeparatorInValue(Exception):
    """A value of this Info-Link table holds the separator of lines, so its rows have to be read by columns."""


class Fingerprint(NamedTuple):
    """What the source holds of one job and month.

    Args:
        job: trimmed job number; empty where it is blank.
        month: first six characters of the date's text; empty where it is blank.
        rows: how many.
        amount, hours, quantity: sums, as decimal text.
        checksum: sum of 64 bits of every row's hash, as decimal text.
    """

    job: str
    month: str
    rows: int
    amount: str
    hours: str
    quantity: str
    checksum: str


class InfoLinkReader:
    """One connection to Info-Link. A context manager; one iterator of it is read at a time.

    Args:
        connection: where and who.
        change_types: types of change request statuses that count towards the estimate.
        names: what this site calls otherwise, by upper-case table (`InfoLinkSettings.of`).
        written: company code -> what the tables write for it, where that is something else.

    Raises, from every method: what `faults.explain` makes of the driver's errors.
    """

    def __init__(
        self,
        connection: InfoLinkConnection,
        change_types: tuple[str, ...] = COUNTED_CHANGE_TYPES,
        names: Mapping[str, SiteNames] | None = None,
        written: Mapping[str, str] | None = None,
    ) -> None:
        self.connection = connection
        self.change_types = change_types
        self._names = names or {}
        self._written = written or {}
        self._opened: pymssql.Connection | None = None
        self._tables: dict[str, SiteTable] = {}
        self._shown: list[tuple[str, str]] | None = None
        self._executions = 0

    def __enter__(self) -> Self:
        self._opened = self.connection.open()
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._opened is not None:
            # Closing the socket also ends a query whose rows were not all taken.
            with suppress(pymssql.Error):  # it may be broken, which whoever read has been told
                self._opened.close()
            self._opened = None

    def table(self, name: str) -> SiteTable:
        """A table of Info-Link as this site has it.

        Args:
            name: as the specs call it, without schema. Where the settings name another table or view, that is taken;
                else the one of this name in `dbo`, or the one without `_MC`, which shows the rows of the login's own
                company. Names are looked for without regard to case.

        Raises:
            FixConfiguration: Info-Link does not show the table to this user, or the settings name a column that it
                does not have.
        """
        if name not in self._tables:
            names = self._names.get(name.upper())
            schema, wanted = (names and names.place) or ("dbo", None)
            # NULL, where the server cannot tell, is no refusal.
            rows = [row for row in self._all(statements.columns_statement(name, schema, wanted), name) if row[8] != 0]
            if not rows:
                raise missing_table(name, self.connection, named=names.table if names else None)
            # As it is written first, where letter case counts. Of X_MC and X the longer name is the one that holds
            # every company.
            places = sorted({(str(row[0]), str(row[1])) for row in rows})
            found = max(places, key=lambda place: (place[0] == schema, place[1] == wanted, len(place[1])))
            rows = [row for row in rows if (row[0], row[1]) == found]
            columns = [(str(row[2]), _type_text(*row[3:7])) for row in rows]
            collations = {str(row[2]): str(row[7]) for row in rows if row[7]}
            self._tables[name] = site_table(name, *found, columns, names, collations)
        return self._tables[name]

    def tables(self) -> list[tuple[str, str]]:
        """Schema and name of every table and view that this user may read."""
        if self._shown is None:
            rows = self._all(statements.tables_statement(), "INFORMATION_SCHEMA.TABLES")
            self._shown = [(str(schema), str(name)) for schema, name in rows]
        return self._shown

    def shows_only(self, table: SiteTable, company: str) -> bool:
        """Whether a table without company code shows the rows of this company alone.

        The settings say so, or it is the view of the login's own company, which nobody named.
        """
        by_login = self.connection.login_company.upper() == company.strip().upper()
        return table.one_company or (by_login and not table.is_shared and not table.named)

    def written(self, company: str) -> str:
        """What the tables write for a company code, trimmed."""
        return self._written.get(company.strip(), company.strip())

    def plan(self, table: Table, company: str, stage_employees: bool = False) -> ReadPlan:
        """What is read of a table at this site, and how the site differs from the spec (M4).

        Args:
            table: the spec.
            company: company code.
            stage_employees: whether personal columns are read (M9).

        Raises:
            StopSync: a key, required or summed column is missing, or a summed one does not hold numbers.
            FixConfiguration: Info-Link does not show one of its tables to this user.
        """
        return make_plan(
            table,
            company,
            stage_employees,
            self.table,
            login_company=self.connection.login_company,
            change_types=self.change_types,
            written=self.written(company),
        )

    def read(
        self,
        table: Table,
        selection: Selection,
        *,
        batch_rows: int = 5000,
        checksums: bool = False,
    ) -> Iterator[list[SourceRow]]:
        """The rows of a table, as the text that the source holds, in constant memory.

        Args:
            table: the spec.
            selection: which rows.
            batch_rows: rows in a batch.
            checksums: end every row with its checksum; they add up to those of `fingerprints`.

        Returns:
            Batches of rows, columns in the order of `plan(...).columns`, untrimmed.

        Raises:
            RetryLater: the connection was lost, or fewer rows arrived than the server counted.
        """
        plan = self.plan(table, selection.company_code, selection.stage_employees)
        pieces = selection.pieces(statements.PAIRS)
        built = [statements.read_statement(plan, piece, checksums=checksums) for piece in pieces]
        return self._read(plan, built, batch_rows)

    def read_lines(
        self,
        table: Table,
        selection: Selection,
        *,
        batch_rows: int = 5000,
        checksums: bool = False,
    ) -> Iterator[list[str]]:
        """As `read`, but each row is one text: its columns with `statements.SEPARATOR` between them, NULL as blank.

        Raises:
            SeparatorInValue: a value holds the separator; nothing of its batch was given out. Read by columns then.
        """
        plan = self.plan(table, selection.company_code, selection.stage_employees)
        pieces = selection.pieces(statements.PAIRS)
        built = [statements.lines_statement(plan, piece, checksums=checksums) for piece in pieces]
        expected = len(plan.columns) - 1 + checksums
        for rows in self._read(plan, built, batch_rows):
            lines = [line for (line,) in rows]
            # A row never has too few, so one that has too many cannot be evened out by another.
            if "".join(lines).count(statements.SEPARATOR) != expected * len(lines):
                raise SeparatorInValue(plan.infolink.table)
            yield lines

    def fingerprints(self, table: Table, selection: Selection, *, spec_hash: str = "") -> Iterator[Fingerprint]:
        """What the source holds of every job and month of a partitioned table.

        Args:
            table, selection: as for `read`.
            spec_hash: part of every checksum, so that new columns or rules copy everything again.
        """
        plan = self.plan(table, selection.company_code, selection.stage_employees)
        pieces = selection.pieces(statements.PAIRS)
        built = [statements.fingerprint_statement(plan, piece, spec_hash) for piece in pieces]
        return (Fingerprint(*row) for batch in self._read(plan, built, 5000) for row in batch)

    def fingerprint_text(self, table: Table, selection: Selection) -> str:
        """All that decides what `fingerprints` gives for the same rows: its statement and what it binds."""
        plan = self.plan(table, selection.company_code, selection.stage_employees)
        return repr(statements.fingerprint_statement(plan, selection, ""))

    def totals(self, table: Table, selection: Selection) -> dict[str, int | Decimal]:
        """Rows and money as the source holds them, over the same query as `read`.

        Args:
            table, selection: as for `read`.

        Returns:
            `rows`, and the sum of each money column by its staged name, in the company's currency.
        """
        plan = self.plan(table, selection.company_code, selection.stage_employees)
        statement = statements.totals_statement(plan, selection)
        (row,) = self._all(statement, plan.infolink.table, plan.company)
        sums = zip(statements.money_columns(plan.columns), row[1:], strict=True)
        return {"rows": int(row[0]), **{column.name: Decimal(total) for column, total in sums}}

    def left_out(self, table: Table, selection: Selection) -> list[tuple[Any, ...]]:
        """Groups of amounts that the query of a table does not take (`LeftOut`); columns as its spec says.

        Args:
            table, selection: as for `read`.
        """
        plan = self.plan(table, selection.company_code)
        statement = statements.left_out_statement(plan, selection)
        return self._all(statement, plan.infolink.table, plan.company)

    def rows(self, statement: Statement, table: str, company: str | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query that gives few: `lookup` makes those.

        Args:
            statement: the query.
            table, company: what it reads, for messages.
        """
        return self._all(statement, table, company)

    def master_jobs(self, company: str) -> dict[str, str]:
        """The master job of every sub job, for jobs that are read by a web service (B3).

        Args:
            company: company code.

        Returns:
            Trimmed job number -> trimmed master job; sub jobs only. Empty where Info-Link has no masters, which
            `master_jobs_drift` tells.
        """
        if self.master_jobs_drift():
            return {}
        table = self.table(_MASTERS).as_texts(("Company_Code", "Job_Number", "Master_Job"))
        statement = statements.master_jobs_statement(table, self.written(company))
        return {str(job): str(master) for job, master in self._all(statement, _MASTERS, company.strip())}

    def master_jobs_drift(self) -> tuple[Drift, ...]:
        """The drift to note where the job master has no master jobs."""
        if self.table(_MASTERS).find("Master_Job"):
            return ()
        return (Drift(_MASTERS, "Master_Job", "missing", "jobs: no job is known to be a sub job"),)

    def _read(self, plan: ReadPlan, built: list[Statement], batch_rows: int) -> Iterator[list[Any]]:
        for statement in built:
            yield from self._batches(statement, batch_rows, plan.infolink.table, plan.company)

    def _all(self, statement: Statement, table: str, company: str | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query that gives few; no text in them holds what PostgreSQL cannot."""
        return [
            tuple(mark_for_database(value) if isinstance(value, str) else value for value in row)
            for batch in self._batches(statement, 1000, table, company)
            for row in batch
        ]

    def _batches(
        self, statement: Statement, batch_rows: int, table: str, company: str | None
    ) -> Iterator[list[tuple[Any, ...]]]:
        """The one place that executes. Rows are taken from the socket as they are asked for."""
        if self._opened is None:
            raise RuntimeError("an InfoLinkReader is used inside its `with`")
        self._executions += 1
        mine, seen = self._executions, 0
        try:
            cursor = self._opened.cursor()
            cursor.execute(_bound(statement))
            while batch := cursor.fetchmany(batch_rows):
                seen += len(batch)
                yield list(batch)
                if mine != self._executions:
                    # The driver would silently drop the rest of this result.
                    raise RuntimeError("another query of this reader was begun before this one was read to its end")
            counted = cursor.rowcount
        except pymssql.Error as error:
            raise explain(error, self.connection, table=table, company=company) from None
        except UnicodeDecodeError as error:
            raise StopSync(
                f"a text after {seen} rows cannot be read: {error.reason}",
                object=table,
                company=company,
                remedy="nothing was published; look for damaged text in the newest records of this table in Spectrum,"
                " and report it with the collation of the database",
            ) from None
        if counted not in {-1, seen}:
            raise RetryLater(
                f"{seen} rows arrived, but the server counted {counted}: the answer is incomplete",
                object=table,
                company=company,
                remedy="run it again",
            )


def _bound(statement: Statement) -> str:
    """What is sent: the statement with its values, which the driver renders, and the percent signs of its names."""
    sent: bytes = substitute_params(statement.sql, statement.parameters, charset="UTF-8")
    return sent.decode("UTF-8").replace(PERCENT, "%")


def _type_text(name: str, length: int | None, precision: int | None, scale: int | None) -> str:
    """`varchar(10)`, `nvarchar(max)`, `decimal(14,2)`, `datetime`, from the catalog's columns."""
    if length is not None:
        return f"{name}({'max' if length == -1 else length})"
    if name in {"decimal", "numeric"}:
        return f"{name}({precision},{scale})"
    return name
