"""A3: the usual reasons why the services cannot be used are told apart."""

import socket

import pytest
from sdx_stub import PHASE_SELECTION, Records, Reply, answer, job, json_reply, phase, refusal


def serve(stub, service, reply):
    stub.services[service] = lambda request: reply


def test_connected(stub, client):
    serve(stub, "GetJob", answer("GetJob", [job("1")]))
    assert client.check().status == "Connected"


def test_an_answer_at_the_cap_is_connected(stub, connect):
    serve(stub, "GetJob", answer("GetJob", [job(str(n)) for n in range(30)], "exceeds max"))
    assert connect(row_cap=30).check().status == "Connected"


def test_vendors_are_checked_by_rest(stub, client):
    stub.paths["/vendors/1"] = lambda request: json_reply([{"Vendor_Code": "A"}])
    assert client.check("Vendors").status == "Connected"


def test_a_wrong_authorization_id(stub, client):
    for service in ("GetJob", "GetPhase"):
        serve(stub, service, refusal(service, "E", "Invalid Authorization ID", "Authorization_ID"))
    found = client.check()
    assert (found.status, found.cause) == ("Not connected", "wrong credentials")
    assert "check the password" in found.remedy


@pytest.mark.parametrize("words", ["Not authorized for this web service", "Invalid Authorization ID"])
def test_a_service_that_is_not_enabled_whatever_the_words(stub, client, words):
    """Another service works, so the Authorization ID is right."""
    serve(stub, "GetJob", refusal("GetJob", "E", words, "Authorization_ID"))
    stub.services["GetPhase"] = Records([phase("1", "1", "L")], PHASE_SELECTION)
    found = client.check()
    assert found.cause == "service not enabled"
    assert "GetPhase works" in found.reason
    assert "add the service GetJob" in found.remedy


def test_a_service_that_is_not_enabled_by_its_words(stub, client):
    serve(stub, "GetJob", refusal("GetJob", "A", "Not authorized for this web service", "Authorization_ID"))
    assert client.check().cause == "service not enabled"


@pytest.mark.parametrize("reply", [Reply(b"", 403), Reply(close=True)])
def test_an_address_that_is_not_allowed(stub, client, reply):
    stub.paths["/wsdls/GetJob.jws"] = lambda request: reply
    found = client.check()
    assert found.cause == "address not allowed"
    assert "public address" in found.remedy


def test_a_refused_connection(connect):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        found = connect(base_url=f"http://127.0.0.1:{taken.getsockname()[1]}").check()
    assert found.cause == "address not allowed"
    assert "check the port" in found.remedy


def test_an_unknown_host(connect):
    found = connect(base_url="https://no-such-host.invalid:8482").check()
    assert (found.cause, found.status) == ("unknown host", "Not connected")
    assert "correct the host" in found.remedy


def test_a_server_without_encryption_or_with_an_unknown_certificate(stub, connect):
    found = connect(base_url=stub.url.replace("http:", "https:")).check()
    assert found.cause == "certificate"
    assert "ca_file" in found.remedy


def test_a_server_that_does_not_answer(stub, connect):
    stub.paths["/wsdls/GetJob.jws"] = lambda request: Reply(b"", delay=0.5)
    assert connect(timeout_seconds=(2.0, 0.05)).check().cause == "no answer"


def test_a_service_that_does_not_exist(client):
    assert client.check("GetJob").cause == "service missing"


def test_a_refused_login(stub, client):
    stub.paths["/vendors/1"] = lambda request: Reply(b"", 401)
    assert client.check("Vendors").cause == "wrong credentials"


def test_a_refused_rest_call_with_a_token_is_not_blamed_on_the_service(stub, connect):
    serve(stub, "GetJob", answer("GetJob", [job("1")]))
    stub.paths["/connect/token"] = lambda request: json_reply({"access_token": "t", "expires_in": 60})
    stub.paths["/vendors/1"] = lambda request: Reply(b"", 401)
    found = connect(auth="enhanced", client_id="me", client_secret="s3cret").check("Vendors")
    assert found.cause == "wrong credentials"
    assert "rest_basic_header" in found.remedy


def test_no_rows_where_there_must_be_some(stub, client):
    serve(stub, "GetJob", answer("GetJob", []))
    found = client.check()
    assert found.cause == "no rows"
    assert "guid" in found.remedy
