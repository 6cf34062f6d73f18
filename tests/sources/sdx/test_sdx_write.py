"""Writes are sent once, and every failure says exactly whether the call may have been executed (M7)."""

from __future__ import annotations

import datetime
import os
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sdx_stub import AUTHORIZATION_ID, CLIENT_SECRET, NAMESPACE, SOAP, Reply, Request, Stub, fault, json_reply, wsdl

from spectrum_etl.errors import FixConfiguration, Reauthenticate, SpectrumEtlError
from spectrum_etl.sources.faults import (
    AddressNotAllowed,
    CertificateRefused,
    NotSent,
    OutcomeUnknown,
    Refused,
    ServiceMissing,
    UnknownHost,
)
from spectrum_etl.sources.sdx import SdxClient
from spectrum_etl.sources.sdx.write import SpectrumWriter

SERVICE = "UpdateSubcontract"
DECLARED = ("Company_Code", "Vendor_Code", "Subcontract_Number", "Job_Number", "Comment", "UDF1", "UDF2")
CALL = {"Company_Code": "1", "Vendor_Code": "ACME", "Subcontract_Number": "S-1", "Job_Number": "24-404"}

Connect = Callable[..., SdxClient]


def written(*records: Sequence[tuple[str, str]], service: str = SERVICE) -> bytes:
    """An answer as documented: returnArray, returnData, one response a record."""
    rows = "".join(
        "<response>" + "".join(f"<{name}>{value}</{name}>" for name, value in record) + "</response>"
        for record in records
    )
    return (
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Body><nis:{service}Response xmlns:nis="{NAMESPACE}">'
        f"<returnArray><returnData>{rows}</returnData></returnArray></nis:{service}Response>"
        "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    ).encode()


def line(code: str, description: str = "", column: str = "") -> Sequence[tuple[str, str]]:
    """One record with the documented triple."""
    return (("error_code", code), ("desc", description), ("column", column))


def serve(stub: Stub, reply: Reply | bytes, declared: Sequence[str] = DECLARED) -> None:
    """Let the service answer so, and declare these elements."""
    stub.services[SERVICE] = lambda _request: reply
    stub.paths[f"/wsdls/{SERVICE}.jws"] = lambda _request: Reply(wsdl(SERVICE, declared))


def test_every_declared_element_is_sent_once_in_the_order_of_the_wsdl(stub: Stub, client: SdxClient) -> None:
    serve(stub, written())
    answer = SpectrumWriter(client).write(SERVICE, {**CALL, "comment": "Tür & Tor"})
    (request,) = stub.calls(SERVICE)
    assert request.order == ("Authorization_ID", "GUID", *DECLARED)
    assert request.parameters == {
        **CALL,
        "Comment": "Tür & Tor",
        "UDF1": "",
        "UDF2": "",
        "Authorization_ID": AUTHORIZATION_ID,
        "GUID": request.parameters["GUID"],
    }
    assert request.headers["SOAPAction"].endswith(f"/ws/{SERVICE}")
    assert answer.notes == ()


@pytest.mark.parametrize(("policy", "different"), [("per_call", 2), ("per_batch", 1), ("empty", 1)])
def test_the_guid_policy_of_the_connection_is_kept(stub: Stub, connect: Connect, policy: str, different: int) -> None:
    serve(stub, written())
    writer = SpectrumWriter(connect(guid_policy=policy))
    for _ in range(2):
        writer.write(SERVICE, CALL)
    guids = {request.parameters["GUID"] for request in stub.calls(SERVICE)}
    assert len(guids) == different
    assert (guids == {""}) == (policy == "empty")


@pytest.mark.parametrize(
    "answer",
    [
        written(),
        written(line("G")),
        written(line(" g ")),
        written(line("")),
        written(line("S", "Done")),
        written((("Error_Code", "G"), ("Error_Description", "done"), ("Error_Column", ""))),
        written(()),
        b"\n" + written(line("G")) + b"\n",
    ],
)
def test_success_has_many_faces(stub: Stub, client: SdxClient, answer: bytes) -> None:
    serve(stub, answer)
    assert SpectrumWriter(client).write(SERVICE, CALL).warnings == ()


def test_warnings_and_notes_are_kept(stub: Stub, client: SdxClient) -> None:
    serve(stub, written(line("W", "An A/R contract exists", "Customer_Code"), line("G", "CR-0007", "Number")))
    answer = SpectrumWriter(client).write(SERVICE, CALL)
    assert [note.text for note in answer.warnings] == ["Customer_Code: An A/R contract exists"]
    assert [(note.code, note.description, note.column) for note in answer.notes][1] == ("G", "CR-0007", "Number")


@pytest.mark.parametrize(
    "names", [("error_code", "desc", "column"), ("Error_Code", "Error_Description", "Error_Column")]
)
def test_a_refusal_holds_every_bad_field_in_both_spellings(
    stub: Stub, client: SdxClient, names: tuple[str, str, str]
) -> None:
    bad = [("I", "Vendor is not active", "Vendor_Code"), ("m", "Job is required", "Job_Number"), ("E", "Other", "")]
    serve(stub, written(line("G"), *(tuple(zip(names, one, strict=True)) for one in bad)))
    with pytest.raises(Refused) as caught:
        SpectrumWriter(client).write(SERVICE, CALL)
    error = caught.value
    assert [(f.code, f.message, f.field) for f in error.fields] == [
        ("I", "Vendor is not active", "Vendor_Code"),
        ("M", "Job is required", "Job_Number"),
        ("E", "Other", ""),
    ]
    assert "Vendor_Code: Vendor is not active (code I); Job_Number: Job is required" in str(error)
    assert "it holds 'ACME'" in str(error)
    assert len(stub.calls(SERVICE)) == 1


def test_words_on_a_field_do_not_blame_the_credentials(stub: Stub, client: SdxClient) -> None:
    serve(stub, written(line("I", "Vendor needs an authorization of the service manager", "Vendor_Code")))
    with pytest.raises(Refused, match="Vendor_Code"):
        SpectrumWriter(client).write(SERVICE, CALL)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (written(line("A", "Authorization ID not valid", "Authorization_ID")), Reauthenticate),
        (written(line("A", "Not authorized for web service", "Authorization_ID")), FixConfiguration),
        (Reply(b"", 401), Reauthenticate),
        (Reply(b"", 403), AddressNotAllowed),
        (Reply(b"", 404), ServiceMissing),
        (Reply(b"", 302, {"Location": "https://elsewhere/"}), FixConfiguration),
        (Reply(fault("SOAP-ENV:Client", "Parameter Comment is missing"), 500), FixConfiguration),
        (Reply(fault("SOAP-ENV:Client", "Parameter Comment is missing"), 200), FixConfiguration),
    ],
)
def test_what_was_refused_was_not_executed(
    stub: Stub, client: SdxClient, answer: Reply | bytes, kind: type[SpectrumEtlError]
) -> None:
    serve(stub, answer)
    with pytest.raises(kind) as caught:
        SpectrumWriter(client).write(SERVICE, CALL)
    assert not isinstance(caught.value, NotSent | OutcomeUnknown | Refused)
    assert len(stub.calls(SERVICE)) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(close=True),
        Reply(written(line("G")), announce=10_000),
        Reply(written(line("G"))[:-20]),
        Reply(written(line("I", "Bad", "Job_Number"))[:-40]),
        Reply(b""),
        Reply(b"<html><body>Please log in</body></html>"),
        Reply(written((("status", "fine"),))),
        Reply(written(line("G"), service="AddVendor").replace(b"returnArray", b"other")),
        Reply(b"", 500),
        Reply(b"", 502),
        Reply(b"", 503, {"Retry-After": "1"}),
        Reply(b"", 202),
        Reply(b"Bad Request", 400),
        Reply(fault("SOAP-ENV:Server", "Error executing Web Service"), 500),
        Reply(fault("SOAP-ENV:Server", "Error executing Web Service"), 200),
        Reply(fault("", "Something happened"), 500),
        Reply(fault("SOAP-ENV:Server", "Time out has occurred"), 500),
        Reply(b"x" * (1024 * 1024 + 1)),
    ],
    ids=lambda reply: f"{reply.status} {reply.body[-60:]!r}",
)
def test_what_was_sent_and_not_answered_may_have_been_executed(
    stub: Stub, client: SdxClient, waits: list[float], reply: Reply
) -> None:
    serve(stub, reply)
    with pytest.raises(OutcomeUnknown) as caught:
        SpectrumWriter(client).write(SERVICE, CALL)
    assert "look the record up" in str(caught.value)
    assert AUTHORIZATION_ID not in str(caught.value)
    assert len(stub.calls(SERVICE)) == 1
    assert waits == []


def test_an_answer_after_the_time_limit_is_an_unknown_outcome(stub: Stub, connect: Connect) -> None:
    serve(stub, Reply(written(), delay=1.0))
    with pytest.raises(OutcomeUnknown, match="no answer"):
        SpectrumWriter(connect(timeout_seconds=(5.0, 0.2))).write(SERVICE, CALL)
    assert len(stub.calls(SERVICE)) == 1


def test_a_refused_connection_is_surely_not_executed(stub: Stub, connect: Connect) -> None:
    serve(stub, written())
    client = connect()
    writer = SpectrumWriter(client)
    writer.write(SERVICE, CALL)
    client.soap.transport._session.close()
    stub.stop()
    try:
        with pytest.raises(NotSent, match="did not execute"):
            writer.write(SERVICE, CALL)
    finally:
        stub.__init__()  # type: ignore[misc]  # the fixture stops it again


def test_a_connection_that_is_never_accepted_is_surely_not_executed(stub: Stub, connect: Connect) -> None:
    """A server whose backlog is full: the connection itself times out."""
    serve(stub, written())
    client = connect(timeout_seconds=(0.3, 5.0))
    writer = SpectrumWriter(client)
    client.soap.declaration(SERVICE)
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        object.__setattr__(client.connection, "base_url", f"http://127.0.0.1:{full.getsockname()[1]}")
        with pytest.raises(NotSent, match="no answer"):
            writer.write(SERVICE, CALL)


def test_a_host_without_a_name_and_a_server_without_tls_are_configuration(stub: Stub, connect: Connect) -> None:
    serve(stub, written())
    for url, kind in (
        ("http://no-such-host.invalid:8482", UnknownHost),
        (stub.url.replace("http", "https"), CertificateRefused),
    ):
        client = connect()
        client.soap.declaration(SERVICE)
        object.__setattr__(client.connection, "base_url", url)
        with pytest.raises(kind):
            SpectrumWriter(client).write(SERVICE, CALL)
    assert stub.calls(SERVICE) == []


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1 with its key, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path / "server.pem"
    file.write_bytes(private + built.public_bytes(pem))
    return file


@pytest.mark.parametrize("after", [b"no record of TLS, this\n", b""])
def test_tls_that_breaks_after_the_call_was_sent_is_an_unknown_outcome(
    stub: Stub, connect: Connect, certificate: Path, after: bytes
) -> None:
    """The same kind of failure as a certificate that is not trusted, but the call is on the server's side by then."""
    serve(stub, written())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    received: list[bytes] = []

    def broken(listening: socket.socket) -> None:
        plain, _ = listening.accept()
        with context.wrap_socket(plain, server_side=True) as secured:
            while b"Envelope>" not in b"".join(received)[-20:]:
                received.append(secured.recv(65536))
            with socket.socket(fileno=os.dup(secured.fileno())) as raw:
                raw.sendall(after)
                raw.shutdown(socket.SHUT_RDWR)

    client = connect(verify=str(certificate))
    client.soap.declaration(SERVICE)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=broken, args=(listening,))
        thread.start()
        object.__setattr__(client.connection, "base_url", f"https://127.0.0.1:{listening.getsockname()[1]}")
        with pytest.raises(OutcomeUnknown):
            SpectrumWriter(client).write(SERVICE, CALL)
        thread.join()
    assert b"<Job_Number>24-404</Job_Number>" in b"".join(received)


def test_trouble_with_the_wsdl_is_before_the_call(stub: Stub, client: SdxClient) -> None:
    with pytest.raises(ServiceMissing):
        SpectrumWriter(client).write(SERVICE, CALL)
    serve(stub, written())
    stub.paths[f"/wsdls/{SERVICE}.jws"] = lambda _request: Reply(b"", 503)
    with pytest.raises(NotSent, match="HTTP 503"):
        SpectrumWriter(client).write(SERVICE, CALL)
    assert stub.calls(SERVICE) == []


def test_an_element_that_the_installation_does_not_know_is_not_sent(stub: Stub, client: SdxClient) -> None:
    serve(stub, written())
    with pytest.raises(FixConfiguration, match="Retention_Percent"):
        SpectrumWriter(client).write(SERVICE, {**CALL, "Retention_Percent": "10.0"})
    assert SpectrumWriter(client).write(SERVICE, {**CALL, "Retention_Percent": ""}).bad == ()
    assert len(stub.calls(SERVICE)) == 1


def test_an_expired_guid_is_not_executed_and_is_replaced(stub: Stub, connect: Connect) -> None:
    """Only a GUID that was used before can have expired: the same words may speak of a call that took too long."""
    serve(stub, written())
    writer = SpectrumWriter(connect(guid_policy="per_batch"))
    writer.write(SERVICE, CALL)
    serve(stub, written(line("A", "Time out has occurred")))
    with pytest.raises(NotSent, match="Time out"):
        writer.write(SERVICE, CALL)
    serve(stub, written())
    writer.write(SERVICE, CALL)
    guids = [request.parameters["GUID"] for request in stub.calls(SERVICE)]
    assert guids[0] == guids[1] != guids[2]
    serve(stub, written(line("A", "Time out has occurred")))
    with pytest.raises(OutcomeUnknown):
        SpectrumWriter(connect()).write(SERVICE, CALL)


def _enhanced(stub: Stub, refuse_first: bool) -> list[str]:
    """Tokens given out one after the other; the first one may be refused by the service."""
    given: list[str] = []

    def token(_request: Request) -> Reply:
        given.append(f"token-{len(given) + 1}")
        return json_reply({"access_token": given[-1], "expires_in": 3600, "token_type": "Bearer"})

    def answered(request: Request) -> Reply:
        refused = refuse_first and request.headers["Authorization"] == "Bearer token-1"
        return Reply(b"", 401) if refused else Reply(written())

    stub.paths["/connect/token"] = token
    stub.services[SERVICE] = answered
    stub.paths[f"/wsdls/{SERVICE}.jws"] = lambda _request: Reply(wsdl(SERVICE, DECLARED))
    return given


def test_a_refused_token_ran_nothing_and_is_renewed_with_a_whole_second_request(stub: Stub, connect: Connect) -> None:
    given = _enhanced(stub, refuse_first=True)
    client = connect(auth="enhanced", client_id="me", client_secret=CLIENT_SECRET)
    SpectrumWriter(client).write(SERVICE, CALL)
    first, second = stub.calls(SERVICE)
    assert first.body == second.body
    assert given == ["token-1", "token-2"]


def test_a_token_that_cannot_be_had_is_before_the_call(stub: Stub, connect: Connect) -> None:
    _enhanced(stub, refuse_first=False)
    client = connect(auth="enhanced", client_id="me", client_secret=CLIENT_SECRET)
    for reply, kind in ((Reply(b"", 503), NotSent), (Reply(b"", 400), Reauthenticate), (json_reply({}), NotSent)):
        stub.paths["/connect/token"] = lambda _request, reply=reply: reply
        client.soap._declarations[SERVICE] = connect().soap.declaration(SERVICE)
        with pytest.raises(kind) as caught:
            SpectrumWriter(client).write(SERVICE, CALL)
        assert CLIENT_SECRET not in str(caught.value)
    assert stub.calls(SERVICE) == []


def test_three_calls_at_a_time(stub: Stub, client: SdxClient) -> None:
    serve(stub, Reply(written(), delay=0.05))
    client.soap.declaration(SERVICE)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: SpectrumWriter(client).write(SERVICE, CALL), range(8)))
    assert len(stub.calls(SERVICE)) == 8
    assert stub.most_at_once <= 3


def test_reads_are_not_sent_from_here(client: SdxClient) -> None:
    with pytest.raises(ValueError, match="reads"):
        SpectrumWriter(client).write("GetJob", {})
