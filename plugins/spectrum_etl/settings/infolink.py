"""The section `infolink` of the settings. `include/settings.yaml` says what each value means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, field_validator

from spectrum_etl.settings.shape import Strict

#: As a database holds it: no line breaks, no brackets, which would need quoting of their own.
_Name = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\[\]\x00-\x1f]+$")]


class SiteNames(Strict):
    """What a site calls one table of Info-Link and its columns (O1).

    Args:
        table: the table or view that is read in its place, with its schema where that is not dbo: `reporting.JOBS`;
            None where it is called as everywhere.
        columns: name in the specs -> the column's name at this site.
        one_company: whether it shows the rows of this company alone, so that it needs no company code.
    """

    table: _Name | None = None
    one_company: bool = False
    columns: dict[str, _Name] = Field(default_factory=dict)

    @field_validator("table", mode="after")
    @classmethod
    def _schema_and_name(cls, value: str | None) -> str | None:
        if value is not None and ("" in value.split(".") or value.count(".") > 1):
            raise ValueError(f"{value!r} is not a table or view; write NAME, or SCHEMA.NAME")
        return value

    @property
    def place(self) -> tuple[str, str] | None:
        """Schema and name of the table; None where it is looked for as everywhere."""
        if self.table is None:
            return None
        schema, _, name = self.table.rpartition(".")
        return schema or "dbo", name


class InfoLinkSettings(Strict):
    """Everything below `infolink:` in `include/settings.yaml`.

    Args:
        queries_at_a_time: how many tasks may read through one Airflow connection at the same time (O2).
        piece_seconds: how long one query of the transactions' fingerprints may take, by what the last ones took, before
            they are asked for by years.
        names: company code -> Info-Link table -> what the site calls it.
    """

    queries_at_a_time: int = Field(default=1, ge=1)
    piece_seconds: float = Field(default=10, gt=0)
    names: dict[str, dict[str, SiteNames]] = Field(default_factory=dict)

    def of(self, company: str) -> Mapping[str, SiteNames]:
        """What the site of a company calls otherwise: by the upper-case name of the table, columns too."""
        return {
            table.upper(): named.model_copy(update={"columns": {k.upper(): v for k, v in named.columns.items()}})
            for table, named in self.names.get(company.strip(), {}).items()
        }
