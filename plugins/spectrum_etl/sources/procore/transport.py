"""Sends HTTP calls to Procore: token, company header, timeouts, waits that Procore asks for, tries again where safe."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from spectrum_etl.errors import RetryLater, about
from spectrum_etl.sources.faults import OutcomeUnknown, SourceFault, UnknownHost, Unreadable
from spectrum_etl.sources.http import Endless, Headers, Session, pieces, redact
from spectrum_etl.sources.procore import auth, faults, network
from spectrum_etl.sources.procore.connection import ProcoreConnection
from spectrum_etl.sources.procore.content import parse
from spectrum_etl.sources.procore.faults import ApiCall
from spectrum_etl.sources.procore.limits import RateLimit
from spectrum_etl.sources.tokens import Tokens

log = logging.getLogger(__name__)

#: The longest that one call waits in all for a rate limit or a loaded server, in seconds; then it fails.
LONGEST_WAIT = 900.0
_LONGEST_BACKOFF = 30.0
#: Passing refusals; 429 and 503 state how long they last.
_PASSING = frozenset({408, 409, 425, 500, 502, 503, 504})


#: The longest body, in bytes: a page of full records is a few million. Of a refusal less is enough.
_LONGEST_ANSWER = 64_000_000
_LONGEST_REFUSAL = 256_000
#: Waits for a rate limit end at the same moment for every task that waits: each adds up to so many seconds of its own.
_MAX_JITTER = 5.0


@dataclass(frozen=True)
class ApiAnswer:
    """An accepted call: its JSON value (None for an empty body), amounts as text, and its headers."""

    content: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class _Got:
    """What came back: the status, the headers, and the body, or why it was not read to its end."""

    status_code: int
    headers: Mapping[str, str]
    body: bytes
    endless: str = ""

    @classmethod
    def read(cls, response: requests.Response) -> _Got:
        """Read an answer whose body has not been read yet."""
        good = 200 <= response.status_code < 300
        max_bytes = _LONGEST_ANSWER if good else _LONGEST_REFUSAL
        with response:
            body = bytearray()
            try:
                for piece in pieces(response, max_bytes):
                    body += piece
            except Endless as error:
                # The beginning of a refusal says why as well as all of it.
                return cls(response.status_code, response.headers, bytes(body), str(error) if good else "")
        return cls(response.status_code, response.headers, bytes(body))


class Transport:
    """HTTP to Procore for one client.

    Args:
        connection: where to and with what credentials.
        session: to be used instead of one of its own; the caller closes it then.
        attempts: how often a repeatable call is tried.
        first_wait: before the second try, in seconds; it doubles with every further one.
        longest_wait: as `LONGEST_WAIT`.
        sleep: waits that many seconds.
        clock: seconds since 1970 (UTC).
        jitter: a number of seconds from 0 to the one it is given.

    Attributes:
        calls_made: calls that were sent, each try counted; signing in is none.
    """

    def __init__(
        self,
        connection: ProcoreConnection,
        session: requests.Session | None = None,
        attempts: int = 4,
        first_wait: float = 0.5,
        longest_wait: float = LONGEST_WAIT,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[float], float] = lambda seconds: random.uniform(0, seconds),
    ) -> None:
        self.connection = connection
        self._own_session = session is None
        self._session = session or Session()
        self._attempts = attempts
        self._first_wait = first_wait
        self._longest_wait = longest_wait
        self._sleep = sleep
        self._jitter = jitter
        self._limit = RateLimit(clock)
        self.calls_made = 0
        self._tokens = Tokens(lambda: auth.request_token(connection, self._post_form), clock)

    def close(self) -> None:
        """Close the connections, unless the session was given."""
        if self._own_session:
            self._session.close()

    @property
    def reported_limits(self) -> dict[int, int]:
        """As `RateLimit.reported`."""
        return self._limit.reported

    def redact(self, text: str) -> str:
        """Server text made safe for a message."""
        return redact(text, (*self._tokens.secrets, self.connection.client_secret))

    def exchange(self, call: ApiCall) -> ApiAnswer:
        """One call, sent again where Procore surely did not execute it, or where repeating it does no harm.

        A token that is refused is renewed once. Redirects are not followed: credentials stay with this server.

        Raises:
            SpectrumEtlError: a class of `faults`, by remedy; `OutcomeUnknown` where a call that must not be repeated
                got no usable answer.
        """
        with about("Procore", self.connection.name):
            return self._exchange(call)

    def _exchange(self, call: ApiCall) -> ApiAnswer:
        renewed = False

        def send() -> _Got:
            nonlocal renewed
            token = self._tokens.get()
            response = self._send(call, token)
            if response.status_code == 401 and not renewed:
                renewed = True
                self._tokens.drop(token)
                response = self._send(call, self._tokens.get())
            self._limit.note(response.headers)
            return response

        return self._insist(call, send, paced=True)

    def _send(self, call: ApiCall, token: str) -> _Got:
        headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
        if call.company:
            headers["Procore-Company-Id"] = call.company
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        self.calls_made += 1
        response = self._session.request(
            call.method,
            self.connection.base_url + call.path,
            params=call.params,
            data=None if call.body is None else json.dumps(call.body, allow_nan=False).encode(),
            auth=Headers(headers),
            stream=True,
            allow_redirects=False,
            timeout=self.connection.timeout_seconds,
            verify=self.connection.verify,
        )
        return _Got.read(response)

    def _post_form(self, form: dict[str, str]) -> Any:
        def send() -> _Got:
            response = self._session.post(
                self.connection.login_url + auth.CALL.path,
                data=form,
                auth=Headers({"Accept": "application/json"}),
                stream=True,
                allow_redirects=False,
                timeout=self.connection.timeout_seconds,
                verify=self.connection.verify,
            )
            return _Got.read(response)

        return self._insist(auth.CALL, send, paced=False).content

    def _insist(self, call: ApiCall, send: Callable[[], _Got], *, paced: bool) -> ApiAnswer:
        """Send until it is accepted, refused for good, or not worth waiting for any longer.

        Paced calls count against the rate limit, and wait before they are sent where nothing remains of it.
        """
        waited = 0.0
        tries = 0
        while True:
            if paced and (pause := self._limit.pause()):
                fault = faults.from_status(call, 429, faults.Said(message="the rate limit is used up"))
                waited += self._wait(self._apart(pause), waited, fault)
            tries += 1
            backoff = min(self._first_wait * 2 ** (tries - 1), _LONGEST_BACKOFF)
            try:
                response = send()
            except requests.RequestException as error:
                explained = self._explained(call, error)
                passes = isinstance(explained, RetryLater | UnknownHost)
                if isinstance(explained, OutcomeUnknown) or not passes or tries >= self._attempts:
                    # The cause is left out: its words quote the address, or the header that cannot be sent.
                    raise explained from None
                waited += self._wait(backoff, waited, explained)
                continue
            if 200 <= response.status_code < 300:
                return self._accepted(call, response)
            fault = self._refusal(call, response)
            stated = self._limit.stated_wait(response.headers, response.status_code)
            # Stated waits are bounded by their sum, all others by the number of tries.
            if isinstance(fault, OutcomeUnknown) or not (
                response.status_code == 429
                or (response.status_code == 503 and stated is not None)
                or (response.status_code in _PASSING and call.repeatable and tries < self._attempts)
            ):
                raise fault
            wait = max(stated or 0.0, backoff)
            waited += self._wait(wait if stated is None else self._apart(wait), waited, fault)

    def _apart(self, seconds: float) -> float:
        """A stated wait and a little more: all who were told the same would come back at the same moment."""
        return seconds + self._jitter(min(_MAX_JITTER, 0.5 + seconds / 10))

    def _wait(self, seconds: float, waited: float, fault: SourceFault) -> float:
        """Wait, unless it would be too long in all; gives the seconds."""
        if waited + seconds > self._longest_wait:
            fault.limit = (
                f"a call waits at most {self._longest_wait:g} s in all; Procore asks for {seconds:.0f} s more "
                f"after {waited:.0f} s"
            )
            raise fault
        log.warning("%s Waiting %.1f s.", fault.message, seconds)
        self._sleep(seconds)
        return seconds

    def _accepted(self, call: ApiCall, response: _Got) -> ApiAnswer:
        if response.endless:
            raise self._unreadable(call, response, f"does not end: {response.endless}")
        if not response.body.strip():
            return ApiAnswer(None, response.headers)
        try:
            return ApiAnswer(parse(response.body), response.headers)
        except ValueError:
            raise self._unreadable(call, response, "is not JSON") from None

    def _unreadable(self, call: ApiCall, response: _Got, why: str) -> SourceFault:
        # A write that was accepted has been executed, whatever its answer looks like.
        if not call.repeatable:
            return faults.outcome_unknown(call, f"its answer {why}", response.status_code)
        return Unreadable(
            f"the answer {why} (HTTP {response.status_code})",
            object=call.name,
            remedy="check that host and port of the Airflow connection lead to Procore's API",
        )

    def _refusal(self, call: ApiCall, response: _Got) -> SourceFault:
        location = self.redact(response.headers.get("Location", "").partition("?")[0])
        status = response.status_code
        fault = faults.from_status(call, status, faults.said_in(response.body, self.redact), location)
        # A server that breaks, or gives up, may have done the work before.
        if not call.repeatable and (status == 408 or status >= 500):
            return faults.outcome_unknown(call, fault.message, status)
        return fault

    def _explained(self, call: ApiCall, error: requests.RequestException) -> SourceFault:
        reached, explained = network.explain(call, error, self.connection)
        return faults.outcome_unknown(call, explained.message) if reached and not call.repeatable else explained
