"""Which projection is in force on a day: by GetPhase, or as the sum of the increments up to it.

JobCostProjections takes totals at completion and books what they differ by (JC_PROJ_COST_HISTORY_MC): an equal total
books nothing, a date before the last entry books a balancing row beside it, change orders book rows of their own, and a
row without a date counts on every day. What GetPhase shows is the truth where it is read: it is the total of today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from spectrum_etl.errors import StopSync
from spectrum_etl.exports.spectrum.values import comparable, date_of
from spectrum_etl.sources.infolink.lookup import Found

SERVICE = "JobCostProjections"
#: Elements of the service and the fields of GetPhase that show the same.
FIGURES: Mapping[str, str] = {
    "Amount": "Projected_Dollars",
    "Projected_Hours": "Projected_Hours",
    "Projected_Quantity": "Projected_Quantity",
}
#: Somewhere on earth the day is up to so much later or earlier than in UTC, and where Spectrum stands is not known.
_LATEST, _EARLIEST = timedelta(hours=14), timedelta(hours=-12)

CurrentValues = dict[str, str]


def in_force(
    day: date, figures: CurrentValues | None, entries: Sequence[Found] | None, names: Sequence[str], now: datetime
) -> CurrentValues | None:
    """The projection of a phase and cost type that is in force on a day.

    Args:
        day: which.
        figures: what GetPhase shows, comparable; None where it is not read.
        entries: the rows of the phase and cost type; None where they cannot be added up.
        names: the elements that those rows tell.
        now: the time, zone-aware.

    Returns:
        The figures, comparable. Those of GetPhase, but for a day that may not have begun where Spectrum stands: then
        the sum of the rows, unless GetPhase shows something else than the rows of the days before. None where
        neither is given.
    """
    if figures is None or entries is None:
        return figures if entries is None else totals(entries, day, names)
    first, last = (now + _EARLIEST).date(), (now + _LATEST).date()
    if day > last:
        return totals(entries, day, names)
    begun = (first + timedelta(days=since) for since in range((day - first).days))
    if any(_agree(figures, totals(entries, earlier, names)) for earlier in begun):
        return totals(entries, day, names)
    return figures


def figures_of(row: Mapping[str, str | None]) -> CurrentValues:
    """What a record of GetPhase shows, as elements of the service; fields that it lacks are left out."""
    return {name: comparable(SERVICE, name, row[field]) for name, field in FIGURES.items() if field in row}


def totals(entries: Iterable[Found], day: date, names: Sequence[str]) -> CurrentValues:
    """The sums of the increments up to a day; rows without a date count on every day.

    Raises:
        StopSync: an increment is not a number.
    """
    past = [row for row in entries if (entered := day_of(row)) is None or entered <= day]
    return {name: comparable(SERVICE, name, sum((_number(row, name) for row in past), Decimal(0))) for name in names}


def last_days(entries: Iterable[Found]) -> dict[tuple[str, str], str]:
    """The day of the last dated increment, as YYYY-MM-DD, by phase code and cost type."""
    found: dict[tuple[str, str], date] = {}
    for row in entries:
        entered, code = day_of(row), code_of(row)
        if entered is not None:
            found[code] = max(entered, found.get(code, entered))
    return {code: day.isoformat() for code, day in found.items()}


def code_of(row: Mapping[str, str | None]) -> tuple[str, str]:
    """Phase code and cost type of a row, trimmed."""
    return (row.get("Phase_Code") or "").strip(), (row.get("Cost_Type") or "").strip()


def day_of(row: Found) -> date | None:
    """The day of an increment; None where it has none."""
    return date_of((row.get("Transaction_Date") or "").strip())


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def _agree(one: CurrentValues, other: CurrentValues) -> bool:
    return all(one[name] == other[name] for name in one.keys() & other.keys())


def _number(row: Found, name: str) -> Decimal:
    text = (row.get(name) or "").strip()
    try:
        return Decimal(text or 0)
    except InvalidOperation:
        raise StopSync(
            "an increment of a projection is not a number, so the projection cannot be added up",
            object="JC_PROJ_COST_HISTORY_MC",
            record=" ".join(filter(None, code_of(row))),
            field=name,
            value=text,
            remedy="look at the projections of this phase in Spectrum",
        ) from None
