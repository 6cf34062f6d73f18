"""The web services the sandbox offers, as `sandbox/reference/sdx-services.yaml` declares them.

Used by the WSDL, by the check of a call's parameters and by the answers: field names, order and lengths are written
down nowhere else.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

REFERENCE = Path(__file__).resolve().parent.parent / "reference" / "sdx-services.yaml"
ERROR_FIELDS = ("Error_Code", "Error_Description", "Error_Column")


@dataclass(frozen=True)
class Parameter:
    """One declared parameter of a call; `width` is the documented maximum in characters."""

    name: str
    width: int
    superselect: bool
    values: tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One field of a returned record; `kind` is text, numeric or date."""

    name: str
    kind: str
    width: int | None


@dataclass(frozen=True)
class Service:
    """One web service: its name (also its method's), how it is called, what it takes and what it returns, in order."""

    name: str
    transport: str
    parameters: tuple[Parameter, ...]
    fields: tuple[Field, ...]

    @property
    def answer_element(self) -> str:
        """The element around the records: the method's name in lower camel case."""
        return self.name[0].lower() + self.name[1:]

    @property
    def declared(self) -> tuple[Parameter, ...]:
        """Every element of a SOAP call in WSDL order: Authorization_ID, GUID, then the service's own."""
        return (*common_parameters(), *self.parameters)


@cache
def services() -> dict[str, Service]:
    """Return the services by name."""
    return {
        name: Service(
            name=name,
            transport=entry["transport"],
            parameters=tuple(_parameter(each) for each in entry["parameters"]),
            fields=tuple(field for each in entry["returns"] for field in _fields(each)),
        )
        for name, entry in _content()["services"].items()
    }


@cache
def common_parameters() -> tuple[Parameter, ...]:
    """Return the two elements every SOAP call starts with."""
    return tuple(_parameter(each) for each in _content()["common_parameters"])


@cache
def namespace() -> str:
    """Return the SOAP namespace of the calls and the answers."""
    return str(_content()["envelope"]["namespace"])


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(REFERENCE.read_text(encoding="utf-8"))
    return content


def _parameter(entry: dict[str, Any]) -> Parameter:
    return Parameter(
        name=entry["name"],
        width=entry["max"],
        superselect=entry.get("superselect", False),
        values=tuple(entry.get("values", ())),
    )


def _fields(entry: dict[str, Any]) -> list[Field]:
    """One field, or each of a numbered family such as Field_1..Field_5."""
    family = re.fullmatch(r"(\w+?)(\d+)\.\.\1(\d+)", entry["name"])
    names = [entry["name"]]
    if family:
        names = [f"{family.group(1)}{number}" for number in range(int(family.group(2)), int(family.group(3)) + 1)]
    return [Field(name, entry["type"], entry.get("max")) for name in names]
