"""Refusals: every published shape of body becomes one error, of the class that fits the remedy, with field messages."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from procore_stub import COMPANY, Reply, Stub

from spectrum_etl.errors import FixConfiguration, FixRecord, RetryLater, SpectrumEtlError, StopSync
from spectrum_etl.sources.faults import FieldMessage, NotAllowed, NotFound, Refused
from spectrum_etl.sources.procore import ProcoreClient
from spectrum_etl.sources.procore.content import parse
from spectrum_etl.sources.procore.faults import said_in

PATH = "/rest/v1.0/vendors/5"

SHAPES: list[tuple[Any, str, list[FieldMessage]]] = [
    (
        {"code": "invalid", "message": "Bad", "fields": {"name": ["is too long", "is odd"]}, "reason": "rules"},
        "Bad; rules",
        [FieldMessage("name", "is too long"), FieldMessage("name", "is odd")],
    ),
    ({"code": 422, "message": "Bad", "fields": ["name"], "reason": None}, "Bad", [FieldMessage("", "name")]),
    (
        {"fields": [{"name": "zip", "message": "is missing"}, {"field": "city", "message": "is odd"}]},
        "",
        [FieldMessage("zip", "is missing"), FieldMessage("city", "is odd")],
    ),
    (
        {"errors": {"origin_id": ["has already been taken"], "base": ["is locked"]}},
        "",
        [FieldMessage("origin_id", "has already been taken"), FieldMessage("", "is locked")],
    ),
    (
        {"errors": {"vendor": {"name": "is missing"}}},
        "",
        [FieldMessage("vendor.name", "is missing")],
    ),
    ({"errors": ["one", "two"]}, "", [FieldMessage("", "one"), FieldMessage("", "two")]),
    ({"errors": "Not this way"}, "", [FieldMessage("", "Not this way")]),
    ({"message": "No", "error": "Forbidden"}, "No; Forbidden", []),
    ({"message": "Same", "error": "Same"}, "Same", []),
    (
        {
            "error": {
                "code": "BAD_REQUEST",
                "message": "Request is invalid",
                "details": [
                    {"reason_code": "TOO_LONG", "message": "is too long", "source": "/data/title"},
                    {"reason_code": "MISSING", "message": None, "source": {"parameter": "page"}},
                    "and more",
                ],
            }
        },
        "Request is invalid",
        [FieldMessage("data.title", "is too long"), FieldMessage("page", "MISSING"), FieldMessage("", "and more")],
    ),
    ({"error": {"code": "X", "message": "No details"}}, "No details", []),
    (["one"], "", [FieldMessage("", "one")]),
    ("Just text", "Just text", []),
    ({}, "", []),
    (None, "", []),
]


@pytest.mark.parametrize(("body", "message", "fields"), SHAPES)
def test_every_published_shape(
    stub: Stub, client: ProcoreClient, body: Any, message: str, fields: list[FieldMessage]
) -> None:
    stub.on("PATCH", PATH, Reply(422, body))
    with pytest.raises(Refused) as caught:
        client.patch(PATH, {"vendor": {}})
    error = caught.value
    assert isinstance(error, FixRecord)
    assert error.status == 422
    assert list(error.fields) == fields
    assert said_in(json.dumps(body).encode(), str).message == message
    assert f"Procore company {COMPANY}, PATCH {PATH}" in str(error)
    for part in (message, *(field.message for field in fields), *(field.field for field in fields)):
        assert part in str(error)
    assert len(stub.asked) == 1


@pytest.mark.parametrize(("text", "told"), [("Missing header!", "Missing header!"), ("<html>Oops</html>", "")])
def test_bodies_that_are_no_json(text: str, told: str) -> None:
    assert str(said_in(text.encode(), str)) == told
    assert str(said_in(b"\xff\xfe", str))


def test_the_code_of_procore_is_kept(stub: Stub, client: ProcoreClient) -> None:
    stub.on("GET", PATH, Reply(400, {"error": {"code": "BAD_REQUEST", "message": "m", "details": []}}))
    with pytest.raises(Refused) as caught:
        client.get(PATH)
    assert caught.value.code == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (400, Refused, "correct the record"),
        (402, Refused, "correct the record"),
        (403, NotAllowed, "permitted projects"),
        (404, NotFound, "still exists"),
        (405, NotAllowed, "budget changes"),
        (406, NotAllowed, "does not offer"),
        (413, NotAllowed, "fewer records"),
        (422, Refused, "origin id"),
        (409, RetryLater, "again later"),
        (500, RetryLater, "again later"),
        (302, NotAllowed, "final scheme"),
        (304, NotAllowed, "final scheme"),
    ],
)
def test_every_status_has_its_remedy(
    stub: Stub, client: ProcoreClient, status: int, kind: type[SpectrumEtlError], words: str
) -> None:
    stub.on("GET", PATH, Reply(status, {"message": "App is not connected"} if status > 399 else None))
    with pytest.raises(kind, match=words) as caught:
        client.get(PATH)
    assert f"HTTP {status}" in str(caught.value)


def test_404_is_a_matter_of_the_record_and_403_one_of_the_configuration() -> None:
    assert issubclass(NotFound, FixRecord)
    assert issubclass(NotAllowed, FixConfiguration)


def test_credentials_are_not_sent_after_a_redirect(stub: Stub, client: ProcoreClient) -> None:
    stub.on("GET", PATH, Reply(302, None, {"Location": "http://127.0.0.1:1/x?token=bearer-token-0001"}))
    with pytest.raises(NotAllowed) as caught:
        client.get(PATH)
    assert "http://127.0.0.1:1/x" in str(caught.value)
    assert "token=" not in str(caught.value)
    assert len(stub.asked) == 1


def test_an_answer_that_is_no_json(stub: Stub, client: ProcoreClient) -> None:
    stub.on("GET", PATH, Reply(200, text="<html>Welcome</html>"))
    with pytest.raises(StopSync, match="is not JSON"):
        client.get(PATH)


def test_an_answer_without_a_body(stub: Stub, client: ProcoreClient) -> None:
    stub.on("DELETE", PATH, Reply(200, text=""))
    assert client.delete(PATH) is None


def test_a_path_outside_the_api_is_refused(client: ProcoreClient) -> None:
    with pytest.raises(ValueError, match="begin with /rest/"):
        client.get("@elsewhere.example/rest/v1.0/me")


def test_parameters_as_procore_writes_them(stub: Stub, client: ProcoreClient) -> None:
    stub.on("GET", PATH, Reply(200, {}))
    client.get(PATH, {"filters[synced]": True, "filters[id][]": [1, 2], "view": None})
    assert stub.asked[0].query == {"filters[synced]": ["true"], "filters[id][]": ["1", "2"]}


def test_amounts_come_as_text_exactly_as_sent() -> None:
    body = b"""{"id": 562949953425831, "amount": 1234567890123456.10, "unit_cost": 1e3, "total": 12, "quantity": 0.30,
        "zero": 0, "Estimated Cost at Completion": 7, "number": 3, "position": 2, "wbs_code_id": 9, "project_ids": [4],
        "locked": true, "note": null, "text": "1.10", "lines": [{"amount": -5, "id": 1}]}"""
    read = parse(body)
    assert read == {
        "id": 562949953425831,
        "amount": "1234567890123456.10",
        "unit_cost": "1e3",
        "total": "12",
        "quantity": "0.30",
        "zero": "0",
        "Estimated Cost at Completion": "7",
        "number": 3,
        "position": 2,
        "wbs_code_id": 9,
        "project_ids": [4],
        "locked": True,
        "note": None,
        "text": "1.10",
        "lines": [{"amount": "-5", "id": 1}],
    }
    assert Decimal(read["amount"]) == Decimal("1234567890123456.10")


@pytest.mark.parametrize("text", [b'{"amount": NaN}', b'{"amount": Infinity}', b"{", b""])
def test_what_is_no_json(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # json's own and ours alike
        parse(text)
