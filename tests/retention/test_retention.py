"""What is past its days goes, what is current stays, and what the exports wrote is never touched."""

from __future__ import annotations

from datetime import timedelta

import pytest

from spectrum_etl.model.check_result import CheckResult
from spectrum_etl.model.counts import Counts
from spectrum_etl.model.drift import Drift
from spectrum_etl.retention.clean import clean_up
from spectrum_etl.settings.retention import Retention
from tests.sync_books import Books

SETTINGS = Retention(landing_days=3, rejected_days=30, runs_days=100, checks_days=20, drift_days=50)
DRIFT = Drift("JC_JOB_MASTER_MC", "City", "missing", "city is staged as NULL")
CHECK = CheckResult("volume", "warning", "passed", source="guard")
#: Column of each table that says how old a row is.
TIMES = {
    "landings": ("started_at", "finished_at", "read_at"),
    "runs": ("started_at", "finished_at", "read_at"),
    "checks": ("checked_at",),
    "rejected_rows": ("rejected_at", "resolved_at"),
    "drift": ("first_seen_at", "resolved_at"),
    "scopes": ("read_at",),
    "mart_runs": ("finished_at",),
    "deferred": ("since", "last_seen_at"),
    "told_failures": ("since", "told_at"),
}


def _age(books: Books, days: int) -> None:
    """Make everything that is there older."""
    for table, columns in TIMES.items():
        assignments = ", ".join(f"{column} = {column} - %s" for column in columns)
        books.ask(f"update sync.{table} set {assignments}", *[timedelta(days=days)] * len(columns))  # noqa: S608


def _landings(books: Books) -> list[str]:
    return [run for (run,) in books.ask("select run_id from sync.landings order by landing_id")]


def _clean(books: Books) -> dict[str, int]:
    return {kind: count for kind, count in clean_up(books.url, SETTINGS).items() if count}


def test_an_empty_warehouse_has_nothing_to_remove(books: Books) -> None:
    assert _clean(books) == {}


def test_old_syncs_go_with_their_checks_and_the_current_one_stays(books: Books) -> None:
    books.sync("old", Counts(new=1), checks=(CHECK,))
    books.sync("current", Counts(new=1), checks=(CHECK,))
    _age(books, 150)
    assert _clean(books) == {"checks": 1, "runs": 1}
    assert _landings(books) == ["current"]
    assert _clean(books) == {}, "a second run finds nothing"
    books.sync("young", Counts(new=1))
    assert _clean(books) == {"runs": 1}
    assert _landings(books) == ["young"]


def test_what_freshness_tells_is_the_same_after_the_clean_up(books: Books) -> None:
    """The last good run, the last that published and the last that changed something are three."""
    books.sync("changed", Counts(new=1))
    books.sync("published", Counts())
    books.sync("unchanged", Counts(staged=4), state="unchanged")
    books.sync("failed_first", Counts(), state="failed", message="first")
    books.sync("failed", Counts(), state="failed", message="last")
    _age(books, 150)
    columns = (
        "last_read_at, last_publish_at, last_change_at, staged_rows, last_try_at, last_try_state, last_try_message"
    )
    before = books.ask(f"select {columns} from marts.freshness")  # noqa: S608
    assert _clean(books) == {"runs": 1}
    assert _landings(books) == ["changed", "published", "unchanged", "failed"]
    assert books.ask(f"select {columns} from marts.freshness") == before  # noqa: S608


@pytest.mark.parametrize(
    "keeps", [pytest.param({"rejects": 1}, id="rejection"), pytest.param({"drift": (DRIFT,)}, id="drift")]
)
def test_a_sync_that_an_open_rejection_or_difference_names_stays(books: Books, keeps: dict) -> None:
    books.sync("named", Counts(new=1), **keeps)
    books.sync("later", Counts(new=1))
    # A later sync that no longer meets the difference resolves it.
    books.ask("update sync.drift set resolved_at = null")
    _age(books, 150)
    assert _clean(books) == {}
    books.ask("update sync.drift set resolved_at = last_seen_at")
    books.ask("update sync.rejected_rows set resolved_at = rejected_at")
    assert _clean(books)["runs"] == 1
    assert _landings(books) == ["later"]


def test_a_sync_that_a_job_was_last_read_by_stays(books: Books) -> None:
    books.sync("whole", Counts(new=1))
    books.sync("named", Counts(new=1), narrowed=("J1",))
    books.sync("later", Counts(new=1), narrowed=("J2",))
    _age(books, 150)
    assert _clean(books) == {}


def test_partitions_keep_the_landing_they_were_published_by(books: Books) -> None:
    landing = books.sync("named", Counts(new=1))
    books.ask(
        "insert into sync.partitions values ('1', 'J', '202601', 1, 0, 0, 0, 0, 'h', now(), now(), %s)",
        landing.landing_id,
    )
    books.sync("later", Counts(new=1))
    _age(books, 150)
    assert _clean(books) == {}


def test_what_the_marts_have_not_taken_in_stays(books: Books) -> None:
    taken = books.sync("taken", Counts(new=1))
    books.sync("not_taken", Counts(new=1))
    books.sync("current", Counts(new=1))
    books.ask("insert into sync.marts values ('m', '1', 'd', 0, now(), now(), 0, 0)")
    books.ask(
        "insert into sync.mart_runs select landing_id, table_name, company_code, finished_at from sync.runs"
        " where landing_id = %s",
        taken.landing_id,
    )
    _age(books, 150)
    assert _clean(books) == {"runs": 1, "mart_runs": 1}
    assert _landings(books) == ["not_taken", "current"]


def test_rejected_rows_and_differences_go_only_when_they_were_resolved_long_ago(books: Books) -> None:
    books.sync("run", Counts(new=1), rejects=2, drift=(DRIFT,))
    books.ask("update sync.rejected_rows set resolved_at = now() where rejected_id = 1")
    books.ask("update sync.drift set resolved_at = now()")
    _age(books, 25)
    assert _clean(books) == {}
    _age(books, 10)
    assert _clean(books) == {"rejected": 1}
    _age(books, 20)
    assert _clean(books) == {"drift": 1}
    assert books.ask("select rejected_id from sync.rejected_rows") == [(2,)], "the source still holds it"


def test_what_was_told_goes_when_it_has_not_lasted_for_long(books: Books) -> None:
    books.deferred("J1", runs=3)
    books.ask("insert into sync.told_failures (dag_id, message_hash) values ('stage_jobs', 'h')")
    _age(books, 99)
    assert _clean(books) == {}
    books.ask("update sync.told_failures set told_at = now()")
    _age(books, 2)
    assert _clean(books) == {"deferred": 1}
    _age(books, 99)
    assert _clean(books) == {"told_failures": 1}


def test_the_last_result_of_each_check_stays(books: Books) -> None:
    for number in range(3):
        books.sync(f"run_{number}", Counts(new=1), checks=(CHECK,))
    books.ask(
        "insert into sync.checks (object_name, table_name, company_code, run_id, source, check_name, severity, status)"
        " values ('jobs', 'jobs', '1', 'r', 'verify_staging', 'equal', 'critical', 'passed')"
    )
    _age(books, 21)
    assert _clean(books) == {"checks": 2}
    assert books.ask("select run_id from sync.checks order by 1") == [("r",), ("run_2",)]


def test_landing_tables_that_killed_runs_left_go_and_young_ones_stay(books: Books) -> None:
    old = books.sync("old", Counts(new=1)).landing_id
    _age(books, 4)
    young = books.sync("young", Counts(new=1)).landing_id
    for name in (f"jobs_{old}", f"jobs_{old}_rows", f"jobs_{young}", f"jobs_{young}_rejects", "jobs_999", "by_hand"):
        books.ask(f"create table landing.{name} (a text)")
    assert _clean(books) == {"landing_tables": 3}
    left = books.ask("select tablename from pg_tables where schemaname = 'landing' order by 1")
    assert left == [("by_hand",), (f"jobs_{young}",), (f"jobs_{young}_rejects",)]


def test_a_landing_under_way_is_safe(books: Books) -> None:
    """It is the newest of its object and company, and young."""
    books.sync("old", Counts(new=1))
    _age(books, 150)
    landing = books.sync("under_way", Counts(), state="failed")
    books.ask(
        "update sync.landings set state = 'landing', finished_at = null where landing_id = %s", landing.landing_id
    )
    assert _clean(books) == {}


def test_exports_are_never_touched(books: Books) -> None:
    books.ask(
        "insert into export.ledger (object_name, company_code, project_id, record_id, title, decision, answers,"
        " answered_by, answered_by_name, answered_at, fingerprint, content, state, started_at, finished_at, dag_id,"
        " run_id, task_id, map_index) values ('vendors', '1', '', '7', 't', 'reject', '{}', 'a', 'A', '2001-01-01',"
        " 'f', '{}', 'rejected', '2001-01-01', '2001-01-01', 'd', 'r', 't', 0)"
    )
    books.sync("old", Counts(new=1))
    _age(books, 5000)
    _clean(books)
    assert books.ask("select count(*) from export.ledger") == [(1,)]
