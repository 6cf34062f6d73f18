"""The conformance list of job cost transactions: partitions by fingerprint, rows as a multiset, over real TDS.

The tests of one ledger share a stand-in Spectrum and a warehouse that are in step before each; every test changes rows
of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from source_oracle import Values
from staging_harness import Spectrum, Warehouse
from transactions_harness import SOURCE, STAGED, agree, as_of, copied, posting, read_at, seed

from spectrum_etl.warehouse.counts import Counts

Where = dict[str, Any]


@dataclass
class Ledger:
    """A stand-in Spectrum and a warehouse in step.

    Args:
        warehouse: with the spectrum it stages from.
        moments: what was staged at each moment of reading, for the history.
    """

    warehouse: Warehouse
    moments: list[tuple[Any, Counter[Values]]] = field(default_factory=list)

    @property
    def spectrum(self) -> Spectrum:
        return self.warehouse.spectrum

    def sync(self) -> Counts:
        """Sync, compare everything with the source, and remember the moment."""
        counts = self.warehouse.sync("job_costs")[STAGED]
        seen = agree(self.warehouse)
        self.moments.append((read_at(self.warehouse), seen.staged))
        return counts


@pytest.fixture(scope="module")
def ledger(new_warehouse: Callable[[], Warehouse]) -> Ledger:
    ledger = Ledger(new_warehouse())
    seed(ledger.spectrum)
    ledger.warehouse.sync("job_costs", _company_2())
    ledger.sync()
    return ledger


def _company_2() -> Any:
    from spectrum_etl.staging.run import Scope

    return Scope("2")


def _late(spectrum: Spectrum) -> None:
    spectrum.add(SOURCE, posting("J1", "20260129", "77.00"))


def _back_dated(spectrum: Spectrum) -> None:
    spectrum.add(SOURCE, posting("J1", "20191231", "78.00"))


def _text_edit(spectrum: Spectrum) -> None:
    assert spectrum.change(SOURCE, _one("J1", "20260203"), Description="Concrete, footings") == 1


def _compensating_pair(spectrum: Spectrum) -> None:
    assert spectrum.change(SOURCE, _one("J1", "20260303"), Tran_Amount=Decimal("1303.37") + 5) == 1
    assert spectrum.change(SOURCE, _one("J1", "20260314"), Tran_Amount=Decimal("1314.37") - 5) == 1


def _swapped_pair(spectrum: Spectrum) -> None:
    """The same values in the same columns, on other rows: every sum and every set of values stays."""
    spectrum.change(SOURCE, _one("J2", "20260403"), Reference_1="second")
    spectrum.change(SOURCE, _one("J2", "20260414"), Reference_1="first")


def _case_only(spectrum: Spectrum) -> None:
    assert spectrum.change(SOURCE, _one("J2", "20260103"), Description="CONCRETE") == 1


def _trailing_blank(spectrum: Spectrum) -> None:
    assert spectrum.change(SOURCE, _one("J2", "20260203"), Description="Concrete ") == 1


def _moved_to_another_month(spectrum: Spectrum) -> None:
    assert spectrum.change(SOURCE, _one("J2", "20260303"), Tran_Date_Text="20260503") == 1


def _deleted(spectrum: Spectrum) -> None:
    assert spectrum.remove(SOURCE, _one("J3", "20260103")) == 1


def _vanished_partition(spectrum: Spectrum) -> None:
    for day in ("03", "14", "25"):
        assert spectrum.remove(SOURCE, _one("J3", f"202602{day}")) == 1


def _unicode_and_large(spectrum: Spectrum) -> None:
    row = posting("J3", "20260309", "-9999999999.99", Description="Żółć 日本 %s \\N")
    spectrum.add(SOURCE, row, posting("J3", "20260309", "9999999999.99"))


def _other_case_of_a_job(spectrum: Spectrum) -> None:
    """Codes are compared as they are: `j3` is another job than `J3`, although SQL Server's collation disagrees."""
    spectrum.add(SOURCE, posting("j3", "20260409", "3.00"))


def _one(job: str, date: str) -> Where:
    return {"Company_Code": "1", "Job_Number": job, "Tran_Date_Text": date}


@pytest.mark.parametrize(
    ("happens", "new", "deleted", "rows_copied"),
    [
        pytest.param(_late, 1, 0, 4, id="late"),
        pytest.param(_back_dated, 1, 0, 1, id="back_dated"),
        pytest.param(_text_edit, 1, 1, 3, id="edited_text"),
        pytest.param(_compensating_pair, 2, 2, 3, id="compensating_pair"),
        pytest.param(_swapped_pair, 2, 2, 3, id="swapped_pair"),
        pytest.param(_case_only, 1, 1, 3, id="case_only"),
        pytest.param(_trailing_blank, 0, 0, 3, id="trailing_blank"),
        pytest.param(_moved_to_another_month, 1, 1, 3, id="moved_to_another_month"),
        pytest.param(_deleted, 0, 1, 2, id="deleted"),
        pytest.param(_vanished_partition, 0, 3, 0, id="vanished_partition"),
        pytest.param(_unicode_and_large, 2, 0, 5, id="unicode_and_large"),
        pytest.param(_other_case_of_a_job, 1, 0, 1, id="other_case_of_a_job"),
    ],
)
def test_change(ledger: Ledger, happens: Callable[[Spectrum], None], new: int, deleted: int, rows_copied: int) -> None:
    """Each change arrives, copies its own partitions only, and writes only the rows that differ."""
    before = ledger.warehouse.look(STAGED)
    happens(ledger.spectrum)
    counts = ledger.sync()
    after = ledger.warehouse.look(STAGED)
    assert (counts.new, counts.deleted) == (new, deleted)
    assert copied(ledger.warehouse) == counts.landed == rows_copied
    assert (after.marks - before.marks).total() == new + deleted, "new rows, and one version for each that is gone"
    assert after.other_marks == before.other_marks, "the other company is not touched"


def test_unchanged_run_lands_nothing_and_writes_nothing(ledger: Ledger) -> None:
    before = ledger.warehouse.look(STAGED)
    partitions = ledger.warehouse.query("select *, xmin::text from sync.partitions order by 1, 2, 3")
    counts = ledger.sync()
    after = ledger.warehouse.look(STAGED)
    assert (counts.landed, counts.new, counts.changed, counts.deleted) == (0, 0, 0, 0)
    assert counts.staged == counts.source == after.staged.total()
    assert after.marks == before.marks
    assert ledger.warehouse.query("select *, xmin::text from sync.partitions order by 1, 2, 3") == partitions
    states = ledger.warehouse.query("select state from sync.landings order by landing_id desc limit 1")
    assert states == [("unchanged",)]


def test_identical_postings_are_all_kept(ledger: Ledger) -> None:
    """Two equal time cards of a day are two postings: 2, then 3, then 1."""
    twin = posting("J4", "20260107", "8.00", Description="Twin")
    where = {**_one("J4", "20260107"), "Description": "Twin"}
    for act, expected, new, deleted in (
        (lambda: ledger.spectrum.add(SOURCE, twin, twin), 2, 2, 0),
        (lambda: ledger.spectrum.add(SOURCE, twin), 3, 1, 0),
        (lambda: ledger.spectrum.remove(SOURCE, where, most=2), 1, 0, 2),
    ):
        act()
        counts = ledger.sync()
        assert (counts.new, counts.deleted) == (new, deleted)
        rows = ledger.warehouse.query("select 1 from spectrum.job_cost_transactions where description = 'Twin'")
        assert len(rows) == expected


def test_characters_of_the_transport_are_data(ledger: Ledger) -> None:
    """A separator, a backslash or a line end inside a value is staged as it is; nothing shifts into another column."""
    texts = ["unit\x1fseparator", "back\\slash", "line\nend", "\\N", "Zürich №5"]
    for text in texts:
        ledger.spectrum.add(SOURCE, posting("J2", "20260205", "3.00", Description=text))
    assert ledger.sync().new == len(texts)
    ledger.spectrum.remove(SOURCE, {"Job_Number": f"{'J2':>10}", "Tran_Date_Text": "20260205"})
    assert ledger.sync().deleted == len(texts)


def test_blank_and_invalid_rows_are_rejected_in_partitions_of_their_own(ledger: Ledger) -> None:
    dates = (None, "", "   ", "20260230", "2026", "abcdefgh", "00000000")
    ledger.spectrum.add(SOURCE, *(posting("J5", date, "1.00", Description="Bad date") for date in dates))
    ledger.spectrum.add(SOURCE, posting("", "20260110", "2.00"), posting("J5", "20260411", Phase_Code=" "))
    counts = ledger.sync()
    assert (counts.new, counts.rejected) == (0, len(dates) + 2)
    assert counts.source == counts.staged + counts.rejected
    rejected = ledger.warehouse.look(STAGED).rejected
    found = Counter((row["job_number"], row["partition_month"], row["column_name"], row["value"]) for row in rejected)
    assert found == Counter(
        {
            ("J5", "", "tran_date", None): 3,
            ("J5", "202602", "tran_date", "20260230"): 1,
            ("J5", "2026", "tran_date", "2026"): 1,
            ("J5", "abcdef", "tran_date", "abcdefgh"): 1,
            ("J5", "000000", "tran_date", "00000000"): 1,
            (None, "202601", "job_number", None): 1,
            ("J5", "202604", "phase_code", None): 1,
        }
    )
    # Again: the same rejections, not new ones.
    numbers = {row["rejected_id"] for row in rejected}
    ledger.spectrum.add(SOURCE, posting("J5", "20260228", "3.00"))
    ledger.sync()
    assert {row["rejected_id"] for row in ledger.warehouse.look(STAGED).rejected} == numbers
    # Mended, and gone.
    ledger.spectrum.change(SOURCE, {"Description": "Bad date"}, Tran_Date_Text="20260601")
    ledger.spectrum.remove(SOURCE, {"Company_Code": "1", "Job_Number": "", "Tran_Date_Text": "20260110"})
    ledger.spectrum.change(SOURCE, {"Company_Code": "1", "Phase_Code": ""}, Phase_Code="P1")
    counts = ledger.sync()
    assert (counts.new, counts.rejected) == (len(dates) + 1, 0)


def test_history_gives_every_moment_back(ledger: Ledger) -> None:
    """M1: the versions view at each moment of reading equals what was staged then. Runs after the tests above."""
    for moment, staged in ledger.moments:
        assert as_of(ledger.warehouse, moment) == staged
