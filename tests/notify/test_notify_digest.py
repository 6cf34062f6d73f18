"""The daily digest and what is stale, from the books of a real warehouse."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.counts import Counts
from spectrum_etl.model.drift import Drift
from spectrum_etl.notify.digest import digest_message, read_state, remember_notified
from spectrum_etl.notify.digest_lines import State
from spectrum_etl.notify.stale import stale_lines, stale_message
from spectrum_etl.orchestration import digest_dag
from spectrum_etl.settings import Company, Settings, in_force
from spectrum_etl.settings.notifications import Notifications
from spectrum_etl.settings.schedules import overrides
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.connect import connect
from tests.receivers import Connection, webhook
from tests.sync_books import Books

NEVER = dict.fromkeys(OBJECTS, "never")


def _settings(**schedules: str) -> Settings:
    companies = tuple(Company(code=code, name=code, phase_category="STD") for code in ("1", "2"))
    return Settings(companies=companies, schedules={**NEVER, **schedules})


def _state(url: str, *companies: str) -> State:
    return read_state(url, companies or ("1",))


def _stale(url: str, settings: Settings, override: str | None = None) -> list[str]:
    return stale_lines(_state(url).freshness, in_force(settings, override, OBJECTS.values()))


def _queue(url: str, *states: str, company: str = "1", hours: float = 0) -> None:
    """Records of the export queue, so many hours in these states."""
    with psycopg.connect(url) as connection:
        for state in states:
            asks = ("d", "r", "t", 0) if state == "waiting" else (None,) * 4
            connection.execute(
                "insert into export.queue (object_name, company_code, project_id, record_id, title, state, fingerprint,"
                " run_id, asks_dag_id, asks_run_id, asks_task_id, asks_map_index, changed_at) values ('vendors', %s,"
                " '', gen_random_uuid()::text, 't', %s, 'f', 'r', %s, %s, %s, %s, now() - %s)",
                [company, state, *asks, timedelta(hours=hours)],
            )


def _age(url: str, age: timedelta) -> None:
    with connect(url) as connection:
        connection.execute("update sync.runs set read_at = read_at - %s", [age])


def test_the_digest_names_what_is_held_back(books: Books) -> None:
    """A1: until it is corrected or allowed; a month that only moved waits for nobody."""
    books.sync("run_1", Counts())
    books.deferred("J1", runs=9)
    assert digest_message(_state(books.url), []) is None
    for number in range(2, 8):
        books.deferred(f"J{number}", runs=1, rejected=5)
    message = digest_message(_state(books.url), [])
    assert message is not None
    assert "6 jobs and months are held back" in message.title
    assert "jobs of company 1: 6 jobs and months with 42 rows are held back" in message.text
    assert "job J2, month 202601; job J3, month 202601" in message.text
    assert "allow newly rejected rows in its form" in message.text


def test_o5_the_digest_tells_what_the_marts_have_got_since_the_last_one(books: Books) -> None:
    """Counts and cost of what is new, beside what it has come to since the close: each change once, however late."""

    def write(reference: str, amount: int) -> None:
        books.ask(
            "insert into marts.after_close values ('1', 'J', 'P', 'M', '2026-09-20', '', %s, '', '',"
            " now() - interval '3 days', '2026-09-01', '2026-10-10', 'posted', 0, 1, 0, %s, %s, 0, 0, null, null,"
            " null, 'r')",
            reference,
            amount,
            amount,
        )

    write("1", 5)
    state = _state(books.url)
    assert digest_message(state, []) is not None
    write("2", 10)
    remember_notified(books.url, state)
    write("3", -3)
    message = digest_message(_state(books.url), [])
    assert message is not None, "its sync ended three days ago, and the marts were written now"
    assert "2 postings in closed months" in message.title
    assert (
        "2026-09 of company 1: 2 postings were posted, changed or deleted, which changes its cost by +7.00; since it"
        " was closed on 2026-10-10 3, by +12.00; marts.after_close has them"
    ) in message.text, "what came between the reading and the telling is new, too"
    assert digest_message(_state(books.url, "2"), []) is None
    remember_notified(books.url, _state(books.url))
    assert digest_message(_state(books.url), []) is None, "it was told before"


def test_an_empty_warehouse_has_nothing_to_tell(books: Books) -> None:
    state = _state(books.url)
    assert stale_lines(state.freshness, _settings(jobs="hourly")) == []
    assert digest_message(state, []) is None
    assert stale_message([]) is None


def test_stale_is_what_is_older_than_its_schedule_allows(books: Books) -> None:
    books.sync("run_1", Counts(new=1))
    _age(books.url, timedelta(hours=3))
    assert _stale(books.url, _settings(jobs="2h")) == []
    (line,) = _stale(books.url, _settings(jobs="hourly"))
    assert line.startswith("jobs of company 1: last read ")
    assert "3 hours ago, although scheduled hourly" in line
    assert _stale(books.url, _settings(jobs="hourly"), '{"jobs": "daily"}') == [], "the Variable overrides"
    assert _stale(books.url, _settings(jobs="never")) == []


def test_a_failed_or_narrowed_sync_makes_nothing_fresh(books: Books) -> None:
    books.sync("run_1", Counts(new=1))
    _age(books.url, timedelta(days=9))
    books.sync("run_2", Counts(), state="failed", message="no")
    books.sync("run_3", Counts(), narrowed=("24-1",))
    (line,) = _stale(books.url, _settings(jobs="daily"))
    assert "9 days ago" in line
    books.sync("run_4", Counts(), state="unchanged")
    assert _stale(books.url, _settings(jobs="daily")) == []


def test_an_object_that_was_never_staged_is_stale_once_the_company_is_staged(books: Books) -> None:
    books.sync("run_1", Counts(new=1))
    lines = _stale(books.url, _settings(jobs="hourly", vendors="daily"))
    assert lines == ["vendors of company 1: never staged completely, although scheduled daily"]
    message = stale_message(lines)
    assert message is not None
    assert message.events == ("stale_data",)
    assert "paused" in message.remedy


def test_the_digest_tells_what_waits_for_a_person(books: Books) -> None:
    books.sync("run_1", Counts(new=1, rejected=2), rejects=2)
    _queue(books.url, "ready", "ready", "failed", "linked", "waiting")
    message = digest_message(_state(books.url), ["jobs of company 1: last read long ago"])
    assert message is not None
    assert message.events == ("digest",)
    assert message.title == "Daily digest: 4 exports wait, 2 rows are rejected, 1 objects are out of date"
    told = "\n".join(message.lines)
    assert "export of vendors, company 1: 2 ready: the next run of the export asks" in told
    assert "export of vendors, company 1: 1 waiting for an approver's answer" in told
    assert "export of vendors, company 1: 1 failed" in told
    assert "linked" not in told
    assert "jobs of company 1: 2 rows rejected" in told
    assert "most of them because: it is blank" in told
    assert "- jobs of company 1: last read long ago" in told


def test_the_digest_tells_records_that_no_run_goes_on_with(books: Books) -> None:
    """What is on its way is left to its run for an hour; what was queued waits for somebody to trigger the export."""
    _queue(books.url, "queued")
    _queue(books.url, "sending", "sent", "confirmed", hours=0.9)
    message = digest_message(_state(books.url), [])
    assert message is not None
    assert message.title == "Daily digest: 1 exports wait"
    assert "export of vendors, company 1: 1 queued: trigger the export again" in message.text
    _queue(books.url, "sending", "sent", "confirmed", "confirmed", hours=1.1)
    message = digest_message(_state(books.url), [])
    assert message is not None
    assert message.title == "Daily digest: 5 exports wait"
    for told in ("1 accepted and being sent", "1 sent and not read back", "2 read back and not linked"):
        assert told in message.text
    assert message.text.count("if no run is open, trigger the export") == 3


def test_g5_the_digest_tells_exported_records_that_procore_changed(books: Books) -> None:
    _export_drift(books.url, ("7", "amount"), ("7", "status"), ("8", "lines"))
    message = digest_message(_state(books.url), [])
    assert message is not None
    assert message.title == "Daily digest: 2 exported records differ"
    assert "commitments, company 1: 2 exported records were changed in Procore" in message.text
    assert "export.drift" in message.text
    books.ask("update export.drift set resolved_at = now()")
    assert digest_message(_state(books.url), []) is None


def test_a4_the_digest_tells_a_wrong_schedule(books: Books) -> None:
    """It is told nowhere else to who does not look at the page: the DAG runs, by the schedule of the file."""
    message = digest_message(_state(books.url), [], overrides('{"jobs": "weekly"}', OBJECTS)[1])
    assert message is not None
    assert message.title == "Daily digest: 1 schedules are wrong"
    assert "spectrum_schedules schedules jobs as 'weekly'" in message.text
    assert "never, daily, 4h, 2h, hourly" in message.text


def test_a1_the_digest_tells_numbers_that_two_records_have_until_one_has_given_it_up(books: Books) -> None:
    for number, record in enumerate(("Acme", "Bell")):
        with psycopg.connect(books.url) as connection:
            connection.execute(
                "insert into export.claims (company_code, space, key, object_name, project_id, record_id, title,"
                " linked, duplicate, claimed_by, claimed_by_name, claimed_at) values ('1', 'vendor', 'V1015',"
                " 'vendors', '', %s, %s, true, %s, 'otto', 'otto', now())",
                [record, record, bool(number)],
            )
    message = digest_message(_state(books.url), [])
    assert message is not None
    assert message.title == "Daily digest: 1 numbers are shared"
    assert "company 1: vendor V1015 belongs to Bell, and to Acme as well" in message.text
    books.ask("delete from export.claims where duplicate")
    assert digest_message(_state(books.url), []) is None


def test_the_digest_is_about_the_companies_of_the_settings(books: Books) -> None:
    """What a company left behind that is no longer configured waits for nobody."""
    books.sync("run_1", Counts(new=1, rejected=1), rejects=1)
    books.ask("update sync.rejected_rows set company_code = '9'")
    _queue(books.url, "failed", "queued", company="9")
    _export_drift(books.url, ("7", "amount"), company="9")
    assert digest_message(_state(books.url, "1", "2"), []) is None
    assert digest_message(_state(books.url, "1", "9"), []) is not None


def test_m4_the_digest_tells_columns_that_differ_as_long_as_they_do(books: Books) -> None:
    """A new column that was told of waits for nobody: nothing reads it."""
    drifts = tuple(Drift("JC_JOB_MASTER_MC", f"C{number}", "missing", "m") for number in range(6))
    books.sync("run_1", Counts(), drift=(*drifts, Drift("JC_JOB_MASTER_MC", "Fresh", "new", "n")))
    books.ask("update sync.drift set told_at = now() where change = 'missing'")
    message = digest_message(_state(books.url), [])
    assert message is not None
    assert message.title == "Daily digest: 7 columns differ"
    assert "jobs of company 1: 7 columns of Spectrum differ" in message.text
    assert "missing C0, missing C1, missing C2, missing C3, missing C4, ...; sync.drift" in message.text
    books.ask("update sync.drift set told_at = now()")
    message = digest_message(_state(books.url), [])
    assert message is not None
    assert message.title == "Daily digest: 6 columns differ"
    assert digest_message(_state(books.url, "2"), []) is None
    books.sync("run_2", Counts())
    assert digest_message(_state(books.url), []) is None


def _export_drift(url: str, *fields: tuple[str, str], company: str = "1") -> None:
    with psycopg.connect(url) as connection:
        for record, name in fields:
            connection.execute(
                "insert into export.drift (object_name, company_code, project_id, record_id, spectrum_key, field,"
                " message) values ('commitments', %s, '3', %s, 'SC-1', %s, 'm')",
                [company, record, name],
            )


def test_a_trial_run_sends_a_test_and_no_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    """It needs no warehouse, and fails with what the channel says: that is what it is for."""
    settings = Settings(
        companies=(Company(code="1", name="1", phase_category="STD"),), notifications=Notifications(channels=("slack",))
    )
    monkeypatch.setattr(digest_dag, "load_settings", lambda: settings)
    monkeypatch.setattr(digest_dag, "get_current_context", lambda: {"params": {"test": True}})
    dag = digest_dag.digest_dag("")
    assert dag.params["test"] is False, "the daily run is no trial"
    with webhook() as hook:
        monkeypatch.setattr(
            "spectrum_etl.credentials.airflow_connection", lambda conn_id: Connection(password=hook.url)
        )
        assert dag.get_task("tell").python_callable() == {"test": ["slack"]}
        assert "a test" in hook.posts[0]["text"]
        hook.status = 404
        with pytest.raises(FixConfiguration, match="refused the message: HTTP 404"):
            dag.get_task("tell").python_callable()


def test_the_digest_names_the_records_with_amounts_and_links(books: Books) -> None:
    """The gravest first for an approver: what waits for them, then what cannot be exported, then what stands still."""
    _queue(books.url, "waiting", "not_ready", "failed")
    _queue(books.url, "sending", hours=2)
    _queue(books.url, "linked", "rejected", "sending")
    books.ask(
        "update export.queue set title = 'SC-1', record_id = '7',"
        ' shown = \'{"totals": [{"label": "Contract amount", "amount": "59500.25"}]}\' where state = \'waiting\''
    )
    books.ask("update export.queue set reason = 'GL account 5010000 is closed' where state = 'failed'")
    message = digest_message(_state(books.url), [], airflow_url="https://airflow.example.com")
    assert message is not None
    page = "https://airflow.example.com/plugin/erp-integrations/erp-integrations/#/export"
    assert message.text.splitlines()[2] == f"On the page ERP Integrations: {page}/waiting"
    assert "1 records are not ready" in message.title
    told = "\n".join(message.lines)
    assert f"- {page}/record/vendors/1/-/7 SC-1, company 1, contract amount 59,500.25, since " in told
    assert ": GL account 5010000 is closed" in told
    assert told.index("Wait for approval:") < told.index("Cannot be exported:") < told.index("Stand still:")
    assert told.count(f"{page}/record/") == 4, "neither what is done nor what its run goes on with"


def test_of_many_records_the_digest_names_the_oldest_and_says_how_many_more(books: Books) -> None:
    _queue(books.url, *["not_ready"] * 14)
    message = digest_message(_state(books.url), [])
    assert message is not None
    assert message.title == "Daily digest: 14 records are not ready"
    assert "- and 4 more" in message.lines
