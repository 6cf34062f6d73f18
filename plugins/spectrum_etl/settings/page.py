"""The section `page` of the settings. `include/settings.yaml` says what each value means."""

from __future__ import annotations

from pydantic import Field

from spectrum_etl.settings.shape import Strict


class PageSettings(Strict):
    """The page in Airflow: how it reads the warehouse."""

    conn_id: str = Field(default="warehouse", min_length=1)
    max_downloads: int = Field(default=4, ge=1)
    unread_seconds: int = Field(default=30, ge=1)
    procore_site: str = Field(default="https://app.procore.com", pattern=r"^https://[^/?#\s]+$")
