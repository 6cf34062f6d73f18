"""The settings: one typed object, loaded from `include/settings.yaml` and checked on load.

`SPECTRUM_ETL_SETTINGS` names another file. Secrets are not here: they are Airflow connections.
"""

from __future__ import annotations

import functools
import json
import os
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import Field, ModelWrapValidatorHandler, ValidationError, field_validator, model_validator

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.settings.checks import disagreements, with_disagreements
from spectrum_etl.settings.exports import ExportSettings, Strict
from spectrum_etl.settings.messages import explain_value, explain_yaml
from spectrum_etl.settings.operation import Notifications, Page, Retention

Schedule = Literal["never", "daily", "4h", "2h", "hourly"]
SCHEDULES: tuple[str, ...] = get_args(Schedule)
OBJECT_NAMES = (
    "standard_cost_codes",
    "project_cost_codes",
    "jobs",
    "budgets",
    "prime_contracts",
    "subcontracts",
    "vendors",
    "job_costs",
)
#: The Airflow Variable that overrides `schedules` from the UI (A4).
SCHEDULES_VARIABLE = "spectrum_schedules"

#: Types of change request statuses that count towards the current estimate, as a published report of Spectrum has them.
COUNTED_CHANGE_TYPES = ("1", "2", "5")

Share = Annotated[float, Field(gt=0, le=1)]


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


class Schedules(Strict):
    """How often each object is staged (A4)."""

    standard_cost_codes: Schedule = "daily"
    project_cost_codes: Schedule = "4h"
    jobs: Schedule = "hourly"
    budgets: Schedule = "4h"
    prime_contracts: Schedule = "daily"
    subcontracts: Schedule = "4h"
    vendors: Schedule = "hourly"
    job_costs: Schedule = "hourly"


class Readers(Strict):
    """Which reader each table uses, where there is a choice."""

    jobs: Literal["infolink", "sdx"] = "infolink"
    project_cost_codes: Literal["infolink", "sdx"] = "infolink"
    vendors: Literal["infolink", "sdx"] = "infolink"
    job_cost_totals: Literal["sdx", "transactions"] = "transactions"


class Settings(Strict):
    """Everything that `include/settings.yaml` says; that file documents each value."""

    companies: tuple[Company, ...] = Field(min_length=1)
    schedules: Schedules = Schedules()
    daily_at: time = time(5)
    timezone: str = "UTC"
    readers: Readers = Readers()
    stage_employees: bool = False
    estimate_change_types: tuple[Annotated[str, Field(pattern=r"^\d$")], ...] = COUNTED_CHANGE_TYPES
    max_deleted_share: Share = 0.2
    max_deleted_rows: int = Field(default=20, ge=0)
    max_rejected_share: Share = 0.1
    max_rejected_rows: int = Field(default=20, ge=0)
    max_volume_change: float = Field(default=0.5, gt=0)
    full_copy_share: Share = 0.3
    retries: int = Field(default=2, ge=0)
    retry_delay: float = Field(default=60, ge=0)
    operators: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    exports: ExportSettings = ExportSettings()
    notifications: Notifications = Notifications()
    page: Page = Page()
    retention: Retention = Retention()

    @field_validator("timezone", mode="after")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is not a time zone; use a name such as UTC or America/Denver") from None
        return value

    @model_validator(mode="wrap")
    @classmethod
    def _everything_at_once(cls, values: Any, handler: ModelWrapValidatorHandler[Settings]) -> Settings:
        found = disagreements(values)
        try:
            settings = handler(values)
        except ValidationError as error:
            raise with_disagreements(error, found) from None
        if found:
            raise with_disagreements(None, found)
        return settings

    def company(self, code: str) -> Company:
        """The company with this code.

        Raises:
            FixConfiguration: it is not configured; the message names those that are.
        """
        for company in self.companies:
            if company.code == code.strip():
                return company
        raise FixConfiguration(
            f"company {code!r} is not configured; configured are {', '.join(c.code for c in self.companies)}",
            remedy="choose one of those, or add the company to include/settings.yaml",
        )

    def reader(self, table: str) -> str:
        """Which reader a table uses: `infolink`, `sdx` or `transactions`."""
        return getattr(self.readers, table, "infolink")


def settings_path() -> Path:
    """Where the settings are: `SPECTRUM_ETL_SETTINGS`, else `include/settings.yaml` beside `plugins/`."""
    named = os.environ.get("SPECTRUM_ETL_SETTINGS")
    return Path(named) if named else Path(__file__).resolve().parents[3] / "include" / "settings.yaml"


def load_settings(path: Path | None = None) -> Settings:
    """Read and check the settings.

    Args:
        path: the file; by default `settings_path()`.

    Raises:
        FixConfiguration: the file is missing, is not YAML, or holds a value that is not allowed; the message names
            every wrong value and what is allowed.
    """
    path = path or settings_path()
    return _load(path, path.stat().st_mtime_ns if path.exists() else 0)


@functools.lru_cache(maxsize=4)
def _load(path: Path, _changed: int) -> Settings:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FixConfiguration(f"there is no settings file {path}", remedy="restore include/settings.yaml") from None
    except yaml.YAMLError as error:
        raise FixConfiguration(
            f"{path.name} is not YAML: {explain_yaml(error)}", remedy="mend the line it names"
        ) from None
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        wrong = "; ".join(explain_value(entry) for entry in error.errors())
        raise FixConfiguration(f"{path.name}: {wrong}", remedy="correct these values and save the file") from None


def schedule_of(object_name: str, settings: Settings, override: str | dict[str, Any] | None = None) -> str | None:
    """The cron expression of an object's schedule.

    Args:
        object_name: an importable object.
        settings: supplies the default.
        override: the value of the Airflow Variable `spectrum_schedules`: JSON text or its object; empty means none. An
            entry of it that is wrong overrides nothing; `wrong_schedules` tells of it.

    Returns:
        A cron expression in the time zone of the settings, or None for `never`: runs on demand only.
    """
    return {
        "never": None,
        "daily": f"{settings.daily_at.minute} {settings.daily_at.hour} * * *",
        "4h": "0 */4 * * *",
        "2h": "0 */2 * * *",
        "hourly": "0 * * * *",
    }[schedule_name(object_name, settings, override)]


def schedule_name(object_name: str, settings: Settings, override: str | dict[str, Any] | None = None) -> str:
    """The schedule of an object by its name, `hourly`; arguments as for `schedule_of`."""
    name: str = {**settings.schedules.model_dump(), **_overrides(override)[0]}[object_name]
    return name


def in_force(settings: Settings, override: str | dict[str, Any] | None) -> Settings:
    """The settings with the schedules that hold now; arguments as for `schedule_of`."""
    schedules = settings.schedules.model_copy(update=_overrides(override)[0])
    return settings.model_copy(update={"schedules": schedules})


def wrong_schedules(override: str | dict[str, Any] | None) -> list[FixConfiguration]:
    """What is wrong in the Airflow Variable, one error an entry; for each the settings' own schedule holds (A4).

    One wrong word must not take the DAGs away, so it is no import error: the page, the digest and check_connections
    tell it.

    Args:
        override: the value of the Variable.

    Returns:
        Errors that name the values that are allowed; none where all is well.
    """
    return _overrides(override)[1]


def _overrides(override: str | dict[str, Any] | None) -> tuple[dict[str, str], list[FixConfiguration]]:
    """The entries of the Variable that hold, and what is wrong with the others."""
    if not override:
        return {}, []
    where = f"the Airflow Variable {SCHEDULES_VARIABLE}"
    shape = 'write it like {"jobs": "hourly", "vendors": "daily"}; until then the schedules of the settings hold'
    try:
        values = json.loads(override) if isinstance(override, str) else override
    except (ValueError, RecursionError):
        return {}, [FixConfiguration(f"{where} is not JSON", remedy=shape)]
    if not isinstance(values, dict):
        return {}, [FixConfiguration(f"{where} is not a JSON object", remedy=shape)]
    good: dict[str, str] = {}
    wrong: list[FixConfiguration] = []
    for name, value in values.items():
        if name not in OBJECT_NAMES:
            message, remedy = f"{where} names an object {name!r} that does not exist", f"use {', '.join(OBJECT_NAMES)}"
            wrong.append(FixConfiguration(message, remedy=remedy))
        elif value not in SCHEDULES:
            message = f"{where} schedules {name} as {value!r}, so the settings' own schedule holds"
            wrong.append(FixConfiguration(message, remedy=f"use one of {', '.join(SCHEDULES)}"))
        else:
            good[name] = value
    return good, wrong
