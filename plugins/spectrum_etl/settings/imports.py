"""The section `imports` of the settings. `include/settings.yaml` says what each value means."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from spectrum_etl.settings.exports import Approver
from spectrum_etl.settings.schedules import SCHEDULES
from spectrum_etl.settings.shape import Strict

#: Runs when the object was staged; the other words are those of staging.
AFTER_SYNC = "after_sync"
IMPORT_SCHEDULES = (*SCHEDULES, AFTER_SYNC)

Ask = Literal["always", "changes", "never"]
#: What of a linked company may follow its vendor (C3).
Followed = Literal["name", "address", "phone", "fax"]


class VendorImports(Strict):
    """Vendors to companies (N3, N4, C6).

    Args:
        ask: who accepts which rows of a plan: always a person; a person but for updates of linked companies; or a
            person for matches alone.
        schedule: a word of staging, or `after_sync`.
        types: vendor types that are offered; empty: all.
        include_without_type: whether vendors without a type are offered too.
        update: what of a linked company follows its vendor.
        suggest_from: the lowest score of a match that is suggested, from 0 to 100.
        tied_within: how far apart the scores of two matches may be and still count as the same.
    """

    ask: Ask = "always"
    schedule: str = "never"
    types: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    include_without_type: bool = True
    update: tuple[Followed, ...] = ()
    suggest_from: float = Field(default=60.0, ge=0, le=100)
    tied_within: float = Field(default=0.0, ge=0, le=100)

    @field_validator("schedule", mode="after")
    @classmethod
    def _known_schedule(cls, value: str) -> str:
        if value not in IMPORT_SCHEDULES:
            raise ValueError(f"input should be {', '.join(map(repr, IMPORT_SCHEDULES[:-1]))} or {AFTER_SYNC!r}")
        return value


class ImportSettings(Strict):
    """Everything below `imports:` in `include/settings.yaml`, which says what each value means."""

    approvers: tuple[Approver, ...] = ()
    look_every_hours: float = Field(default=24, ge=0, le=24 * 30)
    run_configurable_validations: bool = False
    vendors: VendorImports = VendorImports()

    @field_validator("approvers", mode="after")
    @classmethod
    def _approvers_differ(cls, approvers: tuple[Approver, ...]) -> tuple[Approver, ...]:
        ids = [approver.id for approver in approvers]
        if len(set(ids)) != len(ids):
            raise ValueError(f"a user id is listed twice in {ids}")
        return approvers
