"""What a form proposes, and why it proposes nothing.

A value that the form's own rules refuse is never proposed: the form says what is wrong with it instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spectrum_etl.exports.form_field import FormField
from spectrum_etl.exports.spec import Candidate, Context, FormCheck

#: What is proposed, for the approver.
PROCORES_NUMBER = "Procore's number"


def proposing(
    field: FormField,
    value: str,
    candidate: Candidate,
    context: Context,
    checks: Sequence[FormCheck],
    what: str = PROCORES_NUMBER,
) -> FormField:
    """A field that proposes a value, or says why it does not.

    Args:
        field: without a proposal; with its limits.
        value: what would be proposed.
        candidate: the record.
        context: what the checks look at.
        checks: of the form; those that say something of this field count.
        what: what the value is, for the approver.
    """
    if why := _unfit(field, value, what) or _taken(field, value, candidate, context, checks, what):
        return replace(field, description=f"{field.description} {why}")
    return replace(field, proposal=value)


def _unfit(field: FormField, value: str, what: str) -> str:
    if not value:
        return f"{what} is empty, so nothing is proposed."
    limits = {misfit.limit for misfit in field.misfits(value)}
    if "length" in limits:
        return f"{what} {value} has {len(value)} characters, too many to propose it: at most {field.max_length} fit."
    return f"{what} {value} is not proposed: Spectrum takes {field.pattern_says}." if "pattern" in limits else ""


def _taken(
    field: FormField, value: str, candidate: Candidate, context: Context, checks: Sequence[FormCheck], what: str
) -> str:
    for check in checks:
        for problem in check(candidate, {field.name: value}, context):
            if problem.field == field.name:
                return f"{what} {value} is taken: {problem.message.removeprefix(f'{candidate.title}: ').rstrip('.')}."
    return ""
