"""The T-SQL that is sent to Info-Link: templates below `include/sql/infolink` with columns and filters filled in.

Used by `reader`. Values are bound by the driver, never rendered. Codes are stored padded, in a case-insensitive
collation: every filter compares them trimmed and binary, which is exact, and beside it lists the stored spellings
where the column's width is known, so that an index can be used.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from spectrum_etl.sources.infolink import casts
from spectrum_etl.sources.infolink.plan import PlannedColumn, ReadPlan

SQL_FOLDER = Path(__file__).resolve().parents[4] / "include" / "sql" / "infolink"

#: Binary: 'a' is not 'A'. Trailing blanks are ignored by every collation of SQL Server, leading ones are not.
COLLATION = "Latin1_General_BIN2"

#: Between the columns of a row that is read as one text: the unit separator, which no text of Spectrum should hold.
SEPARATOR = "\x1f"
SEPARATOR_SQL = f"CHAR({ord(SEPARATOR)})"

#: Partitions in one statement. The text of a statement grows with it, and so does the time the server takes to plan it.
PAIRS = 500

#: More leading blanks than any code of Spectrum can have; wider columns get no list of spellings.
_MOST_SPELLINGS = 40

Value = str | bytes


@dataclass(frozen=True)
class Statement:
    """One query.

    Args:
        sql: T-SQL with `%(name)s` in place of values.
        parameters: the values.
    """

    sql: str
    parameters: dict[str, Value]


@dataclass(frozen=True)
class Scope:
    """Which rows of a company.

    Args:
        jobs: trimmed job numbers; empty means all.
        months: YYYYMM; empty means all. Partitioned tables only.
        partitions: (trimmed job number, month), each possibly blank; None means all. Partitioned tables only.
    """

    jobs: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    partitions: tuple[tuple[str, str], ...] | None = None

    def chunks(self) -> Iterator[Scope]:
        """The scope in pieces of at most `PAIRS` partitions; partitions of one job stay together where they fit."""
        if self.partitions is None:
            yield self
            return
        pairs = sorted(set(self.partitions))
        for start in range(0, len(pairs), PAIRS):
            yield Scope(self.jobs, self.months, tuple(pairs[start : start + PAIRS]))


def spellings(code: str, width: int | None) -> list[str]:
    """How a code can be stored in a column of that width: with 0 to n leading blanks.

    Trailing blanks need no spelling of their own: SQL Server ignores them when it compares.
    """
    if width is None or width > _MOST_SPELLINGS:
        return []
    if not code:
        return [code]
    return [" " * blanks + code for blanks in range(max(width - len(code), 0) + 1)]


def read_statement(plan: ReadPlan, scope: Scope, *, checksums: bool = False) -> Statement:
    """The query of a table's rows, every column as text.

    Args:
        plan, scope: which columns and rows.
        checksums: end every row with its part of the checksum that `fingerprint_statement` sums, without a spec hash.
    """
    columns = [f"{column.text} AS {column.name}" for column in plan.columns]
    binds = Binds()
    if checksums:
        columns.append(f"CAST({_row_checksum(plan, binds, '')} AS varchar(20)) AS row_checksum")
    return _query(plan, scope, columns, binds)


def lines_statement(plan: ReadPlan, scope: Scope, *, checksums: bool = False) -> Statement:
    """The query of a table's rows, each as one text with `SEPARATOR` between its columns; NULL is blank.

    The driver spends its time per value, not per byte: one wide column arrives seven times as fast as nineteen.

    Args:
        plan, scope, checksums: as for `read_statement`.
    """
    binds = Binds()
    parts = [column.part for column in plan.columns]
    if checksums:
        parts.append(f"CAST({_row_checksum(plan, binds, '')} AS varchar(20))")
    kind = _unicode([column.width for column in plan.columns], len(parts) + 20)
    between = f",\n        {SEPARATOR_SQL},\n        "
    line = f"CONCAT(\n        CAST('' AS {kind}),\n        {between.join(parts)}\n    ) COLLATE {COLLATION} AS row_line"
    return _query(plan, scope, [line], binds)


def totals_statement(plan: ReadPlan, scope: Scope) -> Statement:
    """The query of the number of rows and the sum of every money column, over the same query as the rows."""
    money = money_columns(plan)
    numbers = [f"{column.number} AS {column.name}" for column in money]
    inner = _query(plan, scope, [f"{plan.columns[0].text} AS {plan.columns[0].name}", *numbers])
    sums = [f"CAST(COALESCE(SUM(source_rows.{c.name}), 0) AS varchar(40)) AS {c.name}" for c in money]
    columns = _list(["COUNT(*) AS row_count", *sums])
    return Statement(render("totals.sql", columns=columns, query=inner.sql), inner.parameters)


def money_columns(plan: ReadPlan) -> list[PlannedColumn]:
    """The columns whose sums `totals_statement` gives, in its order."""
    return [column for column in plan.columns if column.spec.type == "money"]


def fingerprint_statement(plan: ReadPlan, scope: Scope, spec_hash: str) -> Statement:
    """The query of count, sums and checksum of every job and month."""
    binds = Binds()
    sums = {}
    for name in ("tran_amount", "total_hours", "quantity"):
        column = plan.column(name)
        sums[name] = column.number if column else "CAST(NULL AS decimal(14, 4))"
    rendered = render(
        "job_cost_transactions_fingerprint.sql",
        amount=sums["tran_amount"],
        hours=sums["total_hours"],
        quantity=sums["quantity"],
        row_checksum=_row_checksum(plan, binds, spec_hash),
        **_partition_context(plan, scope, binds),
    )
    return Statement(rendered, binds.values)


def columns_statement(table: str) -> Statement:
    """The query of a table's real columns and types."""
    binds = Binds()
    return Statement(render("columns.sql", table_name=binds.value("table_name", table)), binds.values)


def master_jobs_statement(company_column: str, company_type: str, company: str) -> Statement:
    """The query of every sub job and its master.

    Args:
        company_column, company_type: the company column with its alias, and its type.
        company: trimmed company code.
    """
    binds = Binds()
    where = " AND ".join(_code_filter(company_column, company_type, {"company": company}, binds))
    return Statement(render("master_jobs.sql", where={"j": where}), binds.values)


class Binds:
    """Collects the values of one statement."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}

    def value(self, name: str, value: str) -> str:
        """Keep a value; what stands for it in the statement."""
        self.values[name] = _bound(value)
        return f"%({name})s"


def _bound(value: str) -> Value:
    # The driver writes str as N'...', which is nvarchar: comparing a varchar column with it converts the column and
    # loses the index. Bytes become a plain literal, which fits both kinds of column.
    return value.encode("ascii") if value.isascii() else value


def _query(plan: ReadPlan, scope: Scope, columns: list[str], binds: Binds | None = None) -> Statement:
    binds = binds or Binds()
    context: dict[str, object] = {"columns": _list(columns)}
    if plan.table.partitioned:
        context |= _partition_context(plan, scope, binds)
    else:
        if scope.months or scope.partitions is not None:
            raise ValueError(f"{plan.table.name} has no months and partitions")
        context["where"] = {alias: _where(plan, alias, scope, binds) for alias in plan.infolink.tables}
        # For a joined table whose groups must be seen whole, whatever jobs are asked for.
        context["company"] = {alias: _where(plan, alias, Scope(), binds) for alias in plan.infolink.tables}
        context["jobs"] = ", ".join(binds.value(name, job) for name, job in _numbered("job", scope.jobs).items())
        context |= {"sums": _sums(plan), "agreed": _agreed(plan)}
    return Statement(render(plan.infolink.query, **context), binds.values)


def _where(plan: ReadPlan, alias: str, scope: Scope, binds: Binds) -> str:
    """The rows of one table of the query that belong to the company and, where it has jobs, to the jobs."""
    real = plan.real[alias]
    name, kind = real["COMPANY_CODE"]
    conditions = _code_filter(f"{alias}.{name}", kind, {"company": plan.company}, binds)
    if scope.jobs:
        if not plan.table.by_job:
            raise ValueError(f"{plan.table.name} has no jobs")
        if "JOB_NUMBER" in real:
            name, kind = real["JOB_NUMBER"]
            conditions += _code_filter(f"{alias}.{name}", kind, _numbered("job", scope.jobs), binds)
    return "\n    AND ".join(conditions)


def _code_filter(column: str, kind: str, codes: dict[str, str], binds: Binds) -> list[str]:
    exact = [binds.value(name, code) for name, code in codes.items()]
    listed = _spelled(column, kind, codes, binds)
    return [*([listed] if listed else []), f"LTRIM(RTRIM({column})) COLLATE {COLLATION} IN ({', '.join(exact)})"]


def _spelled(column: str, kind: str, codes: dict[str, str], binds: Binds) -> str | None:
    """`column IN (every way the codes can be stored)`; None where the width of the column is not known."""
    width = casts.width(kind)
    stored = [
        binds.value(f"{name}_stored_{number}", spelling)
        for name, code in codes.items()
        for number, spelling in enumerate(spellings(code, width))
    ]
    return f"{column} IN ({', '.join(stored)})" if stored else None


def _partition_context(plan: ReadPlan, scope: Scope, binds: Binds) -> dict[str, object]:
    """What the two queries of a partitioned table share: job, month and the rows in scope."""
    alias = next(iter(plan.infolink.tables))
    job, date = plan.column("job_number"), next((c for c in plan.columns if c.spec.ymd), None)
    if job is None or job.source is None or date is None or date.source is None:
        raise ValueError(f"{plan.table.name} is partitioned, but has no job and date")
    written = date.source if casts.family(date.type) == "text" else date.text
    month = f"COALESCE(LEFT(LTRIM(RTRIM({written})), 6), '') COLLATE {COLLATION}"
    conditions = [_where(plan, alias, scope, binds)]
    if scope.months:
        named = [binds.value(name, month) for name, month in _numbered("month", scope.months).items()]
        conditions.append(f"{month} IN ({', '.join(named)})")
    pairs = []
    if scope.partitions is not None:
        jobs = {code: f"picked_job_{n}" for n, code in enumerate(dict.fromkeys(j for j, _ in scope.partitions))}
        months = {code: f"picked_month_{n}" for n, code in enumerate(dict.fromkeys(m for _, m in scope.partitions))}
        pairs = [f"({binds.value(jobs[j], j)}, {binds.value(months[m], m)})" for j, m in scope.partitions]
        listed = _spelled(job.source, job.type, {name: code for code, name in jobs.items()}, binds)
        if listed:
            conditions.append(f"({listed} OR {job.source} IS NULL)" if "" in jobs else listed)
    return {
        "job": f"COALESCE(LTRIM(RTRIM({job.source})), '') COLLATE {COLLATION}",
        "month": month,
        "pairs": ",\n    ".join(pairs),
        "where": {alias: "\n    AND ".join(conditions)},
    }


def _row_checksum(plan: ReadPlan, binds: Binds, spec_hash: str) -> str:
    """64 bits of the hash of a row, as a bigint."""
    text = _row_text(plan, binds.value("spec_hash", spec_hash))
    return f"CAST(SUBSTRING(\n            HASHBYTES('SHA2_256', {text}), 1, 8\n        ) AS bigint)"


def _row_text(plan: ReadPlan, spec_hash: str) -> str:
    """One text that differs whenever a column that is read, or the spec, differs."""
    parts = [spec_hash, *(column.hashed for column in plan.columns)]
    widths = [column.hashed_width for column in plan.columns]
    # CONCAT cuts its result at 4,000 characters unless one part is unlimited, and a cut text would hide changes.
    if _unicode(widths, 100) == "nvarchar(max)":
        parts.insert(0, "CAST('' AS nvarchar(max))")
    return "CONCAT(\n                " + ", '|',\n                ".join(parts) + "\n            )"


def _unicode(widths: Sequence[int | None], more: int) -> str:
    """The type of a text that holds columns of these widths and some more characters."""
    wide = any(width is None for width in widths) or sum(w or 0 for w in widths) + more > casts.MOST_CHARACTERS
    return "nvarchar(max)" if wide else f"nvarchar({casts.MOST_CHARACTERS})"


def _sums(plan: ReadPlan) -> dict[str, str]:
    """The sums that a query makes of its joined tables, by the alias of the sum."""
    found: dict[str, list[str]] = {}
    for column in plan.columns:
        if column.summed and column.source:
            alias, name = column.source.split(".")
            found.setdefault(alias, []).append(f"SUM({column.summed}) AS {name}")
    return {alias: _list(sums, indent=8) for alias, sums in found.items()}


def _agreed(plan: ReadPlan) -> dict[str, str]:
    """The columns of joined tables, by alias: the value that all rows of a group hold, NULL where they differ."""
    _, *joined = plan.infolink.tables
    found: dict[str, list[str]] = {}
    for column in plan.columns:
        alias, _, name = (column.source or "").partition(".")
        if alias in joined and not column.summed:
            text = casts.family(column.type) == "text"
            value = f"LTRIM(RTRIM({column.source}))" if text else f"{column.source}"
            # Compared exactly, but given in the collation of all the other columns.
            exact = f"{value} COLLATE {COLLATION}" if text else value
            case = f"WHEN MIN({exact}) = MAX({exact})\n                THEN MIN({value})"
            found.setdefault(alias, []).append(f"CASE\n            {case}\n        END AS {name}")
    return {alias: _list(cases, indent=8) for alias, cases in found.items()}


def _numbered(prefix: str, values: Iterable[str]) -> dict[str, str]:
    return {f"{prefix}_{number}": value.strip() for number, value in enumerate(values)}


def _list(items: Sequence[str], indent: int = 4) -> str:
    return (",\n" + " " * indent).join(items)


def render(name: str, **context: object) -> str:
    """A template below `SQL_FOLDER`, filled in; values never are, they are bound."""
    return _environment().get_template(name).render(**context)


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(SQL_FOLDER),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
