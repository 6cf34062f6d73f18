"""Checks each element of a writing call by its declaration: length, presence, number, date, allowed values.

Used before any service's own rules. One record an element: the first thing that is wrong with it.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from sandbox.sdx.services import Parameter
from sandbox.sdx.writes.results import Result

# Flagged as required while the page's text treats them as optional (notes in the reference).
_MAY_BE_BLANK = {
    "ARChangeRequest": frozenset({"Change_Request_Hours", "Change_Request_Amount", "Subcontractor_Code"}),
}
_WITHOUT_COMMAS = frozenset({"Vendor_Name", "Alpha_Sort", "Alt_1099_Name"})
# Documented numeric, but the same value is text where the reads return it, and the sandbox's divisions are words.
_TEXT_AFTER_ALL = frozenset({"Division"})
# Latitude and longitude lose their sign on the page of UpdateJob alone; half the world needs it.
_SIGNED_AFTER_ALL = frozenset({"Latitude", "Longitude"})
_PHASES = re.compile(r"(\w+_)?Phase(_Code)?$")
_DIGITS = re.compile(r"(.*GL_Account|GL_Distribution_Acct_List\d+|ABA_Number|Social_Insurance_Number)$")
_WHOLE = re.compile(r"(.*_Days|Next_Payment_Number|Wage_Rate_Level|(Major|Minor)_Group_(Start|End))$")
_DATE = re.compile(r"[01]\d/[0-3]\d/(19|20)\d\d")
# The usual format -10.2, where a layout gives a maximum alone.
_USUAL_DIGITS, _USUAL_DECIMALS = 10, 2
_NUMBER = re.compile(r"-?(\d+)(?:\.(\d+))?")


def check(service: str, parameters: Iterable[Parameter], values: Mapping[str, str]) -> list[Result]:
    """Return what is wrong with the elements of a call, in declared order; nothing is an empty list.

    Args:
        service: its name.
        parameters: the declared elements.
        values: what was sent, by name.
    """
    results = []
    for parameter in parameters:
        value = values[parameter.name]
        text = value.strip()
        wrong = ""
        if parameter.width and len(value) > parameter.width:
            wrong = f"has {len(value)} characters, the maximum is {parameter.width}"
        elif text:
            wrong = _wrong(parameter, text)
        elif _required(service, parameter):
            results.append(Result("M", f"{parameter.name} is required", parameter.name))
        if wrong:
            results.append(Result("I", f"{parameter.name} {wrong}", parameter.name))
    return results


def is_number(parameter: Parameter) -> bool:
    """Say whether an element is an amount, a count or a percentage, and not a code of digits."""
    return (
        parameter.kind == "numeric"
        and parameter.name not in _TEXT_AFTER_ALL
        and not _DIGITS.match(parameter.name)
        and parameter.name != "Cost_Center_Override"
    )


def _required(service: str, parameter: Parameter) -> bool:
    exempt = parameter.defaults or parameter.name in _MAY_BE_BLANK.get(service, ())
    return parameter.required and not exempt


def _wrong(parameter: Parameter, text: str) -> str:
    name = parameter.name
    if parameter.values and text not in parameter.values:
        return f"must be one of {', '.join(parameter.values)}"
    if parameter.kind == "udf":
        return "is a user-defined field that is not mapped on the Authorization ID"
    if parameter.kind == "date":
        return _wrong_date(text)
    if _DIGITS.match(name):
        return "" if text.isascii() and text.isdecimal() else "must be digits only, without dashes"
    if is_number(parameter):
        return _wrong_number(parameter, text)
    if name in _WITHOUT_COMMAS and "," in text:
        return "must not contain commas"
    if name.endswith("Phone") and not re.fullmatch(r"[\d().+ /]+", text):
        return "must be a phone number without dashes"
    if _PHASES.match(name) and not text.isalnum():
        return "must be sent without dashes"
    return ""


def _wrong_date(text: str) -> str:
    wanted = "must be a date in the format MM/DD/CCYY"
    if not _DATE.fullmatch(text):
        return wanted
    try:
        datetime.strptime(text, "%m/%d/%Y")  # noqa: DTZ007 - a calendar day has no zone
    except ValueError:
        return wanted
    return ""


def _wrong_number(parameter: Parameter, text: str) -> str:
    match = _NUMBER.fullmatch(text) if text.isascii() else None
    if match is None:
        return "must be numeric"
    if text.startswith("-") and ("positive" in parameter.note or not _signed(parameter)):
        return "must be positive"
    if "not zero" in parameter.note and not Decimal(text):
        return "must not be zero"
    whole, places = len(match.group(1).lstrip("0")), len(match.group(2) or "")
    if _WHOLE.match(parameter.name):
        return "must be a whole number" if places else ""
    if parameter.format and not any(whole <= ints and places <= decimals for ints, decimals in _shapes(parameter)):
        return f"must be a number of the format {parameter.format}"
    if parameter.format or (whole <= _USUAL_DIGITS and places <= _USUAL_DECIMALS):
        return ""
    return f"must have at most {_USUAL_DIGITS} digits and {_USUAL_DECIMALS} decimals"


def _signed(parameter: Parameter) -> bool:
    return not parameter.format or parameter.format.startswith("-") or parameter.name in _SIGNED_AFTER_ALL


def _shapes(parameter: Parameter) -> list[tuple[int, int]]:
    """Digits before and behind the point: `3.1 or 2.2` is [(3, 1), (2, 2)], `-3` is [(3, 0)]."""
    shapes = []
    for shape in parameter.format.split(" or "):
        whole, _, decimals = shape.strip().lstrip("-").partition(".")
        shapes.append((int(whole), int(decimals or 0)))
    return shapes
