"""The rules of the forecasts (L1): estimated cost at completion becomes Spectrum's projected cost.

Besides the facts of `common`, whose lines are the rows that have a figure, they read `missing`: empty, `budget view`
or `column`, whichever Procore does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from spectrum_etl.exports.rules import common
from spectrum_etl.exports.rules.amounts import by_code
from spectrum_etl.exports.spec import Answers, Candidate, Context, Problem
from spectrum_etl.exports.spectrum.services import WORKED_OUT

#: Field of the form with the date that the figures hold for, as YYYY-MM-DD.
DATE = "projection_date"
_FIRST_YEAR = 1900


def project_is_enabled(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The settings enable the export of forecasts for the project."""
    if candidate.id.project not in context.settings.exports.forecast_projects:
        yield Problem(
            "project",
            candidate.id.project,
            f"{candidate.title}: forecasts are not exported for this project",
            f"add {candidate.id.project} to exports.forecast_projects in include/settings.yaml",
        )


def column_is_there(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The project has the budget view of the settings, and the view the forecast column."""
    missing, settings = candidate.content["missing"], context.settings.exports
    if missing == "budget view":
        yield Problem(
            "budget view",
            settings.budget_view,
            f"{candidate.title}: the project has no budget view {settings.budget_view}",
            "give the project that budget view in Procore, or correct exports.budget_view in include/settings.yaml",
        )
    elif missing:
        yield Problem(
            "column",
            settings.forecast_column,
            f"{candidate.title}: budget view {settings.budget_view} has no column {settings.forecast_column}",
            "add the column to the view in Procore, or correct exports.forecast_column in include/settings.yaml",
        )


def has_a_figure(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """At least one row of the view has a figure.

    Says nothing while view or column is missing.
    """
    if not candidate.content["missing"]:
        yield from common.has_a_line(candidate, context)


def is_projected_by_hand(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """No row is of a phase whose projected cost Spectrum calculates itself (Projected_Cost_Code E or A).

    With only the web services the code cannot be read: Spectrum refuses such a figure, or the confirmation fails.
    """
    job = common.job_of(candidate, context)
    phases = context.spectrum.phases(job) if job and context.spectrum.job(job) else {}
    for line in common.lines_of(candidate):
        current = phases.get((line["phase"], line["cost_type"]), {})
        code = current.get("Projected_Cost_Code", "").strip().upper()
        if code in WORKED_OUT:
            yield Problem(
                f"{line['name']}: cost code",
                str(line["code"]),
                f"{candidate.title}: {line['name']} is phase {line['phase']} with cost type {line['cost_type']}, whose "
                f"projected cost Spectrum calculates itself from unit costs (Projected_Cost_Code {code})",
                "set the phase in Spectrum to projected costs as entered (P), or clear the figure in Procore",
            )


def repeats_no_code(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """No two rows have the same phase and cost type: Spectrum projects one figure for both together."""
    for (phase, cost_type), lines in by_code(common.lines_of(candidate)).items():
        if phase and cost_type and len(lines) > 1:
            yield Problem(
                f"{lines[0]['name']}: cost code",
                str(lines[0]["code"]),
                f"{candidate.title}: {len(lines)} rows are phase {phase} with cost type {cost_type}; "
                "Spectrum has one projection of them",
                "merge these budget lines in Procore",
            )


def date_is_one(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Problem]:
    """The form's date is a day, written as YYYY-MM-DD."""
    shown = common.answer_of(answers, DATE)
    if _day(shown) is None:
        yield Problem(
            DATE,
            shown,
            f"{candidate.title}: {shown or 'nothing'} is not a day",
            f"write the day as YYYY-MM-DD, from {_FIRST_YEAR} on",
        )


def date_is_not_before_the_last(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Problem]:
    """The form's date is not before the last projection of any row's phase: Spectrum would keep it as a correction.

    Change orders book projections, too. With only the web services their days cannot be
    read; then the confirmation fails.
    """
    day, last = _day(common.answer_of(answers, DATE)), last_projection(candidate, context)
    if day is not None and last is not None and day.isoformat() < last[0]:
        taken, phase, cost_type = last
        yield Problem(
            DATE,
            day.isoformat(),
            f"{candidate.title}: phase {phase} with cost type {cost_type} has a projection of {taken} in Spectrum, "
            "which would keep an earlier one as a correction and leave the current projection as it is",
            f"type {taken} or a later day",
        )


def date_has_come(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Problem]:
    """The form's date has come, where only GetPhase shows projections: it shows those of today."""
    day = _day(common.answer_of(answers, DATE))
    now = today(context)
    if day is not None and day > now and not context.spectrum.shows_later_projections():
        yield Problem(
            DATE,
            day.isoformat(),
            f"{candidate.title}: {day.isoformat()} is in the future, and a projection of a future day cannot be "
            "read back here",
            f"type {now.isoformat()}, or let Info-Link show JC_PROJ_COST_HISTORY_MC to this package's user",
        )


def last_projection(candidate: Candidate, context: Context) -> tuple[str, str, str] | None:
    """The last day on which any row's phase has a projection, with that phase and cost type; None where none is known.

    Returns:
        The day as YYYY-MM-DD, phase code, cost type.
    """
    job = common.job_of(candidate, context)
    if not job:
        return None
    days = context.spectrum.last_projections(job)
    codes = [(line["phase"], line["cost_type"]) for line in common.lines_of(candidate)]
    return max(((days[code], *code) for code in codes if code in days), default=None)


def today(context: Context) -> date:
    """Today in the time zone of the settings."""
    return datetime.now(ZoneInfo(context.settings.timezone)).date()


def _day(shown: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", shown):
        return None
    try:
        day = date.fromisoformat(shown)
    except ValueError:
        return None
    return day if day.year >= _FIRST_YEAR else None
