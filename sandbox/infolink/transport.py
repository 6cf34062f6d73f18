"""One client's byte stream: TDS packets over a socket, with or without TLS.

TDS 7 wraps the TLS handshake in PRELOGIN packets and afterwards puts TDS packets into TLS records ([MS-TDS] 2.2.6.5 and
3.3.5.1), so the handshake runs over memory buffers, not over the socket.
"""

import datetime
import ipaddress
import select
import socket
import ssl
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sandbox.infolink import protocol
from sandbox.infolink.protocol import HEADER, HEADER_BYTES, ProtocolError

RECEIVE_BYTES = 65536
# A batch of 500 month pairs is some 40 kB; nothing legitimate comes near this.
LARGEST_MESSAGE_BYTES = 16 * 1024 * 1024


def server_context() -> ssl.SSLContext:
    """A TLS context with a new self-signed certificate for the loopback address, as an untouched SQL Server has one.

    TLS 1.2 at most: version 1.3 sends session tickets after the handshake, which the wrapping in TDS has no place for.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SSL_Self_Signed_Fallback")])
    now = datetime.datetime.now(datetime.UTC)
    alternatives = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.NamedTemporaryFile() as pem:  # the ssl module reads certificates from files only; mode 600
        pem.write(certificate.public_bytes(serialization.Encoding.PEM))
        pem.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        pem.flush()
        context.load_cert_chain(pem.name)
    return context


class Channel:
    """Messages to and from one client.

    Args:
        connection: the accepted socket, blocking.
        lifeline: a file descriptor that becomes readable when the server goes down, or -1.
    """

    def __init__(self, connection: socket.socket, lifeline: int = -1) -> None:
        self.socket = connection
        self.packet_bytes = protocol.DEFAULT_PACKET_BYTES
        self._lifeline = lifeline
        self._pending = bytearray()
        self._packet_number = 1
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read_message(self) -> tuple[int, bytes] | None:
        """The next whole message as (type, body), or None when the client or the server has gone.

        Raises:
            ProtocolError: the stream ended inside a message, or what came is not TDS.
        """
        body = bytearray()
        while True:
            header = self._take(HEADER_BYTES, inside=bool(body))
            if header is None:
                return None
            kind, status, length, _, _, _ = HEADER.unpack(header)
            if length < HEADER_BYTES:
                raise ProtocolError(f"a packet of {length} bytes is shorter than its header")
            piece = self._take(length - HEADER_BYTES, inside=True)
            body += piece or b""
            if len(body) > LARGEST_MESSAGE_BYTES:
                raise ProtocolError(f"a message of more than {LARGEST_MESSAGE_BYTES} bytes")
            if status & protocol.STATUS_END:
                return kind, bytes(body)

    def send(self, body: bytes, *, end: bool = True, kind: int = protocol.TYPE_REPLY) -> None:
        """Send a message, or with `end` false a part of one. A part is cut into packets where it ends.

        Raises:
            OSError: the client has gone.
        """
        framed = protocol.packets(kind, body, self.packet_bytes, end=end, first_id=self._packet_number)
        parts = max(1, -(-len(body) // (self.packet_bytes - HEADER_BYTES)))
        self._packet_number = 1 if end else self._packet_number + parts
        self._send_bytes(framed)

    def has_input(self) -> bool:
        """Whether something from the client is waiting: an attention, or its end."""
        if self._pending or (self._tls is not None and self._incoming.pending):
            return True
        return bool(select.select([self.socket], [], [], 0)[0])

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Do the TLS handshake inside PRELOGIN packets; afterwards everything is encrypted.

        Raises:
            ProtocolError: the client left or sent another message.
            ssl.SSLError: the client refused the certificate or has no common cipher.
        """
        tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        while True:
            try:
                tls.do_handshake()
                done = True
            except ssl.SSLWantReadError:
                done = False
            if answer := self._outgoing.read():
                self.send(answer, kind=protocol.TYPE_PRELOGIN)
            if done:
                break
            message = self.read_message()
            if message is None or message[0] != protocol.TYPE_PRELOGIN:
                raise ProtocolError("TLS handshake: the client did not go on")
            self._incoming.write(message[1])
        self._tls = tls

    def stop_tls(self) -> None:
        """Go back to plain packets, as both sides do after the login when only the login is encrypted."""
        self._tls = None

    def close(self) -> None:
        """Close the socket; harmless when it is closed."""
        self.socket.close()

    def _take(self, count: int, *, inside: bool) -> bytes | None:
        while len(self._pending) < count:
            data = self._receive()
            if not data:
                if self._pending or inside:
                    raise ProtocolError("the client closed the connection inside a message")
                return None
            self._pending += data
        taken = bytes(self._pending[:count])
        del self._pending[:count]
        return taken

    def _receive(self) -> bytes:
        while True:
            if self._tls is not None:
                try:
                    return self._tls.read(RECEIVE_BYTES)
                except ssl.SSLWantReadError:
                    pass
                except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                    return b""
            watched = [self.socket.fileno()] + ([self._lifeline] if self._lifeline >= 0 else [])
            ready = select.select(watched, [], [])[0]
            if self._lifeline in ready:
                return b""
            try:
                data = self.socket.recv(RECEIVE_BYTES)
            except ConnectionError:
                return b""
            if self._tls is None or not data:
                return data
            self._incoming.write(data)

    def _send_bytes(self, framed: bytes) -> None:
        if self._tls is not None:
            self._tls.write(framed)
            framed = self._outgoing.read()
        self.socket.sendall(framed)
