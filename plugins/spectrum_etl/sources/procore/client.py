"""The client of Procore's REST API: what `resources` and, through it, the exports call."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

import requests

from spectrum_etl.sources.procore.connection import ProcoreConnection


class ProcoreClient:
    """Calls of one Procore company. A context manager; used by one thread at a time.

    Args:
        connection: where to and with what credentials.
        company_id: Procore company to work in; the connection's own where none is given.
        session: to be used instead of one of its own; the caller closes it then.
        attempts: how often a repeatable call is tried before it fails.
        first_wait: before the second try after a network failure, in seconds; it doubles with every further one.
        sleep: waits that many seconds; tests replace it.
        clock: seconds since 1970 (UTC), as Procore's rate limit is stated in; tests replace it.
    """

    def __init__(
        self,
        connection: ProcoreConnection,
        company_id: str | None = None,
        session: requests.Session | None = None,
        *,
        attempts: int = 4,
        first_wait: float = 0.5,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        raise NotImplementedError

    def __enter__(self) -> ProcoreClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless the session was given."""

    @property
    def company_id(self) -> str:
        """The Procore company that every call works in."""
        raise NotImplementedError

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """One object (or a list that has no pages); the contents of `data` where the answer is of version 2."""
        raise NotImplementedError

    def pages(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """The records of all pages, one page in memory at a time."""
        raise NotImplementedError

    def updated(
        self,
        path: str,
        params: Mapping[str, Any] | None,
        since: datetime | None,
        until: datetime,
        overlap: timedelta = timedelta(minutes=5),
    ) -> Iterator[dict[str, Any]]:
        """Records whose `updated_at` lies from `since` minus overlap to `until`, each id once."""
        raise NotImplementedError

    def post(self, path: str, body: Any = None, params: Mapping[str, Any] | None = None) -> Any:
        """One POST, sent once: it is repeated only where Procore surely did not take it (401, 429)."""
        raise NotImplementedError

    def patch(self, path: str, body: Any, params: Mapping[str, Any] | None = None) -> Any:
        """One PATCH that may be repeated without harm, as that of origin fields is; tried again on passing faults."""
        raise NotImplementedError

    def put(self, path: str, body: Any, params: Mapping[str, Any] | None = None) -> Any:
        """As `patch`."""
        raise NotImplementedError

    def delete(self, path: str, body: Any = None, params: Mapping[str, Any] | None = None) -> Any:
        """One DELETE, sent once, as `post`."""
        raise NotImplementedError

    def sync(self, path: str, scope: Mapping[str, Any], updates: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Creates or updates by a `sync` action in batches of at most 1,000; returns the entities of all batches."""
        raise NotImplementedError
