"""Reads a company's name: what is compared of it, word by word, whatever its spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from spectrum_etl.imports.match import words
from spectrum_etl.model.company_forms import LEGAL_FORMS

#: name: tells which company; trade: what it does; weak: added and left out at will; place: which of several, such as a
#: direction, a number or a state; branch: a word that stands apart, behind a dash or in parentheses.
Kind = Literal["name", "trade", "weak", "place", "branch"]
_WEIGHT: dict[Kind, float] = {"name": 1.0, "trade": 0.6, "weak": 0.2, "place": 0.0, "branch": 0.0}
#: Letters that do not come apart into a plain one and an accent.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i", "ð": "d", "þ": "th"})
_HALVES = re.compile(
    r"\b(?:d\s?[./]?\s?b\s?[./]?\s?a\b\.?"
    r"|(?:doing business as|trading as|t/a|a/k/a|aka|f/k/a|fka|formerly)\b)"
)
_REMARK = re.compile(rf"\b(?:{'|'.join(words.REMARKS)})\b")
_BRANCH = re.compile(r"\((?P<inside>[^()]*)\)|\s[-–—]+\s+(?P<behind>[^-–—()]+)$|#\s*(?P<number>\w+)")
_STATE = re.compile(rf"\b(?:{'|'.join(sorted(words.STATES.values(), key=len, reverse=True))})\b")
#: Spectrum cuts a vendor's name at 30 characters, and a blank at the end is lost.
_CUT_FROM, _CUT_AT = 28, 30


@dataclass(frozen=True)
class Word:
    """One word of a name, in the spelling that is compared."""

    text: str
    kind: Kind

    @property
    def weight(self) -> float:
        """How much it tells about which company it is."""
        return _WEIGHT[self.kind]


@dataclass(frozen=True)
class Name:
    """One name of a party.

    Args:
        words: without company forms and fillers, in their order.
        form: what kind of company it is, such as `inc`; blank where it does not say.
        spelled: letters and digits as they are spelled, the company form included.
        is_cut: whether it may be the beginning of a longer one.
    """

    words: tuple[Word, ...]
    form: str
    spelled: str
    is_cut: bool

    @cached_property
    def joined(self) -> str:
        """The words written together."""
        return "".join(word.text for word in self.words)

    @cached_property
    def weight(self) -> float:
        """Of all words."""
        return sum(word.weight for word in self.words)

    @cached_property
    def set(self) -> frozenset[str]:
        """The words without their order."""
        return frozenset(word.text for word in self.words)


def exact_name(name: str) -> str:
    """A name without case, needless blanks and the punctuation around it; blank where nothing is left.

    Whatever is exact for *link all exact names* is equal in this, and nothing else is.
    """
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).upper().casefold())
    start, end = 0, len(folded)
    while start < end and _is_around(folded[start]):
        start += 1
    while end > start and _is_around(folded[end - 1]):
        end -= 1
    return " ".join(folded[start:end].split())


def plain(text: str) -> str:
    """Without case, accents and needless blanks; the punctuation stays."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).upper().casefold()).translate(_PLAIN)
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).split())


def squeezed(text: str) -> str:
    """The letters and digits alone, without case and accents."""
    return re.sub(r"[\W_]+", "", plain(text))


def read_names(*spelled: str) -> tuple[Name, ...]:
    """Read what a party is called: each of its names, and both halves of `X doing business as Y`.

    Returns:
        Each once, the first one first; none where no letter or digit is left.
    """
    found: dict[Name, None] = {}
    for name in spelled:
        folded = plain(name)
        # Of the folded name: neither case nor blanks that somebody doubled make it another one.
        is_cut = _CUT_FROM <= len(folded) <= _CUT_AT
        for half in _HALVES.split(folded):
            stripped = half.strip(" ()-,;:")
            for one in _readings(stripped):
                if one:
                    found[Name(one, _form(stripped), squeezed(stripped), is_cut)] = None
    return tuple(found)


def _is_around(character: str) -> bool:
    return character.isspace() or unicodedata.category(character).startswith("P")


def _form(name: str) -> str:
    """The company form at the end of a name."""
    last = re.findall(r"[^\W_]+", re.sub(r"[.'’`´]", "", name))[-1:]
    return words.FORMS.get(last[0], last[0]) if last and last[0] in LEGAL_FORMS else ""


def _readings(name: str) -> Iterator[tuple[Word, ...]]:
    """As it stands, and `Smith, John` as John Smith where it may be a person."""
    yield _read(name)
    first, comma, second = name.partition(",")
    if comma and "," not in second and squeezed(second) not in LEGAL_FORMS:
        yield _read(f"{second} {first}")


def _read(name: str) -> tuple[Word, ...]:
    """The words of one name; what stands apart as its branch, behind the rest."""
    if not (kept := _REMARK.sub(" ", name)).strip(" ()-–—*.,:"):
        kept = name
    apart: list[str] = []

    def take(found: re.Match[str]) -> str:
        apart.append(found["inside"] or found["behind"] or found["number"] or "")
        return " "

    rest = _BRANCH.sub(take, re.sub(r"^[\s\W]+", "", kept))
    read = _classified(_tokens(rest))
    branch = [
        Word(word.text, "place" if word.kind == "place" else "branch")
        for part in apart
        if part.strip() not in words.REMARKS_APART
        for word in _classified(_tokens(part), inside=True)
        if word.kind != "weak"
    ]
    if not read:  # nothing but what stands apart
        return tuple(Word(word.text, "name") for word in branch)
    return (*read, *branch)


def _tokens(text: str) -> list[str]:
    text = re.sub(r"\ba/c\b", "air conditioning", text)
    text = re.sub(r"[.'’`´]", "", re.sub(r"\b([^\W\d_])\. (?=[^\W\d_]\b)", r"\1", text))
    text = _STATE.sub(lambda found: found[0].replace(" ", ""), text)
    found = [token for token in re.findall(r"[^\W_]+", text) if token not in words.FILLERS or token == "a"]
    merged: list[str] = []
    letters = ""
    for token in (*found, ""):
        if len(token) == 1 and token.isalpha():
            letters += token
            continue
        if letters:
            merged.append(letters)
        letters = ""
        merged.append(token)
    return [token for token in merged if token and token not in words.FILLERS]


def _classified(tokens: Sequence[str], *, inside: bool = False) -> list[Word]:
    """Words with their kinds.

    Args:
        inside: whether they stand apart, so that none of them is the first word of the name.
    """
    end = len(tokens)
    while end > 1 and tokens[end - 1] in LEGAL_FORMS:
        end -= 1
    kept = [token for place, token in enumerate(tokens[:end]) if place == 0 or token not in LEGAL_FORMS]
    found: list[Word] = []
    for place, token in enumerate(kept):
        is_last = place == len(kept) - 1
        found.append(_word(token, first=place == 0 and not inside, last=is_last))
    if found and not any(word.kind == "name" for word in found):
        # `General Electric`, `Washington Group`: then these are what it is called by.
        strongest = min(found, key=lambda word: ("trade", "place", "weak", "branch").index(word.kind)).kind
        found = [Word(word.text, "name") if word.kind == strongest and not inside else word for word in found]
    return found


def _word(token: str, *, first: bool, last: bool) -> Word:
    if last and not first and token in words.ROMAN:
        return Word(words.ROMAN[token], "place")
    spelled = words.SPELLINGS.get(token, token)
    if spelled in words.TRADES:
        return Word(spelled, "trade")
    if spelled in words.WEAK:
        return Word(spelled, "weak")
    if first:
        return Word(spelled, "name")
    if spelled.isdigit():
        return Word(spelled.lstrip("0") or "0", "place")
    if spelled in words.DIRECTIONS:
        return Word(spelled, "place")
    if spelled in words.STATE_WORDS and (last or len(spelled) > 2):
        return Word(words.STATE_WORDS[spelled], "place")
    return Word(spelled, "name")
