"""Reads lists page by page, one page in memory at a time. Used by `client`.

Sources: developers.procore.com/documentation/pagination (version 1: the headers Link, Total, Per-Page; the last page
has no `next`; not every list has pages), .../new-rest-v2-version (an envelope `data`, at most 100 a page) and
.../filtering-on-list-actions (windows of `updated_at`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from spectrum_etl.sources.procore.faults import Call, ListChanged, Unreadable
from spectrum_etl.sources.procore.transport import Answer, Transport

log = logging.getLogger(__name__)

#: Records a page. Version 1 recommends at most 2,000; a page of so many full vendors is several megabytes.
_PER_PAGE_V1 = 500
_PER_PAGE_V2 = 100
_WINDOW_READS = 3


@dataclass(frozen=True)
class _Page:
    records: list[dict[str, Any]]
    total: int | None
    next: Call | None


def is_version_2(path: str) -> bool:
    """Whether a path is of the second version of the API, whose answers have an envelope."""
    return path.startswith("/rest/v2")


def read_pages(transport: Transport, call: Call) -> Iterator[dict[str, Any]]:
    """The records of all pages of a list.

    Args:
        transport: sends the calls.
        call: of the list; `per_page` may be among its parameters.

    Raises:
        ListChanged: fewer records came than the list has: it changed while it was read.
        Unreadable: an answer is no list of records, or its pages lead in a circle.
        SpectrumEtlError: of the calls.
    """
    per_page = int(call.params.get("per_page") or (_PER_PAGE_V2 if is_version_2(call.path) else _PER_PAGE_V1))
    following: Call | None = replace(call, params={**call.params, "page": 1, "per_page": per_page})
    first_total: int | None = None
    total: int | None = None
    count = 0
    ids: tuple[Any, ...] = ()
    while following:
        page = _read(transport, following, per_page)
        these = tuple(record.get("id") for record in page.records)
        if these and these == ids:
            if page.total is None:
                # A list without pages answers the same whatever page is asked for.
                return
            raise Unreadable(
                "two pages hold the same records",
                object=call.name,
                remedy="run the task again; if it persists, tell Procore's support",
            )
        ids = these
        count += len(these)
        total = page.total
        first_total = total if first_total is None else first_total
        yield from page.records
        following = page.next
        del page
    if total is not None and (count < total or total < (first_total or 0)):
        raise ListChanged(
            f"the list changed while its pages were read: {count} records came, it had {first_total} at first and "
            f"{total} at the end",
            object=call.name,
            remedy="run the task again",
        )


def read_updated(
    transport: Transport, call: Call, since: datetime | None, until: datetime, overlap: timedelta
) -> Iterator[dict[str, Any]]:
    """The records that were changed in a window, each id once; the ids that came are kept in memory.

    A record that changes during the reading leaves the window and moves all later ones: the window is read again then.

    Args:
        transport: sends the calls.
        call: of a list that knows `filters[updated_at]`.
        since: end of the last window; None for all records, changed whenever.
        until: end of this window.
        overlap: how far before `since` the window begins, for changes that were not yet visible when it was read.

    Raises:
        ValueError: a time without a zone.
        ListChanged: the list did not come to rest.
        SpectrumEtlError: of the calls.
    """
    if since is not None:
        window = f"{_utc(since - overlap)}...{_utc(until + timedelta(microseconds=999_999))}"
        call = replace(call, params={**call.params, "filters[updated_at]": window})
    seen: set[str] = set()
    for again in reversed(range(_WINDOW_READS)):
        try:
            for record in read_pages(transport, call):
                key = str(record.get("id"))
                if key not in seen:
                    seen.add(key)
                    yield record
            return
        except ListChanged as change:
            if not again:
                raise
            log.warning("%s Reading it again.", change)


def _read(transport: Transport, call: Call, per_page: int) -> _Page:
    answer = transport.exchange(call)
    content = answer.content
    records = content.get("data") if isinstance(content, dict) else content
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise Unreadable(
            "the answer is no list of records",
            object=call.name,
            remedy="check that host and port of the Airflow connection lead to Procore's API",
        )
    total = _count(answer, "Total")
    return _Page(records, total, _next(call, answer, len(records), per_page, total))


def _next(call: Call, answer: Answer, length: int, per_page: int, total: int | None) -> Call | None:
    """The call of the next page: by the Link header, else by Total and Per-Page, else where this page is full."""
    page = int(call.params.get("page", 1))
    if "Link" in answer.headers:
        links = requests.utils.parse_header_links(answer.headers["Link"])
        url = next((link["url"] for link in links if link.get("rel") == "next"), None)
        if url is None:
            return None
        # Of the address only the query is used: the token goes to the configured server and nowhere else.
        query = {name: value[0] if len(value) == 1 else value for name, value in parse_qs(urlsplit(url).query).items()}
        following = replace(call, params={**call.params, **query})
        number = str(query.get("page", ""))
        onwards = int(number) > page if number.isdigit() else following.params != call.params
        if not onwards:
            raise Unreadable(
                "the address of the next page leads back",
                object=call.name,
                value=f"page {number or page} after page {page}",
                remedy="run the task again; if it persists, tell Procore's support",
            )
        return following
    size = _count(answer, "Per-Page") or per_page
    more = page * size < total if total is not None else length == per_page
    return replace(call, params={**call.params, "page": page + 1}) if more and length else None


def _count(answer: Answer, header: str) -> int | None:
    text: Mapping[str, str] = answer.headers
    digits = text.get(header, "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() else None


def _utc(moment: datetime) -> str:
    if moment.utcoffset() is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
