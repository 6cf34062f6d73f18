"""A1. The guard of rejected rows in a partitioned table: bad months are held back, and never stop the others."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from staging_harness import Warehouse, infolink_settings
from transactions_harness import SOURCE, STAGED, agree, copied, posting, seed

from spectrum_etl.errors import StopSync
from spectrum_etl.model.counts import Counts
from spectrum_etl.model.run import Run, Scope
from spectrum_etl.settings import Settings
from spectrum_etl.sources.company import Sources
from spectrum_etl.staging import check as checking
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.verify import verify

DEFERRED = (
    "select job_number, partition_month, reason, source_rows, rejected_rows, runs from sync.deferred order by 1, 2"
)


@pytest.fixture(autouse=True)
def _without_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Great Expectations, which has tests of its own; the guards are no part of it."""
    monkeypatch.setattr(checking, "run_checks", lambda *_args, **_options: [])


@pytest.fixture
def staged(warehouse: Warehouse) -> Warehouse:
    """60 postings of company 1, staged."""
    seed(warehouse.spectrum)
    warehouse.sync("job_costs")
    agree(warehouse)
    return warehouse


def _post(warehouse: Warehouse, job: str, month: str, good: int, bad: int) -> None:
    """So many good postings of a job and month, and so many whose day does not exist."""
    rows = [posting(job, f"{month}{1 + number % 28:02d}", f"{number}.10") for number in range(good)]
    rows += [posting(job, f"{month}32", f"{number}.20") for number in range(bad)]
    warehouse.spectrum.add(SOURCE, *rows)


def _spoil(warehouse: Warehouse, job: str, month: str, rows: int) -> None:
    """Give so many good postings of a job and month a day that does not exist."""
    changed = warehouse.spectrum.connection.execute(
        'update dbo."JC_TRANSACTION_HISTORY_MC" set "Tran_Date_Text" = %s where ctid in (select ctid from'
        ' dbo."JC_TRANSACTION_HISTORY_MC" where btrim("Job_Number") = %s and "Tran_Date_Text" between %s and %s'
        ' order by "Tran_Amount" limit %s)',
        [f"{month}32", job, f"{month}01", f"{month}31", rows],
    )
    assert changed.rowcount == rows


def _mend(warehouse: Warehouse, job: str, month: str) -> int:
    bad = {"Job_Number": job, "Tran_Date_Text": f"{month}32"}
    return warehouse.spectrum.change(SOURCE, bad, Tran_Date_Text=f"{month}15")


def _sync(warehouse: Warehouse, settings: Settings | None = None, **scope: Any) -> Counts:
    return warehouse.sync("job_costs", Scope("1", **scope), settings)[STAGED]


def _guard(warehouse: Warehouse) -> tuple[str, str]:
    ((status, message),) = warehouse.query(
        "select status, coalesce(message, '') from sync.checks where check_name = 'rejected_share'"
        " and table_name = %s order by check_id desc limit 1",
        STAGED,
    )
    return status, message


def _rows(warehouse: Warehouse, job: str, month: str) -> int:
    ((count,),) = warehouse.query(
        "select count(*) from spectrum.job_cost_transactions where job_number = %s and _month = %s", job, month
    )
    return count


def test_a_listed_bad_month_stops_no_later_run(warehouse: Warehouse) -> None:
    """24 bad rows of 27, published by a full refresh: every run that lands the month again goes on."""
    _post(warehouse, "J1", "202601", good=400, bad=0)
    _post(warehouse, "J2", "202605", good=3, bad=24)
    counts = _sync(warehouse, full_refresh=True)
    assert (counts.rejected, counts.deferred) == (24, 0), "24 of 427 rows are below the share"
    agree(warehouse)
    for number in range(2):
        warehouse.spectrum.add(SOURCE, posting("J2", "20260502", f"{number}.55"))
        counts = _sync(warehouse)
        assert (copied(warehouse), counts.new, counts.rejected, counts.deferred) == (28 + number, 1, 24, 0)
        assert _guard(warehouse) == ("passed", "")
        agree(warehouse)
    # Edited, and still bad: no row is rejected that was not rejected before.
    warehouse.spectrum.change(SOURCE, {"Job_Number": "J2", "Tran_Date_Text": "20260532"}, Description="Corrected text")
    assert _sync(warehouse).rejected == 24
    agree(warehouse)


def test_a_month_that_turns_bad_is_held_back_and_the_others_are_published(staged: Warehouse) -> None:
    """Its last good version stays, listed and reported in every run, until it is mended."""
    _post(staged, "J6", "202606", good=27, bad=0)
    _sync(staged)
    _spoil(staged, "J6", "202606", 24)
    staged.spectrum.add(SOURCE, posting("J1", "20260105", "7.00"))
    for run in (1, 2):
        counts = _sync(staged)
        assert (counts.new, counts.rejected, counts.deferred) == (1 if run == 1 else 0, 0, 27)
        assert _rows(staged, "J6", "202606") == 27, "as it was before"
        assert staged.query(DEFERRED) == [("J6", "202606", "rejected", 27, 24, run)]
        status, message = _guard(staged)
        assert status == "warned"
        assert "job J6, month 202606: 24 of 27 rows" in message
        assert "max_rejected_rows 20 and max_rejected_share 10 %" in message
        ((examples,),) = staged.query(
            "select examples from sync.checks where check_name = 'rejected_share' order by check_id desc limit 1"
        )
        assert {example["value"] for example in examples} == {"20260632"}
    assert _mend(staged, "J6", "202606") == 24
    counts = _sync(staged)
    assert (counts.rejected, counts.deferred) == (0, 0)
    assert staged.query(DEFERRED) == []
    agree(staged)


def test_a_held_back_month_is_published_where_the_form_allows_it(staged: Warehouse) -> None:
    """Its rows are listed then, and stop nothing afterwards."""
    _post(staged, "J6", "202606", good=27, bad=0)
    _sync(staged)
    _spoil(staged, "J6", "202606", 24)
    assert _sync(staged).deferred == 27
    counts = _sync(staged, allow_rejected=True)
    assert (counts.rejected, counts.deferred, _rows(staged, "J6", "202606")) == (24, 0, 3)
    assert _guard(staged)[0] == "warned"
    agree(staged)
    staged.spectrum.add(SOURCE, posting("J6", "20260609", "1.00"))
    assert _sync(staged).deferred == 0
    agree(staged)


def test_first_sync_holds_the_bad_months_back(warehouse: Warehouse) -> None:
    """A company whose first month is bad gets all the others."""
    seed(warehouse.spectrum)
    _post(warehouse, "J6", "202606", good=3, bad=24)
    counts = _sync(warehouse)
    assert (counts.new, counts.rejected, counts.deferred) == (60, 0, 27)
    assert warehouse.query(DEFERRED) == [("J6", "202606", "rejected", 27, 24, 1)]
    totals = warehouse.query("select count(*) from spectrum.job_cost_totals where job_number = 'J6'")
    assert totals == [(0,)]
    assert _sync(warehouse, allow_rejected=True).rejected == 24
    agree(warehouse)


def test_several_bad_months_at_once(staged: Warehouse) -> None:
    """Ten bad rows of twelve each: no month exceeds the limit by itself, all together do."""
    for job in ("J6", "J7", "J8"):
        _post(staged, job, "202606", good=12, bad=0)
    _sync(staged)
    for job in ("J6", "J7", "J8"):
        _spoil(staged, job, "202606", 10)
    # One bad row of three rows in a month would be a third of them: held back with the others.
    one = {"Job_Number": "J1", "Tran_Date_Text": "20260103", "Company_Code": "1"}
    staged.spectrum.change(SOURCE, one, Phase_Code="")
    _post(staged, "J2", "202607", good=30, bad=1)
    counts = _sync(staged)
    assert counts.deferred == 3 * 12 + 3
    assert [(job, month) for job, month, *_ in staged.query(DEFERRED)] == [
        ("J1", "202601"), ("J6", "202606"), ("J7", "202606"), ("J8", "202606")
    ]  # fmt: skip
    assert (_rows(staged, "J2", "202607"), counts.rejected) == (30, 1), "one row of 31 is below the share"


def test_a_bad_month_that_gets_worse(staged: Warehouse) -> None:
    """What was listed does not count: two more bad rows pass, twenty-one more do not."""
    _post(staged, "J6", "202606", good=103, bad=24)
    assert _sync(staged, allow_rejected=True).rejected == 24
    _spoil(staged, "J6", "202606", 2)
    assert _sync(staged).rejected == 26
    agree(staged)
    _spoil(staged, "J6", "202606", 21)
    counts = _sync(staged)
    assert (counts.rejected, counts.deferred) == (26, 127), "the 26 that are listed stay listed"
    assert staged.query(DEFERRED) == [("J6", "202606", "rejected", 127, 21, 1)]
    assert _rows(staged, "J6", "202606") == 101


def test_a_bad_month_that_is_corrected(staged: Warehouse) -> None:
    _post(staged, "J6", "202606", good=3, bad=24)
    _sync(staged, allow_rejected=True)
    assert _mend(staged, "J6", "202606") == 24
    counts = _sync(staged)
    assert (counts.new, counts.rejected, counts.deferred) == (24, 0, 0)
    agree(staged)


def test_a_good_version_is_kept_in_a_large_landing_too(staged: Warehouse) -> None:
    """24 of 27 rows of a month in a landing of 427: a full refresh publishes and lists them, another run does not."""
    _post(staged, "J6", "202606", good=27, bad=0)
    _sync(staged)
    _post(staged, "J7", "202607", good=400, bad=0)
    _spoil(staged, "J6", "202606", 24)
    assert _sync(staged).deferred == 27
    assert _rows(staged, "J6", "202606") == 27
    assert _rows(staged, "J7", "202607") == 400
    counts = _sync(staged, full_refresh=True)
    assert (counts.rejected, counts.deferred) == (24, 0)
    agree(staged)


def test_a_held_back_month_and_one_that_moved_are_told_apart(staged: Warehouse) -> None:
    """A month that waits for another reason than before is reported again."""
    _post(staged, "J6", "202606", good=27, bad=0)
    _sync(staged)
    staged.execute(
        "insert into sync.deferred (table_name, company_code, job_number, partition_month, source_rows, since,"
        " last_seen_at, told_at) values (%s, '1', 'J6', '202606', 27, now(), now(), now())",
        STAGED,
    )
    _spoil(staged, "J6", "202606", 24)
    _sync(staged)
    assert staged.query("select reason, told_at is null, runs from sync.deferred") == [("rejected", True, 2)]
    staged.execute("update sync.deferred set told_at = now()")
    _sync(staged)
    assert staged.query("select told_at is null from sync.deferred") == [(False,)]


def test_verification_leaves_held_back_months_out_and_says_so(staged: Warehouse) -> None:
    """The comparison with the source still finds what else differs."""
    _post(staged, "J6", "202606", good=27, bad=0)
    _sync(staged)
    _spoil(staged, "J6", "202606", 24)
    staged.spectrum.add(SOURCE, posting("J6", "20260609", "1.00"))
    _sync(staged)

    def verified() -> tuple[str, str]:
        settings = infolink_settings()
        with Sources(settings.company("1"), infolink=staged.spectrum.infolink) as sources:
            (result, *_) = verify(staged.url, OBJECTS["job_costs"], Run("verify_staging", "r"), sources, settings)
        return result.status, result.message

    status, message = verified()
    assert status == "warned"
    assert "1 jobs and months that are held back" in message
    staged.execute("update spectrum.job_cost_transactions set tran_amount = tran_amount + %s", Decimal("0.01"))
    with pytest.raises(StopSync, match="tran_amount"):
        verified()


def test_a_snapshot_stops_for_newly_rejected_rows_alone(warehouse: Warehouse) -> None:
    """Rows that are listed already stop no snapshot; so many more do, unless the form allows them."""
    from infolink_rows import SUBJECTS

    subject = SUBJECTS["jobs"]
    settings = infolink_settings(max_rejected_rows=2, max_rejected_share=0.1)
    warehouse.spectrum.add(subject.source_table, *(subject.row(number) for number in range(1, 9)))
    for number in (1, 2, 3):
        warehouse.spectrum.change(subject.source_table, {"Job_Number": subject.job(number)}, Status_Code="X")
    with pytest.raises(StopSync, match=r"3 of 8 rows were rejected, more than max_rejected_rows 2"):
        warehouse.sync("jobs", settings=settings)
    assert warehouse.sync("jobs", Scope("1", allow_rejected=True), settings)["jobs"].rejected == 3
    warehouse.spectrum.change(subject.source_table, {"Job_Number": subject.job(4)}, Status_Code="X")
    warehouse.spectrum.change(subject.source_table, {"Job_Number": subject.job(1)}, Status_Code="Y")
    counts = warehouse.sync("jobs", settings=settings)["jobs"]
    assert (counts.rejected, counts.staged) == (4, 4)
    for number in (5, 6, 7):
        warehouse.spectrum.change(subject.source_table, {"Job_Number": subject.job(number)}, Status_Code="X")
    with pytest.raises(StopSync, match=r"7 of 8 rows were rejected, 3 of them newly"):
        warehouse.sync("jobs", settings=settings)
    assert warehouse.look("jobs").row({"job_number": subject.job(5)})["_rejected_at"] is None  # type: ignore[index]
