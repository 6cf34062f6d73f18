"""Sums of a record's lines. Used by the rules and the documents of contracts, change orders and forecasts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from spectrum_etl.exports.numbers import number_of
from spectrum_etl.exports.rules import common
from spectrum_etl.exports.spec import Broken, Candidate

Lines = list[Mapping[str, str]]


def total(amounts: Iterable[str]) -> Decimal | None:
    """The sum of amounts; None where one of them is no amount (`common.amounts_unfit` reports it)."""
    numbers = [number_of(amount) for amount in amounts]
    return None if None in numbers else sum(filter(None, numbers), Decimal("0.00"))


def by_code(lines: Iterable[Mapping[str, str]]) -> dict[tuple[str, str], Lines]:
    """Lines by phase and cost type: Spectrum tells the lines of a document apart by these two alone."""
    groups: dict[tuple[str, str], Lines] = {}
    for line in lines:
        groups.setdefault((line["phase"], line["cost_type"]), []).append(line)
    return groups


def sums_unfit(number: str, candidate: Candidate, service: str, element: str) -> Iterator[Broken]:
    """Lines that become one line in Spectrum add up to more than the element that takes the sum."""
    for (phase, cost_type), lines in by_code(common.lines_of(candidate)).items():
        added = total(line["amount"] for line in lines)
        if len(lines) > 1 and added is not None:
            what = f"sum of phase {phase}, cost type {cost_type}"
            yield from common.unfit(number, candidate.title, service, element, what, f"{added:.2f}")
