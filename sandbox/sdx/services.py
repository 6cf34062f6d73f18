"""The web services the sandbox offers, as `sandbox/reference/sdx-services.yaml` declares them.

Used by the WSDL, by the check of a call's parameters and by the answers: field names, order and lengths are written
down nowhere else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

REFERENCE = Path(__file__).resolve().parent.parent / "reference" / "sdx-services.yaml"
# Services of the catalogue that nothing in this project calls.
_NOT_OFFERED = frozenset({"GetJobUDF", "GetCustomers", "AddJCTrans", "ARChangeOrder", "AddCustomer"})
ERROR_FIELDS = ("Error_Code", "Error_Description", "Error_Column")
WRITE_ERROR_FIELDS = ("error_code", "desc", "column")


@dataclass(frozen=True)
class Parameter:
    """One declared parameter of a call.

    Args:
        name: the element's name.
        width: the documented maximum in characters; 0 where none is.
        superselect: whether the value is a selection expression.
        values: what it may be, empty for anything.
        kind: text, numeric, date or udf.
        required: flagged as required in every call ("on-create" and "conditional" are the services' own rules).
        defaults: whether a blank one has a default, such as the Authorization ID's company.
        format: of a number, as `-10.2`: sign allowed, 10 digits before and 2 behind the point.
        note: the reference's remark.
    """

    name: str
    width: int
    superselect: bool = False
    values: tuple[str, ...] = ()
    kind: str = "text"
    required: bool = False
    defaults: bool = False
    format: str = ""
    note: str = ""


@dataclass(frozen=True)
class Field:
    """One field of a returned record; `kind` is text, numeric or date."""

    name: str
    kind: str
    width: int | None


@dataclass(frozen=True)
class Service:
    """One web service: its name (also its method's), how it is called, what it takes and what it returns, in order.

    `writes` says whether it changes something; `lines` are the arrays of lines a REST body holds, by name.
    """

    name: str
    transport: str
    parameters: tuple[Parameter, ...]
    fields: tuple[Field, ...]
    writes: bool = False
    lines: Mapping[str, tuple[Parameter, ...]] = field(default_factory=dict)

    @property
    def answer_element(self) -> str:
        """The element around the records: the method's name in lower camel case, `returnArray` for a write."""
        if self.writes:
            return "returnArray"
        return self.name[0].lower() + self.name[1:]

    @property
    def declared(self) -> tuple[Parameter, ...]:
        """Every element of a SOAP call in WSDL order: Authorization_ID, GUID, then the service's own."""
        return (*common_parameters(), *self.parameters)


@cache
def services() -> dict[str, Service]:
    """Return the services that are offered, by name."""
    return {
        name: Service(
            name=name,
            transport=entry["transport"],
            parameters=_parameters(entry["parameters"]),
            fields=tuple(each for returned in entry["returns"] for each in _fields(returned)),
            writes=entry["kind"] == "write",
            lines={array: _parameters(each) for array, each in entry.get("line_arrays", {}).items()},
        )
        for name, entry in _content()["services"].items()
        if name not in _NOT_OFFERED
    }


@cache
def common_parameters() -> tuple[Parameter, ...]:
    """Return the two elements every SOAP call starts with."""
    return _parameters(_content()["common_parameters"])


@cache
def namespace() -> str:
    """Return the SOAP namespace of the calls and the answers."""
    return str(_content()["envelope"]["namespace"])


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(REFERENCE.read_text(encoding="utf-8"))
    return content


def _parameters(entries: list[dict[str, Any]]) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(
            name=name,
            width=entry.get("max", 0),
            superselect=entry.get("superselect", False),
            values=tuple(entry.get("values", ())),
            kind=entry["type"],
            required=entry.get("required") is True,
            defaults="default" in entry,
            format=entry.get("format", ""),
            note=entry.get("note", ""),
        )
        for entry in entries
        for name in _family(entry["name"])
    )


def _fields(entry: dict[str, Any]) -> list[Field]:
    return [Field(name, entry["type"], entry.get("max")) for name in _family(entry["name"])]


def _family(name: str) -> list[str]:
    """One name, or each of a numbered family such as Field_1..Field_5."""
    family = re.fullmatch(r"(\w+?)(\d+)\.\.\1(\d+)", name)
    if family is None:
        return [name]
    return [f"{family.group(1)}{number}" for number in range(int(family.group(2)), int(family.group(3)) + 1)]
