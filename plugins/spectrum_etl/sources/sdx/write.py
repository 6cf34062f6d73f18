"""Sends one call of a writing service, once, and tells exactly what is known of its outcome.

A write is never repeated here: whether it may be is decided by the caller, who can look up what it did. Every failure
is one of two kinds: the call surely was not executed, or it may have been. What decides is whether any of its body was
handed to an open connection, and what was answered. Codes and shapes of answers: help.trimble.com/en/spectrum/spectrum/
api-web-services/web-service-responses.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import requests

from spectrum_etl.errors import FixConfiguration, Reauthenticate, RetryLater, SpectrumEtlError
from spectrum_etl.sources.faults import (
    CertificateRefused,
    FieldMessage,
    NotSent,
    OutcomeUnknown,
    Refused,
    ServiceNotEnabled,
    SessionExpired,
    UnclearFault,
    Unreadable,
)
from spectrum_etl.sources.sdx import envelope, faults
from spectrum_etl.sources.sdx.client import SdxClient
from spectrum_etl.sources.sdx.transport import read_start
from spectrum_etl.sources.sdx.write_answer import LOOK_UP, WriteAnswer, parse
from spectrum_etl.sources.sdx.wsdl import Declaration

log = logging.getLogger(__name__)

#: A write answers with a few lines; what is longer is not its answer. In bytes.
_LONGEST_ANSWER = 1024 * 1024
_NOT_RUN = "Spectrum did not execute the call"


@dataclass(frozen=True)
class _Call(faults.ServiceCall):
    """A write, for messages: of its parameters they show those that say which record, not what was sent for it."""

    @property
    def company(self) -> str | None:
        return self.parameters.get("Company_Code") or None

    @property
    def filters(self) -> str:
        named = ("Job_Number", "Vendor_Code", "Subcontract_Number", "Change_Request_Number")
        codes = (*named, "Phase_Code", "Cost_Type", "CR_Phase_Code", "CR_Cost_Type", "CR_Billing_Item_Code")
        given = [f"{name}={self.parameters[name]}" for name in codes if self.parameters.get(name)]
        return " ".join(given) or "no key"


class _Body:
    """An envelope that knows whether any of it was taken by an open connection. It may be read again from its start."""

    def __init__(self, content: bytes) -> None:
        self.taken = False
        self._content = content
        self._place = 0

    def __len__(self) -> int:
        return len(self._content)

    def read(self, size: int = -1) -> bytes:
        self.taken = True
        end = len(self._content) if size is None or size < 0 else self._place + size
        piece = self._content[self._place : end]
        self._place = self._place + len(piece) if piece else 0
        return piece


class SpectrumWriter:
    """Writes to one Data Exchange server, with the limits and the GUID policy of its client.

    Args:
        client: supplies connection, credentials, WSDLs and the limit of calls at a time.
    """

    def __init__(self, client: SdxClient) -> None:
        self._soap = client.soap
        self._transport = client.soap.transport

    def write(self, service: str, parameters: Mapping[str, str]) -> WriteAnswer:
        """Send one call, once. Every element that the installation declares is in it, in its order, empty ones too.

        Args:
            service: a writing service, e.g. `UpdateSubcontract`.
            parameters: elements that are not empty, formatted as the service takes them; Company_Code among them.

        Returns:
            What Spectrum answered: it executed the call.

        Raises:
            NotSent: surely not executed; a passing fault.
            OutcomeUnknown: it may have been executed, or may still be running.
            Refused: surely not executed; Spectrum named fields that are wrong.
            FixConfiguration: surely not executed; connection, permission, service or element names are wrong.
            Reauthenticate: surely not executed; the credentials were refused.
            ValueError: the service reads.
        """
        if service.startswith("Get"):
            raise ValueError(f"{service} reads; use SdxClient.call")
        call = _Call(service, {name: value for name, value in parameters.items() if value})
        declared = self._declared(call)
        guid, reused = self._soap.guid(service)
        body = _Body(self._envelope(call, declared, guid))
        started = time.monotonic()
        try:
            answer = self._send(call, body)
        except SessionExpired as error:
            if reused:
                # A GUID that was not used for about a day; the next call takes a new one.
                self._soap.renewed_guid(service, guid)
                raise _not_sent(call, error) from error
            # The same words would be those of a call that took too long.
            raise _unknown(call, error) from error
        log.info("Company %s: %s (%s) in %.1f s", call.company, service, call.filters, time.monotonic() - started)
        for warning in answer.warnings:
            log.warning("Company %s: %s (%s) warns: %s", call.company, service, call.filters, warning.text)
        return answer

    def _declared(self, call: _Call) -> Declaration:
        try:
            return self._soap.declaration(call.service)
        except (FixConfiguration, Reauthenticate):
            raise
        except SpectrumEtlError as error:
            raise _not_sent(call, error) from error

    def _envelope(self, call: _Call, declared: Declaration, guid: str) -> bytes:
        """The request; names are matched as declared, or but for the case of their letters, which pages get wrong."""
        names = {name.casefold(): name for name in declared.parameters}
        values = {}
        for name, value in call.parameters.items():
            known = name if name in declared.parameters else names.get(name.casefold())
            if known is None:
                raise FixConfiguration(
                    f"this installation's service does not know the element, so nothing was sent; {_NOT_RUN}",
                    object=call.service,
                    company=call.company,
                    record=call.filters,
                    field=name,
                    remedy="compare the WSDL of the service with the documentation, and check the release of Spectrum",
                )
            values[known] = value
        credentials = {"Authorization_ID": self._soap.connection.authorization_id, "GUID": guid}
        return envelope.build(call.service, declared.namespace, declared.parameters, credentials, values)

    def _send(self, call: _Call, body: _Body) -> WriteAnswer:
        path = f"/ws/{quote(call.service, safe='')}"
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": self._soap.connection.base_url + path}
        try:
            # A token is renewed before the call where it is due; where it is refused nothing ran, and the transport
            # sends once more with a new one.
            with self._transport.exchange(call, "POST", path, body=body, headers=headers) as response:
                content = self._whole(response)
            answer = parse(call, content, self._transport.redact)
        except (Unreadable, UnclearFault) as error:
            raise _unknown(call, error) from error
        except CertificateRefused as error:
            # TLS can also break when the answer is on its way.
            raise (_unknown(call, error) if body.taken else error) from error
        except (SessionExpired, FixConfiguration, Reauthenticate):
            raise
        except SpectrumEtlError as error:
            raise (_unknown if body.taken else _not_sent)(call, error) from error
        except Exception as error:
            # Everything is caught, since whatever went wrong after the request left, the call may have run.
            if not body.taken:
                raise
            raise _unknown(call, RetryLater(f"the call failed ({type(error).__name__})", remedy=LOOK_UP)) from error
        if answer.bad:
            raise self._refused(call, answer.bad)
        return answer

    @staticmethod
    def _whole(response: requests.Response) -> bytes:
        content = read_start(response, _LONGEST_ANSWER)
        if len(content) >= _LONGEST_ANSWER:
            raise Unreadable("the answer is longer than that of a write", remedy=LOOK_UP)
        return content

    @staticmethod
    def _refused(call: _Call, bad: tuple[FieldMessage, ...]) -> SpectrumEtlError:
        first = bad[0]
        for field in bad:
            # Other codes speak of a field, whatever words they use.
            if field.code == "A" or field.field.casefold() == "authorization_id":
                error = faults.from_record(call, field.code, field.message, field.field)
                if isinstance(error, SessionExpired | ServiceNotEnabled | Reauthenticate):
                    return error
        refused = Refused(
            "Spectrum refused it: " + "; ".join(map(str, bad)),
            object=call.service,
            company=call.company,
            record=call.filters,
            field=first.field or None,
            value=call.parameters.get(first.field),
            remedy="correct the record in Procore or in the approver's form, or what it refers to in Spectrum",
        )
        refused.fields = bad
        return refused


def _not_sent(call: _Call, error: SpectrumEtlError) -> NotSent:
    return NotSent(
        f"{error.message}; {_NOT_RUN}",
        object=call.service,
        company=call.company,
        record=call.filters,
        remedy=error.remedy or "run it again",
    )


def _unknown(call: _Call, error: SpectrumEtlError) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"it is not known whether Spectrum executed the call: {error.message}",
        object=call.service,
        company=call.company,
        record=call.filters,
        remedy=LOOK_UP,
    )
