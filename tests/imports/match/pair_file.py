"""Reads `pairs.csv`: vendors and companies as people name them, and which of them are the same.

Written by hand, by pattern, before anything was tuned. The columns are separated by `|`: the case, with its pattern and
a number; whose side (v vendor, c company, i inactive company); the vendor's code, or of a company the codes of the
vendors that it is, `-` for none; name, street, city, state, zip, phone, e-mail, code, and another name.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from spectrum_etl.imports.match import Address, Party


@dataclass
class Case:
    """One case.

    Args:
        vendors, companies: what is compared.
        same: keys of the pairs that are one company.
    """

    vendors: list[Party] = field(default_factory=list)
    companies: list[Party] = field(default_factory=list)
    same: set[tuple[str, str]] = field(default_factory=set)


def read_cases() -> Mapping[str, Case]:
    """The cases by pattern and number."""
    found: dict[str, Case] = defaultdict(Case)
    with Path(__file__).with_name("pairs.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE)
        for number, row in enumerate(rows, start=2):
            case, is_vendor = found[row["case"]], row["side"] == "v"
            address = Address(row["street"], row["city"], row["state"], row["zip"])
            key = row["vendor"] if is_vendor else str(number)
            code = row["vendor"] if is_vendor else row["code"]
            names = (row["other"],) if row["other"] else ()
            active = row["side"] != "i"
            party = Party(key, row["name"], code, address, row["phone"], row["email"], active, names)
            (case.vendors if is_vendor else case.companies).append(party)
            if not is_vendor and row["vendor"] != "-":
                case.same |= {(vendor, key) for vendor in row["vendor"].split()}
    return dict(found)


def half(cases: Mapping[str, Case], *, odd: bool) -> Case:
    """The cases with odd, or with even, numbers, thrown together."""
    return together(case for name, case in cases.items() if int(name.rsplit(maxsplit=1)[1]) % 2 == odd)


def together(cases: Iterable[Case]) -> Case:
    """All parties of several cases."""
    found = Case()
    for case in cases:
        found.vendors += case.vendors
        found.companies += case.companies
        found.same |= case.same
    return found
