"""Suggests for vendors the companies that may be the same."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from spectrum_etl.imports.match.party import Party, Suggestion, Thresholds


def suggest(vendors: Iterable[Party], companies: Iterable[Party], thresholds: Thresholds) -> Iterator[Suggestion]:
    """Suggest companies for vendors, the best only: none for most that have no counterpart, several where they tie.

    A company is suggested to one vendor only, unless it is tied. The order of what comes in changes nothing.

    Args:
        vendors: of Spectrum; inactive ones, too, where the caller wants them.
        companies: of Procore, inactive ones included.
        thresholds: from the settings.

    Returns:
        By vendor key; of one vendor the best first.
    """
    left, right = _by_exact_name(vendors), _by_exact_name(companies)
    found = [
        Suggestion(vendor, company, 100.0, ("same name",), exact=not tied, tied=tied)
        for name in left.keys() & right.keys()
        for tied in [len(left[name]) + len(right[name]) > 2]
        for vendor in left[name]
        for company in right[name]
    ]
    return iter(sorted(found, key=lambda s: (s.vendor_key, -s.score, s.company_key)))


def exact_name(name: str) -> str:
    """A name without case, needless blanks and the punctuation around it; blank where nothing is left."""
    folded = unicodedata.normalize("NFC", name).upper().casefold()
    return re.sub(r"^[\W_]+|[\W_]+$", "", " ".join(folded.split()))


def _by_exact_name(parties: Iterable[Party]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for party in parties:
        if name := exact_name(party.name):
            found[name].append(party.key)
    return found
