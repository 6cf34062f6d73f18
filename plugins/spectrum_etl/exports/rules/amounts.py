"""Sums of a record's lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from spectrum_etl.exports.numbers import number_of
from spectrum_etl.exports.rules import common
from spectrum_etl.exports.spec import Candidate, Context, Problem

Lines = list[Mapping[str, str]]


def amount_text(amount: Decimal) -> str:
    """An amount for people: with two decimals, or all of them where there are more, so that no difference hides."""
    cents = round(amount, 2)
    return f"{cents:f}" if cents == amount else f"{amount.normalize():f}"


def total(amounts: Iterable[str]) -> Decimal | None:
    """The sum of amounts; None where one of them is no amount (`common.amounts_fit` reports it)."""
    numbers = [number_of(amount) for amount in amounts]
    return None if None in numbers else sum(filter(None, numbers), Decimal("0.00"))


def by_code(lines: Iterable[Mapping[str, str]]) -> dict[tuple[str, str], Lines]:
    """Lines by phase and cost type: Spectrum tells the lines of a document apart only by these two."""
    groups: dict[tuple[str, str], Lines] = {}
    for line in lines:
        groups.setdefault((line["phase"], line["cost_type"]), []).append(line)
    return groups


def sums_fit(candidate: Candidate, context: Context, *, service: str, element: str) -> Iterator[Problem]:
    """Lines of the same phase and cost type, which become one line, add up to an amount that Spectrum takes."""
    for (phase, cost_type), lines in by_code(common.lines_of(candidate)).items():
        added = total(line["amount"] for line in lines)
        if len(lines) > 1 and added is not None:
            what = f"sum of phase {phase}, cost type {cost_type}"
            yield from common.unfit(candidate.title, service, element, what, f"{added:.2f}")
