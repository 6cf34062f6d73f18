"""What is staged of a company against what the source holds, as figures to be printed. For the months of business.

The source is read twice: by the oracle of these tests in the columns that the reader gives, and, where Info-Link reads
the table, by the hand-written one of the conformance tests in all of them. Neither shares SQL with the product.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import psycopg

from spectrum_etl.model.spec import Table
from spectrum_etl.staging.objects import OBJECTS
from tests.staging.conformance import source_oracle
from tests.staging.resilience import oracle
from tests.staging.resilience.harness import World

Rows = Counter[tuple[Any, ...]]

#: Of every phase and cost type of a company, what was posted to it.
_JOB_TO_DATE = """
    select btrim(p."Job_Number"), btrim(p."Phase_Code"), btrim(p."Cost_Type"), coalesce((
        select sum(t."Tran_Amount") from "JC_TRANSACTION_HISTORY_MC" as t
        where btrim(t."Company_Code") = btrim(p."Company_Code") and btrim(t."Job_Number") = btrim(p."Job_Number")
            and btrim(t."Phase_Code") = btrim(p."Phase_Code") and btrim(t."Cost_Type") = btrim(p."Cost_Type")
    ), 0)
    from "JC_PHASE_MASTER_MC" as p where btrim(p."Company_Code") = %s
"""
#: What is taken out of texts: control characters, which XML cannot carry, and the symbols that people see for them.
_TAKEN_OUT = re.compile("[\x00-\x1f\u2400-\u241f\ufffd]")
_CENT = Decimal("0.01")


@dataclass
class Compared:
    """One table of one company.

    Args:
        company, table, reader: of what, and what read it.
        source: rows of the source, without those of jobs and months that are held back.
        staged: living rows, without those kept for a rejected one.
        listed: rows that are listed as rejected.
        kept: rows whose last good version stays, since the source's is rejected.
        held: rows of the source in jobs and months that are held back.
        sums: by money column: of the source, of what is staged, and of what is listed.
    """

    company: str
    table: str
    reader: str
    source: int = 0
    staged: int = 0
    listed: int = 0
    kept: int = 0
    held: int = 0
    sums: dict[str, tuple[Decimal, Decimal, Decimal]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """For people: one line, and one more for every further money column."""
        money = [
            f"{name:<24} {source:>15,.2f} = {staged:>15,.2f} + {listed:>10,.2f}"
            for name, (source, staged, listed) in self.sums.items()
        ]
        counts = (
            f"{self.company:<2} {self.table:<22} {self.reader:<12} {self.source:>6} = {self.staged:>6} +"
            f" {self.listed:>3}  {self.kept:>4} {self.held:>4}  "
        )
        first, *others = money or [""]
        return [counts + first, *(" " * len(counts) + line for line in others)]


HEADING = (
    f"{'co':<2} {'table':<22} {'read by':<12} {'source':>6} = {'staged':>6} + {'listed':>3} kept held "
    f"{'money column':<24} {'source':>15}   {'staged':>15}   {'listed':>10}"
)


def compare(world: World, company: str, names: Iterable[str] = OBJECTS) -> list[Compared]:
    """Every table of these objects: source = staged + listed, row by row and to the cent.

    Raises:
        AssertionError: a row or a cent is lost, or there twice.
    """
    return [_compare(world, table, company) for name in names for table in OBJECTS[name].tables]


def _compare(world: World, table: Table, company: str) -> Compared:
    found = Compared(company, table.name, world.settings.reader(table))
    found.kept = _count(world, table, company, "_deleted_at is null and _rejected_at is not null")
    if table.name == "job_cost_totals":
        return _totals(world, found)
    held = _held_back(world, table, company)
    columns = oracle._columns(world, table)
    money = [column.name for column in columns if column.type == "money"]
    names = [column.name for column in columns]
    if table.name == "vendors" and found.reader == "sdx":
        source, staged = _active_vendors(world, table, company)
    else:
        source, staged = oracle.source_rows(world, table, company), oracle.staged_rows(world, table, company)
    listed = oracle.rejected_rows(world, table, company)
    if held:
        assert table.partitioned
        job, day = names.index("job_number"), names.index("tran_date")
        parts = [
            _split(rows, lambda row: (row[job] or "", (row[day] or "")[:6]) in held)
            for rows in (source, staged, listed)
        ]
        found.held = parts[0][0].total()
        source, staged, listed = (others for _, others in parts)
    source, staged, listed = (_plain(rows) for rows in (source, staged, listed))
    where = f"{table.name} of company {company}, read by {found.reader}"
    assert not (lost := source - staged - listed), f"{where}: lost {_some(lost)}"
    assert not (more := (staged + listed) - source), f"{where}: too many {_some(more)}"
    found.source, found.staged, found.listed = source.total(), staged.total(), listed.total()
    for name in money:
        place = names.index(name)
        found.sums[name] = (_sum(source, place), _sum(staged, place), _sum(listed, place))
    if found.reader == "infolink":
        _compare_with_the_second_oracle(world, table, found, held)
    for name, (of_source, of_staged, of_listed) in found.sums.items():
        assert of_source == of_staged + of_listed, f"{where}: {name} {of_source}, {of_staged} and {of_listed}"
    return found


def _compare_with_the_second_oracle(
    world: World, table: Table, found: Compared, held: frozenset[tuple[str, str]]
) -> None:
    """All columns by SQL that was written by hand, and the sums of what is staged by another query."""
    columns = source_oracle.columns_of(table.name)
    with psycopg.connect(world.source) as source, psycopg.connect(world.warehouse) as warehouse:
        there = source_oracle.source_rows(source, table.name, found.company)
        staged = source_oracle.staged_rows(warehouse, table.name, found.company)
    there, staged = _plain(there), _plain(staged)
    if not held:  # this oracle knows no partitions
        where = f"{table.name} of company {found.company}, all columns"
        assert not (more := staged - there), f"{where}: not in the source {_some(more)}"
        missing = there - staged
        assert missing.total() == found.listed, f"{where}: {missing.total()} are missing, {found.listed} are listed"
    by_name = {column.name: column for column in table.columns}
    for name in columns:
        if by_name[name].type != "money" or held:
            continue
        place = columns.index(name)
        total = world.ask(
            f"select coalesce(sum({name}), 0) from spectrum.{table.name}"  # noqa: S608  names of the spec
            " where company_code = %s and _deleted_at is null and _rejected_at is null",
            found.company,
        )[0][0]
        of_source, of_missing = _sum(there, place), _sum(there - staged, place)
        assert of_source == total + of_missing, f"{table.name}.{name}: {of_source} is not {total} + {of_missing}"
        found.sums.setdefault(name, (of_source, total, of_missing))


def _active_vendors(world: World, table: Table, company: str) -> tuple[Rows, Rows]:
    """What the web service shows: the active ones. All others are staged as inactive, or kept for a rejected one."""
    columns = oracle._columns(world, table)
    status = [column.name for column in columns].index("status")
    by_infolink = world.by_sdx()
    every = oracle._columns(by_infolink, table)
    places = [every.index(column) for column in columns]
    source: Rows = Counter()
    for row, count in oracle.source_rows(by_infolink, table, company).items():
        source[tuple(row[place] for place in places)] += count
    active, _ = _split(source, lambda row: row[status] == "A")
    staged, hidden = _split(oracle.staged_rows(world, table, company), lambda row: row[status] == "A")
    assert all(row[status] == "I" for row in hidden)
    return active, staged


def _totals(world: World, found: Compared) -> Compared:
    """Job-to-date cost against the transactions: of all phases of the source, or those that are staged."""
    staged = _plain(
        Counter(
            world.ask(
                "select job_number, phase_code, cost_type, jtd_cost from spectrum.job_cost_totals where company_code ="
                " %s and _deleted_at is null and _rejected_at is null",
                found.company,
            )
        )
    )
    if found.reader == "transactions":
        source = Counter(
            world.ask(
                "select job_number, phase_code, cost_type, sum(tran_amount) from spectrum.job_cost_transactions"
                " where company_code = %s group by 1, 2, 3",
                found.company,
            )
        )
    else:
        with psycopg.connect(world.source, options="-c search_path=dbo,public") as connection:
            source = Counter(connection.execute(_JOB_TO_DATE, [found.company]).fetchall())
    source = _plain(source)
    where = f"job_cost_totals of company {found.company}, by {found.reader}"
    ((found.listed,),) = world.ask(
        "select count(*) from sync.rejected_rows where table_name = 'job_cost_totals' and company_code = %s"
        " and resolved_at is null",
        found.company,
    )
    assert not (more := staged - source), f"{where}: not in the source {_some(more)}"
    missing = source - staged
    assert missing.total() == found.listed, f"{where}: {found.listed} are listed, missing are {_some(missing)}"
    found.source, found.staged = source.total(), staged.total()
    found.sums["jtd_cost"] = (_sum(source, 3), _sum(staged, 3), _sum(missing, 3))
    return found


def _held_back(world: World, table: Table, company: str) -> frozenset[tuple[str, str]]:
    """The jobs and months that the guard of rejected rows holds back."""
    return frozenset(
        (job, month)
        for job, month in world.ask(
            "select job_number, partition_month from sync.deferred where table_name = %s and company_code = %s"
            " and reason = 'rejected'",
            table.name,
            company,
        )
    )


def _count(world: World, table: Table, company: str, condition: str) -> int:
    query = f"select count(*) from spectrum.{table.name} where company_code = %s and {condition}"  # noqa: S608
    return int(world.ask(query, company)[0][0])


def _split(rows: Rows, belongs: Any) -> tuple[Rows, Rows]:
    first: Rows = Counter({row: count for row, count in rows.items() if belongs(row)})
    return first, rows - first


def _plain(rows: Rows) -> Rows:
    """Without the characters that are taken out of texts."""
    found: Rows = Counter()
    for row, count in rows.items():
        found[tuple(_text(value) if isinstance(value, str) else value for value in row)] += count
    return found


def _text(value: str) -> str | None:
    return _TAKEN_OUT.sub("", value).strip() or None


def _sum(rows: Rows, place: int) -> Decimal:
    total = sum((row[place] * count for row, count in rows.items() if isinstance(row[place], Decimal)), Decimal(0))
    assert total == total.quantize(_CENT), f"{total} is no amount in cents"
    return total.quantize(_CENT)


def _some(rows: Iterable[object]) -> str:
    return "\n".join(map(str, list(rows)[:3]))
