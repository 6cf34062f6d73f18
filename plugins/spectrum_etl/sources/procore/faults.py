"""What a refusal of Procore means: turns bodies and HTTP statuses into one error with its field messages, by remedy.

Statuses and shapes of bodies: developers.procore.com/documentation/error-reference, .../new-rest-v2-version and
.../oauth-client-credentials.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from spectrum_etl.sources.faults import (
    Busy,
    FieldMessage,
    NotAllowed,
    NotFound,
    OutcomeUnknown,
    Refused,
    SourceFault,
    TokenRefused,
    TooLarge,
    Unreadable,
)
from spectrum_etl.sources.http import parse_json

_PERMISSIONS = (
    "in Procore, check that the app is installed for this company, that the project is among its permitted projects "
    "(the list has to be set again after every update of the app and for every new project), and that its service "
    "account may use this tool"
)

#: Levels of a map of fields.
_DEEPEST = 8


@dataclass(frozen=True)
class ApiCall:
    """One call, for sending and for messages.

    Args:
        method: in capitals.
        path: from the root of the API, with the leading slash.
        company: Procore company id; empty for calls outside a company.
        params: query parameters.
        body: JSON value to send; None for none.
        repeatable: whether it may be sent again when it is not known whether it was executed.
    """

    method: str
    path: str
    company: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    repeatable: bool = True

    @property
    def name(self) -> str:
        """For messages: without the query, which may be long."""
        place = f"Procore company {self.company}, " if self.company else "Procore, "
        return f"{place}{self.method} {self.path.partition('?')[0]}"


@dataclass(frozen=True)
class Said:
    """What the body of a refusal says, made safe."""

    code: str = ""
    message: str = ""
    fields: tuple[FieldMessage, ...] = ()

    def __str__(self) -> str:
        return "; ".join(part for part in (self.message, *map(str, self.fields)) if part)


def said_in(body: bytes, safe: Callable[[str], str]) -> Said:
    """Reads the body of a refusal in any of the published shapes.

    Args:
        body: v1 `{"code", "message", "fields", "reason"}`, `{"errors": ...}`, `{"message", "error"}`; v2
            `{"error": {"code", "message", "details": [{"reason_code", "message", "source"}]}}`; OAuth `{"error",
            "error_description"}`; or plain text.
        safe: makes server text safe for a message.
    """
    try:
        content = parse_json(body)
    except ValueError:
        text = body.decode("utf-8", "replace").strip()
        # A web page is from something in between, and says nothing in a sentence.
        return Said(message="" if text.startswith("<") else safe(text))
    if isinstance(content, str):
        return Said(message=safe(content))
    if not isinstance(content, dict):
        return Said(fields=field_messages(content, safe))
    error = content.get("error")
    if isinstance(error, dict):
        details = error.get("details")
        return Said(safe(_text(error.get("code"))), safe(_text(error.get("message"))), tuple(_details(details, safe)))
    texts = [_text(content.get(name)) for name in ("message", "reason", "error_description", "error")]
    messages: list[str] = []
    for text in (safe(text) for text in texts if text):
        if text not in messages:
            messages.append(text)
    found = [*field_messages(content.get("fields"), safe), *field_messages(content.get("errors"), safe)]
    return Said(safe(_text(content.get("code"))), "; ".join(messages), tuple(dict.fromkeys(found)))


def field_messages(
    value: Any, safe: Callable[[str], str], name: str = "", deep: int = _DEEPEST
) -> tuple[FieldMessage, ...]:
    """The messages in a map of fields, nested or not, or in a list or a text.

    Args:
        value: `{"name": ["is too long"]}`, `{"vendor": {"name": "is too long"}}`, `["is too long"]` or a text.
        safe: makes server text safe for a message.
        name: field that the value belongs to.
        deep: how many levels of it are looked at; what lies deeper says nothing to a person.
    """
    if value is None or value == "" or not deep:
        return ()
    if isinstance(value, dict):
        named = value.get("field") or value.get("name")
        if isinstance(named, str) and isinstance(value.get("message"), str):
            return (FieldMessage(safe(_join(name, named)), safe(value["message"])),)
        inner = [(part, _join(name, str(key))) for key, part in value.items()]
        return tuple(message for part, its in inner for message in field_messages(part, safe, its, deep - 1))
    if isinstance(value, list):
        return tuple(message for part in value for message in field_messages(part, safe, name, deep - 1))
    return (FieldMessage("" if name == "base" else safe(name), safe(str(value))),)


def from_status(call: ApiCall, status: int, said: Said, location: str = "") -> SourceFault:
    """The error that an HTTP status outside 200 to 299 stands for.

    Args:
        call: what was asked.
        status: the HTTP status code.
        said: what the body says.
        location: where a redirect leads, made safe.
    """
    words = f"HTTP {status}: {said}" if str(said) else f"HTTP {status}"
    if status == 401:
        fault: SourceFault = token_refused(call, words)
    elif status == 403:
        fault = NotAllowed(f"Procore does not allow it ({words})", object=call.name, remedy=_PERMISSIONS)
    elif status in {404, 410}:
        fault = NotFound(
            f"Procore does not have it, or does not show it to this service account ({words})",
            object=call.name,
            remedy=f"check that the record still exists; {_PERMISSIONS}",
        )
    elif status == 413:
        fault = TooLarge(
            f"the call is larger than Procore takes ({words})", object=call.name, remedy="send fewer records at a time"
        )
    elif status in {405, 406}:
        fault = NotAllowed(
            f"Procore does not offer this call here ({words})",
            object=call.name,
            remedy="check in Procore's settings whether the company was moved to a newer tool (budget modifications "
            "were replaced by budget changes)",
        )
    elif status in {408, 409, 425, 429} or status >= 500:
        fault = Busy(f"Procore could not answer now ({words})", object=call.name, remedy="run the task again later")
    elif 300 <= status < 400:
        fault = NotAllowed(
            "the server redirects the call, and credentials are never sent after a redirect",
            object=call.name,
            value=f"HTTP {status} to {location}",
            remedy="put the final scheme, host and port into the Airflow connection",
        )
    elif 400 <= status < 500:
        fault = Refused(
            f"Procore refused it ({words})",
            object=call.name,
            field=", ".join(m.field for m in said.fields if m.field) or None,
            remedy="correct the record in Procore as the message says; one that is locked by another integration's "
            "origin id has to be released there first",
        )
    else:
        fault = Unreadable(
            f"an unexpected response ({words})",
            object=call.name,
            remedy="check that host and port of the Airflow connection lead to Procore's API",
        )
    fault.status, fault.code, fault.fields = status, said.code, said.fields
    return fault


def token_refused(call: ApiCall, words: str) -> TokenRefused:
    """The error of credentials that were refused."""
    return TokenRefused(
        f"Procore refused the credentials ({words})",
        object=call.name,
        remedy="check login (client id), password (client secret) and the extra login_url of the Airflow connection: "
        "Procore's sandboxes have credentials and login hosts of their own",
    )


def outcome_unknown(call: ApiCall, why: str, status: int | None = None) -> OutcomeUnknown:
    """The error of a write whose answer is missing."""
    fault = OutcomeUnknown(
        f"it is not known whether Procore executed the call: {why}",
        object=call.name,
        remedy="look in Procore whether the change is there before it is sent again",
    )
    fault.status = status
    return fault


def _details(details: Any, safe: Callable[[str], str]) -> Iterator[FieldMessage]:
    for detail in details if isinstance(details, list) else []:
        if not isinstance(detail, dict):
            yield FieldMessage("", safe(str(detail)))
            continue
        source = detail.get("source")
        if isinstance(source, dict):
            source = next((part for part in source.values() if isinstance(part, str)), "")
        # A JSON pointer or a plain name.
        name = _text(source).strip("/").replace("/", ".")
        yield FieldMessage(safe(name), safe(_text(detail.get("message")) or _text(detail.get("reason_code"))))


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _join(outer: str, inner: str) -> str:
    return f"{outer}.{inner}" if outer else inner
