"""Applies the rules of an object to a record and to an approver's form, all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from spectrum_etl.exports.form_field import FormField
from spectrum_etl.exports.spec import (
    Answers,
    Broken,
    Candidate,
    Context,
    ExportObject,
    Problem,
    RecordRule,
    Rule,
)
from spectrum_etl.model import characters


def broken_rules(obj: ExportObject, candidate: Candidate, context: Context) -> list[Broken]:
    """Every prerequisite that the record does not meet; first of all, that all of its words can be kept and sent."""
    return [broken for rule in (_TEXT, *obj.rules) for broken in rule(candidate, context)]


def broken_form(obj: ExportObject, candidate: Candidate, answers: Answers, context: Context) -> list[Broken]:
    """Everything that is wrong with the answers: limits of the fields, then the object's own rules."""
    rules = [broken for rule in obj.form_rules for broken in rule(candidate, answers, context)]
    limits = Rule("form", _limits)(obj.form(candidate, context), answers, {broken.field for broken in rules})
    return [*limits, *rules]


def known_answers(fields: Iterable[FormField], values: Mapping[str, object]) -> dict[str, str]:
    """The form's answers as text, trimmed; what is missing is empty, and what the form does not ask is left out."""
    return {field.name: str(values.get(field.name) or "").strip() for field in fields}


def in_words(broken: Iterable[Problem]) -> str:
    """Broken rules for people, in one line."""
    return " ".join(f"{b.message.rstrip('.')}. What to do: {b.fix.rstrip('.')}." for b in broken)


def refused_answers(response: Mapping[str, str], fields: Iterable[str]) -> str:
    """What is wrong where an answer contains a character that cannot be stored or sent, in words; else empty.

    Args:
        response: the answers as they came.
        fields: those that count.
    """
    found = [pair for name in fields for pair in characters.refused(response.get(name) or "", name)]
    return " ".join(f"{name} contains a character that cannot be stored or sent: {value}." for name, value in found)


def _can_be_kept(candidate: Candidate, context: Context) -> Iterable[Problem]:
    for name, value in candidate.refused:
        yield Problem(
            name,
            value,
            f"{candidate.title}: {name} contains a character that cannot be stored or sent: {value}",
            "retype that text in Procore without the character",
        )


_TEXT: RecordRule = Rule("text", _can_be_kept)


def _limits(fields: Iterable[FormField], answers: Answers, reported: Collection[str]) -> Iterable[Problem]:
    for field in fields:
        value = answers.get(field.name, "")
        for misfit in field.misfits(value):
            # A rule of the object says it with its number and better words.
            if misfit.limit == "pattern" and field.name in reported:
                continue
            subject = f"{field.title} {value!r}" if value else field.title
            yield Problem(field.title, value, f"{subject} {misfit.says}", misfit.fix)
