"""Transport security: a certificate that nobody trusts ends the call before anything is sent (A3)."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from procore_stub import CLIENT_ID, CLIENT_SECRET, COMPANY, Reply, Stub, Time

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.sources.faults import OutcomeUnknown
from spectrum_etl.sources.procore import ProcoreClient, ProcoreConnection

PATH = "/rest/v1.0/me"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of this machine with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    no_password = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(pem, pkcs8, no_password) + signed.public_bytes(pem))
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Stub]:
    server = Stub(certificate)
    server.on("GET", PATH, Reply(200, {"id": 5}))
    server.on("POST", PATH, Reply(200, {"id": 6}))
    yield server
    server.stop()


def client_of(url: str, clock: Time, verify: bool | str) -> ProcoreClient:
    connection = ProcoreConnection(url, CLIENT_ID, CLIENT_SECRET, url, COMPANY, verify=verify)
    return ProcoreClient(connection, sleep=clock.sleep, clock=clock)


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_certificate_ends_the_call(secure: Stub, clock: Time, method: str) -> None:
    with client_of(secure.url, clock, True) as client, pytest.raises(FixConfiguration, match="ca_file") as caught:
        getattr(client, method)(PATH)
    assert not isinstance(caught.value, OutcomeUnknown)
    assert clock.waits == []
    assert not secure.asked
    assert not secure.tokens


def test_a_named_authority_is_trusted(secure: Stub, clock: Time, certificate: Path) -> None:
    with client_of(secure.url, clock, str(certificate)) as client:
        assert client.get(PATH) == {"id": 5}


def test_a_server_that_speaks_no_tls(stub: Stub, clock: Time) -> None:
    with (
        client_of(stub.url.replace("http:", "https:"), clock, True) as client,
        pytest.raises(FixConfiguration, match="speaks no TLS"),
    ):
        client.get(PATH)
