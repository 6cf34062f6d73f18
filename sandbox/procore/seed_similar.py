"""Seeds companies that are almost a vendor of Spectrum's: what a directory that people kept for years looks like.

Each pattern is one way in which the two differ; a matching that is too eager links wrong ones, one that is too careful
doubles the rest.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sandbox.procore.seed_company import CompanySeed, vendor_fields
from sandbox.procore.seed_records import Records
from sandbox.procore.seed_spectrum import Company, Row

Fields = dict[str, Any]
#: What a Spectrum vendor, and the one after it, become in the directory: none, one or two companies.
Pattern = Callable[[Row, Row], list[Fields]]
_ELSEWHERE = {"address": "4100 Airport Way S", "city": "Toledo", "state_code": "OH", "zip": "43604"}
_NOBODY = {"business_phone": None, "fax_number": None, "email_address": None}


def _named(row: Row, name: str, **differs: Any) -> Fields:
    return vendor_fields(row) | {"name": name, "legal_name": name, "is_active": True} | differs


def _name(row: Row) -> str:
    return str(row["Vendor_Name"])


def _without_vowel_marks(name: str) -> str:
    return name.replace("&", "and").replace("'", "").replace(".", "")


_PATTERNS: tuple[tuple[str, Pattern], ...] = (
    ("other case", lambda row, _: [_named(row, _name(row).upper())]),
    ("company form added", lambda row, _: [_named(row, f"{_name(row)}, Inc.", **_NOBODY)]),
    ("company form without comma", lambda row, _: [_named(row, f"{_name(row)} LLC", **_ELSEWHERE)]),
    ("doing business as", lambda row, _: [_named(row, f"Northside Holdings dba {_name(row)}", trade_name=_name(row))]),
    ("trade name alone", lambda row, _: [_named(row, "Great Lakes Holdings III", trade_name=_name(row))]),
    (
        "branches",
        lambda row, _: [
            _named(row, f"{_name(row)} - Columbus"),
            _named(row, f"{_name(row)} - Toledo", **_ELSEWHERE, **_NOBODY),
        ],
    ),
    ("two of one name", lambda row, _: [_named(row, _name(row)), _named(row, _name(row), **_ELSEWHERE, **_NOBODY)]),
    ("inactive", lambda row, _: [_named(row, _name(row), is_active=False)]),
    (
        "inactive with another one alike",
        lambda row, _: [_named(row, _name(row), is_active=False), _named(row, f"{_name(row)} Co", **_ELSEWHERE)],
    ),
    ("renamed, same phone and address", lambda row, _: [_named(row, f"{_name(row).split()[0]} Building Group")]),
    ("code as short name", lambda row, _: [_named(row, "See short name", abbreviated_name=row["Vendor_Code"])]),
    (
        "one company under two codes",
        lambda row, other: [
            _named(row, _name(row), business_phone=other["Phone"], email_address=other["Vendor_Email"])
        ],
    ),
    ("moved", lambda row, _: [_named(row, _name(row), **_ELSEWHERE, **_NOBODY)]),
    ("other punctuation", lambda row, _: [_named(row, f"  {_without_vowel_marks(_name(row)).replace(' ', '  ')} ")]),
    ("typing error", lambda row, _: [_named(row, _name(row)[:-2] + _name(row)[-1] + _name(row)[-2], **_NOBODY)]),
    ("same phone, other company", lambda row, _: [_named(row, "Lakeshore Shared Offices", **_ELSEWHERE)]),
)
#: Of so many unlinked vendors one has no company in the directory at all.
_NONE_EVERY = 4


def seed_similar(records: Records, spectrum: Company, company: CompanySeed) -> None:
    """Add companies that are almost one of the vendors that nothing is linked to.

    Args:
        records: added to.
        spectrum: the Spectrum company.
        company: what has been seeded of it.
    """
    held = records.names(company.id, "vendor")
    free = [
        row
        for row in spectrum.vendors
        if row["Vendor_Code"] not in company.vendors and _name(row).lower() not in held and len(_name(row)) > 3
    ]
    for fields in similar(free, len(_PATTERNS) * 2):
        records.add("vendor", company.id, fields)


def similar(rows: Sequence[Row], most: int) -> Iterator[Fields]:
    """Yield companies that are almost one of these vendors, pattern by pattern.

    Args:
        rows: of Spectrum's vendors.
        most: how many companies at most.
    """
    made = 0
    used = [row for place, row in enumerate(rows) if place % _NONE_EVERY != _NONE_EVERY - 1]
    for place, row in enumerate(used):
        for fields in _PATTERNS[place % len(_PATTERNS)][1](row, used[(place + 1) % len(used)]):
            if made == most:
                return
            made += 1
            yield fields
