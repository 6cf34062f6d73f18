"""Lists: every page, one in memory at a time, in the shapes of both versions; windows of changes without gaps."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from procore_stub import Asked, Reply, Stub, paged

from spectrum_etl.errors import RetryLater, StopSync
from spectrum_etl.sources.faults import ListChanged, Unreadable
from spectrum_etl.sources.procore import ProcoreClient, resources

PATH = "/rest/v1.0/vendors"
V2 = "/rest/v2.0/companies/1/projects/2/budget_changes/adjustment_line_items"


def records(count: int, start: int = 1) -> list[dict[str, Any]]:
    return [{"id": start + number, "name": f"Vendor {start + number}"} for number in range(count)]


@pytest.mark.parametrize(("link", "totals"), [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("count", [0, 1, 10, 11, 25])
def test_all_pages(stub: Stub, client: ProcoreClient, link: bool, totals: bool, count: int) -> None:
    stub.lists(PATH, records(count), link=link, totals=totals)
    found = list(client.pages(PATH, {"view": "extended", "per_page": 10}))
    assert found == records(count)
    assert len(stub.asked) == max(-(-count // 10), 1)
    assert {asked.param("view") for asked in stub.asked} == {"extended"}


@pytest.mark.parametrize("link", [True, False])
def test_a_server_that_gives_smaller_pages_than_asked(stub: Stub, client: ProcoreClient, link: bool) -> None:
    stub.lists(PATH, records(25), link=link, cap=10)
    assert list(client.pages(PATH)) == records(25)
    assert len(stub.asked) == 3


def test_a_list_without_pages(stub: Stub, client: ProcoreClient) -> None:
    """It answers the same whatever page is asked for; that it is shorter than a page could be the server's limit."""
    stub.on("GET", PATH, Reply(200, records(30)))
    assert list(client.pages(PATH)) == records(30)
    assert [asked.param("page") for asked in stub.asked] == ["1", "2"]


@pytest.mark.parametrize(("link", "totals"), [(True, True), (True, False), (False, True)])
def test_a_list_that_takes_no_page_is_asked_for_none_and_read_on_where_it_has_some_all_the_same(
    stub: Stub, client: ProcoreClient, link: bool, totals: bool
) -> None:
    stub.lists(PATH, records(25), link=link, totals=totals, cap=10)
    assert list(client.pages(PATH, asks_for_pages=False)) == records(25)
    assert [asked.param("page") for asked in stub.asked] == [None, "2", "3"]


def test_a_list_that_takes_no_page_is_read_by_one_call(stub: Stub, client: ProcoreClient) -> None:
    stub.on("GET", PATH, Reply(200, records(30)))
    assert list(client.pages(PATH, asks_for_pages=False)) == records(30)
    assert [(asked.param("page"), asked.param("per_page")) for asked in stub.asked] == [(None, None)]


def test_b11_a_list_without_pages_that_grows_while_it_is_asked_again(stub: Stub, client: ProcoreClient) -> None:
    """Lines that came twice would be added up twice."""
    stub.on("GET", PATH, Reply(200, records(2)), Reply(200, records(3)))
    assert list(client.pages(PATH)) == records(3)


def test_b11_records_without_ids_come_once(stub: Stub, client: ProcoreClient) -> None:
    rows = [{"wbs_code_id": number, "amount": "1.00"} for number in (1, 2, 2)]
    stub.on("GET", PATH, Reply(200, rows))
    assert list(client.pages(PATH)) == rows


@pytest.mark.parametrize("count", [0, 299, 300, 301, 730])
def test_b11_a_server_that_caps_its_pages_in_silence(stub: Stub, client: ProcoreClient, count: int) -> None:
    """Neither Link nor Total, and fewer records a page than were asked for: 300 of 730 used to be all."""
    stub.lists(PATH, records(count), link=False, totals=False, cap=300)
    assert list(client.pages(PATH)) == records(count)
    assert {asked.param("per_page") for asked in stub.asked} == {"500"}


@pytest.mark.parametrize("link", [True, False])
def test_b11_a_total_that_is_always_too_high_stops_nothing(
    stub: Stub, client: ProcoreClient, caplog: pytest.LogCaptureFixture, link: bool
) -> None:
    """Both numbers are in the log; an end that the header Link claims is looked behind once."""
    stub.lists(PATH, records(25), link=link, extra_total=4)
    assert list(client.pages(PATH, {"per_page": 10})) == records(25)
    (said,) = [record.getMessage() for record in caplog.records]
    assert "counts 29 records and shows 25" in said
    assert [asked.param("page") for asked in stub.asked] == ["1", "2", "3", "4"]


def test_b11_a_total_that_is_too_high_for_a_list_without_pages(
    stub: Stub, client: ProcoreClient, caplog: pytest.LogCaptureFixture
) -> None:
    stub.on("GET", PATH, Reply(200, records(3), {"Total": "730"}))
    assert list(client.pages(PATH)) == records(3)
    assert "counts 730 records and shows 3" in caplog.text


def test_b11_a_total_that_is_too_low_ends_nothing(stub: Stub, client: ProcoreClient) -> None:
    """Two pages of ten and five came where it says 7."""
    stub.lists(PATH, records(15), link=False, extra_total=-8)
    assert list(client.pages(PATH, {"per_page": 10})) == records(15)


def test_b11_empty_pages_that_name_another_one_end(stub: Stub, client: ProcoreClient) -> None:
    def handle(asked: Asked) -> Reply:
        page = int(asked.param("page") or 1)
        link = {"Link": f'<{stub.url}{PATH}?page={page + 1}>; rel="next"'}
        return Reply(200, records(10) if page == 1 else [], link)

    stub.on("GET", PATH, handle)
    assert list(client.pages(PATH, {"per_page": 10})) == records(10)
    assert len(stub.asked) == 2


def test_b11_pages_that_the_server_names_and_that_hold_the_same_are_an_error(stub: Stub, client: ProcoreClient) -> None:
    """Named by the header Link, the second page is there: ending would lose what it holds."""

    def handle(asked: Asked) -> Reply:
        following = int(asked.param("page") or 1) + 1
        return Reply(200, records(10), {"Link": f'<{stub.url}{PATH}?page={following}>; rel="next"', "Total": "30"})

    stub.on("GET", PATH, handle)
    with pytest.raises(Unreadable, match="two pages contain the same records"):
        list(client.pages(PATH, {"per_page": 10}))


def test_b11_projects_are_asked_for_300_a_page(stub: Stub, client: ProcoreClient) -> None:
    """Published: the largest page of projects."""
    stub.lists("/rest/v1.0/projects", records(730), link=False, totals=False, cap=300)
    assert len(list(resources.projects(client))) == 730
    assert {asked.param("per_page") for asked in stub.asked} == {"300"}


def test_a_list_without_pages_that_looks_like_a_full_page(stub: Stub, client: ProcoreClient) -> None:
    stub.on("GET", PATH, Reply(200, records(10)))
    assert list(client.pages(PATH, {"per_page": 10})) == records(10)
    assert len(stub.asked) == 2


@pytest.mark.parametrize("count", [0, 99, 100, 250])
def test_the_envelope_of_version_2(stub: Stub, client: ProcoreClient, count: int) -> None:
    plain = paged(stub.url, [{"id": str(number)} for number in range(count)], link=False, totals=False, cap=100)
    stub.on("GET", V2, lambda asked: Reply(200, {"data": plain(asked).content}))
    assert [record["id"] for record in client.pages(V2)] == [str(number) for number in range(count)]
    assert {asked.param("per_page") for asked in stub.asked} == {"100"}


def test_an_envelope_of_version_1(stub: Stub, client: ProcoreClient) -> None:
    stub.on("GET", PATH, Reply(200, {"data": records(3)}))
    assert list(client.pages(PATH)) == records(3)
    assert client.get(PATH) == records(3)


def test_get_leaves_a_field_called_data_alone(stub: Stub, client: ProcoreClient) -> None:
    stub.on("GET", PATH, Reply(200, {"id": 1, "data": "x"}))
    stub.on("GET", V2, Reply(200, {"data": {"id": "1"}, "meta": {}}))
    assert client.get(PATH) == {"id": 1, "data": "x"}
    assert client.get(V2) == {"id": "1"}


def test_the_token_stays_with_the_configured_server(stub: Stub, client: ProcoreClient) -> None:
    link = {"Link": '<https://elsewhere.example/rest/v1.0/vendors?page=2&per_page=10>; rel="next"'}
    stub.on("GET", PATH, Reply(200, records(10), link), Reply(200, records(1, 11)))
    assert list(client.pages(PATH, {"per_page": 10})) == records(11)
    assert stub.asked[1].param("page") == "2"


def test_pages_that_lead_in_a_circle(stub: Stub, client: ProcoreClient) -> None:
    stub.on("GET", PATH, Reply(200, records(10), {"Link": f'<{stub.url}{PATH}?page=1>; rel="next"'}))
    with pytest.raises(Unreadable, match="leads back"):
        list(client.pages(PATH))


@pytest.mark.parametrize("content", [{"id": 1}, [1, 2], "text", {"data": {"id": 1}}])
def test_an_answer_that_is_no_list(stub: Stub, client: ProcoreClient, content: Any) -> None:
    stub.on("GET", PATH, Reply(200, content))
    with pytest.raises(StopSync, match="not a list of records"):
        list(client.pages(PATH))


def test_nothing_is_asked_before_the_first_record_is_wanted(stub: Stub, client: ProcoreClient) -> None:
    stub.lists(PATH, records(30))
    found = client.pages(PATH, {"per_page": 10})
    assert not stub.asked
    assert next(found)["id"] == 1
    assert len(stub.asked) == 1


def _shrinking(stub: Stub, *deleted_after_page_1: int) -> Callable[[Asked], Reply]:
    """Deletes records once page 1 was read: what comes after them moves forward, over the border of the page."""
    state = {"read": False}

    def handle(asked: Asked) -> Reply:
        held = [r for r in records(25) if not (state["read"] and r["id"] in deleted_after_page_1)]
        state["read"] = True
        return paged(stub.url, held)(asked)

    return handle


def test_a_list_that_became_shorter_is_no_complete_list(stub: Stub, client: ProcoreClient) -> None:
    stub.on("GET", PATH, _shrinking(stub, 3))
    with pytest.raises(ListChanged, match="24 records came, it had 25 at first and 24 at the end") as caught:
        list(client.pages(PATH, {"per_page": 10}))
    assert isinstance(caught.value, RetryLater)


SINCE = datetime(2026, 9, 23, 16, 30, tzinfo=UTC)
UNTIL = datetime(2026, 9, 23, 19, 0, 0, 5, tzinfo=timezone(timedelta(hours=2)))


def test_the_window_overlaps_the_last_one_and_is_in_utc(stub: Stub, client: ProcoreClient) -> None:
    stub.lists(PATH, records(3))
    found = client.updated(PATH, {"view": "erp"}, SINCE, UNTIL, timedelta(minutes=10))
    assert list(found) == records(3)
    assert stub.asked[0].param("filters[updated_at]") == "2026-09-23T16:20:00Z...2026-09-23T17:00:01Z"
    assert stub.asked[0].param("view") == "erp"


def test_without_a_beginning_all_records_come(stub: Stub, client: ProcoreClient) -> None:
    stub.lists(PATH, records(3))
    assert len(list(client.updated(PATH, None, None, UNTIL))) == 3
    assert stub.asked[0].param("filters[updated_at]") is None


def test_a_time_without_a_zone(client: ProcoreClient) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        list(client.updated(PATH, None, SINCE.replace(tzinfo=None), UNTIL))


def test_each_id_once(stub: Stub, client: ProcoreClient) -> None:
    stub.lists(PATH, [*records(15), *records(15)])
    assert list(client.updated(PATH, {"per_page": 10}, SINCE, UNTIL)) == records(15)


def test_a_record_that_leaves_the_window_costs_no_other_one(stub: Stub, client: ProcoreClient) -> None:
    # Record 11 moves to page 1 while page 2 is read; the second reading brings it.
    stub.on("GET", PATH, _shrinking(stub, 3))
    found = [record["id"] for record in client.updated(PATH, {"per_page": 10}, SINCE, UNTIL)]
    assert sorted(found) == list(range(1, 26))


def test_a_window_that_never_comes_to_rest(stub: Stub, client: ProcoreClient) -> None:
    left = iter(range(40, 0, -1))
    stub.on("GET", PATH, lambda asked: paged(stub.url, records(next(left)))(asked))
    with pytest.raises(ListChanged):
        list(client.updated(PATH, {"per_page": 10}, SINCE, UNTIL))


def test_memory_does_not_grow_with_the_number_of_pages(stub: Stub, client: ProcoreClient) -> None:
    pages = 60

    def handle(asked: Asked) -> Reply:
        page = int(asked.param("page") or 1)
        content = [{"id": page * 1000 + n, "notes": "x" * 2000} for n in range(100)]
        next_page = {"Link": f'<{stub.url}{PATH}?page={page + 1}>; rel="next"'} if page < pages else {}
        return Reply(200, content, {"Total": str(pages * 100), **(next_page or {"Link": ""})})

    stub.on("GET", PATH, handle)
    found = client.pages(PATH, {"per_page": 100})
    peaks, held = [], []
    count = 0
    tracemalloc.start()
    try:
        for record in found:
            count += 1
            if count % 1000 == 0:
                now, peak = tracemalloc.get_traced_memory()
                held.append(now)
                peaks.append(peak)
                tracemalloc.reset_peak()
            del record
    finally:
        tracemalloc.stop()
    assert count == pages * 100
    # A page is about 200 kB; sixty of them would be 12 MB.
    assert max(peaks) < 4_000_000
    # The server runs in this process too, at a page of its own whenever it is looked at: a few pages, never ten more.
    assert max(held) - min(held) < 1_000_000
