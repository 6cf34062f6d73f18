"""N11, A1, C5: random sequences of faults of an import of vendors: none is doubled, lost or stuck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.imports.vendors.imports_exports import NAMES
from tests.imports.vendors.imports_sequences import Sequence, play, undrawn
from tests.imports.vendors.imports_world import World, settings


class OfVendors(Sequence):
    """Vendors and companies."""

    def begin(self, ask: str) -> None:
        self.world.settings = settings(update=["name", "phone"], ask=ask)
        for number, name in enumerate(NAMES):
            self.world.vendor(f"V{number}", name, phone=str(number))
        for name in self.random.sample(NAMES, 3):
            self.world.company(name, is_active=self.random.random() < 0.7)

    def stage(self, key: str, name: str) -> None:
        self.world.vendor(key, name)

    def change_spectrum(self) -> None:
        number = self.random.randrange(len(NAMES))
        self.world.change_vendor(f"V{number}", phone=str(self.random.randrange(100)))

    def change_procore(self) -> None:
        found = self.random.choice(self.world.companies() or [{"id": 0}])
        self.edited.add(found["id"])
        self.world.procore.change(found["id"], business_phone=str(self.random.randrange(100)))

    def put_right(self) -> None:
        """Nothing."""

    def wanted(self, key: str) -> str | None:
        return str(self.world.query("select phone from spectrum.vendors where vendor_code = %s", key)[0][0])

    def held(self, record: dict[str, Any]) -> str | None:
        return record.get("business_phone")

    def check_one(self, key: str, record: dict[str, Any]) -> None:
        assert record["is_active"] is True


@pytest.mark.parametrize("seed", range(20))
def test_n11_random_sequences_of_faults(world: World, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    play(OfVendors(world, seed, monkeypatch), steps=10)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_n11_hundreds_of_random_sequences_of_faults(
    whole: World, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    counted: Counter[str] = Counter()
    for seed in range(1000, 1500):
        whole.clear()
        world = World(whole.url, whole.procore)
        try:
            counted += play(OfVendors(world, seed, monkeypatch))
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise
        finally:
            world.close()
    assert undrawn(counted) == []
    record_property("counted", f"500 sequences of an import of vendors: {dict(sorted(counted.items()))}")
