"""What in the settings has to agree with something else in them. Used by `settings`.

It is looked at in the values as they are written, beside whatever else is wrong there: so that everything that is wrong
is told at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

#: Settings of the exports that are given by company code.
_BY_COMPANY = ("template_job", "template_taxable", "subcontract_gl_account")


def disagreements(values: Any) -> list[InitErrorDetails]:
    """Everything that does not agree; what is of a wrong shape is left to the types.

    Args:
        values: of the settings file.
    """
    if not isinstance(values, Mapping):
        return []
    listed = values.get("companies")
    companies = [c for c in listed if isinstance(c, Mapping)] if isinstance(listed, list | tuple) else []
    codes = [str(company["code"]).strip() for company in companies if "code" in company]
    found = []
    if len(set(codes)) != len(codes):
        found.append(_wrong(("companies",), f"a company code is listed twice in {codes}", codes))
    exports = values.get("exports")
    # Who never exports need not care for what the exports are set to.
    if not isinstance(exports, Mapping) or all(c.get("procore_company_id") is None for c in companies):
        return found
    for setting in _BY_COMPANY:
        given = exports.get(setting)
        unknown = sorted({str(code) for code in given} - set(codes)) if isinstance(given, Mapping) else []
        if unknown:
            said = f"unknown companies {unknown}; configured: {codes}"
            found.append(_wrong(("exports", setting), said, unknown))
    return found


def with_disagreements(error: ValidationError | None, found: list[InitErrorDetails]) -> ValidationError:
    """One error of all that is wrong.

    Args:
        error: what the types refuse, if they do.
        found: what does not agree.
    """
    refused = [_again(entry) for entry in error.errors()] if error else []
    return ValidationError.from_exception_data("Settings", [*refused, *found])


def _again(entry: Any) -> InitErrorDetails:
    # With its kind: of a name that is not known the value is not shown.
    kind = PydanticCustomError(entry["type"], entry["msg"])
    return InitErrorDetails(type=kind, loc=entry["loc"], input=entry.get("input"))


def _wrong(where: tuple[str, ...], said: str, value: list[str]) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError("disagrees", said), loc=where, input=value)
