"""Servers that answer without end, or so deep that nothing can read it: neither memory nor time of a worker is theirs.

Each answer is produced by a real server as fast as it is taken. Who reads it is a process of its own, so that all of
its memory can be measured, that of libxml2 as well.
"""

from __future__ import annotations

import gzip
import itertools
import json
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import Connection

from spectrum_etl.errors import RetryLater, SpectrumEtlError
from spectrum_etl.notify.channels import send_slack
from spectrum_etl.notify.message import Message
from spectrum_etl.settings.notifications import Notifications
from spectrum_etl.sources.http import parse_json
from spectrum_etl.sources.procore import ProcoreClient, ProcoreConnection
from spectrum_etl.sources.sdx.client import SdxClient
from spectrum_etl.sources.sdx.connection import SdxConnection
from spectrum_etl.sources.sdx.write import SpectrumWriter
from tests.sources.endless_server import Endless, serving

MB = 1_000_000
DEEP = 200_000
WSDL = b"""<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><types><schema xmlns="http://www.w3.org/2001/XMLSchema"
targetNamespace="urn:x"><element name="GetJob"><complexType><sequence><element name="Authorization_ID"/>
<element name="GUID"/><element name="pCompany_Code"/><element name="pStatus_Code"/></sequence></complexType></element>
</schema></types></definitions>"""
RECORD = b"<response><Job_Number>24-1</Job_Number></response>"
LONG_RECORD = b"<response><Job_Number>24-1</Job_Number><Note>" + b"words " * 350 + b"</Note></response>"
TOKEN = json.dumps({"access_token": "token", "expires_in": 3600}).encode()


@pytest.fixture
def server() -> Iterator[Endless]:
    """A Spectrum and Procore that has no end."""
    with serving() as endless:
        endless.answers = {"/wsdls/GetJob.jws": lambda: [WSDL], "/oauth/token": lambda: [TOKEN]}
        yield endless


@dataclass(frozen=True)
class Ended:
    """How a reader in a process of its own ended.

    Args:
        error: name of the class of its error.
        message: its words.
        megabytes: the most memory that it held.
    """

    error: str
    message: str
    megabytes: float


_READER = """
import sys
from spectrum_etl.errors import RetryLater, SpectrumEtlError
from spectrum_etl.sources.procore import ProcoreClient, ProcoreConnection
from spectrum_etl.sources.sdx.client import SdxClient
from spectrum_etl.sources.sdx.connection import SdxConnection
what, url = sys.argv[1:]
enhanced = {"auth": "enhanced", "client_id": "me", "client_secret": "s"} if what == "token" else {}
sdx = SdxClient(SdxConnection(url, "1", "ID", **enhanced), attempts=1)
procore = ProcoreClient(ProcoreConnection(url, "client", "secret", login_url=url, company_id="1"), attempts=1)
try:
    if what in ("soap", "token"):
        sdx.call("GetJob", {"pCompany_Code": "1"})
    elif what == "vendors":
        list(sdx.read_vendors("1"))
    elif what == "procore":
        procore.get("/rest/v1.0/me")
    elif what == "write":
        procore.post("/rest/v1.0/me", {"a": 1})
except SpectrumEtlError as error:
    print(type(error).__name__, error.message, sep="|", end="|")
finally:
    with open("/proc/self/status") as status:
        print(*[line.split()[1] for line in status if line.startswith("VmHWM:")])
"""


def read(server: Endless, what: str) -> Ended:
    """Read an answer in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", _READER, what, server.url],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "plugins")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    out, _ = process.communicate()
    # What `wait4` tells would be no less than what this process held when it started the other.
    said, _, kilobytes = out.strip().rpartition("|")
    error, _, message = said.partition("|")
    return Ended(error, message, int(kilobytes) / 1024)


#: What the libraries of a reader take by themselves, in megabytes, is about a third of this.
MAX_MEGABYTES = 400


def _sdx(server: Endless, **fields: Any) -> SdxClient:
    return SdxClient(SdxConnection(server.url, "1", "ID", **fields), attempts=1, sleep=lambda _: None)


def _procore(server: Endless) -> ProcoreClient:
    made = ProcoreConnection(server.url, "client", "secret", login_url=server.url, company_id="1")
    return ProcoreClient(made, attempts=1, sleep=lambda _: None)


def _soap(*middle: Iterable[bytes]) -> Callable[[], Iterable[bytes]]:
    return lambda: itertools.chain([b"<e:Envelope xmlns:e='x'><e:Body><GetJobResponse>"], *middle)


ENDLESS_SOAP = {
    "text after a record": _soap([RECORD], itertools.repeat(b"words " * 10_000)),
    "elements after a record": _soap([RECORD], itertools.repeat(b"<a/>" * 16_000)),
    "elements without a record": _soap(itertools.repeat(b"<a/>" * 16_000)),
    "one record": _soap([b"<response>"], itertools.repeat(b"<A>x</A>" * 8_000)),
    "one field": _soap([b"<response><A>"], itertools.repeat(b"x" * 64_000)),
    "records": _soap(itertools.repeat(LONG_RECORD * 30)),
    "records, each within another element": _soap(itertools.repeat((b"<r>" + LONG_RECORD + b"<a/></r>") * 30)),
    "fields of ever new names": _soap(
        b"".join(b"<response><F%d>x</F%d></response>" % (n, n) for n in range(start, start + 500))
        for start in itertools.count(0, 500)
    ),
}


@pytest.mark.parametrize("kind", ENDLESS_SOAP)
def test_c19_a_soap_answer_without_end_is_refused_in_bounded_memory(server: Endless, kind: str) -> None:
    """5.7 GB were taken of one that ended its first record, and only that one."""
    server.answers["/ws/GetJob"] = ENDLESS_SOAP[kind]
    ended = read(server, "soap")
    assert ended.error == "StopSync", ended
    assert ended.megabytes < MAX_MEGABYTES
    assert server.sent["/ws/GetJob"] < 80 * MB


def test_c19_a_soap_answer_of_many_records_is_taken_whole(server: Endless) -> None:
    """Larger than what may stand between two records, by far."""
    records = (b"<response><Job_Number>24-%05d</Job_Number></response>" % n for n in range(60_000))
    server.answers["/ws/GetJob"] = _soap(records, [b"</GetJobResponse></e:Body></e:Envelope>"])
    with _sdx(server, row_cap=100_000) as client:
        assert sum(1 for _ in client.call("GetJob", {"pCompany_Code": "1"})) == 60_000


@pytest.mark.parametrize("status", [200, 400, 500])
def test_c19_a_vendor_list_without_end_is_refused(server: Endless, status: int) -> None:
    server.answers["/vendors/1"] = lambda: itertools.chain([b"["], itertools.repeat(b'{"Vendor_Code": "A"},' * 3_000))
    server.status["/vendors/1"] = status
    ended = read(server, "vendors")
    assert ended.error == {200: "StopSync", 400: "StopSync", 500: "RetryLater"}[status], ended
    assert ended.megabytes < MAX_MEGABYTES
    assert server.sent["/vendors/1"] < 60 * MB


def test_c19_an_endless_token_answer_is_refused(server: Endless) -> None:
    server.answers["/connect/token"] = lambda: itertools.repeat(b"x" * 64_000)
    ended = read(server, "token")
    assert (ended.error, "no token" in ended.message, ended.megabytes < MAX_MEGABYTES) == ("StopSync", True, True), (
        ended
    )


@pytest.mark.parametrize(("status", "most"), [(200, 100 * MB), (422, 20 * MB), (500, 20 * MB)])
def test_c19_a_procore_body_without_end_is_refused(server: Endless, status: int, most: int) -> None:
    server.answers["/rest/v1.0/me"] = lambda: itertools.chain([b"["], itertools.repeat(b'{"id": 1},' * 6_000))
    server.status["/rest/v1.0/me"] = status
    ended = read(server, "procore")
    assert ended.error == {200: "Unreadable", 422: "Refused", 500: "Busy"}[status], ended
    assert ended.megabytes < MAX_MEGABYTES
    assert server.sent["/rest/v1.0/me"] < most


def test_c19_a_write_whose_answer_has_no_end_may_have_been_executed(server: Endless) -> None:
    server.answers["/rest/v1.0/me"] = lambda: itertools.repeat(b"x" * 64_000)
    ended = read(server, "write")
    assert (ended.error, "does not end" in ended.message) == ("OutcomeUnknown", True), ended


def test_c19_a_body_that_unpacks_to_a_thousand_times_its_size_is_bounded_too(server: Endless) -> None:
    # Piece by piece: what this process holds would count as the reader's.
    packer = zlib.compressobj(wbits=31)
    packed = b"".join(packer.compress(b" " * MB) for _ in range(500)) + packer.flush()
    server.headers = {"Content-Encoding": "gzip"}
    server.answers["/rest/v1.0/me"] = lambda: [packed]
    server.answers["/oauth/token"] = lambda: [gzip.compress(TOKEN)]
    ended = read(server, "procore")
    assert (ended.error, "does not end" in ended.message) == ("Unreadable", True), ended
    assert ended.megabytes < MAX_MEGABYTES


def _a_byte_now_and_then() -> Iterator[bytes]:
    """Six seconds of an answer that is not whole before; no pause is longer than any time limit of a connection."""
    for _ in range(300):
        yield b" "
        time.sleep(0.02)


SLOW = {
    "a SOAP answer": ("/ws/GetJob", "StopSync"),
    "a WSDL": ("/wsdls/GetJob.jws", "StopSync"),
    "a vendor list": ("/vendors/1", "StopSync"),
    "a token": ("/connect/token", "StopSync"),
    "the answer of a write": ("/ws/AddPhase", "OutcomeUnknown"),
    "an answer of Procore": ("/rest/v1.0/me", "Unreadable"),
    "a token of Procore": ("/oauth/token", "Unreadable"),
}


@pytest.mark.parametrize("what", SLOW)
@pytest.mark.parametrize("stated", [True, False], ids=["with its length", "without its length"])
def test_c19_an_answer_that_trickles_is_given_up_in_time(
    server: Endless, monkeypatch: pytest.MonkeyPatch, what: str, stated: bool
) -> None:
    """The time of a whole answer was looked at only once a piece of 64 kB was full: that could take days."""
    monkeypatch.setattr("spectrum_etl.sources.http.LONGEST_TIME", 0.3)
    path, expected = SLOW[what]
    server.answers["/wsdls/AddPhase.jws"] = lambda: [WSDL.replace(b"GetJob", b"AddPhase")]
    server.answers[path] = _a_byte_now_and_then
    server.lengths[path] = 300 if stated else None
    started = time.monotonic()
    with pytest.raises(SpectrumEtlError) as caught:
        _ask(server, path)
    assert type(caught.value).__name__ == expected, caught.value
    assert time.monotonic() - started < 4
    assert "does not end" in caught.value.message


def test_c19_a_refusal_that_trickles_is_told_by_its_status(server: Endless, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spectrum_etl.sources.http.LONGEST_TIME", 0.3)
    server.answers["/ws/GetJob"], server.status["/ws/GetJob"] = _a_byte_now_and_then, 503
    started = time.monotonic()
    with pytest.raises(RetryLater, match="HTTP 503"):
        _ask(server, "/ws/GetJob")
    assert time.monotonic() - started < 4


REDIRECTED = {
    "/ws/GetJob": "FixConfiguration",
    "/wsdls/GetJob.jws": "FixConfiguration",
    "/vendors/1": "FixConfiguration",
    "/connect/token": "FixConfiguration",
    "/ws/AddPhase": "FixConfiguration",
    "/rest/v1.0/me": "NotAllowed",
    "/oauth/token": "NotAllowed",
    "/services/key": "FixConfiguration",
}


@pytest.mark.parametrize("path", REDIRECTED)
@pytest.mark.parametrize("location", ["https://elsewhere.example/", "http://[", "http://h\xf6st/"])
def test_c19_a_redirect_is_told_wherever_it_leads_and_none_of_its_body_is_waited_for(
    server: Endless, monkeypatch: pytest.MonkeyPatch, path: str, location: str
) -> None:
    """requests read all of it to prepare the next call, and failed with an error of its own at such an address."""
    monkeypatch.setattr("spectrum_etl.sources.http.LONGEST_TIME", 0.3)
    server.answers["/wsdls/AddPhase.jws"] = lambda: [WSDL.replace(b"GetJob", b"AddPhase")]
    server.answers[path], server.status[path] = _a_byte_now_and_then, 302
    server.lengths[path] = 300
    server.locations[path] = location
    started = time.monotonic()
    with pytest.raises(SpectrumEtlError) as caught:
        _ask(server, path)
    assert type(caught.value).__name__ == REDIRECTED[path], caught.value
    assert time.monotonic() - started < 4


def _ask(server: Endless, path: str) -> None:
    enhanced = {"auth": "enhanced", "client_id": "me", "client_secret": "s"} if path == "/connect/token" else {}
    with _sdx(server, **enhanced) as client:
        if path == "/services/key":
            connection = Connection(conn_id="notify_slack", conn_type="http", password=f"{server.url}{path}")
            send_slack(connection, Message(("failure",), "a title", ("a line",), "nothing"), Notifications())
        elif path.startswith(("/rest", "/oauth")):
            _procore(server).get("/rest/v1.0/me")
        elif path == "/ws/AddPhase":
            SpectrumWriter(client).write("AddPhase", {"pCompany_Code": "1"})
        elif path == "/vendors/1":
            list(client.read_vendors("1"))
        else:
            client.call("GetJob", {"pCompany_Code": "1"})


NESTED = (b"[" * DEEP + b"]" * DEEP, b'{"a":' * DEEP + b"1" + b"}" * DEEP)


@pytest.mark.parametrize("body", NESTED, ids=["lists", "objects"])
@pytest.mark.parametrize("status", [200, 400, 422, 500])
def test_c19_json_that_is_nested_deep_is_refused_by_every_reader(server: Endless, body: bytes, status: int) -> None:
    """It ends Python's recursion, which is none of our errors: the task would be tried again in vain."""
    for path in ("/rest/v1.0/me", "/vendors/1", "/connect/token"):
        server.answers[path] = lambda: [body]
        server.status[path] = status
    with _procore(server) as client, pytest.raises(SpectrumEtlError):
        client.get("/rest/v1.0/me")
    with _sdx(server) as sdx, pytest.raises(SpectrumEtlError):
        list(sdx.read_vendors("1"))
    with (
        _sdx(server, auth="enhanced", client_id="me", client_secret="s") as sdx,
        pytest.raises(SpectrumEtlError),
    ):
        sdx.call("GetJob", {"pCompany_Code": "1"})


def test_c19_a_webhook_that_answers_without_end_is_not_read(server: Endless) -> None:
    server.answers["/services/key"] = lambda: itertools.repeat(b"x" * 64_000)
    connection = Connection(conn_id="notify_slack", conn_type="http", password=f"{server.url}/services/key")
    send_slack(connection, Message(("failure",), "a title", ("a line",), "nothing"), Notifications())
    assert server.sent.get("/services/key", 0) < 20 * MB


def test_c19_field_messages_are_looked_at_as_deep_as_people_write_them(server: Endless) -> None:
    deep: Any = "is too long"
    for _ in range(400):
        deep = {"a": deep}
    server.answers["/rest/v1.0/me"] = lambda: [json.dumps({"errors": deep}).encode()]
    server.status["/rest/v1.0/me"] = 422
    with _procore(server) as client, pytest.raises(SpectrumEtlError, match="refused it"):
        client.get("/rest/v1.0/me")


def test_json_of_a_service_is_read_as_before() -> None:
    assert parse_json(b'{"a": [1, 2.50]}', parse_float=str) == {"a": [1, "2.50"]}
    with pytest.raises(ValueError, match="too deep"):
        parse_json("[" * DEEP + "]" * DEEP)
    with pytest.raises(ValueError, match="Expecting"):
        parse_json("{")
