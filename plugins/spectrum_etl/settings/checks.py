"""What in the settings has to agree with something else in them, or with the objects that are staged.

It is looked at in the values as they are written, beside whatever else is wrong there: so that everything that is wrong
is told at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, LiteralString

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from spectrum_etl.settings.registry import KnownNames, Registry, SourceNames, choices
from spectrum_etl.settings.registry import names as names_of

#: Settings of the exports that are given by company code.
_BY_COMPANY = ("template_job", "template_taxable", "subcontract_gl_account")


def disagreements(values: Any, known: KnownNames) -> list[InitErrorDetails]:
    """Everything that does not agree; what is of a wrong shape is left to the types.

    Args:
        values: of the settings file.
        known: the objects that are staged, and the names of Info-Link.
    """
    if not isinstance(values, Mapping):
        return []
    return [*_unknown_names(values, known.registry), *_of_site_names(values, known.names), *_of_companies(values)]


def _of_site_names(values: Mapping[str, Any], names: SourceNames) -> list[InitErrorDetails]:
    """Names of a site for tables and columns that nothing reads: a misspelled name would have no effect."""
    section = values.get("infolink")
    given = section.get("names") if isinstance(section, Mapping) else None
    found = []
    for company, tables in given.items() if names and isinstance(given, Mapping) else ():
        for table, site in tables.items() if isinstance(tables, Mapping) else ():
            where = ("infolink", "names", str(company), str(table))
            found += _given_twice(where, table, tables)
            known = names.get(str(table).upper())
            if known is None:
                said = f"no table of this name is read; allowed: {', '.join(sorted(names))}"
                found.append(_wrong(where, said, "", kind="extra_forbidden"))
                continue
            given_columns = site.get("columns") if isinstance(site, Mapping) else None
            columns = given_columns if isinstance(given_columns, Mapping) else {}
            for column in columns:
                found += _given_twice((*where, "columns", str(column)), column, columns)
                if str(column).upper() not in known:
                    near = get_close_matches(str(column).upper(), sorted(known), 3)
                    listed = f"the closest are {', '.join(near)}" if near else f"allowed: {', '.join(sorted(known))}"
                    said = f"no column of this name is read; {listed}"
                    found.append(_wrong((*where, "columns", str(column)), said, "", kind="extra_forbidden"))
    return found


def _given_twice(where: tuple[str, ...], name: object, names: Mapping[Any, Any]) -> list[InitErrorDetails]:
    """Names of Info-Link count without regard to case: of two that differ in it alone, one would have no effect."""
    others = [str(other) for other in names if other != name and str(other).upper() == str(name).upper()]
    return [_wrong(where, f"{others[0]} is the same name", "", kind="extra_forbidden")] if others else []


def _unknown_names(values: Mapping[str, Any], registry: Registry) -> list[InitErrorDetails]:
    """Schedules and readers of what does not exist, and readers that a table does not have."""
    if not registry:
        return []
    found = []
    for section, known in (("schedules", names_of(registry)), ("readers", list(choices(registry)))):
        given = values.get(section)
        for name in given if isinstance(given, Mapping) else ():
            if name not in known:
                # Its value is not shown: nothing is known of it, and it may be a secret.
                said = f"unknown name; allowed: {', '.join(known)}"
                found.append(_wrong((section, str(name)), said, "", kind="extra_forbidden"))
    readers = values.get("readers")
    for table, allowed in choices(registry).items():
        chosen = readers.get(table, allowed[0]) if isinstance(readers, Mapping) else allowed[0]
        if chosen not in allowed:
            found.append(_wrong(("readers", table), f"input should be {' or '.join(map(repr, allowed))}", chosen))
    return found


def _of_companies(values: Mapping[str, Any]) -> list[InitErrorDetails]:
    listed = values.get("companies")
    companies = [c for c in listed if isinstance(c, Mapping)] if isinstance(listed, list | tuple) else []
    codes = [str(company["code"]).strip() for company in companies if "code" in company]
    found = []
    if len(set(codes)) != len(codes):
        found.append(_wrong(("companies",), f"a company code is listed twice in {codes}", codes))
    for company in companies:
        read = [_rows_read(other) for other in companies]
        if company.get("infolink_code") is not None and read.count(_rows_read(company)) > 1:
            said = f"another company reads the rows of {_rows_read(company)[1]!r} from the same Info-Link"
            where = ("companies", str(company.get("code")), "infolink_code")
            found.append(_wrong(where, said, company["infolink_code"]))
    section = values.get("infolink")
    given = section.get("names") if isinstance(section, Mapping) else None
    unknown = sorted({str(code) for code in given} - set(codes)) if isinstance(given, Mapping) else []
    if unknown:
        said = f"unknown companies {unknown}; configured: {codes}"
        found.append(_wrong(("infolink", "names"), said, unknown))
    closed = values.get("closed_months")
    unknown = sorted({str(code) for code in closed} - set(codes)) if isinstance(closed, Mapping) else []
    if unknown:
        found.append(_wrong(("closed_months",), f"unknown companies {unknown}; configured: {codes}", unknown))
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


def _rows_read(company: Mapping[str, Any]) -> tuple[str, str]:
    """Connection of a company's Info-Link, and what its tables write for the company."""
    code = company.get("infolink_code")
    written = company.get("code") if code is None else code
    return str(company.get("infolink_conn_id", "spectrum_infolink")), str(written).strip()


def with_disagreements(error: ValidationError | None, found: list[InitErrorDetails]) -> ValidationError:
    """One error of all that is wrong.

    Args:
        error: what the types refuse, if they do.
        found: what does not agree.
    """
    # Of a name that is not known, its value is neither judged nor shown.
    unknown = {entry["loc"] for entry in found}
    refused = [_again(entry) for entry in error.errors() if entry["loc"] not in unknown] if error else []
    return ValidationError.from_exception_data("Settings", [*refused, *found])


def _again(entry: Any) -> InitErrorDetails:
    # With its kind: of a name that is not known the value is not shown.
    kind = PydanticCustomError(entry["type"], entry["msg"])
    return InitErrorDetails(type=kind, loc=entry["loc"], input=entry.get("input"))


def _wrong(where: tuple[str, ...], said: str, value: Any, kind: LiteralString = "disagrees") -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError(kind, "{said}", {"said": said}), loc=where, input=value)
