"""The channels: e-mail by SMTP, Slack and Teams by incoming webhook.

Every secret, the webhook's address too, comes from an Airflow connection and appears in no error. Formats: Slack's
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, Teams' workflow webhooks
https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any
from urllib.parse import urlsplit

import requests

from spectrum_etl.credentials.fields import extras
from spectrum_etl.errors import FixConfiguration, Reauthenticate, RetryLater
from spectrum_etl.notify.message import ON_THE_PAGE, Message
from spectrum_etl.settings.notifications import Notifications
from spectrum_etl.sources.http import Session

#: For one connection or answer, in seconds: a callback that notifies has other things to do.
TIMEOUT = 15.0
#: Slack cuts texts near 40,000 characters, Teams refuses messages above 28 KB.
LONGEST_TEXT = 12_000


def send_email(connection: Any, message: Message, settings: Notifications, to: Sequence[str] | None = None) -> None:
    """Send it by e-mail.

    Args:
        connection: Airflow connection: host, port, login, password; extra `encryption`: starttls (default), tls or off.
        message: what to tell.
        settings: sender and receivers.
        to: other receivers than those of the settings.

    Raises:
        FixConfiguration: the connection says something that is not allowed, or the server refuses an address.
        Reauthenticate: the server refuses the login.
        RetryLater: it cannot be reached.
    """
    where = f"the Airflow connection {settings.email_conn_id!r}"

    def wrong(name: str, message: str, limit: str) -> FixConfiguration:
        return FixConfiguration(message, field=name, limit=limit, remedy=f"correct {where}")

    encryption = extras(connection, ("encryption",), wrong).get("encryption", "starttls")
    if encryption not in ("starttls", "tls", "off"):
        raise wrong("extra encryption", "unknown encryption", "starttls, tls or off")
    if not connection.host:
        raise FixConfiguration("the mail server has no host", remedy=f"correct {where}")
    mail = _mail(message, settings, settings.email_to if to is None else to)
    port = connection.port or {"starttls": 587, "tls": 465, "off": 25}[encryption]
    try:
        with _smtp(connection.host, port, encryption) as server:
            if encryption == "starttls":
                server.starttls(context=ssl.create_default_context())
            if connection.login:
                server.login(connection.login, connection.password or "")
            server.send_message(mail)
    except smtplib.SMTPAuthenticationError:
        raise Reauthenticate("the mail server refused the login", remedy=f"correct {where}") from None
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as error:
        raise FixConfiguration(
            f"the mail server refused an address: {type(error).__name__}",
            remedy="correct email_from and email_to in include/settings.yaml"
            if to is None
            else "correct email_from in include/settings.yaml, or the address in Procore's directory",
        ) from None
    except UnicodeError:
        # The error's own words hold what could not be sent, which may be the password.
        raise FixConfiguration(
            "the mail server's host, login or password has a character that is not ASCII, which cannot be sent",
            remedy=f"correct {where}; change such a password on the server, too",
        ) from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise RetryLater(
            f"the mail server could not be used: {type(error).__name__}",
            remedy=f"check that it runs, and host, port and encryption of {where}",
        ) from None


def _smtp(host: str, port: int, encryption: str) -> smtplib.SMTP:
    if encryption == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
    return smtplib.SMTP(host, port, timeout=TIMEOUT)


def _mail(message: Message, settings: Notifications, to: Sequence[str]) -> EmailMessage:
    mail = EmailMessage()
    # A title holds names from settings; a line break in a header would begin another header.
    mail["Subject"] = " ".join(f"[Spectrum] {message.title}".split())
    mail["From"] = settings.email_from
    mail["To"] = ", ".join(to)
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain=(settings.email_from or "").partition("@")[2] or None)
    mail.set_content(message.text)
    return mail


def send_slack(connection: Any, message: Message, settings: Notifications) -> None:
    """Send it to a Slack channel.

    Args:
        connection: Airflow connection whose password is the webhook's URL.
        message: what to tell.
        settings: names the connection, for errors.

    Raises:
        SpectrumEtlError: as `_post`.
    """
    text = message.text[:LONGEST_TEXT]
    # The three characters that Slack reads as its own.
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, entity)
    _post(connection, {"text": text}, settings.slack_conn_id)


def send_teams(connection: Any, message: Message, settings: Notifications) -> None:
    """Send it to a Teams channel, as an adaptive card.

    Args:
        connection: Airflow connection whose password is the webhook's URL.
        message: what to tell.
        settings: names the connection, for errors.

    Raises:
        SpectrumEtlError: as `_post`.
    """
    facts = "\n\n".join(message.lines)[:LONGEST_TEXT]
    blocks = [{"type": "TextBlock", "text": message.title, "weight": "Bolder", "size": "Medium", "wrap": True}]
    blocks += [
        {"type": "TextBlock", "text": text, "wrap": True}
        for text in (facts, f"What to do: {message.remedy}" if message.remedy else "")
        if text
    ]
    card: dict[str, Any] = {"type": "AdaptiveCard", "version": "1.4", "body": blocks}
    links = ((ON_THE_PAGE, message.page), ("Open the run in Airflow", message.link))
    if actions := [{"type": "Action.OpenUrl", "title": title, "url": url} for title, url in links if url]:
        card["actions"] = actions
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    _post(connection, {"type": "message", "attachments": [attachment]}, settings.teams_conn_id)


def _post(connection: Any, content: dict[str, Any], conn_id: str) -> None:
    """Post JSON to the webhook.

    Raises:
        FixConfiguration: the URL is none, or the webhook refuses it.
        RetryLater: it cannot be reached, or says that it is busy.
    """
    url, where = (connection.password or "").strip(), f"the Airflow connection {conn_id!r}"
    if not _is_safe(url):
        raise FixConfiguration(
            "there is no webhook address", field="password", limit="a URL that begins with https://",
            remedy=f"put the webhook's whole URL into the password of {where}",
        )  # fmt: skip
    try:
        # What it answers is not read: only the status counts, and the body may have no end.
        with (
            Session() as session,
            session.post(url, json=content, timeout=TIMEOUT, allow_redirects=False, stream=True) as answer,
        ):
            pass
    except requests.RequestException as error:
        # The error's own words hold the URL, which is a secret.
        raise RetryLater(
            f"the webhook could not be reached: {type(error).__name__}",
            remedy=f"check this machine's access to the internet, and the URL in {where}",
        ) from None
    if answer.status_code == 429 or answer.status_code >= 500:
        raise RetryLater(f"the webhook answered HTTP {answer.status_code}", remedy="the next message is tried again")
    if not answer.ok or answer.is_redirect:
        raise FixConfiguration(
            f"the webhook refused the message: HTTP {answer.status_code}",
            remedy=f"renew the webhook, and its URL in the password of {where}",
        )


def _is_safe(url: str) -> bool:
    """Whether the message would travel encrypted, or stay on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and host in ("127.0.0.1", "localhost", "::1"))
    )
