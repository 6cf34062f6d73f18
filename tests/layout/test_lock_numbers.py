"""Every advisory lock of the warehouse has a number of its own: two that share one would wait for each other."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[2] / "plugins" / "spectrum_etl"
_NUMBER = re.compile(r"^_?[A-Z_]*LOCK = ([\d_]+)$", re.MULTILINE)


def test_no_two_locks_share_a_number() -> None:
    found = Counter(
        int(number) for path in LIBRARY.rglob("*.py") for number in _NUMBER.findall(path.read_text(encoding="utf-8"))
    )
    assert len(found) >= 10
    assert [number for number, count in found.items() if count > 1] == []
