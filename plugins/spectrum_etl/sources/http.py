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

from spectrum_etl.model.characters import escaped

_LONGEST_QUOTE = 300
_PIECE = 64 * 1024


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


def pieces(
    response: requests.Response, max_bytes: int, seconds: float = 900.0, clock: Callable[[], float] = time.monotonic
) -> Iterator[bytes]:
    """The body of a streamed answer, piece by piece, decoded.

    Args:
        response: not read yet.
        max_bytes: its length at most, in bytes.
        seconds: the time that it may take in all; each piece for itself has the time limit of the connection.
        clock: seconds that only grow.

    Raises:
        Endless: it is longer, or takes longer.
        requests.RequestException: it cannot be read.
    """
    started, size = clock(), 0
    for piece in response.iter_content(_PIECE):
        size += len(piece)
        if size > max_bytes:
            raise Endless(f"more than {max_bytes // 1_000_000 or 1} MB")
        if clock() - started > seconds:
            raise Endless(f"more than {seconds:g} s")
        yield piece


def parse_json(body: bytes | str, **options: Any) -> Any:
    """The value of a JSON text; options are those of `json.loads`.

    Raises:
        ValueError: it is no JSON, or so deep that it is no answer of a service.
    """
    try:
        return json.loads(body, **options)
    except RecursionError:
        raise ValueError("the JSON is nested too deep") from None
