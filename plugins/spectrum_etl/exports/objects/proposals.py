"""What a form proposes, and why it proposes nothing.

A value that the form's own rules refuse is never proposed: the approver is told what is wrong with it instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spectrum_etl.exports.spec import Candidate, Context, FormField, FormRule


def proposing(
    field: FormField,
    value: str,
    candidate: Candidate,
    context: Context,
    rules: Sequence[FormRule],
    what: str = "Procore's number",
) -> FormField:
    """A field that proposes a value, or says why it does not.

    Args:
        field: without a proposal; with its limits.
        value: what would be proposed.
        candidate: the record.
        context: what the rules look at.
        rules: of the form; those that say something of this field count.
        what: what the value is, for the approver.
    """
    if why := _unfit(field, value, what) or _taken(field, value, candidate, context, rules, what):
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
    field: FormField, value: str, candidate: Candidate, context: Context, rules: Sequence[FormRule], what: str
) -> str:
    for check in rules:
        for broken in check(candidate, {field.name: value}, context):
            if broken.field == field.name:
                return f"{what} {value} is taken: {broken.message.removeprefix(f'{candidate.title}: ').rstrip('.')}."
    return ""
