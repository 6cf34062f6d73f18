"""HTTP answers of the web services that go wrong on purpose. Used by the server."""

import json
import re
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.sdx.envelope import in_bytes, unescaped
from sandbox.sdx.lines import Lines

XML = "text/xml; charset=utf-8"

# The status of an answer that is lost, as the call log shows it.
_NEVER_SENT = 599


class BrokenOffResponse(Response):
    """Promises a whole body by Content-Length, sends half of it and lets the server close the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head and half the body; returning before the end makes uvicorn close the connection."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})


class LostAnswer(Response):
    """Closes the connection without a byte of answer.

    Args:
        lines: the server's open connections.
    """

    def __init__(self, lines: Lines) -> None:
        super().__init__(status_code=_NEVER_SENT)
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut the line, and wait until the server has noticed: it would send status 500 before."""
        self._lines.cut(scope["client"])
        while (await receive())["type"] != "http.disconnect":
            pass


def json_list(name: str, records: list[dict[str, Any]], forbidden: str) -> Response:
    """Return a list of records in an object, its characters that XML cannot carry in a style of the SOAP answers.

    JSON can carry all of them as references; as they are, as half of a character and as bytes it cannot.
    """
    held = [
        {key: unescaped(value, forbidden) if isinstance(value, str) else value for key, value in record.items()}
        for record in records
    ]
    text = json.dumps(
        {name: held}, ensure_ascii=forbidden in {"reference", "surrogate", "space"}, separators=(",", ":")
    )
    if forbidden == "raw":
        text = re.sub(r"\\u00([01][0-9a-f])", lambda found: chr(int(found[1], 16)), text)
    return Response(in_bytes(text, forbidden), media_type="application/json")


def cut_tail(body: bytes) -> bytes:
    """Return an answer without the closing tags behind its last record."""
    end = body.rfind(b"</response>")
    return body if end < 0 else body[: end + len(b"</response>")]


def cut_record(body: bytes) -> bytes:
    """Return an answer that ends in the middle of its last record."""
    start = body.rfind(b"<response>")
    end = body.rfind(b"</response>")
    return body[: len(body) // 2] if start < 0 else body[: (start + end) // 2]


def rest_error(
    status: int, code: str, description: str, column: str, headers: dict[str, str] | None = None
) -> Response:
    """Return a REST refusal. Its layout is not published: the error triple of the SOAP reads, as JSON."""
    content = {"Error_Code": code, "Error_Description": description, "Error_Column": column}
    return JSONResponse(content, status, headers)


def oauth_error(status: int, error: str) -> Response:
    """Return an OAuth 2 error (RFC 6749, section 5.2)."""
    return JSONResponse({"error": error}, status, {"Cache-Control": "no-store"})


def unauthorized(scheme: str, description: str) -> Response:
    """Return HTTP 401 that names the scheme to use."""
    challenge = f'{scheme} realm="spectrum"'
    if scheme == "Bearer":
        challenge += f', error="invalid_token", error_description="{description}"'
    return rest_error(401, "E", description, "Authorization", {"WWW-Authenticate": challenge})


def blocked() -> Response:
    """Return what a firewall answers a caller whose address is not allowed."""
    return Response("<html><body>Access denied for this address</body></html>", 403, media_type="text/html")
