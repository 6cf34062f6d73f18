"""Lists as files that spreadsheets open, row by row, and what bounds them.

While a file is on its way it holds a session of the warehouse. A reader who takes nothing would hold it for ever, so
every download ends: with its last row, with its reader, after a pause, or after a time.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import anyio
from fastapi import HTTPException, status
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from spectrum_etl.model.display import visible
from spectrum_etl.page.answers import json_value
from spectrum_etl.page.reads import Row
from spectrum_etl.staging.configured import load_settings

log = logging.getLogger(__name__)

#: The longest that a download may take, in seconds, however slowly its reader reads.
LONGEST = 900
_ROWS_A_CHUNK = 500
#: What a spreadsheet takes for a formula at the start of a cell, wide forms included, and what it takes for the start
#: of another cell where its separator is not the comma. https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile(r"(\A\s*|[;\t\r\n]\s*)([=+\-@＝＋－＠])")
_STARTS_A_CELL = re.compile(r"\A[\t\r\n]")


class _Slots:
    """How many downloads are on their way in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = 0

    def take(self, limit: int) -> None:
        """Take one.

        Raises:
            HTTPException: 429, all are taken.
        """
        with self._lock:
            if self._taken >= limit:
                raise HTTPException(
                    status.HTTP_429_TOO_MANY_REQUESTS,
                    f"{limit} files are being downloaded, the most allowed at one time. Try again in a moment.",
                    headers={"Retry-After": "30"},
                )
            self._taken += 1

    def give_back(self) -> None:
        with self._lock:
            self._taken -= 1


_SLOTS = _Slots()


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Row]) -> StreamingResponse:
    """Rows as a file, in constant memory.

    Args:
        name: of the file, without `.csv`.
        columns: in their order; they are the headings too.
        rows: the rows; a generator is closed with the download, whatever ends it. The first row is fetched at once, so
            that what cannot be read is answered with a reason.

    Raises:
        HTTPException: 429 where too many are on their way.
    """
    settings = load_settings().page
    _SLOTS.take(settings.max_downloads)
    held = _Held(rows)
    try:
        first = list(itertools.islice(held.rows, 1))
    except BaseException:  # whatever it was, it goes on
        held.close()
        raise
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return _Download(_lines(columns, itertools.chain(first, held.rows)), held.close, settings.unread_seconds, headers)


class _Held:
    """What a download holds: its rows, with the session they come from, and its place among the downloads."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = iter(rows)
        self._is_closed = False

    def close(self) -> None:
        """End the session and free the place; once."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            close: Callable[[], None] | None = getattr(self.rows, "close", None)
            if close is not None:
                close()
        finally:
            _SLOTS.give_back()

    def __del__(self) -> None:
        self.close()


class _Download(StreamingResponse):
    """A file that is being sent.

    Args:
        lines: its text.
        close: frees what it holds.
        pause: the longest that its reader may take nothing, in seconds.
        headers: of the answer.
    """

    def __init__(self, lines: Iterator[str], close: Callable[[], None], pause: float, headers: dict[str, str]) -> None:
        super().__init__(lines, media_type="text/csv; charset=utf-8", headers=headers)
        self._close = close
        self._pause = pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, until its end or the end of its time."""

        async def taken(message: Message) -> None:
            with anyio.fail_after(self._pause):
                await send(message)

        try:
            with anyio.fail_after(LONGEST):
                await super().__call__(scope, receive, taken)
        except (TimeoutError, ClientDisconnect):
            log.info(
                "a download was stopped before its last row: the client disconnected, or read nothing for too long"
            )
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self._close)


def _lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"  # without it Excel takes the file for the computer's old character set
    writer.writerow(columns)
    for number, row in enumerate(rows, 1):
        writer.writerow([cell(row[column]) for column in columns])
        if number % _ROWS_A_CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def cell(value: Any) -> str:
    """A value as a cell holds it: text never becomes a formula, and hides nothing."""
    if value is None:
        return ""
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False, default=json_value)
    text = _FORMULA.sub(r"\1'\2", visible(str(value)))
    return f"'{text}" if _STARTS_A_CELL.match(text) else text
