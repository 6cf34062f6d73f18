"""How a budget was changed in Procore after its export (E2): its lock, and the original amount of each budget code.

A code without a line and a line of 0 are the same here: Procore's connector can add new codes of a synced project to
its budget as lines without an amount, and neither changes an estimate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from spectrum_etl.exports.changes import Change
from spectrum_etl.exports.rules.amounts import amount_text, total

_REMEDY = (
    "change it back there and export the difference as a budget change, or change the estimate in Spectrum by hand"
)


def changed(exported: Mapping[str, Any], held: Mapping[str, Any]) -> Iterator[Change]:
    """The lock first, then the codes in their order."""
    if exported["locked"] and not held["locked"]:
        yield Change(
            "locked", True, False, "the budget was unlocked in Procore after the export",
            "lock it again, so that its amounts stay as they were exported",
        )  # fmt: skip
    before, now = _amounts(exported), _amounts(held)
    for code in sorted(before.keys() | now.keys()):
        was, current = before.get(code), now.get(code)
        if (was or "0.00") != (current or "0.00"):
            happened = f"{_happened(code, was, current)} in Procore after the export"
            yield Change(code, was, current, happened, _REMEDY)


def _happened(code: str, was: str | None, current: str | None) -> str:
    if was is None:
        return f"the line {code} of {current} was added"
    if current is None:
        return f"the line {code} of {was} was removed"
    return f"the original amount of {code} was changed from {was or 'nothing'} to {current or 'nothing'}"


def _amounts(content: Mapping[str, Any]) -> dict[str, str]:
    """The original amount of each code; of two lines of one code, which an export refuses, their sum."""
    lines: dict[str, list[str]] = {}
    for line in content["lines"]:
        lines.setdefault(line["code"] or line["name"], []).append(line["amount"])
    return {code: _sum(amounts) for code, amounts in lines.items()}


def _sum(amounts: list[str]) -> str:
    given = [amount for amount in amounts if amount]
    added = total(given)
    return " + ".join(given) if len(given) < 2 or added is None else amount_text(added)
