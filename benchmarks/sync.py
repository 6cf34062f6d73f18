"""One sync of one object, each task in a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.lab import Lab
from benchmarks.measure import Measurement, run_work

COMPANY = "1"
#: What the checks of job costs look up.
LOOKED_UP = ("standard_cost_codes", "project_cost_codes", "vendors")
#: Every table from Info-Link, so that one source is measured at a time.
READERS = {"jobs": "infolink", "project_cost_codes": "infolink", "job_cost_totals": "transactions"}


@dataclass(frozen=True)
class Sync:
    """What the three tasks of a sync took."""

    land: Measurement
    check: Measurement
    publish: Measurement

    @property
    def seconds(self) -> float:
        """Source to published, in the tasks' own time."""
        return sum(step.seconds for step in self.steps.values())

    @property
    def cpu_seconds(self) -> float:
        """Of the three tasks; the database's and the source's are not in it."""
        return sum(step.cpu_seconds for step in self.steps.values())

    @property
    def gx_seconds(self) -> float:
        """Of Great Expectations, its import included."""
        return float(self.check.result.get("gx_seconds", 0.0))

    @property
    def steps(self) -> dict[str, Measurement]:
        """The tasks by name."""
        return {"land": self.land, "check": self.check, "publish": self.publish}

    def counts(self, table: str) -> dict[str, int]:
        """What the publish says it did to a table."""
        return dict(self.publish.result["counts"][table])

    def explain(self) -> str:
        """Where the time went, in words: what a missed target's cause is read from."""
        parts = ", ".join(f"{name} {step.seconds:.1f} s" for name, step in self.steps.items())
        return f"{parts} (Great Expectations {self.gx_seconds:.1f} s)"


def run_sync(
    lab: Lab, warehouse: str, infolink: dict[str, Any], obj: str, run_id: str, *, full_refresh: bool = False
) -> Sync:
    """Land, check and publish an object of company 1 from Info-Link; drop its landing tables afterwards, unmeasured.

    Args:
        lab: where.
        warehouse: URL of the warehouse.
        infolink: arguments of `InfoLinkConnection`.
        obj: importable object.
        run_id: Airflow run; a new one each time.
        full_refresh: copy everything, whatever the fingerprints say.

    Raises:
        WorkFailed: a task failed.
    """
    arguments = {
        "warehouse": warehouse,
        "infolink": infolink,
        "object": obj,
        "company": COMPANY,
        "run_id": run_id,
        "readers": READERS,
        "full_refresh": full_refresh,
    }
    lab.settle()
    land = run_work("land", lab.environment, **arguments)
    arguments["landing_id"] = land.result["landing_id"]
    check = run_work("check", lab.environment, **arguments)
    publish = run_work("publish", lab.environment, **arguments)
    run_work("drop_landing", lab.environment, **arguments)
    return Sync(land, check, publish)


def prepare(lab: Lab, warehouse: str, infolink: dict[str, Any], *objects: str) -> None:
    """Stage other objects first, unmeasured: the checks look their codes up, and pass by what has never been staged.

    Args:
        lab: where.
        warehouse: URL of the warehouse.
        infolink: arguments of `InfoLinkConnection`.
        objects: importable objects.
    """
    for obj in objects:
        run_sync(lab, warehouse, infolink, obj, f"before {obj}")
