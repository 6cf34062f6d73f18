"""A small world for imports of jobs: a warehouse with staged jobs, and the stand-in Procore over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from spectrum_etl.imports.objects.jobs import OBJECT
from spectrum_etl.settings import Settings
from tests.imports.vendors import imports_world
from tests.imports.vendors.imports_world import World
from tests.sources.procore.standin import COMPANY, StandIn


def settings(**jobs: Any) -> Settings:
    """Settings of one company, with these of the imports of jobs."""
    return imports_world.settings("jobs", **jobs)


class JobsWorld(World):
    """Everything around one warehouse and one Procore, for jobs and projects."""

    obj, kind = OBJECT, "project"

    def __init__(self, url: str, procore: StandIn) -> None:
        super().__init__(url, procore)
        self.settings = settings()

    def job(self, number: str, name: str | None = None, **fields: Any) -> None:
        """Stage a job, or another version of it."""
        master = fields.get("master_job")
        reason = f"sub job of {master}: Procore has no sub jobs" if master else None
        values = {
            "company_code": "1", "job_number": number, "job_description": name, "status_code": "A",
            "importable": master is None, "not_importable_reason": reason, **fields,
            "_row_hash": uuid.uuid4(), "_run_id": "run", "_deleted_at": None,
        }  # fmt: skip
        columns, given = [*values, "_read_at", "_changed_at"], ", ".join(["%s"] * len(values))
        self.query("delete from spectrum.jobs where company_code = '1' and job_number = %s", number)
        self.query(
            f"insert into spectrum.jobs ({', '.join(columns)})"  # noqa: S608
            f" values ({given}, clock_timestamp(), clock_timestamp())",
            *values.values(),
        )

    def change_job(self, number: str, **fields: Any) -> None:
        """Stage a change of a job."""
        given = ", ".join(f"{name} = %s" for name in fields)
        self.query(
            f"update spectrum.jobs set {given}, _changed_at = clock_timestamp() where job_number = %s",  # noqa: S608
            *fields.values(), number,
        )  # fmt: skip

    def project(self, name: str, number: str | None = None, **fields: Any) -> int:
        """A project that somebody has entered in Procore, and that the account may see."""
        sent = {"name": name, "project_number": number, **fields}
        made = self.procore.client.post("/rest/v1.0/projects", {"company_id": COMPANY, "project": sent})
        self.permit()
        return int(made["id"])

    def permit(self) -> None:
        """Somebody lets the service account into every project."""
        for each in self.companies():
            self.procore.change(each["id"], permitted=True)
