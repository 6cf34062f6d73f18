"""How long a call may still run whose answer was lost, or that the warehouse has forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from spectrum_etl.errors import RetryLater
from spectrum_etl.settings import Settings

#: Added to the server's time limit: clocks, and the way of the last packet.
SETTLE_MARGIN = timedelta(seconds=30)


class Unsettled(RetryLater):
    """A call may still be running. Call again after `until`."""

    until: datetime


def settles_at(intent_at: datetime, settings: Settings) -> datetime:
    """From when on a call whose answer was lost has certainly ended.

    Args:
        intent_at: when it was begun.
        settings: know the time limit of Spectrum's server.
    """
    return intent_at + timedelta(seconds=settings.exports.server_time_limit) + SETTLE_MARGIN


def unsettled(until: datetime, message: str, *, object: str, company: str, record: str, remedy: str) -> Unsettled:
    """The error that asks to be called again."""
    error = Unsettled(message, object=object, company=company, record=record, remedy=remedy)
    error.until = until
    return error
