"""What the HTTP clients of Spectrum and Procore have in common: headers that hold credentials, safe quotations, bounds.

A server that is broken, or is not the one that was meant, may answer without end. Nothing of it may fill a worker's
memory, or hold a task for hours.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import requests
from urllib3.exceptions import DecodeError, ProtocolError, ReadTimeoutError, SSLError

from spectrum_etl.model.characters import escaped

_LONGEST_QUOTE = 300
_PIECE = 64 * 1024
#: What a whole answer may take, in seconds; what is between two parts of it has the time limit of the connection.
LONGEST_TIME = 900.0


class Session(requests.Session):
    """A session that does not look where a redirect leads: nothing here follows one.

    requests prepares the next call even where it is not to follow. For that it reads the whole body, however long it is
    or takes, and fails with an error of its own at an address that is none.
    """

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None, whatever the answer says."""


class Headers(requests.auth.AuthBase):
    """Puts prepared headers on a request. As `auth` it also keeps requests from reading a password out of `.netrc`."""

    def __init__(self, headers: dict[str, str]) -> None:
        self._headers = headers

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._headers)
        return request


def redact(text: str, secrets: Iterable[str]) -> str:
    """Server text made safe for a message: secrets replaced, white space folded, at most 300 characters.

    What a message's readers cannot hold, the warehouse among them, is escaped.
    """
    for secret in secrets:
        if secret:
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", text, flags=re.IGNORECASE)
            if len(secret) >= 6:
                text = re.sub(re.escape(secret), "***", text, flags=re.IGNORECASE)
    text = escaped(" ".join(text.split()))
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}..."


class Endless(Exception):
    """A body that is longer, or takes longer, than any answer that is meant."""


def arriving(
    response: requests.Response, seconds: float | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[bytes]:
    """The body of a streamed answer as it arrives, decoded.

    `iter_content` waits until a piece is full: a server that sends a byte now and then would keep it for days, and
    the time would never be looked at.

    Args:
        response: not read yet.
        seconds: the time that it may take in all; `LONGEST_TIME` by default.
        clock: seconds that only grow.

    Raises:
        Endless: it takes longer.
        requests.RequestException: it cannot be read.
    """
    limit, started = LONGEST_TIME if seconds is None else seconds, clock()
    try:
        while part := response.raw.read1(_PIECE, decode_content=True):
            if clock() - started > limit:
                raise Endless(f"more than {limit:g} s")
            yield part
    # As `iter_content` has them.
    except ProtocolError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from error
    except DecodeError as error:
        raise requests.exceptions.ContentDecodingError(error) from error
    except ReadTimeoutError as error:
        raise requests.ConnectionError(error) from error
    except SSLError as error:
        raise requests.exceptions.SSLError(error) from error


def pieces(
    response: requests.Response,
    max_bytes: int,
    seconds: float | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[bytes]:
    """The body of a streamed answer in pieces of a size that is worth the work on each, decoded.

    Args:
        response, seconds, clock: as for `arriving`.
        max_bytes: its length at most, in bytes.

    Raises:
        Endless: it is longer, or takes longer; what came until then has been given out.
        requests.RequestException: it cannot be read.
    """
    size, piece = 0, bytearray()
    try:
        for part in arriving(response, seconds, clock):
            size += len(part)
            if size > max_bytes:
                raise Endless(f"more than {max_bytes // 1_000_000 or 1} MB")
            piece += part
            if len(piece) >= _PIECE:
                yield bytes(piece)
                piece.clear()
    except Endless:
        if piece:
            yield bytes(piece)
        raise
    if piece:
        yield bytes(piece)


def parse_json(body: bytes | str, **options: Any) -> Any:
    """The value of a JSON text; options are those of `json.loads`.

    Raises:
        ValueError: it is no JSON, or so deep that it is no answer of a service.
    """
    try:
        return json.loads(body, **options)
    except RecursionError:
        raise ValueError("the JSON is nested too deep") from None
