"""Which vendors and companies are compared at all: those that have something in common.

Comparing each with each would take hours for 20,000 of each. Instead every party is filed under a few keys, and only
those that share one are compared. A key that many share says little and costs much: it is left out, since those that
are worth comparing share a rarer one, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from spectrum_etl.imports.match.contact import LOCAL_DIGITS, Contact
from spectrum_etl.imports.match.names import Name

Key = tuple[str, ...]
#: The most pairs that one key may bring: whole names and what reaches a party tell more than single words.
_MAX_PAIRS = {"exact": 10_000, "name": 10_000, "start": 400, "word": 400, "two words": 1_600, "typing error": 400}
_MAX_PAIRS_OF_CONTACT = 1_600
#: Words of fewer letters are not mistyped.
_SHORTEST_MISTYPED = 5
#: So many words of a name are filed; longer names share enough of them.
_WORDS_FILED = 5
_START = 7


@dataclass(frozen=True)
class Filed:
    """What of a party is looked at."""

    exact: str
    names: tuple[Name, ...]
    contact: Contact


def candidates(vendors: Sequence[Filed], companies: Sequence[Filed]) -> Iterator[tuple[int, int]]:
    """The pairs that are worth comparing, by their places; each once, in no particular order."""
    filed, others = _filed(vendors), _filed(companies)
    seen: set[int] = set()
    for key in filed.keys() & others.keys():
        left, right = filed[key], others[key]
        if len(left) * len(right) > _MAX_PAIRS.get(key[0], _MAX_PAIRS_OF_CONTACT):
            continue
        for vendor in left:
            for company in right:
                pair = vendor * len(companies) + company
                if pair not in seen:
                    seen.add(pair)
                    yield vendor, company


def _filed(parties: Iterable[Filed]) -> Mapping[Key, list[int]]:
    found: dict[Key, list[int]] = defaultdict(list)
    for place, party in enumerate(parties):
        for key in dict.fromkeys(_keys(party)):
            found[key].append(place)
    return found


def _keys(party: Filed) -> Iterator[Key]:
    if party.exact:
        yield "exact", party.exact
    contact = party.contact
    for kind, value in (("phone", contact.phone[-LOCAL_DIGITS:]), ("email", contact.email), ("domain", contact.domain)):
        if value:
            yield kind, value
    if contact.code:
        yield "code", contact.code
    if contact.street and contact.zip:
        yield "zip", contact.street, contact.zip
    if contact.street and contact.city:
        yield "city", contact.street, contact.city
    for name in party.names:
        yield from _keys_of_name(name)


def _keys_of_name(name: Name) -> Iterator[Key]:
    yield "name", name.joined
    yield "name", " ".join(sorted(name.set))
    if len(name.joined) > _START:
        yield "start", name.joined[:_START]
    words = [word for word in name.words if word.kind != "weak"][:_WORDS_FILED]
    telling = [word for word in words if word.kind in ("name", "branch")]
    for word in telling:
        yield "word", word.text
        others = [other.text for other in words if other.text != word.text]
        for other in others:
            yield ("two words", *sorted((word.text, other)))
        if len(word.text) >= _SHORTEST_MISTYPED:
            for other in others[:2] or [""]:
                # Two words that are one edit, or two letters in the wrong order, apart are the same without one letter.
                yield "typing error", word.text, other
                for place in range(1, len(word.text)):
                    yield "typing error", word.text[:place] + word.text[place + 1 :], other
