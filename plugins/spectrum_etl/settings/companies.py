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
        infolink_code: what Info-Link's tables write for the code where that is something else, `1` for `01`; null where
            they write the code. Padding makes no difference.
        procore_company_id: the Procore company it maps to; null where nothing is exported.
        procore_conn_id: Airflow connection of Procore.
    """

    code: str = Field(min_length=1, max_length=3)
    name: str = Field(max_length=190)
    phase_category: str
    sdx_conn_id: str | None = "spectrum_sdx"
    infolink_conn_id: str | None = "spectrum_infolink"
    infolink_code: str | None = Field(default=None, min_length=1, max_length=20)
    procore_company_id: int | None = None
    procore_conn_id: str = "procore"

    @field_validator("code", "phase_category", "infolink_code", mode="after")
    @classmethod
    def _trimmed(cls, value: str | None) -> str | None:
        return None if value is None else value.strip()

    @field_validator("code", "infolink_code", mode="after")
    @classmethod
    def _not_blank(cls, value: str | None) -> str | None:
        if value == "":
            raise ValueError("a code must not be blank")
        return value

    @property
    def written(self) -> str:
        """The code as Info-Link's tables write it."""
        return self.infolink_code or self.code
