"""The rules of the forecasts (L1): estimated cost at completion becomes Spectrum's projected cost.

Besides the facts of `common`, whose lines are the rows that have a figure, they read `missing`: empty, `budget view`
or `column`, whichever Procore does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from spectrum_etl.exports.rules import common
from spectrum_etl.exports.rules.amounts import by_code
from spectrum_etl.exports.spec import Answers, Broken, Candidate, Context, rule

#: Field of the form with the date that the figures hold for, as YYYY-MM-DD.
DATE = "projection_date"
_FIRST_YEAR = 1900


@rule("L1")
def project_is_enabled(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The settings enable the export of forecasts for the project."""
    if candidate.id.project not in context.settings.exports.forecast_projects:
        yield Broken(
            "L1",
            "project",
            candidate.id.project,
            f"{candidate.title}: forecasts are not exported for this project",
            f"add {candidate.id.project} to exports.forecast_projects in include/settings.yaml",
        )


@rule("L1")
def project_is_synced(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The project is synced with a job that takes changes."""
    return common.job_not_synced("L1", candidate, context)


@rule("L1")
def column_is_there(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The project has the budget view of the settings, and the view the forecast column."""
    missing, settings = candidate.content["missing"], context.settings.exports
    if missing == "budget view":
        yield Broken(
            "L1",
            "budget view",
            settings.budget_view,
            f"{candidate.title}: the project has no budget view {settings.budget_view}",
            "give the project that budget view in Procore, or correct exports.budget_view in include/settings.yaml",
        )
    elif missing:
        yield Broken(
            "L1",
            "column",
            settings.forecast_column,
            f"{candidate.title}: budget view {settings.budget_view} has no column {settings.forecast_column}",
            "add the column to the view in Procore, or correct exports.forecast_column in include/settings.yaml",
        )


@rule("L1")
def has_a_figure(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """At least one row of the view has a figure. Says nothing while view or column is missing."""
    if not candidate.content["missing"]:
        yield from common.no_lines("L1", candidate)


@rule("L1")
def codes_are_synced(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """Every row with a figure has a cost code and a cost type, and Spectrum's job has both; complete ones will do.

    JobCostProjections refuses complete jobs' phases no more than others, and every job under way has complete phases.
    """
    return common.codes_not_synced("L1", candidate, context, complete_too=True)


@rule("L1")
def repeats_no_code(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """No two rows have the same phase and cost type: Spectrum projects one figure for both together."""
    for (phase, cost_type), lines in by_code(common.lines_of(candidate)).items():
        if phase and cost_type and len(lines) > 1:
            yield Broken(
                "L1",
                f"{lines[0]['name']}: cost code",
                str(lines[0]["code"]),
                f"{candidate.title}: {len(lines)} rows are phase {phase} with cost type {cost_type}; "
                "Spectrum has one projection of them",
                "merge these budget lines in Procore",
            )


@rule("L1")
def amounts_fit(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """Every figure is one that Spectrum takes."""
    return common.amounts_unfit("L1", candidate, "JobCostProjections", "Amount")


@rule("B4")
def has_no_custom_segments(candidate: Candidate, context: Context) -> Iterator[Broken]:
    """No row uses a segment that Spectrum does not know."""
    return common.custom_segments(candidate)


@rule("L1")
def date_is_one(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Broken]:
    """The form's date is a day, written as YYYY-MM-DD."""
    shown = common.number_of(answers, DATE)
    if not _is_day(shown):
        yield Broken(
            "L1",
            DATE,
            shown,
            f"{candidate.title}: {shown or 'nothing'} is not a day",
            f"write the day as YYYY-MM-DD, from {_FIRST_YEAR} on",
        )


def _is_day(shown: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", shown):
        return False
    try:
        return date.fromisoformat(shown).year >= _FIRST_YEAR
    except ValueError:
        return False
