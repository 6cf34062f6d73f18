"""O2: the fingerprints of a long history are taken by years, and what happens between two of them costs no row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from staging_harness import Warehouse, infolink_settings
from transactions_harness import SOURCE, STAGED, agree, posting

from spectrum_etl.errors import RetryLater
from spectrum_etl.model.run import Run, Scope
from spectrum_etl.model.selection import Selection, Years
from spectrum_etl.settings import Settings
from spectrum_etl.settings.infolink import InfoLinkSettings
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.staging.check import check
from spectrum_etl.staging.fingerprints import GaveWay, cut
from spectrum_etl.staging.land import land
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.outcome import close_run
from spectrum_etl.staging.publish import publish
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.landings import find_landing
from spectrum_etl.warehouse.pieces import hold, last_look

OBJECT = OBJECTS["job_costs"]
YEARS = ("2023", "2024", "2025", "2026")
#: Any fingerprint takes longer, so that every year is a piece.
BY_YEARS = infolink_settings(infolink=InfoLinkSettings(piece_seconds=1e-9))


class Killed(BaseException):
    """Ends a task as a signal would: no handler of ours sees it, and what was not committed is gone."""


class Asked(Sources):
    """Sources that note what years were asked for; something may happen just before a piece."""

    years: list[Years]
    before: Callable[[int], None]

    @property
    def infolink(self) -> InfoLinkReader:
        """The real reader."""
        reader = super().infolink
        if "fingerprints" not in vars(reader):
            take = reader.fingerprints

            def noted(table: Any, selection: Selection, **options: Any) -> Iterator[Any]:
                self.years.append(selection.years)
                self.before(len(self.years))
                return take(table, selection, **options)

            reader.fingerprints = noted  # type: ignore[method-assign]
        return reader


class Sync:
    """One run of stage_job_costs for company 1, task by task, as Airflow starts them."""

    numbers = iter(range(1, 1000))

    def __init__(self, warehouse: Warehouse, settings: Settings = BY_YEARS) -> None:
        self.warehouse, self.settings = warehouse, settings
        self.run = Run(OBJECT.dag_id, f"in_pieces_{next(self.numbers)}")
        self.asked: list[Years] = []
        self.gave_way = 0

    def start_land(
        self,
        before: Callable[[int], None] = lambda _: None,
        others_wait: Callable[[], bool] | None = lambda: True,
        settings: Settings | None = None,
        try_number: int = 1,
    ) -> int:
        """Start the task `land` once."""
        kind = type("AskedSources", (Asked,), {"years": self.asked, "before": staticmethod(before)})
        now = settings or self.settings
        run = Run(self.run.dag_id, self.run.run_id, try_number)
        with kind(now.company("1"), infolink=self.warehouse.spectrum.infolink) as sources:
            return land(self.warehouse.url, OBJECT, Scope("1"), run, sources, now, others_wait)

    def land(self, between: Callable[[int], None] = lambda _: None) -> int:
        """Start it until it is done; something may happen whenever it gave way."""
        while True:
            try:
                return self.start_land()
            except GaveWay:
                self.gave_way += 1
                between(self.gave_way)

    def finish(self, landing_id: int) -> Any:
        """The tasks after it; the counts of the transactions."""
        check(self.warehouse.url, OBJECT, landing_id, self.settings)
        counts = publish(self.warehouse.url, OBJECT, landing_id, self.settings)[STAGED]
        close_run(self.warehouse.url, OBJECT, self.run, "1", self.settings)
        return counts


@pytest.fixture
def staged(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """Four years of two jobs, and dates that name no year, published; without Great Expectations."""
    monkeypatch.setattr("spectrum_etl.staging.check.run_checks", lambda *_args, **_options: [])
    # A second, none of it for a pass over the table; really it takes milliseconds, and most of that is the pass.
    monkeypatch.setattr("spectrum_etl.staging.fingerprints.last_look", lambda *_: (1.0, 0.0))
    for job in ("J1", "J2"):
        for place, year in enumerate(YEARS):
            for day in ("03", "14"):
                warehouse.spectrum.add(SOURCE, posting(job, f"{year}01{day}", f"{place + 1}{day}.25"))
        for odd in ("", None, "2024", "20240", "ABCDEFGH", "99999999", "   2025"):
            warehouse.spectrum.add(SOURCE, posting(job, odd, "7.75"))
    Sync(warehouse).finish(Sync(warehouse).land())
    warehouse.sync("job_costs")
    agree(warehouse)
    return warehouse


def change(warehouse: Warehouse, year: str, amount: str, job: str = "J1") -> None:
    """Post another amount on the third of January."""
    where = {"Company_Code": "1", "Job_Number": job, "Tran_Date_Text": f"{year}0103"}
    assert warehouse.spectrum.change(SOURCE, where, Tran_Amount=Decimal(amount)) == 1


def amount(warehouse: Warehouse, year: str, job: str = "J1") -> Decimal:
    """What is staged of it."""
    ((found,),) = warehouse.query(
        "select tran_amount from spectrum.job_cost_transactions where company_code = '1' and job_number = %s"
        " and tran_date = %s",
        job,
        f"{year}-01-03",
    )
    return found


def test_o2_a_long_history_is_asked_for_by_years_and_gives_way_in_between(staged: Warehouse) -> None:
    change(staged, "2024", "50.00")
    sync = Sync(staged)
    counts = sync.finish(sync.land())
    agree(staged)
    assert (counts.new, counts.deleted) == (1, 1)
    assert sync.gave_way + 1 == len(sync.asked) >= len(YEARS), "not after the last: it would copy what is old by then"
    assert (sync.asked[0].first, sync.asked[-1].before) == ("", None), "together they are everything"
    assert all(one.before == other.first for one, other in zip(sync.asked, sync.asked[1:], strict=False))
    rows = staged.query(
        "select sum(source_rows)::int, count(*)::int from sync.fingerprint_pieces where landing_id ="
        " (select max(landing_id) from sync.landings)"
    )
    held = staged.query("select source_rows from sync.landing_tables where table_name = %s order by landing_id", STAGED)
    assert rows == [(held[-1][0], len(sync.asked))], "every row is in one piece"

    unchanged = Sync(staged)
    counts = unchanged.finish(unchanged.land())
    assert (counts.new, counts.deleted, counts.deferred) == (0, 0, 0)
    agree(staged)


def test_o2_where_nobody_waits_it_goes_on_and_a_short_history_is_asked_for_once(staged: Warehouse) -> None:
    alone = Sync(staged)
    alone.finish(alone.start_land(others_wait=lambda: False))
    assert len(alone.asked) >= len(YEARS)

    short = Sync(staged, infolink_settings())
    short.finish(short.start_land())
    assert short.asked == [Years()], "it takes less than a piece may"

    for_itself = Sync(staged)
    for_itself.finish(for_itself.start_land(others_wait=None))
    assert for_itself.asked == [Years()], "what cannot give way is not cut"
    agree(staged)


@pytest.mark.slow
def test_o2_what_changes_between_two_pieces_is_staged_as_it_was_read_or_by_the_next_sync(staged: Warehouse) -> None:
    """Years that were asked for and years that were not; postings that move from one to the other, and new ones."""
    spectrum = staged.spectrum
    on = {"Company_Code": "1", "Job_Number": "J2"}

    def between(piece: int) -> None:
        if piece == 3:  # of the last year nothing was asked yet
            change(staged, "2023", "61.00")
            change(staged, "2026", "62.00")
            spectrum.change(SOURCE, {**on, "Tran_Date_Text": "20230114"}, Tran_Date_Text="20260128")
            spectrum.change(SOURCE, {**on, "Tran_Date_Text": "20260114"}, Tran_Date_Text="20230128")
            spectrum.add(SOURCE, posting("J9", "20230105", "63.00"), posting("J9", "20260105", "64.00"))
            spectrum.remove(SOURCE, {**on, "Tran_Date_Text": "20230103"})

    sync = Sync(staged)
    counts = sync.finish(sync.land(between))
    assert counts.deferred == 0
    assert amount(staged, "2023") == Decimal("103.25"), "as it was asked for"
    assert amount(staged, "2026") == Decimal("62.00"), "changed before it was asked for"
    assert staged.query("select 1 from spectrum.job_cost_transactions where job_number = 'J9'") == [(1,)]
    following = Sync(staged)
    following.finish(following.land())
    agree(staged)


def test_o2_a_task_that_is_killed_goes_on_with_the_pieces_that_are_left(staged: Warehouse) -> None:
    change(staged, "2023", "71.00")
    change(staged, "2026", "72.00")
    sync = Sync(staged)

    def kill(piece: int) -> None:
        if piece == 3:
            raise Killed

    with pytest.raises(Killed):
        sync.start_land(before=kill, others_wait=lambda: False)
    asked = len(sync.asked)
    landing_id = sync.start_land(others_wait=lambda: False, try_number=2)
    assert sync.asked[asked:][0] == sync.asked[-1 - (len(sync.asked) - asked - 1)] == sync.asked[2], "the third, again"
    sync.finish(landing_id)
    agree(staged)
    assert staged.query("select state from sync.landings where run_id = %s", sync.run.run_id) == [("published",)]


@pytest.mark.slow
def test_o2_what_failed_or_was_cleared_begins_from_the_start(staged: Warehouse) -> None:
    """A failed try is not gone on with; nor is a landing whose run has ended, whose tables are dropped."""
    sync = Sync(staged)

    def lost(piece: int) -> None:
        if piece == 3:
            raise RetryLater("the connection was lost")

    with pytest.raises(RetryLater):
        sync.start_land(before=lost, others_wait=lambda: False)
    change(staged, "2023", "81.00")
    sync.asked.clear()
    sync.finish(sync.start_land(others_wait=lambda: False, try_number=2))
    assert sync.asked[0].first == ""
    agree(staged)

    change(staged, "2023", "82.00")
    sync.asked.clear()
    sync.finish(sync.start_land(others_wait=lambda: False, try_number=3))
    assert sync.asked[0].first == "", "cleared after it had published"
    agree(staged)

    with pytest.raises(GaveWay):
        sync.start_land(try_number=4)
    close_run(staged.url, OBJECT, sync.run, "1", BY_YEARS)
    change(staged, "2023", "83.00")
    sync.finish(sync.start_land(others_wait=lambda: False, try_number=5))
    agree(staged)
    states = staged.query("select state from sync.landings where run_id = %s order by landing_id", sync.run.run_id)
    assert states == [("failed",), ("published",), ("published",), ("failed",), ("published",)]


def test_o2_a_run_that_publishes_in_between_is_newer_and_stays(staged: Warehouse) -> None:
    change(staged, "2023", "91.00")
    change(staged, "2026", "92.00")
    sync = Sync(staged)

    def between(piece: int) -> None:
        if piece == 2:
            change(staged, "2023", "93.00")
            staged.spectrum.add(SOURCE, posting("J1", "20230120", "94.00"))
            staged.sync("job_costs", Scope("1", jobs=("J1",)))
            assert amount(staged, "2023") == Decimal("93.00")

    sync.finish(sync.land(between))
    assert amount(staged, "2023") == Decimal("93.00"), "what was read earlier does not come back"
    Sync(staged).finish(Sync(staged).land())
    staged.sync("job_costs")
    agree(staged)


def test_o2_a_landing_that_another_process_is_at_work_on_is_not_gone_on_with(staged: Warehouse) -> None:
    """Airflow took it for dead, and started it again."""
    sync = Sync(staged)
    with pytest.raises(GaveWay):
        sync.start_land()
    ((number,),) = staged.query("select landing_id from sync.landings where run_id = %s", sync.run.run_id)
    with connect(staged.url) as other:
        other.autocommit = True
        assert hold(other, find_landing(other, number)[0])
        landing_id = sync.start_land(others_wait=lambda: False, try_number=2)
    assert landing_id != number
    sync.finish(landing_id)
    agree(staged)


def test_o2_pieces_of_two_statements_do_not_go_together(staged: Warehouse) -> None:
    sync = Sync(staged)
    with pytest.raises(GaveWay):
        sync.start_land()
    with_employees = BY_YEARS.model_copy(update={"stage_employees": True})
    with pytest.raises(RetryLater, match="has changed since the first piece"):
        sync.start_land(settings=with_employees)
    sync.settings = with_employees
    sync.finish(sync.start_land(others_wait=lambda: False, try_number=2))


@pytest.mark.slow
def test_o2_the_second_look_after_getphase_is_cut_too(staged: Warehouse) -> None:
    class Phases(Asked):
        sdx: Any = SimpleNamespace(job_numbers=lambda _: [], read_phases=lambda *_args, **_options: iter(()))

    asked: list[Years] = []
    kind = type("AskedPhases", (Phases,), {"years": asked, "before": staticmethod(lambda _: None)})
    settings = BY_YEARS.model_copy(update={"readers": {"job_cost_totals": "sdx"}})
    run, starts = Run(OBJECT.dag_id, "with_totals"), 1
    while True:
        with kind(settings.company("1"), infolink=staged.spectrum.infolink) as sources:
            try:
                number = land(staged.url, OBJECT, Scope("1"), run, sources, settings, lambda: True)
                break
            except GaveWay:
                starts += 1
    pieces = len(asked) // 2
    assert asked[:pieces] == asked[pieces:]
    assert starts == len(asked) - 1, "after neither look, whose last piece comes just before what follows"
    differing = f"select 1 from landing.job_cost_transactions_{number}_partitions where unchanged is not true"  # noqa: S608
    assert staged.query(differing) == []
    close_run(staged.url, OBJECT, run, "1", settings)


def test_o2_stretches_of_years_take_about_so_long_and_a_year_at_least() -> None:
    years = [("2021", 100), ("2022", 100), ("2023", 300), ("2024", 100)]
    assert cut(years, 6, 10) == (Years(),)
    assert cut([], 60, 10) == (Years(),)
    assert cut(years, 6, 2) == (Years("", "2023"), Years("2023", "2024"), Years("2024", None))
    assert cut(years, 6, 4) == (Years("", "2023"), Years("2023", None))
    assert cut(years, 6, 0.1) == (
        Years("", "2022"),
        Years("2022", "2023"),
        Years("2023", "2024"),
        Years("2024", None),
    )


def _begun_earlier(warehouse: Warehouse, minutes: int) -> None:
    warehouse.query(
        "update sync.landings set read_at = read_at - make_interval(mins => %s)"
        " where landing_id = (select max(landing_id) from sync.landings) returning 1",
        minutes,
    )


def test_o2_a_landing_begun_half_an_hour_ago_gives_way_no_more(staged: Warehouse) -> None:
    """What it publishes counts as read when it began, so it must not be on its way for hours."""
    sync = Sync(staged)
    with pytest.raises(GaveWay):
        sync.start_land()
    _begun_earlier(staged, 31)
    landing_id = sync.start_land()
    assert staged.query("select state from sync.landings where landing_id = %s", landing_id) == [("landed",)]
    assert len(sync.asked) >= len(YEARS), "all that was left, one after the other"


def test_o2_a_landing_begun_an_hour_ago_is_begun_again(staged: Warehouse) -> None:
    """Quiet hours may have lain between two pieces."""
    sync = Sync(staged)
    with pytest.raises(GaveWay):
        sync.start_land()
    first = staged.query("select max(landing_id) from sync.landings")
    _begun_earlier(staged, 61)
    change(staged, "2023", "60.00")
    landing_id = sync.start_land(others_wait=lambda: False)
    assert [(landing_id,)] != first
    counts = sync.finish(landing_id)
    assert (counts.new, counts.deleted) == (1, 1)
    agree(staged)


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ([], (0.0, 0.0)),
        ([(72, 1000)], (72.0, 0.0)),
        ([(18, 100), (24, 200), (42, 500)], (60.0, 12.0)),
        ([(20, 100), (20, 100)], (30.0, 10.0)),
    ],
    ids=["never", "in one piece", "12 s a pass, 6 s for 100 rows", "pieces alike: half of one"],
)
def test_o2_a_piece_is_not_taken_for_what_it_adds(
    staged: Warehouse, taken: list[tuple[int, int]], expected: tuple[float, float]
) -> None:
    """Every piece passes over the whole table: pieces that were added up would be cut ever finer."""
    ((landing_id,),) = staged.query("select max(landing_id) from sync.landings where object_name = 'job_costs'")
    with connect(staged.url) as connection:
        connection.execute("delete from sync.fingerprint_pieces")
        for place, (seconds, rows) in enumerate(taken):
            connection.execute(
                "insert into sync.fingerprint_pieces (landing_id, look, place, first_year, statement, source_rows,"
                " seconds, taken_at) values (%s, 'first', %s, '', '', %s, %s, now())",
                [landing_id, place, rows, seconds],
            )
        landing, _ = find_landing(connection, landing_id)
        assert last_look(connection, landing) == pytest.approx(expected)
