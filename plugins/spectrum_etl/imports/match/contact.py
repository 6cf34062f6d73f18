"""How a party is reached, in the forms that are compared, and what it speaks for that two agree or differ."""

from __future__ import annotations

import re
from dataclasses import dataclass

from spectrum_etl.imports.match import words
from spectrum_etl.imports.match.names import plain
from spectrum_etl.imports.match.party import Address, Party

#: In natural logarithms of odds. Offices share what reaches them, so of several only the weightiest counts in full.
_PHONE, _EMAIL, _DOMAIN, _STREET, _CITY = 3.0, 3.0, 2.5, 2.5, 0.3
_EACH_FURTHER = 0.7
_OTHER_PHONE, _OTHER_DOMAIN, _OTHER_STATE = -0.5, -0.5, -0.8
#: The code of a company is that of the vendor.
_CODE = 4.0
#: A code of fewer characters, or of digits alone, may be the same by chance.
_SHORTEST_CODE = 4
_SHORT_CODE = 2.0
_PHONE_DIGITS = 10
#: Of a number of North America without its area code.
LOCAL_DIGITS = 7
_BOX = re.compile(r"\b(?:p\s*\.?\s*o\s*\.?\s*)?box\s*(?:no\s*\.?\s*|#\s*)?(\w+)")


@dataclass(frozen=True)
class Contact:
    """What is compared; blank where it is not known.

    Args:
        phone: its digits without the country code of North America.
        email: whole address.
        domain: what stands behind the @, unless it is a mail provider's.
        street: number and street, or box.
        city, state, zip: of the address.
        code: as Spectrum compares codes.
    """

    phone: str
    email: str
    domain: str
    street: str
    city: str
    state: str
    zip: str
    code: str

    @property
    def place(self) -> str:
        """Street and where it is; blank where either is not known."""
        return f"{self.street} {self.zip or self.city}" if self.street and (self.zip or self.city) else ""


def read_contact(party: Party) -> Contact:
    """Read how a party is reached."""
    email = plain(party.email or "")
    mailbox, _, domain = email.partition("@")
    if not mailbox or "." not in domain:
        email = domain = ""
    address = party.address
    return Contact(
        phone=phone(party.phone or ""),
        email=email,
        domain="" if domain in words.FREE_MAIL else domain,
        street=street(address.street or ""),
        city=plain(address.city or ""),
        state=_state(address),
        zip="".join(re.findall(r"[^\W_]", plain(address.zip or "")))[:5],
        code=compared_code(party.code),
    )


def compared_code(spelled: str | None) -> str:
    """A code without case and the blanks around it; blank where there is none."""
    return plain(spelled or "")


def phone(spelled: str) -> str:
    """The digits of a number, without country code 1 and extension; blank where they are too few to tell anything."""
    number = re.split(r"(?:ext|x|#)\.?\s*\d+\s*$", plain(spelled))[0]
    digits = "".join(str(int(c)) for c in number if c.isdecimal())
    if len(digits) == _PHONE_DIGITS + 1 and digits[0] == "1":
        digits = digits[1:]
    is_number = len(digits) >= LOCAL_DIGITS and len(set(digits)) > 1
    return digits if is_number else ""


def street(spelled: str) -> str:
    """A street without case and punctuation, its words written out, `box 12` for a box; without suite and floor.

    Args:
        spelled: of several lines the first with a digit counts.
    """
    lines = [plain(line) for line in spelled.splitlines()]
    text = next((line for line in lines if any(c.isdigit() for c in line)), " ".join(lines).strip())
    if box := _BOX.search(text):
        return f"box {box[1]}"
    tokens = re.findall(r"[^\W_]+", re.sub(r"[.'’]", "", text))
    read = " ".join(words.STREETS.get(token, token) for token in tokens)
    return re.sub(r"(?:\s(?:suite|unit|floor|building) \w+|\s\w+ floor)+$", "", read)


def agreement(one: Contact, other: Contact) -> tuple[float, tuple[str, ...], bool]:
    """Compare two.

    Returns:
        The weight of what agrees less that of what differs; what agrees, in words, the weightiest first; and whether
        they contradict: state and phone are known and differ, and nothing agrees.
    """
    agreed: list[tuple[float, str]] = []
    against = 0.0
    if one.code and one.code == other.code:
        is_telling = len(one.code) >= _SHORTEST_CODE and not one.code.isdigit()
        agreed.append((_CODE if is_telling else _SHORT_CODE, "same code"))
    reached: list[tuple[float, str]] = []
    if one.phone and other.phone:
        if _same_phone(one.phone, other.phone):
            reached.append((_PHONE, "same phone"))
        else:
            against += _OTHER_PHONE
    if one.email and one.email == other.email:
        reached.append((_EMAIL, "same e-mail"))
    elif one.domain and other.domain:
        if one.domain == other.domain:
            reached.append((_DOMAIN, "same e-mail domain"))
        else:
            against += _OTHER_DOMAIN
    if one.street and one.street == other.street and _same_place(one, other):
        reached.append((_STREET, "same address"))
    elif one.city and one.city == other.city and one.state == other.state:
        reached.append((_CITY, "same city"))
    is_elsewhere = bool(one.state and other.state and one.state != other.state)
    if is_elsewhere:
        against += _OTHER_STATE
    reached.sort(reverse=True)
    weight = sum(own if place == 0 else own * _EACH_FURTHER for place, (own, _) in enumerate(reached))
    weight += sum(own for own, _ in agreed) + against
    is_contradicted = is_elsewhere and bool(one.phone and other.phone) and not agreed and not reached
    return weight, tuple(said for _, said in (*agreed, *reached)), is_contradicted


def _same_phone(one: str, other: str) -> bool:
    """The same number, or the same local one where only one of them has an area code."""
    shorter = min(len(one), len(other))
    return one == other or (shorter == LOCAL_DIGITS and one[-LOCAL_DIGITS:] == other[-LOCAL_DIGITS:])


def _same_place(one: Contact, other: Contact) -> bool:
    if one.zip and other.zip:
        return one.zip == other.zip
    return bool(one.city) and one.city == other.city


def _state(address: Address) -> str:
    state = plain(address.state or "")
    return words.STATES.get(state, state)
