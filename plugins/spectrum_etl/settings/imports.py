"""The section `imports` of the settings. `include/settings.yaml` says what each value means."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from spectrum_etl.settings.exports import Approvers
from spectrum_etl.settings.schedules import SCHEDULES
from spectrum_etl.settings.shape import Strict

#: Runs when the object was staged; the other words are those of staging.
AFTER_SYNC = "after_sync"
IMPORT_SCHEDULES = (*SCHEDULES, AFTER_SYNC)

Ask = Literal["always", "changes", "never"]
#: What of a linked company may follow its vendor (C3).
Followed = Literal["name", "address", "phone", "fax"]
#: What of a linked project may follow its job.
FollowedOfJobs = Literal["name", "address", "dates"]
#: Active, inactive, complete.
JobStatus = Literal["A", "I", "C"]
_Word = Annotated[str, Field(min_length=1)]


class ObjectImports(Strict):
    """What every object that is imported has.

    Args:
        ask: who accepts which rows of a plan: always a person; a person but for updates of linked records; or a person
            for matches alone.
        schedule: a word of staging, or `after_sync`.
        update: what of a linked record follows Spectrum.
    """

    ask: Ask = "always"
    schedule: str = "never"
    update: tuple[str, ...] = ()

    @field_validator("schedule", mode="after")
    @classmethod
    def _known_schedule(cls, value: str) -> str:
        if value not in IMPORT_SCHEDULES:
            raise ValueError(f"input should be {', '.join(map(repr, IMPORT_SCHEDULES[:-1]))} or {AFTER_SYNC!r}")
        return value


class VendorImports(ObjectImports):
    """Vendors to companies (N3, N4, C6).

    Args:
        types: vendor types that are offered; empty: all.
        include_without_type: whether vendors without a type are offered too.
        update: what of a linked company follows its vendor.
        suggest_from: the lowest score of a match that is suggested, from 0 to 100.
        tied_within: how far apart the scores of two matches may be and still count as the same.
    """

    types: tuple[_Word, ...] = ()
    include_without_type: bool = True
    update: tuple[Followed, ...] = ()
    suggest_from: float = Field(default=60.0, ge=0, le=100)
    tied_within: float = Field(default=0.0, ge=0, le=100)


class JobImports(ObjectImports):
    """Jobs to projects (N5, N13).

    Args:
        statuses: of the jobs that are offered: A active, I inactive, C complete.
        divisions: of the jobs that are offered; empty: all.
        include_without_division: whether jobs without a division are offered too.
        started_from: jobs that started before this day are not offered; None: all.
        project_templates: by Spectrum company, the id of the template in Procore that new projects are made from.
        update: what of a linked project follows its job.
    """

    statuses: tuple[JobStatus, ...] = Field(default=("A",), min_length=1)
    divisions: tuple[_Word, ...] = ()
    include_without_division: bool = True
    started_from: date | None = None
    project_templates: dict[str, Annotated[int, Field(gt=0)]] = Field(default_factory=dict)
    update: tuple[FollowedOfJobs, ...] = ()


class ProbeSettings(Strict):
    """Where it may be tried out what Procore's documentation leaves open.

    Args:
        test_projects: by Spectrum company, the Procore id of a project that is only for tests.
        foreign_companies: by Spectrum company, the Procore id of a company with an id of another integration.
    """

    test_projects: dict[str, Annotated[int, Field(gt=0)]] = Field(default_factory=dict)
    foreign_companies: dict[str, Annotated[int, Field(gt=0)]] = Field(default_factory=dict)


class ImportSettings(Strict):
    """Everything below `imports:` in `include/settings.yaml`, which says what each value means."""

    approvers: Approvers = ()
    look_every_hours: float = Field(default=24, ge=0, le=24 * 30)
    calls_a_look: int = Field(default=300, ge=1)
    run_configurable_validations: bool = False
    second_look_minutes: float = Field(default=60, ge=1, le=60 * 24 * 7)
    probes: ProbeSettings = ProbeSettings()
    vendors: VendorImports = VendorImports()
    jobs: JobImports = JobImports()

    @property
    def objects(self) -> dict[str, ObjectImports]:
        """The options of each object, by its name."""
        return {
            name: value for name in type(self).model_fields if isinstance(value := getattr(self, name), ObjectImports)
        }
