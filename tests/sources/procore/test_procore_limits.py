"""Waits: as long as Procore's headers say, never longer than stated, and before the limit is hit where it is known."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import formatdate

import pytest
from procore_stub import CLIENT_ID, CLIENT_SECRET, COMPANY, Reply, Stub, Time

from spectrum_etl.errors import RetryLater
from spectrum_etl.sources.faults import Busy, OutcomeUnknown
from spectrum_etl.sources.procore import ProcoreClient, ProcoreConnection
from spectrum_etl.sources.procore.limits import RateLimit

PATH = "/rest/v1.0/me"
GOOD = Reply(200, {"id": 5})


@pytest.mark.parametrize("method", ["get", "post", "patch", "delete"])
def test_429_is_waited_out_by_every_method(stub: Stub, client: ProcoreClient, clock: Time, method: str) -> None:
    stub.on(method.upper(), PATH, Reply(429, {"message": "slow down"}, {"Retry-After": "12"}), GOOD)
    call = getattr(client, method)
    assert (call(PATH) if method in {"get", "delete"} else call(PATH, {})) == {"id": 5}
    assert clock.waits == [12]


def test_the_reset_is_honoured_by_the_servers_clock(stub: Stub, client: ProcoreClient, clock: Time) -> None:
    # The stub's own Date header is the real time; the clock of the test is far off.
    reset = {"X-Rate-Limit-Reset": str(int(time.time()) + 25), "X-Rate-Limit-Remaining": "0"}
    stub.on("GET", PATH, Reply(429, {}, reset), GOOD)
    client.get(PATH)
    assert sum(clock.waits) == pytest.approx(25, abs=2)


def test_both_headers_the_longer_one_counts() -> None:
    clock = Time(1000.0)
    headers = {"Retry-After": "3", "X-Rate-Limit-Reset": "1040"}
    assert RateLimit(clock).stated_wait(headers, 429) == 40
    assert RateLimit(clock).stated_wait(headers, 503) == 3
    assert RateLimit(clock).stated_wait({}, 503) is None


def test_a_date_as_retry_after() -> None:
    clock = Time(1_800_000_000.0)
    headers = {"Retry-After": formatdate(1_800_000_090, usegmt=True)}
    assert RateLimit(clock).stated_wait(headers, 503) == 90
    headers["Date"] = formatdate(1_800_000_080, usegmt=True)
    assert RateLimit(clock).stated_wait(headers, 503) == 10
    assert RateLimit(clock).stated_wait({"Retry-After": "tomorrow"}, 503) is None


@pytest.mark.parametrize("method", ["get", "patch"])
def test_503_is_waited_out_where_repeating_does_no_harm(
    stub: Stub, client: ProcoreClient, clock: Time, method: str
) -> None:
    stub.on(method.upper(), PATH, *[Reply(503, headers={"Retry-After": "30"})] * 6, GOOD)
    call = getattr(client, method)
    assert (call(PATH) if method == "get" else call(PATH, {})) == {"id": 5}
    assert clock.waits == [30] * 6


def test_503_to_a_post_is_not_repeated(stub: Stub, client: ProcoreClient) -> None:
    stub.on("POST", PATH, Reply(503, headers={"Retry-After": "1"}), GOOD)
    with pytest.raises(OutcomeUnknown, match="not known whether"):
        client.post(PATH, {})
    assert len(stub.asked) == 1


def test_the_longest_wait_is_stated(stub: Stub, client: ProcoreClient, clock: Time) -> None:
    stub.on("GET", PATH, Reply(429, {}, {"Retry-After": "400"}))
    with pytest.raises(Busy, match="at most 900 s in all; Procore asks for 400 s more after 800 s") as caught:
        client.get(PATH)
    assert isinstance(caught.value, RetryLater)
    assert clock.waits == [400, 400]


def test_waits_of_nothing_do_not_hammer(stub: Stub, client: ProcoreClient, clock: Time) -> None:
    stub.on("GET", PATH, Reply(429, {}, {"Retry-After": "0"}))
    with pytest.raises(Busy):
        client.get(PATH)
    assert clock.waits[:3] == [0.5, 1, 2]
    assert max(clock.waits) == 30
    assert len(stub.asked) < 50


def test_no_call_is_made_while_nothing_remains(stub: Stub, client: ProcoreClient, clock: Time) -> None:
    spent = {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": str(int(time.time()) + 9)}
    stub.on("GET", PATH, Reply(200, {"id": 5}, spent), GOOD)
    client.get(PATH)
    assert clock.waits == []
    client.get(PATH)
    assert clock.waits == [pytest.approx(9, abs=2)]
    client.get(PATH)
    assert len(clock.waits) == 1


def test_a_reset_that_passed_meanwhile_costs_nothing(stub: Stub, client: ProcoreClient, clock: Time) -> None:
    spent = {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": str(int(time.time()) + 9)}
    stub.on("GET", PATH, Reply(200, {"id": 5}, spent), GOOD)
    client.get(PATH)
    clock.now += 20
    client.get(PATH)
    assert clock.waits == []


def test_a_reset_too_far_away_fails_at_once(stub: Stub, client: ProcoreClient, clock: Time) -> None:
    spent = {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": str(int(time.time()) + 3000)}
    stub.on("GET", PATH, Reply(200, {"id": 5}, spent), GOOD)
    client.get(PATH)
    with pytest.raises(Busy, match="the rate limit is used up"):
        client.get(PATH)
    assert len(stub.asked) == 1


def test_no_limit_is_assumed_where_the_headers_say_nothing(stub: Stub, client: ProcoreClient, clock: Time) -> None:
    stub.on("GET", PATH, Reply(200, {"id": 5}, {"X-Rate-Limit-Remaining": "0"}), GOOD)
    for _ in range(5):
        client.get(PATH)
    assert clock.waits == []


@pytest.mark.parametrize("status", [408, 409, 500, 502, 504])
def test_passing_faults_are_tried_four_times(stub: Stub, client: ProcoreClient, clock: Time, status: int) -> None:
    stub.on("GET", PATH, Reply(status, {"message": "later"}))
    with pytest.raises(RetryLater, match="later"):
        client.get(PATH)
    assert len(stub.asked) == 4
    assert clock.waits == [0.5, 1, 2]


@pytest.mark.parametrize("method", ["get", "patch"])
def test_a_dropped_connection_is_tried_again(stub: Stub, client: ProcoreClient, method: str) -> None:
    stub.on(method.upper(), PATH, Reply(drop=True), GOOD)
    call = getattr(client, method)
    assert (call(PATH) if method == "get" else call(PATH, {})) == {"id": 5}
    assert len(stub.asked) == 2


@pytest.mark.parametrize("method", ["post", "delete"])
@pytest.mark.parametrize(
    "reply", [Reply(drop=True), Reply(500), Reply(502), Reply(504), Reply(408), Reply(201, text="<html>")]
)
def test_a_write_whose_answer_is_lost_is_sent_once(
    stub: Stub, client: ProcoreClient, method: str, reply: Reply
) -> None:
    stub.on(method.upper(), PATH, reply, GOOD)
    with pytest.raises(OutcomeUnknown, match="look in Procore") as caught:
        getattr(client, method)(PATH)
    assert isinstance(caught.value, RetryLater)
    assert len(stub.asked) == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_call_has_a_timeout(stub: Stub, connect: Callable[..., ProcoreClient], method: str) -> None:
    client = connect(timeout_seconds=(1.0, 0.1))
    stub.on(method.upper(), PATH, Reply(late=0.4))
    with pytest.raises(RetryLater, match="no answer") as caught:
        getattr(client, method)(PATH)
    assert len(stub.asked) == (4 if method == "get" else 1)
    assert isinstance(caught.value, OutcomeUnknown) == (method == "post")


def test_the_token_call_has_a_timeout(stub: Stub, connect: Callable[..., ProcoreClient]) -> None:
    stub.token_replies += [Reply(late=0.4)] * 4
    with pytest.raises(RetryLater, match="no answer"):
        connect(timeout_seconds=(1.0, 0.1)).get(PATH)
    assert not stub.asked


def test_what_was_surely_not_sent_is_sent_again(stub: Stub, clock: Time) -> None:
    stub.stop()
    connection = ProcoreConnection(base_url=stub.url, login_url=stub.url, client_id="a", client_secret="b")
    with pytest.raises(RetryLater, match="cannot be reached"):
        ProcoreClient(connection, "1", sleep=clock.sleep, clock=clock).post(PATH, {})
    assert len(clock.waits) == 3


def test_an_unknown_host(clock: Time) -> None:
    url = "https://procore.invalid"
    connection = ProcoreConnection(base_url=url, login_url=url, client_id="a", client_secret="b")
    with pytest.raises(Exception, match="name is not known") as caught:
        ProcoreClient(connection, "1", sleep=clock.sleep, clock=clock).get(PATH)
    assert "procore.invalid" not in str(caught.value), "a password may stand where the host should"


def test_c19_a_stated_wait_gets_a_little_more_and_never_less(stub: Stub, clock: Time) -> None:
    """All tasks that were told the same moment would come back at it, and be refused together again."""
    asked: list[float] = []

    def jitter(most: float) -> float:
        asked.append(most)
        return most / 2

    connection = ProcoreConnection(stub.url, CLIENT_ID, CLIENT_SECRET, login_url=stub.url, company_id=COMPANY)
    stub.on("GET", PATH, Reply(429, {}, {"Retry-After": "12"}), Reply(429, {}, {"Retry-After": "400"}), GOOD)
    with ProcoreClient(connection, sleep=clock.sleep, clock=clock, jitter=jitter) as client:
        assert client.get(PATH) == {"id": 5}
    assert asked == [pytest.approx(1.7), 5.0], "up to a tenth and half a second, never more than five"
    assert clock.waits == [pytest.approx(12.85), 402.5]


def test_c19_two_clients_do_not_come_back_at_the_same_moment(stub: Stub) -> None:
    waits = []
    for _ in range(8):
        clock = Time()
        stub.on("GET", PATH, Reply(429, {}, {"Retry-After": "12"}), GOOD)
        connection = ProcoreConnection(stub.url, CLIENT_ID, CLIENT_SECRET, login_url=stub.url, company_id=COMPANY)
        with ProcoreClient(connection, sleep=clock.sleep, clock=clock) as client:
            client.get(PATH)
        waits += clock.waits
    assert len(set(waits)) > 1
    assert all(12 <= wait <= 13.7 for wait in waits)


def _says(calls: int, seconds: int) -> dict[str, str]:
    """Headers of an answer whose window ends in so many seconds."""
    reset = str(int(time.time()) + seconds)
    return {"X-Rate-Limit-Limit": str(calls), "X-Rate-Limit-Remaining": "7", "X-Rate-Limit-Reset": reset}


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ([], {}),
        ([(3600, 1800)], {3600: 3600}),
        ([(25, 9)], {10: 25}),
        ([(25, 9), (3600, 1800), (25, 4)], {10: 25, 3600: 3600}),
        ([(3600, 1800), (600, 1700)], {3600: 600}),
        # Near its end the hour looks like ten seconds; it was the hour's before, or is after.
        ([(3600, 1800), (3600, 5)], {3600: 3600}),
        ([(3600, 5), (3600, 3599)], {3600: 3600}),
    ],
)
def test_the_limits_that_procore_last_reported_are_known(
    stub: Stub, client: ProcoreClient, said: list[tuple[int, int]], known: dict[int, int]
) -> None:
    stub.on("GET", PATH, *(Reply(200, {"id": 5}, _says(*one)) for one in said), GOOD)
    for _ in range(len(said) + 1):
        client.get(PATH)
    assert client.reported_limits == known
    assert client.calls_made == len(said) + 1


def test_every_try_counts_as_a_call(stub: Stub, client: ProcoreClient, clock: Time) -> None:
    stub.on("GET", PATH, Reply(502), Reply(502), GOOD)
    client.get(PATH)
    assert client.calls_made == 3
