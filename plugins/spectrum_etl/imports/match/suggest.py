"""Suggests for vendors the companies that may be the same.

What agrees and differs is added up as logarithms of odds, as Fellegi and Sunter described it in 1969: each speaks for
or against, and the sum becomes a score from 0 to 100. The best pair comes first; what else its vendor or its company
could be is not suggested any more, unless it is as good.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from spectrum_etl.imports.match.alike import EXACT_NAME, alike
from spectrum_etl.imports.match.blocks import Filed, candidates
from spectrum_etl.imports.match.contact import agreement, compared_code, read_contact
from spectrum_etl.imports.match.names import exact_name, read_names, squeezed
from spectrum_etl.imports.match.party import Party, Suggestion, Thresholds

#: What two parties of which nothing is known are worth: most are not the same.
_BEFORE = -2.0
#: The company has the code of another vendor.
_CODE_OF_ANOTHER = -4.0
#: One of them names as its branch the city that the other one is in.
_BRANCH_IN_THE_CITY = 1.0
#: Odds become a score: this much more weight multiplies the odds that it shows by e.
_SCALE = 2.0


@dataclass(frozen=True)
class Pair:
    """Two parties that may be the same: a vendor and a company, or a job and a project."""

    vendor: Party
    company: Party
    score: float
    attributes: tuple[str, ...]
    exact: bool


def suggest(vendors: Iterable[Party], companies: Iterable[Party], thresholds: Thresholds) -> Iterator[Suggestion]:
    """Suggest companies for vendors, the best only: none for most that have no counterpart, several where they tie.

    A company is suggested to one vendor only, unless it is tied. The order of what comes in changes nothing.

    A suggestion is *exact* where the two names are the same but for case, blanks and the punctuation around them, as
    `exact_name` compares; where no other vendor and no other company, active or not, linked or not, has that name, nor
    one that differs in blanks and punctuation only; where the company has no other vendor's code; where state and phone
    do not both differ while nothing else agrees; and where it is not tied.

    Args:
        vendors: of Spectrum, those that are linked included; inactive ones, too, where the caller wants them.
        companies: of Procore, inactive and linked ones included.
        thresholds: from the settings.

    Returns:
        By vendor key; of one vendor the best first.
    """
    left, right = sorted(vendors, key=lambda p: p.key), sorted(companies, key=lambda p: p.key)
    good = [pair for pair in _pairs(left, right) if pair.score >= thresholds.suggest_from]
    yield from best_pairs(good, thresholds.tied_within)


def _pairs(all_vendors: Sequence[Party], all_companies: Sequence[Party]) -> Iterator[Pair]:
    of_code = _keys_by_code(all_vendors)
    shared = _shared(all_vendors) | _shared(all_companies)
    vendors, companies = ([party for party in side if not party.linked] for side in (all_vendors, all_companies))
    filed_vendors, filed_companies = [filed(party) for party in vendors], [filed(party) for party in companies]
    for left, right in candidates(filed_vendors, filed_companies):
        vendor, company = vendors[left], companies[right]
        one, other = filed_vendors[left], filed_companies[right]
        weight, name, branch = alike(one.names, other.names)
        if branch and branch in {squeezed(one.contact.city), squeezed(other.contact.city)}:
            weight += _BRANCH_IN_THE_CITY
        is_same_name = bool(one.exact) and one.exact == other.exact
        if is_same_name:
            weight, name = EXACT_NAME, "same name"
        more, said, is_contradicted = agreement(one.contact, other.contact)
        weight += _BEFORE + more
        is_of_another = bool(of_code.get(other.contact.code, set()) - {vendor.key})
        if is_of_another:
            weight += _CODE_OF_ANOTHER
        may_be_exact = is_same_name and not is_contradicted and not is_of_another
        exact = may_be_exact and squeezed(vendor.name) not in shared
        yield Pair(vendor, company, _score(weight), ((name,) if name else ()) + said, exact)


def filed(party: Party) -> Filed:
    """What of a party is compared."""
    return Filed(exact_name(party.name), read_names(party.name, *party.other_names), read_contact(party))


def _keys_by_code(vendors: Iterable[Party]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for vendor in vendors:
        if code := compared_code(vendor.code):
            found[code].add(vendor.key)
    return found


def _shared(parties: Iterable[Party]) -> set[str]:
    """Names, without blanks and punctuation, that more than one party of a side has."""
    counted = Counter(squeezed(party.name) for party in parties)
    return {name for name, number in counted.items() if number > 1}


def _score(weight: float) -> float:
    return round(100 / (1 + math.exp(-weight / _SCALE)), 1)


def best_pairs(pairs: Iterable[Pair], tied_within: float) -> Iterator[Suggestion]:
    """The best pairs, and those that are as good as the best of their vendor and of their company."""
    kept: list[Pair] = []
    best: dict[tuple[str, str], float] = {}
    for pair in sorted(pairs, key=lambda p: (-p.score, p.vendor.key, p.company.key)):
        ends = (("vendor", pair.vendor.key), ("company", pair.company.key))
        if all(best.get(end, pair.score) - pair.score <= tied_within for end in ends):
            kept.append(pair)
            for end in ends:
                best.setdefault(end, pair.score)
    of_vendor, of_company = Counter(p.vendor.key for p in kept), Counter(p.company.key for p in kept)
    for pair in sorted(kept, key=lambda p: (p.vendor.key, -p.score, p.company.key)):
        is_tied = of_vendor[pair.vendor.key] > 1 or of_company[pair.company.key] > 1
        yield Suggestion(
            pair.vendor.key, pair.company.key, pair.score, pair.attributes, pair.exact and not is_tied, is_tied
        )
