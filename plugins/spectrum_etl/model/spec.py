"""What an importable object is: its tables, columns, rules and checks, as data.

Everything else is derived from here: the DDL, the comments, the landing table, the casts, the row hash, the drift
check, the source query's column list, the documentation. The objects themselves are in `staging.objects`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Literal

from spectrum_etl.model import dag_ids
from spectrum_etl.settings.schedules import Schedule

Reader = Literal["infolink", "sdx", "transactions"]
Severity = Literal["critical", "warning"]
ColumnType = Literal["code", "text", "money", "quantity", "degrees", "integer", "date", "boolean"]

#: Staged PostgreSQL type of each column type. Codes are text: they are never numbers (`007` is not `7`).
SQL_TYPES: dict[ColumnType, str] = {
    "code": "text",
    "text": "text",
    "money": "numeric(14,2)",
    "quantity": "numeric(14,4)",
    "degrees": "numeric(14,6)",
    "integer": "integer",
    "date": "date",
    "boolean": "boolean",
}

#: Beyond this, either way, an amount is a slip: Spectrum's own columns hold no more (decimal(12,2), seen at a site).
LARGEST_AMOUNT = "9999999999.99"

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True)
class Column:
    """One staged column.

    Args:
        name: Spectrum's name in snake_case.
        type: what it holds; decides the staged type, the cast and the row rules.
        comment: what an analyst reads in the database and in the mapping docs.
        source: the Info-Link column, `Job_Number`; `adjusted.Est_Cost` where the query adds it up under that alias;
            `h.Job_Number` where it belongs to another table of the query than the first, and is read where all rows of
            that table that go with the row agree; several names of which the first that exists is read
            (`("Status", "Status_Code")`, names without regard to case); none where Info-Link does not have it.
        sdx: field of the web service's record; none where that reader does not have it.
        key: part of the row's key: never blank, unless `may_be_blank`.
        may_be_blank: a part of the key that is blank in some rows: it is staged as an empty text, never as null. A site
            may lack it, unless it is `required`.
        required: a source without this column stops the sync, and a row without a value is rejected, unless `blank`
            says otherwise.
        blank: a required column whose missing value makes no row unusable: `null` stages the row without it, `zero`
            stages 0, because figures add it up. Either way a warning counts the rows. An assumed column that is not
            required may be `zero`, too: where the source has the column.
        assumed: the column's name at real sites is not certain, so that its lack stops nothing. A part of the key:
            the rows that the rest of the key tells apart are added up. A required column: the table is not staged. Any
            other: it is NULL in every row, and so is what is derived of it.
        without: for an assumed column, what its lack affects, for people.
        allowed: a row with another value is rejected.
        ymd: the source holds the date as text, YYYYMMDD.
        names_company: holds the code of a company, which may be another than the row's: where Info-Link writes a
            company's code otherwise (`infolink_code`), the company's own code is staged.
        personal: beside amounts this tells what a person earns: read only where `stage_employees` is on.
        derived: SQL over the table's other columns, in place of a source. May use the parameters of
            `staging.cast.derived_parameters`.
    """

    name: str
    type: ColumnType
    comment: str
    source: str | tuple[str, ...] | None = None
    sdx: str | None = None
    key: bool = False
    may_be_blank: bool = False
    required: bool = False
    blank: Literal["reject", "null", "zero"] = "reject"
    assumed: bool = False
    without: str = ""
    allowed: tuple[str, ...] = ()
    ymd: bool = False
    names_company: bool = False
    personal: bool = False
    derived: str | None = None

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            raise ValueError(f"column name {self.name!r}: use snake_case")
        if not self.comment:
            raise ValueError(f"column {self.name}: a column without a comment tells an analyst nothing")
        if self.derived is None and self.source is None and self.sdx is None:
            raise ValueError(f"column {self.name}: no reader has it and it is not derived")
        if self.may_be_blank and (not self.key or self.type != "code"):
            raise ValueError(f"column {self.name}: only a code in the key can be kept as blank")
        says_blank = self.required or (self.assumed and self.blank == "zero")
        if self.blank != "reject" and (self.key or not says_blank):
            raise ValueError(f"column {self.name}: only a required column outside the key says what a blank becomes")
        if self.names_company and (self.key or self.type != "code"):
            raise ValueError(f"column {self.name}: only a code outside the key names another company")
        if self.assumed != bool(self.without):
            raise ValueError(f"column {self.name}: an assumed column says what its lack affects, and no other does")

    @property
    def sql_type(self) -> str:
        """The staged PostgreSQL type."""
        return SQL_TYPES[self.type]

    @property
    def never_null(self) -> bool:
        """Whether every staged row has a value: a part of the key, and what rows are rejected without or get 0 for."""
        return self.key or (self.required and self.blank != "null")

    @property
    def sources(self) -> tuple[str, ...]:
        """The Info-Link names to try, in order."""
        if self.source is None:
            return ()
        return (self.source,) if isinstance(self.source, str) else self.source


@dataclass(frozen=True)
class Check:
    """One data check, run by Great Expectations on the landed slice before anything is published.

    Args:
        name: unique in its table; what `sync.checks` and the page show.
        kind: which expectation: `not_null`, `unique`, `in_set`, `between`, `ordered` (columns[0] <= columns[1]) or
            `sql` (a query that returns the offending rows of the landed slice).
        columns: the columns it looks at.
        severity: `critical` stops the publish, `warning` publishes and is shown.
        explains: what a failure means and what to do, for the operator.
        values: the allowed values of `in_set`.
        minimum, maximum: the bounds of `between`, in the column's unit.
        query: file below `include/sql/checks` for `sql`.
        amount: column of that query whose sum is part of the message.
        across_companies: whether that query looks at staged rows of other companies than the slice's.
    """

    name: str
    kind: Literal["not_null", "unique", "in_set", "between", "ordered", "sql"]
    columns: tuple[str, ...]
    severity: Severity
    explains: str
    values: tuple[str, ...] = ()
    minimum: str | None = None
    maximum: str | None = None
    query: str | None = None
    amount: str | None = None
    across_companies: bool = False


@dataclass(frozen=True)
class LeftOut:
    """Amounts that Spectrum holds and the query of a table does not take: a warning with their count and sum.

    Args:
        query: T-SQL template below `include/sql/infolink`, of `columns` and one row a reason and group.
        columns: names of its columns: `reason`, then those that say which rows, then `row_count` and `amount`.
        reasons: what the query calls a reason -> name of the check, and what the operator is told.
    """

    query: str
    columns: tuple[str, ...]
    reasons: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class InfoLink:
    """How a table is read from Info-Link.

    Args:
        tables: alias used in the query -> Info-Link table; the first holds the rows, the others join to it.
        query: T-SQL template below `include/sql/infolink`; a file of its own where it joins, sums or filters.
        joined: columns that the query uses beside those of the columns, by the name that the template uses, with other
            names they may have (`h.Status|CR_Status`); all required unless they end in `?`.
        optional: alias -> what is affected where that table is not shown, or lacks a column that it is joined by. A
            first table that is not shown leaves the staged table out; the others are left out of the query.
        added_up: whether the rows of a key are increments, so that a row is staged with what they add up to.
        left_out: what the query leaves out though Spectrum holds an amount.
        unread: columns, with blanks between them, that its tables are known to have and that nothing reads, so that
            they are not reported as new. Those of tables that several objects read are in `sources.infolink.published`.
    """

    tables: dict[str, str]
    query: str = "one_table.sql"
    joined: tuple[str, ...] = ()
    optional: dict[str, str] = field(default_factory=dict)
    added_up: bool = False
    left_out: LeftOut | None = None
    unread: str = ""

    @property
    def table(self) -> str:
        """The Info-Link table whose rows are counted."""
        return next(iter(self.tables.values()))


@dataclass(frozen=True)
class Table:
    """One staged table.

    Args:
        name: its name in the schemas `spectrum` and `history`.
        comment: what one row is.
        columns: in the order of the staged table; the first is always `company_code`.
        infolink: how Info-Link gives it, if it does.
        sdx: the web service read that gives it: a method of `SdxClient` without `read_`, if one does.
        partitioned: job and month partitions by fingerprint instead of key and row hash (no row key).
        told_apart_by: of a table without a key, the columns that probably tell one row from another. Nothing is staged
            by them: a view of the history pairs a row that went with one that came, where both are the only ones.
        checks: beside those derived from the columns.
        readers: what it can be read by; the first is the default.
        hidden_status: the column that becomes `I` (inactive) when the web service no longer shows a row, because
            that service shows active ones only and a missing one need not be deleted.
    """

    name: str
    comment: str
    columns: tuple[Column, ...]
    infolink: InfoLink | None = None
    sdx: str | None = None
    partitioned: bool = False
    told_apart_by: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    readers: tuple[Reader, ...] = ("infolink",)
    hidden_status: str | None = None

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"table {self.name}: a column is named twice")
        if names[0] != "company_code":
            raise ValueError(f"table {self.name}: company code is part of every key and comes first")
        if not self.partitioned and not self.key:
            raise ValueError(f"table {self.name}: a snapshot needs a key")

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns; empty for a partitioned table."""
        return () if self.partitioned else tuple(column.name for column in self.columns if column.key)

    @property
    def by_job(self) -> bool:
        """Whether its rows belong to jobs, so that a run can be narrowed to some.

        A job that is not part of the key may change: a run that is narrowed to one job would take such a row for gone.
        """
        return any(column.name == "job_number" and (column.key or self.partitioned) for column in self.columns)

    def read_columns(self, stage_employees: bool = False) -> tuple[Column, ...]:
        """The columns that come from a source.

        Args:
            stage_employees: whether personal columns are read too (M9).
        """
        return tuple(c for c in self.columns if c.derived is None and (stage_employees or not c.personal))

    @property
    def names_job(self) -> bool:
        """Whether its rows name a job, though they may be known by something else."""
        return any(column.name == "job_number" for column in self.columns)

    def column(self, name: str) -> Column:
        """The column called `name`; `KeyError` where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")


@dataclass(frozen=True)
class StagedObject:
    """One importable object: what one `stage_*` DAG moves.

    Args:
        name: `jobs`, `vendors`, ...; the DAG is `stage_<name>`.
        title: as people call it.
        tables: its tables, published in one transaction, in this order.
        schedule: how often it is staged, unless the settings say otherwise (A4).
    """

    name: str
    title: str
    tables: tuple[Table, ...]
    schedule: Schedule = Schedule.DAILY

    @property
    def dag_id(self) -> str:
        """Id of the DAG that stages it."""
        return f"{dag_ids.STAGE}{self.name}"

    @property
    def by_job(self) -> bool:
        """Whether a run can be narrowed to jobs: only if every table can."""
        return all(table.by_job for table in self.tables)

    @property
    def partitioned(self) -> bool:
        """Whether one of its tables is staged by partition."""
        return any(table.partitioned for table in self.tables)

    def table(self, name: str) -> Table:
        """The table called `name`; `KeyError` where there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(f"{self.name} has no table {name}")


def fingerprint(table: Table, reader: str, stage_employees: bool, written: Mapping[str, str] | None = None) -> str:
    """A short text that changes whenever the table's columns, rules or way of reading change.

    It is part of every partition's fingerprint, so that a new column or rule copies the partition again.

    Args:
        table, reader, stage_employees: what is read, by whom, and whether personal columns are.
        written: what the source writes for a company's code -> the code (`Settings.codes_written`).
    """
    columns = table.read_columns(stage_employees)
    described = repr([_plain(c) for c in columns]) + repr(_plain(table.infolink))
    if written and any(column.names_company for column in columns):
        described += repr(sorted(written.items()))
    return hashlib.sha256(f"{reader}\n{described}".encode()).hexdigest()[:16]


def described(table: Table) -> str:
    """All of a spec that changes what is staged, derived columns included."""
    return repr(_plain(table))


def _plain(value: object) -> object:
    """The fields of a spec that change what is staged: everything but comments and columns that are not read."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.name not in ("comment", "unread")}
    return value


def company_column() -> Column:
    """The company code, first column and first part of the key of every table (A1)."""
    return Column(
        "company_code", "code", "Spectrum company", source="Company_Code", sdx="Company_Code", key=True, required=True
    )
