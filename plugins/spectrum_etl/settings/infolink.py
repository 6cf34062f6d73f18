"""The section `infolink` of the settings. `include/settings.yaml` says what each value means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from spectrum_etl.settings.shape import Strict

#: What the driver takes for a value, wherever it stands in a statement.
_PLACEHOLDER = re.compile(r"%\([^)]+\)s")


def _can_be_sent(name: str) -> str:
    if _PLACEHOLDER.search(name):
        raise ValueError(
            "the driver of SQL Server takes %(...)s for a value: have a view created that gives it another name"
        )
    return name


#: As a database holds it: up to 128 characters, of nearly whatever kind.
_Name = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]+$"), AfterValidator(_can_be_sent)]
#: A part of a table's name: as it is, or in brackets where a dot or a bracket belongs to it.
_PART = re.compile(r"\[((?:[^\]]|\]\])+)\]|([^.\[\]]+)")
_LONGEST_TABLE = 2 * 130 + 1


def table_name(schema: str, name: str) -> str:
    """A table or view as the setting `table` has it: `NAME` of dbo, else `SCHEMA.NAME`."""
    parts = [name] if schema.lower() == "dbo" else [schema, name]
    return ".".join(f"[{part.replace(']', ']]')}]" if re.search(r"[.\[\]]", part) else part for part in parts)


def _place(written: str) -> tuple[str, str] | None:
    """Schema and name of what `table_name` writes; None where it is written otherwise."""
    parts: list[str] = []
    rest = written
    while found := _PART.match(rest):
        parts.append(found[1].replace("]]", "]") if found[1] else found[2])
        rest = rest[found.end() :]
        if not rest and len(parts) <= 2 and all(len(part) <= 128 for part in parts):
            return (parts[0] if len(parts) == 2 else "dbo"), parts[-1]
        if not rest.startswith("."):
            return None
        rest = rest[1:]
    return None


class SiteNames(Strict):
    """What a site calls one table of Info-Link and its columns (O1).

    Args:
        table: the table or view that is read in its place, with its schema where that is not dbo: `reporting.JOBS`; a
            name with a dot or a bracket stands in brackets: `[JOBS.OLD]`. None where it is called as everywhere.
        columns: name in the specs -> the column's name at this site.
        one_company: whether it shows the rows of this company alone, so that it needs no company code.
    """

    table: Annotated[str, Field(max_length=_LONGEST_TABLE, pattern=r"^[^\x00-\x1f]*$")] | None = None
    one_company: bool = False
    columns: dict[str, _Name] = Field(default_factory=dict)

    @field_validator("table", mode="after")
    @classmethod
    def _schema_and_name(cls, value: str | None) -> str | None:
        if value is not None and _place(value) is None:
            raise ValueError(
                f"{value!r} is not a table or view; write NAME, or SCHEMA.NAME, and a name with a dot or a bracket in"
                " brackets"
            )
        if value is not None:
            _can_be_sent(value)
        return value

    @property
    def place(self) -> tuple[str, str] | None:
        """Schema and name of the table; None where it is looked for as everywhere."""
        return None if self.table is None else _place(self.table)


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
