"""The client of Procore's REST API: what `resources` and, through it, the exports call."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

import requests

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.sources.procore import pages, rows, sync
from spectrum_etl.sources.procore.connection import ProcoreConnection, checked_company
from spectrum_etl.sources.procore.faults import ApiCall
from spectrum_etl.sources.procore.transport import LONGEST_WAIT, Transport


class ProcoreClient:
    """Calls of one Procore company. A context manager; may be used by several threads.

    Amounts come out as the text that Procore sent, never as floats (`content`); ids of version 1 as whole numbers,
    those of version 2 as text.

    Args:
        connection: where to and with what credentials.
        company_id: Procore company to work in; the connection's own where none is given.
        session: to be used instead of one of its own; the caller closes it then.
        attempts: how often a repeatable call is tried before it fails.
        first_wait: before the second try after a passing fault, in seconds; it doubles with every further one.
        longest_wait: for a rate limit or a loaded server, in all of one call, in seconds; then it fails (RetryLater).
        sleep: waits that many seconds; tests replace it.
        clock: seconds since 1970 (UTC), as Procore's rate limit is stated in; tests replace it.
        jitter: a number of seconds from 0 to the one it is given, added to stated waits; tests replace it.

    Raises:
        FixConfiguration: neither the connection nor the caller names a company.
    """

    def __init__(
        self,
        connection: ProcoreConnection,
        company_id: str | None = None,
        session: requests.Session | None = None,
        *,
        attempts: int = 4,
        first_wait: float = 0.5,
        longest_wait: float = LONGEST_WAIT,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[float], float] = lambda seconds: random.uniform(0, seconds),
    ) -> None:
        company = company_id or connection.company_id
        if not company:
            raise FixConfiguration(
                "no Procore company is configured",
                object="the connection to Procore",
                field="company_id",
                remedy="set procore_company_id of the company in the settings, or the extra company_id of the Airflow "
                "connection (procore by default)",
            )
        self.connection = connection
        self._company = checked_company(company)
        self._transport = Transport(connection, session, attempts, first_wait, longest_wait, sleep, clock, jitter)

    def __enter__(self) -> ProcoreClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless the session was given."""
        self._transport.close()

    @property
    def company_id(self) -> str:
        """The Procore company that every call works in."""
        return self._company

    @property
    def calls_made(self) -> int:
        """How many calls were sent, each try counted; signing in is none."""
        return self._transport.calls_made

    @property
    def reported_limits(self) -> dict[int, int]:
        """How many calls Procore allows, as its last answers said: calls by the seconds of their window (3600 or 10).

        Empty where it has not said so yet.
        """
        return self._transport.reported_limits

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """One object, or a list that has no pages.

        Args:
            path: from the root of the API, `/rest/v1.0/vendors/5`.
            params: of the query; None values are left out, lists repeat the parameter.

        Returns:
            The JSON value; of an answer with the envelope of version 2 the contents of `data`.

        Raises:
            NotFound: there is no such record, or it is not visible.
            RetryLater: a passing fault outlasted every try, or the rate limit the longest wait.
            Reauthenticate: the credentials were refused.
            FixConfiguration: a permission, the company or the connection is wrong.
            FixRecord: the call was refused.
            StopSync: the answer cannot be read.
        """
        content = self._transport.exchange(self._call("GET", path, params)).content
        enveloped = isinstance(content, dict) and "data" in content
        return content["data"] if enveloped and (pages.is_version_2(path) or len(content) == 1) else content

    def pages(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """The records of all pages of a list, one page in memory at a time.

        Args:
            path: as in `get`.
            params: as in `get`; `per_page` overrides the 500 (version 2: 100) records a page.

        Raises:
            ListChanged (RetryLater): the list became shorter while it was read, so that records may be missing.
            Others as `get`; at the first record, not at the call.
        """
        return pages.read_pages(self._transport, self._call("GET", path, params))

    def updated(
        self,
        path: str,
        params: Mapping[str, Any] | None,
        since: datetime | None,
        until: datetime,
        overlap: timedelta = timedelta(minutes=5),
    ) -> Iterator[dict[str, Any]]:
        """Records of a list that were changed in a window, each id once. Keeps the ids in memory, nothing else.

        Args:
            path: of a list that knows `filters[updated_at]`.
            params: as in `get`.
            since: end of the last window, with a zone; None for all records, changed whenever.
            until: end of this window, with a zone.
            overlap: how far before `since` the window begins, for changes that were not yet visible back then.

        Raises:
            ValueError: a time without a zone.
            Others as `pages`.
        """
        return pages.read_updated(self._transport, self._call("GET", path, params), since, until, overlap)

    def post(self, path: str, body: Any = None, params: Mapping[str, Any] | None = None) -> Any:
        """One POST, sent once: again only where Procore surely did not execute it (401, 429, no connection).

        Args:
            path: as in `get`.
            body: JSON value; amounts as text.
            params: as in `get`.

        Returns:
            The JSON value, None where there is none.

        Raises:
            OutcomeUnknown (RetryLater): no usable answer; it may have been executed.
            Others as `get`.
        """
        return self._write("POST", path, body, params, repeatable=False)

    def patch(self, path: str, body: Any, params: Mapping[str, Any] | None = None) -> Any:
        """One PATCH that sets values, as that of origin fields does: sent again on passing faults. Else as `post`."""
        return self._write("PATCH", path, body, params, repeatable=True)

    def delete(self, path: str, body: Any = None, params: Mapping[str, Any] | None = None) -> Any:
        """One DELETE, sent once, as `post`: a second one would fail where the first one worked."""
        return self._write("DELETE", path, body, params, repeatable=False)

    def sync(self, path: str, scope: Mapping[str, Any], updates: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Create or update records by a `sync` action, in batches of at most 1,000; all batches are attempted.

        Args:
            path: of the action; scope that belongs into the query is written here, `...?project_id=5`.
            scope: what the body holds besides the updates, e.g. `{"company_id": 8089}`.
            updates: with `id` to change a record (`origin_id` with it sets or replaces that), else with `origin_id`.

        Returns:
            The records as Procore holds them now.

        Raises:
            SyncFailed (FixRecord): Procore refused records; `failed` names each with its field messages, `entities`
                holds those that were taken.
            Others as `patch`, where whole batches failed; with `failed` and `entities`, too.
        """
        return sync.sync(self._transport, self._call("PATCH", path, None), scope, updates)

    def sync_rows(
        self,
        path: str,
        scope: Mapping[str, Any],
        updates: Sequence[Mapping[str, Any]],
        params: Mapping[str, Any] | None = None,
        batch: int = rows.USUAL_BATCH,
    ) -> Iterator[rows.RowResult]:
        """As `sync`, and tell of each row what became of it instead of failing.

        Args:
            path: of the action.
            scope: as for `sync`.
            updates: each with `id` or `origin_id`.
            params: as in `get`.
            batch: rows a call at first; halved where Procore finds it too large, breaks or does not answer.

        Returns:
            A row for each update, in their order, as the calls are made.

        Raises:
            ValueError: an update has neither id nor origin id.
            Others as `get`, where no further call would succeed.
        """
        return rows.sync_rows(self._transport, self._call("PATCH", path, params), scope, updates, batch)

    def _write(self, method: str, path: str, body: Any, params: Mapping[str, Any] | None, *, repeatable: bool) -> Any:
        call = replace(self._call(method, path, params), body=body, repeatable=repeatable)
        return self._transport.exchange(call).content

    def _call(self, method: str, path: str, params: Mapping[str, Any] | None) -> ApiCall:
        if not path.startswith("/rest/"):
            raise ValueError(f"{path} is not a path of Procore's API; they begin with /rest/")
        given = {name: _query_value(value) for name, value in (params or {}).items() if value is not None}
        return ApiCall(method, path, self._company, given)


def _query_value(value: Any) -> Any:
    """As Procore writes values in a query: true and false in lower case."""
    if isinstance(value, bool):
        return str(value).lower()
    return [_query_value(part) for part in value] if isinstance(value, list | tuple) else value
