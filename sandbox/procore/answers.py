"""Answers of the stand-in Procore: pages with their headers, and errors in the shapes that Procore uses.

Error bodies of version 1 differ from resource to resource (error-reference): `{"errors": ...}`, `{"message", "error"}`
or `{"code", "message", "fields", "reason"}`; those of version 2 are `{"error": {"code", "message", "details"}}`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_V2_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    413: "PAYLOAD_TOO_LARGE",
    422: "UNPROCESSABLE_ENTITY",
    429: "TOO_MANY_REQUESTS",
    500: "INTERNAL_SERVER_ERROR",
    503: "SERVICE_UNAVAILABLE",
}
# The reason phrases that go into `error` beside a message.
_PHRASES = {401: "Unauthorized", 403: "Forbidden", 429: "Too Many Requests", 500: "Internal Server Error"}


class ApiError(Exception):
    """The call is refused.

    Args:
        status: HTTP status.
        message: what is wrong.
        fields: messages by field, for status 422.
        headers: further headers.
    """

    def __init__(
        self,
        status: int,
        message: str,
        fields: Mapping[str, list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.fields = dict(fields or {})
        self.headers = dict(headers or {})


def invalid(**fields: str) -> ApiError:
    """Return the refusal of field values, as Rails' validations word it."""
    return ApiError(422, "Validation failed", {name: [text] for name, text in fields.items()})


@dataclass(frozen=True)
class Answer:
    """What a handler returns.

    Args:
        content: the JSON body; for version 2 without its envelope.
        status: HTTP status.
        total: for a page: how many records there are on all pages.
        extra_total: how many more than that the header Total says.
        page: number of the page, from 1.
        per_page: records on a full page.
        enveloped: wrap into `data` even in version 1, as budget changes are.
    """

    content: Any
    status: int = 200
    total: int | None = None
    extra_total: int = 0
    page: int = 1
    per_page: int = 0
    enveloped: bool = False
    headers: dict[str, str] = field(default_factory=dict)


class SilentResponse(Response):
    """Promises a body and lets the server close the connection before the first byte of it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head alone; returning before the end makes uvicorn close the connection."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": b"", "more_body": True})


def render(request: Request, answer: Answer) -> Response:
    """Turn an answer into the response of the call."""
    if answer.status == 204:
        return Response(status_code=204)
    enveloped = answer.enveloped or _is_v2(request)
    headers = dict(answer.headers)
    if answer.total is not None:
        headers |= _page_headers(request, answer, answer.total)
    return _json({"data": answer.content} if enveloped else answer.content, answer.status, headers)


def render_error(request: Request, error: ApiError, told: str = "by_field") -> Response:
    """Turn a refusal into the response of the call.

    Args:
        request: the call.
        error: the refusal.
        told: how refused values are told: `by_field`, in `sentences`, or in one `sentence`.
    """
    if _is_v2(request):
        details = [
            {"reason_code": "INVALID", "message": text, "source": name}
            for name, texts in error.fields.items()
            for text in texts
        ]
        body: Any = {
            "error": {"code": _V2_CODES.get(error.status, "ERROR"), "message": error.message, "details": details}
        }
    elif error.status == 422 and told != "by_field":
        said = [f"{name} {text}" for name, texts in error.fields.items() for text in texts] or [error.message]
        body = {"errors": said}
        if told == "sentence":
            body = {"message": ", ".join(said), "error": "Unprocessable Entity"}
    elif error.status == 422:
        body = {"errors": error.fields or {"base": [error.message]}}
    elif error.status in _PHRASES:
        body = {"message": error.message, "error": _PHRASES[error.status]}
    elif error.status == 400:
        body = {"code": 400, "message": error.message, "fields": error.fields, "reason": "Bad Request"}
    else:
        body = {"errors": error.message}
    return _json(body, error.status, error.headers)


def _page_headers(request: Request, answer: Answer, total: int) -> dict[str, str]:
    last = max(1, -(-total // answer.per_page))
    pages = {"first": 1, "prev": answer.page - 1, "next": answer.page + 1, "last": last}
    wanted = [name for name, page in pages.items() if 1 <= page <= last and page != answer.page]
    query = [pair for pair in parse_qsl(request.url.query, keep_blank_values=True) if pair[0] not in _PAGE]
    links = []
    for name in wanted:
        text = urlencode([*query, ("page", pages[name]), ("per_page", answer.per_page)])
        links.append(f'<{request.url.replace(query=text)}>; rel="{name}"')
    headers = {"Total": str(total + answer.extra_total), "Per-Page": str(answer.per_page)}
    return headers | ({"Link": ", ".join(links)} if links else {})


# A JSON text may hold characters that PostgreSQL, where the stand-in keeps its records, cannot: NUL, halves of
# surrogates. They are kept as `⟦0000⟧`, and sent as `\u0000`.
_KEPT = re.compile("⟦([0-9a-f]{4})⟧")
_PAGE = frozenset({"page", "per_page"})


def _is_v2(request: Request) -> bool:
    return request.url.path.startswith("/rest/v2.")


def _json(content: Any, status: int, headers: Mapping[str, str]) -> Response:
    text = _KEPT.sub(r"\\u\1", json.dumps(content, ensure_ascii=False, separators=(",", ":")))
    return Response(text.encode(), status, dict(headers), "application/json; charset=utf-8")
