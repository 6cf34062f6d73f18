"""Everything that `include/settings.yaml` says, as one typed object; that file documents each value."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, ValidationInfo, field_validator, model_validator

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.settings.checks import disagreements, with_disagreements
from spectrum_etl.settings.closing import ClosedMonths, Closing
from spectrum_etl.settings.companies import Company
from spectrum_etl.settings.exports import Approver, ExportSettings
from spectrum_etl.settings.imports import ImportSettings
from spectrum_etl.settings.infolink import InfoLinkSettings
from spectrum_etl.settings.notifications import Notifications
from spectrum_etl.settings.page import PageSettings
from spectrum_etl.settings.quiet import LEAST_ROOM, QuietHours, longest_room, wrong_window
from spectrum_etl.settings.registry import KnownNames, Registry, Staged, StagedTable, names
from spectrum_etl.settings.retention import Retention
from spectrum_etl.settings.schedules import Schedule, overrides
from spectrum_etl.settings.shape import Strict

#: Types of change request statuses that count towards the current estimate, as a published report of Spectrum has them.
COUNTED_CHANGE_TYPES = ("1", "2", "5")

Share = Annotated[float, Field(gt=0, le=1)]


class Settings(Strict):
    """The settings. `schedules` and `readers` hold what differs from the defaults, which stand in the specs."""

    companies: tuple[Company, ...] = Field(min_length=1)
    schedules: dict[str, Schedule] = Field(default_factory=dict)
    daily_at: time = time(5)
    timezone: str = "UTC"
    quiet_hours: tuple[str, ...] = ()
    closed_months: dict[str, ClosedMonths] = Field(default_factory=dict)
    readers: dict[str, str] = Field(default_factory=dict)
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
    infolink: InfoLinkSettings = InfoLinkSettings()
    exports: ExportSettings = ExportSettings()
    imports: ImportSettings = ImportSettings()
    notifications: Notifications = Notifications()
    page: PageSettings = PageSettings()
    retention: Retention = Retention()

    @field_validator("timezone", mode="after")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is not a time zone; use a name such as UTC or America/Denver") from None
        return value

    @field_validator("quiet_hours", mode="after")
    @classmethod
    def _windows(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [said for window in value if (said := wrong_window(window))]:
            raise ValueError("; ".join(wrong))
        if (room := longest_room(value)) < LEAST_ROOM:
            raise ValueError(f"they leave {room} minutes at a time for syncs; leave at least {LEAST_ROOM}")
        return value

    @model_validator(mode="wrap")
    @classmethod
    def _everything_at_once(
        cls, values: Any, handler: ModelWrapValidatorHandler[Settings], info: ValidationInfo
    ) -> Settings:
        found = disagreements(values, info.context or KnownNames())
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
            f"company {code!r} is not configured; configured: {', '.join(c.code for c in self.companies)}",
            remedy="choose one of those, or add the company to include/settings.yaml",
        )

    def codes_written(self, code: str) -> dict[str, str]:
        """What the tables that a company is read from write for companies -> their codes, where that is another text.

        A row may name another company. Of two that are written alike, the one that is read from the same Info-Link
        counts.

        Args:
            code: of the company that is read.
        """
        conn_id = self.company(code).infolink_conn_id
        found: dict[str, str] = {}
        for company in sorted(self.companies, key=lambda each: each.infolink_conn_id == conn_id):
            found[company.written.strip()] = company.code
        return {written: of for written, of in found.items() if written != of}

    def reader(self, table: StagedTable) -> str:
        """Which reader a table uses: `infolink`, `sdx` or `transactions`."""
        return self.readers.get(table.name, table.readers[0])

    def schedule(self, obj: Staged) -> Schedule:
        """How often an object is staged. The Airflow Variable counts where these settings are those of `in_force`."""
        return self.schedules.get(obj.name, obj.schedule)

    def cron(self, obj: Staged) -> str | None:
        """The cron expression of an object's schedule in the time zone of the settings; None for `never`."""
        return self.schedule(obj).cron(self.daily_at)

    @property
    def import_approvers(self) -> tuple[Approver, ...]:
        """Who may accept plans of imports: those that `imports` names, else the approvers of exports."""
        return self.imports.approvers or self.exports.approvers

    @property
    def quiet(self) -> QuietHours:
        """When Spectrum is left alone (O2)."""
        return QuietHours(self.quiet_hours, self.timezone)

    def closing(self, company: str) -> Closing | None:
        """Which months of a company are closed (O5); None where none is."""
        rule = self.closed_months.get(company.strip())
        return Closing(rule, self.timezone) if rule else None

    def is_stale(self, obj: Staged, read_at: datetime, now: datetime) -> bool:
        """Whether the data of an object are too old for its schedule; quiet hours do not count.

        Args:
            obj: the object.
            read_at: when it was read last, zone-aware.
            now: the moment.
        """
        allowed = self.stale_after(obj)
        if allowed is None or now - read_at <= allowed:
            return False
        return now - read_at - self.quiet.within(read_at, now) > allowed

    def stale_after(self, obj: Staged) -> timedelta | None:
        """How old the data of an object may be; None where nothing is scheduled."""
        interval = self.schedule(obj).interval
        return interval * self.notifications.stale_after_intervals if interval else None


def in_force(settings: Settings, variable: str | dict[str, Any] | None, registry: Registry) -> Settings:
    """The settings with the schedules that hold now (A4).

    Args:
        settings: as the file has them.
        variable: the value of the Airflow Variable `spectrum_schedules`: JSON text or its object; empty means none. An
            entry of it that is wrong overrides nothing; `schedules.overrides` tells of it.
        registry: the objects.
    """
    good, _ = overrides(variable, names(registry))
    return settings.model_copy(update={"schedules": {**settings.schedules, **good}})
