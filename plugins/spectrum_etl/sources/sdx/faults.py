"""What a refusal means: turns error triples, SOAP faults and HTTP codes into errors ordered by remedy.

The specific classes are those that somebody in this package catches. Codes and their places:
help.trimble.com/en/spectrum/spectrum/api-web-services/web-service-responses and .../web-service-types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from spectrum_etl.errors import FixConfiguration, Reauthenticate, RetryLater, SpectrumEtlError, StopSync
from spectrum_etl.sources.faults import (
    AddressNotAllowed,
    CompanyRefused,
    ServiceMissing,
    ServiceNotEnabled,
    SessionExpired,
    UnclearFault,
)
from spectrum_etl.sources.http import parse_json
from spectrum_etl.sources.sdx.clean import clean

#: Codes that are no error: good, successful, warning, and blank. Every other code is one.
GOOD_CODES = frozenset({"", "G", "S", "W"})
#: The fields of the error triple, by their names in lower case.
ERROR_FIELDS = {name.casefold(): name for name in ("Error_Code", "Error_Description", "Error_Column")}
_DATA_EXCHANGE = "in Spectrum, System Administration > Installation > Data Exchange"


@dataclass(frozen=True)
class ServiceCall:
    """What was asked, for messages: the service (or page) and its parameters, never credentials."""

    service: str
    parameters: Mapping[str, str]

    @property
    def company(self) -> str | None:
        """The company asked for."""
        return self.parameters.get("pCompany_Code") or None

    @property
    def filters(self) -> str:
        """The other parameters that were set, in words."""
        given = [f"{name}={value}" for name, value in self.parameters.items() if value and name != "pCompany_Code"]
        return " ".join(given) or "no filter"


def take_triple(fields: dict[str, str]) -> tuple[str, str, str] | None:
    """Take the error triple off a record of a read; None where it has none.

    Reads name it as documented for them, or as writes do (`error_code`, `desc`, `column`).

    Args:
        fields: of the record, those of the triple by their names in `ERROR_FIELDS`; they are taken out.

    Returns:
        Code, trimmed and in upper case; description; column.
    """
    if "Error_Code" not in fields:
        return None
    code = fields.pop("Error_Code").strip().upper()
    text = fields.pop("Error_Description" if "Error_Description" in fields else "desc", "")
    column = fields.pop("Error_Column" if "Error_Column" in fields else "column", "")
    return code, text, column


def from_record(call: ServiceCall, code: str, description: str, column: str) -> SpectrumEtlError:
    """The error that a record's error triple stands for.

    Args:
        call: what was asked.
        code: the error code as sent, not one of GOOD_CODES.
        description: Spectrum's words, redacted.
        column: the parameter it names.
    """
    error = _of_record(call, code, description, column)
    error.code = code.strip()
    return error


def _of_record(call: ServiceCall, code: str, description: str, column: str) -> SpectrumEtlError:
    words = description.casefold()
    said = f"Spectrum answered error {code.strip()}: {description or '(without a text)'}"
    if "time out has occurred" in words:
        return SessionExpired(
            said, object=call.service, company=call.company, remedy="run the task again: a new GUID is used"
        )
    if column.strip().casefold() == "pcompany_code":
        return CompanyRefused(
            said,
            object=call.service,
            company=call.company,
            field=column.strip(),
            value=call.company,
            remedy="correct the company's code in include/settings.yaml, or add the company to the Authorization ID "
            f"{_DATA_EXCHANGE}",
        )
    if column.strip().casefold() == "authorization_id" or "authorization" in words:
        return refused_authorization(call, said, words)
    column = column.strip()
    return FixConfiguration(
        said,
        object=call.service,
        company=call.company,
        field=column or None,
        value=call.parameters.get(column),
        remedy=f"correct the value of {column}, or look the message up in Spectrum's Data Exchange help"
        if column
        else "look the message up in Spectrum's Data Exchange help",
    )


def refused_authorization(call: ServiceCall, said: str, words: str) -> SpectrumEtlError:
    """Wrong Authorization ID, or a service it is not enabled for: told apart by Spectrum's words, as far as they go."""
    if "service" in words or "method" in words or call.service.casefold() in words:
        return ServiceNotEnabled(
            said,
            object=call.service,
            company=call.company,
            remedy=f"add the service {call.service} to the Authorization ID's authorized web services {_DATA_EXCHANGE}",
        )
    return Reauthenticate(
        said,
        object=call.service,
        company=call.company,
        remedy="check the password of the Airflow connection: it is the Authorization ID, which has to be active "
        f"{_DATA_EXCHANGE}, for this company, and enabled for the service {call.service}",
    )


def from_fault(call: ServiceCall, code: str, text: str) -> SpectrumEtlError:
    """The error that a SOAP fault stands for; `Server` faults come and go under load, all others stay.

    Args:
        call: what was asked.
        code: the fault code, `SOAP-ENV:Server`.
        text: the fault string, redacted.
    """
    error = _of_fault(call, code, text)
    error.code = code
    return error


def _of_fault(call: ServiceCall, code: str, text: str) -> SpectrumEtlError:
    words = text.casefold()
    said = f"Spectrum answered the fault {code or '(without a code)'}: {text or '(without a text)'}"
    if "time out has occurred" in words:
        return SessionExpired(said, object=call.service, company=call.company, remedy="run the task again")
    if "authoriz" in words:
        return refused_authorization(call, said, words)
    blamed = code.rpartition(":")[2].casefold()
    if blamed.startswith(("server", "receiver")):
        return RetryLater(
            said,
            object=call.service,
            company=call.company,
            remedy="run the task again; if it persists, lower the calls at a time (extra parallel) and ask the "
            "Spectrum administrator to look at the server",
        )
    kind = FixConfiguration if blamed.startswith(("client", "sender")) else UnclearFault
    return kind(
        said,
        object=call.service,
        company=call.company,
        record=call.filters,
        remedy="compare the installation's WSDL of this service with what was sent",
    )


def from_status(call: ServiceCall, status: int, enhanced: bool, location: str = "", said: str = "") -> SpectrumEtlError:
    """The error that an HTTP status other than 200 stands for.

    Args:
        call: what was asked.
        status: the HTTP status code.
        enhanced: whether enhanced authentication is on.
        location: where a redirect leads.
        said: the server's words, redacted.
    """
    error = _of_status(call, status, enhanced, location, said)
    error.code = f"HTTP {status}"
    return error


def _of_status(call: ServiceCall, status: int, enhanced: bool, location: str, said: str) -> SpectrumEtlError:
    where: dict[str, Any] = {"object": call.service, "company": call.company}
    told = f"HTTP {status}: {said}" if said else f"HTTP {status}"
    if status == 401:
        return Reauthenticate(
            f"the server refused the credentials ({told})",
            **where,
            remedy="check client_id and client_secret in the Airflow connection (the secret expires after 7 to 120 "
            "days), its password (the Authorization ID), and for REST calls the extras rest_bearer_header and "
            "rest_basic_header"
            if enhanced
            else "check the Airflow connection: its login is the company code, its password the Authorization ID; if "
            "both are right, enhanced authentication may be on (extra auth)",
        )
    if status == 403:
        return AddressNotAllowed(
            f"the server does not allow this caller ({told})",
            **where,
            remedy="have this machine's public address put on the server's list (hosted Spectrum: a support case, "
            f"module SDX), and check that {call.service} is enabled for the Authorization ID",
        )
    if status in {404, 410}:
        return ServiceMissing(
            f"the server has no such service ({told})",
            **where,
            remedy="check host and port of the Airflow connection (the port is usually 8482), and that this release "
            f"of Spectrum has the service {call.service}",
        )
    if status in {408, 425, 429} or status >= 500:
        return RetryLater(f"the server could not answer ({told})", **where, remedy="run the task again later")
    if 300 <= status < 400:
        return FixConfiguration(
            "the server redirects the call, and credentials are never sent after a redirect",
            **where,
            value=f"HTTP {status} to {location}",
            remedy="put the final scheme, host and port into the Airflow connection",
        )
    return StopSync(
        f"the server answered {told}, which no Data Exchange service does",
        **where,
        remedy="check that host and port of the Airflow connection lead to Spectrum's Data Exchange",
    )


def endless(call: ServiceCall, why: Exception) -> SpectrumEtlError:
    """The error of an answer that does not end."""
    return StopSync(
        f"the answer ({call.filters}) does not end: {why}",
        object=call.service,
        company=call.company,
        remedy="check that host and port of the Airflow connection lead to Spectrum's Data Exchange, and have the "
        "Spectrum administrator look at the server",
    )


def from_fault_text(call: ServiceCall, body: bytes, safe: Callable[[str], str]) -> SpectrumEtlError | None:
    """The error of the SOAP fault in a body; None when it holds none.

    Args:
        call: what was asked.
        body: of a refusal.
        safe: makes server text safe for a message.
    """
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, encoding="utf-8")
        root = etree.fromstring(clean(body).lstrip(), parser)
    except etree.XMLSyntaxError:
        return None
    fault = next(root.iter("{*}Fault"), None)
    return None if fault is None else from_fault_element(call, fault, safe)


def words_of_json(body: bytes) -> str:
    """The server's words in the JSON body of a refusal, unredacted; blank when there are none.

    The layout of REST errors is not published: the reads' Error_Description, and the names other servers use.
    """
    try:
        content = parse_json(body)
    except ValueError:
        return ""
    if isinstance(content, list) and content:
        content = content[0]
    if not isinstance(content, dict):
        return ""
    named = {str(name).casefold(): value for name, value in content.items()}
    found = (named.get(name) for name in ("error_description", "message", "desc", "error"))
    return next((text for text in found if isinstance(text, str) and text.strip()), "")


def from_fault_element(call: ServiceCall, fault: etree._Element, safe: Callable[[str], str]) -> SpectrumEtlError:
    """The error of a SOAP 1.1 or 1.2 fault element."""

    def words(*paths: str) -> str:
        found = next((element for path in paths for element in fault.iterfind(f".//{path}")), None)
        return "" if found is None else safe(etree.tostring(found, method="text", encoding="unicode", with_tail=False))

    # A subcode of SOAP 1.2 stands inside the code.
    return from_fault(call, words("{*}faultcode", "{*}Code/{*}Value"), words("{*}faultstring", "{*}Reason"))
