"""Sync calls row by row: every row comes out once with what became of it, whatever became of the calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from procore_stub import Asked, Reply, Stub

from spectrum_etl.errors import FixRecord, RetryLater
from spectrum_etl.sources.faults import NotAllowed, NotFound, NotSent, OutcomeUnknown, Refused, Unreadable
from spectrum_etl.sources.procore import ProcoreClient

PATH = "/rest/v1.0/vendors/sync"
SCOPE = {"company_id": 8089}
Handler = Callable[[Asked], Reply]


def updates(count: int) -> list[dict[str, Any]]:
    return [{"origin_id": f"spectrum:1:V{number}", "name": f"Company {number}"} for number in range(count)]


def takes(asked: Asked) -> Reply:
    """Takes everything, and answers in another order."""
    entities = [{**update, "id": 900 + place} for place, update in enumerate(asked.body["updates"])]
    return Reply(200, {"entities": entities[::-1], "errors": []})


def takes_at_most(most: int, otherwise: Reply) -> Handler:
    def handle(asked: Asked) -> Reply:
        return takes(asked) if len(asked.body["updates"]) <= most else otherwise

    return handle


def sizes(stub: Stub) -> list[int]:
    return [len(body["updates"]) for body in stub.bodies("PATCH")]


def test_two_hundred_rows_a_call_in_the_order_given(stub: Stub, client: ProcoreClient) -> None:
    stub.on("PATCH", PATH, takes)
    found = list(client.sync_rows(PATH, SCOPE, updates(450)))
    assert sizes(stub) == [200, 200, 50]
    assert [row.position for row in found] == list(range(450))
    assert all(row.entity and row.entity["origin_id"] == row.update["origin_id"] and not row.fault for row in found)
    assert list(client.sync_rows(PATH, SCOPE, [])) == []


def test_n11_a_row_that_could_be_doubled_is_not_sent(stub: Stub, client: ProcoreClient) -> None:
    with pytest.raises(ValueError, match=r"updates \[1\] have neither id nor origin_id"):
        client.sync_rows(PATH, SCOPE, [{"id": 1}, {"name": "Nameless"}])
    with pytest.raises(ValueError, match="a batch has 1 to 1000 rows, not 0"):
        client.sync_rows(PATH, SCOPE, updates(1), batch=0)
    assert stub.asked == []


def test_n3_errors_inside_a_200_are_their_rows_and_the_others_go_on(stub: Stub, client: ProcoreClient) -> None:
    def handle(asked: Asked) -> Reply:
        sent = asked.body["updates"]
        errors = [
            {**sent[1], "errors": {"state_code": ["is not a valid state code"]}},
            {**sent[2], "errors": {"id": ["Entity with this ID not found"]}},
        ]
        return Reply(200, {"entities": [{**sent[0], "id": 7}, {**sent[4], "id": 8}], "errors": errors})

    stub.on("PATCH", PATH, handle)
    given = updates(5)
    given[2] = {"id": 17, "origin_id": "spectrum:1:GONE"}
    taken, refused, gone, silent, last = client.sync_rows(PATH, SCOPE, given)
    assert (taken.entity, last.entity) == ({**given[0], "id": 7}, {**given[4], "id": 8})
    assert isinstance(refused.fault, Refused)
    assert isinstance(refused.fault, FixRecord)
    assert [(each.field, each.message) for each in refused.fault.fields] == [
        ("state_code", "is not a valid state code")
    ]
    assert isinstance(gone.fault, NotFound)
    assert isinstance(silent.fault, OutcomeUnknown)
    assert [row.position for row in (taken, refused, gone, silent, last)] == [0, 1, 2, 3, 4]


def test_two_rows_of_one_record_are_told_apart_by_what_each_is_known_by(stub: Stub, client: ProcoreClient) -> None:
    """The second row asks for the origin id that the first one has just taken."""

    def handle(asked: Asked) -> Reply:
        first, second = asked.body["updates"]
        error = {**second, "errors": {"origin_id": ["has already been taken"]}}
        return Reply(207, {"entities": [first], "errors": [error]})

    stub.on("PATCH", PATH, handle)
    one, two = client.sync_rows(
        PATH, SCOPE, [{"id": 1, "origin_id": "spectrum:1:A"}, {"id": 2, "origin_id": "spectrum:1:A"}]
    )
    assert one.entity == {"id": 1, "origin_id": "spectrum:1:A"}
    assert isinstance(two.fault, Refused)


@pytest.mark.parametrize("otherwise", [Reply(413), Reply(400, {"errors": "Bad Request"})])
def test_a_call_that_is_too_much_is_halved(stub: Stub, client: ProcoreClient, otherwise: Reply) -> None:
    stub.on("PATCH", PATH, takes_at_most(60, otherwise))
    assert all(row.entity for row in client.sync_rows(PATH, SCOPE, updates(200)))
    assert sizes(stub) == [200, 100, 50, 50, 100, 50, 50]


def test_one_row_that_spoils_a_call_is_found_and_the_others_are_taken(stub: Stub, client: ProcoreClient) -> None:
    def handle(asked: Asked) -> Reply:
        spoiled = any(update["name"] == "Company 0" for update in asked.body["updates"])
        return Reply(422, {"errors": {"base": ["cannot be read"]}}) if spoiled else takes(asked)

    stub.on("PATCH", PATH, handle)
    found = list(client.sync_rows(PATH, SCOPE, updates(1000), batch=1000))
    assert [row.position for row in found if row.fault] == [0]
    assert len(stub.asked) <= 21


def test_where_every_call_is_refused_not_every_row_is_tried(stub: Stub, client: ProcoreClient) -> None:
    stub.on("PATCH", PATH, lambda _: Reply(400, {"errors": "Bad Request"}))
    found = list(client.sync_rows(PATH, SCOPE, updates(1000)))
    assert [row.position for row in found] == list(range(1000))
    assert all(isinstance(row.fault, Refused) for row in found)
    assert len(stub.asked) == 12


def test_n11_a_broken_answer_is_unknown_and_what_comes_after_it_is_not_sent(stub: Stub, client: ProcoreClient) -> None:
    stub.on("PATCH", PATH, lambda _: Reply(500))
    found = list(client.sync_rows(PATH, SCOPE, updates(100)))
    assert sizes(stub)[::4] == [100, 50, 25], "halved, but not further: it is not their number"
    assert all(isinstance(row.fault, OutcomeUnknown) for row in found[:25])
    assert all(isinstance(row.fault, NotSent) for row in found[25:])
    assert all(isinstance(row.fault, RetryLater) for row in found)


def test_a_conflict_says_that_nothing_was_done(stub: Stub, client: ProcoreClient) -> None:
    stub.on("PATCH", PATH, lambda _: Reply(409, {"errors": "does not support concurrent requests"}))
    assert {type(row.fault) for row in client.sync_rows(PATH, SCOPE, updates(100))} == {NotSent}
    assert set(sizes(stub)) == {100}


def test_a_passing_fault_is_tried_again_with_the_same_rows(stub: Stub, client: ProcoreClient) -> None:
    stub.on("PATCH", PATH, Reply(drop=True), Reply(500), Reply(429, headers={"Retry-After": "1"}), takes)
    assert all(row.entity for row in client.sync_rows(PATH, SCOPE, updates(30)))
    assert sizes(stub) == [30] * 4


def test_what_no_other_call_would_get_past_is_raised(stub: Stub, client: ProcoreClient) -> None:
    stub.on("PATCH", PATH, takes, Reply(403, {"message": "no"}))
    rows = client.sync_rows(PATH, SCOPE, updates(300))
    assert sum(1 for _ in zip(range(200), rows, strict=False)) == 200
    with pytest.raises(NotAllowed):
        next(rows)
    stub.on("PATCH", PATH, Reply(200, {"something": "else"}))
    with pytest.raises(Unreadable):
        list(client.sync_rows(PATH, SCOPE, updates(1)))
