"""Which of a site's names are like one that was looked for: to be shown to a person, never to be taken.

Names of columns are made of words, and sites shorten, spell out, reorder and join them: `Tran_Amount`, `TranAmt`,
`Transaction_Amount`, `AMOUNT_TRAN`. Two names are alike where most words of both have a counterpart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

#: A name in which fewer than this share of the words has a counterpart is another one.
ALIKE = 0.6
#: The same for tables: every other word of their names says that it is another one, `PHASE_SUMMARY` beside `PHASE`.
TABLES_ALIKE = 0.8
MAX_NAMES = 3
#: A word is written out or cut: at least so many letters of it stand for the whole.
_SHORTEST = 2
#: Two words are the same but for a letter or two, or for an ending.
_SPELLED_ALIKE = 0.8
#: Short forms that no rule gives.
_USUAL = {"no": "number"}
#: Modules of Spectrum, and words that stand in the names of tables of every kind.
_OF_MANY_TABLES = frozenset({"ap", "ar", "cr", "gl", "jc", "mc", "master", "pr", "vn"})
_VOWELS = frozenset("aeiou")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def closest(wanted: str, names: Iterable[str], least: float = ALIKE) -> list[str]:
    """The names most like one, best first; none where no name is like it.

    Args:
        wanted: the name of the specs.
        names: those of the site.
        least: how much they are alike at least.
    """
    scored = [(likeness(wanted, name), name) for name in names]
    return [name for score, name in sorted(scored, key=lambda one: (-one[0], one[1])) if score >= least][:MAX_NAMES]


def stands_out(wanted: str, near: Sequence[str]) -> bool:
    """Whether the first of the names that `closest` gives is more like it than the second: else a person chooses."""
    return len(near) == 1 or (len(near) > 1 and likeness(wanted, near[0]) > likeness(wanted, near[1]))


def meant_by(name: str, missing: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Which of several things that are missing a name of the site is most like; none where none is, or two are as much.

    A name stands for one thing: `StartDt` is the start date that is missing, and not the estimated one that is, too.

    Args:
        name: of the site.
        missing: the names that each may have.
    """
    scored = sorted(((max(likeness(one, name) for one in names), names) for names in missing), reverse=True)
    if not scored or scored[0][0] < ALIKE or (len(scored) > 1 and scored[1][0] == scored[0][0]):
        return ()
    return scored[0][1]


def subject_of(table: str) -> str:
    """The words of a table's name that say what it holds: without its module, and what every other one is called, too.

    `CR_CONTRACT_MASTER` and `CR_CUSTOMER_MASTER` have most of their words in common, and nothing else.
    """
    words = _words(table)
    return "_".join([word for word in words if word not in _OF_MANY_TABLES] or words)


def likeness(one: str, other: str) -> float:
    """How much two names are alike, from 0 to 1."""
    left, right = _words(one), _words(other)
    if not left or not right:
        return 0.0
    if "".join(left) == "".join(right):
        return 1.0
    unpaired, paired = list(right), 0.0
    for word in left:
        best = max(unpaired, key=lambda found: _same(word, found), default="")
        if best and (score := _same(word, best)):
            unpaired.remove(best)
            paired += score
    found = 2 * paired / (len(left) + len(right))
    if min(len(left), len(right)) > 1:
        return found
    # One of them does not show where its words end.
    joined = SequenceMatcher(None, "".join(left), "".join(right)).ratio()
    return max(found, joined if joined >= _SPELLED_ALIKE else 0.0)


def _words(name: str) -> list[str]:
    words = (word.lower() for word in _WORDS.findall(name if not name.isupper() else name.lower()))
    return [_USUAL.get(word, word) for word in words]


def _same(one: str, other: str) -> float:
    """1 for the same word, a little less for one that is cut or spelled otherwise, 0 for another word."""
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if short.isdigit() or long.isdigit() or len(short) < _SHORTEST or short[0] != long[0]:
        return 0.0
    if long.startswith(short) or _abbreviates(short, long):
        return 0.9
    return 0.85 if SequenceMatcher(None, one, other).ratio() >= _SPELLED_ALIKE else 0.0


def _abbreviates(short: str, long: str) -> bool:
    """Whether a word is the first letter of another and some of its consonants, in their order: `amt` of `amount`."""
    letters = iter(long)
    return not _VOWELS.intersection(short[1:]) and all(letter in letters for letter in short)
