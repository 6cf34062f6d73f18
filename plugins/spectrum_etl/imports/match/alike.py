"""Compares two names word by word: how much they speak for one company, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import OSA

from spectrum_etl.imports.match import words
from spectrum_etl.imports.match.names import Name, Word

#: What names speak for or against, in natural logarithms of odds. Above `SAME_NAME` nothing but the spelling differs.
EXACT_NAME, SAME_NAME, REORDERED, JOINED, CUT = 5.2, 4.8, 4.4, 4.4, 3.8
#: Of two that are called the same, both say what kind of company they are.
_SAME_FORM, _OTHER_FORM = 0.2, -0.6
_UNLIKE, _UNLIKE_BUT_FOR_A_WORD = -3.0, -2.0
#: From the share of words, by weight, that two names have in common to what that speaks for; linear in between.
_BY_SHARE = ((0.0, -3.0), (0.3, -3.0), (0.5, -1.5), (0.6, -0.3), (0.7, 0.8), (0.8, 2.0), (0.9, 3.2), (1.0, 4.4))
#: Both have a word of their own that the other lacks: two trades, two people.
_OTHER_WORDS = -1.5
#: Both say which of several they are, and it is another one.
_OTHER_PLACE = -4.0
#: One of them says which of several it is.
_ONE_PLACE, _ONE_BRANCH = -1.2, -1.0
#: Edits that are a typing error, by the length of the shorter word; shorter words have none.
_EDITS = ((9, 2), (5, 1))
_INITIALS_LIKENESS, _INITIAL_LIKENESS = 0.7, 0.6


class Likeness(NamedTuple):
    """How alike two names are.

    Args:
        weight: for one company, or below 0 against it.
        words: what agrees, for people; blank where too little does.
        branch: where one of them only says which of several it is, that, written together: a city, a direction.
    """

    weight: float
    words: str = ""
    branch: str = ""


class _Matched(NamedTuple):
    weight: float
    names: int


def alike(one: Sequence[Name], other: Sequence[Name]) -> Likeness:
    """Compare all names of two parties; what counts is the most alike. 0 where one of them has none."""
    if not one or not other:
        return Likeness(0.0)
    # In the order of the alphabet, so that it is the same whichever party comes first.
    return max(_alike(*((a, b) if a.joined <= b.joined else (b, a))) for a in one for b in other)


def is_typing_error(one: str, other: str) -> bool:
    """Whether two words are likely the same with a typing error. None of the first letter, none between known words."""
    if one[0] != other[0] or (one in words.KNOWN and other in words.KNOWN) or one.isdigit() or other.isdigit():
        return False
    shorter = min(len(one), len(other))
    edits = next((edits for length, edits in _EDITS if shorter >= length), 0)
    return edits > 0 and OSA.distance(one, other, score_cutoff=edits) <= edits


def _alike(one: Name, other: Name) -> Likeness:
    form = 0.0 if not one.form or not other.form else _SAME_FORM if one.form == other.form else _OTHER_FORM
    if one.joined == other.joined:
        return Likeness((SAME_NAME if one.words == other.words else JOINED) + form, "same name")
    if one.set == other.set:
        return Likeness(REORDERED + form, "same name")
    for short, long in ((one, other), (other, one)):
        if short.is_cut and len(short.spelled) < len(long.spelled) and long.spelled.startswith(short.spelled):
            return Likeness(CUT, "same name, cut short")
    return _by_words(one, other)


def _by_words(one: Name, other: Name) -> Likeness:
    left, right, matched = _match(one.words, other.words)
    total = (one.weight + other.weight) / 2
    share = min(1.0, matched.weight / total) if total else 0.0
    if not matched.names and any(word.kind == "name" for word in (*left, *right)):
        return Likeness(_UNLIKE)
    weight = _interpolated(share)
    own = [[word for word in side if word.kind in ("name", "trade")] for side in (left, right)]
    where = [[word for word in side if word.kind in ("place", "branch")] for side in (left, right)]
    if own[0] and own[1]:
        weight += _OTHER_WORDS
    if (where[0] and (where[1] or _names_branch(own[1], where[0]))) or (where[1] and _names_branch(own[0], where[1])):
        return Likeness(max(_UNLIKE, weight + _OTHER_PLACE))
    for side in where:
        weight += min((_ONE_PLACE if word.kind == "place" else _ONE_BRANCH for word in side), default=0.0)
    weight = max(_UNLIKE_BUT_FOR_A_WORD, weight)
    branch = "".join(word.text for side in where for word in side)
    said = "same name, one with a branch" if branch and not own[0] and not own[1] else "similar name"
    return Likeness(weight, said if weight > 0 else "", branch)


def _names_branch(own: Sequence[Word], branch: Sequence[Word]) -> bool:
    """Whether a word of one name stands where the other one names a branch: `Acme Denver` and `Acme - Boulder`."""
    return any(word.kind == "branch" for word in branch) and any(word.kind == "name" for word in own)


def _match(one: Sequence[Word], other: Sequence[Word]) -> tuple[list[Word], list[Word], _Matched]:
    """Pair the words of two names: the same, then initials and words written together, then typing errors.

    Returns:
        The words of each that have no counterpart, and what was paired.
    """
    left, right = list(one), list(other)
    weight, names = 0.0, 0

    def pair(of_left: Sequence[Word], of_right: Sequence[Word], likeness: float) -> None:
        nonlocal weight, names
        for side, used in ((left, of_left), (right, of_right)):
            for word in used:
                side.remove(word)
        weight += likeness * (_sum(of_left) + _sum(of_right)) / 2
        names += any(word.kind == "name" for word in (*of_left, *of_right))

    for word in one:
        same = next((candidate for candidate in right if candidate.text == word.text), None)
        if same is not None:
            pair([word], [same], 1.0)
    for is_swapped in (False, True):
        for word in list(right if is_swapped else left):
            if run := _run(word.text, left if is_swapped else right):
                parts, likeness = run
                pair(*((parts, [word]) if is_swapped else ([word], parts)), likeness)
    for word in list(left):
        for candidate in sorted(right, key=lambda w: (OSA.distance(word.text, w.text), w.text)):
            if is_typing_error(word.text, candidate.text):
                pair([word], [candidate], 1 - OSA.normalized_distance(word.text, candidate.text) / 2)
                break
    return left, right, _Matched(weight, names)


def _run(text: str, side: Sequence[Word]) -> tuple[list[Word], float] | None:
    """The words next to each other that a word stands for: written together, their initials, or one's initial."""
    for start in range(len(side)):
        for end in range(start + 2, len(side) + 1):
            run = list(side[start:end])
            if "".join(word.text for word in run) == text:
                return run, 1.0
            if "".join(word.text[0] for word in run) == text:
                return run, _INITIALS_LIKENESS
    if len(text) == 1 and text.isalpha():
        same = next((word for word in side if word.kind == "name" and word.text[0] == text), None)
        return ([same], _INITIAL_LIKENESS) if same else None
    return None


def _sum(side: Iterable[Word]) -> float:
    return sum(word.weight for word in side)


def _interpolated(share: float) -> float:
    for (low, weight), (high, more) in pairwise(_BY_SHARE):
        if share <= high:
            return weight + (more - weight) * (share - low) / (high - low)
    return _BY_SHARE[-1][1]
