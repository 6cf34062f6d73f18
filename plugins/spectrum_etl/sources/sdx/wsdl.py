"""Reads what a service declares, its parameters in their order, from its WSDL."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from spectrum_etl.sources.sdx.services import NAMESPACE

#: Places a WSDL is found at, tried in this order (a client in the field tries the same).
PATHS = ("/wsdls/{}.jws", "/wsdls/{}.jws?wsdl", "/ws/{}.jws", "/ws/{}.jws?wsdl")
MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Declaration:
    """What the WSDL says of one service: the namespace of its request, and its parameters in order."""

    namespace: str
    parameters: tuple[str, ...]


def parse(service: str, text: bytes) -> Declaration | None:
    """The declaration of a service in its WSDL.

    The request is document/literal wrapped: an element named as the service, holding a sequence of elements either
    itself or through a type of its own.

    Args:
        service: its name.
        text: the WSDL.

    Returns:
        The declaration; None when this is no WSDL or does not declare the service.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError:
        return None
    for holder in _candidates(root, service):
        elements = holder.iterfind(".//{*}sequence//{*}element")
        names = tuple(name for element in elements if (name := element.get("name")))
        if names:
            return Declaration(_namespace(holder), names)
    return None


def _candidates(root: etree._Element, service: str) -> list[etree._Element]:
    """The element of that name, the type it refers to, and types of that name."""
    found = []
    for element in root.iterfind(".//{*}schema//{*}element[@name]"):
        if element.get("name") != service:
            continue
        found.append(element)
        type_name = (element.get("type") or "").rpartition(":")[2]
        if type_name:
            found += [kind for kind in root.iterfind(".//{*}complexType[@name]") if kind.get("name") == type_name]
    found += [kind for kind in root.iterfind(".//{*}complexType[@name]") if kind.get("name") == service]
    return found


def _namespace(holder: etree._Element) -> str:
    for ancestor in holder.iterancestors("{*}schema"):
        if ancestor.get("targetNamespace"):
            return str(ancestor.get("targetNamespace"))
    return NAMESPACE
