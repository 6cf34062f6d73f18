"""The projections that Spectrum holds, asked of GetPhase and of Info-Link's increments.

How the two are brought together is said in `projections`.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from spectrum_etl.exports.spectrum import projections
from spectrum_etl.exports.spectrum.found import only, part
from spectrum_etl.exports.spectrum.rows import Rows, same
from spectrum_etl.exports.spectrum.services import WORKED_OUT
from spectrum_etl.exports.spectrum.values import date_of
from spectrum_etl.sources.infolink.lookup import Found

log = logging.getLogger(__name__)

Key = Mapping[str, str]
CurrentValues = dict[str, str] | None
#: So many phases are named in a warning.
_NAMED = 5


def current_values(spectrum: Rows, service: str, key: Key) -> CurrentValues:
    """What is projected under the key of a call of JobCostProjections, on its date.

    Raises:
        ValueError: the key has no date.
    """
    codes = part(key, ("Job_Number", "Phase_Code", "Cost_Type"))
    entries = spectrum.entries(codes)
    figures = spectrum.figures(codes["Job_Number"], codes["Cost_Type"], can_do_without=entries is not None)
    return _in_force(spectrum, key, figures, entries, [] if entries is None else spectrum.entry_names())


def all_current_values(spectrum: Rows, keys: Sequence[Key]) -> list[CurrentValues]:
    """As `current_values` for each of these keys, with two questions a job instead of two a key."""
    by_job: dict[str, tuple[list[Found] | None, list[Found] | None]] = {}
    for job in {key["Job_Number"].strip() for key in keys}:
        entries = spectrum.entries({"Job_Number": job})
        by_job[job] = spectrum.figures(job, "", can_do_without=entries is not None), entries
        _warn(spectrum, job, *by_job[job])
    names = spectrum.entry_names() if any(entries is not None for _, entries in by_job.values()) else []
    return [_in_force(spectrum, key, *by_job[key["Job_Number"].strip()], names) for key in keys]


def _in_force(
    spectrum: Rows, key: Key, figures: list[Found] | None, entries: list[Found] | None, names: Sequence[str]
) -> CurrentValues:
    day, codes = _day(key), {name: key[name] for name in ("Phase_Code", "Cost_Type")}
    shown = None
    if figures is not None:
        mine = [row for row in figures if _is(row, codes) and same(row.get("Job_Number"), key["Job_Number"])]
        row = only(mine, codes, "GetPhase", spectrum.company)
        if row is None:
            return None  # the phase itself is gone
        shown = projections.figures_of(row)
    booked = None if entries is None else [row for row in entries if _is(row, codes)]
    return projections.in_force(day, shown, booked, names, projections.now())


def _warn(spectrum: Rows, job: str, figures: list[Found] | None, entries: list[Found] | None) -> None:
    """Say where GetPhase and the increments differ today: people who read the table take another projection."""
    if figures is None or entries is None:
        return
    booked: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for row in entries:
        booked[projections.code_of(row)].append(row)
    now, differing = projections.now(), {}
    for row in figures:
        code, shown = projections.code_of(row), projections.figures_of(row)
        summed = projections.totals(booked[code], now.date(), ["Amount"])
        taken = projections.in_force(now.date(), shown, booked[code], ["Amount"], now)
        if taken is shown and shown.get("Amount", summed["Amount"]) != summed["Amount"]:
            differing[code] = f"{' '.join(code)}: {shown['Amount']}, increments {summed['Amount']}"
    phases = spectrum.phase_rows(job) if differing else ()
    by_itself = {projections.code_of(row) for row in phases if _worked_out(row)}
    lines = [line for code, line in differing.items() if code not in by_itself]
    if lines:
        more = " and more" if len(lines) > _NAMED else ""
        log.warning(
            "company %s, job %s: GetPhase shows another projected cost than the increments add up to, for %d phases and"
            " cost types (%s%s); GetPhase's is taken",
            spectrum.company, job, len(lines), "; ".join(lines[:_NAMED]), more,
        )  # fmt: skip


def _worked_out(row: Found) -> bool:
    return (row.get("Projected_Cost_Code") or "").strip().upper() in WORKED_OUT


def _is(row: Found, codes: Key) -> bool:
    return all(same(row.get(name), code) for name, code in codes.items())


def _day(key: Key) -> date:
    day = date_of(key.get("Transaction_Date", ""))
    if day is None:
        raise ValueError(f"{projections.SERVICE}: the key has no Transaction_Date")
    return day
