"""Messages over real SMTP and HTTP; what cannot be delivered is logged, without secrets, and raises nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from spectrum_etl.errors import FixConfiguration, RetryLater
from spectrum_etl.notify.deliver import deliver, try_channels
from spectrum_etl.notify.message import Message
from spectrum_etl.settings.notifications import Notifications
from tests.receivers import Connection, Mailbox, Webhook, smtp_server, webhook

MESSAGE = Message(
    ("failure", "drift"),
    "stage_jobs of company 1: the run failed",
    ("jobs of company 1: failed; 1 new, <Bell & Höfer>", ".begins with a dot"),
    "open the run",
    "http://localhost:8080/dags/stage_jobs/runs/manual__1",
)
MAIL = {"email_from": "etl@example.com", "email_to": ("ops@example.com", "acc@example.com")}


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with smtp_server() as box:
        yield box


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as hook:
        yield hook


def _smtp(box: Mailbox, **changes: object) -> Connection:
    values = {"port": box.port, "login": "sender", "password": box.password, "extra": {"encryption": "off"}, **changes}
    return Connection("127.0.0.1", **values)  # type: ignore[arg-type]


def _send(connection: Connection, channel: str, **more: object) -> list[str]:
    settings = Notifications.model_validate({"channels": (channel,), **MAIL, **more})
    return deliver(MESSAGE, settings, lambda conn_id: connection)


def test_an_email_says_everything_to_everybody(mailbox: Mailbox) -> None:
    assert _send(_smtp(mailbox), "email") == ["email"]
    (mail,) = mailbox.mails
    assert mailbox.receivers == [["ops@example.com", "acc@example.com"]]
    assert mail["Subject"] == "[Spectrum] stage_jobs of company 1: the run failed"
    assert mail["From"] == "etl@example.com"
    text = mail.get_content()
    assert "<Bell & Höfer>" in text
    assert "\n.begins with a dot" in text
    assert "What to do: open the run" in text
    assert text.rstrip().endswith("/runs/manual__1")


@pytest.mark.parametrize(
    ("changes", "refuses", "says"),
    [
        pytest.param({"password": "wrong-secret"}, False, "refused the login", id="password"),
        pytest.param({}, True, "refused an address", id="receiver"),
        pytest.param({"port": 1}, False, "could not be used", id="port"),
        pytest.param({"extra": {}}, False, "could not be used", id="no_starttls"),
        pytest.param({"extra": {"encryption": "none"}}, False, "starttls, tls or off", id="encryption"),
        pytest.param({"password": "wrong-secret-ü"}, False, "a character that is not ASCII", id="umlaut_in_password"),
    ],
)
def test_an_email_that_is_refused_is_logged_without_secrets(
    mailbox: Mailbox, caplog: pytest.LogCaptureFixture, changes: dict, refuses: bool, says: str
) -> None:
    mailbox.refuses = refuses
    assert _send(_smtp(mailbox, **changes), "email") == []
    assert says in caplog.text
    assert "What to do: " in caplog.text
    assert "Traceback" not in caplog.text
    assert "wrong-secret" not in caplog.text
    assert mailbox.mails == []


def test_slack_gets_text_with_its_own_characters_escaped(hook: Webhook) -> None:
    assert _send(Connection(password=hook.url), "slack") == ["slack"]
    (post,) = hook.posts
    assert post.keys() == {"text"}
    assert "&lt;Bell &amp; Höfer&gt;" in post["text"]
    assert "What to do: open the run" in post["text"]


def test_teams_gets_a_card_with_a_link(hook: Webhook) -> None:
    assert _send(Connection(password=hook.url), "teams") == ["teams"]
    (post,) = hook.posts
    (attachment,) = post["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert [block["text"] for block in card["body"]] == [
        MESSAGE.title,
        "\n\n".join(MESSAGE.lines),
        "What to do: open the run",
    ]
    assert card["actions"][0]["url"] == MESSAGE.link


@pytest.mark.parametrize(("status", "says"), [(404, "refused the message"), (302, "refused"), (503, "HTTP 503")])
def test_a_webhook_that_refuses_is_logged_without_its_address(
    hook: Webhook, caplog: pytest.LogCaptureFixture, status: int, says: str
) -> None:
    hook.status = status
    assert _send(Connection(password=hook.url), "slack") == []
    assert says in caplog.text
    assert "secret-part" not in caplog.text


@pytest.mark.parametrize("url", ["", "http://example.com/secret-part", "secret-part", "http://127.0.0.1:1/secret-part"])
def test_a_webhook_that_is_none_is_logged_without_its_address(url: str, caplog: pytest.LogCaptureFixture) -> None:
    assert _send(Connection(password=url), "teams") == []
    assert "could not be sent by teams" in caplog.text
    assert "secret-part" not in caplog.text


def test_one_channel_that_fails_stops_no_other(hook: Webhook, caplog: pytest.LogCaptureFixture) -> None:
    def connections(conn_id: str) -> Connection:
        if conn_id == "notify_email":
            raise FixConfiguration("there is no Airflow connection 'notify_email'", remedy="create it")
        return Connection(password=hook.url)

    settings = Notifications(channels=("email", "slack", "log"), email_from="a@b.c", email_to=("d@e.f",))
    with caplog.at_level(logging.WARNING):
        assert deliver(MESSAGE, settings, connections) == ["slack", "log"]
    assert "there is no Airflow connection 'notify_email'" in caplog.text
    assert "stage_jobs of company 1: the run failed" in caplog.text
    assert len(hook.posts) == 1


def test_only_events_that_the_settings_name_are_told(hook: Webhook) -> None:
    assert _send(Connection(password=hook.url), "slack", events=("digest", "volume")) == []
    assert _send(Connection(password=hook.url), "slack", events=("drift",)) == ["slack"]
    assert len(hook.posts) == 1


def test_every_channel_can_be_tried(hook: Webhook, mailbox: Mailbox) -> None:
    """Whatever events the settings name: none of them need happen for a channel to be tried."""
    settings = Notifications.model_validate({"channels": ("log", "email", "slack"), **MAIL, "events": ()})
    connections = {"notify_email": _smtp(mailbox), "notify_slack": Connection(password=hook.url)}
    assert try_channels(settings, connections.__getitem__) == ["log", "email", "slack"]
    assert "a test" in mailbox.mails[0]["Subject"]
    assert "a test" in hook.posts[0]["text"]


def test_a_trial_fails_with_the_error_of_the_channel_and_tries_the_others(
    hook: Webhook, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox.refuses, hook.status = True, 503
    settings = Notifications.model_validate({"channels": ("email", "slack"), **MAIL})
    connections = {"notify_email": _smtp(mailbox), "notify_slack": Connection(password=hook.url)}
    with pytest.raises(FixConfiguration, match=r"refused an address.*email_to"):
        try_channels(settings, connections.__getitem__)
    assert "HTTP 503" in caplog.text
    mailbox.refuses = False
    with pytest.raises(RetryLater, match="HTTP 503"):
        try_channels(settings, connections.__getitem__)
    assert len(mailbox.mails) == 1


def test_a_trial_without_any_channel_says_so() -> None:
    with pytest.raises(FixConfiguration, match="channels"):
        try_channels(Notifications(channels=()), lambda conn_id: Connection())


def test_email_needs_addresses() -> None:
    with pytest.raises(ValueError, match="email_to"):
        Notifications(channels=("email",), email_from="a@b.c")
