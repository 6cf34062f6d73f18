"""Sums of which a part may not be known, and rounding half away from zero as PostgreSQL does; for `wip_oracle`."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction


def plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def less(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other


def rounded(value: Fraction, places: int) -> Decimal:
    """To so many decimals, halves away from 0."""
    units = int(abs(value) * 10**places + Fraction(1, 2))
    return Decimal(units if value >= 0 else -units).scaleb(-places)
