"""Who may call what: Authorization IDs, the clients of Enhanced Authentication, and the rules about GUIDs.

Everything is kept in memory: a restarted server has forgotten its tokens and GUIDs, as Spectrum has after its overnight
restart.
"""

import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

GuidPolicy = Literal["documented", "reused_guid_returns_empty"]
GuidVerdict = Literal["ok", "empty", "foreign", "expired"]

_GUID_LIFE = timedelta(hours=24)


@dataclass
class Authorization:
    """One Authorization ID of the Data Exchange screen.

    `companies` are trimmed codes, the first is the default company; `services` are service names, None allows all.
    """

    id: str
    companies: tuple[str, ...]
    services: frozenset[str] | None = None
    active: bool = True

    def allows_service(self, service: str) -> bool:
        """Say whether the service is on the ID's list."""
        return self.services is None or service in self.services


@dataclass
class Client:
    """One client of Enhanced Authentication; `self_rotation` is the ID's switch of that name."""

    id: str
    secret: str
    self_rotation: bool = True
    secret_life: timedelta = timedelta(days=30)


class Tokens:
    """Issues and checks bearer tokens (OAuth 2 client credentials, scope `spectrumapi`).

    Args:
        clients: the clients that may ask.
        life: how long a token is good for.
    """

    def __init__(self, clients: list[Client], life: timedelta = timedelta(minutes=60)) -> None:
        self._clients = {client.id: client for client in clients}
        self._life = life
        self._issued: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def client(self, client_id: str, secret: str) -> Client | None:
        """Return the client whose id and secret these are, or None."""
        client = self._clients.get(client_id)
        if client is None or not secrets.compare_digest(client.secret.encode(), secret.encode()):
            return None
        return client

    def issue(self, life: timedelta | None = None) -> tuple[str, int]:
        """Return a new token and its life in seconds."""
        token = secrets.token_urlsafe(32)
        life = self._life if life is None else life
        with self._lock:
            self._issued[token] = datetime.now(UTC) + life
        return token, int(life.total_seconds())

    def valid(self, token: str) -> bool:
        """Say whether a token was issued here and has not expired."""
        with self._lock:
            expiry = self._issued.get(token)
        return expiry is not None and datetime.now(UTC) < expiry

    def expire_all(self) -> None:
        """Forget every token, as the end of its hour or a restart does."""
        with self._lock:
            self._issued.clear()

    def rotate(self, client: Client) -> tuple[str, datetime]:
        """Give a client a new secret, good at once, and return it with its estimated end; the old one stops."""
        client.secret = secrets.token_urlsafe(24)
        return client.secret, datetime.now(UTC) + client.secret_life


@dataclass
class Guids:
    """Remembers which GUID was used with which method by which Authorization ID.

    `documented` refuses a GUID on a method where another ID used it, and one unused for 24 hours.
    `reused_guid_returns_empty` besides answers a GUID used before on the method with one empty row, as one installation
    was seen to do.
    """

    policy: GuidPolicy = "documented"
    _used: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, method: str, guid: str, authorization: str, policy: GuidPolicy | None = None) -> GuidVerdict:
        """Note a use and say whether the call may go on; an empty GUID always may."""
        if not guid:
            return "ok"
        now = datetime.now(UTC)
        with self._lock:
            before = self._used.get((method, guid))
            if before is not None and before[0] != authorization:
                return "foreign"
            if before is not None and now - before[1] > _GUID_LIFE:
                return "expired"
            self._used[method, guid] = (authorization, now)
        reused = before is not None and (policy or self.policy) == "reused_guid_returns_empty"
        return "empty" if reused else "ok"

    def age(self, by: timedelta) -> None:
        """Let every GUID's last use lie longer back, for tests of the 24 hours."""
        with self._lock:
            self._used = {key: (owner, used - by) for key, (owner, used) in self._used.items()}


@dataclass
class Installation:
    """What the administrator of an installation sets; a running server sees changes at once.

    `enhanced` demands a bearer token for every service, SOAP and REST.
    """

    authorizations: list[Authorization]
    tokens: Tokens
    guids: Guids = field(default_factory=Guids)
    enhanced: bool = False
