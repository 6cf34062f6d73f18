"""How the page's API answers: exact amounts, our errors in words, files for spreadsheets. Used by the routes."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, StreamingResponse

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.page.reads import Row
from spectrum_etl.page.wording import problem

#: What a spreadsheet takes for a formula at the start of a cell. https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ROWS_A_CHUNK = 500


class Answer(JSONResponse):
    """JSON whose amounts are text, as exact as the warehouse holds them, and whose times name their zone."""

    def render(self, content: Any) -> bytes:
        """The body."""
        return json.dumps(content, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


def explain(_request: Request, error: Exception) -> Answer:
    """Our own errors: what is wrong and, apart from it, what to do. They never hold a secret."""
    told = problem(error) if isinstance(error, SpectrumEtlError) else {"detail": str(error), "remedy": None}
    return Answer(told, status_code=503)


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Row]) -> StreamingResponse:
    """Rows as a file that spreadsheets open, in constant memory.

    Args:
        name: of the file, without `.csv`.
        columns: in their order; they are the headings too.
        rows: the rows. The first is fetched at once, so that what cannot be read is answered with a reason.
    """
    iterator = iter(rows)
    first = list(itertools.islice(iterator, 1))
    return StreamingResponse(
        _lines(columns, itertools.chain(first, iterator)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"},
    )


def _lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"  # without it Excel takes the file for the computer's old character set
    writer.writerow(columns)
    for number, row in enumerate(rows, 1):
        writer.writerow([_cell(row[column]) for column in columns])
        if number % _ROWS_A_CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False, default=_plain)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"{type(value).__name__} is no JSON value")
