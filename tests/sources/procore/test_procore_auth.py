"""The token: asked for once, renewed before and after it expires; its secrets stay out of messages and logs (A3)."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Callable

import pytest
from procore_stub import CLIENT_SECRET, COMPANY, Reply, Stub, Time

from spectrum_etl.errors import Reauthenticate, StopSync
from spectrum_etl.sources.faults import Refused, TokenRefused
from spectrum_etl.sources.procore import ProcoreClient

PATH = "/rest/v1.0/me"


def test_one_token_and_the_company_header_on_every_call(stub: Stub, client: ProcoreClient) -> None:
    stub.on("GET", PATH, Reply(200, {"id": 5}))
    stub.on("POST", PATH, Reply(201, {"id": 6}))
    client.get(PATH)
    client.post(PATH, {"a": 1})
    assert len(stub.tokens) == 1
    assert [asked.headers["Procore-Company-Id"] for asked in stub.asked] == [COMPANY, COMPANY]
    assert [asked.headers["Authorization"] for asked in stub.asked] == ["Bearer bearer-token-0001"] * 2


def test_renewed_before_it_expires(stub: Stub, client: ProcoreClient, clock: Time) -> None:
    stub.on("GET", PATH, Reply(200, {"id": 5}))
    client.get(PATH)
    clock.now += 5400 - 61
    client.get(PATH)
    assert len(stub.tokens) == 1
    clock.now += 2
    client.get(PATH)
    assert len(stub.tokens) == 2
    assert len(stub.asked) == 3


@pytest.mark.parametrize("method", ["get", "post", "patch", "delete"])
def test_renewed_once_when_it_is_refused_in_the_middle(stub: Stub, client: ProcoreClient, method: str) -> None:
    stub.on("GET", PATH, Reply(200, {"id": 5}))
    client.get(PATH)
    stub.expire()
    stub.on(method.upper(), PATH, Reply(200, {"id": 7}))
    call = getattr(client, method)
    assert (call(PATH) if method in {"get", "delete"} else call(PATH, {})) == {"id": 7}
    assert len(stub.tokens) == 2
    assert len(stub.asked) == 3


def test_a_second_refusal_is_the_end(stub: Stub, client: ProcoreClient) -> None:
    stub.on("GET", PATH, Reply(401, {"message": "The access token is invalid"}))
    with pytest.raises(TokenRefused, match="access token is invalid") as caught:
        client.get(PATH)
    assert isinstance(caught.value, Reauthenticate)
    assert caught.value.status == 401
    assert len(stub.asked) == 2


@pytest.mark.parametrize("status", [400, 401])
def test_a_wrong_secret_says_what_to_check_and_is_not_quoted(
    stub: Stub, connect: Callable[..., ProcoreClient], caplog: pytest.LogCaptureFixture, status: int
) -> None:
    wrong = "Wrong-Secret-0000"
    stub.on("GET", PATH, Reply(200, {}))
    if status == 400:
        stub.token_replies.append(Reply(400, {"error": "invalid_grant", "error_description": f"{wrong} is unknown"}))
    with caplog.at_level(logging.DEBUG), pytest.raises(TokenRefused, match="client id") as caught:
        connect(client_secret=wrong).get(PATH)
    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert wrong not in told
    assert "***" in told
    assert not stub.asked


def test_no_secret_is_logged_or_told_whatever_the_server_says(
    stub: Stub, client: ProcoreClient, caplog: pytest.LogCaptureFixture
) -> None:
    stub.on(
        "GET",
        PATH,
        lambda asked: Reply(503, text=f"busy {asked.headers['Authorization']}", headers={"Retry-After": "1"}),
        lambda asked: Reply(422, {"errors": {"base": [f"{CLIENT_SECRET} {asked.headers['Authorization']}"]}}),
    )
    with caplog.at_level(logging.DEBUG), pytest.raises(Refused) as caught:
        client.get(PATH)
    told = "".join(traceback.format_exception(caught.value)) + caplog.text + str(caught.value.fields)
    assert CLIENT_SECRET not in told
    assert "bearer-token" not in told
    assert "busy" in told


def test_the_token_server_may_be_busy(stub: Stub, client: ProcoreClient, clock: Time) -> None:
    stub.on("GET", PATH, Reply(200, {"id": 5}))
    stub.token_replies += [Reply(503, headers={"Retry-After": "7"}), Reply(500), Reply(drop=True)]
    assert client.get(PATH) == {"id": 5}
    assert clock.waits[0] == 7
    assert len(clock.waits) == 3


def test_an_answer_without_a_token(stub: Stub, client: ProcoreClient) -> None:
    stub.token_replies.append(Reply(200, {"hello": "world"}))
    with pytest.raises(StopSync, match="contains no token"):
        client.get(PATH)


def test_errors_survive_the_way_between_processes(stub: Stub, client: ProcoreClient) -> None:
    stub.on("GET", PATH, Reply(422, {"errors": {"name": ["is too long"]}}))
    with pytest.raises(Refused) as caught:
        client.get(PATH)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again), again.fields) == (Refused, str(caught.value), caught.value.fields)
    assert again.status == 422
