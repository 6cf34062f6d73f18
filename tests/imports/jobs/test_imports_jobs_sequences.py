"""N11, A1, D1: random sequences of faults of an import of jobs: none is doubled, lost or stuck.

In half of them the service account may not see what it creates before somebody lets it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.imports.jobs.jobs_world import JobsWorld, settings
from tests.imports.vendors.imports_exports import NAMES
from tests.imports.vendors.imports_sequences import OF_BATCHES, Sequence, play, undrawn


class OfJobs(Sequence):
    """Jobs and projects."""

    world: JobsWorld

    def begin(self, ask: str) -> None:
        self.world.settings = settings(
            update=["name", "address"], ask=ask, project_templates={"1": self.world.procore.template}
        )
        for number, name in enumerate(NAMES):
            self.world.job(f"V{number}", name, city=str(number))
        for number in self.random.sample(range(len(NAMES)), 3):
            own = self.random.choice([f"V{number}", None])
            self.world.project(NAMES[number], own, active=self.random.random() < 0.7)
        self.world.procore.fault("procore_new_projects", self.random.choice(["hidden", "permitted"]))
        self.world.procore.fault("procore_unseen", self.random.choice(["403", "404"]))

    def stage(self, key: str, name: str) -> None:
        self.world.job(key, name)

    def change_spectrum(self) -> None:
        number = self.random.randrange(len(NAMES))
        self.world.change_job(f"V{number}", city=str(self.random.randrange(100)))

    def change_procore(self) -> None:
        """Somebody edits a project, or lets the account into all of them."""
        if self.random.random() < 0.3:
            self.counted["permitted"] += 1
            self.world.permit()
        found = self.random.choice(self.world.companies() or [{"id": 0}])
        self.edited.add(found["id"])
        self.world.procore.change(found["id"], city=str(self.random.randrange(100)))

    def wanted(self, key: str) -> str | None:
        return str(self.world.query("select city from spectrum.jobs where job_number = %s", key)[0][0])

    def held(self, record: dict[str, Any]) -> str | None:
        return record.get("city")

    def check_one(self, key: str, record: dict[str, Any]) -> None:
        """Nothing besides."""

    def put_right(self) -> None:
        self.world.procore.fault("procore_new_projects", "permitted")
        self.world.permit()


@pytest.mark.parametrize("seed", range(20))
def test_n11_random_sequences_of_faults(world: JobsWorld, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    play(OfJobs(world, seed, monkeypatch), steps=10)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_n11_hundreds_of_random_sequences_of_faults(
    whole: JobsWorld, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    counted: Counter[str] = Counter()
    for seed in range(1000, 1500):
        whole.clear()
        world = JobsWorld(whole.url, whole.procore)
        try:
            counted += play(OfJobs(world, seed, monkeypatch))
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise
        finally:
            world.close()
    assert undrawn(counted, but=OF_BATCHES) == [], "projects are written one a call"
    record_property("counted", f"500 sequences of an import of jobs: {dict(sorted(counted.items()))}")
