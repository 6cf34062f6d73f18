"""Whether amounts and percentages fit Spectrum's numeric elements. Used by the rules of commitments and change orders.

A format such as `-9.2` (services of Spectrum Data Exchange) counts digits, so a length alone does not tell: the place
of the minus sign holds no tenth digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from spectrum_etl.exports.spec import Broken


def amount_unfit(number: str, record: str, field: str, amount: str, digits: int) -> Iterator[Broken]:
    """An amount is missing, is no number of whole cents, or has more digits than Spectrum's element.

    Args:
        number: of the rule.
        record: what the record is called.
        field: as Procore's users know it.
        amount: as `facts.money` gives it.
        digits: most digits before the decimal point, e.g. 9 for the format -9.2.
    """
    value = _decimal(amount)
    if value is None or value != value.quantize(Decimal("0.01")):
        yield Broken(
            number,
            field,
            amount,
            f"{record}: {field} is {amount or 'empty'}, not a number of whole cents",
            "correct the amount in Procore",
        )
    elif abs(value) >= Decimal(10) ** digits:
        yield Broken(
            number,
            field,
            amount,
            f"{record}: {field} {amount} has more than the {digits} digits before the point that Spectrum takes",
            "correct the amount in Procore, or divide it over several records",
        )


def lines_unfit(number: str, record: str, lines: Iterable[Mapping[str, str]], digits: int) -> Iterator[Broken]:
    """`amount_unfit` for the amount of every line."""
    for line in lines:
        yield from amount_unfit(number, record, f"{line['name']}: amount", line["amount"], digits)


def total(amounts: list[str]) -> Decimal | None:
    """The sum of amounts; None where one of them is no amount (`amount_unfit` reports it)."""
    values = [_decimal(amount) for amount in amounts]
    return None if None in values else sum((value for value in values if value is not None), Decimal("0.00"))


def _decimal(value: str) -> Decimal | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    # Beyond this, quantize would fail; no amount is as large.
    return number if number.is_finite() and abs(number) < Decimal(10) ** 20 else None
