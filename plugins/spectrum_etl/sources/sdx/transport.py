"""Sends HTTP calls to one Data Exchange server: at most 3 at a time, each with timeouts, reads tried again."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Protocol, TypeVar

import requests
import tenacity
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.exceptions import NameResolutionError

from spectrum_etl.errors import RetryLater, SpectrumEtlError, about
from spectrum_etl.sources.faults import AnswerCut, CertificateRefused, ConnectionLost, NoAnswer, UnknownHost, caused_by
from spectrum_etl.sources.http import Endless, Headers, Session, arriving, redact
from spectrum_etl.sources.sdx import auth, faults
from spectrum_etl.sources.sdx.connection import SdxConnection
from spectrum_etl.sources.sdx.faults import ServiceCall
from spectrum_etl.sources.tokens import Tokens

log = logging.getLogger(__name__)

Result = TypeVar("Result")
_LONGEST_WAIT = 30.0
_LONGEST_REFUSAL = 64 * 1024


class Readable(Protocol):
    """A body that is read while it is sent; read to its end, it starts over."""

    def __len__(self) -> int: ...
    def read(self, size: int = -1) -> bytes: ...


Body = bytes | Readable


class Transport:
    """HTTP to one server, shared by the threads of one client.

    Args:
        connection: where to and with what credentials.
        session: to be used instead of one of its own; the caller closes it then.
        attempts: how often a read is tried.
        first_wait: before the second try, in seconds; it doubles with every further one.
        sleep: waits that many seconds.
    """

    def __init__(
        self,
        connection: SdxConnection,
        session: requests.Session | None = None,
        attempts: int = 4,
        first_wait: float = 0.5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.connection = connection
        self._own_session = session is None
        self._session = session or _new_session(connection)
        self._verify = self._session.verify if self._own_session else connection.verify
        self._attempts = attempts
        self._first_wait = first_wait
        self._sleep = sleep
        self._slots = threading.BoundedSemaphore(connection.parallel)
        self._tokens = Tokens(lambda: auth.request_token(connection, self._post_form), time.monotonic)
        #: Those that a pair of user name and password was made of: several may share the connection.
        self._companies = {connection.company_login}

    def __enter__(self) -> Transport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless the session was given."""
        if self._own_session:
            self._session.close()

    def retrying(self, read: Callable[[], Result]) -> Result:
        """Do a read, again and with growing waits while it fails in a passing way. Only for reads.

        Raises:
            SpectrumEtlError: of the last try.
        """
        return tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._attempts),
            wait=tenacity.wait_exponential(multiplier=self._first_wait, max=_LONGEST_WAIT),
            # A name that is not found is a wrong setting or a name server that hiccups: worth another try.
            retry=tenacity.retry_if_exception_type((RetryLater, UnknownHost)),
            sleep=self._sleep,
            before_sleep=_log_retry,
            reraise=True,
        )(read)

    def redact(self, text: str) -> str:
        """Server text made safe for a message."""
        connection = self.connection
        pairs = (auth.basic_pair(company, connection.authorization_id) for company in tuple(self._companies))
        return redact(text, (*self._tokens.secrets, *pairs, connection.client_secret, connection.authorization_id))

    @contextmanager
    def exchange(
        self,
        call: ServiceCall,
        method: str,
        path: str,
        *,
        body: Body | None = None,
        headers: dict[str, str] | None = None,
        rest_company: str | None = None,
    ) -> Iterator[requests.Response]:
        """One call; its answer, status 200 and not yet read, is to be read inside the `with`.

        A token that is refused is renewed once. Redirects are not followed: credentials stay with this server.

        Args:
            call: what is asked, for messages.
            method: GET or POST.
            path: from the server's root, with the leading slash.
            body: what to post.
            headers: besides credentials.
            rest_company: company code to log in with by Basic authentication; none on SOAP calls.

        Raises:
            SpectrumEtlError: of the class that fits the remedy, also for failures while the answer is read.
        """
        with self._slots, about("web services", self.connection.name), self._explained(call):
            response, token = self._send(call, method, path, body, headers or {}, rest_company)
            if response.status_code == 401 and token:
                response.close()
                self._tokens.drop(token)
                response, token = self._send(call, method, path, body, headers or {}, rest_company)
            with response:
                if response.status_code != 200:
                    raise self._refusal(call, response)
                yield response

    def _send(
        self, call: ServiceCall, method: str, path: str, body: Body | None, headers: dict[str, str], company: str | None
    ) -> tuple[requests.Response, str]:
        connection = self.connection
        token = self._tokens.get() if connection.auth == "enhanced" else ""
        if company is not None:
            self._companies.add(company)
        credentials = auth.soap_headers(token) if company is None else auth.rest_headers(connection, company, token)
        response = self._session.request(
            method,
            connection.base_url + path,
            data=body,
            headers=headers,
            auth=Headers(credentials),
            stream=True,
            allow_redirects=False,
            timeout=connection.timeout_seconds,
            verify=self._verify,
        )
        return response, token

    def _post_form(self, url: str, fields: dict[str, str]) -> tuple[int, bytes]:
        call = ServiceCall("connect/token", {})
        with self._explained(call):
            response = self._session.post(
                url,
                data=fields,
                headers={"Accept": "application/json"},
                auth=Headers({}),
                stream=True,
                allow_redirects=False,
                timeout=self.connection.timeout_seconds,
                verify=self._verify,
                proxies=_proxies_of(url) if self._own_session else None,
            )
            with response:
                if response.status_code not in {200, 400, 401}:
                    raise faults.from_status(call, response.status_code, True, self._location(response))
                return response.status_code, read_start(response, _LONGEST_REFUSAL)

    def _refusal(self, call: ServiceCall, response: requests.Response) -> SpectrumEtlError:
        """The fault inside a refusal where there is one, else what its status means."""
        status = response.status_code
        try:
            body = read_start(response, _LONGEST_REFUSAL)
        except Endless:
            body = b""  # its status says enough
        if status not in {401, 403, 404}:
            fault = faults.from_fault_text(call, body, self.redact)
            if fault:
                return fault
        enhanced = self.connection.auth == "enhanced"
        words = self.redact(faults.words_of_json(body))
        return faults.from_status(call, status, enhanced, self._location(response), words)

    def _location(self, response: requests.Response) -> str:
        return self.redact(response.headers.get("Location", "").partition("?")[0])

    @contextmanager
    def _explained(self, call: ServiceCall) -> Iterator[None]:
        try:
            yield
        except requests.RequestException as error:
            # The cause is left out: its words quote the address, or the header that cannot be sent.
            raise _explain(call, error, self.connection) from None
        except Endless as error:
            raise faults.endless(call, error) from None


def read_start(response: requests.Response, limit: int) -> bytes:
    """The body of an answer, or its beginning where it is longer than a limit in bytes.

    Raises:
        Endless: it takes too long.
        requests.RequestException: it cannot be read.
    """
    body = bytearray()
    for part in arriving(response):
        body += part
        if len(body) >= limit:
            break
    return bytes(body[:limit])


def _explain(call: ServiceCall, error: requests.RequestException, connection: SdxConnection) -> SpectrumEtlError:
    """What a network failure means. The order matters: timeouts and TLS failures are connection errors, too."""
    server = f"the server ({call.filters})"
    where: dict[str, Any] = {"object": call.service, "company": call.company}
    if isinstance(error, requests.exceptions.SSLError):
        return CertificateRefused(
            "the encrypted connection to the server failed: its certificate is not trusted, or it speaks no TLS",
            **where,
            remedy="name the authority's file in the extra ca_file of the Airflow connection, or correct its host; "
            "where the server speaks plain HTTP only, set schema to http and the extra allow_plain_http to true",
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return RetryLater(
            "the proxy on the way to the server failed or refused",
            **where,
            remedy="check HTTPS_PROXY and NO_PROXY in the environment of Airflow's workers, then run the task again",
        )
    if caused_by(error, (NameResolutionError, socket.gaierror)):
        return UnknownHost(
            "the host's name is not known",
            **where,
            remedy="correct the host in the Airflow connection, or the name service of this machine",
        )
    if isinstance(error, requests.Timeout) or caused_by(error, (TimeoutError,)):
        connect, read = connection.timeout_seconds
        return NoAnswer(
            f"no answer from {server}",
            **where,
            limit=f"{connect:g} s to connect, {read:g} s between two pieces of an answer",
            remedy="run the task again; if it persists, check the firewall and the server's list of allowed addresses, "
            "or raise the extra timeout of the Airflow connection",
        )
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return AnswerCut(f"the compressed answer of {server} is damaged", **where, remedy="run the task again")
    if isinstance(error, (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        return ConnectionLost(
            f"the connection to {server} was refused or closed",
            **where,
            remedy="run the task again; if it persists, check the port, and have this machine's public address put on "
            "the server's list (hosted Spectrum: a support case, module SDX)",
        )
    return RetryLater(f"the call to {server} failed ({type(error).__name__})", **where, remedy="run the task again")


def _log_retry(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    wait = state.next_action.sleep if state.next_action else 0
    log.warning("Try %d failed, next one in %.1f s: %s", state.attempt_number, wait, error)


def _proxies_of(url: str) -> dict[str, Any]:
    """The environment's proxies for a host that may be another than the session's, in place of the session's own.

    None for those that it does not have: requests would take the session's.
    """
    return {"http": None, "https": None, "all": None, **get_environ_proxies(url)}


def _new_session(connection: SdxConnection) -> requests.Session:
    """A session that has read the environment's proxies and authorities once: at each call that costs a fifth of it."""
    session = Session()
    adapter = HTTPAdapter(pool_connections=2, pool_maxsize=connection.parallel)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    found = session.merge_environment_settings(connection.base_url, {}, None, connection.verify, None)
    session.proxies.update(found["proxies"])
    session.verify = found["verify"]
    session.trust_env = False
    return session
