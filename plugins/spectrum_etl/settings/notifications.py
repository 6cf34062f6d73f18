"""The section `notifications` of the settings. `include/settings.yaml` says what each value means."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator

from spectrum_etl.settings.shape import Strict

Channel = Literal["log", "email", "slack", "teams"]
Event = Literal["failure", "partial_success", "volume", "drift", "stale_data", "late", "digest"]
EVENTS: tuple[Event, ...] = get_args(Event)

Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]


class Notifications(Strict):
    """Who hears what, and how. Where messages go to, with its secrets, is held by Airflow connections."""

    channels: tuple[Channel, ...] = ("log",)
    events: tuple[Event, ...] = EVENTS
    email_conn_id: str = "notify_email"
    email_from: Address | None = None
    rejection_to_creator: bool = False
    email_to: tuple[Address, ...] = Field(default=(), validate_default=True)
    slack_conn_id: str = "notify_slack"
    teams_conn_id: str = "notify_teams"
    stale_after_intervals: float = Field(default=2, ge=1)
    late_after_minutes: int | None = Field(default=60, ge=1)

    @field_validator("rejection_to_creator", mode="after")
    @classmethod
    def _rejections_have_a_sender(cls, rejection_to_creator: bool, info: ValidationInfo) -> bool:
        if rejection_to_creator and not info.data.get("email_from", "refused for itself"):
            raise ValueError("rejection_to_creator needs email_from, the sender of these e-mails")
        return rejection_to_creator

    # Of the field, not of the whole: an error elsewhere must not keep it from being told.
    @field_validator("email_to", mode="after")
    @classmethod
    def _email_is_addressed(cls, email_to: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        sender = info.data.get("email_from", "refused for itself")
        if "email" in info.data.get("channels", ()) and not (sender and email_to):
            raise ValueError("the channel email needs email_from and at least one address in email_to")
        return email_to
