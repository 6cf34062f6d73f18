"""What the HTTP clients of Spectrum and Procore have in common: headers that hold credentials, and safe quotations."""

from __future__ import annotations

import re
from collections.abc import Iterable

import requests

from spectrum_etl.characters import escaped

_LONGEST_QUOTE = 300


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
