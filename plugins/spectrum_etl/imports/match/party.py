"""What is compared, and what a comparison says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Address(NamedTuple):
    """Where a party is, as its system spells it; blank or None where it is not known."""

    street: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None


@dataclass(frozen=True)
class Party:
    """A vendor of Spectrum or a company of Procore.

    Args:
        key: what its own system calls it: the vendor code, the company's id. Unique on its side.
        name: its name.
        code: the vendor code; of a company what a person or a connector keeps as its code: ERP id or abbreviated name.
        address, phone, email: how it is reached.
        active: whether it is in use. Inactive ones are compared like others, so that none is doubled.
        other_names: further names of the same party, such as the trade name that Procore keeps apart.
        linked: whether it is linked already: then nothing is suggested for it, but its name and code are taken.
    """

    key: str
    name: str
    code: str | None = None
    address: Address = field(default_factory=Address)
    phone: str | None = None
    email: str | None = None
    active: bool = True
    other_names: tuple[str, ...] = ()
    linked: bool = False


@dataclass(frozen=True)
class Thresholds:
    """What counts; a setting of the installation.

    Args:
        suggest_from: the lowest score that is suggested, from 0 to 100.
        tied_within: how far apart two scores may be and still count as the same.
    """

    suggest_from: float = 60.0
    tied_within: float = 0.0


@dataclass(frozen=True)
class Suggestion:
    """A record of Spectrum and one of Procore that may be the same: a vendor and a company, or a job and a project.

    Args:
        spectrum_key: what it is called in Spectrum.
        record_id: the Procore id of the other one.
        score: from 0 to 100, to one decimal place.
        attributes: what agrees, in words for people, the weightiest first: `same name`, `same phone`.
        exact: whether *link all exact names* may link them: see `suggest`.
        tied: whether another suggestion of either is as good: a person has to choose.
    """

    spectrum_key: str
    record_id: str
    score: float
    attributes: tuple[str, ...]
    exact: bool
    tied: bool
