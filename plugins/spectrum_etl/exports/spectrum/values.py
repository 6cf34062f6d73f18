"""Values as Spectrum's writing services take them, and in the form to compare what was sent with what is there.

A value that does not fit is refused, never rounded or cut: a person decides. Formats: `services`, and
help.trimble.com/en/spectrum/spectrum/api-web-services (developer-information): dates MM/DD/CCYY, numbers like -10.2,
phase and G/L codes and phones without dashes, vendor codes in upper case and without symbols, no commas in names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports.document import Call
from spectrum_etl.exports.numbers import number_of
from spectrum_etl.exports.spectrum.services import SERVICES, Element, Service

Value = str | int | Decimal | bool | date | None

#: Elements by what the documentation says of their text, in whatever service.
_UPPER = frozenset({"Vendor_Code", "Customer_Code", "Subcontractor_Code"})
_PHASES = frozenset(
    {"Phase_Code", "Default_Phase_Code", "CR_Phase_Code", "Alt_Phase_Code", "Pricing_Addon_Phase"},
)
_PHONES = frozenset({"Phone", "Fax_Phone", "Job_Site_Phone", "Contact_Phone"})
_NAMES = frozenset({"Vendor_Name", "Alpha_Sort", "Alt_1099_Name"})

#: The time of a calendar day that is written as a moment.
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?$")
_SEPARATORS = re.compile(r"[-./\s]+")
_SYMBOL = re.compile(r"[^A-Z0-9]")
_UNSENDABLE = re.compile(r"[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FIRST_YEAR = 1900
#: Of Spectrum's varchar columns, as its customers' servers have it; nothing is published about others.
_CODE_PAGE = "cp1252"


class Unchanged(str):
    """A text of Spectrum's own that goes back unchanged: not even runs of blanks are folded (B2)."""

    __slots__ = ()


def call(service: str, values: Mapping[str, Value], *, adds: bool, record: str = "") -> Call:
    """One call of a writing service, every value formatted, empty ones left out: Spectrum leaves those as they are.

    Args:
        service: e.g. `UpdateSubcontract`.
        values: element -> value; None and blank text are empty.
        adds: whether the record or line must be new.
        record: what the record is called, for messages.

    Raises:
        FixRecord: a value does not fit, or an element that is needed is empty.
        KeyError: there is no such service or element.
    """
    layout = SERVICES[service]
    formatted = {name: format_value(service, name, value, record=record) for name, value in values.items()}
    for element in layout.elements.values():
        if not formatted.get(element.name) and _needed(layout, element, adds):
            raise FixRecord(
                "Spectrum requires a value here",
                object=service,
                record=record or None,
                field=element.name,
                value="",
                limit=element.limit,
                remedy="fill it in, in Procore or in the approver's form",
            )
    sent = {name: value for name, value in formatted.items() if value}
    return Call(
        service,
        {name: value for name, value in sent.items() if name in layout.key},
        {name: value for name, value in sent.items() if name not in layout.key},
        adds,
    )


def format_value(service: str, element: str, value: Value, *, record: str = "") -> str:
    """A value as a service takes it.

    Args:
        service: e.g. `ARChangeRequest`.
        element: e.g. `Sub_Amount`.
        value: text; a number as Decimal, int or decimal text, never a float; a date or its ISO text; a flag as bool.
        record: what the record is called, for messages.

    Returns:
        Its text; empty for None and blank text. Runs of white space are one blank, since an element is one line.

    Raises:
        FixRecord: it does not fit, is not what the element holds, or cannot be sent. Nothing is rounded or cut.
        KeyError: there is no such service or element.
    """
    layout = SERVICES[service].elements[element]
    if isinstance(value, float):
        raise TypeError(f"{service}.{element}: a float holds no exact cents; give a Decimal or text")
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    try:
        text = _text_of(layout, value)
        if layout.values and text not in layout.values:
            raise _Unfit("Spectrum does not know this value")
        if len(text) > layout.length:
            raise _Unfit(f"the value is too long by {len(text) - layout.length} characters")
        if service == "AddVendor" and element == "Vendor_Code" and _SYMBOL.search(text):
            raise _Unfit("a new vendor's code may contain only letters and digits")
        if _UNSENDABLE.search(text):
            raise _Unfit("the value contains characters that cannot be sent")
    except _Unfit as unfit:
        raise FixRecord(
            str(unfit),
            object=service,
            record=record or None,
            field=element,
            value=str(value),
            limit=layout.limit,
            remedy="correct it in Procore or in the approver's form; it is not shortened or rounded on the way",
        ) from None
    return text


def comparable(service: str, element: str, value: Value) -> str:
    """A value that was sent, or that was read back, in the one form in which the two are equal if Spectrum took it.

    Trimmed, white space folded; vendor and customer codes in upper case; phases without separators; phones as digits;
    dates as MM/DD/CCYY; numbers with the element's decimals, more where they hold more. A blank number is zero: PRO-IV
    knows no missing numbers.

    Args:
        service: the writing service whose element it is.
        element: one that is documented; of any other the text is trimmed.
        value: as sent, or as read: numbers and dates also as the text of the database.
    """
    layout = SERVICES[service].elements.get(element)
    text = "" if value is None else _folded(_plain(value))
    if layout is None:
        return text
    if layout.kind == "number":
        return _comparable_number(layout, text)
    if layout.kind == "date":
        found = date_of(text) if text else None
        return f"{found:%m/%d/%Y}" if found else text
    if element in _PHONES:
        digits = _digits(text)
        return f"+{digits}" if _is_abroad(text) else digits or text
    return _coded(layout, text)


class _Unfit(ValueError):
    """Why a value is refused."""


def _needed(service: Service, element: Element, adds: bool) -> bool:
    # Without a company, the services would take the one of the Authorization ID.
    return element.required == "always" or element.name == "Company_Code" or (adds and element.required == "new")


def _text_of(layout: Element, value: Value) -> str:
    if layout.kind == "number":
        return _number(layout, value)
    if layout.kind == "date":
        found = _day(value)
        if found is None or found.year < _FIRST_YEAR:
            raise _Unfit("this is not a date that Spectrum accepts")
        return f"{found:%m/%d/%Y}"
    text = value.strip() if isinstance(value, Unchanged) else _folded(_plain(value))
    if layout.name in _PHONES:
        return _phone(layout, text)
    text = _coded(layout, text)
    if layout.kind == "digits" and not (text.isascii() and text.isdigit()):
        raise _Unfit("a code of digits is required")
    if strange := "".join(sorted({c for c in text if not _is_stored(c)})):
        raise _Unfit(f"Spectrum's database has no {strange!r} and would store question marks")
    return text


def _phone(layout: Element, text: str) -> str:
    """Seven or ten digits, which every service takes; other numbers as they are, without dashes.

    Ten digits are a number of the North American plan, whose country code is 1. Without its own country code, another
    number would be one of those.
    """
    digits = _digits(text)
    if len(digits) in {7, 10} and not _is_abroad(text):
        return digits
    kept = text.replace("-", "")
    if _is_abroad(text) and (over := len(kept) - layout.length) > 0:
        raise _Unfit(f"a number with a country code is sent as it is, and this one is too long by {over} characters")
    return kept


def _is_abroad(text: str) -> bool:
    """Whether a phone number has a country code that is not 1: behind `+`, or behind `00` or `011`, which dial out."""
    digits = re.sub(r"[^0-9]", "", text)
    if text.lstrip("( ").startswith("+"):
        return not (digits.startswith("1") and len(digits) == 11)
    return digits.startswith(("00", "011"))


def _day(value: Value) -> date | None:
    """The day of a date, or of a text that holds one; None where it holds none."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    text = value.isoformat() if isinstance(value, datetime) else _plain(value)
    if (found := date_of(text)) is not None and re.search(r"[T ]", text.strip()) and not _MIDNIGHT.search(text.strip()):
        # Which day it is depends on the time zone, which only the caller knows (`objects.days`).
        raise _Unfit("this is a point in time, not a day")
    return found


def _is_stored(character: str) -> bool:
    """Whether a column of Spectrum can hold a character: they are varchar, in the code page of western Windows."""
    try:
        return bool(character.encode(_CODE_PAGE))
    except UnicodeEncodeError:
        return False


def _coded(layout: Element, text: str) -> str:
    if layout.name in _UPPER:
        return text.upper()
    if layout.name in _PHASES or layout.kind == "digits":
        return _SEPARATORS.sub("", text)
    if layout.name in _NAMES:
        return _folded(text.replace(",", " "))
    return text


def _number(layout: Element, value: Value) -> str:
    number = number_of(_plain(value))
    if number is None:
        raise _Unfit("this is not a number")
    if number < 0 and not layout.signed:
        raise _Unfit("the number may not be negative")
    text = _plain_number(number, layout.decimals)
    digits, _, behind = text.lstrip("-").partition(".")
    if len(behind) > layout.decimals:
        raise _Unfit("the number has too many decimals")
    if layout.whole is not None and len(digits) > layout.whole:
        raise _Unfit("the number is too large")
    return text


def _comparable_number(layout: Element, text: str) -> str:
    number = number_of(text.replace(",", "") or "0")
    return text if number is None else _plain_number(number, layout.decimals)


def _plain_number(number: Decimal, decimals: int) -> str:
    """Without exponent and negative zero, with so many decimals; with more only where they are not zeros."""
    if number == 0:
        number = Decimal(0)
    sign, digits, exponent = number.as_tuple()
    places = max(-int(exponent), 0)
    text = f"{number:f}"
    whole, _, behind = text.lstrip("-").partition(".")
    behind = behind.rstrip("0") if places > decimals else behind
    behind = behind.ljust(decimals, "0")
    return f"{'-' if sign and digits != (0,) else ''}{whole}{'.' if behind else ''}{behind}"


def date_of(text: str) -> date | None:
    """Of `2026-09-03`, also with a time behind it, or `09/03/2026`. The day is taken as it is written."""
    for form, length in (("%Y-%m-%d", 10), ("%m/%d/%Y", 10), ("%Y%m%d", 8)):
        if len(text) > length and text[length] not in "T ":
            continue
        try:
            return datetime.strptime(text[:length], form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    return None


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _folded(text: str) -> str:
    return " ".join(text.split())


def _digits(text: str) -> str:
    digits = re.sub(r"[^0-9]", "", text)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
