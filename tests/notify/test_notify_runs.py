"""What is reported of a run: one message, by what the run wrote. What was reported before: test_notify_send_once."""

from __future__ import annotations

import psycopg

from spectrum_etl.errors import Reason
from spectrum_etl.exports.records import why
from spectrum_etl.model.check_result import CheckResult
from spectrum_etl.model.counts import Counts
from spectrum_etl.model.drift import Drift
from spectrum_etl.notify.facts import Facts, facts_of
from spectrum_etl.notify.message import Message
from spectrum_etl.notify.runs import message_of
from spectrum_etl.warehouse.connect import connect
from tests.sync_books import Books

VOLUME = CheckResult("volume", "warning", "warned", source="guard", message="20 rows, 100 the last time")
DRIFT = Drift("JC_JOB_MASTER_MC", "City", "missing", "city is staged as NULL")


def _told(url: str, run_id: str, *, failed: bool = False, reason: str = "") -> Message | None:
    return _message(url, "stage_jobs", run_id, failed=failed, reason=reason)


def _message(url: str, dag_id: str, run_id: str, *, failed: bool = True, reason: str = "") -> Message | None:
    with connect(url) as connection:
        facts = facts_of(connection, dag_id, run_id)
    return message_of(dag_id, run_id, facts, failed=failed, reason=reason)


def test_nothing_is_told_of_a_run_that_went_as_it_should(books: Books) -> None:
    books.sync("run_1", Counts(new=5, source=5, landed=5, staged=5))
    assert _told(books.url, "run_1") is None


def test_a_failure_tells_why_with_counts(books: Books) -> None:
    books.sync("run_1", Counts(new=3, rejected=1), state="stopped", message=Reason("too many", "look"))
    message = _told(books.url, "run_1", failed=True)
    assert message is not None
    assert message.events == ("failure",)
    assert message.title == "stage_jobs of company 1: the run failed"
    assert "jobs of company 1: stopped; 3 new, 0 changed, 0 deleted, 1 rejected (0 of them new)" in message.text
    assert "too many. What to do: look" in message.text


def test_one_message_tells_of_all_companies_of_a_run(books: Books) -> None:
    books.sync("run_1", Counts(new=3))
    books.sync("run_1", Counts(), company="2", state="failed", message="the host is unknown")
    message = _told(books.url, "run_1", failed=True)
    assert message is not None
    assert message.title == "stage_jobs of company 1, 2: the run failed"
    assert [line.split(":")[0] for line in message.lines] == ["jobs of company 1", "jobs of company 2"]


def test_rejected_rows_are_told_when_they_are_new(books: Books) -> None:
    first = books.sync("run_1", Counts(new=3, rejected=2), rejects=2)
    message = _told(books.url, "run_1")
    assert message is not None
    assert message.events == ("partial_success",)
    assert "2 rejected (2 of them new)" in message.text
    books.sync("run_2", Counts(rejected=2), known_rejects=first)
    assert _told(books.url, "run_2") is None


def test_rows_that_wait_for_the_next_run_are_told_only_when_they_wait_run_after_run(books: Books) -> None:
    """Somebody posts to a job while it is copied: the next run takes it, as docs/running.md says. That is no fault."""
    books.sync("run_1", Counts(new=3, deferred=7))
    books.deferred("J1", runs=2)
    assert _told(books.url, "run_1") is None
    books.ask("update sync.deferred set runs = 3")
    message = _told(books.url, "run_1")
    assert message is not None
    assert message.events == ("partial_success",)
    assert "jobs of company 1: job J1, month 202601: 7 rows changed while they were copied, in 3 runs" in message.text
    assert "nothing is wrong with the rows" in message.remedy
    assert "rejected" not in message.remedy
    books.sync("run_2", Counts(new=3, rejected=1, deferred=7), rejects=1)
    message = _told(books.url, "run_2")
    assert message is not None
    assert "correct the rejected rows" in message.remedy
    assert "nothing is wrong with the rows that wait" in message.remedy


def test_months_that_are_held_back_are_told_at_once(books: Books) -> None:
    """A1: a person has to look, so the first run says it, with what to do; one that moves is told apart from it."""
    books.sync("run_1", Counts(new=3, deferred=7))
    books.deferred("J1", runs=1, rejected=5)
    message = _told(books.url, "run_1")
    assert message is not None
    assert message.events == ("partial_success",)
    assert "job J1, month 202601: held back, because 5 of 7 rows were newly rejected; its last good version stays" in (
        message.text
    )
    assert "allow newly rejected rows in its form" in message.remedy
    assert "nothing is wrong with the rows" not in message.remedy
    books.deferred("J2", runs=3)
    message = _told(books.url, "run_1")
    assert message is not None
    assert "allow newly rejected rows" in message.remedy
    assert "nothing is wrong with the rows that wait" in message.remedy


def test_volume_and_new_drift_are_told_the_gravest_first(books: Books) -> None:
    books.sync("run_1", Counts(new=3), checks=(VOLUME,), drift=(DRIFT,))
    message = _told(books.url, "run_1")
    assert message is not None
    assert message.events == ("volume", "drift")
    assert "20 rows, 100 the last time" in message.text
    assert "missing column City of JC_JOB_MASTER_MC: city is staged as NULL" in message.text


def test_a_failure_without_books_tells_airflow_s_reason() -> None:
    message = message_of("export_jobs", "manual__1", Facts(), failed=True, reason="task_failure")
    assert message is not None
    assert message.lines == ("Airflow says: task_failure",)
    assert "log" in message.remedy


def test_long_messages_say_how_much_more_there_is(books: Books) -> None:
    drifts = tuple(Drift("JC_JOB_MASTER_MC", f"C{number}", "new", "not read") for number in range(30))
    books.sync("run_1", Counts(), drift=drifts)
    message = _told(books.url, "run_1")
    assert message is not None
    assert len(message.lines) == 21
    assert "10 more" in message.lines[-1]


def test_other_dags_tell_what_they_found(books: Books) -> None:
    with connect(books.url) as connection:
        connection.execute(
            "insert into sync.checks (object_name, table_name, company_code, run_id, source, check_name, severity,"
            " status, message) values ('jobs', 'jobs', '1', 'r', 'verify_staging', 'equal', 'critical', 'failed', 'm')"
        )
        connection.execute(
            "insert into sync.connections (company_code, connection, kind, status, cause, reason, remedy,"
            " checked_at, run_id) values ('1', 'procore', 'Procore', 'Not connected', 'wrong credentials', 'no',"
            " 'mend', now(), 'r')"
        )
    verified = _message(books.url, "verify_staging", "r")
    assert verified is not None
    assert verified.lines == ("m",)
    checked = _message(books.url, "check_connections", "r")
    assert checked is not None
    assert checked.title == "check_connections of company 1: the run failed"
    assert checked.lines == ("company 1, Procore (procore): wrong credentials: no. What to do: mend",)


def test_m7_a_failed_export_tells_how_many_records_are_where_and_why(books: Books) -> None:
    refused = Reason("Spectrum refused it: the vendor is inactive.", "activate it", "refused")
    _queue(books.url, "r", ("Bell", "failed", refused), ("Höfer", "linked", None), ("Gray", "sending", None))
    _queue(books.url, "r", ("Long", "not_ready", None), company="2")
    _queue(books.url, "before", ("Old", "failed", "an older run's"))
    message = _message(books.url, "export_vendors", "r", reason="task_failure, report")
    assert message is not None
    assert message.title == "export_vendors of company 1, 2: the run failed"
    assert message.lines == (
        "records of company 1: 1 failed, 1 linked, 1 sending",
        "records of company 2: 1 not ready",
        "Bell of company 1: failed; Spectrum refused it: the vendor is inactive. What to do: activate it.",
        "Gray of company 1: sending; it was not finished",
    )
    assert "trigger the export again" in message.remedy


def test_a2_a_record_that_nobody_is_asked_about_is_named_and_one_that_is_asked_again_is_not(books: Books) -> None:
    _queue(books.url, "r", ("Bell", "ready", why.NOT_ASKED), ("Gray", "ready", "the form cannot be sent: no code"))
    message = _message(books.url, "export_vendors", "r", reason="task_failure, report")
    assert message is not None
    assert message.lines == ("records of company 1: 2 ready", f"Bell of company 1: ready; {why.NOT_ASKED.message}")


def test_a2_where_no_record_says_why_airflow_s_reason_is_told_beside_the_counts(books: Books) -> None:
    """As where collecting failed half-way."""
    _queue(books.url, "r", ("Bell", "not_ready", None))
    message = _message(books.url, "export_vendors", "r", reason="task_failure, collect")
    assert message is not None
    assert message.lines == ("records of company 1: 1 not ready", "Airflow says: task_failure, collect")
    assert "the failed task's log" in message.remedy


def test_a_failed_export_of_many_records_tells_the_first_reasons(books: Books) -> None:
    _queue(books.url, "r", *((f"Vendor {number}", "failed", "no") for number in range(40)))
    message = _message(books.url, "export_vendors", "r")
    assert message is not None
    assert len(message.lines) == 21
    assert message.lines[-1] == "... and 21 more: export.queue has the details"


def test_an_export_that_could_not_collect_tells_which_task_failed(books: Books) -> None:
    message = _message(books.url, "export_vendors", "r", reason="task_failure, collect")
    assert message is not None
    assert message.lines == ("Airflow says: task_failure, collect",)


def test_m6_a_failed_publish_of_marts_tells_what_they_lack(books: Books) -> None:
    taken = books.sync("run_1", Counts(new=1))
    books.sync("run_1", Counts(new=1), company="2")
    books.ask("insert into sync.marts values ('m', '1', 'd', 0, '2026-01-02 05:06', now(), 0, 0)")
    books.ask(
        "insert into sync.mart_runs select landing_id, table_name, company_code, finished_at from sync.runs"
        " where landing_id = %s",
        taken.landing_id,
    )
    books.sync("run_2", Counts(new=1))
    message = _message(books.url, "publish_marts", "r", reason="task_failure")
    assert message is not None
    assert message.title == "publish_marts of company 1, 2: the run failed"
    assert message.lines[0].startswith("marts of company 1: last written 2026-01-02 05:06 UTC; 1 syncs of tables since")
    assert message.lines[1].startswith("marts of company 2: never written; 1 syncs of tables since")


def _queue(url: str, run_id: str, *records: tuple[str, str, Reason | str | None], company: str = "1") -> None:
    with psycopg.connect(url) as connection:
        for title, state, reason in records:
            connection.execute(
                "insert into export.queue (object_name, company_code, project_id, record_id, title, state, fingerprint,"
                " reason, remedy, cause, run_id) values ('vendors', %(company)s, '', %(title)s, %(title)s, %(state)s,"
                " 'f', %(reason)s, %(remedy)s, %(cause)s, %(run)s)",
                {"company": company, "title": title, "state": state, "run": run_id, **why.parameters(reason)},
            )
