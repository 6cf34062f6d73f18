"""Builds the SOAP request of one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.sources.sdx.services import PARAMETER_LENGTHS

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def build(
    service: str,
    namespace: str,
    declared: Sequence[str],
    credentials: Mapping[str, str],
    parameters: Mapping[str, str],
) -> bytes:
    """The envelope of one call: every declared parameter, in the WSDL's order, empty ones included.

    A call that leaves a parameter out is answered with a fault (a finding of third-party callers).

    Args:
        service: name of the service, which is also its method.
        namespace: of the method and its parameters.
        declared: names of the parameters, in the WSDL's order.
        credentials: `Authorization_ID` and `GUID`; they come first where the WSDL does not place them.
        parameters: values of the others; those not given are sent empty.

    Raises:
        FixConfiguration: a value is given for a parameter that this installation does not declare, or that is longer
            than documented, or cannot be written in XML.
    """
    unknown = [name for name, value in parameters.items() if value and name not in declared]
    if unknown:
        raise FixConfiguration(
            "this installation's service does not know the parameter, so the answer would not be filtered by it",
            object=service,
            company=parameters.get("pCompany_Code"),
            field=unknown[0],
            value=parameters[unknown[0]],
            remedy="compare the service's WSDL with the documentation; read the object by Info-Link meanwhile",
        )
    envelope = etree.Element(f"{{{_SOAP}}}Envelope", nsmap={"soap": _SOAP})
    body = etree.SubElement(envelope, f"{{{_SOAP}}}Body")
    method = etree.SubElement(body, f"{{{namespace}}}{service}", nsmap={None: namespace})  # type: ignore[dict-item]  # lxml: the default one
    for name in [name for name in credentials if name not in declared] + list(declared):
        value = credentials[name] if name in credentials else _checked(service, name, parameters)
        try:
            etree.SubElement(method, f"{{{namespace}}}{name}").text = value
        except ValueError:
            raise _refused(service, name, parameters, "characters that XML can hold") from None
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _checked(service: str, name: str, parameters: Mapping[str, str]) -> str:
    value = parameters.get(name, "")
    limit = PARAMETER_LENGTHS.get(name)
    if limit is not None and len(value) > limit:
        raise _refused(service, name, parameters, f"at most {limit} characters")
    return value


def _refused(service: str, name: str, parameters: Mapping[str, str], limit: str) -> FixConfiguration:
    return FixConfiguration(
        "the value cannot be requested",
        object=service,
        company=parameters.get("pCompany_Code"),
        field=name,
        value=parameters.get(name),
        limit=limit,
        remedy="read this object by Info-Link: set its reader to infolink in include/settings.yaml",
    )
