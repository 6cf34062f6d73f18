"""How an Airflow connection is read: address, timeouts, certificate, extras.

No message quotes what a field or an extra holds: people put a password into the field beside it, or into the address.
"""

from __future__ import annotations

import ipaddress
import json
import math
import os
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

from spectrum_etl.errors import FixConfiguration

#: No connection has extras as deep or as long as this.
_LONGEST_EXTRA = 100_000


class ServerAddress(Protocol):
    """What every source reads of an Airflow connection."""

    host: str | None
    port: int | None
    schema: str | None
    login: str | None
    password: str | None


class AirflowConnection(ServerAddress, Protocol):
    """What a web client reads of it. The text of the extras, `extra`, is looked at as well where there is one."""

    @property
    def extra_dejson(self) -> dict[str, Any]:
        """The extras as an object."""


class Wrong(Protocol):
    """Makes the error for one field of the connection."""

    def __call__(self, field: str, message: str, limit: str, /) -> FixConfiguration:
        """Args:
        field: the field.
        message: what is wrong with it, without what it holds.
        limit: what is allowed.
        """


def extras(conn: AirflowConnection, known: Collection[str], wrong: Wrong) -> dict[str, Any]:
    """The connection's extras.

    Raises:
        FixConfiguration: they are no JSON object, or there is one that is not known; a misspelled extra would otherwise
            do nothing.
    """
    text = getattr(conn, "extra", None)
    if isinstance(text, str) and text.strip() and not isinstance(_json(text), dict):
        raise wrong("extra", "the extra is not a JSON object", 'such as {"timeout": 60}')
    # Airflow also hides in its logs what it reads here.
    found = dict(conn.extra_dejson or {})
    unknown = sorted(set(found) - set(known))
    if unknown:
        named = ", ".join(name if name.isidentifier() and len(name) <= 40 else "(no name)" for name in unknown)
        raise wrong("extra", f"there is no extra {named}", ", ".join(known))
    return found


def server_url(conn: AirflowConnection, wrong: Wrong, example: str, default_port: int | None = None) -> str:
    """The server's address, from a host that is a name or a URL, schema (https by default) and port.

    Args:
        conn: the connection.
        wrong: makes the error.
        example: an address, for messages.
        default_port: if neither host nor port name one; None for the one that belongs to the schema.

    Raises:
        FixConfiguration: there is no host, or it is no address.
    """
    host = (conn.host or "").strip()
    if not host:
        raise wrong("host", "the connection has no host", example)
    if "://" not in host:
        host = f"{(conn.schema or 'https').strip()}://{host}"
    try:
        url = urlsplit(host)
        port = url.port
    except ValueError:
        raise wrong("host", "this is not the address of a server", example) from None
    chosen = conn.port or default_port
    if port is not None or not chosen:
        return host
    return urlunsplit(url._replace(netloc=f"{url.netloc}:{chosen}"))


def checked_url(name: str, text: str, wrong: Wrong, example: str, *, path: bool, plain_http: bool) -> str:
    """The address of a server, without a slash at its end.

    Args:
        name: the field it stands in.
        text: the address.
        wrong: makes the error.
        example: an address, for messages.
        path: whether it may have one.
        plain_http: whether http may be used to another machine; credentials are readable then.

    Raises:
        FixConfiguration: it is no address, holds more than scheme, host, port and perhaps a path, or is not encrypted.
    """
    try:
        url = urlsplit(text.strip())
        good = bool(url.scheme in {"http", "https"} and url.hostname and url.port != 0)
    except ValueError:
        good = False
    if not good:
        raise wrong(name, "this is not the address of a server", example)
    more = url.username or url.password or url.query or url.fragment or "@" in url.netloc
    if more or not (path or url.path in {"", "/"}):
        raise wrong(name, "the address holds more than scheme, host and port", example)
    if url.scheme == "http" and not plain_http and not is_this_machine(url.hostname or ""):
        raise wrong(
            name,
            "credentials would travel unencrypted",
            "https; http only to this machine, or with the extra allow_plain_http set to true",
        )
    return text.strip().rstrip("/")


def is_this_machine(host: str) -> bool:
    """Whether a host is the machine that asks, so that nothing travels."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def timeouts(extra: Mapping[str, Any], read_seconds: float, wrong: Wrong) -> tuple[float, float]:
    """Seconds to connect and between two pieces of an answer, from the extra `timeout`: a number, or both in a list.

    Args:
        extra: the extras.
        read_seconds: the default of the second.
        wrong: makes the error.

    Raises:
        FixConfiguration: it is something else.
    """
    value = extra.get("timeout", read_seconds)
    parts = value if isinstance(value, list | tuple) else [10.0, value]
    try:
        connect, read = (float(part) for part in parts)
    except (TypeError, ValueError):
        limit = f"{read_seconds:g}, or [10, {read_seconds:g}]"
        raise wrong("timeout", "a timeout is a number of seconds", limit) from None
    return connect, read


def check_timeouts(seconds: tuple[float, float], wrong: Wrong) -> None:
    """Refuse anything but a pair of positive times.

    Raises:
        FixConfiguration: one of them is not above 0, or never ends.
    """
    if len(seconds) != 2 or not all(math.isfinite(each) and each > 0 for each in seconds):
        raise wrong("timeout", "a timeout is a number of seconds", "above 0")


def hide(text: str, values: Iterable[tuple[str, str]]) -> str:
    """Words of a server or a driver without what a connection holds.

    Args:
        text: the words.
        values: what a field of the connection holds, and the words that stand for it.
    """
    # The longest first: one may be a part of another.
    for value, words in sorted(values, key=lambda pair: -len(pair[0])):
        if value:
            text = re.sub(rf"[\"'«»„]?(?<!\w){re.escape(value)}(?!\w)[\"'«»“]?", words, text)
    return text


def certificate(extra: Mapping[str, Any], wrong: Wrong) -> bool | str:
    """Whether the server's certificate is checked (extra `verify`), or the file of its authority (`ca_file`).

    Raises:
        FixConfiguration: `verify` is no switch, or there is no such file.
    """
    if not extra.get("ca_file"):
        return switch(extra, "verify", True, wrong)
    file = str(extra["ca_file"])
    if not os.path.isfile(file):
        raise wrong("ca_file", "there is no such file on this machine", "a file of certificates, on every worker")
    return file


def can_be_sent(secret: str) -> bool:
    """Whether a secret can be sent as it is: printable ASCII, without a blank at either end."""
    return secret.isascii() and secret.isprintable() and secret == secret.strip()


def switch(extra: Mapping[str, Any], name: str, default: bool, wrong: Wrong) -> bool:
    """An extra that is true or false.

    Raises:
        FixConfiguration: it is something else.
    """
    value = extra.get(name, default)
    if not isinstance(value, bool):
        raise wrong(name, f"{name} is a switch", "true or false")
    return value


def _json(text: str) -> Any:
    """The value of a JSON text; None where it is none."""
    try:
        return json.loads(text) if len(text) <= _LONGEST_EXTRA else None
    except (ValueError, RecursionError):
        return None
