"""A rejected record is told to its creator in Procore: by e-mail, once, and never to the harm of the rejection."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from spectrum_etl.errors import RetryLater
from spectrum_etl.exports.steps.creator import Creator
from spectrum_etl.notify.deliver import email_to
from spectrum_etl.notify.digest import digest_message, read_state
from spectrum_etl.notify.message import Message
from spectrum_etl.notify.rejections import Rejection, notify_creator, rejections
from spectrum_etl.orchestration import creators
from spectrum_etl.settings import Company, Settings
from spectrum_etl.settings.notifications import Notifications
from tests.receivers import Connection, Mailbox, smtp_server
from tests.sync_books import Books

SETTINGS = Notifications(rejection_to_creator=True, email_from="etl@example.com", channels=("log",))
PAT = Creator("Pat Morgan", "pat@example.com")
RUN = ("export_commitments", "run 1")


class Killed(BaseException):
    """SIGKILL."""


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with smtp_server() as box:
        yield box


def _connections(box: Mailbox) -> Callable[[str], Connection]:
    connection = Connection("127.0.0.1", box.port, "sender", box.password, {"encryption": "off"})
    return lambda conn_id: connection


def _reject(books: Books, record: str = "7", decision: str = "reject", state: str = "rejected", place: int = 0) -> None:
    books.ask(
        "insert into export.ledger (object_name, company_code, project_id, record_id, title, decision, answers,"
        " answered_by, answered_by_name, answered_at, fingerprint, content, state, reason, dag_id, run_id, task_id,"
        " map_index) values ('commitments', '1', '501', %s, %s, %s, '{}', 'ann', 'Ann Lee', '2026-09-01 08:30+00',"
        " 'f', '{\"project\": {\"name\": \"River Tower\"}}', %s, 'The retainage is 10 %%', 'export_commitments',"
        " 'run 1', 'record.approve', %s)",
        record, f"Subcontract SC-{record}", decision, state, place,
    )  # fmt: skip


def _tell(books: Books, rejection: Rejection, box: Mailbox, creator: Creator = PAT) -> bool:
    url = "http://airflow.example"
    return notify_creator(books.url, rejection, lambda: creator, SETTINGS, url, _connections(box))


def test_the_creator_is_told_who_rejected_which_record_and_why(books: Books, mailbox: Mailbox) -> None:
    _reject(books)
    (rejection,) = rejections(books.url, *RUN)
    assert _tell(books, rejection, mailbox)
    assert mailbox.receivers == [["pat@example.com"]]
    (mail,) = mailbox.mails
    assert mail["Subject"] == "[Spectrum] Rejected, not sent to Spectrum: Subcontract SC-7"
    text = mail.get_content()
    for said in (
        "Project: River Tower",
        "Rejected by: Ann Lee, 2026-09-01 08:30 UTC",
        "Reason: The retainage is 10 %",
        "http://airflow.example/plugin/erp-integrations/erp-integrations/#/export/record/commitments/1/501/7",
        "What to do: correct it in Procore",
    ):
        assert said in text
    told = "select creator, address, sent_at is not null, problem from export.rejection_mails"
    assert books.ask(told) == [("Pat Morgan", "pat@example.com", True, None)]


def test_only_rejections_that_counted_are_told_and_by_their_own_task(books: Books) -> None:
    _reject(books, "1", state="ready")  # without a reason, or by nobody who may
    _reject(books, "2", decision="accept", state="linked")
    _reject(books, "3", decision="retrieve", state="retrieved")
    _reject(books, "4", place=4)
    _reject(books, "5", place=5)
    assert [found.record_id for found in rejections(books.url, *RUN)] == ["4", "5"]
    assert [found.record_id for found in rejections(books.url, *RUN, 5)] == ["5"]
    assert rejections(books.url, "export_commitments", "another run") == []


def test_a_task_that_is_tried_again_sends_nothing_twice(books: Books, mailbox: Mailbox) -> None:
    _reject(books)
    (rejection,) = rejections(books.url, *RUN)
    assert _tell(books, rejection, mailbox)
    assert not _tell(books, rejection, mailbox), "a try that read the ledger before the first one had told"
    assert rejections(books.url, *RUN) == []
    assert len(mailbox.mails) == 1


def test_two_tasks_at_the_same_moment_send_one_mail(books: Books, mailbox: Mailbox) -> None:
    _reject(books)
    (rejection,) = rejections(books.url, *RUN)
    together, sent = threading.Barrier(2), []

    def one() -> None:
        together.wait()
        sent.append(_tell(books, rejection, mailbox))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == [False, True]
    assert len(mailbox.mails) == 1


def test_a_task_that_is_killed_in_between_sends_nothing_later_and_the_digest_says_so(
    books: Books, mailbox: Mailbox
) -> None:
    _reject(books)
    (rejection,) = rejections(books.url, *RUN)

    def killed() -> Creator:
        raise Killed

    with pytest.raises(Killed):
        notify_creator(books.url, rejection, killed, SETTINGS, connections=_connections(mailbox))
    assert rejections(books.url, *RUN) == []
    assert digest_message(read_state(books.url, ["1"]), []) is None, "it may be told at this moment"
    books.ask("update export.rejection_mails set begun_at = now() - interval '11 minutes'")
    message = digest_message(read_state(books.url, ["1"]), [])
    assert message is not None
    assert message.title == "Daily digest: 1 creators were not notified of a rejection"
    assert (
        "Subcontract SC-7, rejected 2026-09-01: its creator: the task ended while it was notifying them" in message.text
    )


def test_a_creator_without_an_address_is_told_to_the_approvers_by_the_digest(books: Books, mailbox: Mailbox) -> None:
    _reject(books)
    (rejection,) = rejections(books.url, *RUN)
    assert not _tell(books, rejection, mailbox, Creator("Lee Unreachable", problem="user 9 has no e-mail address"))
    assert mailbox.mails == []
    message = digest_message(read_state(books.url, ["1"]), [], airflow_url="http://airflow.example")
    assert message is not None
    assert "SC-7, rejected 2026-09-01: Lee Unreachable: user 9 has no e-mail address" in message.text
    assert "#/export/record/commitments/1/501/7 Subcontract" in message.text
    books.ask("update export.rejection_mails set begun_at = now() - interval '26 hours'")
    assert digest_message(read_state(books.url, ["1"]), []) is None, "told once; the page keeps it"


@pytest.mark.parametrize("broken", ["refuses", "gone"])
def test_a_mail_server_that_takes_nothing_is_reported_and_raises_nothing(
    books: Books, mailbox: Mailbox, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    _reject(books)
    (rejection,) = rejections(books.url, *RUN)
    mailbox.refuses = broken == "refuses"
    if broken == "gone":
        mailbox.port = 1
    assert not _tell(books, rejection, mailbox)
    assert "could not be sent by email" in caplog.text
    ((problem,),) = books.ask("select problem from export.rejection_mails where sent_at is null")
    says = "the address in Procore's directory" if broken == "refuses" else "check that it runs"
    assert says in problem
    message = digest_message(read_state(books.url, ["1"]), [])
    assert message is not None
    assert says in message.text


def test_a_title_that_holds_a_line_break_reaches_nobody_else(mailbox: Mailbox) -> None:
    """Titles come from Procore's users, who type anything."""
    message = Message((), "Subcontract\r\nBcc: eve@example.com", (), "")
    assert email_to("pat@example.com", message, SETTINGS, _connections(mailbox)) == ""
    assert mailbox.receivers == [["pat@example.com"]]
    assert mailbox.mails[0]["Bcc"] is None


def test_creators_are_told_only_if_the_settings_say_so_and_name_a_sender() -> None:
    assert Notifications().rejection_to_creator is False
    with pytest.raises(ValidationError, match="rejection_to_creator needs email_from"):
        Notifications(rejection_to_creator=True)


@pytest.mark.parametrize("switched_on", [True, False])
def test_the_approval_tells_creators_and_a_fault_of_that_never_fails_it(
    books: Books, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, switched_on: bool
) -> None:
    """Procore cannot be asked here: the company of the settings has none. The rejection stands all the same."""
    _reject(books)
    notifications = SETTINGS.model_copy(update={"rejection_to_creator": switched_on})
    company = Company(code="1", name="One", phase_category="STD")
    settings = Settings(companies=(company,), notifications=notifications)
    monkeypatch.setattr(creators, "load_settings", lambda: settings)
    monkeypatch.setattr("spectrum_etl.warehouse.connect.warehouse_url", lambda: books.url)
    creators.notify_creators("commitments", *RUN, 0)
    rows = books.ask("select problem from export.rejection_mails")
    assert len(rows) == int(switched_on)
    assert mailbox.mails == []
    if switched_on:
        assert "the company has no Procore company" in rows[0][0]


@pytest.mark.parametrize("fault", [RetryLater("the warehouse is down", remedy="wait"), RuntimeError("no such thing")])
def test_whatever_goes_wrong_while_creators_are_told_is_logged_and_raises_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    def down() -> Any:
        raise fault

    company = Company(code="1", name="One", phase_category="STD")
    monkeypatch.setattr(creators, "load_settings", lambda: Settings(companies=(company,), notifications=SETTINGS))
    monkeypatch.setattr("spectrum_etl.warehouse.connect.warehouse_url", down)
    creators.notify_creators("commitments", *RUN, 0)
    assert "the creator of a rejected record could not be notified" in caplog.text
    assert str(fault.args[0]) in caplog.text


def test_nobody_is_told_where_procore_never_names_a_creator(
    books: Books, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    company = Company(code="1", name="One", phase_category="STD")
    monkeypatch.setattr(creators, "load_settings", lambda: Settings(companies=(company,), notifications=SETTINGS))
    caplog.set_level("INFO")
    creators.notify_creators("vendors", "export_vendors", "run 1")
    assert "Procore does not say who created a vendor" in caplog.text
    assert books.ask("select count(*) from export.rejection_mails") == [(0,)]
