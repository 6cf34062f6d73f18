"""Applies the rules of an object to a record and to an approver's form, all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from spectrum_etl.exports.spec import (
    Answers,
    Broken,
    Candidate,
    Context,
    ExportObject,
    FormField,
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
    limits = Rule("form", _limits)(obj.form(candidate, context), answers)
    return [*limits, *(broken for rule in obj.form_rules for broken in rule(candidate, answers, context))]


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


def _limits(fields: Iterable[FormField], answers: Answers) -> Iterable[Problem]:
    for field in fields:
        value = answers.get(field.name, "")
        if field.required and not value:
            yield Problem(field.title, "", f"{field.title} is empty", "fill it in")
        if field.max_length is not None and len(value) > field.max_length:
            yield Problem(
                field.title,
                value,
                f"{field.title} {value!r} has {len(value)} characters; Spectrum takes at most {field.max_length}",
                "give a shorter one",
            )
        if value != " ".join(value.split()):
            yield Problem(
                field.title,
                value,
                f"{field.title} {value!r} contains white space other than single blanks, which would not be sent"
                " unchanged",
                "type it without",
            )
        if value and field.choices and value not in field.choices:
            allowed = ", ".join(field.choices)
            yield Problem(field.title, value, f"{field.title} {value!r} is not one of {allowed}", "choose one")
