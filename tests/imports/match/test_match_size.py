"""A large directory takes seconds: what is compared grows with the number of parties, not with its square (N3)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from spectrum_etl.imports.match import Address, Party, Thresholds, suggest
from spectrum_etl.imports.match.blocks import candidates
from spectrum_etl.imports.match.suggest import filed

_SYLLABLES = ("ba", "ken", "dor", "mil", "ster", "win", "fal", "con", "har", "ris", "lan", "gre", "ton", "ver", "sal")
_TRADES = ("Electric", "Plumbing", "Concrete", "Steel", "Roofing", "Supply", "Painting", "Construction", "Glass")


def _parties(number: int, seed: int, *, surnames: int) -> list[Party]:
    chosen = random.Random(seed)
    names = sorted({"".join(random.Random(n).choices(_SYLLABLES, k=3)).title() for n in range(surnames)})
    return [
        Party(
            f"{seed}-{n}",
            f"{chosen.choice(names)} {chosen.choice(_TRADES)}{chosen.choice(['', ' Inc', ' LLC'])}",
            address=Address(f"{chosen.randint(1, 9999)} {chosen.choice(names)} St", "Denver", "CO", "80202"),
            phone=f"303{chosen.randint(2_000_000, 9_999_999)}",
            email=f"ap{n}@gmail.com",
        )
        for n in range(number)
    ]


def test_n3_two_thousand_vendors_and_1500_companies_take_seconds(
    record_property: Callable[[str, object], None],
) -> None:
    vendors, companies = _parties(2_000, 1, surnames=900), _parties(1_500, 2, surnames=900)
    started = time.process_time()
    found = list(suggest(vendors, companies, Thresholds()))
    took = time.process_time() - started
    record_property("counted", f"2,000 vendors matched with 1,500 companies in {took:.1f} s")
    assert len(found) > 100
    assert took < 10


@pytest.mark.parametrize("surnames", [3, 60, 3_000])
def test_n3_each_is_compared_with_a_bounded_number_of_others(
    surnames: int, record_property: Callable[[str, object], None]
) -> None:
    """However many share a name: of few surnames each is so frequent that it says nothing alone."""
    pairs = []
    for number in (1_000, 4_000):
        sides = [[filed(party) for party in _parties(number, seed, surnames=surnames)] for seed in (1, 2)]
        pairs.append(sum(1 for _ in candidates(*sides)))
    record_property("counted", f"{surnames} surnames: 1,000 and 4,000 of each side compare {pairs} pairs")
    assert pairs[1] < 100 * 4_000
