"""Delivers a message by every channel of the settings.

A channel that fails is logged and never fails what it tells about, but for a trial, which is there to find out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import Any

from spectrum_etl.errors import FixConfiguration, SpectrumEtlError
from spectrum_etl.notify.channels import send_email, send_slack, send_teams
from spectrum_etl.notify.message import Message
from spectrum_etl.settings.notifications import Notifications

log = logging.getLogger(__name__)

#: Gives an Airflow connection by its id; tests replace it.
Connections = Callable[[str], Any]


def airflow_connections(conn_id: str) -> Any:
    """An Airflow connection, as `Connections`."""
    from spectrum_etl.credentials import airflow_connection

    return airflow_connection(conn_id)


def deliver(message: Message, settings: Notifications, connections: Connections = airflow_connections) -> list[str]:
    """Send a message by every channel, if the settings want to hear of one of its events.

    Args:
        message: what to tell.
        settings: channels, events, addresses.
        connections: where the channels' addresses and secrets come from.

    Returns:
        The channels that took it; those that did not are in the log, with the reason.
    """
    if not set(message.events) & set(settings.events):
        return []
    taken: list[str] = []
    for channel in dict.fromkeys(settings.channels):
        try:
            _send(channel, message, settings, connections)
        except SpectrumEtlError as error:
            log.error("the message %r could not be sent by %s: %s", message.title, channel, error)
        except Exception:  # whatever a channel meets must not fail the sync it tells about; the log has all of it
            log.exception("the message %r could not be sent by %s", message.title, channel)
        else:
            taken.append(channel)
    return taken


def email_to(
    address: str, message: Message, settings: Notifications, connections: Connections = airflow_connections
) -> str:
    """Send a message to one person by e-mail, whatever the channels and events of the settings.

    Args:
        address: theirs.
        message: what to tell.
        settings: the sender, and the connection of the mail server.
        connections: where its address and secrets come from.

    Returns:
        Why it was not sent, as the log has it too; empty where the mail server took it.
    """
    try:
        send_email(connections(settings.email_conn_id), message, settings, (address,))
    except SpectrumEtlError as error:
        log.error("the message %r could not be sent by email: %s", message.title, error)
        return str(error)
    except Exception as error:  # whatever the mail server meets must not fail the rejection; the log has all of it
        log.exception("the message %r could not be sent by email", message.title)
        return f"the e-mail could not be sent: {type(error).__name__}. What to do: see the task's log"
    return ""


def reached(taken: Collection[str], settings: Notifications) -> bool:
    """Whether people got a message: one that only the log took counts where nothing else is asked for.

    With two channels of which one is broken it counts, too: the other one's readers would hear it every hour.

    Args:
        taken: the channels that took it.
        settings: the channels there are.
    """
    people = set(settings.channels) - {"log"}
    return bool(set(taken) & (people or {"log"}))


def try_channels(settings: Notifications, connections: Connections = airflow_connections) -> list[str]:
    """Send a test message by every channel, whatever events the settings want to hear of.

    Args:
        settings: channels and addresses.
        connections: where the channels' addresses and secrets come from.

    Returns:
        The channels, all of which took it.

    Raises:
        SpectrumEtlError: of the first channel that did not take it; all were tried, and the log has every error.
        FixConfiguration: the settings have no channel.
    """
    channels: list[str] = list(dict.fromkeys(settings.channels))
    if not channels:
        raise FixConfiguration(
            "there is no channel to try", field="notifications.channels", limit="log, email, slack, teams",
            remedy="name at least one in include/settings.yaml",
        )  # fmt: skip
    lines = (
        f"This message went to: {', '.join(channels)}.",
        f"Notified, according to the settings: {', '.join(settings.events) or 'nothing'}.",
    )
    remedy = "nothing; readers of this message will be notified of failures"
    message = Message((), "a test of the channels", lines, remedy)
    errors: list[SpectrumEtlError] = []
    for channel in channels:
        try:
            _send(channel, message, settings, connections)
        except SpectrumEtlError as error:
            log.error("the test could not be sent by %s: %s", channel, error)
            errors.append(error)
    if errors:
        raise errors[0]
    return channels


def _send(channel: str, message: Message, settings: Notifications, connections: Connections) -> None:
    if channel == "log":
        log.log(logging.ERROR if "failure" in message.events else logging.WARNING, "%s", message.text)
    elif channel == "email":
        send_email(connections(settings.email_conn_id), message, settings)
    elif channel == "slack":
        send_slack(connections(settings.slack_conn_id), message, settings)
    else:
        send_teams(connections(settings.teams_conn_id), message, settings)
