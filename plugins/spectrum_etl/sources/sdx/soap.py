"""Asks one question of one SOAP service and gives a whole answer or an error.

One question may take several calls: tries after passing faults, a second call that confirms an answer without its
closing tags, and one that tells an empty answer from a refused GUID.
"""

from __future__ import annotations

import itertools
import logging
import threading
import uuid
from collections.abc import Mapping
from urllib.parse import quote

from spectrum_etl.errors import FixConfiguration, RetryLater, SpectrumEtlError, StopSync, about
from spectrum_etl.sources.faults import AnswerCut, ServiceMissing, SessionExpired
from spectrum_etl.sources.http import pieces
from spectrum_etl.sources.sdx import envelope, wsdl
from spectrum_etl.sources.sdx.answer import AnswerParser
from spectrum_etl.sources.sdx.faults import ServiceCall
from spectrum_etl.sources.sdx.spool import ServiceAnswer
from spectrum_etl.sources.sdx.transport import Transport, read_start

log = logging.getLogger(__name__)

_CHUNKS_AT_ONCE = 16
#: In bytes; the records wait on disk. An answer of five hundred phases, the fullest records there are, has two million.
_LONGEST_ANSWER = 64_000_000


class Soap:
    """The SOAP side of one client, shared by its threads.

    Args:
        transport: sends the calls.
    """

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.connection = transport.connection
        self.calls = 0
        self._lock = threading.Lock()
        self._wsdl_locks: dict[str, threading.Lock] = {}
        self._declarations: dict[str, wsdl.Declaration] = {}
        self._batch_guids: dict[str, str] = {}
        self._guid_proven: set[str] = set()

    def ask(self, service: str, parameters: Mapping[str, str]) -> ServiceAnswer:
        """One whole answer.

        Args:
            service: name of a read service, `GetJob`.
            parameters: those that are not empty; values as Spectrum takes them, trimmed.

        Returns:
            Its records, possibly suspect (see `ServiceAnswer.is_suspect`).

        Raises:
            RetryLater: the server did not answer properly in any try.
            Reauthenticate: the credentials were refused.
            FixConfiguration: service, parameter, permission or GUID policy are wrong.
            StopSync: every try's answer was cut or unreadable, or the Authorization ID's rows cannot be told.
        """
        with about("web services", self.connection.name):
            return self._answer(ServiceCall(service, dict(parameters)))

    def _answer(self, call: ServiceCall) -> ServiceAnswer:
        service = call.service
        guid, reused = self.guid(service)
        answer = self._confirmed(call, guid)
        if answer.count:
            if reused or self.connection.guid_policy != "per_batch":
                self._guid_proven.add(service)
            if answer.blank_records:
                answer.close()
                raise StopSync(
                    f"the answer ({call.filters}) holds {answer.blank_records} blank rows among {answer.count} others",
                    object=service,
                    company=call.company,
                    remedy="look at what the service answers in Spectrum's Excel add-in; read the object by Info-Link "
                    "meanwhile",
                )
        elif answer.warning is None and service not in self._guid_proven:
            return self._checked_empty(call, guid, answer)
        return answer

    def declaration(self, service: str) -> wsdl.Declaration:
        """What the installation's WSDL declares for a service; fetched once.

        Raises:
            ServiceMissing: there is no WSDL of it.
        """
        with self._lock:
            lock = self._wsdl_locks.setdefault(service, threading.Lock())
        with lock:
            if service not in self._declarations:
                self._declarations[service] = self.transport.retrying(lambda: self._fetch_wsdl(service))
            return self._declarations[service]

    def _fetch_wsdl(self, service: str) -> wsdl.Declaration:
        call = ServiceCall(service, {})
        for path in wsdl.PATHS:
            try:
                with self.transport.exchange(call, "GET", path.format(quote(service, safe=""))) as response:
                    text = read_start(response, wsdl.MAX_BYTES)
            except ServiceMissing:
                continue
            declared = wsdl.parse(service, text)
            if declared:
                return declared
        raise ServiceMissing(
            "there is no WSDL of this service on the server",
            object=service,
            remedy="check host and port of the Airflow connection, and that this release of Spectrum has the service",
        )

    def guid(self, service: str) -> tuple[str, bool]:
        """The GUID of a call, and whether the service has seen it before."""
        if self.connection.guid_policy == "empty":
            return "", False
        if self.connection.guid_policy == "per_call":
            return str(uuid.uuid4()), False
        with self._lock:
            known = service in self._batch_guids
            return self._batch_guids.setdefault(service, str(uuid.uuid4())), known

    def renewed_guid(self, service: str, expired: str) -> str:
        """Another GUID in place of one that was not used for about a day; an empty one stays empty."""
        if not expired:
            return expired
        with self._lock:
            if self._batch_guids.get(service) == expired:
                del self._batch_guids[service]
        return self.guid(service)[0] or str(uuid.uuid4())

    def _confirmed(self, call: ServiceCall, guid: str) -> ServiceAnswer:
        """An answer with all its closing tags, or one that a second call confirms.

        A second answer that is whole is taken by itself.
        """
        first = self._read(call, guid)
        if not first.tail_missing:
            return first
        digest = first.keys_digest
        first.close()
        second = self._read(call, guid)
        if not second.tail_missing or second.keys_digest == digest:
            if second.tail_missing:
                log.warning("%s (%s): closing tags are missing; a second call agreed", call.service, call.filters)
            return second
        second.close()
        raise StopSync(
            f"two answers ({call.filters}) lacked their closing tags and held different records "
            f"({digest[0]} and {second.count}), so neither was used",
            object=call.service,
            company=call.company,
            remedy="run the task again when fewer people work in Spectrum; if it persists, set the reader of this "
            "object to infolink in include/settings.yaml",
        )

    def _read(self, call: ServiceCall, guid: str) -> ServiceAnswer:
        def once() -> ServiceAnswer:
            nonlocal guid
            try:
                return self._read_once(call, guid)
            except SessionExpired:
                guid = self.renewed_guid(call.service, guid)
                raise

        try:
            return self.transport.retrying(once)
        except AnswerCut as error:
            # Every try was cut: trying once more is no remedy.
            raise StopSync(
                error.message,
                object=error.object,
                company=error.company,
                record=error.record,
                remedy=error.remedy,
            ) from error

    def _read_once(self, call: ServiceCall, guid: str) -> ServiceAnswer:
        declared = self.declaration(call.service)
        credentials = {"Authorization_ID": self.connection.authorization_id, "GUID": guid}
        body = envelope.build(call.service, declared.namespace, declared.parameters, credentials, call.parameters)
        path = f"/ws/{quote(call.service, safe='')}"
        headers = {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": self.connection.base_url + path,
        }
        answer = ServiceAnswer(call.service)
        parser = AnswerParser(call, self.transport.redact)
        with self._lock:
            self.calls += 1
        start: list[bytes] = []
        try:
            with self.transport.exchange(call, "POST", path, body=body, headers=headers) as response:
                chunks = pieces(response, _LONGEST_ANSWER)
                start = list(itertools.islice(chunks, _CHUNKS_AT_ONCE))
                if len(start) == _CHUNKS_AT_ONCE:
                    for record in parser.records(itertools.chain(start, chunks)):
                        answer.add(record)
            # A short answer is parsed when the server is free for the next call already.
            if len(start) < _CHUNKS_AT_ONCE:
                for record in parser.records(start):
                    answer.add(record)
        except BaseException:  # whatever ends it, a stopped task too: the file of its records goes, the error goes on
            answer.close()
            raise
        answer.warning = parser.outcome.warning
        answer.blank_records = parser.outcome.blank_records
        answer.tail_missing = parser.outcome.tail_missing
        return answer

    def _checked_empty(self, call: ServiceCall, guid: str, empty: ServiceAnswer) -> ServiceAnswer:
        """Tell an answer without rows from a refused GUID, by asking once more with another kind of GUID.

        Third-party clients report both: installations that answer nothing to a GUID they do not know, and others that
        answer nothing, or one blank row, to a used one. Rows that were only just written are no proof: where they
        come with the other kind, the first kind is asked again.
        """
        other = "" if guid and self.connection.guid_policy == "per_call" else str(uuid.uuid4())
        try:
            answer = self._confirmed(call, other)
        except RetryLater:
            raise
        except SpectrumEtlError as error:
            # The other kind is refused in words, so the first one was accepted: there are no rows.
            log.info("%s: another GUID was refused, so no rows is the answer: %s", call.service, error)
            return empty
        count = answer.count
        answer.close()
        if not count:
            return empty
        again = self._confirmed(call, self.guid(call.service)[0])
        if not again.count:
            raise FixConfiguration(
                f"no rows came with the GUID policy {self.connection.guid_policy}, but {count} with "
                f"{'an empty GUID' if not other else 'a new GUID'}",
                object=call.service,
                company=call.company,
                field="guid",
                value=self.connection.guid_policy,
                remedy=f"set the extra guid of the Airflow connection to {'empty' if not other else 'per_call'}",
            )
        return again
