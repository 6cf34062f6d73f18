"""The fields of the approver's form: what each takes, which elements of a document it fills, what an answer lacks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Misfit:
    """What is wrong with an answer of the form.

    Args:
        limit: which limit of the field it is.
        says: what is wrong, to follow the field's title or the value.
        fix: what to do.
    """

    limit: Literal["empty", "length", "blanks", "choice", "pattern"]
    says: str
    fix: str


@dataclass(frozen=True)
class FormField:
    """One field of the approver's form.

    Args:
        name: identifier, e.g. `vendor_code`.
        title: label.
        description: what Spectrum needs it for.
        proposal: filled in at first; may be empty.
        max_length: longest value that Spectrum takes.
        choices: allowed values; empty means free text.
        required: whether an empty answer is refused.
        fills: elements that take the answer, in every call that has them, or in one: `CR_Billing_Item_Code#3` is that
            of the third call. The page shows them as they are typed, and nothing else of what was shown may differ from
            what is sent.
        pattern: regular expression of the whole answer, for what can be checked without asking Spectrum. The object's
            form rules decide; this only says so at once.
        pattern_says: the same in words, e.g. `only upper-case letters and digits`.
        guessed: whether the proposal is a guess that a person has to look at: nobody accepts it unseen.
    """

    name: str
    title: str
    description: str
    proposal: str = ""
    max_length: int | None = None
    choices: tuple[str, ...] = ()
    required: bool = True
    fills: tuple[str, ...] = ()
    pattern: str = ""
    pattern_says: str = ""
    guessed: bool = False

    def misfits(self, value: str) -> Iterator[Misfit]:
        """Everything that is wrong with an answer, trimmed, as far as the field alone tells."""
        if self.required and not value:
            yield Misfit("empty", "is empty", "fill it in")
        if self.max_length is not None and len(value) > self.max_length:
            yield Misfit(
                "length",
                f"has {len(value)} characters; Spectrum takes at most {self.max_length}",
                "give a shorter one",
            )
        if value != " ".join(value.split()):
            yield Misfit(
                "blanks",
                "contains white space other than single blanks, which would not be sent unchanged",
                "type it without",
            )
        if value and self.choices and value not in self.choices:
            yield Misfit("choice", f"is not one of {', '.join(self.choices)}", "choose one")
        if value and self.pattern and not re.fullmatch(self.pattern, value):
            yield Misfit("pattern", f"does not fit: Spectrum takes {self.pattern_says}", "correct it")


def filled(fills: Mapping[str, Iterable[str]], place: int) -> dict[str, str]:
    """The elements of one call that take an answer, each with the field of the form that gives it.

    Args:
        fills: as `FormField.fills`, by the form's field.
        place: of the call in its document, counted from 1.
    """
    found = {}
    for field_name, elements in fills.items():
        for named in elements:
            element, _, only = named.partition("#")
            if only in ("", str(place)):
                found[element] = field_name
    return found
