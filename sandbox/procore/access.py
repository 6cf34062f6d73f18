"""Who may call the stand-in Procore: a service account's client, its expiring tokens, and its rate limit."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

HOUR = 3600.0
SPIKE = 10.0


@dataclass(frozen=True)
class ServiceAccount:
    """A data connector's client credentials and the Procore companies that it is installed in."""

    client_id: str
    client_secret: str = field(repr=False)
    companies: tuple[int, ...] = (4001, 4002, 4801)


@dataclass(frozen=True)
class Token:
    """One access token: of which client, from when (Unix seconds), for how long (seconds)."""

    client_id: str
    created_at: int
    expires_in: int


class Tokens:
    """Issues and checks tokens; safe for threads.

    Args:
        accounts: the clients.
        life: seconds that a token is good for. Procore: 5,400 (oauth-client-credentials).
        clock: Unix time.
    """

    def __init__(
        self, accounts: list[ServiceAccount], life: int = 5400, clock: Callable[[], float] = time.time
    ) -> None:
        self.life = life
        self._accounts = {account.client_id: account for account in accounts}
        self._tokens: dict[str, Token] = {}
        self._lock = threading.Lock()
        self._clock = clock

    def now(self) -> float:
        """Return the Unix time that tokens are judged by."""
        return self._clock()

    def issue(self, client_id: str, secret: str) -> tuple[str, Token] | None:
        """Return a new token, or None when id and secret do not fit."""
        account = self._accounts.get(client_id)
        expected = account.client_secret if account else ""
        if not secrets.compare_digest(expected.encode(), secret.encode()) or account is None:
            return None
        text, token = secrets.token_urlsafe(32), Token(client_id, int(self._clock()), self.life)
        with self._lock:
            self._tokens[text] = token
        return text, token

    def find(self, text: str) -> Token | None:
        """Return a token that is known and has not expired."""
        with self._lock:
            token = self._tokens.get(text)
        return token if token and self._clock() < token.created_at + token.expires_in else None

    def account(self, text: str) -> ServiceAccount | None:
        """Return whom a living token belongs to."""
        token = self.find(text)
        return None if token is None else self._accounts.get(token.client_id)

    def revoke(self, text: str) -> None:
        """Forget a token; an unknown one is none."""
        with self._lock:
            self._tokens.pop(text, None)


@dataclass
class _Window:
    """One window of calls; of one that slides, the times of the calls in it."""

    length: float
    ends: float = 0.0
    used: int = 0
    times: list[float] = field(default_factory=list)

    def look(self, now: float, slides: bool) -> None:
        """Leave out what is over."""
        if slides:
            self.times = [time for time in self.times if time > now - self.length]
            self.used = len(self.times)
            self.ends = (self.times[0] if self.times else now) + self.length
        elif now >= self.ends:
            self.ends, self.used, self.times = now + self.length, 0, []

    def count(self, now: float) -> None:
        """Count a call."""
        self.used += 1
        self.times.append(now)


class RateLimiter:
    """Counts calls in two windows, an hour and ten seconds, as Procore does (rate-limiting); safe for threads.

    Args:
        clock: Unix time.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, float], _Window] = {}

    def count(self, client_id: str, hourly: int, spike: int, slides: bool = False) -> tuple[bool, dict[str, str]]:
        """Count one call.

        Args:
            client_id: whose.
            hourly: calls allowed in an hour; 0: any number.
            spike: calls allowed in ten seconds; 0: any number.
            slides: whether the ten seconds slide: Remaining then rises before Reset (notes of 2026-01).

        Returns:
            Whether it is allowed, and the headers of whichever limit is nearer.
        """
        now = self._clock()
        states: list[tuple[int, int, _Window]] = []
        with self._lock:
            for limit, length in ((hourly, HOUR), (spike, SPIKE)):
                if not limit:
                    continue
                window = self._windows.setdefault((client_id, length), _Window(length))
                window.look(now, slides and length == SPIKE)
                states.append((limit, limit - window.used, window))
            allowed = all(left > 0 for _, left, _ in states)
            if allowed:
                for _, _, window in states:
                    window.count(now)
            if not states:
                return True, {}
            # Of two exhausted windows the one that ends later is what counts.
            limit, left, window = min(states, key=lambda state: (max(state[1], 0), -state[2].ends))
            remaining = max(0, left - 1) if allowed else 0
            return allowed, limit_headers(limit, remaining, window.ends)

    def forget(self) -> None:
        """Start with empty windows."""
        with self._lock:
            self._windows.clear()


def limit_headers(limit: int, remaining: int, ends: float) -> dict[str, str]:
    """Return the rate limit headers; `ends` is the Unix time at which calls are allowed again, rounded up."""
    return {
        "X-Rate-Limit-Limit": str(limit),
        "X-Rate-Limit-Remaining": str(remaining),
        "X-Rate-Limit-Reset": str(-int(-ends // 1)),
    }
