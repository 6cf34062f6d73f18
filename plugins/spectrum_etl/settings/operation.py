"""The settings of operating it: notifications, the page and retention, a part of `spectrum_etl.settings`.

What each value means to the people who set it is written beside it in `include/settings.yaml`.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator

from spectrum_etl.settings.exports import Strict

Channel = Literal["log", "email", "slack", "teams"]
Event = Literal["failure", "partial_success", "volume", "drift", "stale_data", "late", "digest"]
EVENTS: tuple[Event, ...] = get_args(Event)

Days = Annotated[int, Field(ge=1)]
Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]


class Notifications(Strict):
    """Who hears what, and how. Where messages go to, with its secrets, is held by Airflow connections."""

    channels: tuple[Channel, ...] = ("log",)
    events: tuple[Event, ...] = EVENTS
    email_conn_id: str = "notify_email"
    email_from: Address | None = None
    email_to: tuple[Address, ...] = Field(default=(), validate_default=True)
    slack_conn_id: str = "notify_slack"
    teams_conn_id: str = "notify_teams"
    stale_after_intervals: float = Field(default=2, ge=1)
    late_after_minutes: int | None = Field(default=60, ge=1)

    # Of the field, not of the whole: an error elsewhere must not keep it from being told.
    @field_validator("email_to", mode="after")
    @classmethod
    def _email_is_addressed(cls, email_to: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        sender = info.data.get("email_from", "refused for itself")
        if "email" in info.data.get("channels", ()) and not (sender and email_to):
            raise ValueError("the channel email needs email_from and at least one address in email_to")
        return email_to


class Page(Strict):
    """The page in Airflow: how it reads the warehouse."""

    conn_id: str = Field(default="warehouse", min_length=1)
    max_downloads: int = Field(default=4, ge=1)
    unread_seconds: int = Field(default=30, ge=1)


class Retention(Strict):
    """For how many days the warehouse keeps what is no longer current. The export ledger is kept for ever."""

    landing_days: Days = 3
    rejected_days: Days = 180
    runs_days: Days = 400
    checks_days: Days = 90
    drift_days: Days = 400
