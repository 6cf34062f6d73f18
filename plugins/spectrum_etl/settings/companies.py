"""The section `companies` of the settings. `include/settings.yaml` says what each value means."""

from __future__ import annotations

from pydantic import Field, field_validator

from spectrum_etl.settings.shape import Strict


class Company(Strict):
    """One Spectrum company, staged into the common warehouse (A1).

    Args:
        code: company code as Spectrum shows it, at most 3 characters.
        name: for people only; at most 190 characters, since Airflow names tasks by it and holds 250.
        phase_category: the standard cost code list that Procore gets (A2).
        sdx_conn_id: Airflow connection of the web services; null where there are none.
        infolink_conn_id: Airflow connection of Info-Link; null where there is none.
        procore_company_id: the Procore company it maps to; null where nothing is exported.
        procore_conn_id: Airflow connection of Procore.
    """

    code: str = Field(min_length=1, max_length=3)
    name: str = Field(max_length=190)
    phase_category: str
    sdx_conn_id: str | None = "spectrum_sdx"
    infolink_conn_id: str | None = "spectrum_infolink"
    procore_company_id: int | None = None
    procore_conn_id: str = "procore"

    @field_validator("code", "phase_category", mode="after")
    @classmethod
    def _trimmed(cls, value: str) -> str:
        return value.strip()
