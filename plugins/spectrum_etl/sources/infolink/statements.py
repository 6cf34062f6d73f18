"""The T-SQL that is sent to Info-Link: templates below `include/sql/infolink` with columns and filters filled in.

A template names columns as the spec does, and gets them as this site calls them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from spectrum_etl.model.selection import Selection, Years
from spectrum_etl.sources.infolink import casts
from spectrum_etl.sources.infolink.binds import Binds, Statement, code_filter, spelled
from spectrum_etl.sources.infolink.plan import COMPANY_CODE, PlannedColumn, ReadPlan
from spectrum_etl.sources.infolink.site import SiteTable
from spectrum_etl.sources.infolink.templates import COLLATION, code, render

#: Between the columns of a row that is read as one text: the unit separator, which no text of Spectrum should hold.
SEPARATOR = "\x1f"
SEPARATOR_SQL = f"CHAR({ord(SEPARATOR)})"

#: Partitions in one statement. The text of a statement grows with it, and so does the time the server takes to plan it.
PAIRS = 500


def read_statement(plan: ReadPlan, selection: Selection, *, checksums: bool = False) -> Statement:
    """The query of a table's rows, every column as text.

    Args:
        plan, selection: which columns and rows.
        checksums: end every row with its part of the checksum that `fingerprint_statement` sums, without a spec hash.
    """
    columns = [f"{column.text} AS {column.name}" for column in _outer(plan)]
    binds = Binds()
    if checksums:
        columns.append(f"CAST({_row_checksum(plan, binds, '')} AS varchar(20)) AS row_checksum")
    return _query(plan, selection, columns, binds)


def lines_statement(plan: ReadPlan, selection: Selection, *, checksums: bool = False) -> Statement:
    """The query of a table's rows, each as one text with `SEPARATOR` between its columns; NULL is blank.

    The driver spends its time per value, not per byte: one wide column arrives seven times as fast as nineteen.

    Args:
        plan, selection, checksums: as for `read_statement`.
    """
    binds = Binds()
    columns = _outer(plan)
    parts = [column.part for column in columns]
    if checksums:
        parts.append(f"CAST({_row_checksum(plan, binds, '')} AS varchar(20))")
    kind = _unicode([column.width for column in columns], len(parts) + 20)
    between = f",\n        {SEPARATOR_SQL},\n        "
    line = f"CONCAT(\n        CAST('' AS {kind}),\n        {between.join(parts)}\n    ) COLLATE {COLLATION} AS row_line"
    return _query(plan, selection, [line], binds)


def totals_statement(plan: ReadPlan, selection: Selection) -> Statement:
    """The query of the number of rows and the sum of every money column, over the same query as the rows."""
    company, *others = _outer(plan)
    money = money_columns(others)
    numbers = [f"{column.number} AS {column.name}" for column in money]
    inner = _query(plan, selection, [f"{company.text} AS {company.name}", *numbers])
    sums = [f"CAST(COALESCE(SUM(source_rows.{c.name}), 0) AS varchar(40)) AS {c.name}" for c in money]
    columns = _list(["COUNT(*) AS row_count", *sums])
    return Statement(render("totals.sql", columns=columns, query=inner.sql), inner.parameters)


def money_columns(columns: Iterable[PlannedColumn]) -> list[PlannedColumn]:
    """Those whose sums `totals_statement` gives, in its order."""
    return [column for column in columns if column.spec.type == "money"]


def fingerprint_statement(plan: ReadPlan, selection: Selection, spec_hash: str) -> Statement:
    """The query of count, sums and checksum of every job and month."""
    binds = Binds()
    _bind_company(plan, binds)
    sums = {}
    for name in ("tran_amount", "total_hours", "quantity"):
        column = plan.column(name)
        sums[name] = column.number if column else "CAST(NULL AS decimal(14, 4))"
    rendered = render(
        "job_cost_transactions_fingerprint.sql",
        tables=_tables(plan),
        amount=sums["tran_amount"],
        hours=sums["total_hours"],
        quantity=sums["quantity"],
        row_checksum=_row_checksum(plan, binds, spec_hash),
        **_partition_context(plan, selection, binds),
    )
    return Statement(rendered, binds.values)


def columns_statement(table: str, schema: str = "dbo", named: str | None = None) -> Statement:
    """The query of the real columns and types of a table.

    Args:
        table: its name in the specs; it may be called by that without `_MC`, too.
        schema: where it is.
        named: the one name that it has, where the settings say so.
    """
    binds = Binds()
    wanted = {"table_name": named} if named else {"table_name": table, "other_name": table.removesuffix("_MC")}
    # The server makes them capital letters, as it does its own: what those of ß are, Python answers otherwise.
    names = ", ".join(f"UPPER({binds.value(bind, name)})" for bind, name in wanted.items())
    schema_name = binds.value("schema_name", schema)
    return Statement(render("columns.sql", table_names=names, schema_name=schema_name), binds.values)


def tables_statement() -> Statement:
    """The query of every table and view that is shown."""
    return Statement(render("tables.sql"), {})


def master_jobs_statement(table: SiteTable, company: str) -> Statement:
    """The query of every sub job and its master.

    Args:
        table: the job master of this site, which has the columns.
        company: what the tables write for the company's code.
    """
    binds = Binds()
    real = {name: table.find(name) for name in ("Company_Code", "Job_Number", "Master_Job")}
    names = {name: f"j.{found[0]}" for name, found in real.items() if found}
    company_code = real["Company_Code"]
    where = "1 = 1"
    if company_code:
        where = " AND ".join(code_filter(names["Company_Code"], company_code[1], {"company": company}, binds))
    return Statement(render("master_jobs.sql", where={"j": where}, tables={"j": table.relation}, j=names), binds.values)


def left_out_statement(plan: ReadPlan, selection: Selection) -> Statement:
    """The query of the amounts that the table's query does not take (`LeftOut`)."""
    if plan.infolink.left_out is None:
        raise ValueError(f"{plan.table.name} leaves nothing out")
    binds = Binds()
    return Statement(render(plan.infolink.left_out.query, **_context(plan, selection, binds)), binds.values)


def _query(plan: ReadPlan, selection: Selection, columns: list[str], binds: Binds | None = None) -> Statement:
    """The rows of a table, with these columns; they are those of `_outer`."""
    binds = binds or Binds()
    if not plan.added_up:
        rows = render(plan.infolink.query, **_context(plan, selection, binds), columns=_list(columns))
        return Statement(rows, binds.values)
    inner = [f"{column.number if _is_number(column) else column.text} AS {column.name}" for column in plan.columns]
    rows = render(plan.infolink.query, **_context(plan, selection, binds), columns=_list(inner))
    keys = [_grouped(column) for column in plan.columns if column.spec.key and column.source]
    aggregated = [_aggregated(column) for column in plan.columns]
    return Statement(
        render(
            "added_up.sql",
            columns=_list(columns),
            aggregated=_list(aggregated, indent=8),
            keys=_list(keys, indent=8),
            query=rows,
        ),
        binds.values,
    )


def _outer(plan: ReadPlan) -> tuple[PlannedColumn, ...]:
    """The columns of the whole query: those of its tables, or of the rows that were added up."""
    if not plan.added_up:
        return plan.columns
    return tuple(
        replace(
            column,
            spec=replace(column.spec, ymd=False),
            source=f"added_up.{column.name}" if column.source else None,
            type="decimal(38,6)" if _is_number(column) else f"nvarchar({column.width or 'max'})",
        )
        for column in plan.columns
    )


def _grouped(column: PlannedColumn) -> str:
    """A part of the key of rows that are added up; where it may be blank, NULL is a blank."""
    value = f"every_row.{column.name}"
    return code(f"COALESCE({value}, '')" if column.spec.may_be_blank else value)


def _aggregated(column: PlannedColumn) -> str:
    """A column of rows that are added up: their code, the sum, or the value on which all of them agree."""
    value = f"every_row.{column.name}"
    if column.spec.key and column.source:
        # Of one group all are the same; without a collation of its own, so that it goes with the other columns.
        return f"MIN(LTRIM(RTRIM({value}))) AS {column.name}"
    if _is_number(column):
        return f"SUM({value}) AS {column.name}"
    return f"{_agreement(value, f'{value} COLLATE {COLLATION}')} AS {column.name}"


def _is_number(column: PlannedColumn) -> bool:
    return column.source is not None and column.spec.type in {"money", "quantity"}


def _context(plan: ReadPlan, selection: Selection, binds: Binds) -> dict[str, object]:
    """What the template of a table's query uses beside its columns."""
    _bind_company(plan, binds)
    # An alias stands for its columns by the names of the spec; that of a table which is not there is empty, so false.
    context: dict[str, object] = {alias: plan.names.get(alias, {}) for alias in plan.infolink.tables}
    context |= {"alias": next(iter(plan.infolink.tables)), "tables": _tables(plan)}
    if plan.table.partitioned:
        return context | _partition_context(plan, selection, binds)
    if selection.months or selection.partitions is not None or selection.years != Years():
        raise ValueError(f"{plan.table.name} has no months and partitions")
    # Bound only where the query looks at a status's type: a statement binds nothing that it does not use.
    looked_at = {entry.removesuffix("?") for entry in plan.infolink.joined}
    types = [alias for alias, names in plan.names.items() if "CR_Type" in names and f"{alias}.CR_Type" in looked_at]
    kinds = plan.change_types if types else ()
    used = {column.source.partition(".")[0] for column in plan.columns if column.source}
    return context | {
        "uses": {alias: alias in used for alias in plan.infolink.tables},
        "where": {alias: _where(plan, alias, selection, binds) for alias in plan.tables},
        # For a joined table whose groups must be seen whole, whatever jobs are asked for.
        "company": {alias: _where(plan, alias, Selection(plan.company), binds) for alias in plan.tables},
        "jobs": _bound_list("job", selection.jobs, binds),
        "change_types": _bound_list("change_type", kinds, binds),
        "sums": _sums(plan),
        "agreed": _agreed(plan),
    }


def _bind_company(plan: ReadPlan, binds: Binds) -> None:
    if any(column.source == COMPANY_CODE for column in plan.columns):
        binds.value("company_code", plan.company)


def _tables(plan: ReadPlan) -> dict[str, str]:
    return {alias: table.relation for alias, table in plan.tables.items()}


def _where(plan: ReadPlan, alias: str, selection: Selection, binds: Binds) -> str:
    """The rows of one table of the query that belong to the company and, where it has jobs, to the jobs."""
    real = plan.real[alias]
    conditions = []
    if "COMPANY_CODE" in real:
        name, kind = real["COMPANY_CODE"]
        conditions += code_filter(f"{alias}.{name}", kind, {"company": plan.written}, binds)
    if selection.jobs:
        if not plan.table.by_job:
            raise ValueError(f"{plan.table.name} has no jobs")
        if job := _job_column(plan, alias):
            name, kind = job
            conditions += code_filter(f"{alias}.{name}", kind, _numbered("job", selection.jobs), binds)
    return "\n    AND ".join(conditions) or "1 = 1"  # all rows are those of the login's company


def _job_column(plan: ReadPlan, alias: str) -> tuple[str, str] | None:
    """The column of a table that holds the job, if one does, and its type."""
    planned = plan.column("job_number")
    if planned and planned.source and planned.source.startswith(f"{alias}."):
        return planned.source.removeprefix(f"{alias}."), planned.type
    return plan.real[alias].get("JOB_NUMBER")


def _partition_context(plan: ReadPlan, selection: Selection, binds: Binds) -> dict[str, object]:
    """What the two queries of a partitioned table share: job, month and the rows in scope."""
    alias = next(iter(plan.infolink.tables))
    job, date = plan.column("job_number"), next((c for c in plan.columns if c.spec.ymd), None)
    if job is None or job.source is None or date is None or date.source is None:
        raise ValueError(f"{plan.table.name} is partitioned, but has no job and date")
    written = date.source if casts.family(date.type) == "text" else date.text
    month = f"COALESCE(LEFT(LTRIM(RTRIM({written})), 6), '') COLLATE {COLLATION}"
    conditions = [_where(plan, alias, selection, binds)]
    if selection.months:
        named = [binds.value(name, month) for name, month in _numbered("month", selection.months).items()]
        conditions.append(f"{month} IN ({', '.join(named)})")
    # By the same text that rows are grouped by, so that every row is in one stretch of years.
    if selection.years.first:
        conditions.append(f"{month} >= {binds.value('first_year', selection.years.first)}")
    if selection.years.before is not None:
        conditions.append(f"{month} < {binds.value('before_year', selection.years.before)}")
    pairs = []
    if selection.partitions is not None:
        jobs = {code: f"picked_job_{n}" for n, code in enumerate(dict.fromkeys(j for j, _ in selection.partitions))}
        months = {code: f"picked_month_{n}" for n, code in enumerate(dict.fromkeys(m for _, m in selection.partitions))}
        pairs = [f"({binds.value(jobs[j], j)}, {binds.value(months[m], m)})" for j, m in selection.partitions]
        listed = spelled(job.source, job.type, {name: code for code, name in jobs.items()}, binds)
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
    wide = any(width is None for width in widths) or sum(w or 0 for w in widths) + more > casts.MAX_CHARACTERS
    return "nvarchar(max)" if wide else f"nvarchar({casts.MAX_CHARACTERS})"


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
            agreement = _agreement(value, f"{value} COLLATE {COLLATION}" if text else value)
            found.setdefault(alias, []).append(f"{agreement} AS {name}")
    return {alias: _list(cases, indent=8) for alias, cases in found.items()}


def _agreement(value: str, exact: str) -> str:
    """T-SQL of the value that all rows of a group hold, NULL where they differ; `exact` is what is compared."""
    return f"CASE\n            WHEN MIN({exact}) = MAX({exact})\n                THEN MIN({value})\n        END"


def _bound_list(prefix: str, values: Iterable[str], binds: Binds) -> str:
    return ", ".join(binds.value(name, value) for name, value in _numbered(prefix, values).items())


def _numbered(prefix: str, values: Iterable[str]) -> dict[str, str]:
    return {f"{prefix}_{number}": value.strip() for number, value in enumerate(values)}


def _list(items: Sequence[str], indent: int = 4) -> str:
    return (",\n" + " " * indent).join(items)
