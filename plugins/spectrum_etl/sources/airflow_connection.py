"""How sources read an Airflow connection: address, timeouts, certificate. Each says itself what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from spectrum_etl.errors import FixConfiguration


class Address(Protocol):
    """What every source reads of an Airflow connection."""

    host: str | None
    port: int | None
    schema: str | None
    login: str | None
    password: str | None


class AirflowConnection(Address, Protocol):
    """What a web client reads of it."""

    @property
    def extra_dejson(self) -> dict[str, Any]:
        """The extras as an object."""


class Wrong(Protocol):
    """Makes the error for one field of the connection."""

    def __call__(self, name: str, message: str, value: str | None, limit: str) -> FixConfiguration:
        """Args:
        name: the field.
        message: what is wrong with it.
        value: what it holds; None where that may be secret.
        limit: what is allowed.
        """


def extras(conn: AirflowConnection, known: Collection[str], wrong: Wrong) -> dict[str, Any]:
    """The connection's extras.

    Raises:
        FixConfiguration: one that is not known; a misspelled extra would otherwise do nothing.
    """
    found = dict(conn.extra_dejson or {})
    unknown = sorted(set(found) - set(known))
    if unknown:
        raise wrong("extra", f"there is no extra {', '.join(unknown)}", None, ", ".join(known))
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
        raise wrong("host", "the connection has no host", None, example)
    if "://" not in host:
        host = f"{(conn.schema or 'https').strip()}://{host}"
    try:
        url = urlsplit(host)
        port = url.port
    except ValueError:
        raise wrong("host", "this is no address of a server", None, example) from None
    chosen = conn.port or default_port
    return host if port is not None or not chosen else host.replace(url.netloc, f"{url.netloc}:{chosen}", 1)


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
        raise wrong("timeout", "a timeout is a number of seconds", repr(value), limit) from None
    return connect, read


def certificate(extra: Mapping[str, Any], wrong: Wrong) -> bool | str:
    """Whether the server's certificate is checked (extra `verify`), or the file of its authority (`ca_file`).

    Raises:
        FixConfiguration: `verify` is no switch.
    """
    return str(extra["ca_file"]) if extra.get("ca_file") else switch(extra, "verify", True, wrong)


def switch(extra: Mapping[str, Any], name: str, default: bool, wrong: Wrong) -> bool:
    """An extra that is true or false.

    Raises:
        FixConfiguration: it is something else.
    """
    value = extra.get(name, default)
    if not isinstance(value, bool):
        raise wrong(name, f"{name} is a switch", repr(value), "true or false")
    return value
