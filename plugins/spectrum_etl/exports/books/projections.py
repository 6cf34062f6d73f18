"""Which projection is in force on a date, out of all that were entered. Used by `held`.

Documented of JobCostProjections: values are totals at completion; one that is equal to what is stored is ignored, so no
entry of its date appears; blank leaves a value as it is. So a value is that of the latest entry up to the date that has
one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spectrum_etl.errors import StopSync
from spectrum_etl.exports.values import comparable, date_of
from spectrum_etl.sources.infolink.lookup import Found

_SERVICE = "JobCostProjections"
_VALUES = ("Amount", "Projected_Hours", "Projected_Quantity")


def projection_at(rows: Sequence[Found], key: Mapping[str, str], company: str) -> dict[str, str] | None:
    """The projection of a phase and cost type in force on a date.

    Args:
        rows: everything entered for it.
        key: of the call; its Transaction_Date is the date.
        company: company code, for messages.

    Returns:
        The values, comparable; None where nothing was entered up to that date.

    Raises:
        StopSync: two entries of one day differ.
        ValueError: the key has no date.
    """
    day = date_of(key.get("Transaction_Date", ""))
    if day is None:
        raise ValueError(f"{_SERVICE}: the key has no Transaction_Date")
    dated = [(entered, row) for row in rows if (entered := date_of((row["Transaction_Date"] or "").strip()))]
    past = sorted((pair for pair in dated if pair[0] <= day), key=lambda pair: pair[0], reverse=True)
    if not past:
        return None
    found = {}
    for name in (name for name in _VALUES if name in past[0][1]):
        latest = next((entered for entered, row in past if row[name] is not None), None)
        values = {comparable(_SERVICE, name, row[name]) for entered, row in past if entered == latest}
        if len(values) > 1:
            raise StopSync(
                f"Spectrum holds several projections entered for {latest}, so it cannot be told which is in force",
                object=_SERVICE,
                company=company,
                record=" ".join(f"{part}={key[part]}" for part in ("Job_Number", "Phase_Code", "Cost_Type")),
                field=name,
                value=", ".join(sorted(values)),
                remedy="look at the projections of this phase in Spectrum, and correct them there",
            )
        found[name] = values.pop() if values else comparable(_SERVICE, name, None)
    return found
