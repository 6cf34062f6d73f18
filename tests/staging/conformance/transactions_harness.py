"""Job cost transactions in the stand-in Spectrum, and what their conformance tests ask of the warehouse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import psycopg
from infolink_rows import Row, source_row
from psycopg import sql
from source_oracle import TOTALS, TOTALS_KEY, Values, columns_of
from staging_harness import Seen, Spectrum, Warehouse, problems

from sandbox.data.tables import pad
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.reader import InfoLinkReader

SOURCE = "JC_TRANSACTION_HISTORY_MC"
STAGED = "job_cost_transactions"
COLUMNS = columns_of(STAGED)


def posting(job: str, date: str | None, amount: str = "10.00", company: str = "1", **changes: Any) -> Row:
    """One posting on phase P1, cost type L, as Info-Link stores it."""
    row = source_row(SOURCE, 1, company, Job_Number=pad(SOURCE, "Job_Number", job), Tran_Date_Text=date)
    return row | {"Tran_Amount": Decimal(amount), "Tran_Type_Code": "JC", "Description": "Concrete"} | changes


def seed(spectrum: Spectrum) -> None:
    """Jobs J1 to J5, months 202601 to 202604, three postings each: 60 rows; and a few of company 2."""
    for job in range(1, 6):
        for month in range(1, 5):
            for day in (3, 14, 25):
                amount = f"{job * 1000 + month * 100 + day}.37"
                row = posting(f"J{job}", f"2026{month:02d}{day:02d}", amount, Phase_Code=f"{'P' + str(day):>20}")
                spectrum.add(SOURCE, row)
    spectrum.add(SOURCE, posting("J1", "20260103", company="2"), posting("J9", "20260103", company="2"))


def agree(warehouse: Warehouse) -> Seen:
    """Assert that company 1 is staged as the source holds it, and its totals with it."""
    seen = warehouse.look(STAGED)
    assert problems(seen, STAGED, ()) == []
    assert totals(warehouse) == summed(seen.staged)
    last = "select staged_rows, narrowed from sync.runs where table_name = %s and company_code = '1' and state in"
    last += " ('published', 'unchanged') order by landing_id desc limit 1"
    assert [rows for rows, narrowed in warehouse.query(last, STAGED) if not narrowed] in ([], [seen.staged.total()])
    return seen


def summed(rows: Counter[Values]) -> dict[Values, Values]:
    """The totals by key, added up here; what only GetPhase knows is null."""
    keys = [COLUMNS.index(name) for name in TOTALS_KEY]
    amounts = [None if name is None else COLUMNS.index(name) for name in TOTALS.values()]
    found: dict[Values, list[Decimal | None]] = {}
    for row in rows.elements():
        sums = found.setdefault(tuple(row[i] for i in keys), [None if i is None else Decimal(0) for i in amounts])
        for place, index in enumerate(amounts):
            if index is not None:
                sums[place] += row[index] or 0
    return {key: tuple(sums) for key, sums in found.items()}


def totals(warehouse: Warehouse) -> dict[Values, Values]:
    """The staged, living totals of company 1."""
    query = sql.SQL("select {} from spectrum.job_cost_totals where company_code = '1' and _deleted_at is null").format(
        sql.SQL(", ").join(map(sql.Identifier, (*TOTALS_KEY, *TOTALS)))
    )
    with psycopg.connect(warehouse.url) as connection:
        rows = connection.execute(query).fetchall()
    return {row[: len(TOTALS_KEY)]: row[len(TOTALS_KEY) :] for row in rows}


def as_of(warehouse: Warehouse, moment: Any) -> Counter[Values]:
    """What was staged of company 1 at a moment, by the versions view (M1)."""
    query = sql.SQL(
        "select {} from history.job_cost_transactions_versions where company_code = '1' and _valid_from <= %s"
        " and (_valid_to > %s or _valid_to is null)"
    ).format(sql.SQL(", ").join(map(sql.Identifier, COLUMNS)))
    with psycopg.connect(warehouse.url) as connection:
        return Counter(connection.execute(query, [moment, moment]).fetchall())


def copied(warehouse: Warehouse) -> int:
    """Rows that the last sync copied from the source."""
    ((rows,),) = warehouse.query(
        "select landed_rows from sync.runs where table_name = %s order by landing_id desc limit 1", STAGED
    )
    return rows


def read_at(warehouse: Warehouse) -> Any:
    """The last landing's moment of reading."""
    ((moment,),) = warehouse.query("select read_at from sync.landings order by landing_id desc limit 1")
    return moment


class Meddling(Sources):
    """Sources whose Spectrum changes while it is read: just before and just after the rows are copied."""

    before: Callable[[], Any]
    after: Callable[[], Any]

    @property
    def infolink(self) -> InfoLinkReader:
        """The real reader; its rows are read between two changes of the source."""
        reader = super().infolink
        if "read_lines" not in vars(reader):
            read = reader.read_lines

            def meddled(*args: Any, **options: Any) -> Iterator[Any]:
                self.before()
                yield from read(*args, **options)
                self.after()

            reader.read_lines = meddled  # type: ignore[method-assign]
        return reader


def meddling(before: Callable[[], Any] = lambda: None, after: Callable[[], Any] = lambda: None) -> type[Meddling]:
    """Sources that do these things around the copy."""
    return type("MeddlingSources", (Meddling,), {"before": staticmethod(before), "after": staticmethod(after)})
