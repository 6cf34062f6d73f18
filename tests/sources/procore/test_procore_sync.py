"""`sync` actions: batches of at most 1,000, each attempted; records refused inside an HTTP 200 are errors."""

from __future__ import annotations

from typing import Any

import pytest
from procore_stub import Asked, Reply, Stub

from spectrum_etl.errors import FixConfiguration, FixRecord, RetryLater, StopSync
from spectrum_etl.sources.faults import NotAllowed, OutcomeUnknown, SyncFailed
from spectrum_etl.sources.procore import ProcoreClient

PATH = "/rest/v1.0/vendors/sync"
SCOPE = {"company_id": 8089}


def updates(count: int) -> list[dict[str, Any]]:
    return [{"id": number, "origin_id": f"1:V{number}"} for number in range(1, count + 1)]


def takes(*refused: int) -> Any:
    """Takes all but some ids."""

    def handle(asked: Asked) -> Reply:
        sent = asked.body["updates"]
        return Reply(
            200,
            {
                "entities": [u for u in sent if u["id"] not in refused],
                "errors": [
                    {**u, "errors": {"origin_id": ["has already been taken"]}} for u in sent if u["id"] in refused
                ],
            },
        )

    return handle


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (1000, [1000]), (2001, [1000, 1000, 1])])
def test_at_most_1000_a_call(stub: Stub, client: ProcoreClient, count: int, sizes: list[int]) -> None:
    stub.on("PATCH", PATH, takes())
    assert client.sync(PATH, SCOPE, updates(count)) == updates(count)
    assert [len(body["updates"]) for body in stub.bodies("PATCH")] == sizes
    assert all(body["company_id"] == 8089 for body in stub.bodies("PATCH"))


def test_refused_records_inside_http_200_are_errors_and_all_are_named(stub: Stub, client: ProcoreClient) -> None:
    stub.on("PATCH", PATH, takes(3, 1500, 2001))
    with pytest.raises(SyncFailed, match="3 of 2001 records were rejected") as caught:
        client.sync(PATH, SCOPE, updates(2001))
    error = caught.value
    assert isinstance(error, FixRecord)
    assert len(stub.asked) == 3
    assert [failed.position for failed in error.failed] == [2, 1499, 2000]
    assert len(error.entities) == 1998
    for number in (3, 1500, 2001):
        assert f"id {number}, origin_id 1:V{number} (origin_id: has already been taken)" in str(error)


def test_a_batch_that_fails_as_a_whole_does_not_stop_the_others(stub: Stub, client: ProcoreClient) -> None:
    stub.on("PATCH", PATH, Reply(422, {"errors": {"base": ["is locked"]}}), takes(1001), takes())
    with pytest.raises(SyncFailed, match="1001 of 2100 records") as caught:
        client.sync(PATH, SCOPE, updates(2100))
    assert len(stub.asked) == 3
    assert [failed.position for failed in caught.value.failed] == list(range(1001))
    assert str(caught.value.failed[0]) == "id 1, origin_id 1:V1 (is locked)"
    assert len(caught.value.entities) == 1099


def test_a_passing_fault_of_a_batch_is_tried_again(stub: Stub, client: ProcoreClient) -> None:
    stub.on("PATCH", PATH, Reply(drop=True), Reply(500), Reply(429, headers={"Retry-After": "1"}), takes())
    assert len(client.sync(PATH, SCOPE, updates(5))) == 5
    assert len(stub.asked) == 4


def test_only_passing_faults_make_an_error_to_retry(stub: Stub, client: ProcoreClient) -> None:
    stub.on("PATCH", PATH, *[Reply(500)] * 4, takes())
    with pytest.raises(RetryLater, match="1000 of 1001 records were rejected") as caught:
        client.sync(PATH, SCOPE, updates(1001))
    assert caught.value.entities == (updates(1001)[-1],)  # type: ignore[attr-defined]
    assert "id 1000, origin_id 1:V1000" in str(caught.value)


def test_a_missing_permission_is_no_matter_of_the_records(stub: Stub, client: ProcoreClient) -> None:
    stub.on("PATCH", PATH, *[Reply(500)] * 4, Reply(403, {"message": "not permitted"}))
    with pytest.raises(FixConfiguration, match="permitted projects") as caught:
        client.sync(PATH, SCOPE, updates(1001))
    assert isinstance(caught.value, NotAllowed)
    assert len(caught.value.failed) == 1001


def test_updates_that_would_create_twice_are_sent_once(stub: Stub, client: ProcoreClient) -> None:
    stub.on("PATCH", PATH, Reply(drop=True), takes())
    with pytest.raises(OutcomeUnknown, match="name Acme"):
        client.sync(PATH, SCOPE, [{"name": "Acme"}, {"id": 2, "name": "Other"}])
    assert len(stub.asked) == 1


def test_too_large_a_batch_is_halved(stub: Stub, client: ProcoreClient) -> None:
    def handle(asked: Asked) -> Reply:
        sent = asked.body["updates"]
        return Reply(413, {"message": "too large"}) if len(sent) > 2 else Reply(200, {"entities": sent, "errors": []})

    stub.on("PATCH", PATH, handle)
    assert client.sync(PATH, SCOPE, updates(5)) == updates(5)


def test_a_single_record_that_is_too_large(stub: Stub, client: ProcoreClient) -> None:
    stub.on("PATCH", PATH, Reply(413))
    with pytest.raises(NotAllowed, match="id 1, origin_id 1:V1"):
        client.sync(PATH, SCOPE, updates(1))


@pytest.mark.parametrize(
    ("error", "named"),
    [
        ({"id": 2, "errors": ["Entity with this ID not found"]}, r"id 2, origin_id 1:V2 \(Entity with this ID"),
        ({"origin_id": "1:V2", "errors": "is locked"}, r"id 2, origin_id 1:V2 \(is locked\)"),
        ({"name": "Acme", "errors": {}}, r"name Acme \(no reason given\)"),
        ({"errors": {"name": ["is missing"]}}, r"a record without id.* \(name: is missing\)"),
        ("wrong", r"a record without id.* \(wrong\)"),
    ],
)
def test_shapes_of_errors(stub: Stub, client: ProcoreClient, error: Any, named: str) -> None:
    stub.on("PATCH", PATH, Reply(200, {"entities": updates(1), "errors": [error]}))
    with pytest.raises(SyncFailed, match=named):
        client.sync(PATH, SCOPE, updates(2))


def test_an_answer_that_is_silent_about_a_record(stub: Stub, client: ProcoreClient) -> None:
    stub.on("PATCH", PATH, Reply(200, {"entities": [{"id": 1}, {"id": 9, "origin_id": "1:V3"}], "errors": []}))
    with pytest.raises(SyncFailed, match=r"1 of 3 records .* id 2, origin_id 1:V2 \(the response does not mention it"):
        client.sync(PATH, SCOPE, updates(3))


@pytest.mark.parametrize("content", [[], {"entities": {}}, {"errors": []}, "done", None])
def test_an_answer_that_is_none(stub: Stub, client: ProcoreClient, content: Any) -> None:
    stub.on("PATCH", PATH, Reply(200, content))
    with pytest.raises(StopSync, match="neither entities nor errors"):
        client.sync(PATH, SCOPE, updates(2))
