"""What all sections of the settings share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Base of all settings: unknown names are errors, and nothing changes them after they were read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
