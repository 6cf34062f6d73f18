"""The connection's values, enhanced authentication, and that no secret ever shows."""

import base64
import json
import logging
import traceback
from types import SimpleNamespace

import pytest
import requests
from sdx_stub import AUTHORIZATION_ID, CLIENT_SECRET, Reply, answer, fault, form, job, json_reply, refusal, wsdl

from spectrum_etl.errors import FixConfiguration, Reauthenticate, SpectrumEtlError, StopSync
from spectrum_etl.sources.sdx import SdxClient, SdxConnection
from spectrum_etl.sources.sdx.auth import request_token
from spectrum_etl.sources.tokens import Tokens

TOKEN = "t0ken-s3cret-99"
ENHANCED = {"auth": "enhanced", "client_id": "me", "client_secret": CLIENT_SECRET}
ASK = {"pCompany_Code": "1"}


def airflow(**fields):
    values = {"host": "spectrum", "port": None, "schema": None, "login": "1", "password": "ID", "extra_dejson": {}}
    return SimpleNamespace(**{**values, **fields})


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ({}, "https://spectrum:8482"),
        ({"port": 9000}, "https://spectrum:9000"),
        ({"host": "127.0.0.1", "schema": "http", "port": 80}, "http://127.0.0.1:80"),
        ({"host": "http://localhost:7000/", "port": 1}, "http://localhost:7000"),
        ({"host": "h"}, "https://h:8482"),
        ({"host": "https://spectrum", "port": 7}, "https://spectrum:7"),
    ],
)
def test_an_airflow_connection_gives_the_address(fields, url):
    assert SdxConnection.from_airflow(airflow(**fields)).base_url == url


@pytest.mark.parametrize(
    "fields",
    [
        {"schema": "http"},
        {"host": "http://10.0.0.5:8482"},
        {"extra_dejson": {"token_url": "http://id.example/connect/token"}},
    ],
)
def test_a3_the_authorization_id_does_not_travel_in_clear_unless_that_is_allowed(fields):
    with pytest.raises(FixConfiguration, match=r"would travel unencrypted.*allow_plain_http"):
        SdxConnection.from_airflow(airflow(**fields))
    allowed = {**fields, "extra_dejson": {**fields.get("extra_dejson", {}), "allow_plain_http": True}}
    SdxConnection.from_airflow(airflow(**allowed))


def test_an_airflow_connection_gives_every_setting(tmp_path):
    authority = tmp_path / "ca.pem"
    authority.touch()
    extra = {
        **ENHANCED,
        "guid": "per_batch",
        "timeout": 7,
        "ca_file": str(authority),
        "row_cap": "400",
        "parallel": 2,
        "rest_bearer_header": "X-Token",
        "rest_basic_header": "Authorization",
        "token_url": "https://id.example/connect/token",
    }
    made = SdxConnection.from_airflow(airflow(extra_dejson=extra))
    assert (made.guid_policy, made.timeout_seconds, made.verify) == ("per_batch", (10.0, 7.0), str(authority))
    assert (made.row_cap, made.parallel, made.rest_bearer_header) == (400, 2, "X-Token")
    assert (made.auth, made.client_id, made.client_secret) == ("enhanced", "me", CLIENT_SECRET)


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"host": None}, "host: the connection has no host"),
        ({"host": "ftp://x"}, "host: this is not the address"),
        ({"host": "https://me:pw@x"}, "more than scheme"),
        ({"login": ""}, "login: .*company code"),
        ({"login": "COMPANY"}, "login: .*allowed: 1 to 3"),
        ({"password": None}, "password: .*has 0 characters"),
        ({"password": "x" * 21}, "password: .*has 21 characters"),
        ({"password": "\u00e9"}, "password: .*cannot be sent"),
        ({"password": "ID "}, "password: .*begins or ends with a blank"),
        ({"host": "x:port"}, "host: this is not the address"),
        ({"extra_dejson": {"guid": "never"}}, "guid: .*allowed: per_call, per_batch, empty"),
        ({"extra_dejson": {"auth": "ntlm"}}, "auth: .*allowed: basic, enhanced"),
        ({"extra_dejson": {"auth": "enhanced"}}, "client_id: enhanced authentication needs"),
        ({"extra_dejson": {"timeout": "soon"}}, "timeout: .*allowed: 120"),
        ({"extra_dejson": {"timeout": 0}}, "timeout: .*above 0"),
        ({"extra_dejson": {"parallel": 4}}, "parallel: .*1 to 3"),
        ({"extra_dejson": {"row_cap": "x"}}, "row_cap: a whole number"),
        ({"extra_dejson": {"verify": "no"}}, "verify: .*true or false"),
        ({"extra_dejson": {"ca_file": "/no/such/file"}}, "ca_file: there is no such file"),
        ({"extra_dejson": {"giud": "empty"}}, "there is no extra giud"),
        ({"extra_dejson": {"rest_bearer_header": "a b"}}, "rest_bearer_header"),
        ({"extra_dejson": {"rest_basic_header": "authorization"}}, "rest_basic_header: .*cannot share a header"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(fields, match):
    with pytest.raises(FixConfiguration, match=f"(?s){match}.*What to do: correct"):
        SdxConnection.from_airflow(airflow(**fields))


def tokens(stub, *, life=3600, status=200):
    given = []

    def give(request):
        given.append(form(request))
        if status != 200:
            return Reply(b'{"error": "invalid_client ' + CLIENT_SECRET.encode() + b'"}', status)
        token = f"{TOKEN}-{len(given)}"
        return json_reply({"access_token": token, "expires_in": life, "token_type": "Bearer", "scope": "spectrumapi"})

    stub.paths["/connect/token"] = give
    return given


def test_the_token_is_asked_for_once_and_sent_with_soap_and_rest(stub, connect):
    given = tokens(stub)
    stub.services["GetJob"] = lambda request: answer("GetJob", [job("1")])
    stub.paths["/vendors/1"] = lambda request: json_reply([{"Vendor_Code": "A"}])
    client = connect(**ENHANCED)
    list(client.call("GetJob", ASK))
    list(client.read_vendors("1"))
    assert given == [
        {"client_id": "me", "client_secret": CLIENT_SECRET, "scope": "spectrumapi", "grant_type": "client_credentials"}
    ]
    (soap,) = stub.calls("GetJob")
    assert soap.headers["Authorization"] == f"Bearer {TOKEN}-1"
    assert soap.parameters["Authorization_ID"] == AUTHORIZATION_ID
    rest = stub.requests[-1]
    pair = base64.b64encode(f"1:{AUTHORIZATION_ID}".encode()).decode()
    assert (rest.headers["Authorization"], rest.headers["X-Authorization"]) == (f"Bearer {TOKEN}-1", f"Basic {pair}")


def test_the_headers_of_rest_calls_are_settings(stub, connect):
    tokens(stub)
    stub.paths["/vendors/1"] = lambda request: json_reply([{"Vendor_Code": "A"}])
    list(connect(**ENHANCED, rest_bearer_header="X-Token", rest_basic_header="Authorization").read_vendors("1"))
    headers = stub.requests[-1].headers
    assert headers["X-Token"] == f"Bearer {TOKEN}-1"
    assert headers["Authorization"].startswith("Basic ")


def test_a_refused_token_is_renewed_once(stub, connect):
    given = tokens(stub)
    stub.services["GetJob"] = lambda request: (
        answer("GetJob", [job("1")]) if request.headers["Authorization"].endswith("-2") else Reply(b"", 401)
    )
    assert len(list(connect(**ENHANCED).call("GetJob", ASK))) == 1
    assert len(given) == 2


def test_a_token_refused_twice_is_an_error(stub, connect):
    given = tokens(stub)
    stub.services["GetJob"] = lambda request: Reply(b"", 401)
    stub.paths["/wsdls/GetJob.jws"] = lambda request: Reply(b"", 401)
    with pytest.raises(Reauthenticate, match="check client_id and client_secret"):
        connect(**ENHANCED).call("GetJob", ASK)
    assert len(given) == 2


@pytest.mark.parametrize("status", [400, 401])
def test_a_refused_client_secret_says_that_it_expires(stub, connect, status):
    tokens(stub, status=status)
    with pytest.raises(Reauthenticate, match="a secret lives 7 to 120 days"):
        connect(**ENHANCED).call("GetJob", ASK)


@pytest.mark.parametrize("body", ["{}", "nonsense", '{"access_token": ""}', "[]", '{"access_token": "a\\nb"}'])
def test_an_answer_without_a_token_stops(stub, connect, body):
    stub.paths["/connect/token"] = lambda request: json_reply(body)
    with pytest.raises(StopSync, match="holds no token"):
        connect(**ENHANCED).call("GetJob", ASK)


def test_a_token_is_kept_until_shortly_before_it_expires():
    now = [0.0]
    given = []

    def post(url, fields):
        given.append(url)
        body = json.dumps({"access_token": f"t{len(given)}", "expires_in": 600})
        return 200, body.encode()

    made = SdxConnection("https://x:1", "1", "ID", **ENHANCED)
    source = Tokens(lambda: request_token(made, post), clock=lambda: now[0])
    assert source.get() == "t1"
    now[0] = 539
    assert source.get() == "t1"
    now[0] = 541
    assert source.get() == "t2"


def test_no_password_is_read_out_of_a_netrc_file(stub, client, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login x password y")
    monkeypatch.setenv("NETRC", str(netrc))
    stub.services["GetJob"] = lambda request: answer("GetJob", [job("1")])
    list(client.call("GetJob", ASK))
    assert all("Authorization" not in request.headers for request in stub.requests)


SECRETS = (
    AUTHORIZATION_ID,
    CLIENT_SECRET,
    TOKEN,
    base64.b64encode(f"1:{AUTHORIZATION_ID}".encode()).decode(),
)
ECHO = " ".join(SECRETS)


@pytest.mark.parametrize(
    "reply",
    [
        refusal("GetJob", "E", f"Unknown {ECHO}", "Authorization_ID"),
        refusal("GetJob", "E", f"Unknown {ECHO}", ECHO),
        fault("SOAP-ENV:Server", f"failed for {ECHO}"),
        Reply(fault("SOAP-ENV:Client", f"failed for {ECHO}"), 500),
        Reply(b"", 302, {"Location": f"https://x/{AUTHORIZATION_ID}?id={CLIENT_SECRET}"}),
        Reply(b"", 401),
        Reply(json.dumps({"Error_Description": f"no {ECHO}"}).encode(), 403),
        Reply(close=True),
        Reply(f"<html>{ECHO}".encode()),
        Reply(f"<e><response><A>{ECHO}<B/></A></response></e>".encode()),
        answer("GetJob", [job("1")], warning=ECHO),
    ],
)
def test_no_secret_is_in_a_message_a_traceback_or_a_log(stub, connect, reply, caplog):
    """A3: the server may echo what it was sent."""
    caplog.set_level(logging.DEBUG)
    stub.paths["/connect/token"] = lambda request: json_reply({"access_token": TOKEN, "expires_in": 3600})
    stub.services["GetJob"] = lambda request: reply
    client = connect(**ENHANCED)
    with pytest.raises(SpectrumEtlError) as caught:
        client.call("GetJob", ASK)
    shown = "\n".join(
        (
            str(caught.value),
            repr(caught.value),
            "".join(traceback.format_exception(caught.value)),
            caplog.text,
            repr(client.connection),
            str(vars(caught.value)),
        )
    )
    for secret in SECRETS:
        assert secret.casefold() not in shown.casefold()


def test_the_repr_of_a_connection_hides_its_secrets():
    made = SdxConnection("https://x:1", "1", AUTHORIZATION_ID, **ENHANCED)
    assert AUTHORIZATION_ID not in repr(made)
    assert CLIENT_SECRET not in repr(made)
    assert "https://x:1" in repr(made)


def test_a_given_session_is_used_and_left_open(stub):
    stub.services["GetJob"] = lambda request: answer("GetJob", [job("1")])
    with requests.Session() as session:
        session.headers["X-Mine"] = "yes"
        with SdxClient(SdxConnection(stub.url, "1", "ID"), session) as client:
            list(client.call("GetJob", ASK))
        assert stub.requests[-1].headers["X-Mine"] == "yes"
        assert session.get(stub.url, timeout=5).status_code == 404


def test_a_token_server_elsewhere_is_reached_as_the_environment_says_of_its_own_host(stub, connect, monkeypatch):
    """The web services are inside, where no proxy is asked; the token server is outside, behind one."""
    monkeypatch.setenv("http_proxy", stub.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    elsewhere = "http://id.invalid/connect/token"
    stub.paths[elsewhere] = lambda request: json_reply({"access_token": TOKEN, "expires_in": 3600})
    stub.services["GetJob"] = lambda request: answer("GetJob", [job("100")])
    client = connect(**ENHANCED, token_url=elsewhere, allow_plain_http=True)
    assert len(list(client.call("GetJob", {"pCompany_Code": "1"}))) == 1
    assert [request.path for request in stub.requests if "token" in request.path] == [elsewhere]


def test_a_token_server_that_the_environment_leaves_out_is_reached_without_a_proxy(stub, connect, monkeypatch):
    """The web services are outside, behind a proxy; the token server is inside, and the proxy does not reach it."""
    monkeypatch.setenv("http_proxy", stub.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = "http://spectrum.invalid"
    stub.paths["/connect/token"] = lambda request: json_reply({"access_token": TOKEN, "expires_in": 3600})
    stub.paths[f"{server}/wsdls/GetJob.jws"] = lambda request: wsdl("GetJob")
    stub.paths[f"{server}/ws/GetJob"] = lambda request: answer("GetJob", [job("100")])
    client = connect(**ENHANCED, base_url=server, token_url=f"{stub.url}/connect/token", allow_plain_http=True)
    assert len(list(client.call("GetJob", {"pCompany_Code": "1"}))) == 1
    assert [request.path for request in stub.requests if "token" in request.path] == ["/connect/token"]
