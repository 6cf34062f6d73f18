"""Reads lists page by page, one page in memory at a time.

Sources: developers.procore.com/documentation/pagination (version 1: the headers Link, Total, Per-Page; the last page
has no `next`; not every list has pages), .../new-rest-v2-version (an envelope `data`, at most 100 a page) and
.../filtering-on-list-actions (windows of `updated_at`).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from spectrum_etl.sources.faults import ListChanged, Unreadable
from spectrum_etl.sources.procore.faults import ApiCall
from spectrum_etl.sources.procore.transport import ApiAnswer, Transport

log = logging.getLogger(__name__)

#: Records a page. Version 1 recommends at most 2,000; a page of so many full vendors is several megabytes.
_PER_PAGE_V1 = 500
_PER_PAGE_V2 = 100
_WINDOW_READS = 3


@dataclass(frozen=True)
class _Page:
    """One page as it came.

    Args:
        records: of the page.
        total: how many records the list has, where the answer says so.
        next: the call that the header Link names for the next page; None where it names none.
        is_linked: whether that header is there: of the last page it names no next one.
    """

    records: list[dict[str, Any]]
    total: int | None
    next: ApiCall | None
    is_linked: bool


def is_version_2(path: str) -> bool:
    """Whether a path is of the second version of the API, whose answers have an envelope."""
    return path.startswith("/rest/v2")


def read_pages(transport: Transport, call: ApiCall, *, asks_for_pages: bool = True) -> Iterator[dict[str, Any]]:
    """The records of all pages of a list.

    The list is at its end when as many records came as the header Total counts; without it, when the header Link names
    no next page; without both, when a page is empty, or is one that came before. A short page proves nothing, since the
    server may give fewer records a page than were asked for, and a list without pages answers the same whatever page is
    asked for. A Total that stays higher than what can be seen, as of records that the service account may not see, is
    logged; it stops nothing.

    Args:
        transport: sends the calls.
        call: of the list; `per_page` may be among its parameters.
        asks_for_pages: as for `ProcoreClient.pages`.

    Raises:
        ListChanged: fewer records came than the list has, and its Total moved: it changed while it was read.
        Unreadable: an answer is no list of records, or its pages lead in a circle.
        SpectrumEtlError: of the calls.
    """
    following: ApiCall | None = call
    if asks_for_pages:
        per_page = int(call.params.get("per_page") or (_PER_PAGE_V2 if is_version_2(call.path) else _PER_PAGE_V1))
        following = replace(call, params={**call.params, "page": 1, "per_page": per_page})
    totals: list[int] = []
    count, named, seen = 0, False, _Seen()
    while following:
        page = _read(transport, following)
        if named and seen.holds(page.records):
            raise Unreadable(
                "two pages contain the same records",
                object=call.name,
                remedy="run the task again; if it persists, contact Procore's support",
            )
        fresh = seen.new_of(page.records)
        if page.records and not fresh and not named:
            break
        count += len(fresh)
        if page.total is not None and page.total not in totals[-1:]:
            totals.append(page.total)
        yield from fresh
        named = page.next is not None
        is_told = asks_for_pages or page.total is not None
        more = page.next or (_one_more(following, page, count) if is_told else None)
        following = more if page.records else None
        del page, fresh
    _compare(call, count, totals)


class _Seen:
    """What came on earlier pages: the ids of records, and what each page held."""

    def __init__(self) -> None:
        self._ids: set[Any] = set()
        self._pages: set[int] = set()

    def holds(self, records: list[dict[str, Any]]) -> bool:
        """Whether an earlier page held the same records."""
        return bool(records) and _content(records) in self._pages

    def new_of(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The records of a page that did not come on an earlier one; they count as such from now on.

        A list that grows while it is read, or has no pages, shows some a second time; lines would be added up twice.
        """
        ids = [record.get("id") for record in records]
        if None in ids:
            fresh = [] if self.holds(records) else records
        else:
            fresh = [record for record, id in zip(records, ids, strict=True) if id not in self._ids]
            self._ids.update(ids)
        self._pages.add(_content(records))
        return fresh


def _content(records: list[dict[str, Any]]) -> int:
    """Tells pages apart: by the ids of their records, where all have one."""
    ids = [record.get("id") for record in records]
    return hash(tuple(ids) if None not in ids else json.dumps(records, sort_keys=True))


def _one_more(asked: ApiCall, page: _Page, count: int) -> ApiCall | None:
    """The call of the page behind one whose answer names none; None where nothing can be behind it."""
    # A Total that is lower than what came is no count of the list.
    knows = page.total is not None and count <= page.total
    is_last = count == page.total if knows else page.is_linked
    if is_last:
        return None
    number = str(asked.params.get("page", 1))
    return replace(asked, params={**asked.params, "page": int(number) + 1}) if number.isdigit() else None


def _compare(call: ApiCall, count: int, totals: list[int]) -> None:
    """Say so where fewer records came than the list has; `totals` are the values of Total, in their order."""
    if not totals or (count >= totals[-1] and totals[-1] >= totals[0]):
        return
    if len(totals) == 1:
        log.warning(
            "%s: Procore counts %s records and shows %s; the list is taken as it is shown. The service account may lack"
            " the permission to see the others.",
            call.name,
            totals[0],
            count,
        )
        return
    raise ListChanged(
        f"the list changed while its pages were read: {count} records came, it had {totals[0]} at first and "
        f"{totals[-1]} at the end",
        object=call.name,
        remedy="run the task again",
    )


def read_updated(
    transport: Transport, call: ApiCall, since: datetime | None, until: datetime, overlap: timedelta
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


def _read(transport: Transport, call: ApiCall) -> _Page:
    answer = transport.exchange(call)
    content = answer.content
    records = content.get("data") if isinstance(content, dict) else content
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise Unreadable(
            "the response is not a list of records",
            object=call.name,
            remedy="check that host and port of the Airflow connection lead to Procore's API",
        )
    return _Page(
        records, _stated_number(answer, "Total"), _next(call, answer), bool(answer.headers.get("Link", "").strip())
    )


def _next(call: ApiCall, answer: ApiAnswer) -> ApiCall | None:
    """The call that the header Link names for the next page."""
    links = requests.utils.parse_header_links(answer.headers.get("Link", ""))
    url = next((link["url"] for link in links if link.get("rel") == "next"), None)
    if url is None:
        return None
    # Of the address only the query is used: the token goes to the configured server and nowhere else.
    query = {name: value[0] if len(value) == 1 else value for name, value in parse_qs(urlsplit(url).query).items()}
    following = replace(call, params={**call.params, **query})
    page, number = int(call.params.get("page", 1)), str(query.get("page", ""))
    onwards = int(number) > page if number.isdigit() else following.params != call.params
    if not onwards:
        raise Unreadable(
            "the link to the next page leads back",
            object=call.name,
            value=f"page {number or page} after page {page}",
            remedy="run the task again; if it persists, contact Procore's support",
        )
    return following


def _stated_number(answer: ApiAnswer, header: str) -> int | None:
    """The whole number in a header; None where there is none."""
    text: Mapping[str, str] = answer.headers
    digits = text.get(header, "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() else None


def _utc(moment: datetime) -> str:
    if moment.utcoffset() is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
